#!/bin/sh
# SPDX-License-Identifier: MIT
#
# service.sh start NAME | reload [NAME] | stop NAME: the service of that folder ("live" when not
# said). It outlives the step that starts it: a session of its own and a pid file.
. "$(dirname "$0")/common.sh"

name=${2:-live}

has_port() {
	test -s "$name/port"
}

has_loaded() {
	test -e "$name/loaded"
}

ended() {
	! running "$name"
}

case $1 in
start)
	running "$name" && exit 0
	rm -f "$name/port"
	setsid -f perl ./service.pl "$name" </dev/null >"$name/log" 2>&1
	wait_until has_port || { cat "$name/log"; fail "the $name service did not start"; }
	running "$name" || fail "the $name service ended at once"
	echo "$name serves release $(ask "$name" /version) on 127.0.0.1:$(port_of "$name")"
	;;
reload)
	running "$name" || exec ./service.sh start "$name"
	rm -f "$name/loaded"
	kill -HUP "$pid"
	wait_until has_loaded || fail "the $name service did not read its configuration again"
	echo "$name now serves release $(ask "$name" /version)"
	;;
stop)
	running "$name" || exit 0
	kill "$pid"
	wait_until ended || kill -9 "$pid"
	rm -f "$name/pid" "$name/port"
	;;
*) fail "service.sh start NAME | reload [NAME] | stop NAME" ;;
esac
