#!/bin/sh
# SPDX-License-Identifier: MIT
#
# writer.sh COUNT: a client of the lab. It writes that many rows where clients are pointed, and
# notes each one that was acknowledged in acknowledged.log.
. "$(dirname "$0")/common.sh"

for row in $(seq 1 "$1"); do
	id=$(sql "$(serving)" "insert into job (note) values ('row $row') returning id" 2>/dev/null) &&
		echo "$id" >>acknowledged.log
done
