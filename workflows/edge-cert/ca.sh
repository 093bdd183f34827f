#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A root and an intermediate authority, made once.
. "$(dirname "$0")/common.sh"

new_key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

if ! test -s tls/ca/root.crt; then
	echo "making the root authority"
	# shellcheck disable=SC2086 # a list of options
	openssl req -x509 $new_key -keyout tls/ca/root.key -out tls/ca/root.crt.new -days 3650 \
		-subj "/O=edge-cert runbook/CN=Runbook Root" \
		-addext "basicConstraints=critical,CA:TRUE" \
		-addext "keyUsage=critical,keyCertSign,cRLSign" 2>&1 || exit 1
	mv tls/ca/root.crt.new tls/ca/root.crt
fi
if ! test -s tls/ca/intermediate.crt; then
	echo "making the intermediate authority"
	# shellcheck disable=SC2086 # a list of options
	openssl req -new $new_key -keyout tls/ca/intermediate.key -out tls/ca/intermediate.csr \
		-subj "/O=edge-cert runbook/CN=Runbook Intermediate" \
		-addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
		-addext "keyUsage=critical,keyCertSign,cRLSign" 2>&1 &&
		openssl x509 -req -in tls/ca/intermediate.csr -CA tls/ca/root.crt \
			-CAkey tls/ca/root.key -days 1825 -copy_extensions copyall \
			-out tls/ca/intermediate.crt.new 2>&1 || exit 1
	mv tls/ca/intermediate.crt.new tls/ca/intermediate.crt
fi
echo "authority: $(openssl x509 -noout -subject -enddate -in tls/ca/intermediate.crt | paste -sd ' ' -)"
