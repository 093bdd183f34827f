#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What clients see:
#
#   check.sh write   a row can be written and read where clients are pointed
#   check.sh rows    every row that was acknowledged (acknowledged.log) is there
. "$(dirname "$0")/common.sh"

case $1 in
write)
	server=$(serving) || exit 1
	id=$(sql "$server" "insert into job (note) values ('write test') returning id") ||
		fail "server $server takes no writes"
	test "$(sql "$server" "select note from job where id = $id")" = 'write test' ||
		fail "server $server does not give back what was written"
	echo "server $server takes writes: row $id"
	;;
rows)
	server=$(serving) || exit 1
	sql "$server" 'select id from job' | sort >rows.there || exit 1
	sort acknowledged.log >rows.acknowledged || exit 1
	lost=$(comm -23 rows.acknowledged rows.there | wc -l)
	rm -f rows.there rows.acknowledged
	output "acknowledged=$(wc -l <acknowledged.log)"
	output "lost=$lost"
	test "$lost" -eq 0 || fail "$lost acknowledged rows are not on server $server"
	;;
*) fail "check.sh write | rows" ;;
esac
