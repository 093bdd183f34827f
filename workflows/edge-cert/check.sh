#!/bin/sh
# SPDX-License-Identifier: MIT
#
# check.sh expiry DAYS | names NAME | chain | key: looks at tls/next.crt before anybody serves it.
. "$(dirname "$0")/common.sh"

case $1 in
expiry)
	openssl x509 -noout -enddate -in tls/next.crt
	openssl x509 -noout -checkend $((($2 - 1) * 86400)) -in tls/next.crt ||
		fail "it ends earlier than $2 days from now"
	;;
names)
	openssl x509 -noout -ext subjectAltName -in tls/next.crt
	openssl x509 -noout -checkhost "$2" -in tls/next.crt | grep -q 'does match' ||
		fail "it is not for $2"
	;;
chain)
	openssl verify -CAfile tls/ca/root.crt -untrusted tls/ca/intermediate.crt tls/next.crt
	;;
key)
	serial=$(serial_of tls/next.crt)
	of_key=$(openssl pkey -pubout -in "tls/keys/$serial.key") || exit 1
	of_certificate=$(openssl x509 -noout -pubkey -in tls/next.crt) || exit 1
	test "$of_key" = "$of_certificate" || fail "the key is not the certificate's"
	echo "key and certificate $serial belong together"
	;;
*) fail "no check '$1'" ;;
esac
