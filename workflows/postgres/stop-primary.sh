#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stop-primary.sh SERVER          in order: everything it has is with its standby then
# stop-primary.sh --back SERVER   it runs again
. "$(dirname "$0")/common.sh"

if test "$1" = --back; then
	answers "$2" || start_server "$2"
	exit
fi
test "$(serving)" = "$1" || fail "clients do not use server $1"
! postmaster "$1" >/dev/null || pg pg_ctl -D "$(conf "$1.data")" -m fast -w -s stop
echo "server $1 is down"
