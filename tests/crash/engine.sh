#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kill -9 of the engine at random moments (HLP_KILLS of them) of runs of 200 nodes, each of which
# appends its name to a file: every run ends COMPLETED by itself and every line is there once.
# Tells in which state of the runs the kills landed.
. "$(dirname "$0")/../scenario/lib.sh"

kills=${HLP_KILLS:-10}
# shellcheck disable=SC2016 # the shell's, in the workflow
"$graph" layered 200 hlp 'echo % >>"lines"' >effects.yaml
landed=0
round=0
: >states
while test "$landed" -lt "$kills"; do
	round=$((round + 1))
	rm -f lines
	expect 0 hlp run effects.yaml --detach --yes --another
	until case $(execution_state @latest) in COMPLETED | FAILED | PAUSED) true ;; *) false ;; esac; do
		engine=$(pid_of hlpd) || continue
		# A moment that nobody chose: up to a quarter of a second.
		sleep "0.$(od -An -N 2 -t u2 /dev/urandom | awk '{ printf "%03d", $1 % 250 }')"
		test "$(wc -l 2>/dev/null <lines)" != 200 || continue
		kill -9 "$engine" 2>/dev/null || continue
		landed=$((landed + 1))
		wc -l 2>/dev/null <lines | awk '
			{ n = $1 }
			END { print n == 0 ? "before the first effect" :
				n < 100 ? "first half" : "second half" }' >>states
	done
	expect 0 hlp status @latest -o json
	is state COMPLETED
	test "$(sort lines | uniq | wc -l)" -eq 200 || fail "round $round: lines are missing"
	test "$(wc -l <lines)" -eq 200 || fail "round $round: $(sort lines | uniq -d | head -n 3) twice"
done
echo "$landed kills in $round runs landed:"
sort states | uniq -c
test "$(sort -u states | wc -l)" -ge 2 || test "$kills" -lt 10 || fail "the kills hit one state only"
