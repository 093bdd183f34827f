#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A timeout strikes on time while the engine is dead: it is killed again and again until the
# node's processes are gone, and then learns what happened.
. "$(dirname "$0")/lib.sh"

cat >late.yaml <<'END'
name: late
nodes:
  - {id: slow, run: "echo $$ > pid; exec sleep 300", timeout: 3s, stop: {grace: 500ms}}
END
started() {
	test -s pid
}
expect 0 hlp run late.yaml --detach --yes
wait_for 20 started
read -r pid <pid
is_gone_without_engine() {
	gone "$pid" && return 0
	engine=$(pid_of hlpd) && kill -9 "$engine" 2>/dev/null
	return 1
}
wait_for 20 is_gone_without_engine
wait_for 30 execution_is late FAILED
status_is late FAILED
is nodes.slow.reason timeout
# As the launcher saw it, in microseconds.
of() {
	date -d "$("$json" get "nodes.slow.$1" <"$out")" +%s%6N
}
took=$(($(of ended_at) - $(of started_at)))
test "$took" -ge 2990000 || fail "the timeout struck after $took us"
