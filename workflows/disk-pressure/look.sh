#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Looks, and changes nothing:
#
#   look.sh space | inodes | largest | deleted
#   look.sh room BUDGET BREAK   whether the folder keeps within BUDGET KiB
#   look.sh service             whether the logger still writes its log
. "$(dirname "$0")/common.sh"

log_size() {
	stat -c %s disk/logs/app.log 2>/dev/null || echo 0
}

log_grew() {
	test "$(log_size)" -gt "$before"
}

case $1 in
space)
	df -hP disk
	output "used=$(used)"
	output "free=$(df -kP disk | awk 'NR == 2 { print $4 }')"
	;;
inodes)
	df -iP disk
	output "files=$(find disk -type f | wc -l)"
	;;
largest) find disk -type f -printf '%k %p\n' | sort -rn | head -n 10 ;;
deleted)
	deleted_open
	output "held=$(deleted_open | awk '{ sum += $2 } END { print sum + 0 }')"
	;;
room)
	now=$(used)
	output "used=$now"
	budget=$2
	test "$3" != true || budget=1
	test "$now" -le "$budget" || fail "disk uses $now KiB, more than $budget"
	held=$(deleted_open)
	test -z "$held" || fail "deleted files are still open: $held"
	;;
service)
	logger_runs || fail "the logger does not run"
	before=$(log_size)
	wait_until log_grew || fail "the logger runs and writes nothing"
	echo "the logger writes disk/logs/app.log"
	;;
*) fail "look.sh space | inodes | largest | deleted | room BUDGET BREAK | service" ;;
esac
