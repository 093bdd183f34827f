#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Holds and freezes when the engine is killed with -9: who, why and until when are still there; a
# hold ends at its time whoever runs then; what is frozen stands still without an engine, says so
# after the restart, and goes on by a thaw; an end while it is frozen is honoured.
. "$(dirname "$0")/../scenario/lib.sh"

cat >steps.yaml <<'END'
name: steps
nodes:
  - id: count
    run: "while ! test -e enough; do echo x >>ticks; sleep 0.02; done"
    timeout: 60s
  - {id: later, run: "touch later-ran", retry: {limit: 3, interval: 1s, jitter: none}}
  - {id: last, needs: [count], run: touch last-ran}
END
ticks() {
	wc -l <ticks 2>/dev/null || echo 0
}
counts() {
	test "$(ticks)" -gt "${1:-0}"
}

# Two looks in a row that see the same: nothing writes any more. (A writer writes every 20 ms.)
stands_still() {
	before=$(ticks)
	sleep 0.2
	test "$(ticks)" = "$before"
}

expect 0 hlp run steps.yaml --detach --yes
wait_for 20 counts 3
expect 1 hlp hold steps/count
complains 'came too late'

# A hold: who, why, until when, over a kill; it is released by itself.
expect 0 hlp hold steps/last --until 1d --reason "the lag is too large"
kill_engine
expect 0 hlp status steps -o json
is nodes.last.held true
is nodes.last.held_by tester
is nodes.last.held_note 'the lag is too large'
expect 0 hlp why steps/last
says 'held by tester'
expect 0 hlp pause steps
expect 0 hlp resume steps
expect 0 hlp status steps -o json
is nodes.last.held true

# Frozen: it stands still, without an engine too; the new engine says so.
expect 0 hlp freeze steps/count --yes
says 'locks and connections stay open'
wait_for 20 node_waits steps count frozen
wait_for 20 stands_still
kill_engine
test "$(ticks)" = "$before" || fail "it goes on without an engine"
expect 0 hlp status steps -o json
is nodes.count.state PAUSED
is nodes.count.reason frozen
stands_still || fail "a new engine let it go on"
expect 1 hlp freeze steps/count --yes
complains 'frozen already'
expect 0 hlp why steps/count
says 'frozen by tester'
at=$(ticks)
expect 0 hlp thaw steps/count --yes
wait_for 20 node_waits steps count running
wait_for 20 counts "$at"

# Again: a freeze of the same attempt works a second time, and a kill right after the word loses none.
expect 0 hlp freeze steps/count --yes
kill_engine
wait_for 20 node_waits steps count frozen
wait_for 20 stands_still
at=$(ticks)
expect 0 hlp thaw steps/count --yes
kill_engine
wait_for 20 node_waits steps count running
wait_for 20 counts "$at"

# Cancelled while it is frozen: thawed, stopped, proven gone.
expect 0 hlp freeze steps/count --yes
wait_for 20 node_waits steps count frozen
expect 0 hlp cancel steps/count --yes
wait_for 20 node_is steps count FAILED
expect 0 hlp status steps -o json
is nodes.count.reason cancelled
wait_for 20 stands_still
expect 0 hlp retry steps/count --yes
at=$(ticks)
wait_for 20 counts "$at"

# The hold of 'last' is still there when its need is met.
touch enough
wait_for 20 node_is steps count COMPLETED
wait_for 20 node_waits steps last held
test ! -e last-ran || fail "a held node ran"
expect 0 hlp release steps/last
says 'last is released and starts now'
expect 0 hlp wait steps --for ended
status_is steps COMPLETED
expect 0 hlp events steps
says 'freezing.*tester'
says "held.*tester"

# A hold that is due while no engine runs ends with the next one.
cat >soon.yaml <<'END'
name: soon
nodes:
  - {id: first, manual: Wait.}
  - {id: second, needs: [first], run: touch second-ran}
END
let_go() {
	test "$(hlp status soon -o json | "$json" get nodes.second.held)" = false
}
expect 0 hlp run soon.yaml --detach --yes
wait_for 20 node_waits soon first manual
expect 0 hlp hold soon/second --until 1s
kill_engine
wait_for 20 let_go
expect 0 hlp done soon/first --yes
wait_for 20 node_is soon second COMPLETED

# Silence is no approval, whoever runs when the time is over.
cat >gate.yaml <<'END'
name: gate
nodes:
  - {id: ask, approval: {ask: Go on?, timeout: 8s}, run: touch asked-ran}
END
expect 0 hlp run gate.yaml --detach --yes
wait_for 20 node_waits gate ask approval
kill_engine
wait_for 30 execution_is gate FAILED
expect 0 hlp status gate -o json
is nodes.ask.reason expired
test ! -e asked-ran || fail "silence was taken for an approval"
