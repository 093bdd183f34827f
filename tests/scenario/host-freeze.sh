#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A node on another host, frozen over a real sshd: only this end stands still, and HLP says so
# instead of claiming more. What runs there goes on, and after the thaw its end is heard, once.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/scenario/remote/sshd.sh"

there=$work/there
mkdir "$there"
cat >far.yaml <<END
name: far
nodes:
  - id: count
    host: $here
    timeout: 60s
    outputs: [seen]
    run: |
      echo began >>$there/began
      until test -e $there/enough; do echo x >>$there/ticks; sleep 0.05; done
      echo seen=all >>\$HLP_OUTPUT
END
ticks() {
	wc -l 2>/dev/null <"$there/ticks" || echo 0
}
more_than() {
	test "$(ticks)" -gt "$1"
}

expect 0 hlp run far.yaml --detach --yes
wait_for 20 more_than 1
expect 0 hlp freeze far/count --yes
says 'frozen here; the remote end is not proven: what runs there may go on'
wait_for 20 node_waits far count frozen
at=$(ticks)
# Without cgroups a freeze finds processes by what they carry, and this other host is the same machine.
grep -q '"hlp-launcher.*cgroups none' "$HLP_HOME/engine.log" || wait_for 20 more_than "$at"
expect 0 hlp why far/count
says 'frozen by tester'

# It ends there while this end stands still: nobody hears it yet.
touch "$there/enough"
expect 0 hlp status far -o json
is nodes.count.reason frozen
expect 0 hlp thaw far/count --yes
expect 0 hlp wait far --for ended
status_is far COMPLETED
test "$(wc -l <"$there/began")" -eq 1 || fail "it was run twice"
