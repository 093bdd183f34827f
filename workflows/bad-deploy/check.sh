#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What clients see:
#
#   check.sh version [VERSION]   the release that the live service serves, which must be VERSION
#   check.sh health NAME COUNT   that many requests; none may fail
. "$(dirname "$0")/common.sh"

case $1 in
version)
	seen=$(ask live /version) || exit 1
	output "version=$seen"
	test -z "${2-}" || test "$seen" = "$2" || fail "clients are served release $seen, not $2"
	;;
health)
	good=0
	bad=0
	for request in $(seq 1 "$3"); do
		if said=$(ask "$2" /health 2>&1); then
			good=$((good + 1))
		else
			bad=$((bad + 1))
			test "$bad" -gt 3 || echo "request $request: $said"
		fi
	done
	output "good=$good"
	output "bad=$bad"
	test "$bad" -eq 0 || fail "$bad of $3 requests to the $2 service failed"
	;;
*) fail "check.sh version [VERSION] | health NAME COUNT" ;;
esac
