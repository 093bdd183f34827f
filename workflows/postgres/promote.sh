#!/bin/sh
# SPDX-License-Identifier: MIT
#
# promote.sh SERVER: that standby becomes a primary. It waits for no standby from then on: the one
# it had is not there.
. "$(dirname "$0")/common.sh"

is_primary "$1" && echo "server $1 is a primary already" && exit 0
is_standby "$1" || fail "server $1 is no standby that answers"
pg pg_ctl -D "$(conf "$1.data")" -w -t 60 -s promote || exit 1
sql "$1" "alter system reset synchronous_standby_names" || exit 1
sql "$1" "select pg_reload_conf()" >/dev/null || exit 1
echo "server $1 is the primary, on timeline $(sql "$1" \
	"select substring(pg_walfile_name(pg_current_wal_lsn()), 1, 8)")"
