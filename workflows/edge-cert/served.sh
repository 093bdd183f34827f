#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a client sees, over a connection of its own:
#
#   served.sh --serial [SERIAL]   the serial that is served, which must be SERIAL if given
#   served.sh --verify NAME       whether a client that trusts only the root accepts it for NAME
. "$(dirname "$0")/common.sh"

address=127.0.0.1:$(cat proxy.port)

case $1 in
--serial)
	serial=$(openssl s_client -connect "$address" </dev/null 2>/dev/null | openssl x509 -noout -serial |
		sed 's/^serial=//')
	test -n "$serial" || fail "nobody serves a certificate on $address"
	output "serial=$serial"
	test -z "${2-}" || test "$serial" = "$2" || fail "$address serves $serial, not $2"
	;;
--verify)
	seen=$(openssl s_client -connect "$address" -servername "$2" -verify_hostname "$2" \
		-CAfile tls/ca/root.crt -verify_return_error </dev/null 2>&1)
	status=$?
	echo "$seen" | grep -E '^(depth=|verify error|Verif)' | sort -u
	echo "$seen" | sed -n '/^Certificate chain/,/^---/p' | grep -E '^ +[0-9]+ s:|^ +i:'
	test "$status" -eq 0 || fail "clients refuse what $address serves for $2"
	echo "clients accept what $address serves for $2"
	;;
*) fail "served.sh --serial [SERIAL] | --verify NAME" ;;
esac
