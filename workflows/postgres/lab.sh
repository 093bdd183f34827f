#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lab.sh up     two real servers to practise on: a, the primary, and b, its standby
# lab.sh down   ends them and removes what it made
#
# As root, PostgreSQL runs as its own user, with its data in a folder of that user.
. "$(dirname "$0")/common.sh"

free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1,
		LocalAddr => "127.0.0.1:0")->sockport'
}

find_programs() {
	for folder in /usr/lib/postgresql/*/bin; do
		test ! -x "$folder/pg_rewind" || newest=$folder
	done
	test -n "${newest-}" || fail "PostgreSQL is not installed: apt-get install postgresql"
	echo "$newest"
}

make_conf() {
	bin=$(find_programs) || exit 1
	if test "$(id -u)" -eq 0; then
		folder=$(setpriv --reuid postgres --regid postgres --init-groups \
			mktemp -d ~postgres/lab.XXXXXX) || exit 1
		user=postgres
	else
		folder=$(mktemp -d "$PWD/lab.XXXXXX") || exit 1
		user=$(id -un)
	fi
	printf '%s\n' "bin $bin" "user $user" "folder $folder" "a.port $(free_port)" "a.data $folder/a" \
		"b.port $(free_port)" "b.data $folder/b" | put cluster.conf
}

has_standby() {
	test "$(sql a "select count(*) from pg_stat_replication where state = 'streaming'")" = 1
}

up() {
	make_conf
	pg initdb -D "$(conf a.data)" -U postgres -A trust -k -E UTF8 --no-locale -N >/dev/null ||
		fail "initdb failed"
	printf '%s\n' 'max_wal_senders = 5' 'wal_keep_size = 64MB' 'shared_buffers = 16MB' |
		as_pg tee -a "$(conf a.data)/postgresql.conf" >/dev/null
	start_server a
	sql a "create table job (id bigserial primary key, note text)" || exit 1
	pg pg_basebackup -D "$(conf b.data)" -R -X stream -c fast -h 127.0.0.1 -p "$(conf a.port)" \
		-U postgres || fail "no standby could be made"
	start_server b
	wait_until has_standby || fail "the standby does not follow"
	printf 'server a\nport %s\n' "$(conf a.port)" | put clients.conf
	./wait-for-standby.sh on
	: >acknowledged.log
	echo "server a is the primary, server b its standby"
}

down() {
	test -s cluster.conf || return 0
	for server in a b; do
		data=$(conf "$server.data")
		test -d "$data" || continue
		chmod 700 "$data"
		! postmaster "$server" >/dev/null || pg pg_ctl -D "$data" -m immediate -s stop
	done
	folder=$(conf folder)
	case $folder in
	*/lab.??????) rm -rf "$folder" ;;
	esac
	rm -f cluster.conf clients.conf acknowledged.log
}

case $1 in
up) down && up ;;
down) down ;;
*) fail "lab.sh up | down" ;;
esac
