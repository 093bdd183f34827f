#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The completion scripts: every command and option is offered, the script is one that its shell can
# read, and making it starts no engine.
. "$(dirname "$0")/lib.sh"

command -v bash >/dev/null || skip "bash is missing"
# offers WORD…: what bash offers for these words of a command line, the last one half typed.
offers() {
	bash -c '. ./hlp.bash; COMP_WORDS=(hlp "$@"); COMP_CWORD=$#; _hlp; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$@" >"$out" 2>"$err" || fail "the script fails in bash"
}

expect 0 hlp completion bash
cp "$out" hlp.bash
bash -n hlp.bash || fail "bash cannot read it"
expect 0 hlp help
for command in $(sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' "$out"); do
	offers "$command"
	says "^$command\$"
done
offers run --o
says '^--only$'
offers hold --u
says '^--until$'
offers answer x/y app
says '^approve$'
expect 0 hlp completion zsh
says "^		'freeze:"
expect 0 hlp completion fish
says "__fish_seen_subcommand_from wait' -l timeout -r"
expect 2 hlp completion tcsh
complains "bash, zsh or fish"
test ! -e "$HLP_HOME" || fail "it made a home"
