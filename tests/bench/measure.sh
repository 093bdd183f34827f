# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
#
# Sourced by benches, after tests/scenario/lib.sh: times, their medians, ratios, and goals. How many
# goals were missed is in $missed.

missed=0

now() {
	date +%s%N
}

# timed NAME COMMAND…: its wall time in microseconds goes to the file NAME.times.
timed() {
	name=$1
	shift
	began=$(now)
	"$@" >/dev/null 2>"$err" </dev/null || fail "$name: '$*' failed: $(tail -n 3 "$err")"
	echo $((($(now) - began) / 1000)) >>"$name.times"
}

median() {
	sort -n "$1.times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}

# per_cent A B: A in hundredths of B.
per_cent() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%d", a * 100 / b + 0.5 }'
}

as_ratio() {
	printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

# goal TEXT VALUE MOST: says whether a goal is met.
goal() {
	word=met
	if test "$2" -gt "$3"; then
		word=MISSED
		missed=$((missed + 1))
	fi
	printf '  %-52s %8s  at most %8s  %s\n' "$1" "$2" "$3" "$word"
}

fresh_engine() {
	hlp engine stop --all --yes >/dev/null 2>&1
	rm -rf "$HLP_HOME"
	hlp engine start >/dev/null 2>"$err" || fail "no engine: $(tail -n 3 "$err")"
}
