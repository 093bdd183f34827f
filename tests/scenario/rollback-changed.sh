#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A file that somebody edited after its node: the plan says so before anything changes, and what the
# edit held can be found in the repository after the rollback has overwritten it.
. "$(dirname "$0")/lib.sh"

echo before >target.conf
cat >edited.yaml <<'END'
name: edited
nodes:
  - id: write
    run: echo from the node > target.conf
    artifacts: [target.conf]
END
expect 0 hlp run edited.yaml --yes
expect 0 hlp rollback edited --node write --plan
grep -q changed "$out" && fail "nobody changed it yet"
echo edited by hand at three >target.conf
expect 0 hlp rollback edited --node write --plan
says changed
expect 0 hlp rollback edited --node write --yes --reason "take it back"
test "$(cat target.conf)" = before || fail "the file is not as it was before the node"
git --git-dir="$HLP_HOME/content.git" log -p refs/hlp/log | grep -q "edited by hand at three" ||
	fail "the edit that was overwritten is nowhere"
