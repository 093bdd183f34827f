# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by the scripts of these runbooks, from their folder. cluster.conf says what the two
# servers are (lines of "WORD VALUE": bin, user, a.port, a.data, b.port, b.data), clients.conf
# which of them clients use. PostgreSQL never runs as root: its programs run as the user named
# there. Results go to $HLP_OUTPUT when HLP runs the script, and to the terminal otherwise.

cd "$(dirname "$0")" || exit 1

fail() {
	echo "$*" >&2
	exit 1
}

output() {
	echo "$1" | tee -a "${HLP_OUTPUT:-/dev/null}"
}

# A file that appears whole or not at all.
put() {
	cat >"$1.new" && mv -f "$1.new" "$1"
}

word() {
	sed -n "s/^$2 //p" "$1" 2>/dev/null
}

# conf WORD: of cluster.conf; it must be there.
conf() {
	found=$(word cluster.conf "$1")
	test -n "$found" || fail "cluster.conf names no $1; ./lab.sh up makes servers to practise on"
	echo "$found"
}

# The server that clients use, and the other one of the two.
serving() {
	server=$(word clients.conf server)
	case $server in
	a | b) echo "$server" ;;
	*) fail "clients.conf names no server" ;;
	esac
}

other_of() {
	case $1 in
	a) echo b ;;
	b) echo a ;;
	*) fail "'$1' is neither a nor b" ;;
	esac
}

# pg PROGRAM ARG…: one of PostgreSQL's, as its user.
pg() {
	program=$(conf bin)/$1
	user=$(conf user)
	shift
	if test "$(id -un)" = "$user"; then
		"$program" "$@"
	else
		setpriv --reuid "$user" --regid "$user" --init-groups --reset-env "$program" "$@"
	fi
}

# as_pg COMMAND ARG…: anything else, as that user.
as_pg() {
	user=$(conf user)
	if test "$(id -un)" = "$user"; then
		"$@"
	else
		setpriv --reuid "$user" --regid "$user" --init-groups "$@"
	fi
}

# sql SERVER TEXT: the answer, bare. Fails within seconds when nobody answers.
sql() {
	PGCONNECT_TIMEOUT=3 "$(conf bin)/psql" -X -A -t -q -v ON_ERROR_STOP=1 -h 127.0.0.1 \
		-p "$(conf "$1.port")" -U postgres -d postgres -c "$2"
}

answers() {
	test "$(sql "$1" 'select 1' 2>/dev/null)" = 1
}

is_standby() {
	test "$(sql "$1" 'select pg_is_in_recovery()' 2>/dev/null)" = t
}

is_primary() {
	test "$(sql "$1" 'select pg_is_in_recovery()' 2>/dev/null)" = f
}

start_server() {
	data=$(conf "$1.data")
	# One that was killed leaves its file behind, and where nobody collects it even its number.
	postmaster "$1" >/dev/null || as_pg rm -f "$data/postmaster.pid"
	pg pg_ctl -D "$data" -w -t 30 -l "$data.log" -s \
		-o "-p $(conf "$1.port") -h 127.0.0.1 -k ''" start || {
		as_pg tail -n 5 "$data.log"
		fail "server $1 did not start"
	}
}

# The postmaster's pid while it lives. Its file is readable to root and to its user.
postmaster() {
	pid=$(as_pg head -n 1 "$(conf "$1.data")/postmaster.pid" 2>/dev/null) || return 1
	test "$(cat "/proc/$pid/comm" 2>/dev/null)" = postgres || return 1
	! grep -q '^State:.Z' "/proc/$pid/status" && echo "$pid"
}

wait_until() {
	tries=200
	until "$@"; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || return 1
		sleep 0.1
	done
}
