#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The launcher dies, with and without the engine: nothing runs twice at once, and what cannot be
# known is asked (on_lost: ask) or tried again (on_lost: retry).
. "$(dirname "$0")/lib.sh"

cat >lost.yaml <<'END'
name: lost
on_failure: continue
nodes:
  - {id: asks, run: "echo s >> asks; echo half done > made; until test -e go; do sleep 0.1; done; echo e >> asks", artifacts: [made]}
  - {id: again, run: "echo s >> again; until test -e go; do sleep 0.1; done; echo e >> again", on_lost: retry}
END
both_run() {
	test -s asks && test -s again
}
settled() {
	node_is lost asks PAUSED && node_is lost again COMPLETED
}
expect 0 hlp run lost.yaml --detach --yes
wait_for 20 both_run
launcher=$(pid_of hlp-launcher) || fail "no launcher"
engine=$(pid_of hlpd) || fail "no engine"
kill -9 "$launcher" "$engine"
expect 0 hlp status lost # another pair, while what ran goes on
touch go
wait_for 60 settled
# Two of one at a time would show as two starts without an end between them.
for node in asks again; do
	awk '$1 == "s" && last == "s" { exit 1 } { last = $1 }' "$node" ||
		fail "$node ran twice at once: $(paste -sd ' ' - <"$node")"
done
status_is lost "$(execution_state lost)"
is nodes.asks.reason asking
is nodes.asks.attempt 1
is nodes.again.attempt 2
test "$(grep -c s asks)" -eq 1 || fail "a node that asks was started again"
test "$(grep -c s again)" -eq 2 || fail "a node that is to be tried again was not, or too often"
# What the lost attempt left is recorded: the difference shows it, a rollback knows it.
expect 0 hlp diff lost asks:made
says '^[+]half done'
expect 0 hlp rollback lost --node asks --plan
says 'restore +asks +made'
! grep -q 'somebody changed' "$out" || fail "what the attempt left counts as somebody's change"
# What somebody has written since is not taken away by an answer, which has no words for that.
mv made kept
echo by hand >made
expect 1 hlp answer lost/asks undo --yes
complains 'made of asks: somebody changed it since'
complains 'hlp rollback lost#1 --node asks'
test "$(cat made)" = "by hand" || fail "an answer took away what somebody wrote"
mv kept made
expect 0 hlp answer lost/asks happened --yes
wait_for 20 node_is lost asks COMPLETED
