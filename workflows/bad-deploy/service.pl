#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# service.pl FOLDER: a small HTTP service on a free port of 127.0.0.1. FOLDER/current.conf names
# the release it serves; HUP reads it again. Answers /version and /health; ends after an hour
# should nobody stop it. FOLDER/pid says who it is, FOLDER/port where. Needs only perl-base.
use strict;
use warnings;
use IO::Socket::INET;

my $folder = shift or die "service.pl FOLDER\n";
my (%current, %release);

sub read_conf {
	my ($path) = @_;
	my %found;
	open(my $file, '<', $path) or die "cannot read $path: $!\n";
	while (<$file>) { $found{$1} = $2 if /^(\S+) (.*)$/ }
	return %found;
}

# A release that cannot be read changes nothing: the old one goes on.
sub load {
	my %wanted = read_conf("$folder/current.conf");
	my %files = read_conf("releases/$wanted{release}/app.conf");
	%current = %wanted;
	%release = %files;
}

my $again = 0;
$SIG{HUP} = sub { $again = 1 };
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { exit 0 };
alarm 3600;
load();
my $server = IO::Socket::INET->new(
	LocalAddr => '127.0.0.1',
	LocalPort => 0,
	Listen => 64,
	ReuseAddr => 1,
) or die "cannot listen: $!\n";
open(my $stat, '<', '/proc/self/stat') or die "cannot read /proc/self/stat: $!\n";
my $started = (split ' ', <$stat> =~ s/^.*\) //sr)[19];
open(my $pid, '>', "$folder/pid") or die "cannot write $folder/pid: $!\n";
print $pid "$$ $started\n";
close $pid;
open(my $port, '>', "$folder/port.new") or die "cannot write $folder/port: $!\n";
print $port $server->sockport, "\n";
close $port;
rename "$folder/port.new", "$folder/port" or die "cannot write $folder/port: $!\n";

sub answer {
	my ($path) = @_;
	return (200, "$release{version}\n") if $path eq '/version';
	return (404, "no $path here\n") if $path ne '/health';
	# A release that needs a cache and finds the setting of the old one serves errors.
	return (500, "the cache is not reachable\n") if ($current{cache} // '') eq 'old-cluster';
	return (200, "well\n");
}

while (1) {
	if ($again) {
		$again = 0;
		eval { load(); 1 } or warn $@;
		open(my $loaded, '>', "$folder/loaded") or die "cannot write $folder/loaded: $!\n";
		close $loaded;
	}
	my $client = $server->accept or next; # a signal interrupts it
	$client->timeout(2);
	my $line = <$client> // '';
	my ($path) = $line =~ m{^GET (\S+) };
	my ($code, $text) = answer($path // '');
	print $client "HTTP/1.0 $code x\r\nContent-Length: ", length $text, "\r\n\r\n$text";
	close $client;
}
