#!/bin/sh
# SPDX-License-Identifier: MIT
#
# release.sh make VERSION    a release to practise with
# release.sh check VERSION   whether it is there and complete
# release.sh retire VERSION  deletes it, unless it is being served
. "$(dirname "$0")/common.sh"

case $2 in
*[!0-9a-z.-]* | '' | .*) fail "release '$2' is no name of a release" ;;
esac
folder=releases/$2

case $1 in
make)
	mkdir -p "$folder"
	printf 'version %s\n' "$2" | put "$folder/app.conf"
	;;
check)
	test -d "$folder" || fail "release $2 is not on this machine: there are $(ls releases)"
	test "$(conf "$folder/app.conf" version)" = "$2" || fail "release $2 is not complete"
	echo "release $2 is complete"
	;;
retire)
	served=$(ask live /version) || fail "what is served is not known: nothing is deleted"
	test "$served" != "$2" || fail "release $2 is being served"
	rm -rf "$folder"
	echo "release $2 is deleted"
	;;
*) fail "release.sh make | check | retire VERSION" ;;
esac
