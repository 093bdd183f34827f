#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Stands for a service that writes a log: a line ten times a second to disk/logs/app.log, opened
# again on HUP. Ends after an hour should nobody stop it.
. "$(dirname "$0")/common.sh"

reopen() {
	exec 3>>disk/logs/app.log
}

trap reopen HUP
reopen
echo "$$ $(start_time $$)" >logger.pid
for line in $(seq 1 36000); do
	echo "line $line" >&3
	sleep 0.1
done
