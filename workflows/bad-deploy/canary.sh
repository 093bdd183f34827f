#!/bin/sh
# SPDX-License-Identifier: MIT
#
# canary.sh start VERSION   the release beside the live service, on a port of its own
# canary.sh stop
. "$(dirname "$0")/common.sh"

case $1 in
start)
	./canary.sh stop
	mkdir -p canary
	printf 'release %s\n' "$2" | put canary/current.conf
	./service.sh start canary || exit 1
	output "port=$(port_of canary)"
	;;
stop)
	test ! -d canary || ./service.sh stop canary
	rm -rf canary
	;;
*) fail "canary.sh start VERSION | stop" ;;
esac
