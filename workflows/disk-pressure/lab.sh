#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lab.sh up     something to practise on: old logs, reports, dumps, and a service that holds a
#               deleted log of a megabyte
# lab.sh down   ends the service and removes the folders
. "$(dirname "$0")/common.sh"

log_is_written() {
	logger_runs && test "$(stat -c %s disk/logs/app.log)" -gt 1048576
}

ended() {
	! logger_runs
}

stop_logger() {
	logger_runs || return 0
	kill "$pid"
	wait_until ended || kill -9 "$pid"
	rm -f logger.pid
}

case $1 in
up)
	stop_logger
	rm -rf disk archive
	mkdir -p disk/logs disk/reports disk/dumps archive
	for n in 1 2 3 4; do
		seq "${n}00000" "${n}99999" | sed 's/^/request /' >"disk/logs/app.log.$n"
	done
	for n in 1 2; do
		head -c 1500000 /dev/urandom >"disk/reports/report-$n.pdf"
		head -c 2500000 /dev/urandom >"disk/dumps/core.$n"
	done
	head -c 1048576 /dev/zero >disk/logs/app.log
	setsid -f ./logger.sh </dev/null >/dev/null 2>&1
	wait_until log_is_written || fail "the logger did not start"
	# Its log is deleted while it writes, as a careless clean-up would.
	rm disk/logs/app.log
	echo "disk uses $(used) KiB"
	;;
down)
	stop_logger
	rm -rf disk archive
	;;
*) fail "lab.sh up | down" ;;
esac
