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
began=$(date +%s%N)
read -r pid <pid
until gone "$pid"; do
	test $((($(date +%s%N) - began) / 1000000)) -lt 8000 || fail "no timeout struck in 8 s"
	engine=$(pid_of hlpd) && kill -9 "$engine" 2>/dev/null
done
took=$((($(date +%s%N) - began) / 1000000))
echo "gone after $took ms without an engine"
test "$took" -gt 1500 || fail "the timeout struck too early"
wait_for 30 execution_is late FAILED
status_is late FAILED
is nodes.slow.reason timeout
