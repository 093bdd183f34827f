#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Retention: what ended long ago and is not among the newest of its workflow goes, with its output
# and its contents; what stays can still be read, compared and rolled back, and plain git finds the
# repository whole. A dry run says what would go, and that is what goes.
. "$(dirname "$0")/lib.sh"

git_dir() {
	git --git-dir="$HLP_HOME/content.git" "$@"
}
blob_of() {
	hlp artifacts "$1" -o json | grep -o '"blob": *"[0-9a-f]*"' | cut -d '"' -f 4 | sort -u
}
there() {
	git_dir cat-file -e "$1" 2>/dev/null
}
large_files() {
	find "$HLP_HOME/large" -type f 2>/dev/null | wc -l
}

cat >big.sh <<'END'
echo said "$1"
echo "$1" >small
head -c 9000000 /dev/zero | tr '\0' "$1" >large
END
cat >keep.yaml <<'END'
name: keep
params: {letter: {type: string}}
nodes:
  - {id: write, run: [sh, big.sh, "${params.letter}"], artifacts: [small, large]}
END
printf 'before\n' >small
for letter in a b c d; do
	expect 0 hlp run keep.yaml -p letter=$letter --yes
	# What a rollback overwrites is kept too: of #2, by hand.
	test "$letter" != c || {
		echo "edited by hand" >small
		expect 0 hlp rollback 'keep#3' --node write --overwrite write:small --yes
		expect 0 hlp cancel 'keep#3' --yes
	}
done
recorded() {
	hlp checkpoints "$1" | grep -q "^$2 .*kept"
}
for one in 'keep#1' 'keep#4'; do
	expect 0 hlp checkpoint "$one" here
	wait_for 10 recorded "$one" here
done
first=$(blob_of 'keep#1')
third=$(blob_of 'keep#3')
only_first=$(for blob in $first; do echo "$third" | grep -q "$blob" || echo "$blob"; done)
test -n "$only_first" || fail "nothing is the first one's alone"
test "$(large_files)" -ge 4 || fail "no large files"
expect 1 hlp engine prune
complains 'engine stop first'
expect 0 hlp engine stop

# By the usual rules all of it is young, and few.
expect 0 hlp engine prune --dry-run
says '^0 executions would be removed'
expect 0 hlp engine prune --keep 0 --dry-run
says '^0 executions would be removed'
expect 0 hlp engine prune --age 0 --dry-run
says '^0 executions would be removed'
expect 0 hlp engine prune --age 0 --keep 2 --dry-run
says '^2 executions would be removed'
says '^  keep#1 +ended 20..-..-..  output [0-9]+ bytes'
says '^  keep#2 '
says '^it would free .* of output'
for blob in $only_first; do
	there "$blob" || fail "a dry run removed something"
done
expect 1 hlp engine prune --keep many
complains "'many' is not a number"

expect 0 hlp engine prune --age 0 --keep 2
says '^2 executions are removed'
says '^freed: .*content.git .*large files 8789 KiB'
for blob in $only_first; do
	there "$blob" && fail "contents of the first are still there"
done
for blob in $third; do
	there "$blob" || fail "contents of the third are gone: $blob"
done
git_dir fsck --strict --no-dangling >"$out" 2>&1 || fail "git finds damage: $(cat "$out")"
test "$(git_dir for-each-ref --format='%(refname)' refs/hlp/checkpoints)" = 'refs/hlp/checkpoints/keep#4/here' ||
	fail "not the checkpoints of what stays"
test "$(git_dir rev-list --count refs/hlp/log)" -eq 1 || fail "the log did not begin anew"
git_dir log -p refs/hlp/log | grep -q 'edited by hand' || fail "what a rollback overwrote is gone"
expect 0 hlp engine check
says 'no problem found'

# What stays can be looked at and taken back; what comes goes on from there.
expect 0 hlp list
! grep -q 'keep#1\|keep#2' "$out" || fail "the old ones are still listed"
expect 0 hlp report 'keep#4' --verify
says '1 checkpoint is as recorded'
expect 0 hlp diff 'keep#4' small
says '^[+]d'
expect 0 hlp diff 'keep#4' big.sh
says 'no difference'
expect 0 hlp rollback 'keep#4' --node write --yes
test "$(head -c 1 large)" = b || test ! -e large || fail "the large file is not as it was"
expect 0 hlp run keep.yaml -p letter=e --yes --another
test "$(git_dir rev-list --count refs/hlp/log)" -gt 1 || fail "the log does not go on"
expect 0 hlp engine stop
expect 0 hlp engine prune --age 0 --keep 2
says '^1 execution is removed'
expect 0 hlp engine prune
says '^0 executions are removed'
git_dir fsck --strict --no-dangling >"$out" 2>&1 || fail "git finds damage: $(cat "$out")"
