#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A serial console: vt220 at 9600 baud, no size known, ASCII. Nothing is sent that such a terminal
# does not know, the screen is 80x24, there is no clock, and nothing at all is sent while nothing
# happens.
. "$(dirname "$0")/lib.sh"

printf 'name: tiny\nnodes: [{id: only, run: "true"}]\n' >tiny.yaml
expect 0 hlp run tiny.yaml --yes

# Nothing more was sent within a second.
still_the_same() {
	size=$(wc -c <sent)
	sleep 1.2
	test "$(wc -c <sent)" = "$size"
}

terminal
type_in 'stty 9600; TERM=vt220 LC_ALL=C script -qfc "stty 9600 rows 0 columns 0; hlp-console tiny" sent >/dev/null'
wait_for 15 grep -qa COMPLETED sent
wait_for 10 still_the_same
grep -qa '?2026' sent && fail "a synchronized frame was sent"
grep -qaE '[0-9]{2}:[0-9]{2}:[0-9]{2}Z' sent && fail "there is a clock"
LC_ALL=C grep -qa "$(printf '[\200-\377]')" sent && fail "there is more than ASCII"
keys q
wait_for 10 grep -qa 'come back: hlp-console tiny' sent
