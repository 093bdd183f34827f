#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
# An execution that kills the engine three times in a row while it is taken up is set aside, with
# its cause, for everybody to see; the rest run. A kill from outside never counts. With an engine
# that can bear it, it is released and goes on: its attempt was never lost.
. "$(dirname "$0")/../scenario/lib.sh"

# Sanitizers leave the deaths that are meant to happen here alone.
fatal=handle_segv=0:handle_abort=0:handle_sigbus=0
ASAN_OPTIONS=${ASAN_OPTIONS-}:$fatal
TSAN_OPTIONS=${TSAN_OPTIONS-}:$fatal
UBSAN_OPTIONS=${UBSAN_OPTIONS-}:$fatal
export ASAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS

# The programs of this instance: the real ones, but for an hlpd that a note can kill.
mkdir "$work/bin" || exit 1
cp "$HLP_BUILD/hlp" "$HLP_BUILD/hlp-launcher" "$HLP_BUILD/tests/crash/brittle/hlpd" "$work/bin/" ||
	exit 1
real=$PATH
PATH=$work/bin:$PATH

cat >bad.yaml <<'YAML'
name: bad
nodes:
  - id: first
    run: while test ! -e go; do sleep 0.05; done; echo once >>bad.lines
  - id: second
    needs: [first]
    run: echo done >>bad.lines
YAML
sed 's/^name: bad/name: good/; s/bad.lines/good.lines/' bad.yaml >good.yaml

# Kills the engine from outside and waits for the next one to answer.
row_is() {
	hlp list -o json | grep -c "\"quarantined\": *$1" | grep -qx "$2"
}

expect 0 hlp run bad.yaml --detach
expect 0 hlp run good.yaml --detach
wait_for 20 node_is bad first RUNNING
wait_for 20 node_is good first RUNNING

# Killed from outside as often as you like: nothing is anybody's fault.
for time in 1 2 3 4; do
	kill_engine
	wait_for 20 node_is bad first RUNNING
done
row_is true 0 || fail "kills from outside count"

# A fault of each kind is one death; three in a row are enough, and the fourth engine lives.
expect 0 hlp note bad "brittle: SEGV"
kill_engine
wait_for 30 node_is good first RUNNING
expect 0 hlp status bad -o json
is quarantined true
is quarantine "the engine died 3 times in a row while working on it (Segmentation fault)"
expect 0 hlp status bad
says 'quarantined'
says 'read-only: the engine died 3 times'
says 'hlp engine release bad#1'
expect 0 hlp list
says 'bad#1 +quarantined'
expect 0 hlp events bad
says 'quarantined'

# Read-only, with the reason and the way out.
for act in pause cancel retry "skip" ; do
	target=bad
	test "$act" = skip && target=bad/second
	expect 1 hlp "$act" "$target" --yes
	complains 'bad#1 is quarantined, read-only: the engine died 3 times'
	complains 'hlp engine release bad#1'
done
expect 1 hlp rollback bad --node first --plan
complains 'quarantined'
expect 1 hlp engine release good --yes
complains 'good#1 is not quarantined'

# It stays so over restarts, and the rest run.
kill_engine
wait_for 20 node_is good first RUNNING
expect 0 hlp status bad -o json
is quarantined true
touch go
wait_for 30 execution_is good COMPLETED
test "$(cat good.lines)" = "once
done" || fail "good did not run once: $(cat good.lines)"

# An engine that can bear it takes it up again: the attempt's exit was kept for it.
expect 0 hlp engine stop
PATH=$real
expect 0 hlp engine start
expect 0 hlp status bad -o json
is quarantined true
expect 1 hlp engine release bad
complains '--yes'
expect 0 hlp engine release bad --yes
wait_for 30 execution_is bad COMPLETED
expect 0 hlp status bad -o json
is quarantined false
is quarantine null
is nodes.first.attempt 1
test "$(cat bad.lines)" = "once
done" || fail "bad did not run once: $(cat bad.lines)"
expect 0 hlp events bad
says 'quarantine_lifted'
expect 0 hlp engine stop
expect 0 hlp engine check
says 'no problem found'

# An execution whose events cannot be read is set aside at once; its release says why it cannot be.
expect 0 hlp engine start
rm -f go bad.lines
expect 0 hlp run bad.yaml --detach
wait_for 20 node_is bad first RUNNING
expect 0 hlp pause bad
launcher=$(pid_of hlp-launcher) || fail "no launcher"
engine=$(pid_of hlpd) || fail "no engine"
kill -9 "$launcher" "$engine"
wait_for 20 gone "$engine"
"$ROOT/build/tests/crash/damage" "$HLP_HOME/state.db" bad || fail "cannot damage the journal"
touch go
expect 0 hlp engine start
expect 0 hlp status bad -o json
is quarantined true
expect 0 hlp status bad
says 'read-only: it cannot be taken up: '
expect 1 hlp cancel bad --yes
complains 'bad#2 is quarantined'
expect 1 hlp engine release bad --yes
expect 0 hlp status bad -o json
is quarantined true
expect 0 hlp run good.yaml
