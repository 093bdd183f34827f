#!/bin/sh
# SPDX-License-Identifier: MIT
#
# proxy.sh start | reload | stop | port: a small TLS server in the place of an edge proxy, on a
# free port of 127.0.0.1. It outlives the step that starts it, as a proxy does: a session of its
# own, a pid file, and an end after an hour should nobody stop it.
. "$(dirname "$0")/common.sh"

running() {
	test -s proxy.pid || return 1
	read -r pid started <proxy.pid
	# The start time tells our process from a later one with its pid.
	test -n "$started" && test "$(start_time "$pid")" = "$started"
}

start_time() {
	sed -n 's/^.*) //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

wait_until() {
	tries=50
	until "$@"; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || return 1
		sleep 0.1
	done
}

stopped() {
	! running
}

stop() {
	running || return 0
	kill "$pid" 2>/dev/null
	wait_until stopped || { kill -9 "$pid" 2>/dev/null; wait_until stopped; }
	rm -f proxy.pid
}

# What `openssl s_server` says once it listens; the port stands there when the kernel chose it.
listening() {
	grep -q '^ACCEPT' proxy.log
}

# try ADDRESS: starts the server there and records who it is.
try() {
	: >proxy.log
	rm -f proxy.pid
	# Everything behind the first certificate of the bundle is sent along with it.
	awk '/BEGIN CERT/ { n++ } n > 1' "$(conf certificate)" >tls/chain.crt
	chain=
	test -s tls/chain.crt && chain="-cert_chain tls/chain.crt"
	# shellcheck disable=SC2086 # a list of options
	setsid -f sh -c 'echo $$ >proxy.pid; exec "$@" </dev/null >proxy.log 2>&1' proxy \
		timeout 3600 openssl s_server -www -accept "$1" -cert "$(conf certificate)" \
		-key "$(conf key)" $chain
	wait_until listening || return 1
	read -r pid <proxy.pid
	echo "$pid $(start_time "$pid")" >proxy.pid
	running
}

start() {
	running && return 0
	# The port it had, so that its clients find it again; another if somebody has taken it.
	port=$(cat proxy.port 2>/dev/null)
	if test -n "$port" && try "127.0.0.1:$port"; then
		return 0
	fi
	try 127.0.0.1:0 || { cat proxy.log; fail "the proxy did not start"; }
	sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' proxy.log >proxy.port
}

case $1 in
start)
	start
	echo "serving $(serial_of "$(conf certificate)") on 127.0.0.1:$(cat proxy.port)"
	output "port=$(cat proxy.port)"
	;;
reload)
	stop
	start
	echo "now serving $(serial_of "$(conf certificate)")"
	;;
stop) stop ;;
port) cat proxy.port ;;
*) fail "proxy.sh start | reload | stop | port" ;;
esac
