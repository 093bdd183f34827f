#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The record of a run: on top what is left, then who did what and why, what ran and for how long, what
# failed with its last lines, and what changed in which file, with local time and UTC.
. "$(dirname "$0")/lib.sh"
TZ=Asia/Tokyo
export TZ

echo old >served.conf
echo 'as it was' >other.conf
cat >incident.yaml <<'END'
name: incident
params: {who: {type: string, default: "the shop"}}
nodes:
  - {id: change, run: "echo new > served.conf; echo new > other.conf", undo: "true", artifacts: [served.conf, other.conf]}
  - {id: flaky, needs: [change], run: "echo 'a ``` fence'; exit 3", continue_on: {failure: true}}
  - {id: step, needs: [change], manual: "Tell ${params.who}, and write it down."}
  - {id: verify, needs: [flaky, step], run: "echo 'no | answer *here*'; exit 7", retry: {limit: 1, interval: 10ms, jitter: none}}
  - {id: never, needs: [verify], run: "true"}
END
expect 0 hlp run incident.yaml --yes --detach --reason "the certificate runs out"
wait_for 10 node_waits incident step manual
expect 0 hlp report incident
says '^- incident#1: .*; it has not ended$'
says '^- waits for a person: step$'
expect 0 hlp done incident/step --yes --reason "told *Ana*"
wait_for 10 execution_is incident FAILED
expect 0 env SSH_CONNECTION="10.0.0.7 50000 10.0.0.1 22" hlp note incident "called the owner of the proxy"
expect 0 hlp report incident

# The head, and what is left.
says '^# incident#1$'
says '^- params: who=the shop$'
says '^- started by: tester: the certificate runs out$'
says '^- began: [0-9-]{10} [0-9:]{8} \([0-9: -]+ UTC\)$'
says '^- differs from before: `served.conf` of change \(r[0-9]+, was r[0-9]+\)$'
says '^- failed: verify$'
says '^- failure ignored: flaky$'
says '^- by hand: step$'
says '^- did not start: never$'
says '^- \*\*tester\*\* \(.*from 10.0.0.7\) noted: called the owner of the proxy; at '
test "$(sed -n '/^## Left as/,/^## What happened/p' "$out" | grep -c 'differs from')" -eq 2 ||
	fail "not both files are left as different"

# Who did what, what ran, what failed.
says '^Times are local \(\+0900\), and UTC \(Z\)\.$'
says '^- [0-9:]{8} \([0-9:]{8}Z\) \*\*tester\*\* started the run: the certificate runs out$'
says '\*\*step\*\* asks: Tell the shop, and write it down\.$'
says '\*\*tester\*\* said that it is done: step: told \\\*Ana\\\*$'
says '\*\*verify\*\* failed: exit 7 \(run 1, [0-9]+m?s\); is tried again after 10ms$'
says '\*\*verify\*\* FAILED: exit 7 \(run 2, [0-9]+m?s\)$'
says ' nothing new is started after the failure of verify$'
says ' the run ended: failed$'
says '^\*\*verify\*\*, run 2: exit 7, at '
says '^no \| answer \*here\*$'
says '^````text$' # longer than the fence in it
says '^\| verify \| failed: exit 7 \| 2 \| '
says '^\| never \| did not start \| 0 \| '
says '^\+new$'
local=$(sed -n 's/^- began: [0-9-]* \([0-9]*\):.*/\1/p' "$out")
utc=$(sed -n 's/^- began: .*(.*\([0-9][0-9]\):[0-9]*:[0-9]* UTC)/\1/p' "$out")
test "$(((${local#0} - ${utc#0} + 24) % 24))" -eq 9 || fail "local time is not that of TZ"
expect 0 hlp report incident -o json
is execution 'incident#1'

# After a rollback: what it was thought to take and what it took, what is as before again.
echo 'by hand' >other.conf
expect 1 hlp rollback incident --node change --yes --reason "it serves the wrong name"
expect 0 hlp rollback incident --node change --yes --overwrite change:other.conf --reason "it serves the wrong name"
expect 0 hlp report incident
says '^- undone, service not verified: change$'
says '^- \*\*tester\*\* rolled back change: it serves the wrong name; it ended after '
says '^- as before again: `served.conf` of change \(r[0-9]+ was taken back\)$'
says '\*\*change\*\* brought back: served.conf, other.conf$'
says 'the rollback ended after .* \((estimate: .*|it could not be estimated)\)$'
says '^## Changes of files that were taken back$'
grep -q 'differs from before' "$out" && fail "the file is as it was before"
echo 'by hand, later' >served.conf
expect 0 hlp report incident
says '^- changed since by somebody else: `served.conf` \(hlp diff incident#1 served.conf r[0-9]+ now\)$'

# The second time it is known what an undo takes. A step that did not succeed says so.
expect 0 hlp retry incident --yes
wait_for 10 node_waits incident step manual
expect 0 hlp done incident/step --failed --yes --reason "nobody answers"
wait_for 10 execution_is incident FAILED
expect 0 hlp rollback incident --all --yes --overwrite change:served.conf
expect 0 hlp report incident
says '\*\*tester\*\* said that it did not succeed: step: nobody answers$'
says 'the rollback began; it was thought to take '
says '^- \*\*tester\*\* rolled back all of it.*; it ended after .* \(estimate: '
expect 1 hlp report nothing-of-this-name

# Into a file, once: what is there may have been written on.
expect 0 hlp report incident --to incident.md
says '^the report is in incident.md$'
grep -q '^## Left as$' incident.md || fail "the file does not hold the report"
expect 1 hlp report incident --to incident.md
complains "^hlp: cannot write 'incident.md': File exists$"
