# SPDX-License-Identifier: MIT
#
# perl hostile.pl COUNT: makes what could take a terminal over, the same every time: `lines`, COUNT
# lines of output that each begin with N: and end with :N, `bad.yaml`, whose node prints them, and
# `ask.yaml`, which asks; their texts and the names of their files are of the same kind.
use strict;
use warnings;

my $count = $ARGV[0];
my $e = "\e";
my @pieces = (
	"${e}[2J${e}[H", "${e}[3J", "${e}c", "${e}[!p", "${e}[?1049h", "${e}[?1049l", "${e}[?25l", "${e}[?1000h${e}[?1006h",
	"${e}[?2004h", "${e}[?7l", "${e}[?6h", "${e}[4h", "${e}[5;10r", "${e}[999;1H", "${e}[10A", "${e}[2K", "${e}D", "${e}M",
	"${e}(0", "${e})0\x0e", "${e}7${e}8", "${e}=", "${e}#8", "${e}[?5h", "${e}[?2026h", "${e}[31;5m", "${e}[6n", "${e}[c",
	"${e}Z", "${e}[21t", "${e}[>c", "${e}]0;owned\a", "${e}]2;owned${e}\\", "${e}k" . "owned${e}\\", "${e}]52;c;b3duZWQ=\a",
	"${e}]52;c;?\a", "${e}]8;;http://evil.example/\aclick${e}]8;;\a", "${e}]10;?\a", "${e}]4;1;rgb:00/00/00\a",
	"${e}]1337;File=:AAAA\a", "${e}Pq#0;2;0;0;0${e}\\", "${e}P\$q\"p${e}\\", "${e}_payload${e}\\", "${e}^x${e}\\", "${e}X",
	"${e}[200~", "${e}]", "${e}[", "${e}", "${e}P", "\x9b2J", "\xc2\x9b2J", "\xc2\x9d0;owned\xc2\x9c", "\x90\x9c", "\r",
	"\rgone", "\b\b\b", "\x7f", "\a", "\x0b", "\x0c", "\x00", "\x01\x05", "\x0e", "\x0f", "\x18", "\x1a", "\t\t",
	"\xe2\x80\xae" . "gnp.exe", "\xe2\x81\xa6", "\xe2\x80\x8f", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xe2\x80\xa8", "\xd8\x9c",
	"\xff", "\xc3", "\xc3(", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\xaf", "\xc0\xaf", "\xf0\x9f\x98\x80",
	"e\xcc\x81" . "\xcc\x81" x 40, "\xe6\x97\xa5\xe6\x9c\xac", "\xf3\xa0\x80\x81", "plain text", "%s%n", "../..",
);
my $seed = 20261125;
sub draw { $seed = ($seed * 1103515245 + 12345) % 2147483648; return int($seed / 65536) % $_[0] }
sub hostile { return join('', map { $pieces[draw(scalar @pieces)] } 0 .. draw(3)) }

# A string of YAML, which is UTF-8: what is not, stays in the output.
sub yaml {
	my ($text) = @_;
	utf8::decode($text) or $text =~ s/[^\x20-\x7e]/?/g;
	$text =~ s/[\x{d800}-\x{dfff}\x{110000}-\x{7fffffff}\x00]/?/g;
	$text =~ s/(["\\])/\\$1/g;
	$text =~ s/([^\x20-\x7e])/sprintf("\\U%08x", ord $1)/ge;
	return "\"$text\"";
}

open(my $lines, '>:raw', 'lines') or die "lines: $!";
for my $n (1 .. $count) {
	my $piece = $n <= @pieces ? $pieces[$n - 1] : hostile();
	print $lines "$n:$piece:$n\n";
}
close($lines) or die "lines: $!";

my @files = grep { !m{[/\x00\xc0-\xff\x80-\x9f\n]} } @pieces;
open(my $names, '>:raw', 'names') or die "names: $!";
print $names map { "$_\0" } @files;
close($names) or die "names: $!";
open(my $flow, '>:raw', 'bad.yaml') or die "bad.yaml: $!";
print $flow "name: bad\ndescription: ", yaml(join(' ', @pieces[0 .. 40])), "\nparams:\n";
print $flow "  p: {type: string, default: ", yaml(join(' ', @pieces[31 .. 60])), "}\nnodes:\n";
print $flow "  - id: files\n    description: ", yaml(join(' ', @pieces[20 .. 50])), "\n";
print $flow "    run: ./files.sh\n    outputs: [said]\n    artifacts:\n", map { "      - " . yaml("f$_") . "\n" } @files;
print $flow "  - {id: print, needs: [files], output_max: 8MiB, run: \"cat lines; exit 3\"}\n";
close($flow) or die "bad.yaml: $!";
open(my $ask, '>:raw', 'ask.yaml') or die "ask.yaml: $!";
print $ask "name: ask\nnodes:\n  - {id: files, run: ./files.sh, outputs: [said]}\n";
print $ask "  - id: gate\n    needs: [files]\n    run: 'true'\n    approval:\n      show: [nodes.files.outputs.said]\n";
print $ask "      ask: ", yaml(join(' ', @pieces[0 .. 30])), "\n";
close($ask) or die "ask.yaml: $!";
