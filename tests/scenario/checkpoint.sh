#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A checkpoint at the end of each phase and by hand: all files and states, one commit that plain git
# can read; the way back to one; and what is damaged is refused by name.
. "$(dirname "$0")/lib.sh"

kept() {
	hlp checkpoints steps -o json >"$work/list" && grep -q "\"name\": *\"$1\"" "$work/list" &&
		! grep -q recording "$work/list"
}
git_of() {
	git --git-dir="$HLP_HOME/content.git" "$@"
}

echo 0 >a.conf
echo 0 >b.conf
cat >steps.yaml <<'END'
name: steps
phases: [first, second, third]
nodes:
  - {id: a, phase: first, run: "echo 1 > a.conf; chmod 755 a.conf", artifacts: [a.conf, gone]}
  - {id: key, phase: first, run: "echo hidden > key", artifacts: [{path: key, secret: true}]}
  - {id: b, phase: second, run: "echo 1 > b.conf", artifacts: [b.conf], undo: "echo undo-b >> log"}
  - {id: c, phase: third, run: "cat ok", undo: "echo undo-c >> log"}
END
: >log
expect 1 hlp run steps.yaml --yes
wait_for 10 kept second
expect 0 hlp checkpoints steps
says '^first .*kept  sha256'

# in Git: blobs with their modes, absent files and states in the text, of a secret its hash only
git_of ls-tree -r 'refs/hlp/checkpoints/steps#1/second' >"$out"
says '^100755 .*artifacts/a/a.conf$'
says '^100644 .*artifacts/b/b.conf$'
git_of show 'refs/hlp/checkpoints/steps#1/second:state' >"$out"
says '^node second/b COMPLETED ok 1$'
says '^node third/c PENDING'
says '^absent a r[0-9]* gone$'
git_of show 'refs/hlp/checkpoints/steps#1/second:artifacts/key/key' >"$out"
! grep -q hidden "$out" || fail "a secret is in Git"
test "$(git_of show 'refs/hlp/checkpoints/steps#1/first:artifacts/a/a.conf')" = 1 ||
	fail "not what the file held"
hlp checkpoints steps -o json >"$out"
digest=$("$json" get checkpoints.1.digest <"$out")
test "$(git_of show 'refs/hlp/checkpoints/steps#1/second:state' | sha256sum | cut -d ' ' -f 1)" = "$digest" ||
	fail "the SHA-256 is not that of its text"
expect 0 hlp report steps --verify
says 'the chain of acts is whole; 2 checkpoints are as recorded'

# by hand
expect 0 hlp checkpoint steps lunch
says 'the checkpoint lunch of steps#1 is being recorded'
expect 1 hlp checkpoint steps lunch
complains 'already'
expect 1 hlp checkpoint steps Not-One
wait_for 10 kept lunch
expect 0 hlp events steps
says checkpointed

# back to one
expect 0 hlp rollback steps --to first --plan
says 'roll back steps#1 to the checkpoint first'
expect 0 hlp rollback steps --to first --plan -o json
is level checkpoint
is checkpoint first
cp "$out" plan.json
expect 1 hlp rollback steps --to frist --yes
complains "did you mean 'first'"
expect 0 hlp rollback steps --apply plan.json --yes
test "$(tr '\n' ' ' <log)" = "undo-c undo-b " || fail "not what began since: $(cat log)"
test "$(cat a.conf)$(cat b.conf)" = 10 || fail "not as at the checkpoint"
status_is steps PAUSED
is nodes.a.state COMPLETED
is nodes.b.state RECOVERED
expect 1 hlp rollback steps --to second --yes
complains 'b was taken back since the checkpoint second.*--to first'
touch ok
expect 0 hlp retry steps --yes
expect 0 hlp wait steps --for ended
status_is steps COMPLETED
wait_for 10 kept third

# A file that alone was brought back since the checkpoint is not passed over in silence.
cat >alone.yaml <<'END'
name: alone
phases: [only]
nodes:
  - {id: a, phase: only, run: "echo new >alone.conf", artifacts: [alone.conf]}
END
echo old >alone.conf
expect 0 hlp run alone.yaml --yes
expect 0 hlp rollback alone --artifact alone.conf --yes
expect 1 hlp rollback alone --to only --yes
complains 'nothing to undo; alone.conf was brought back since, it alone: --artifact a:alone.conf --to r[0-9]+$'
word=$(sed -n 's/.* --to //p' "$err")
expect 0 hlp rollback alone --artifact a:alone.conf --to "$word" --yes
test "$(cat alone.conf)" = new || fail "the file is not as it was at the checkpoint"
expect 1 hlp rollback alone --to only --yes
complains 'nothing to undo$'

# one byte: it is named, refused, and the one before it offered
blob=$(git_of rev-parse 'refs/hlp/checkpoints/steps#1/third:state')
expect 0 hlp engine stop --yes
git_of unpack-objects -r </dev/null 2>/dev/null || :
for pack in "$HLP_HOME"/content.git/objects/pack/*.pack; do
	mv "$pack" "$work/one.pack"
	rm -f "${pack%.pack}".*
	git_of unpack-objects -q <"$work/one.pack"
done
object=$HLP_HOME/content.git/objects/$(echo "$blob" | cut -c 1-2)/$(echo "$blob" | cut -c 3-)
chmod u+w "$object"
printf 'X' | dd of="$object" bs=1 seek=40 conv=notrunc 2>/dev/null
expect 1 hlp report steps --verify
says '! checkpoint third: state: '
test "$(grep -c '^! ' "$out")" = 1 || fail "more is damaged than was changed"
expect 1 hlp rollback steps --to third --yes
complains 'the checkpoint third is damaged: state: .*; the one before it is second-2: --to second-2'
expect 0 hlp engine stop --yes
expect 1 hlp engine check
says 'checkpoint third of steps#1: state: '
says '1 problem found; no rollback uses a damaged checkpoint'
expect 1 hlp engine check -o json
is 'problems.#' 1
"$json" get problems.0 <"$out" | grep -q '^checkpoint third of steps#1: state: ' ||
	fail "the document does not name the checkpoint"
