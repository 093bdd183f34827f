# SPDX-License-Identifier: MIT
#
# perl screen-svg.pl COLUMNS LINES <SCREEN >PICTURE.svg: what `tmux capture-pane -ep` says of a screen,
# with its colours, as a picture. Every piece of one look is a text as wide as its cells, so that lines
# meet whatever the font.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));

my ($columns, $lines) = @ARGV;
my ($wide, $high, $edge) = (8.4, 18, 12);
my @basic = map { "#$_" } qw(1c1f24 e06c6c 7fbf7f d9b45b 6ca7e0 c08ad0 5fb8b8 c8ccd4
	5c6370 f08a8a 9fdf9f f0d080 8cc0f0 d8a8e8 80d8d8 ffffff);
my ($ground, $ink) = ('#16181d', '#c8ccd4');

sub colour {
	my ($n) = @_;
	return $basic[$n] if $n < 16;
	return sprintf('#%02x%02x%02x', (8 + ($n - 232) * 10) x 3) if $n >= 232;
	my @steps = (0, 95, 135, 175, 215, 255);
	$n -= 16;
	return sprintf('#%02x%02x%02x', $steps[int($n / 36)], $steps[int($n / 6) % 6], $steps[$n % 6]);
}

my %look;
sub sgr {
	my @codes = map { $_ eq '' ? 0 : $_ } split(/[;:]/, $_[0], -1);
	@codes = (0) unless @codes;
	while (defined(my $code = shift @codes)) {
		if ($code == 0) { %look = () }
		elsif ($code == 1) { $look{bold} = 1 }
		elsif ($code == 2) { $look{dim} = 1 }
		elsif ($code == 4) { $look{under} = 1 }
		elsif ($code == 7) { $look{reverse} = 1 }
		elsif ($code == 22) { delete @look{qw(bold dim)} }
		elsif ($code == 24) { delete $look{under} }
		elsif ($code == 27) { delete $look{reverse} }
		elsif ($code == 38 || $code == 48) {
			my ($kind, $n) = splice(@codes, 0, 2);
			$look{$code == 38 ? 'front' : 'back'} = colour($n) if defined $n && $kind == 5;
		}
		elsif ($code == 39) { delete $look{front} }
		elsif ($code == 49) { delete $look{back} }
		elsif ($code >= 30 && $code <= 37) { $look{front} = colour($code - 30) }
		elsif ($code >= 40 && $code <= 47) { $look{back} = colour($code - 40) }
		elsif ($code >= 90 && $code <= 97) { $look{front} = colour($code - 82) }
	}
}

sub piece {
	my ($x, $y, $text) = @_;
	my ($front, $back) = ($look{front} // $ink, $look{back} // '');
	($front, $back) = ($back || $ground, $front) if $look{reverse};
	my ($left, $width) = ($edge + $x * $wide, length($text) * $wide);
	printf qq(<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>\n), $left, $edge + $y * $high, $width, $high, $back
		if $back;
	return if $text !~ /\S/;
	$text =~ s/&/&amp;/g;
	$text =~ s/</&lt;/g;
	$text =~ s/>/&gt;/g;
	printf qq(<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s%s%s>%s</text>\n), $left,
		$edge + $y * $high + 13, $width, $front, $look{bold} ? ' font-weight="bold"' : '',
		$look{dim} ? ' opacity="0.65"' : '', $look{under} ? ' text-decoration="underline"' : '', $text;
}

my ($width, $height) = ($columns * $wide + 2 * $edge, $lines * $high + 2 * $edge);
print qq(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" width="$width" height="$height" xml:space="preserve">\n);
print qq(<rect width="100%" height="100%" rx="6" fill="$ground"/>\n);
print qq(<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">\n);
for my $y (0 .. $lines - 1) {
	my $line = <STDIN> // '';
	chomp $line;
	my $x = 0;
	while ($line =~ /\G(?:\e\[([0-9;:]*)m|\e[()].|([^\e]+))/g) {
		if (defined $2) { piece($x, $y, $2); $x += length $2 }
		elsif (defined $1) { sgr($1) }
	}
}
print "</g>\n</svg>\n";
