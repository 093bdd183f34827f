#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# People in a run: an approval with its values, a step that a person does with the outputs it gives,
# a hold with a time, skip, reject, freeze and thaw. Off a terminal each act needs --yes and a
# reason, hold and release nothing; what does not apply is refused.
. "$(dirname "$0")/lib.sh"

cat >hands.yaml <<'END'
name: hands
phases: [look, act]
nodes:
  - {id: see, phase: look, run: "echo serial=4711 >> \"$HLP_OUTPUT\"", outputs: [serial]}
  - id: swap
    phase: act
    run: "touch swapped"
    approval: {ask: "Replace the certificate?", show: [nodes.see.outputs.serial]}
  - id: dns
    phase: act
    needs: [swap]
    manual: Flip the record, then answer with the number of the change.
    outputs: [change]
  - {id: tell, phase: act, needs: [dns], run: "echo ${nodes.dns.outputs.change} > change"}
  - {id: last, phase: act, needs: [tell], run: "true"}
END
expect 4 hlp run hands.yaml
says 'swap  asks  may it start\?'
says '^    Replace the certificate\?$'
says '^      nodes.see.outputs.serial  4711$'
says '^    hlp approve hands#1/swap '
test ! -e swapped || fail "it started unasked"
(
	unset HLP_REASON
	expect 1 hlp approve hands/swap
	complains 'give --yes and --reason TEXT'
	expect 1 hlp approve hands/swap --yes
	complains 'give a reason'
	expect 0 hlp hold hands/last --until 1h
) || exit 1
expect 0 hlp why hands/last
says 'held by tester: it is released in (1h00m|59m)'
expect 2 hlp hold hands/last --until soon
complains "'soon' is not a duration"
expect 1 hlp 'done' hands/swap --failed --yes
complains "only a person's step"

expect 0 hlp approve hands/swap --yes
wait_for 15 node_is hands dns PAUSED
test -e swapped || fail "what was approved did not run"
expect 4 hlp attach hands
says 'dns  asks  do it by hand:'
says '^    hlp done hands#1/dns +it is done$'
expect 1 hlp skip hands/dns --yes
complains "output 'change' of dns, which would be missing"
expect 1 hlp 'done' hands/dns --yes
complains "must have the output 'change'"
expect 2 hlp 'done' hands/dns --output change --yes
complains 'write --output KEY=VALUE'
expect 2 hlp answer hands/dns perhaps --yes
expect 0 hlp 'done' hands/dns --output change=C-17 --yes
says 'dns counts as done by hand; starts now: tell'
wait_for 15 node_is hands last PAUSED
test "$(cat change)" = C-17 || fail "the output of the person's step did not arrive"
expect 0 hlp release hands
says 'last is released'
expect 0 hlp wait hands
status_is hands COMPLETED
is nodes.dns.reason by_hand

# Rejected, and failed by hand.
expect 4 hlp run hands.yaml
expect 0 hlp reject hands/swap --yes --reason 'not tonight'
expect 1 hlp wait hands
expect 0 hlp status hands
says 'swap +failed +rejected: not tonight'
expect 4 hlp run hands.yaml --another
expect 0 hlp answer hands/swap approve --yes
expect 0 hlp wait hands --for approval --timeout 20s
expect 0 hlp 'done' hands/dns --failed --yes --reason 'no access'
expect 1 hlp wait hands
expect 0 hlp status hands
says 'dns +failed +rejected: no access'

# Frozen, its clock stands still; thawed, it goes on.
cat >ice.yaml <<'END'
name: ice
nodes: [{id: work, run: "until test -e flag; do sleep 0.05; done"}]
END
expect 0 hlp run ice.yaml --detach
wait_for 15 node_is ice work RUNNING
expect 1 hlp thaw ice/work --yes
expect 0 hlp freeze ice/work --yes
says 'its locks and connections stay open'
wait_for 15 node_is ice work PAUSED
touch flag
expect 0 hlp
says 'work +frozen by tester '
says '^    hlp thaw ice#1/work +let it go on$'
node_is ice work PAUSED || fail "a frozen node went on"
expect 0 hlp thaw ice/work --yes
expect 0 hlp wait ice --timeout 20s
