#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# With plain git alone: each file of each node has a ref in content.git with its whole history, a
# commit a revision. The refs come when the engine has time, by a check and by a rebuild, and are
# the same each time.
. "$(dirname "$0")/lib.sh"

git_dir() {
	git --git-dir="$HLP_HOME/content.git" "$@"
}
refs() {
	git_dir for-each-ref --format='%(refname) %(objectname)' refs/hlp/artifacts
}
has_ref() {
	git_dir rev-parse -q --verify "refs/hlp/artifacts/$1"
}

mkdir tls
printf 'serial 1\n' >tls/edge.crt
cat >cert.yaml <<'END'
name: cert
nodes:
  - id: issue
    run: "echo serial 2 >tls/edge.crt; echo a >'odd name.lock'"
    artifacts: [tls/edge.crt, odd name.lock]
END
expect 0 hlp run cert.yaml --yes
wait_for 20 has_ref cert#1/issue/tls/edge.crt
git_dir log -p --format=%s refs/hlp/artifacts/cert#1/issue/tls/edge.crt >"$out" || fail "git log"
says '^r[0-9]+: after run 1 of issue, cert#1$'
says '^r[0-9]+: before run 1 of issue, cert#1$'
says '^--- a/tls/edge.crt'
says '^-serial 1'
says '^[+]serial 2'

# A rollback is one more commit; a file that was absent is a commit without it.
expect 0 hlp rollback cert --node issue --yes
restored() {
	git_dir log -1 --format=%s refs/hlp/artifacts/cert#1/issue/tls/edge.crt |
		grep -q 'restored by a rollback of issue'
}
wait_for 20 restored
test "$(git_dir show refs/hlp/artifacts/cert#1/issue/tls/edge.crt:tls/edge.crt)" = "serial 1" ||
	fail "the newest commit is not what was restored"
git_dir log --format=%s --name-status "refs/hlp/artifacts/cert#1/issue/odd%20name%2Elock" >"$out" ||
	fail "a name that git refuses has no ref"
says '^A.*odd name.lock'
says '^D.*odd name.lock'
git_dir fsck --strict >"$out" 2>&1 || fail "git finds damage: $(cat "$out")"

cat >large.yaml <<'END'
name: large
nodes:
  - {id: write, run: "head -c 9000000 /dev/zero >big", artifacts: [big]}
END
expect 0 hlp run large.yaml --yes

# What a failed attempt left is in the history, and never the tip: what stands comes behind it. A
# retry that goes well stands for itself.
cat >flaky.yaml <<'END'
name: flaky
nodes:
  - id: write
    run: 'echo try >>tries; echo half >state; test "$(grep -c try tries)" -ge 4 && echo whole >state'
    retry: {limit: 1, interval: 10ms, jitter: none}
    artifacts: [state]
END
echo good >state
state=refs/hlp/artifacts/flaky#1/write/state
stands() {
	test "$(git_dir show "$state:state" 2>/dev/null)" = "$1"
}
says_of() {
	git_dir log -p --format=%s "$state" 2>/dev/null | grep -qE "$1"
}
expect 1 hlp run flaky.yaml --yes
wait_for 20 says_of '^r[0-9]+: after run 2 of write, which failed, flaky#1$'
wait_for 20 stands good
says_of '^r[0-9]+ stands: what failed left does not count$' || fail "it is not said what stands"
says_of '^[+]half$' || fail "what failed left is not in the history"
expect 0 hlp artifacts flaky
says 'before +run 1 .*  current$'
says 'before +run 2 .*  failed$' # it found what the first try left
expect 0 hlp retry flaky --yes
expect 0 hlp wait flaky
wait_for 20 stands whole
git_dir log -1 --format=%s "$state" | grep -q '^r[0-9]*: after run 4 of write, flaky#1$' ||
	fail "the tip is not what went well"
git_dir fsck --strict >"$out" 2>&1 || fail "git finds damage: $(cat "$out")"

# Large files: the ref has the pointer by which they are kept, their size and digest.
large=refs/hlp/artifacts/large#1/write/big
written() {
	git_dir show "$large:big" 2>/dev/null | grep -q 9000000
}
wait_for 20 written
git_dir show "$large:big" | grep -q "$(sha256sum <big | cut -d ' ' -f 1)" ||
	fail "the ref does not name the large file"

# They may be thrown away: they come back as they were.
expect 0 hlp cancel cert --yes
expect 0 hlp engine stop
refs >before
test "$(wc -l <before)" -eq 4 || fail "not four refs: $(cat before)"
git_dir for-each-ref --format='delete %(refname)' refs/hlp/artifacts | git_dir update-ref --stdin
expect 0 hlp engine rebuild
refs | cmp - before || fail "a rebuild made other refs"
git_dir for-each-ref --format='delete %(refname)' refs/hlp/artifacts | git_dir update-ref --stdin
rm "$HLP_HOME/content.git/hlp-projected"
expect 0 hlp engine check
refs | cmp - before || fail "a check made other refs"

# What is pruned takes its refs along.
expect 0 hlp engine prune --age 0 --keep 0
test -z "$(refs)" || fail "refs of what was pruned stay"
