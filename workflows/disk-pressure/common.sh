# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by the scripts of this runbook, from its folder; all of them work in the folder disk
# there. Results go to $HLP_OUTPUT when HLP runs the script, and to the terminal otherwise.

cd "$(dirname "$0")" || exit 1

fail() {
	echo "$*" >&2
	exit 1
}

output() {
	echo "$1" | tee -a "${HLP_OUTPUT:-/dev/null}"
}

test -d disk || test "$(basename "$0")" = lab.sh ||
	fail "no folder disk here; ./lab.sh up makes one to practise on"

# What the folder uses, in KiB.
used() {
	du -sk disk | cut -f 1
}

start_time() {
	sed -n 's/^.*) //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# Whether the logger runs; leaves its pid in $pid. The start time tells it from a later process.
logger_runs() {
	test -s logger.pid || return 1
	read -r pid started <logger.pid
	test -n "$started" && test "$(start_time "$pid")" = "$started"
}

# Deleted files beneath disk that are still open, a line each: PID KIB PATH.
deleted_open() {
	for link in /proc/[0-9]*/fd/*; do
		name=$(readlink "$link" 2>/dev/null) || continue
		case $name in
		"$PWD/disk/"*" (deleted)") ;;
		*) continue ;;
		esac
		holder=${link#/proc/}
		size=$(stat -L -c %s "$link" 2>/dev/null) || continue
		echo "${holder%%/*} $((size / 1024)) ${name% (deleted)}"
	done | sort -u
}

wait_until() {
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || return 1
		sleep 0.05
	done
}
