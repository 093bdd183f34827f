#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runbook bad-deploy, with its real service: forward; broken, where clients get errors and the
# phases from the switch on are rolled back; and rejected at its gate.
. "$(dirname "$0")/lib.sh"

cp -r "$ROOT/workflows/bad-deploy" . || fail "no runbook"
runbook=$work/files/bad-deploy
end_lab() {
	"$runbook/lab.sh" down
}
at_end=end_lab

serves() {
	test "$("$runbook/check.sh" version)" = "version=$1" || fail "clients are not served $1"
	"$runbook/check.sh" health live 5 >"$out" 2>"$err" || fail "the service is not well"
}

# Without the service to practise on, the first look says what is missing, and nothing is touched.
expect 0 hlp validate bad-deploy/bad-deploy.yaml
expect 1 hlp run bad-deploy/bad-deploy.yaml --yes
expect 0 hlp logs bad-deploy/serving
says 'lab.sh up makes one'
"$runbook/lab.sh" up >"$out" 2>"$err" || fail "no lab"

# The release's clients get errors though its canary was well.
expect 0 hlp run bad-deploy/bad-deploy.yaml -p break=true --yes --detach
wait_for 30 node_waits bad-deploy switch approval
expect 0 hlp status bad-deploy -o json
is nodes.canary-health.state COMPLETED
test "$("$runbook/check.sh" version)" = version=1.0 || fail "it was switched before the gate"
expect 0 hlp approve bad-deploy/switch --yes
wait_for 30 execution_is bad-deploy FAILED
status_is bad-deploy FAILED
is nodes.served-health.state FAILED
is nodes.retire.state PENDING
expect 0 hlp logs bad-deploy/served-health
says 'the cache is not reachable'

expect 0 hlp rollback bad-deploy --phase switch --plan
says 'switch'
expect 0 hlp rollback bad-deploy --phase switch --yes
status_is bad-deploy PAUSED
is nodes.switch.state RECOVERED
is nodes.canary.state COMPLETED
serves 1.0

# Nobody is asked twice for nothing: the way back is not the way forward.
expect 0 hlp cancel bad-deploy --yes
status_is bad-deploy RECOVERED

# The same with nobody there, by a rule of the workflow: what is served is the old release.
sed 's/^phases:/triggers: {validation-failure: {phase: switch}}\nphases:/' \
	bad-deploy/bad-deploy.yaml >bad-deploy/alone.yaml
expect 0 hlp run bad-deploy/alone.yaml -p break=true --yes --detach
wait_for 30 node_waits bad-deploy switch approval
expect 0 hlp approve bad-deploy/switch --yes
expect 1 hlp wait bad-deploy --for ended
status_is bad-deploy PAUSED
is reason rolled_back
is policy 'triggers: validation-failure → rollback of phase switch, after served-health: exit 1'
is nodes.switch.reason undone
serves 1.0
expect 0 hlp cancel bad-deploy --yes

# Rejected at the gate: nothing is switched.
expect 0 hlp run bad-deploy/bad-deploy.yaml --yes --detach
wait_for 30 node_waits bad-deploy switch approval
expect 0 hlp reject bad-deploy/switch --yes
wait_for 30 execution_is bad-deploy FAILED
status_is bad-deploy FAILED
is nodes.switch.reason rejected
serves 1.0

# Forward, through the point of no return: a rollback past it is refused and says why.
expect 0 hlp run bad-deploy/bad-deploy.yaml --yes --detach
wait_for 30 node_waits bad-deploy switch approval
expect 0 hlp approve bad-deploy/switch --yes
wait_for 30 execution_is bad-deploy COMPLETED
serves 2.0
test ! -e "$runbook/releases/1.0" || fail "the old release is still there"
expect 1 hlp rollback bad-deploy --phase switch --yes
complains 'retire'
complains 'the old release is deleted'
serves 2.0
