#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A disk that runs full under the instance, while a graph runs: what was acknowledged is there,
# acts are answered or refused with the reason, no node runs twice, and the run goes on by itself
# or by one retry once there is room. Then an engine that finds the disk full when it starts.
. "$(dirname "$0")/lib.sh"

test "$(id -u)" -eq 0 || skip "mounting a small disk needs root"
mkdir -p "$HLP_HOME"
mount -t tmpfs -o size=96m,mode=0700 tmpfs "$HLP_HOME" 2>/dev/null || skip "mounts are forbidden here"

# All that is free. Twice, for what was given back meanwhile.
fill() {
	dd if=/dev/zero of="$HLP_HOME/filler" bs=64k 2>/dev/null
	dd if=/dev/zero of="$HLP_HOME/filler2" bs=4k 2>/dev/null
}
empty() {
	rm -f "$HLP_HOME/filler" "$HLP_HOME/filler2"
}
settled() {
	case $(execution_state writer) in COMPLETED | FAILED | CANCELLED) ;; *) return 1 ;; esac
}

# A chain whose nodes append a line outside of the full disk each.
{
	echo 'name: writer'
	echo 'nodes:'
	echo '  - {id: n0, run: "echo n0 >>lines"}'
	for i in $(seq 1 40); do
		echo "  - {id: n$i, needs: [n$((i - 1))], run: \"echo n$i >>lines; sleep 0.02\"}"
	done
} >writer.yaml
expect 0 hlp run writer.yaml --detach --yes
wait_for 20 node_is writer n3 COMPLETED
fill
sleep 1.5
fill
expect 0 hlp status writer -o json
cp "$out" before.json
timeout 30 hlp note writer 'the disk is full' >"$out" 2>"$err" </dev/null # may be refused
code=$?
test "$code" -le 3 || fail "an act on a full disk ended with $code"
test "$code" -eq 0 || complains 'space|full'
empty
tries=100
until settled || test "$tries" -eq 0; do
	tries=$((tries - 1))
	sleep 0.1
done
settled || hlp resume writer --yes >"$out" 2>"$err" </dev/null
wait_for 60 settled
status_is writer "$(execution_state writer)"
cp "$out" after.json


# A node that could not be launched says why, and is tried again by hand.
if test "$("$json" get state <after.json)" = FAILED; then
	hlp status writer >"$out"
	says 'failed .*No space left'
	node=$(sed -n 's/^ *✗ \(n[0-9]*\) .*/\1/p' "$out" | head -n 1)
	expect 0 hlp retry "writer/$node" --yes
	wait_for 60 execution_is writer COMPLETED
	hlp status writer -o json >after.json
fi

# What was told to be completed before is completed still, and nothing ran twice.
for i in $(seq 0 40); do
	was=$("$json" get "nodes.n$i.state" <before.json)
	is_now=$("$json" get "nodes.n$i.state" <after.json)
	test "$was" != COMPLETED || test "$is_now" = COMPLETED ||
		fail "n$i was COMPLETED and is $is_now"
done
is_whole=$(sort -u lines | grep -c .)
test "$is_whole" -eq 41 || fail "only $is_whole of 41 ran"
test -z "$(sort lines | uniq -d)" || fail "ran twice: $(sort lines | uniq -d)"

# An engine that starts on a full disk says so, and its runs are there when there is room.
expect 0 hlp engine stop --all --yes
fill
hlp status writer -o json >"$out" 2>"$err" </dev/null
code=$?
case $code in
0) is state "$(execution_state writer)" ;;
3) complains 'space' ;;
*) fail "status on a full disk ended with $code" ;;
esac
empty
expect 0 hlp status writer -o json
is state "$("$json" get state <after.json)"
