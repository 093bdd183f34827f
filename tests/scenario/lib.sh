# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by every scenario: a home and a work folder of its own, the programs of HLP_BUILD, a
# few claims, and a cleanup that ends this home's instance and nothing else. A scenario starts no
# engine by itself: hlp does. What it starts besides, the program or function named in $at_end
# ends, when the test's result stands. A claim that does not hold ends the test with 1 and shows why.

test -n "${HLP_BUILD-}" || HLP_BUILD=$(cd "$(dirname "$0")/../../build" && pwd)
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/hlp-scenario.XXXXXX") || exit 1
HLP_HOME=$work/home
HLP_REASON="scenario $(basename "$0" .sh)"
HLP_ACTOR=tester
PATH=$HLP_BUILD:$PATH
LC_ALL=C.UTF-8
export HLP_HOME HLP_REASON HLP_ACTOR PATH LC_ALL
unset HLP_SOCKET HLP_WORKFLOWS HLP_DURABILITY NO_COLOR
json=$ROOT/build/tests/scenario/json
graph=$ROOT/build/tests/bench/graph
out=$work/out
err=$work/err

# The session of a process. Its name, which may hold blanks, stands before in parentheses.
session_of() {
	# shellcheck disable=SC2034 # only the fourth word matters
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | { read -r state parent group session _ && echo "$session"; }
}

# Processes of this home: its folder stands in their environment, and no other test has it. One
# look at all of them: whoever ends them by these pids must not be late, for pids come again.
home_pids() {
	grep -alF -- "$HLP_HOME" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
		# Our own subshells carry it too: they are of our session.
		case $(session_of "$pid") in
		'' | "$our_session") ;; # gone
		*) echo "$pid" ;;
		esac
	done
}
our_session=$(session_of $$)

# The pid of one of the two programs of this home: pid_of hlpd.
pid_of() {
	for pid in $(home_pids); do
		read -r name 2>/dev/null <"/proc/$pid/comm" || continue
		test "$name" = "$1" && echo "$pid" && return 0
	done
	return 1
}

cleanup() {
	status=$?
	trap - EXIT
	if test "$status" -ne 0 && test "$status" -ne 77; then
		echo "---- last standard output"
		tail -n 30 "$out" 2>/dev/null
		echo "---- last standard error"
		tail -n 30 "$err" 2>/dev/null
		echo "---- engine.log"
		tail -n 30 "$HLP_HOME/engine.log" 2>/dev/null
	fi
	test -z "${at_end-}" || "$at_end"
	cd / || exit 1
	timeout 20 hlp engine stop --all --yes >/dev/null 2>&1
	for tries in 1 2 3; do
		left=$(home_pids)
		test -z "$left" && break
		# shellcheck disable=SC2086 # a list of pids
		kill -9 $left 2>/dev/null
	done
	# What sanitizers say of engine and launcher, leaks at their end included, is in their log.
	if grep -aqE 'runtime error:|(Address|Leak|Thread)Sanitizer' "$HLP_HOME/engine.log" 2>/dev/null; then
		echo "---- a sanitizer spoke in engine.log"
		grep -aE -A 40 'runtime error:|Sanitizer' "$HLP_HOME/engine.log" | head -n 100
		status=1
	fi
	test -n "${KEEP-}" && echo "kept: $work" && exit "$status"
	umount "$HLP_HOME" "$work/ro" 2>/dev/null
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

fail() {
	echo "FAILED: $*"
	exit 1
}

skip() {
	echo "skip: $*"
	exit 77
}

# expect CODE COMMAND…: runs it with its outputs in $out and $err; the exit status must be CODE.
expect() {
	wanted=$1
	shift
	"$@" >"$out" 2>"$err" </dev/null
	got=$?
	test "$got" -eq "$wanted" || fail "'$*' ended with $got, not $wanted"
}

# says PATTERN / complains PATTERN: a line of standard output / error matches.
says() {
	grep -qE -- "$1" "$out" || fail "standard output does not say: $1"
}

complains() {
	grep -qE -- "$1" "$err" || fail "standard error does not say: $1"
}

# is PATH VALUE: what the last JSON document holds there.
is() {
	value=$("$json" get "$1" <"$out") || fail "no JSON document"
	test "$value" = "$2" || fail "$1 is '$value', not '$2'"
}

# status_is EXECUTION STATE: the execution's state; the document stays in $out.
status_is() {
	expect 0 hlp status "$1" -o json
	is state "$2"
}

node_state() {
	hlp status "$1" -o json 2>/dev/null | "$json" get "nodes.$2.state" 2>/dev/null
}

execution_state() {
	hlp status "$1" -o json 2>/dev/null | "$json" get state 2>/dev/null
}

# wait_for SECONDS COMMAND…: asks again and again until the command succeeds; bounded.
wait_for() {
	tries=$(($1 * 20 * ${HLP_SLOW:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || fail "in vain waited for: $*"
		sleep 0.05
	done
}

node_is() {
	test "$(node_state "$1" "$2")" = "$3"
}

# node_waits EXECUTION NODE REASON: it wants a person, for that reason.
node_waits() {
	test "$(hlp status "$1" -o json 2>/dev/null | "$json" get "nodes.$2.reason" 2>/dev/null)" = "$3"
}

execution_is() {
	test "$(execution_state "$1")" = "$2"
}

# kill_engine: with -9, as somebody else would; the launcher starts the next one.
kill_engine() {
	pid=$(pid_of hlpd) || fail "no engine"
	kill -9 "$pid"
	wait_for 20 gone "$pid"
}

gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"
}

mkdir -p "$work/files" || exit 1
cd "$work/files" || exit 1
