#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Cleans up after the runbook: ends the proxy. With --all also forgets the authority, the
# certificates and the keys that the runbook made in this folder.
. "$(dirname "$0")/common.sh"

./proxy.sh stop
test "${1-}" = --all && rm -rf tls proxy.conf proxy.port proxy.log
exit 0
