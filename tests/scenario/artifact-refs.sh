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

# They may be thrown away: they come back as they were.
expect 0 hlp cancel cert --yes
expect 0 hlp engine stop
refs >before
test "$(wc -l <before)" -eq 2 || fail "not two refs: $(cat before)"
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
