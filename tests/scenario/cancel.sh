#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Cancelling a node whose grandchildren left its session and ignore TERM: once it says that it
# stopped, none of its processes is left.
. "$(dirname "$0")/lib.sh"

cat >stubborn.sh <<'END'
#!/bin/sh
trap '' TERM
echo $$ >>pids
setsid -f sh -c 'trap "" TERM; echo $$ >>pids; while :; do sleep 1; done'
setsid -f sh -c 'trap "" TERM HUP INT; setsid -f sh -c "trap \"\" TERM; echo \$\$ >>pids; while :; do sleep 1; done"; while :; do sleep 1; done'
while :; do sleep 1; done
END
chmod +x stubborn.sh
cat >stubborn.yaml <<'END'
name: stubborn
nodes:
  - {id: loud, run: ./stubborn.sh, stop: {signal: TERM, grace: 500ms}}
  - {id: after, needs: [loud], run: touch after}
END
three() {
	test "$(wc -l <pids)" -ge 3
}
stopped() {
	test "$(node_state stubborn loud)" = FAILED
}
expect 0 hlp run stubborn.yaml --detach --yes
wait_for 20 three
expect 0 hlp cancel stubborn/loud --yes
wait_for 30 stopped
left=
for pid in $(cat pids); do
	gone "$pid" || left="$left $pid"
done
test -z "$left" || fail "it says stopped, but these are left:$left"
status_is stubborn FAILED
is nodes.loud.reason cancelled
is nodes.after.state PENDING
test ! -e after || fail "a dependent of a cancelled node ran"
