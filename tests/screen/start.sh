#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A run started, paused, resumed and cancelled from the console, which starts the engine itself. What
# is started here is armed; one node of low risk needs `y`, the whole run its name.
. "$(dirname "$0")/lib.sh"

cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: first, run: "true"}
  - {id: second, needs: [first], run: "echo waiting for the flag; until test -e flag; do sleep 0.1; done; echo seen"}
  - {id: third, needs: [second], run: "true"}
END

cat >there.yaml <<'END'
name: there
nodes: [{id: swap, host: deploy@edge-07, run: "true"}]
END

terminal
type_in 'stty -a >before.tty; hlp-console; stty -a >after.tty; echo back'
shows 'there is no execution yet; n starts one'
keys n
type_in 'there.yaml'
shows 'on +deploy@edge-07 \(swap\), over ssh'
pause_for_dialog
keys Escape n
type_in 'slow.yaml'
shows 'slow: 3 nodes'
shows 'y does it, Esc leaves it'
keys Enter
pause_for_dialog
shows 'y does it, Esc leaves it'
keys y
shows 'slow#1 .*RUNNING .*ARMED'
shows '► R second +running'
keys P
shows 'PAUSED|pause slow#1' 10
touch flag
shows '✓ C second +ok'
shows '● P third +ready'
keys P
shows 'slow#1 .*COMPLETED'
screen start-completed

rm flag
keys n
type_in 'slow.yaml'
pause_for_dialog
keys y
shows 'slow#2 .*RUNNING'
shows '► R second +running'
type_in '/second'
keys X
shows 'cancel second'
pause_for_dialog
keys y
shows '⊗ X second +cancelled'
shows 'slow#2 .*FAILED'
keys l
shows 'waiting for the flag'
keys R
shows 'second: cancelled; risk low'
pause_for_dialog
touch flag
keys y
shows 'slow#2 .*COMPLETED'
keys 6
shows '✓ slow#2'
shows '✓ slow#1'

# From a node that has ended X is of the run.
rm flag
keys 1 n
type_in 'slow.yaml'
pause_for_dialog
keys y
shows 'slow#3 .*RUNNING'
shows '✓ C first +ok'
type_in '/first'
keys X
shows 'type slow#3 to do it'
pause_for_dialog
type_in 'slow#3'
shows 'slow#3 .*FAILED'
shows '⊗ X second +cancelled'
keys q
shows '^back$'
cmp before.tty after.tty || fail "the terminal's settings are not as they were"
