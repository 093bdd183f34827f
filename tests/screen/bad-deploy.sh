#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbook bad-deploy by keys at 80x24: its gate is approved, the release's clients get errors,
# the phase of the switch is rolled back, and the old version is served; run again, it is broken
# as before.
. "$(dirname "$0")/lib.sh"

cp -r "$ROOT/workflows/bad-deploy" . || fail "no runbook"
runbook=$work/files/bad-deploy
end_lab() {
	"$runbook/lab.sh" down
}
at_end=end_lab

serves() {
	"$runbook/check.sh" version >"$out" 2>"$err"
	says "^version=$1\$"
}

"$runbook/lab.sh" up >"$out" 2>"$err" || fail "no lab"
expect 0 hlp run bad-deploy/bad-deploy.yaml -p break=true --yes --detach
terminal
type_in 'hlp-console bad-deploy; echo back'
shows '¿ A switch +approval' 30
keys ']' A
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'Send all clients to release 2.0\?'
shows 'nodes.canary-health.outputs.bad = 0'
pause_for_dialog
keys a
shows 'type switch to do it'
pause_for_dialog
type_in switch
shows '✗ F served-health +failed: exit 1' 30
serves 2.0
keys ']' l
shows 'the cache is not reachable'
keys Escape
type_in '/switch'
keys B
shows 'the phase switch and those after it'
pause_for_dialog
keys p
shows 'ROLLBACK PLAN for switch'
shows 'live/current.conf r[0-9]+ → r[0-9]+'
pause_for_dialog
type_in switch
shows '↺ V switch +undone' 30
shows 'PAUSED, rolled back'
shows 'service not verified; R retries'
serves 1.0
keys R
shows 'type switch to do it'
pause_for_dialog
type_in switch
shows '¿ A switch +approval' 30
keys q
shows '^back$'
serves 1.0
