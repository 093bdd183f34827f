#!/bin/sh
# SPDX-License-Identifier: MIT
#
# issue.sh NAME DAYS      a new key and certificate: tls/next.crt, tls/keys/SERIAL.key
# issue.sh --first NAME   the certificate that is in use before the first rotation, if none is
. "$(dirname "$0")/common.sh"

first=
if test "$1" = --first; then
	first=yes
	shift
	if test -s tls/edge.crt && test -s proxy.conf; then
		echo "in use: $(serial_of tls/edge.crt)"
		exit 0
	fi
fi
name=$1
days=${2:-30}

openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	-keyout tls/keys/next.key -out tls/next.csr -subj "/CN=$name" \
	-addext "subjectAltName=DNS:$name,DNS:www.$name" \
	-addext "basicConstraints=critical,CA:FALSE" \
	-addext "extendedKeyUsage=serverAuth" 2>&1 || exit 1
openssl x509 -req -in tls/next.csr -CA tls/ca/intermediate.crt -CAkey tls/ca/intermediate.key \
	-days "$days" -copy_extensions copyall -out tls/leaf.crt 2>&1 || exit 1
serial=$(serial_of tls/leaf.crt)
mv tls/keys/next.key "tls/keys/$serial.key" || exit 1
# What a proxy serves is the certificate and everything between it and the root.
cat tls/leaf.crt tls/ca/intermediate.crt | put tls/next.crt || exit 1
rm -f tls/leaf.crt tls/next.csr

if test -n "$first"; then
	mv tls/next.crt tls/edge.crt || exit 1
	printf 'listen 127.0.0.1:0\ncertificate tls/edge.crt\nkey tls/keys/%s.key\n' "$serial" |
		put proxy.conf || exit 1
fi
output "serial=$serial"
