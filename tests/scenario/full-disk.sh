#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A disk that runs full under the instance: the operator is told, can still act, and what was
# acknowledged is there once there is room again.
. "$(dirname "$0")/lib.sh"

test "$(id -u)" -eq 0 || skip "mounting a small disk needs root"
mkdir -p "$HLP_HOME"
mount -t tmpfs -o size=96m,mode=0700 tmpfs "$HLP_HOME" 2>/dev/null || skip "mounts are forbidden here"

cat >writer.yaml <<'END'
name: writer
nodes:
  - {id: first, run: echo first}
  - {id: fills, needs: [first], run: "while ! test -e go; do sleep 0.05; done; echo done"}
  - {id: last, needs: [fills], run: echo last}
END
expect 0 hlp run writer.yaml --detach --yes
wait_for 20 node_is writer first COMPLETED
# All that is free, but for nothing.
dd if=/dev/zero of="$HLP_HOME/filler" bs=64k 2>/dev/null
touch go
wait_for 30 test -e go
expect 0 hlp status writer -o json
is nodes.first.state COMPLETED
timeout 30 hlp pause writer >"$out" 2>"$err" </dev/null # may be refused, must not hang or crash
test $? -le 3 || fail "an act on a full disk neither worked nor was refused"
rm "$HLP_HOME/filler"
hlp resume writer >"$out" 2>"$err" </dev/null
settled() {
	case $(execution_state writer) in COMPLETED | FAILED) ;; *) return 1 ;; esac
}
wait_for 60 settled
status_is writer "$(execution_state writer)"
is nodes.first.state COMPLETED
is nodes.first.attempt 1
