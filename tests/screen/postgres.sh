#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbooks postgres-failover and postgres-failback by keys at 80x24, with two real servers: the
# primary is killed, a person says that it is dead, the gate is approved, clients are pointed
# wrongly; undoing the fence is refused because of the promotion, undoing the pointer works. Then the
# way back: started by its name, its gate approved, and every acknowledged row is there.
. "$(dirname "$0")/lib.sh"

test -x "$(echo /usr/lib/postgresql/*/bin/pg_rewind)" || skip "PostgreSQL is missing"
cp -r "$ROOT/workflows/postgres" . || fail "no runbook"
chmod 711 "$work" "$work/files"
runbook=$work/files/postgres
end_lab() {
	"$runbook/lab.sh" down
}
at_end=end_lab

"$runbook/lab.sh" up >"$out" 2>"$err" || fail "no lab: $(cat "$err")"
kill -9 "$(head -n 1 "$(sed -n 's/^a.data //p' "$runbook/cluster.conf")/postmaster.pid")"
expect 0 hlp run postgres/postgres-failover.yaml -p break=true --yes --detach
terminal
type_in 'hlp-console postgres-failover; echo back'
shows '¿ M really-dead +manual' 30
keys ']' A
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'Is server a really dead'
pause_for_dialog
keys d
shows 'really-dead: its outputs'
pause_for_dialog
type_in 'its console is dark'
shows 'evidence = its console is dark'
pause_for_dialog
keys y
shows '¿ A fence +approval' 30
type_in '/fence'
keys A
shows 'Fail over from server a to server b\?'
shows 'evidence = its console is dark'
pause_for_dialog
keys a
shows 'type fence to do it'
pause_for_dialog
type_in fence
shows '✗ F write-test +failed: exit 1' 60
keys ']' l
shows 'server a takes no writes'
keys Escape
type_in '/fence'
keys U
shows 'ROLLBACK PLAN for fence'
shows 'is past its point of no return'
shows 'postgres-failback'
keys Escape
type_in '/repoint'
keys U
shows 'ROLLBACK PLAN for repoint'
shows '7 nodes that ran stay as they are'
pause_for_dialog
type_in repoint
shows '↺ V repoint ' 30
grep -qx 'server a' "$runbook/clients.conf" || fail "clients.conf is not what it was"
keys X
shows 'type postgres-failover#1 to do it'
pause_for_dialog
type_in 'postgres-failover#1'
wait_for 20 execution_is postgres-failover RECOVERED
"$runbook/repoint.sh" b >"$out" 2>"$err" || fail "clients cannot be pointed to server b"
"$runbook/writer.sh" 10

# And back.
keys n
type_in postgres/postgres-failback.yaml
shows 'no way back after'
shows 'type postgres-failback'
pause_for_dialog
type_in postgres-failback
shows '¿ A stop-primary +approval' 60
keys ']' A
shows 'Stop server b and make server a the primary again'
pause_for_dialog
keys a
shows 'type stop-primary to do it'
pause_for_dialog
type_in stop-primary
shows 'postgres-failback#1 .*COMPLETED' 60
grep -qx 'server a' "$runbook/clients.conf" || fail "clients do not use server a"
"$runbook/check.sh" rows >"$out" 2>"$err" || fail "acknowledged rows are lost"
"$runbook/look.sh" standby >"$out" 2>"$err" || fail "server b is no standby"
keys q
shows '^back$'
