#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lab.sh up     a service to practise on, in this folder: release 1.0 served, 2.0 ready
# lab.sh down   ends it and removes what it made
. "$(dirname "$0")/common.sh"

case $1 in
up)
	./release.sh make 1.0
	./release.sh make 2.0
	mkdir -p live
	test -s live/current.conf || printf 'release 1.0\n' | put live/current.conf
	./service.sh start live
	;;
down)
	test ! -d canary || ./service.sh stop canary
	test ! -d live || ./service.sh stop live
	rm -rf live canary releases
	;;
*) fail "lab.sh up | down" ;;
esac
