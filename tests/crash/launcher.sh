#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kill -9 of the launcher, of both programs, or of the engine by turns: every run of 100 nodes
# that may be tried again (on_lost: retry) ends COMPLETED, and no node ran twice at one time.
. "$(dirname "$0")/../scenario/lib.sh"

kills=$((${HLP_KILLS:-10} / 5 + 2))
{
	printf 'name: pairs\nmax_parallel: 4\nnodes:\n'
	for i in $(seq 1 100); do
		printf '  - {id: n%s, on_lost: retry, run: "echo n%s s >>lines; sleep 0.02; echo n%s e >>lines"}\n' \
			"$i" "$i" "$i"
	done
} >pairs.yaml
# An attempt that was killed with the launcher leaves an s without its e; but between two s of a
# node its process must be gone. What is left of two at once is an e after a later s, twice.
at_once() {
	awk '{ open[$1] += $2 == "s" ? 1 : 0; ends[$1] += $2 == "e" ? 1 : 0 }
	END { for (n in ends) if (ends[n] > open[n]) exit 0; exit 1 }' lines
}
n=0
while test "$n" -lt "$kills"; do
	rm -f lines
	expect 0 hlp run pairs.yaml --detach --yes --another
	sleep "0.$(od -An -N 2 -t u2 /dev/urandom | awk '{ printf "%03d", 100 + $1 % 600 }')"
	engine=$(pid_of hlpd)
	launcher=$(pid_of hlp-launcher)
	case $((n % 3)) in
	0) kill -9 "$launcher" ;;
	1) kill -9 "$launcher" "$engine" ;;
	2) kill -9 "$engine" ;;
	esac 2>/dev/null
	n=$((n + 1))
	wait_for 90 execution_is @latest COMPLETED
	at_once && fail "a node ended more often than it started"
	test "$(awk '$2 == "e" { print $1 }' lines | sort -u | wc -l)" -eq 100 || fail "effects are missing"
done
echo "$n kills"
