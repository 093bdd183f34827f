#!/bin/sh
# SPDX-License-Identifier: MIT
#
# swap.sh BREAK   puts the new certificate and its key in place and lets the proxy read them
# swap.sh --back  puts the former ones back
. "$(dirname "$0")/common.sh"

if test "$1" = --back; then
	if ! test -s tls/previous/edge.crt; then
		echo "nothing was swapped yet"
		exit 0
	fi
	put tls/edge.crt <tls/previous/edge.crt || exit 1
	put proxy.conf <tls/previous/proxy.conf || exit 1
	./proxy.sh reload
	exit
fi

serial=$(serial_of tls/next.crt)
if test "$serial" != "$(serial_of tls/edge.crt)"; then
	mkdir -p tls/previous.new
	cp -p tls/edge.crt proxy.conf tls/previous.new || exit 1
	rm -rf tls/previous
	mv tls/previous.new tls/previous || exit 1
fi

if test "$1" = true; then
	openssl x509 -in tls/next.crt | put tls/edge.crt || exit 1 # the first of the bundle only
else
	put tls/edge.crt <tls/next.crt || exit 1
fi
printf 'listen 127.0.0.1:0\ncertificate tls/edge.crt\nkey tls/keys/%s.key\n' "$serial" |
	put proxy.conf || exit 1
./proxy.sh reload
