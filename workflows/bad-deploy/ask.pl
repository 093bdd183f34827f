#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# ask.pl PORT PATH: one HTTP request to 127.0.0.1; prints the body, fails on anything but 200.
use strict;
use warnings;
use IO::Socket::INET;

my ($port, $path) = @ARGV;
my $socket = IO::Socket::INET->new(
	PeerAddr => '127.0.0.1',
	PeerPort => $port,
	Timeout => 2,
) or die "nobody answers on port $port: $!\n";
print $socket "GET $path HTTP/1.0\r\n\r\n";
my $answer = do { local $/; <$socket> } // '';
my ($code, $body) = $answer =~ m{^HTTP/1\.\d (\d+).*?\r\n\r\n(.*)}s;
die "no answer to $path\n" unless $code;
print $body;
die "$path: status $code\n" if $code != 200;
