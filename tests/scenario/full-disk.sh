#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A disk that runs full under the instance, while two graphs run: what was acknowledged is there,
# acts are answered or refused with the reason, nothing fails and nothing new starts for want of
# room, the engine says so, and all goes on by itself once there is room. No node runs twice. Then
# an engine that finds the disk full when it starts.
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
is_warned() {
	hlp engine status | grep -q "$1"
}
started() {
	hlp status "$1" -o json | grep -c '"attempt":1'
}

# A chain whose nodes append a line outside of the full disk each; in the second, each writes a file
# of the runbook too, which is recorded before and after. The one in the middle ends when the disk is
# full and not before, however long the filling takes.
chain() {
	echo "name: $1"
	echo 'nodes:'
	echo "  - {id: n0, run: \"echo n0 >>$1.lines\"}"
	for i in $(seq 1 40); do
		echo "  - {id: n$i, needs: [n$((i - 1))],"
		test "$i" -eq 15 && middle='until test -e full; do sleep 0.02; done' || middle='sleep 0.02'
		echo "     run: \"echo n$i >>$1.lines; $middle; $2\"$3}"
	done
}
chain writer true '' >writer.yaml
chain keeper 'date +%N >file' ', artifacts: [file]' >keeper.yaml
expect 0 hlp run writer.yaml --detach --yes
expect 0 hlp run keeper.yaml --detach --yes
wait_for 20 node_is writer n3 COMPLETED
wait_for 20 node_is keeper n2 COMPLETED
fill
touch full
wait_for 20 is_warned 'the disk of HLP_HOME is full: nothing new starts'
fill
expect 0 hlp status writer -o json
cp "$out" before.json
timeout 30 hlp note writer 'the disk is full' >"$out" 2>"$err" </dev/null # may be refused
code=$?
test "$code" -le 3 || fail "an act on a full disk ended with $code"
test "$code" -eq 0 || complains 'space|full'

# What ran has ended; nothing else begins, and nothing has failed.
wait_for 20 is_warned ' 0 attempts live'
before=$(started writer)
sleep 2.5 # longer than anything is asked for again
test "$(started writer)" -eq "$before" || fail "a node started on a full disk"
for run in writer keeper; do
	status_is $run RUNNING
	grep -q FAILED "$out" && fail "something failed for want of room"
done

empty
for run in writer keeper; do
	wait_for 60 execution_is $run COMPLETED
done
expect 0 hlp engine status
! grep -q full "$out" || fail "the warning stays"
status_is writer COMPLETED
cp "$out" after.json

# What was told to be completed before is completed still, and nothing ran twice.
for i in $(seq 0 40); do
	was=$("$json" get "nodes.n$i.state" <before.json)
	is_now=$("$json" get "nodes.n$i.state" <after.json)
	test "$was" != COMPLETED || test "$is_now" = COMPLETED ||
		fail "n$i was COMPLETED and is $is_now"
done
for run in writer keeper; do
	test "$(sort -u $run.lines | grep -c .)" -eq 41 || fail "not all of $run ran"
	test -z "$(sort $run.lines | uniq -d)" || fail "ran twice: $(sort $run.lines | uniq -d)"
done

# With little more than what must stay free, a node whose files are to be recorded waits, with the
# reason; one without files does not.
dd if=/dev/zero of="$HLP_HOME/filler" bs=1M \
	count=$(($(df -Pm "$HLP_HOME" | awk 'NR == 2 {print $4}') - 20)) 2>/dev/null
head -c 18000000 /dev/zero >file
rm -f writer.lines keeper.lines
expect 0 hlp run keeper.yaml --detach --yes
wait_for 20 is_warned "keeper#2 waits: keeping 'file' .* would leave less than 5 %"
expect 0 hlp run writer.yaml --yes
expect 0 hlp status keeper -o json
is nodes.n0.state COMPLETED
is nodes.n1.state PENDING
empty
wait_for 60 execution_is keeper COMPLETED

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
is state COMPLETED
