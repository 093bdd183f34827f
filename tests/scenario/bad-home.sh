#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Homes that cannot be: under a file, read-only, somebody else's, open to all, deleted while in
# use. And two engines for one home. A clear message, the designed exit, nothing lost.
. "$(dirname "$0")/lib.sh"

cat >tiny.yaml <<'END'
name: tiny
nodes:
  - {id: one, run: echo one}
END
# refused HOME PATTERN: a run in that home is refused, without a hang.
refused() {
	expect 3 env HLP_HOME="$1" timeout 30 hlp run tiny.yaml --yes
	complains "$2"
}

home=$HLP_HOME
echo file >"$work/file"
refused "$work/file" "$work/file"
refused "$work/file/below" "$work/file"
mkdir "$work/open" && chmod 0777 "$work/open"
refused "$work/open" "$work/open"

# What the engine needs is there, but is something else: said at once, with the reason.
# broken NAME PATTERN COMMAND…: the command spoils the new home $spoilt.
broken() {
	spoilt=$work/$1
	mkdir -m 0700 "$spoilt"
	wanted=$2
	shift 2
	"$@"
	began=$(date +%s)
	refused "$spoilt" "$wanted"
	test $(($(date +%s) - began)) -lt 8 || fail "$spoilt was refused late"
	HLP_HOME=$spoilt timeout 20 hlp engine stop >/dev/null 2>&1
}
garbage() {
	head -c 8192 /dev/urandom >"$spoilt/state.db"
}
broken damaged 'state.db.*damaged' garbage
broken folder-db 'state.db' sh -c "mkdir '$work/folder-db/state.db'"
broken file-content 'content.git' sh -c "echo x >'$work/file-content/content.git'"
broken folder-log 'engine.log' sh -c "mkdir '$work/folder-log/engine.log'"
broken folder-records 'launcher.log' sh -c "mkdir '$work/folder-records/launcher.log'"
broken folder-lock 'engine.lock' sh -c "mkdir '$work/folder-lock/engine.lock'"

# A second engine for the same home steps back and the first goes on.
expect 0 hlp run tiny.yaml --yes
engine=$(pid_of hlpd) || fail "no engine"
expect 1 timeout 20 hlpd
complains 'another|already'
test "$(pid_of hlpd)" = "$engine" || fail "the first engine is gone"
expect 0 hlp status tiny

if test "$(id -u)" -eq 0; then
	# Another user on the socket.
	chmod 0755 "$work" "$home"
	expect 3 setpriv --reuid 65534 --regid 65534 --clear-groups hlp status tiny
	complains 'another user'
	chmod 0700 "$home"

	# A read-only home. Mounts may be forbidden where this runs.
	mkdir "$work/ro"
	if mount -t tmpfs -o size=1m,mode=0700,ro tmpfs "$work/ro" 2>/dev/null; then
		refused "$work/ro" 'ead-only'
		umount "$work/ro"
	fi
fi

# The home is deleted while the engine runs: it starts nothing more there and ends by itself.
launcher=$(pid_of hlp-launcher)
engine=$(pid_of hlpd)
mv "$home" "$work/moved"
wait_for 30 gone "$engine"
wait_for 30 gone "$launcher"
mv "$work/moved" "$home"
expect 0 hlp status tiny -o json
is state COMPLETED

# Gone for good, with a node still running: it may finish, then both end, and the next command
# begins anew.
cat >long.yaml <<'END'
name: long
nodes:
  - {id: one, run: "echo $$ >pid; sleep 3; echo end >end"}
END
expect 0 hlp run long.yaml --detach --yes
wait_for 20 test -s pid
launcher=$(pid_of hlp-launcher)
engine=$(pid_of hlpd)
rm -rf "$home"
wait_for 30 gone "$engine"
wait_for 30 gone "$launcher"
test -e end || fail "a running node was ended with the home"
hlp status long >"$out" 2>"$err" </dev/null
code=$?
test "$code" -ne 0 && test "$code" -le 3 || fail "status in a deleted home ended with $code"
complains 'long|no engine'
expect 0 hlp run tiny.yaml --yes
