# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by the scripts of this runbook, from its folder. Private keys are made unreadable to
# others; results go to $HLP_OUTPUT when HLP runs the script, and to the terminal otherwise.

umask 077
cd "$(dirname "$0")" || exit 1
mkdir -p tls/ca tls/keys

fail() {
	echo "$*" >&2
	exit 1
}

output() {
	echo "$1" | tee -a "${HLP_OUTPUT:-/dev/null}"
}

serial_of() {
	openssl x509 -noout -serial -in "$1" | sed 's/^serial=//'
}

# The word after a name in proxy.conf.
conf() {
	sed -n "s/^$1 //p" proxy.conf
}

# A file that appears whole or not at all: what a reader of the old one has open stays as it is.
put() {
	cat >"$1.new" && mv -f "$1.new" "$1"
}
