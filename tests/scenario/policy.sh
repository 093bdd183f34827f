#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# What failures lead to with nobody there: each kind to its action, by a rule that the journal
# names; never anything by itself where the workflow says nothing; and what cannot be as it is asks.
. "$(dirname "$0")/lib.sh"

# deploy NAME RULES CHECK [TIMEOUT]: a switch of live.txt from old to new, and a check after it.
deploy() {
	echo old >live.txt
	cat >"$1.yaml" <<END
name: $1
phases: [switch, verify]
$2
nodes:
  - {id: swap, phase: switch, run: "echo new > live.txt", artifacts: [live.txt]}
  - {id: check, phase: verify, run: "$3", timeout: ${4:-60s}, stop: {grace: 100ms}}
END
}

live_is() {
	test "$(cat live.txt)" = "$1" || fail "live.txt is '$(cat live.txt)', not '$1'"
}

umount_small() {
	umount "$work/files/small"
}

# decided NAME RULE: the journal names the rule, once.
decided() {
	expect 0 hlp events "$1"
	says " policy check: $2\$"
	test "$(grep -c ' policy check' "$out")" -eq 1 || fail "the rule of $1 decided more than once"
}

# ---- nothing by itself
deploy plain 'on_failure: drain' 'exit 3'
expect 1 hlp run plain.yaml --yes
live_is new
expect 0 hlp events plain
grep -q policy "$out" && fail "a workflow without a rule was decided about"

# ---- validation
deploy valid 'triggers: {validation-failure: {phase: switch}}' 'exit 3'
expect 1 hlp run valid.yaml --yes
says 'rolled back by rule triggers: validation-failure → rollback of phase switch'
live_is old
decided valid 'triggers: validation-failure → rollback of phase switch'
says ' act rollback policy'
status_is valid PAUSED
is reason rolled_back
is policy 'triggers: validation-failure → rollback of phase switch, after check: exit 3'
expect 0 hlp report valid
says "the workflow's rule decided"

# ---- of on_failure alone: its own phase, where nothing was changed
deploy alone 'on_failure: rollback' 'exit 3'
expect 1 hlp run alone.yaml --yes
live_is new
decided alone 'on_failure: validation-failure → rollback of phase verify'

# ---- a timeout
deploy late 'triggers: {timeout: {level: all}, validation-failure: drain}' 'sleep 60' 300ms
expect 1 hlp run late.yaml --yes
live_is old
decided late 'triggers: timeout → rollback of all'

# ---- exhaustion: tried again, then taken back
deploy full 'triggers: {resource-exhaustion: {retry: {limit: 2, interval: 10ms}, phase: switch, exit_codes: [75]}}' 'exit 75'
expect 1 hlp run full.yaml --yes
live_is old
decided full 'triggers: resource-exhaustion → rollback of phase switch'
test "$(grep -c ' backoff check' "$out")" -eq 2 || fail "it was not rescheduled twice"

# ---- exhaustion that is seen: a file over its limit, no room, no memory
deploy big 'triggers: {resource-exhaustion: {action: rollback, phase: switch}}' 'ulimit -f 1; head -c 100000 /dev/zero > big.out'
expect 1 hlp run big.yaml --yes
live_is old
decided big 'triggers: resource-exhaustion → rollback of phase switch'
expect 0 hlp events big
says 'failed check FAILED resource: exit 153: a file reached the limit of its size'
deploy lean 'triggers: {resource-exhaustion: {action: rollback, phase: switch}}' "sh -c 'echo x: Cannot allocate memory >&2; exit 2'"
expect 1 hlp run lean.yaml --yes
live_is old
status_is lean PAUSED
decided lean 'triggers: resource-exhaustion → rollback of phase switch'
mkdir small
if mount -t tmpfs -o size=64k none small 2>/dev/null; then
	at_end=umount_small
	deploy room 'triggers: {resource-exhaustion: {action: rollback, phase: switch}}' 'head -c 1000000 /dev/zero > small/file'
	expect 1 hlp run room.yaml --yes
	live_is old
	decided room 'triggers: resource-exhaustion → rollback of phase switch'
	says 'No space left on device'
fi

# ---- a violation stops everything, and nothing runs again before somebody allows it
deploy safe 'triggers: {security-violation: {exit_codes: [40]}}' 'exit 40'
expect 1 hlp run safe.yaml --yes
says 'hlp approve safe#1/check'
live_is old
decided safe 'triggers: security-violation → rollback of all'
expect 1 hlp retry safe --yes
complains 'hlp approve safe#1/check'
expect 0 hlp approve safe/check --yes
status_is safe PAUSED
expect 0 hlp retry safe --yes --reason "it was a false alarm"
expect 0 hlp cancel safe --yes
expect 1 hlp wait safe --for ended

# ---- a file that a run has to leave, and how large it may be
deploy_file() {
	echo old >live.txt
	cat >"$1.yaml" <<END
name: $1
phases: [switch]
triggers: {validation-failure: {phase: switch}}
nodes:
  - {id: check, phase: switch, run: "$3", artifacts: [{path: live.txt, $2}]}
END
}
deploy_file gone 'required: true' 'rm live.txt'
expect 1 hlp run gone.yaml --yes
live_is old
decided gone 'triggers: validation-failure → rollback of phase switch'
expect 0 hlp events gone
says 'failed check FAILED check: live.txt is required, and there is no such file'
deploy_file huge 'max_size: 2kB' 'head -c 2001 /dev/zero > live.txt'
expect 1 hlp run huge.yaml --yes
live_is old
decided huge 'triggers: validation-failure → rollback of phase switch'
expect 0 hlp events huge
says 'failed check FAILED check: live.txt has 2001 bytes; its max_size is 2000'
expect 0 hlp artifacts huge
says 'not kept'
blob=$(head -c 2001 /dev/zero | git hash-object --stdin)
git --git-dir="$HLP_HOME/content.git" cat-file -e "$blob" 2>/dev/null && fail "the large file is in Git"
deploy_file fits 'required: true, max_size: 2kB' 'head -c 2000 /dev/zero > live.txt'
expect 0 hlp run fits.yaml --yes
blob=$(head -c 2000 /dev/zero | git hash-object --stdin)
git --git-dir="$HLP_HOME/content.git" cat-file -e "$blob" || fail "the file that fits is not in Git"

# A person's word is not measured; what was not kept is told in a checkpoint, and not restored.
cat >word.yaml <<'END'
name: word
phases: [switch]
nodes:
  - {id: flip, phase: switch, manual: Flip it., artifacts: [{path: live.txt, max_size: 2kB}]}
END
echo old >live.txt
recorded() {
	git --git-dir="$HLP_HOME/content.git" show 'refs/hlp/checkpoints/word#1/switch:state' >"$out" 2>/dev/null
}
expect 4 hlp run word.yaml --yes
head -c 2001 /dev/zero >live.txt
expect 0 hlp done word/flip --yes
expect 0 hlp wait word --for ended
wait_for 10 recorded
says '^unkept flip r[0-9]+ 2001 live.txt$'
expect 1 hlp diff word live.txt
complains "no contents were kept"
expect 0 hlp rollback word --all --yes
live_is old

# Tried again, it stays out of Git and never becomes current; what was there first still comes back.
echo old >live.txt
cat >again.yaml <<'END'
name: again
nodes:
  - id: write
    run: test ! -e once || exit 3; touch once; head -c 2001 /dev/zero >live.txt
    artifacts: [{path: live.txt, max_size: 2kB}]
END
expect 1 hlp run again.yaml --yes
expect 0 hlp retry again --yes
expect 1 hlp wait again --for ended
expect 0 hlp artifacts again
test "$(grep -c 'not kept' "$out")" -eq 3 || fail "not every revision of it is told as not kept"
grep -q 'not kept.*current' "$out" && fail "a file that was refused is current"
says ' before .*current'
blob=$(head -c 2001 /dev/zero | git hash-object --stdin)
git --git-dir="$HLP_HOME/content.git" cat-file -e "$blob" 2>/dev/null && fail "the large file is in Git"
expect 0 hlp rollback again --all --yes
live_is old

# ---- what a person changed is never overwritten: it asks, and does what it is told
deploy edited 'triggers: {validation-failure: {phase: switch}}' 'echo mine > live.txt; exit 3'
expect 4 hlp run edited.yaml --yes
says 'hlp answer edited#1/check leave'
live_is mine
expect 0 hlp answer edited/check leave --yes
status_is edited FAILED
live_is mine
expect 0 hlp events edited
says 'policy_left check'
expect 0 hlp retry edited --yes
expect 4 hlp wait edited --for ended
echo new >live.txt
expect 0 hlp answer edited/check undo --yes
expect 1 hlp wait edited --for ended
live_is old

# ---- an engine that rolls nothing back says so
expect 0 hlp engine stop
expect 0 hlp engine check
git --git-dir="$HLP_HOME/content.git" log 'refs/hlp/artifacts/again#1/write/live.txt' >"$out"
says 'after run 1 of write, which failed, again#1$'
says 'The file was larger than its max_size: it is not kept.$'
deploy off 'triggers: {validation-failure: {phase: switch}}' 'exit 3'
PARTIAL_ROLLBACK_ENABLED=false expect 1 hlp run off.yaml --yes
says 'not done: rollbacks are turned off'
live_is new
status_is off FAILED
