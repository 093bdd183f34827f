#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Pause starts nothing new and lets what runs finish; resume goes on. Acts that do not apply are
# refused with 1 and a reason, and change nothing.
. "$(dirname "$0")/lib.sh"

cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: a, run: "touch a-runs; while ! test -e go; do sleep 0.05; done"}
  - {id: b, needs: [a], run: touch b-ran}
END
runs() {
	test -e a-runs
}
expect 0 hlp run slow.yaml --detach --yes
wait_for 20 runs
expect 1 hlp run slow.yaml --yes
complains 'slow|another|attach'
expect 0 hlp pause slow
touch go
wait_for 20 node_is slow a COMPLETED
wait_for 20 execution_is slow PAUSED
test ! -e b-ran || fail "a node started while paused"
expect 0 hlp resume slow
expect 0 hlp wait slow --for ended
status_is slow COMPLETED
test -e b-ran || fail "resume did not go on"
expect 1 hlp pause slow
expect 1 hlp resume slow
expect 1 hlp cancel slow --yes
expect 1 hlp status nothing
complains nothing
