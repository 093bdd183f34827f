#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A rollback that a rule decided, with nobody there, while the engine is killed with -9: before it
# began, and in its middle. It is decided once, each undo runs once, and it comes to its end.
. "$(dirname "$0")/../scenario/lib.sh"

cat >deploy.yaml <<'END'
name: deploy
phases: [switch, verify]
triggers: {validation-failure: {phase: switch}}
nodes:
  - {id: one, phase: switch, run: "echo new >one.txt", undo: "echo one >>undone", artifacts: [one.txt]}
  - id: two
    phase: switch
    needs: [one]
    run: echo new >two.txt
    undo: "echo two >>undone; touch in-undo; while ! test -e go; do sleep 0.02; done"
    artifacts: [two.txt]
  - {id: check, phase: verify, run: "touch checking; while ! test -e fail; do sleep 0.02; done; exit 3"}
END
echo old >one.txt
echo old >two.txt

# It fails while there is no engine: who starts next finds the failure, decides and rolls back.
expect 0 hlp run deploy.yaml --detach --yes
wait_for 20 test -e checking
kill_engine
touch fail
wait_for 20 test -e in-undo

# In the middle of an undo, again: that undo runs on and is not started a second time.
kill_engine
touch go
expect 1 hlp wait deploy --for ended
status_is deploy PAUSED
is reason rolled_back
is nodes.two.state RECOVERED
is nodes.one.state RECOVERED
printf 'two\none\n' | cmp - undone || fail "an undo did not run once, in its order"
test "$(cat one.txt two.txt)" = "old
old" || fail "the files are not as they were"
expect 0 hlp events deploy
test "$(grep -c ' policy check' "$out")" -eq 1 || fail "it was not decided once"
test "$(grep -c ' act rollback policy' "$out")" -eq 1 || fail "it did not begin once"
