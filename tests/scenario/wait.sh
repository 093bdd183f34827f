#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Waiting without a word: for a person being wanted, for a failure, for the end; by its exit one
# knows whether that came about. With a timeout it waits no longer.
. "$(dirname "$0")/lib.sh"

cat >slow.yaml <<'END'
name: slow
on_failure: continue
nodes:
  - {id: first, run: "until test -e first.flag; do sleep 0.05; done"}
  - {id: bad, needs: [first], run: "exit 3"}
  - {id: second, run: "until test -e second.flag; do sleep 0.05; done"}
  - {id: last, needs: [second], run: "true"}
END
expect 0 hlp run slow.yaml --detach
for what in approval failed ended; do
	expect 1 hlp wait slow --for "$what" --timeout 100ms
	complains '^hlp: slow: not within 100ms$'
done
expect 1 hlp wait slow --timeout 0s
expect 2 hlp wait slow --timeout 10
complains "has no unit"
expect 2 hlp wait slow --for luck
complains "approval, failed or ended"

# In the background: ends when what it waits for has come, not earlier.
hlp wait slow --for failed --timeout 30s >/dev/null 2>&1 &
waiter=$!
touch first.flag
wait "$waiter" || fail "the failure was not waited for"
node_is slow bad FAILED || fail "it came back before the failure"
node_is slow second RUNNING || fail "it waited for more than the failure"
expect 0 hlp wait slow --for failed --timeout 30s
for _ in 1 2 3 4 5; do # no time to wait is still a look
	expect 0 hlp wait slow --for failed --timeout 0s
done

hlp wait slow --for approval --timeout 30s >/dev/null 2>&1 &
waiter=$!
expect 0 hlp hold slow/last
touch second.flag
wait "$waiter" || fail "a person is wanted, and the wait did not tell"
node_is slow last PAUSED || fail "it came back before a person was wanted"
expect 4 hlp wait slow --timeout 30s
expect 0 hlp release slow/last
expect 1 hlp wait slow --timeout 30s
test ! -s "$out" || fail "it said a word"
expect 1 hlp wait slow --for approval --timeout 30s
