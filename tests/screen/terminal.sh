#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The terminal comes back as it was after every way out: q, Ctrl-C twice, TERM, HUP, SEGV, ABRT, and
# while the console is suspended, by its key or by a signal.
. "$(dirname "$0")/lib.sh"

printf 'name: tiny\nnodes: [{id: only, run: "true"}]\n' >tiny.yaml
expect 0 hlp run tiny.yaml --yes

# The console of this terminal.
console_pid() {
	for pid in $(home_pids); do
		read -r name 2>/dev/null <"/proc/$pid/comm" || continue
		test "$name" = hlp-console && echo "$pid" && return 0
	done
	return 1
}

as_before() {
	shows '^back$'
	wait_for 5 test -s after.tty
	cmp before.tty after.tty || fail "after $1 the terminal's settings are not as they were"
	test "$(term display-message -p '#{alternate_on}#{cursor_flag}')" = 01 ||
		fail "after $1 the screen or the cursor is not as it was"
	type_in clear
	shows '^\$$'
}

open_console() {
	rm -f after.tty
	type_in 'clear; stty -a >before.tty; hlp-console tiny; stty -a >after.tty; echo back'
	shows 'tiny#1 .*COMPLETED'
}

terminal
open_console
keys q
as_before q
open_console
keys C-c
shows 'Ctrl-C once more leaves the console'
keys C-c
as_before Ctrl-C
for signal in TERM HUP SEGV ABRT; do
	open_console
	kill -s "$signal" "$(console_pid)"
	as_before "$signal"
done

type_in 'set -m; stty -a >before.tty; hlp-console tiny'
shows 'tiny#1 .*COMPLETED'
keys C-z
shows 'Stopped'
type_in 'stty -a >after.tty; echo back'
as_before Ctrl-Z
type_in fg
shows 'tiny#1 .*COMPLETED'
keys q
shows 'come back: hlp-console tiny#1'

# Stopped from elsewhere it gives the terminal back too; stopped without being asked it takes the
# terminal again from whoever had it meanwhile.
type_in 'rm -f after.tty; clear; stty -a >before.tty; hlp-console tiny'
shows 'tiny#1 .*COMPLETED'
kill -s TSTP "$(console_pid)"
shows 'Stopped'
type_in 'stty -a >after.tty; echo back'
as_before TSTP
type_in fg
shows 'tiny#1 .*COMPLETED'
kill -s STOP "$(console_pid)"
shows 'Stopped'
term send-keys -l 'stty sane; clear; fg' # to a shell whose terminal was left raw
keys C-j
hides 'Stopped'
shows 'tiny#1 .*COMPLETED'
keys q
shows 'come back: hlp-console tiny#1'

# A terminal that goes without a word (no HUP reaches another session): the console ends by itself.
type_in 'setsid hlp-console tiny'
shows 'tiny#1 .*COMPLETED'
pid=$(console_pid)
term kill-server
wait_for 10 gone "$pid"
