#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How long an engine that was killed in the middle of 10,000 nodes takes to answer and to start the next
# node; each round in a home of its own, so that no restart waits for the launcher's growing delay.
#
#   tests/bench/restart.sh        ROUNDS=5
. "$(dirname "$0")/../scenario/lib.sh"

awk 'BEGIN { print "name: restart\nmax_parallel: 4\nnodes:"
	for (i = 0; i < 10000; i++) {
		printf "  - id: n%d\n    run: echo n%d >> lines\n", i, i
		if (i >= 100) printf "    needs: [n%d, n%d]\n", i - 100, i - 99 } }' >restart.yaml
home=$HLP_HOME
for round in $(seq "${ROUNDS:-5}"); do
	HLP_HOME=$home/$round
	export HLP_HOME
	mkdir -p "$home"
	rm -f lines
	hlp run restart.yaml --detach --yes >/dev/null || fail "cannot start the run"
	while test "$(wc -l <lines 2>/dev/null || echo 0)" -lt 5000; do sleep 0.2; done
	"$ROOT/build/tests/bench/restart" "$HLP_BUILD/hlp" lines "$(pid_of hlpd)" | tee -a result
	hlp cancel restart --yes --reason bench >/dev/null
	hlp engine stop --all --yes --reason bench >/dev/null
done
HLP_HOME=$home
sort -t' ' -k3 -n result | awk '{ line[NR] = $0 } END { print "median: " line[int((NR + 1) / 2)] }'
