#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Checkpoints by keys at 80x24: one by hand with its name, then the way back to the end of a phase, chosen
# from the list, its plan, and what is there afterwards.
. "$(dirname "$0")/lib.sh"

echo 0 >a.conf
echo 0 >b.conf
cat >steps.yaml <<'END'
name: steps
phases: [first, second, third]
nodes:
  - {id: a, phase: first, run: "echo 1 > a.conf", artifacts: [a.conf]}
  - {id: b, phase: second, run: "echo 1 > b.conf", artifacts: [b.conf]}
  - {id: c, phase: third, run: "false"}
END
expect 1 hlp run steps.yaml --yes
terminal
type_in 'hlp-console steps; echo back'
shows '✗ F c +failed: exit 1'
keys :
type_in 'checkpoint lunch'
shows 'the checkpoint lunch of steps#1 is being recorded'
keys B
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows '1   the checkpoint lunch, of [0-9:]+Z'
shows '2   the checkpoint second, of [0-9:]+Z'
shows '3   the checkpoint first, of [0-9:]+Z'
pause_for_dialog
keys 3
shows 'ROLLBACK PLAN for first'
shows 'b.conf r[0-9]+ → r[0-9]+'
hides 'a.conf r'
pause_for_dialog
type_in first
shows '↺ V b +restored' 30
shows 'PAUSED, rolled back'
test "$(cat a.conf)$(cat b.conf)" = 10 || fail "not as at the checkpoint"
keys 7
shows 'checkpoint'
keys q
shows '^back$'
