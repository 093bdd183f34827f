#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Asks the logger to open its log again, so that the deleted one it still holds is let go. Others
# that hold deleted files are named; they are not ours to signal.
. "$(dirname "$0")/common.sh"

none_is_held() {
	test -z "$(deleted_open | awk -v pid="$pid" '$1 == pid')"
}

if logger_runs; then
	kill -HUP "$pid"
	wait_until none_is_held || fail "the logger, pid $pid, did not let go of its deleted log"
	echo "the logger, pid $pid, opened its log again"
fi
left=$(deleted_open)
test -z "$left" || printf 'still held, by others:\n%s\n' "$left"
