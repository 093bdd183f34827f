#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# One node and its dependents are taken back: the plan changes nothing, the undo sees what was
# recorded, files come back byte by byte with their mode, and the node can run again.
. "$(dirname "$0")/lib.sh"

printf 'listen 80\nold, with a \001 byte\n' >proxy.conf
chmod 0640 proxy.conf
cp -p proxy.conf before.conf
cat >swap.yaml <<'END'
name: swap
params: {port: {type: integer, default: 443}}
nodes:
  - {id: drain, run: "echo drained >> log", undo: "echo undrained >> log"}
  - id: swap
    needs: [drain]
    run: "echo listen ${params.port} > proxy.conf; echo new > made.conf; echo swapped >> log; echo id=7 >> \"$HLP_OUTPUT\""
    undo: "echo \"unswapped $HLP_UNDO_STATE ${params.port}\" >> log"
    outputs: [id]
    artifacts: [{path: proxy.conf, on_restore: "echo reloaded >> log"}, made.conf]
  - {id: verify, needs: [swap], run: "echo verified >> log"}
END
expect 0 hlp run swap.yaml --yes
expect 0 hlp artifacts swap
says proxy.conf
expect 0 hlp diff swap proxy.conf
says '^[-+ ].*listen'

expect 0 hlp rollback swap --node swap --plan
says swap
says verify
expect 0 cat log
says '^verified$'
test "$(wc -l <log)" -eq 3 || fail "the plan alone did something"

expect 1 hlp rollback swap --node swap
expect 0 hlp rollback swap --node swap --yes
cmp proxy.conf before.conf || fail "the file did not come back as it was"
test "$(stat -c %a proxy.conf)" = 640 || fail "the mode did not come back"
test ! -e made.conf || fail "a file that was not there before is still there"
expect 0 cat log
says '^unswapped completed 443$'
says '^reloaded$'
grep -q undrained log && fail "a node that nobody asked for was undone"
status_is swap PAUSED
is reason rolled_back
is nodes.swap.state RECOVERED
is nodes.verify.state RECOVERED
is nodes.drain.state COMPLETED
expect 1 hlp resume swap
complains retry

expect 0 hlp retry swap/swap --yes
expect 0 hlp wait swap --for ended
status_is swap COMPLETED
is nodes.swap.attempt 2
grep -q 'listen 443' proxy.conf || fail "the second run did not write the file"

# an undo that hangs is stopped by a word, then asks; nor does it hold whoever stops the engine
cat >hangs.yaml <<'END'
name: hangs
nodes:
  - {id: a, run: "true", undo: {run: "echo try >>tries; exec sleep 1000", retry: 3}}
END
hangs_in_undo() {
	test "$(node_state hangs a)" = RECOVERING && test "$(wc -l <tries)" -eq "$1"
}
expect 0 hlp run hangs.yaml --yes
expect 0 hlp rollback hangs --all --yes --detach
wait_for 10 hangs_in_undo 1
expect 0 hlp cancel hangs --yes
says 'the rollback of hangs#1 stops when what is being undone now has ended; resume goes on'
expect 0 hlp cancel hangs/a --yes
says 'the undo of a is being stopped; then it asks'
wait_for 20 node_waits hangs a undo_asking
expect 0 hlp answer hangs/a again --yes
expect 0 hlp resume hangs
wait_for 10 hangs_in_undo 2
expect 0 hlp engine stop --all --yes
expect 0 hlp why hangs/a
says 'it was stopped: ended by signal'
expect 0 hlp answer hangs/a leave --yes
expect 0 hlp report hangs
says '\*\*tester\*\* stopped the rollback'
says '\*\*tester\*\* stopped the undo of a'
says '\*\*tester\*\* let the rollback go on'
grep -q 'cancelled the run' "$out" && fail "the run was not cancelled"

# how long it takes is known from the last time; and it can be turned off for a whole engine
expect 0 hlp rollback swap --node swap --plan -o json
is rows.1.action undo
test "$("$json" get rows.1.estimate_us <"$out")" -gt 0 || fail "the undo ran before: no estimate"
export PARTIAL_ROLLBACK_ENABLED
for word in off False false; do
	expect 0 hlp engine stop --yes
	PARTIAL_ROLLBACK_ENABLED=$word
	expect 0 hlp rollback swap --node swap --plan
	says 'refused: rollbacks are turned off for this engine'
done
expect 1 hlp rollback swap --node swap --yes
complains 'PARTIAL_ROLLBACK_ENABLED=false'
status_is swap COMPLETED
