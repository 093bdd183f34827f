# SPDX-License-Identifier: MIT
#
# perl hostile.pl COUNT BAIT SSHD_HOST: makes, in the current folder, COUNT values that shells, ssh
# or terminals could take for something else (values/N; given/N has one newline more), and the
# workflows that carry them about: here.yaml and there.yaml (over ssh). Each value that could be
# executed would make the file BAIT. The same values every time.
use strict;
use warnings;

my ($count, $bait, $host) = @ARGV;
my @values = (
	"", " ", "  two  blanks  ", "it's", "\"quoted\"", "'", "\"", "\\", "\\\\", "\\'", "'\\''", "`", "\$",
	"\$(touch $bait)", "`touch $bait`", "; touch $bait", "| touch $bait", "&& touch $bait", "& touch $bait",
	"\n touch $bait\n", "\ntouch $bait", "'; touch $bait; '", "\"; touch $bait; \"", "' \$(touch $bait) '",
	"\" \$(touch $bait) \"", "x' || touch $bait || '", "\$(touch\${IFS}$bait)", "\${x:=\$(touch $bait)}",
	"\$'\\n'touch $bait", "<(touch $bait)", ">$bait", ">>$bait", "2>$bait", "{touch,$bait}", "{a,b}", "*", "?", "[a-z]*",
	"~", "~root", "!!", "!touch", "# no comment", "a#b", "-", "--", "-n", "-e", "-rf", "--help",
	"-oProxyCommand=touch $bait", "-F/dev/null", "-i\nx", "--\n-rf", "@", "\@x", "=", "a=b", "\t", "tab\tbetween",
	"\r", "\r\n", "a\r\nb", "\n", "\n\n", "a\n", "\na", "a\n\n\nb", "END", "EOF", "E\n", "<<END", "END\ntouch $bait\n",
	"\\\ntouch $bait", "\\n", "%s", "%n%n", "%d%%", "%{x}", "\x{1b}[31mred", "\x{1b}]0;title\x{07}", "\x{07}", "\x{08}\x{08}",
	"\x{7f}", "\x{01}\x{02}", "\x{9b}31m", "\x{202e}rtl", "\x{200b}", "\x{feff}bom", "\x{e9}t\x{e9}", "\x{65e5}\x{672c}",
	"\x{1f600}", "e\x{301}", "\x{ffff}", "\x{10ffff}", "\$HOME", "\${HOME}", "\$\$", "\$?", "\$#", "\$\@", "\$*", "\$0", "\$1",
	"\${params.p1}", "\$\${params.p1}", "\${run.id}", "\${nodes.x.outputs.y}", "\${", "}", "\${}", "((1+1))", "\$((1+1))", "[[ a ]]",
	"a;b", "a&b", "a|b", "a>b", "a<b", "(a)", "a b c", ".", "..", "../x", "a/b", "/etc/passwd", "\\x41", "\\u0041", "\\0",
	"exit 1", "set +e", "exec 3>&1", "printf x >&3", "0123456789abcdef0123456789abcdef ready", "exit 0 0", "eof\nexit 0 0\n",
	"hlp_script=x", "hlp_status=0", "o1=x", "o1<<END\nx\nEND", "o2=injected\n", "HLP_OUTPUT=x", "PATH=/x", "LD_PRELOAD=x",
	"true", "false", "null", "~", "yes", "0x10", "1e3", "- a", "a: b", "{a: b}", "&anchor", "*alias", "!!tag", "? x", "|", ">-",
	"x" x 65536, "'" x 10000, "\$(touch $bait)" x 500, "\n" x 1000, "\\" x 999, "\x{1f600}" x 5000,
);
# The rest is drawn from the pieces of the first, always alike.
my $seed = 20261125;
sub draw { $seed = ($seed * 1103515245 + 12345) % 2147483648; return int($seed / 65536) % $_[0] }
my @pieces = grep { length($_) < 40 } @values;
while (@values < $count) {
	push @values, join('', map { $pieces[draw(scalar @pieces)] } 0 .. 1 + draw(4));
}
$#values = $count - 1;

sub put {
	my ($name, $text) = @_;
	utf8::encode($text);
	open(my $file, '>', $name) or die "$name: $!";
	print $file $text;
	close($file) or die "$name: $!";
}

sub yaml {
	my ($text) = @_;
	$text =~ s/(["\\])/\\$1/g;
	$text =~ s/([^\x20-\x7e])/sprintf("\\U%08x", ord $1)/ge;
	return "\"$text\"";
}

sub is_name {
	my ($text) = @_;
	my $bytes = $text;
	utf8::encode($bytes);
	return length($bytes) && length($bytes) < 200 && $text !~ m{[/\x00]} && $text !~ /\$\{/ &&
		$text ne '.' && $text ne '..';
}

mkdir $_ for qw(values given wrapped names there);
my (@names, %seen);
for my $i (1 .. $count) {
	my $value = $values[$i - 1];
	put("values/$i", $value);
	put("given/$i", "$value\n");
	put("wrapped/$i", "x${value}y");
	push @names, $i if is_name($value) && !$seen{$value}++;
}
put("name-numbers", join("\n", @names) . "\n");
my %is_name = map { $_ => 1 } @names;

sub workflow {
	my ($name, $more) = @_;
	my $text = "name: $name\nmax_parallel: 6\n$more" . "params:\n" .
		join('', map { "  p$_: {}\n" } 1 .. $count) . "nodes:\n";
	for (my $from = 1; $from <= $count; $from += 10) {
		my $to = $from + 9 > $count ? $count : $from + 9;
		my @batch = $from .. $to;
		# The kernel takes no argument of more than 128 KiB: a long value has a command of its own.
		my @short = grep { length($values[$_ - 1]) < 2000 } @batch;
		my @long = grep { length($values[$_ - 1]) >= 2000 } @batch;
		$text .= join('', map {
			"  - {id: long$_, run: 'printf %s \${params.p$_} | cmp - values/$_'}\n" .
			"  - {id: last$_, needs: [out$from], run: 'printf %s \${nodes.out$from.outputs.o$_} | cmp - values/$_'}\n"
		} @long);
		$text .= "  - id: words$from\n    run: |\n" . join('', map {
			"      printf %s \${params.p$_} | cmp - values/$_\n" .
			"      printf %s \"x\${params.p$_}y\" | cmp - wrapped/$_\n" .
			"      cat <<HLP_END_$_ | cmp - given/$_\n      \${params.p$_}\n      HLP_END_$_\n" .
			($is_name{$_} ? "      printf %s $_ >there/\${params.p$_}\n" : '')
		} @short);
		$text .= "  - id: env$from\n    env:\n" . join('', map { "      V$_: \"\${params.p$_}\"\n" } @batch) .
			"    run: |\n" . join('', map { "      printf %s \"\$V$_\" | cmp - values/$_\n" } @batch);
		$text .= "  - id: out$from\n    outputs: [" . join(', ', map { "o$_" } @batch) . "]\n    run: |\n" .
			join('', map { "      { echo 'o$_<<HLP_END'; cat given/$_; echo HLP_END; } >>\"\$HLP_OUTPUT\"\n" } @batch);
		$text .= "  - id: use$from\n    needs: [out$from]\n    run: |\n" .
			join('', map { "      printf %s \${nodes.out$from.outputs.o$_} | cmp - values/$_\n" } @short);
	}
	for my $i (1 .. $count) {
		next if $more && $i % 10 != 3; # a connection each: a tenth of them
		$text .= "  - {id: list$i, run: [sh, same, values/$i, \"\${params.p$i}\"]}\n";
	}
	return $text;
}

my $folder = $ENV{PWD};
put("here.yaml", workflow("here", ''));
put("there.yaml", workflow("there", "defaults: {host: $host, workdir: " . yaml($folder) . "}\n"));
put("same", "printf %s \"\$2\" | cmp - \"\$1\"\n");
put("names.yaml", "name: names\nnodes:\n  - id: w\n    workdir: names\n    run: [sh, ../write]\n    artifacts:\n" .
	join('', map { "      - " . yaml($values[$_ - 1]) . "\n" } @names));
put("write", "while read -r number; do\n\tname=\$(cat \"../values/\$number\"; echo .)\n" .
	"\tprintf 'new %s' \"\$number\" >\"./\${name%.}\"\ndone <../name-numbers\n");
