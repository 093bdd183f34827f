#!/bin/sh
# SPDX-License-Identifier: MIT
#
# While a run is followed the window bears its name; when a person begins to be wanted the bell
# rings, once, and the name says so. Afterwards the window has the name that it had. Without colour,
# on a dumb terminal and with --plain there is none of it.
. "$(dirname "$0")/lib.sh"

cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: first, run: "until test -e first.flag; do sleep 0.1; done"}
  - {id: second, needs: [first], run: "true"}
END
title_is() {
	test "$(term display-message -p '#{pane_title}')" = "$1"
}
has_rung() {
	test "$(term display-message -p '#{window_bell_flag}')" = 1
}

terminal
term select-pane -T 'as it was'
for how in 'NO_COLOR=1 hlp attach slow' 'TERM=dumb hlp attach slow' 'hlp attach slow --plain'; do
	rm -f first.flag
	expect 0 hlp run slow.yaml --detach
	expect 0 hlp hold slow/second
	type_in "clear; $how; echo \"ended \$?\""
	shows 'first  running'
	touch first.flag
	shows 'second  held'
	title_is 'as it was' || fail "it named the window: $how"
	expect 0 hlp release slow/second
	shows '^ended 0'
done
has_rung && fail "the bell rang"

rm -f first.flag
expect 0 hlp run slow.yaml --detach
expect 0 hlp hold slow/second
type_in 'clear; hlp attach slow; echo "ended $?"'
wait_for 15 title_is 'slow#4 running 0/2'
has_rung && fail "the bell rang before anybody was wanted"
touch first.flag
wait_for 15 title_is 'YOU: slow#4 held 1/2'
wait_for 15 has_rung
expect 0 hlp release slow/second
shows '^ended 0'
wait_for 15 title_is 'as it was'
