#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# What a node's processes may take: each limit really reached, and what that leads to; the same for
# its undo; and that the next node in the same place is not held by it.
. "$(dirname "$0")/lib.sh"

eats="perl -e '\$x = q(a) x 200000000; print length \$x'"

# ---- what is shown
cat >shown.yaml <<END
name: shown
defaults: {limits: {memory: 64MiB, files: 100, fsize: 1500kB}}
nodes:
  - {id: a, run: "true"}
  - {id: b, run: "true", limits: {}}
END
expect 0 hlp run shown.yaml --dry-run
says 'limits .*memory 64 MiB, files 100, fsize 1500000 bytes'
test "$(grep -c 'limits ' "$out")" -eq 1 || fail "limits: {} does not take them away"

# ---- memory: killed for it, taken back by its rule; the one before it had all of it
if test "$(id -u)" -eq 0; then
	echo old >live.txt
	cat >fat.yaml <<END
name: fat
triggers: {resource-exhaustion: {action: rollback, level: all}}
nodes:
  - {id: swap, run: "echo new > live.txt", artifacts: [live.txt]}
  - {id: free, needs: swap, run: "$eats"}
  - {id: check, needs: free, run: "$eats", limits: {memory: 64MiB}}
END
	expect 1 hlp run fat.yaml --yes
	test "$(cat live.txt)" = old || fail "live.txt was not taken back"
	expect 0 hlp events fat
	# Without a cgroup the limit is one of address space, and the program says itself that it met it.
	words='exit 137: killed: it used more than its limit of 64 MiB of memory'
	if grep -q '"hlp-launcher.*cgroups none' "$HLP_HOME/engine.log"; then words='exit 12: Out of memory'; fi
	says "failed check FAILED resource: $words"
	says ' policy check: triggers: resource-exhaustion → rollback of all$'
fi

# ---- the size of a file, open files
cat >big.yaml <<'END'
name: big
on_failure: continue
defaults: {limits: {fsize: 10KiB, files: 20}}
nodes:
  - {id: size, run: "exec head -c 100000 /dev/zero > big.out"}
  - {id: files, run: "exec perl -e 'for (1 .. 40) { open $f[$_], q(/) or die $! }'"}
  - {id: said, run: "echo 'Out of memory!'; exit 12", limits: {}}
  - {id: free, run: "head -c 100000 /dev/zero > free.out", limits: {}}
END
expect 1 hlp run big.yaml --yes
expect 0 hlp events big
says 'failed size FAILED resource: exit 153: a file reached the limit of its size .SIGXFSZ.'
says 'failed said FAILED resource: exit 12: Out of memory'
says 'failed files FAILED resource: .*Too many open files'
test "$(wc -c <big.out)" -eq 10240 || fail "big.out is not cut at its limit"
test "$(wc -c <free.out)" -eq 100000 || fail "free.out is cut at another's limit"

# ---- undo has them too
cat >back.yaml <<'END'
name: back
nodes:
  - {id: a, run: "true", undo: "ulimit -n > undo.files", limits: {files: 33}}
END
expect 0 hlp run back.yaml --yes
expect 0 hlp rollback back --all --yes
test "$(cat undo.files)" = 33 || fail "undo ran with $(cat undo.files) files"
