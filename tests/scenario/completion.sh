#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The completion scripts: every command and option is offered, and the names of what is there:
# executions, nodes, artifacts, workflows; with an engine and without, and none is started or a home
# made for it.
. "$(dirname "$0")/lib.sh"

command -v bash >/dev/null || skip "bash is missing"
# offers WORD…: what bash offers for these words of a command line, the last one half typed.
offers() {
	bash -c '. ./hlp.bash; compopt() { :; }; COMP_WORDS=(hlp "$@"); COMP_CWORD=$#; _hlp
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" >"$out" 2>"$err" ||
		fail "the script fails in bash"
	test ! -s "$err" || fail "the script complains: $(cat "$err")"
}
offers_not() {
	offers "$@"
	! grep -q . "$out" || fail "offered for '$*': $(cat "$out")"
}

# ---- the words of hlp, in a home that is not there ------------------------------------------
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
offers engine up
says '^upgrade$'
offers status -o j
says '^json$'
offers_not why ''
expect 0 hlp completion zsh
says '_describe -t words hlp found'
expect 0 hlp completion fish
says "__fish_seen_subcommand_from run' -F"
expect 0 hlp completion --words -- lo
says '^logs	what nodes printed$'
expect 2 hlp completion tcsh
complains "bash, zsh or fish"
expect 2 hlp completion
for shell in zsh fish; do
	command -v "$shell" >/dev/null || continue
	hlp completion "$shell" >"hlp.$shell"
	"$shell" -n "hlp.$shell" || fail "$shell cannot read it"
done
test ! -e "$HLP_HOME" || fail "it made a home"

# ---- names ----------------------------------------------------------------------------------
cat >web.yaml <<'END'
name: web
nodes:
  - {id: swap, run: echo new >site.conf, artifacts: [site.conf]}
  - {id: seal, run: "true"}
  - {id: check, needs: [swap], run: "true"}
END
expect 0 hlp run web.yaml --yes
expect 0 hlp run web.yaml --yes
names() {
	offers status we
	says '^web#1$'
	says '^web#2$'
	test "$(head -n 1 "$out")" = 'web#2' || fail "the newest does not come first"
	offers shell web#2
	says '^web#2/$' # a node must follow
	offers logs web#2
	says '^web#2$'
	offers why web#2/s
	says '^web#2/swap$'
	says '^web#2/seal$'
	! grep -q check "$out" || fail "check does not begin with s"
	offers why web/c
	says '^web/check$'
	offers diff web#1 si
	says '^site.conf$'
	offers rollback web#1 --reason why --node s
	says '^swap$'
	offers rollback web#1 --artifact s
	says '^site.conf$'
	offers restore web#1 s
	says '^site.conf$'
	offers run we
	says '^web$'
	says '^web.yaml$'
	offers logs web/swap --kind s
	says '^shell$'
	offers_not why nothing/
}
names
pid_of hlpd >/dev/null || fail "the engine is gone already"
expect 0 hlp engine stop
names
pid_of hlpd >/dev/null && fail "completion started an engine"
pid_of hlp-launcher >/dev/null && fail "completion started a launcher"
true
