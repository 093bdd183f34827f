#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbook disk-pressure, with a real folder and a real process that holds a deleted file:
# forward; broken, where what can be taken back is; and with a file that changes behind the gate.
. "$(dirname "$0")/lib.sh"

cp -r "$ROOT/workflows/disk-pressure" . || fail "no runbook"
runbook=$work/files/disk-pressure
end_lab() {
	"$runbook/lab.sh" down
}
at_end=end_lab

lab() {
	"$runbook/lab.sh" up >"$out" 2>"$err" || fail "no lab"
	(cd "$runbook/disk" && find . -type f ! -name app.log -exec sha256sum {} + | sort -k 2) >before
}

expect 0 hlp validate disk-pressure/disk-pressure.yaml
expect 1 hlp run disk-pressure/disk-pressure.yaml --yes
expect 0 hlp logs disk-pressure/space
says 'lab.sh up makes one'

# Rejected: what was shrunk is taken back, and every file is what it was.
lab
expect 0 hlp run disk-pressure/disk-pressure.yaml --yes --detach
wait_for 30 node_waits disk-pressure delete approval
expect 0 hlp status disk-pressure -o json
is nodes.deleted-open.state COMPLETED
test ! -e "$runbook/disk/logs/app.log.1" || fail "nothing was compressed"
test ! -e "$runbook/disk/reports/report-1.pdf" || fail "nothing was moved"
test -e "$runbook/disk/dumps/core.1" || fail "it was deleted before the gate"
expect 0 hlp reject disk-pressure/delete --yes
wait_for 30 execution_is disk-pressure FAILED
expect 0 hlp rollback disk-pressure --phase shrink --yes
status_is disk-pressure PAUSED
is nodes.compress.reason undone
is nodes.move.reason undone
(cd "$runbook/disk" && find . -type f ! -name app.log -exec sha256sum {} + | sort -k 2) >after
cmp before after || fail "the files are not what they were"
expect 0 hlp cancel disk-pressure --yes

# Broken, past the point of no return: the rollback of the whole is refused and names it; what
# comes before it can be taken back by name.
lab
expect 0 hlp run disk-pressure/disk-pressure.yaml -p break=true --yes --detach
wait_for 30 node_waits disk-pressure delete approval
echo "somebody still writes here" >>"$runbook/disk/dumps/core.2"
expect 0 hlp approve disk-pressure/delete --yes
wait_for 30 execution_is disk-pressure FAILED
status_is disk-pressure FAILED
is nodes.room.state FAILED
test ! -e "$runbook/disk/dumps/core.1" || fail "it was not deleted"
test -e "$runbook/disk/dumps/core.2" || fail "what changed behind the gate was deleted"
expect 0 hlp logs disk-pressure/delete
says 'core.2 has changed since it was listed: it stays'
expect 1 hlp rollback disk-pressure --phase shrink --yes
complains 'delete'
expect 0 hlp rollback disk-pressure --phase shrink --past delete --yes
status_is disk-pressure PAUSED
cmp "$runbook/disk/reports/report-1.pdf" "$runbook/archive/reports/report-1.pdf" 2>/dev/null &&
	fail "the report is in two places"
test -e "$runbook/disk/reports/report-1.pdf" || fail "the report did not come back"
expect 0 hlp cancel disk-pressure --yes

# Forward.
lab
expect 0 hlp run disk-pressure/disk-pressure.yaml --yes --detach
wait_for 30 node_waits disk-pressure delete approval
expect 0 hlp approve disk-pressure/delete --yes
wait_for 30 execution_is disk-pressure COMPLETED
test "$(wc -l <"$runbook/disk/deleted.list")" -eq 2 || fail "not both dumps were deleted"
