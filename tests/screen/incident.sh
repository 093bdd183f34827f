#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbook incident-skeleton by keys at 80x24: every step is answered by a person, the change is
# approved, does not help, and is taken back by a person.
. "$(dirname "$0")/lib.sh"

cp -r "$ROOT/workflows/incident-skeleton" . || fail "no runbook"
expect 0 hlp run incident-skeleton/incident-skeleton.yaml -p what='the shop is slow' --yes --detach
terminal
type_in 'hlp-console incident-skeleton; echo back'
shows '¿ M impact +manual'

# answer NODE VALUE…: the step is done, and gave these.
answer() {
	node=$1
	shift
	type_in "/$node"
	keys A
	shows "$node asks"
	pause_for_dialog
	keys d
	for value; do
		shows "$node: its outputs"
		pause_for_dialog
		type_in "$value"
	done
	shows 'Answer: done'
	pause_for_dialog
	case $node in
	change) type_in change ;;
	*) keys y ;;
	esac
	shows "✎ D $node +by hand"
}

type_in '/impact'
keys A
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'the shop is slow: who notices it'
pause_for_dialog
keys Escape
answer impact everyone 02:40
answer changes 'a deploy at 02:35'
answer evidence /tmp
answer plan 'put 1.9 back' 'put 2.0 back'
type_in '/change'
shows '^>¿ A change +approval'
keys A
shows 'Do it now: put 1.9 back'
shows 'nodes.plan.outputs.way_back = put 2.0 back'
pause_for_dialog
keys a
shows 'type change to do it'
pause_for_dialog
type_in change
shows '¿ M change +manual'
answer change
shows '¿ M healthy +manual'

# It did not help: taken back, by a person too.
type_in '/change'
keys U
shows 'ROLLBACK PLAN for change'
shows 'a person is asked to take it back'
pause_for_dialog
type_in change
shows '¿ Q change +'
type_in '/change'
keys A
shows 'Take it back: put 2.0 back'
pause_for_dialog
keys d
shows 'type change to do it'
pause_for_dialog
type_in change
shows '↺ V change +undone'
shows 'PAUSED, rolled back'
keys q
shows '^back$'
