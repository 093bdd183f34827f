#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The mouse, which is the terminal's unless it is asked for: a click selects, a click on what is
# selected opens it, the wheel scrolls; on leaving it is the terminal's again. And $PAGER: all of an
# output, or all of a view, and the console is back afterwards; interrupting the pager ends nothing else.
. "$(dirname "$0")/lib.sh"

cat >rows.yaml <<'END'
name: rows
nodes:
  - {id: first, run: "seq -f 'line %.0f' 1 5000"}
  - {id: second, needs: [first], run: "true"}
  - {id: third, needs: [second], run: "true"}
END
expect 0 hlp run rows.yaml --yes

mouse_is() {
	test "$(term display-message -p '#{mouse_any_flag}')" = "$1"
}

# mouse BUTTON COLUMN LINE, from 0, as a terminal sends it: 0 the left one, 3 let go, 64 and 65 the wheel.
mouse() {
	term send-keys -H 1b 5b 4d "$(printf %x $((32 + $1)))" "$(printf %x $((33 + $2)))" \
		"$(printf %x $((33 + $3)))" || fail "the terminal is gone"
}
click() {
	mouse 0 "$1" "$2"
	mouse 3 "$1" "$2"
}
# line_of PATTERN: of the screen, from 0.
line_of() {
	term capture-pane -p | grep -nE -- "$1" | sed 's/:.*//;q' | awk '{print $1 - 1}'
}

terminal
type_in 'hlp-console rows; echo back'
shows '>✓ C first'
wait_for 5 mouse_is 0
keys q
shows '^back$'

type_in 'clear; hlp-console --mouse rows; echo back'
shows '>✓ C first'
wait_for 5 mouse_is 1
click 10 5
shows '>✓ C third'
click 10 3
shows '>✓ C first'
click 10 3
shows 'output of attempt 1'
keys 2
shows '^ *\[✓C third'
click 5 "$(line_of 'C third')"
keys Enter
shows '^ third  ✓ C ok'
keys 1 g
shows '>✓ C first'
keys l
shows '^ line 5000$'
mouse 64 10 10
hides '^ line 5000$'
shows 'follow OFF'
mouse 65 10 10
shows '^ line 5000$'
keys z m
wait_for 5 mouse_is 0
keys z m
wait_for 5 mouse_is 1
keys q
shows '^back$'
wait_for 5 mouse_is 0

cat >pager.sh <<'END'
#!/bin/sh
number=1
test ! -e paged.1 || number=2
cat >"paged.$number"
echo "pager $number has it"
trap 'echo interrupted' INT
until read -r line </dev/tty; do :; done # again when interrupted
END
chmod +x pager.sh
type_in "clear; PAGER=$PWD/pager.sh hlp-console rows; echo back"
shows '>✓ C first'
keys l
shows '^ line 5000$'
keys '|'
shows 'pager 1 has it'
test "$(term display-message -p '#{alternate_on}')" = 0 || fail "the pager has not the terminal"
test "$(grep -c '^line' paged.1)" = 5000 || fail "the pager has not all of the output"
keys C-c
shows interrupted
keys Enter
shows '^ line 5000$'
keys 1 '|'
shows 'pager 2 has it'
grep -q '✓ C third' paged.2 || fail "the pager has not the view"
keys Enter
shows '>✓ C first'
keys q
shows '^back$'
