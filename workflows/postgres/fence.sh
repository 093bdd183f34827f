#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fence.sh SERVER          ends what is left of it and closes its folder: it cannot come back
# fence.sh --back SERVER   opens the folder and starts it again
. "$(dirname "$0")/common.sh"

ended() {
	! postmaster "$server" >/dev/null
}

if test "$1" = --back; then
	chmod 700 "$(conf "$2.data")" || exit 1
	answers "$2" || start_server "$2"
	answers "$2" || fail "server $2 does not answer"
	exit
fi

server=$1
data=$(conf "$server.data") || exit 1
chmod 700 "$data" || exit 1 # it may be closed already
if postmaster "$server" >/dev/null; then
	pg pg_ctl -D "$data" -m immediate -s stop
	wait_until ended || fail "server $server lives on: pid $(postmaster "$server")"
fi
chmod 000 "$data" && ./look.sh fenced "$server"
