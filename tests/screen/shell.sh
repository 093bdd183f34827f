#!/bin/sh
# SPDX-License-Identifier: MIT
#
# hlp shell on a real terminal: the environment is a run's, what it shows is recorded without the
# secrets, sizes are passed on, the terminal is as it was whatever ended it; what the person says
# on leaving is an act like `hlp done`; who opened it and how it ended is in the journal.
. "$(dirname "$0")/lib.sh"

cat >visit.yaml <<'END'
name: visit
params: {token: {secret: true}, where: {default: here}}
on_failure: continue
env: {TOP: "${params.token}", WHERE: "${params.where}"}
nodes:
  - {id: look, run: "env | sort > look.env; echo ${params.token} >/dev/null"}
  - {id: fix, needs: [look], manual: Mend it., outputs: [change, note]}
  - {id: fails, needs: [look], run: "test -e mended", workdir: .}
  - {id: uses, needs: [fix], run: "echo ${nodes.fix.outputs.change} > change"}
  - {id: far, host: nobody@far.invalid, needs: [uses], run: hostname}
  - {id: slow, needs: [look], run: "echo $$ > slow.pid; exec sleep 600"}
END
printf 'canary-of the+shell' >token
expect 0 hlp run visit.yaml --yes --detach -p token=@token
wait_for 15 node_is visit fails FAILED
wait_for 15 node_is visit slow RUNNING

# ---- off a terminal, and where there is none to give ---------------------------------------
expect 1 hlp shell visit/fix
complains 'a shell needs a terminal'
terminal
type_in 'hlp shell visit/far; echo "ended $?"'
shows 'far runs on nobody@far.invalid: a shell there is not supported yet'
shows '^ended 1$'
type_in 'clear; hlp shell visit/uses; echo "ended $?"'
shows "no shell can be opened: node 'uses': .*fix"
shows '^ended 1$'

# ---- the environment of a run ---------------------------------------------------------------
type_in 'clear; hlp shell visit/look'
shows "secrets are hidden"
shows '^visit#1/look[#$]'
type_in 'env | sort > shell.env'
type_in 'umask; pwd; tty; stty size'
shows '^0022$'
shows '^24 80$'
test "$(grep -v -e '^HLP_ATTEMPT=' -e '^TERM=' -e '^PS1=' -e '^HISTFILE=' -e '^SHLVL=' -e '^_=' shell.env)" = \
	"$(grep -v -e '^HLP_ATTEMPT=' -e '^SHLVL=' -e '^_=' look.env)" ||
	fail "another environment: $(diff look.env shell.env)"
grep -q 'HLP_ATTEMPT=.*-look-shell-1$' shell.env || fail "no attempt id of its own"
term resize-window -x 100 -y 30
resized() {
	type_in 'stty size'
	seen '^30 100$'
}
wait_for 10 resized
term resize-window -x 80 -y 24
type_in 'printf "%s\n" "$TOP"'
shows '^canary-of the'
type_in 'exit 3'
shows 'left with 3; .hlp logs visit#1/look --kind shell.'
shows '^\$$' # it has completed: nothing is asked

# ---- done, with what was written to $HLP_OUTPUT and what is asked for ---------------------------
type_in 'clear; hlp shell visit/fix; echo "ended $?"'
shows '^visit#1/fix[#$]'
type_in 'echo change=4711 >>"$HLP_OUTPUT"; exit'
shows 'Is fix done'
shows '    d  done by hand$'
shows '    f  it failed$'
type_in x
shows 'that is none of these'
type_in d
shows '^  change: \*\*\* .from \$HLP_OUTPUT|^  change: 4711 .from \$HLP_OUTPUT'
shows '^  note:'
type_in 'by me'
shows '^ended 0$'
wait_for 15 node_is visit fix COMPLETED
wait_for 15 node_is visit uses COMPLETED
grep -qx 4711 change || fail "the output of the shell did not arrive"

# ---- a node that runs: a word first; one that failed: left as it is -----------------------------
type_in 'clear; hlp shell visit/slow; echo "ended $?"'
shows 'slow is running: the shell is in its folder'
type_in y
shows '^visit#1/slow[#$]'
type_in 'exit'
shows 'done by hand; what runs is stopped'
keys Enter
shows '^ended 0$'
node_is visit slow RUNNING || fail "Enter alone did something"
type_in 'clear; hlp shell visit/fails; echo "ended $?"'
shows '^visit#1/fails[#$]'
type_in 'touch mended; exit'
shows 'Is fails done'
type_in d
shows '^ended 0$'
wait_for 15 node_is visit fails COMPLETED

# ---- secrets in pieces: typed, broken at the edge of the terminal, in a title, in colours ---------
type_in "clear; hlp shell visit/look"
shows '^visit#1/look[#$]'
for piece in 'echo can' 'ary' '-of the+she' 'll'; do
	term send-keys -l -- "$piece"
	sleep 0.05
done
keys Enter
shows '^canary-of the.shell$'
type_in "printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx canary-of the+shell'; echo"
type_in "printf '\\033]0;%s\\007' \"\$TOP\"; printf 'canary\\033[31m-of\\033[m the+shell\\n'"
type_in "printf '%s' \"\$TOP\" | base64; echo end-of-it"
shows '^end-of-it$'
type_in exit
shows 'left with 0'
expect 0 hlp logs visit/look --kind shell --raw
says 'end-of-it'
says 'echo \*\*\*'
expect 0 hlp logs visit/look --kind shell --attempt 1
says '^0022'
# As a terminal would show it, whatever stands between the letters.
for file in "$HLP_HOME"/output/*/look.shell.*.log; do
	perl -0pe 's/ \r|\e\[[0-9;?]*[a-zA-Z]|[\r\n]//g' "$file" | grep -aE 'canary-of the\+shell|Y2FuYXJ5LW9m' &&
		fail "a secret stands in $file"
done

# ---- whatever ends it, the terminal is as it was -----------------------------------------------
the_shell() {
	shell=$(pgrep -f -x "bash --norc --noprofile -i" | while read -r pid; do
		grep -qzxF "HLP_NODE=$1" "/proc/$pid/environ" &&
			grep -qaF "$HLP_HOME" "/proc/$pid/environ" && echo "$pid"
	done)
	test -n "$shell"
}
for number in TERM HUP KILL; do
	type_in "clear; stty -a >before; hlp shell visit/fails; stty -a >after; echo 'out again'"
	shows '^visit#1/fails[#$]'
	wait_for 15 the_shell fails
	relay=$(cut -d ' ' -f 4 "/proc/$shell/stat")
	kill "-$number" "$relay"
	shows 'out again'
	cmp -s before after || fail "after $number the terminal is another one: $(diff before after)"
	wait_for 10 gone "$shell"
done
type_in "clear; stty -a >before; hlp shell visit/fails; stty -a >after; echo 'out again'"
shows '^visit#1/fails[#$]'
wait_for 15 the_shell fails
kill -9 "$shell"
shows 'left with 137'
shows 'out again'
cmp -s before after || fail "the terminal is another one"

# hlp itself is killed: the shell ends with it, for nobody would ask afterwards.
type_in "clear; stty -a >before; hlp shell visit/fails; echo 'out again'"
shows '^visit#1/fails[#$]'
wait_for 15 the_shell fails
relay=$(cut -d ' ' -f 4 "/proc/$shell/stat")
kill -9 "$(cut -d ' ' -f 4 "/proc/$relay/stat")"
wait_for 10 gone "$shell"
wait_for 10 gone "$relay"
shows 'out again'
rm -f after
as_before() {
	type_in "stty -a >after"
	sleep 0.1
	cmp -s before after
}
wait_for 10 as_before

# A node that is stopped takes nobody's shell along.
type_in "clear; hlp shell visit/slow --yes"
shows '^visit#1/slow[#$]'
expect 0 hlp cancel visit/slow --yes
wait_for 15 node_is visit slow FAILED
type_in 'echo still-$((1 + 1))'
shows '^still-2$'
type_in exit
shows 'Is slow done'
keys Enter

# ---- who, what, when -----------------------------------------------------------------------
expect 0 hlp events visit
says 'tester.* shell .*look|shell_opened.*look'
says 'shell 1'
expect 0 hlp events visit -o json
grep -q '"kind": *"shell_closed".*"shell 1".*status 3' "$out" || fail "no event says how the shell ended: $(grep shell "$out")"
expect 0 hlp report visit
says 'shell'
says 'left-shell.*exit 137'
