#!/bin/sh
# SPDX-License-Identifier: MIT
#
# switch.sh VERSION BREAK   the live service serves this release
# switch.sh --back          it serves the one before again, and that is looked at
. "$(dirname "$0")/common.sh"

if test "$1" = --back; then
	if ! test -s live/previous.conf; then
		echo "nothing was switched yet"
		exit 0
	fi
	put live/current.conf <live/previous.conf || exit 1
	./service.sh reload || exit 1
	./check.sh version "$(conf live/current.conf release)" && ./check.sh health live 5
	exit
fi

if test "$(conf live/current.conf release)" != "$1"; then
	put live/previous.conf <live/current.conf || exit 1
fi
{
	echo "release $1"
	test "$2" != true || echo "cache old-cluster"
} | put live/current.conf || exit 1
./service.sh reload
