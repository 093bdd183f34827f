#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbook disk-pressure by keys at 80x24: its gate is rejected, and what was shrunk is taken
# back as a phase; every file is what it was.
. "$(dirname "$0")/lib.sh"

cp -r "$ROOT/workflows/disk-pressure" . || fail "no runbook"
runbook=$work/files/disk-pressure
end_lab() {
	"$runbook/lab.sh" down
}
at_end=end_lab

sums() {
	(cd "$runbook/disk" && find . -type f ! -name app.log -exec sha256sum {} + | sort -k 2)
}

"$runbook/lab.sh" up >"$out" 2>"$err" || fail "no lab"
sums >before
expect 0 hlp run disk-pressure/disk-pressure.yaml --yes --detach
terminal
type_in 'hlp-console disk-pressure; echo back'
shows '¿ A delete +approval' 60
keys ']' A
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'Delete the old dumps in disk/dumps'
shows 'nodes.list.outputs.files = 2'
pause_for_dialog
keys r
shows 'type delete to do it'
pause_for_dialog
type_in delete
shows '✗ F delete +rejected'
type_in '/compress'
keys B
shows 'the phase shrink and those after it'
pause_for_dialog
keys p
shows 'ROLLBACK PLAN for shrink'
pause_for_dialog
type_in shrink
shows 'PAUSED, rolled back' 60
shows '↺ V compress +undone'
shows '↺ V move +undone'
sums >after
cmp before after || fail "the files are not what they were"
keys q
shows '^back$'
