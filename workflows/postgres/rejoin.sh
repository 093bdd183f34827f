#!/bin/sh
# SPDX-License-Identifier: MIT
#
# rejoin.sh SERVER: that server, down, becomes a standby of the one that clients use. What only it
# had written since the two parted is thrown away (pg_rewind).
. "$(dirname "$0")/common.sh"

primary=$(serving) || exit 1
test "$primary" != "$1" || fail "server $1 is the one that clients use"
is_primary "$primary" || fail "server $primary is no primary that answers"
is_standby "$1" && echo "server $1 is a standby already" && exit 0
! postmaster "$1" >/dev/null || fail "server $1 runs as a primary: fence it first"
data=$(conf "$1.data") || exit 1
chmod 700 "$data" || exit 1
# The fork must be in the primary's control file, or nothing would be seen to differ.
sql "$primary" checkpoint || exit 1
pg pg_rewind --target-pgdata="$data" --write-recovery-conf \
	--source-server="host=127.0.0.1 port=$(conf "$primary.port") user=postgres dbname=postgres" ||
	exit 1
start_server "$1"
is_standby "$1" || fail "server $1 did not become a standby"
echo "server $1 follows server $primary"
