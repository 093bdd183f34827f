#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Starting from a node, up to one, only some, step by step: what is left out counts as skipped and
# what waits is held, each with its reason in the record, in the commit of the creation.
. "$(dirname "$0")/lib.sh"

cat >part.yaml <<'END'
name: part
phases: [prepare, switch, verify]
nodes:
  - {id: issue, phase: prepare, run: echo issue >>ran}
  - {id: swap, phase: switch, needs: [issue], run: echo swap >>ran}
  - {id: check, phase: verify, run: echo check >>ran}
END
ran() {
	tr '\n' ' ' <ran 2>/dev/null
}

expect 2 hlp run part.yaml --from swop --yes
complains "did you mean 'swap'"
expect 0 hlp run part.yaml --from swap --until switch --detach --yes
wait_for 20 node_waits part check held
test "$(ran)" = "swap " || fail "it ran: $(ran)"
expect 0 hlp status part -o json
is nodes.issue.reason skipped
is nodes.check.held_by tester
is nodes.check.held_note 'after --until switch'
expect 0 hlp events part
says 'completed issue .*left out by --from swap'
kill -9 "$(pid_of hlpd)"
expect 0 hlp status part -o json
is nodes.check.held true
expect 0 hlp release part/check
expect 0 hlp wait part --for ended
status_is part COMPLETED

rm ran
expect 0 hlp run part.yaml --only check --detach --yes
expect 0 hlp wait part --for ended
test "$(ran)" = "check " || fail "it ran: $(ran)"

# Step by step: nothing starts but what is let go.
rm ran
expect 0 hlp run part.yaml --step --detach --yes
wait_for 20 node_waits part issue held
test ! -e ran || fail "a step ran before it was let go"
expect 0 hlp release part
says 'issue is released and starts now'
wait_for 20 node_waits part swap held
test "$(ran)" = "issue " || fail "it ran: $(ran)"
expect 0 hlp release part
wait_for 20 node_waits part check held
expect 0 hlp release part
expect 0 hlp wait part --for ended
status_is part COMPLETED
test "$(ran)" = "issue swap check " || fail "it ran: $(ran)"

# Stepping goes on after a rollback, whoever runs the engine then; a retry of one failed node is the
# word for it.
rm ran
expect 0 hlp rollback part --phase switch --yes
kill -9 "$(pid_of hlpd)"
expect 0 hlp retry part --yes
wait_for 20 node_waits part swap held
expect 0 hlp status part -o json
is nodes.check.held true
is nodes.check.held_note step
test ! -e ran || fail "it ran: $(ran)"
expect 0 hlp release part
wait_for 20 node_waits part check held
test "$(ran)" = "swap " || fail "it ran: $(ran)"
expect 0 hlp cancel part/check --yes
wait_for 20 execution_is part FAILED
expect 0 hlp retry part/check --yes
expect 0 hlp wait part --for ended
test "$(ran)" = "swap check " || fail "it ran: $(ran)"

# Who did it, and from where, is in the record.
expect 0 hlp run part.yaml --step --detach --yes
expect 0 env SSH_CONNECTION="10.0.0.7 50000 10.0.0.1 22" hlp note part "seen"
expect 0 hlp events part -o json
says '"origin":"[^"]*from 10.0.0.7"'
expect 0 hlp cancel part --yes
