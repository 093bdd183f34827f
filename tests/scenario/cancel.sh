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
# The proof is worth something only if they live, ignore TERM, and left the session.
sessions=
for pid in $(cat pids); do
	kill -TERM "$pid" || fail "pid $pid is not there to be cancelled"
	sessions="$sessions $(cut -d ' ' -f 6 "/proc/$pid/stat")"
done
test "$(echo "$sessions" | tr ' ' '\n' | grep . | sort -u | wc -l)" -eq 3 ||
	fail "they share sessions:$sessions"
sleep 0.2
for pid in $(cat pids); do
	! gone "$pid" || fail "pid $pid heeds TERM"
done
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
