#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbook incident-skeleton: every step by a person, to its end; and its change taken back by
# a person.
. "$(dirname "$0")/lib.sh"

cp -r "$ROOT/workflows/incident-skeleton" . || fail "no runbook"
file=incident-skeleton/incident-skeleton.yaml

# up_to_the_change: everything that is asked before.
up_to_the_change() {
	expect 2 hlp run $file --yes
	complains 'what'
	expect 0 hlp run $file -p what='the shop is slow' --yes --detach
	wait_for 15 node_waits incident-skeleton impact manual
	expect 1 hlp done incident-skeleton/impact --yes
	complains 'who'
	expect 0 hlp done incident-skeleton/impact --output who=everyone --output since=02:40 --yes
	wait_for 15 node_waits incident-skeleton changes manual
	expect 0 hlp done incident-skeleton/changes --output suspects='a deploy at 02:35' --yes
	expect 0 hlp done incident-skeleton/evidence --output where=/tmp --yes
	wait_for 15 node_waits incident-skeleton plan manual
	expect 0 hlp done incident-skeleton/plan --output change='put 1.9 back' \
		--output way_back='put 2.0 back' --yes
	wait_for 15 node_waits incident-skeleton change approval
	expect 0 hlp approve incident-skeleton/change --yes
	wait_for 15 node_waits incident-skeleton change manual
	expect 0 hlp why incident-skeleton/change
	says 'put 1.9 back'
	expect 0 hlp done incident-skeleton/change --yes
}

up_to_the_change
wait_for 15 node_waits incident-skeleton healthy manual
expect 0 hlp done incident-skeleton/healthy --failed --yes
wait_for 15 execution_is incident-skeleton FAILED
expect 0 hlp rollback incident-skeleton --node change --detach --yes
wait_for 15 node_waits incident-skeleton change undo_asking
expect 0 hlp why incident-skeleton/change
says 'put 2.0 back'
expect 0 hlp answer incident-skeleton/change done --yes
wait_for 15 execution_is incident-skeleton PAUSED
status_is incident-skeleton PAUSED
is nodes.change.state RECOVERED
expect 0 hlp cancel incident-skeleton --yes

up_to_the_change
wait_for 15 node_waits incident-skeleton healthy manual
expect 0 hlp done incident-skeleton/healthy --yes
wait_for 15 node_waits incident-skeleton announce manual
expect 0 hlp done incident-skeleton/announce --yes
wait_for 15 execution_is incident-skeleton COMPLETED
status_is incident-skeleton COMPLETED
is nodes.change.reason by_hand
