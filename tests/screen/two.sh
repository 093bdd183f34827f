#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Two consoles on one execution: each names the other, and whether it is armed; an act in one is in the
# other, with who did it; when one leaves, the other is told.
. "$(dirname "$0")/lib.sh"

cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: first, run: "until test -e flag; do sleep 0.1; done"}
  - {id: second, needs: [first], run: "true"}
END
expect 0 hlp run slow.yaml --detach --yes

# The other console has a terminal of its own.
other() {
	tmux -L "$(basename "$work")-bo" "$@"
}
end_other() {
	status=$?
	other kill-server 2>/dev/null
	(exit "$status")
	end_terminal
}
trap end_other EXIT

terminal
type_in 'HLP_ACTOR=ana hlp-console slow; echo back'
shows '► R first +running'
other -f "$work/tmux.conf" new-session -d -s bo -x 80 -y 24 \
	"env HLP_HOME='$HLP_HOME' HLP_ACTOR=bo HLP_REASON=INC-7 hlp-console slow" || fail "no second terminal"
shows 'also here: bo'
other send-keys -t bo W
until other capture-pane -p -t bo | grep -q 'reason: INC-7'; do sleep 0.1; done
pause_for_dialog
other send-keys -t bo Enter
shows 'also here: bo ARMED'
other send-keys -t bo / second Enter H
shows '[0-9:]+Z bo: hold second'
shows '○ P second +will be held'
other send-keys -t bo q
hides 'also here'
touch flag
shows '‖ H second +held'
keys q
shows '^back$'
