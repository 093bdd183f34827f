#!/bin/sh
# SPDX-License-Identifier: MIT
#
# hlp engine stop of an engine whose launcher has just been killed: such an engine starts another
# pair as its last act, so the stop may meet the one or the other. When it returns with success
# nothing of the instance is left, and nothing comes back.
. "$(dirname "$0")/../scenario/lib.sh"

# The pair that is there, started if there is none.
meet() {
	expect 0 hlp engine start -o json
	launcher=$("$json" get launcher_pid <"$out")
	engine=$("$json" get pid <"$out")
}

# Anything of this home but clients.
left() {
	for pid in $(home_pids); do
		read -r name 2>/dev/null <"/proc/$pid/comm" || continue
		case $name in hlpd | hlp-launcher) return 0 ;; esac
	done
	return 1
}

round=0
while test "$round" -lt 4; do
	round=$((round + 1))
	meet
	# Both words are there when it looks: that its launcher is gone, and that it is to stop.
	kill -STOP "$engine"
	kill -9 "$launcher"
	wait_for 10 gone "$launcher"
	hlp engine stop --yes >"$out" 2>"$err" </dev/null &
	stop=$!
	test "$((round % 2))" -eq 0 || sleep 0.05
	kill -CONT "$engine"
	wait "$stop" || fail "round $round: the stop ended with $?"
	says '^stopped'
	left && fail "round $round: it said that it stopped, but the instance is there"
	expect 0 hlp engine check
done

# A run that is under way: its node's end is seen by the pair that comes next, which the stop meets.
cat >long.yaml <<'END'
name: long
nodes:
  - {id: wait, run: "touch began; exec sleep 60", on_lost: fail}
END
expect 0 hlp run long.yaml --detach --yes
wait_for 20 test -e began
meet
kill -STOP "$engine"
kill -9 "$launcher"
wait_for 10 gone "$launcher"
hlp engine stop --all --yes >"$out" 2>"$err" </dev/null &
stop=$!
sleep 0.05
kill -CONT "$engine"
wait "$stop" || fail "the stop of all ended with $?"
left && fail "it said that it stopped, but the instance is there"
expect 0 hlp engine check

# A launcher whose engine cannot start is stopped too.
rm -f "$HLP_HOME"/state.db*
echo "this is no journal" >"$HLP_HOME/state.db"
expect 3 hlp engine start
pid_of hlp-launcher >"$work/launcher" || fail "no launcher waits"
expect 0 hlp engine stop --yes
says '^stopped$'
left && fail "the launcher was left"
expect 0 hlp engine stop --yes
says '^no engine runs$'
