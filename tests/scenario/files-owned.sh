#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A file has one owner at a time across executions: who comes second waits before it looks at the
# file, and says for whom, also when the engine dies meanwhile. Afterwards nobody takes away what
# another run has written without a word for that file.
. "$(dirname "$0")/lib.sh"

waits() {
	hlp why second/write 2>/dev/null | grep -q "$1"
}

echo 0 >shared.conf
mkdir other
for name in first second; do
	cat >$name.yaml <<END
name: $name
nodes:
  - id: write
    run: "touch began-$name; until test -e go-$name; do sleep 0.02; done; echo $name > shared.conf"
    artifacts: [$(test $name = first && echo shared.conf || echo other/../shared.conf)]
END
done
expect 0 hlp run first.yaml --yes --detach
wait_for 20 test -e began-first
expect 0 hlp run second.yaml --yes --detach
wait_for 20 waits 'write of first#1 writes'
expect 1 hlp rollback second --all --yes
kill -9 "$(pid_of hlpd)"
expect 0 hlp status second -o json
is nodes.write.state PENDING
test ! -e began-second || fail "the second runs while the first has the file"

# a rollback of the second has nothing to do; the first ends, and the second goes on
touch go-first
expect 0 hlp wait first --for ended
wait_for 20 test -e began-second
touch go-second
expect 0 hlp wait second --for ended
status_is second COMPLETED
test "$(cat shared.conf)" = second || fail "the second did not write"

# what the first found is older than what the second wrote
expect 1 hlp rollback first --all --yes
complains 'changed it since|of second#1 wrote it since'
expect 0 hlp rollback second --all --yes
test "$(cat shared.conf)" = first || fail "the second found what the first wrote"
expect 0 hlp rollback first --all --yes
test "$(cat shared.conf)" = 0 || fail "the first found what was there before"

# one that waits can be taken back, and does not keep the others waiting
rm -f go-* began-*
expect 0 hlp cancel first --yes
expect 0 hlp cancel second --yes
expect 0 hlp run first.yaml --yes --detach
wait_for 20 test -e began-first
expect 0 hlp run second.yaml --yes --detach
wait_for 20 waits 'waits: '
expect 0 hlp cancel second --yes
touch go-first
expect 0 hlp wait first --for ended
status_is first COMPLETED
