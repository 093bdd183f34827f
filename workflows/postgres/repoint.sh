#!/bin/sh
# SPDX-License-Identifier: MIT
#
# repoint.sh SERVER BREAK: clients use this server from now on (with BREAK, the other one, as
# happens to people).
. "$(dirname "$0")/common.sh"

server=$1
test "${2-}" != true || server=$(other_of "$1")
printf 'server %s\nport %s\n' "$server" "$(conf "$server.port")" | put clients.conf
echo "clients use server $server"
