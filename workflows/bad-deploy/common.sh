# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by the scripts of this runbook, from its folder. Two services can run: "live" and
# "canary", each a folder of that name with its configuration, its pid and its port. Results go to
# $HLP_OUTPUT when HLP runs the script, and to the terminal otherwise.

cd "$(dirname "$0")" || exit 1

fail() {
	echo "$*" >&2
	exit 1
}

output() {
	echo "$1" | tee -a "${HLP_OUTPUT:-/dev/null}"
}

# conf FILE WORD: what stands behind a word there.
conf() {
	sed -n "s/^$2 //p" "$1"
}

# A file that appears whole or not at all.
put() {
	cat >"$1.new" && mv -f "$1.new" "$1"
}

port_of() {
	cat "$1/port" 2>/dev/null || fail "no $1 service here; ./lab.sh up makes one to practise on"
}

start_time() {
	sed -n 's/^.*) //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# running NAME: leaves its pid in $pid. The start time tells our process from a later one.
running() {
	test -s "$1/pid" || return 1
	read -r pid started <"$1/pid"
	test -n "$started" && test "$(start_time "$pid")" = "$started"
}

wait_until() {
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || return 1
		sleep 0.05
	done
}

# ask NAME PATH: what the service answers; fails on anything but 200.
ask() {
	perl ./ask.pl "$(port_of "$1")" "$2"
}
