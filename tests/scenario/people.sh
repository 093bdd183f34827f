#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Steps that people do, gates, and done by hand: what is asked holds the values, files are recorded
# before and after, outputs flow on, a rollback asks for the undo and brings the files back, and all
# that is asked outlives a kill of the engine.
# sample: yes
. "$(dirname "$0")/lib.sh"

cat >dns.yaml <<'END'
name: dns
params:
  host: {type: string, default: edge.local}
on_failure: drain
nodes:
  - id: issue
    run: echo "serial=4711" >>"$HLP_OUTPUT"
    outputs: [serial]
  - id: flip
    needs: [issue]
    manual: Flip ${params.host} to ${nodes.issue.outputs.serial}, then write zone.
    artifacts: [zone]
    outputs: [change]
    undo: {manual: "Flip ${params.host} back."}
  - id: swap
    needs: [flip]
    approval: {ask: "Swap after ${nodes.flip.outputs.change}?", show: [nodes.issue.outputs.serial, params.host]}
    run: echo ${nodes.flip.outputs.change} >swapped
END
echo old >zone
expect 0 hlp run dns.yaml --detach --yes
wait_for 20 node_waits dns flip manual
kill_engine
expect 0 hlp status dns -o json
is state PAUSED
is reason manual
is nodes.flip.state PAUSED
is nodes.flip.question manual
is nodes.flip.ask "Flip edge.local to 4711, then write zone."
is nodes.flip.attempt 1
expect 1 hlp hold dns/flip
complains 'came too late'
expect 1 hlp done dns/flip --yes
complains "must have the output 'change'"
expect 1 hlp done dns/flip --yes --output other=1
complains "no output 'other'"

# It did not go well at first: rejected, and asked again by a retry.
expect 0 hlp done dns/flip --failed --yes --reason "the zone is locked"
wait_for 20 node_is dns flip FAILED
expect 0 hlp status dns -o json
is nodes.flip.reason rejected
expect 0 hlp retry dns/flip --yes
wait_for 20 node_waits dns flip manual
echo new >zone
expect 0 hlp done dns/flip --yes --output change=CHG42
wait_for 20 node_waits dns swap approval
expect 0 hlp status dns -o json
is nodes.flip.state COMPLETED
is nodes.flip.reason by_hand
expect 0 hlp diff dns zone
says '^-old'
says '^\+new'

# The gate: asked with its values; it outlives the engine; rejected, then asked again.
kill_engine
expect 0 hlp status dns -o json
is reason approval
is nodes.swap.ask 'Swap after CHG42?'
says '"shown":\{"nodes.issue.outputs.serial":"4711","params.host":"edge.local"\}'
expect 1 hlp answer dns/swap done --yes
complains 'approve, reject'
expect 0 hlp reject dns/swap --yes --reason "not tonight"
wait_for 20 execution_is dns FAILED
expect 0 hlp why dns/swap
says 'rejected'
test ! -e swapped || fail "a rejected node ran"
expect 0 hlp retry dns/swap --yes
wait_for 20 node_waits dns swap approval
expect 0 hlp approve dns/swap --yes
expect 0 hlp wait dns --for ended
status_is dns COMPLETED
test "$(cat swapped)" = CHG42 || fail "the output of a person's step did not arrive"
expect 0 hlp events dns
says 'approve.*tester'

# Back: the person is asked for the undo, and the file is what it was before it was asked for.
"$HLP_BUILD/hlp" rollback dns --node flip --detach --yes >"$out" 2>"$err" || fail "no rollback"
wait_for 20 node_waits dns flip undo_asking
kill_engine
expect 0 hlp status dns -o json
is nodes.flip.ask 'Flip edge.local back.'
expect 0 hlp answer dns/flip done --yes
wait_for 20 node_is dns flip RECOVERED
test "$(cat zone)" = old || fail "the file did not go back: $(cat zone)"
expect 0 hlp retry dns/flip --yes
wait_for 20 node_waits dns flip manual
expect 0 hlp cancel dns --yes
wait_for 20 execution_is dns FAILED
test -e swapped || fail "what has no undo stays"

# A command's node done by hand: its file is recorded, and it is shown as by hand.
cat >hand.yaml <<'END'
name: hand
nodes:
  - {id: build, run: "false", artifacts: [built], outputs: [id]}
  - {id: use, needs: [build], run: "test ${nodes.build.outputs.id} = 7"}
END
expect 1 hlp run hand.yaml --yes
echo "by ana" >built
expect 1 hlp skip hand/build --yes
complains "use uses the output 'id' of build"
expect 1 hlp done hand/build --yes
complains "must have the output 'id'"
expect 0 hlp done hand/build --yes --output id=7
expect 0 hlp wait hand --for ended
expect 0 hlp status hand -o json
is state COMPLETED
is nodes.build.reason by_hand
expect 0 hlp artifacts hand/build
says 'after'

# An exit that says nothing about what it did is asked about, and never tried again unasked.
cat >vague.yaml <<'END'
name: vague
nodes:
  - {id: push, run: "echo once >>pushed; exit 255", unknown_codes: [255], retry: 3}
END
expect 0 hlp run vague.yaml --detach --yes
wait_for 20 node_waits vague push asking
expect 0 hlp status vague -o json
is nodes.push.question lost
is nodes.push.ask 'exit 255: its outcome is unknown'
expect 0 hlp answer vague/push happened --yes
expect 0 hlp wait vague --for ended
status_is vague COMPLETED
test "$(wc -l <pushed)" = 1 || fail "it was run again unasked"
