#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Output that finds no room on a disk of its own, of which the engine's room says nothing: for want
# of a folder the engine, for want of a file the launcher declines the start. That is no failure: it
# is tried again until there is room, and the node runs once.
. "$(dirname "$0")/lib.sh"

test "$(id -u)" -eq 0 || skip "mounting a small disk needs root"
mkdir -p "$HLP_HOME/output"
chmod 700 "$HLP_HOME"
mount -t tmpfs -o size=1m,nr_inodes=1,mode=0700 tmpfs "$HLP_HOME/output" 2>/dev/null ||
	skip "mounts are forbidden here"
trap 'umount "$HLP_HOME/output" 2>/dev/null; cleanup' EXIT
cat >once.yaml <<'YAML'
name: once
nodes:
  - {id: a, run: echo a >>lines; echo said}
YAML
revoked() {
	test "$(hlp events once | grep -c revoked)" -ge "$1"
}

expect 0 hlp run once.yaml --detach --yes
wait_for 20 revoked 2
expect 0 hlp status once -o json
is nodes.a.state PENDING
mount -o remount,nr_inodes=3 "$HLP_HOME/output" || fail "cannot remount"
before=$(hlp events once | grep -c revoked)
wait_for 20 revoked $((before + 2))
test ! -e lines || fail "it ran without output"
mount -o remount,nr_inodes=100 "$HLP_HOME/output" || fail "cannot remount"
wait_for 20 execution_is once COMPLETED
test "$(cat lines)" = a || fail "it did not run once: $(cat lines)"
expect 0 hlp logs once
says said
launcher=$(pid_of hlp-launcher)
expect 0 hlp engine stop
gone "$launcher" || fail "the launcher stays"
