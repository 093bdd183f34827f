#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From 20x5 to 200x60, in UTF-8 and in ASCII, with and without colour, and through a storm of resizes.
. "$(dirname "$0")/lib.sh"

cat >plan.yaml <<'END'
name: plan
phases: [prepare, switch, verify]
nodes:
  - {id: fetch, phase: prepare, run: "true"}
  - {id: check-a, phase: prepare, needs: [fetch], run: "true"}
  - {id: check-b, phase: prepare, needs: [fetch], run: "true"}
  - {id: swap, phase: switch, run: "echo no; exit 3", undo: "true"}
  - {id: verify, phase: verify, run: "true"}
END
expect 1 hlp run plan.yaml --yes

# Colours, as SGR parameters of the screen.
coloured() {
	term capture-pane -p -e | grep -q "$(printf '\033')\[[0-9;]*3[1-7]m"
}

terminal 200 60
type_in 'hlp-console plan; echo back'
shows 'plan#1 .*FAILED'
shows '\[✗F swap'
shows 'undo    true'
screen sizes-200x60
coloured || fail "there is no colour"
i=0
while test $i -lt 40; do
	term resize-window -x $((20 + i * 4)) -y $((5 + i))
	i=$((i + 1))
done
for size in 20x5 40x10 80x24 100x30 140x40; do
	term resize-window -x "${size%x*}" -y "${size#*x}"
	shows '✗ FAILED'
	tries=$((200 * ${HLP_SLOW:-1}))
	until test "$(term display-message -p '#{scroll_region_upper} #{scroll_region_lower}')" = \
		"0 $((${size#*x} - 1))"; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || fail "at $size only a part of the screen scrolls"
		sleep 0.05
	done
done
term resize-window -x 20 -y 5
keys 1
shows '>✗ F swap'
term resize-window -x 80 -y 24
screen sizes-80x24
keys q
shows '^back$'

type_in 'clear; NO_COLOR=1 hlp-console --ascii plan; echo back'
shows 'x FAILED'
keys 2
shows '\[xF swap'
screen sizes-ascii
coloured && fail "there is colour in spite of NO_COLOR"
keys q
shows '^back$'
term capture-pane -p | LC_ALL=C grep -q '[^ -~]' && fail "there is more than ASCII"
exit 0
