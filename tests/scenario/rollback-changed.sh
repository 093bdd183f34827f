#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A file that somebody edited after its node: the plan says so before anything changes, nothing goes
# back without a word for that very file, and what the edit held can be found in the repository after
# the rollback has overwritten it. An edit from before the node comes back.
. "$(dirname "$0")/lib.sh"

echo before, edited by hand >target.conf
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
command=$(sed -n 's/.*what it holds now: //p' "$out")
# shellcheck disable=SC2086 # the command that the plan says, word by word
expect 0 $command
says '^[+]edited by hand at three'
expect 1 hlp rollback edited --node write --yes --reason "take it back"
complains 'somebody changed it since'
test "$(cat target.conf)" = "edited by hand at three" || fail "it was overwritten without a word"
expect 0 hlp rollback edited --node write --exclude target.conf --plan
says 'left out: write:target.conf'
expect 0 hlp rollback edited --node write --overwrite write:target.conf --yes --reason "take it back"
test "$(cat target.conf)" = "before, edited by hand" || fail "the file is not as it was before the node"
git --git-dir="$HLP_HOME/content.git" log -p refs/hlp/log | grep -q "edited by hand at three" ||
	fail "the edit that was overwritten is nowhere"

# What is left out stays, whatever else goes back.
cat >both.yaml <<'END'
name: both
nodes:
  - id: write
    run: for f in one two; do echo from the node >$f; done
    artifacts: [one, two]
END
echo before >one
echo before >two
expect 0 hlp run both.yaml --yes
expect 0 hlp rollback both --node write --exclude one --yes
test "$(cat one)" = "from the node" || fail "a file that was left out was restored"
test "$(cat two)" = before || fail "the other file was not restored"

# What another execution wrote and took back again is its rollback's: its node left nothing there.
cat >other.yaml <<'END_OF_OTHER'
name: other
nodes:
  - {id: touch, run: "echo other > shared.conf", artifacts: [shared.conf]}
END_OF_OTHER
sed 's/target/shared/g; s/edited/first/' edited.yaml >first.yaml
expect 0 hlp run first.yaml --yes
echo by hand in between >shared.conf
expect 0 hlp run other.yaml --yes
expect 0 hlp rollback first --all --plan
says 'shared.conf of write: touch of other#1 wrote it since'
expect 0 hlp rollback other --all --yes
expect 0 hlp rollback first --all --plan
says 'shared.conf of write: the rollback of other#1 wrote it since'
