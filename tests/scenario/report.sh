#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The record of a run: on top what is left, then who did what and why, how each step ended, and what
# changed in which file, with local time and UTC.
. "$(dirname "$0")/lib.sh"
TZ=Asia/Tokyo
export TZ

echo old >served.conf
cat >incident.yaml <<'END'
name: incident
nodes:
  - {id: change, run: "echo new > served.conf", artifacts: [served.conf]}
  - {id: flaky, needs: [change], run: "exit 3", continue_on: {failure: true}}
  - {id: verify, needs: [flaky], run: "exit 7", retry: {limit: 1, interval: 10ms, jitter: none}}
END
expect 1 hlp run incident.yaml --yes --reason "the certificate runs out"
expect 0 env SSH_CONNECTION="10.0.0.7 50000 10.0.0.1 22" hlp note incident "called the owner of the proxy"
expect 0 hlp report incident
says '^# incident#1$'
says 'started by: tester \(the certificate runs out\)'
says '^- differs from before: `served.conf`'
says '^- failure ignored: flaky$'
says 'verify\*\* failed, is tried again'
says 'verify\*\* failed.*: exit'
says 'note by tester, [^(]*from 10.0.0.7.*called the owner of the proxy'
says '^\| verify \| .* \| 2 \| '
says '^\+new$'
says '\([0-9-]{10}T[0-9:]{8}Z\)'
local=$(sed -n 's/^- began: [0-9-]* \([0-9]*\):.*/\1/p' "$out")
utc=$(sed -n 's/^- began: .*T\([0-9]*\):.*/\1/p' "$out")
test "$(((${local#0} - ${utc#0} + 24) % 24))" -eq 9 || fail "local time is not that of TZ"

expect 0 hlp rollback incident --node change --yes --reason "it serves the wrong name"
expect 0 hlp report incident
says '^- undone, service not verified: change'
says 'rollback by tester.*it serves the wrong name'
grep -q 'differs from before' "$out" && fail "the file is as it was before"
expect 1 hlp report nothing-of-this-name
