#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes the pictures in README.md again, from a real run: the bundled runbook once as it should
# be, then with its mistake, in a terminal of 80x24 (tmux) and a home of its own. A picture NAME
# is the block of text after the line "<!-- screen NAME -->". The console is recorded meanwhile; the
# recording is played, and docs/screens/NAME.svg made of it, with its colours. Needs `make`, tmux, perl
# and openssl.

root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/hlp-screens.XXXXXX") || exit 1
PATH=${HLP_BUILD:-$root/build}:$PATH
HLP_HOME=$work/home HLP_ACTOR=ana HLP_REASON='the new certificate is refused'
TZ=UTC LC_ALL=C.UTF-8
export PATH HLP_HOME HLP_ACTOR HLP_REASON TZ LC_ALL

in_terminal() {
	tmux -L "$(basename "$work")" "$@"
}

cleanup() {
	in_terminal kill-server 2>/dev/null
	test -x "$work/edge-cert/stop-proxy.sh" && "$work/edge-cert/stop-proxy.sh" >/dev/null
	hlp engine stop --all --yes >/dev/null 2>&1
	rm -rf "$work"
}
trap cleanup EXIT

# shows TEXT: waits until the screen holds it.
shows() {
	tries=100
	until in_terminal capture-pane -p | grep -qF -- "$1"; do
		tries=$((tries - 1))
		if test "$tries" -eq 0; then
			echo "make-screens: '$1' did not come" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# picture NAME: the screen as it is goes into README.md.
picture() {
	in_terminal capture-pane -p >"$work/screen" || exit 1
	awk -v name="<!-- screen $1 -->" -v screen="$work/screen" '
		$0 == name { state = 1; print; next }
		state == 1 && /^```/ {
			print
			while ((getline line < screen) > 0) { sub(/ +$/, "", line); print line }
			state = 2
			next
		}
		state == 2 && !/^```$/ { next }
		{ state = state == 1; print }' \
		"$root/README.md" >"$work/readme" || exit 1
	cat "$work/readme" >"$root/README.md"
}

cp -r "$root/workflows/edge-cert" "$work" && cd "$work" || exit 1
hlp run edge-cert/edge-cert.yaml --yes >/dev/null || exit 1
hlp run edge-cert/edge-cert.yaml -p break=true --yes >/dev/null
in_terminal -f /dev/null new-session -d -x 80 -y 24 "hlp-console --record $work/s.cast edge-cert" \; \
	set -g status off \; set -g escape-time 0 || exit 1
shows 'FAILED'
shows 'served-chain'
sleep 2
picture failed
in_terminal send-keys / swap Enter U
shows 'reason:'
sleep 1 # a dialog takes no key at first
in_terminal send-keys Enter
shows 'type swap to carry it out'
sleep 2
picture plan
in_terminal send-keys Escape 3
shows 'critical path'
sleep 2
picture timeline
in_terminal send-keys q
tries=100
while in_terminal has-session 2>/dev/null && test "$tries" -gt 0; do
	tries=$((tries - 1))
	sleep 0.1
done

# vector NAME TEXT: the screen of the recording that shows TEXT.
vector() {
	shows "$2"
	sleep 0.3
	in_terminal capture-pane -epN >"$work/screen" || exit 1
	perl "$root/docs/screen-svg.pl" 80 24 <"$work/screen" >"$root/docs/screens/$1.svg" || exit 1
}
mkdir -p "$root/docs/screens"
in_terminal -f /dev/null new-session -d -x 80 -y 24 "hlp-console --replay $work/s.cast" \; \
	set -g status off || exit 1
vector failed 'served-chain   failed'
vector plan 'type swap to carry it out'
vector timeline 'critical path'
