#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbooks postgres-failover and postgres-failback, with two real servers: the primary is
# killed, the standby takes over; a rollback past the promotion is refused, names the point of no
# return and points to the failback, which then brings the old primary back with every row that
# was acknowledged.
. "$(dirname "$0")/lib.sh"

test -x "$(echo /usr/lib/postgresql/*/bin/pg_rewind)" || skip "PostgreSQL is missing"
cp -r "$ROOT/workflows/postgres" . || fail "no runbook"
chmod 711 "$work" "$work/files"
runbook=$work/files/postgres
end_lab() {
	"$runbook/lab.sh" down
}
at_end=end_lab

clients_use() {
	grep -qx "server $1" "$runbook/clients.conf" || fail "clients do not use server $1"
	"$runbook/check.sh" write >"$out" 2>"$err" || fail "server $1 takes no writes"
	"$runbook/check.sh" rows >"$out" 2>"$err" || fail "acknowledged rows are lost"
}

kill_primary() {
	data=$(sed -n 's/^a.data //p' "$runbook/cluster.conf")
	kill -9 "$(head -n 1 "$data/postmaster.pid")"
}

failover_to_its_gate() {
	expect 0 hlp run postgres/postgres-failover.yaml "$@" --yes --detach
	wait_for 30 node_waits postgres-failover really-dead manual
	expect 0 hlp done postgres-failover/really-dead --output evidence="its console is dark" --yes
	wait_for 30 node_waits postgres-failover fence approval
}

for name in postgres-failover postgres-failback; do
	expect 0 hlp validate "postgres/$name.yaml"
done
"$runbook/lab.sh" up >"$out" 2>"$err" || fail "no lab: $(cat "$err")"
clients_use a
"$runbook/writer.sh" 20
kill_primary

# It is not dead, somebody finds out: nothing was touched but looked at.
expect 0 hlp run postgres/postgres-failover.yaml --yes --detach
wait_for 30 node_waits postgres-failover really-dead manual
expect 0 hlp done postgres-failover/really-dead --failed --yes
wait_for 30 execution_is postgres-failover FAILED
status_is postgres-failover FAILED
is nodes.really-dead.reason rejected
is nodes.fence.state PENDING

# Before the point of no return the fence can be taken back.
failover_to_its_gate
expect 0 hlp hold postgres-failover/promote
expect 0 hlp approve postgres-failover/fence --yes
wait_for 30 node_waits postgres-failover promote held
expect 0 hlp rollback postgres-failover --node fence --yes
status_is postgres-failover PAUSED
is nodes.fence.reason undone
clients_use a
expect 0 hlp cancel postgres-failover --yes

# Broken: clients are pointed at the dead one; their pointer comes back, the promotion stays.
kill_primary
failover_to_its_gate -p break=true
expect 0 hlp approve postgres-failover/fence --yes
wait_for 60 execution_is postgres-failover FAILED
status_is postgres-failover FAILED
is nodes.promote.state COMPLETED
is nodes.write-test.state FAILED
expect 1 hlp rollback postgres-failover --phase fence --yes
complains 'promote'
complains 'postgres-failback'
expect 0 hlp rollback postgres-failover --phase repoint --yes
expect 0 hlp cancel postgres-failover --yes
"$runbook/repoint.sh" b >"$out"
clients_use b
"$runbook/writer.sh" 10

# And back.
expect 0 hlp run postgres/postgres-failback.yaml --yes --detach
wait_for 60 node_waits postgres-failback stop-primary approval
"$runbook/writer.sh" 5
expect 0 hlp approve postgres-failback/stop-primary --yes
wait_for 60 execution_is postgres-failback COMPLETED
clients_use a
"$runbook/look.sh" standby >"$out" 2>"$err" || fail "server b is no standby"
test "$(wc -l <"$runbook/acknowledged.log")" -ge 30 || fail "hardly a row was acknowledged"
