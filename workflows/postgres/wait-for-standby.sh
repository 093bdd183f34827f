#!/bin/sh
# SPDX-License-Identifier: MIT
#
# wait-for-standby.sh on    the serving primary acknowledges only what its standby has, too
# wait-for-standby.sh off   it no longer waits
. "$(dirname "$0")/common.sh"

server=$(serving) || exit 1
case $1 in
on) sql "$server" "alter system set synchronous_standby_names = '*'" || exit 1 ;;
off) sql "$server" "alter system reset synchronous_standby_names" || exit 1 ;;
*) fail "wait-for-standby.sh on | off" ;;
esac
sql "$server" "select pg_reload_conf()" >/dev/null
