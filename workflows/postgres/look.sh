#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Looks, and changes nothing:
#
#   look.sh serving           which server clients use, and whether it answers
#   look.sh standby           the other one, and how far it is behind what it has received
#   look.sh out               the other one, which is down
#   look.sh lag MOST          the same; fails when it is more than MOST bytes behind
#   look.sh caught-up SERVER  whether that standby has all that the serving one has written
#   look.sh fenced SERVER     whether that server is down and cannot be started
. "$(dirname "$0")/common.sh"

# Bytes received and not yet replayed: what a promotion has to work through. What the old primary
# never sent cannot be seen from here.
lag_of() {
	sql "$1" "select coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(),
		pg_last_wal_replay_lsn()), 0)::bigint"
}

has_caught_up() {
	behind=$(sql "$1" "select pg_wal_lsn_diff('$position', pg_last_wal_replay_lsn()) > 0") &&
		test "$behind" = f
}

case $1 in
serving)
	server=$(serving) || exit 1
	answers=no
	! answers "$server" || answers=yes
	output "server=$server"
	output "answers=$answers"
	;;
standby)
	server=$(other_of "$(serving)") || exit 1
	is_standby "$server" || fail "server $server is no standby that answers"
	output "server=$server"
	output "lag=$(lag_of "$server")"
	;;
out)
	server=$(other_of "$(serving)") || exit 1
	! is_primary "$server" || fail "server $server runs as a primary: fence it first"
	! is_standby "$server" || fail "server $server is a standby already: nothing to bring back"
	output "server=$server"
	;;
lag)
	server=$(other_of "$(serving)") || exit 1
	lag=$(lag_of "$server") || exit 1
	echo "server $server has $lag bytes to replay"
	test "$lag" -le "$2" || fail "more than $2: wait, or decide what may be lost"
	;;
caught-up)
	position=$(sql "$(serving)" 'select pg_current_wal_lsn()') || exit 1
	wait_until has_caught_up "$2" || fail "server $2 is behind $position"
	echo "server $2 has everything up to $position"
	;;
fenced)
	! answers "$2" || fail "server $2 answers"
	! postmaster "$2" >/dev/null || fail "server $2 lives"
	! as_pg test -x "$(conf "$2.data")" || fail "server $2 could be started: its folder is open"
	echo "server $2 is down, and cannot be started"
	;;
*) fail "look.sh serving | standby | out | lag MOST | caught-up SERVER | fenced SERVER" ;;
esac
