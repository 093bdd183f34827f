# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by every screen test: a scenario (its own home and work folder) with a terminal, which
# is a tmux of its own on a socket of its own. A test starts a shell at 80x24, types, waits for
# what it expects to see, and compares whole screens with NAME.screen beside it. UPDATE=1 writes
# these files instead; look at what Git says has changed before committing.
. "$(dirname "$0")/../scenario/lib.sh"

screens=$ROOT/tests/screen
term() {
	tmux -L "$(basename "$work")" "$@"
}

end_terminal() {
	status=$?
	if test "$status" -ne 0 && test "$status" -ne 77; then
		echo "---- the screen"
		term capture-pane -p 2>/dev/null
	fi
	term kill-server 2>/dev/null
	(exit "$status")
	cleanup
}
trap end_terminal EXIT
command -v tmux >/dev/null || skip "tmux is missing"

# terminal [COLUMNS LINES]: a shell with the prompt "$ ".
terminal() {
	cat >"$work/tmux.conf" <<'END'
set -g default-terminal tmux-256color
set -g status off
set -g escape-time 0
set -g history-limit 0
END
	env -i PATH="$PATH" HOME="$work" TERM=tmux-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC \
		HLP_HOME="$HLP_HOME" HLP_ACTOR="$HLP_ACTOR" HLP_REASON="$HLP_REASON" \
		tmux -L "$(basename "$work")" -f "$work/tmux.conf" new-session -d \
		-x "${1:-80}" -y "${2:-24}" 'exec sh' || fail "no terminal"
	# A shell of root's has a prompt of its own.
	shows '^[#$]'
	type_in "PS1='$ '; clear"
	shows '^\$$'
}

# keys KEY…: as tmux names them (Enter, Escape, Up, F1, C-c), each in turn.
keys() {
	for key; do
		term send-keys "$key" || fail "the terminal is gone"
	done
}

# type_in TEXT: literally, followed by Enter.
type_in() {
	if ! term send-keys -l "$1" || ! term send-keys Enter; then
		fail "the terminal is gone"
	fi
}

seen() {
	term capture-pane -p 2>/dev/null | grep -qE -- "$1"
}

unseen() {
	! seen "$1"
}

# shows PATTERN [SECONDS]: waits until a line of the screen matches.
shows() {
	wait_for "${2:-15}" seen "$1"
}

hides() {
	wait_for "${2:-15}" unseen "$1"
}

# All lines, with what differs from run to run masked: clock times keep their width; durations
# take the blanks around them along, because their width varies; ids, serials and paths become
# words.
masked() {
	term capture-pane -p | sed -E \
		-e "s,$work,WORK,g" \
		-e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/YYYY-MM-DD/g' \
		-e 's/[0-2][0-9]:[0-5][0-9]:[0-5][0-9]/hh:mm:ss/g' \
		-e 's/[0-2][0-9]:[0-5][0-9]/hh:mm/g' \
		-e 's/[0-9A-F]{40}/SERIAL/g' \
		-e 's/\br[0-9]+\b/rN/g' \
		-e 's/[0-7][0-9a-hjkmnp-tv-z]{25}/ULID/g' \
		-e 's/ *([^0-9a-zA-Z.]|^)([0-9]+(ms|s|m[0-9]{2}s|h[0-9]{2}m))\b */\1~ /g' \
		-e 's/ +$//'
}

compare() {
	masked >"$work/screen"
	cmp -s "$work/screen" "$screens/$1.screen"
}

still() {
	masked >"$work/before"
	sleep 0.3
	masked >"$work/screen"
	cmp -s "$work/before" "$work/screen"
}

# screen NAME: the whole screen becomes that of NAME.screen, within ten seconds.
screen() {
	if test -n "${UPDATE-}"; then
		wait_for 10 still
		cp "$work/screen" "$screens/$1.screen"
		echo "wrote $1.screen"
		return 0
	fi
	test -e "$screens/$1.screen" || fail "there is no $1.screen; UPDATE=1 writes it"
	tries=100
	until compare "$1"; do
		tries=$((tries - 1))
		if test "$tries" -eq 0; then
			diff -u "$screens/$1.screen" "$work/screen"
			fail "the screen is not $1.screen"
		fi
		sleep 0.1
	done
}

# Keys typed within 300 ms of a dialog's opening are dropped, on purpose.
pause_for_dialog() {
	sleep 0.4
}
