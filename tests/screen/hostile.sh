#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Nearly 2,000 lines of output and a hundred names and texts that would take a terminal over (escape
# sequences, titles, links, the clipboard, other character sets, writing from right to left, broken
# UTF-8, \r), looked at in a terminal that obeys such: its cells show them escaped, every line whole,
# and its cursor, title, modes, margins and clipboard are what a harmless run leaves them.
. "$(dirname "$0")/lib.sh"

count=1900
perl "$ROOT/tests/screen/hostile.pl" "$count" || fail "nothing hostile was made"
printf 'name: good\nnodes: [{id: print, run: "echo harmless; exit 3"}]\n' >good.yaml
cat >files.sh <<'END'
#!/bin/sh
tr '\0' '\n' <names | while IFS= read -r name; do echo one >"f$name"; done
printf 'said=\033[2J\033]52;c;b3duZWQ=\007\033]0;owned\007\n' >>"$HLP_OUTPUT"
END
chmod +x files.sh
expect 1 hlp run good.yaml --yes
hostile=$(printf 'ana\033]0;owned\007\033[2J')
HLP_ACTOR=$hostile HLP_REASON="$(printf 'why\033]52;c;b3duZWQ=\007\r\033[?25l')" \
	hlp run bad.yaml --yes --detach >"$out" 2>"$err" || fail "bad.yaml does not run"
HLP_ACTOR=$hostile expect 0 hlp run ask.yaml --yes --detach
LC_ALL=C grep -q "$(printf '[\033\007\r]')" "$out" "$err" && fail "hlp run says what steers a terminal"
HLP_ACTOR=$hostile hlp note bad "$(printf 'note \033[5;10r\033(0\033[?1000h')" >/dev/null || fail "no note"

terminal 180 400
term set-option -g set-clipboard on
term set-buffer -b kept 'what was copied before'

# What sequences change that cells do not show.
state() {
	term display-message -p 'cursor #{cursor_flag} alternate #{alternate_on} title #{pane_title} \
keypad #{keypad_flag}#{keypad_cursor_flag} insert #{insert_flag} origin #{origin_flag} wrap #{wrap_flag} \
mouse #{mouse_any_flag}#{mouse_sgr_flag}#{mouse_utf8_flag} margins #{scroll_region_upper} \
#{scroll_region_lower} tabs #{pane_tabs}'
	term list-buffers -F '#{buffer_name} #{buffer_sample}'
}
unchanged() {
	state >state.now
	cmp -s state.good state.now
}
stays_unchanged() {
	unchanged || sleep 0.5 # the console may have been drawing
	unchanged && return 0
	diff state.good state.now
	fail "the terminal is not as it was: $1"
}

state >state.before
type_in 'hlp-console good; echo back'
shows 'good#1 .*FAILED'
keys l
shows '^ harmless$'
state >state.good
keys q
shows '^back$'

type_in 'clear; hlp-console bad; echo back'
shows 'bad#1 '
keys Escape
shows '✗ F print'
type_in /print
keys l
shows "^ $count:.*:$count\$"
stays_unchanged 'the end of the output'
: >seen
pages=0
keys g
shows '^ 1:.*:1$'
until grep -q " $count:.*:$count\$" seen; do
	term capture-pane -p >page
	cat page >>seen
	stays_unchanged "page $pages of the output"
	keys PageDown
	pages=$((pages + 1))
	test "$pages" -lt 40 || fail "the output has no end"
	turned() { term capture-pane -p >page.now; ! cmp -s page page.now; }
	grep -q " $count:.*:$count\$" seen || wait_for 5 turned
done
missing=$(awk -v count="$count" '
	match($0, /^ ?[0-9]+:/) { begun[$1 + 0] = 1 }
	match($0, /:[0-9]+ *$/) { ended[substr($0, RSTART + 1) + 0] = 1 }
	END { for (n = 1; n <= count; n++) if (!begun[n] || !ended[n]) { print n; exit } }' seen)
test -z "$missing" || fail "line $missing of the output is not seen whole"
for form in '\\e\[2J' '\\e\]52;c;b3duZWQ=\\a' '\\e\]8;;http' '\\e\]0;owned' '\\u\{202e\}' '\\xff' '\\x9b' '\\r' '\\0'; do
	grep -qE -- "$form" seen || fail "it is not shown escaped: $form"
done

for key in 1 3 5 7 6 8 1; do
	keys "$key"
	sleep 0.2
	stays_unchanged "view $key"
done
keys q
shows '^back$'
type_in 'clear; hlp-console ask; echo back'
shows 'A gate +approval'
keys Enter
stays_unchanged 'a gate'
keys A
shows 'reason: '
pause_for_dialog
keys Enter
shows 'gate asks'
stays_unchanged 'the question of a gate'
pause_for_dialog
keys Escape q
shows '^back$'
state >state.now
cmp state.before state.now || { diff state.before state.now; fail "something is left behind"; }
