#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first minute after `make run` on a terminal: one line on what will happen, the console on the
# runbook, a gate, a step that fails on purpose; it is undone, run again and ends well. On leaving,
# what to do next. Outside its folder nothing is written.
. "$(dirname "$0")/lib.sh"

terminal
type_in "HLP_BUILD=$HLP_BUILD HLP_DEMO_PACE=0 $ROOT/workflows/demo; echo \"ended \$?\""
shows 'first-minute#1 '
wait_for 20 node_is first-minute drain PAUSED
shows 'drain +approval'
shows '] goes there'
term send-keys -l ']'
shows 'A answers it'
keys A
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'Take web2 out of the pool\?'
pause_for_dialog
keys a
shows 'Answer: approve'
pause_for_dialog
keys y
wait_for 20 node_is first-minute switch FAILED
grep -q '^web2 dwon$' "$HLP_HOME/demo/first-minute/pool.conf" || fail "it did not fail as it says"
expect 0 hlp why first-minute/switch
says 'switch +failed +exit 1'
expect 0 hlp diff first-minute pool.conf
says '^\+web2 .*dwon'
expect 0 hlp rollback first-minute --node switch --yes
grep -q '^web2 up$' "$HLP_HOME/demo/first-minute/pool.conf" || fail "the file did not come back"
expect 0 hlp retry first-minute --yes
expect 0 hlp wait first-minute --timeout 30s
grep -q '^web2 down$' "$HLP_HOME/demo/first-minute/pool.conf" || fail "the second try is wrong too"
keys Escape Escape
shows 'first-minute#1 .*COMPLETED'
keys q
shows '^ended 0$'
shows '^first-minute#1: COMPLETED$'
shows '^come back: hlp-console first-minute#1$'
shows '^Your own: write NAME.yaml .* then .hlp run NAME.yaml.\.$'
test -z "$(ls)" || fail "it wrote outside its folder"
