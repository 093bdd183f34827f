#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Checks of artifacts by commands: what does not pass fails a node that must have the file, by the
# rule that the journal names, and is reported of one that need not; a check is an attempt with an
# output of its own, made once though the engine dies, and once more when nobody saw its end.
. "$(dirname "$0")/lib.sh"

# deploy NAME ARTIFACT REST: writes live.txt, checked by what ARTIFACT says; then a node that needs it.
deploy() {
	echo old >live.txt
	cat >"$1.yaml" <<END
name: $1
phases: [write, use]
$3
nodes:
  - {id: write, phase: write, run: "echo ran >> runs.$1; echo new > live.txt", artifacts: [{path: live.txt, $2}]}
  - {id: use, phase: use, needs: [write], run: "cat live.txt > used.$1"}
END
}

looks() {
	test -s "looks.$1"
}

# ---- it passes
deploy good 'required: true, check: grep -q new live.txt' ''
expect 0 hlp run good.yaml --yes
test "$(cat used.good)" = new || fail "the node after it did not see the file"
status_is good COMPLETED
is nodes.write.reason ok
expect 0 hlp events good
says 'exited write check 1.*check of .live.txt.: passed'

# ---- it does not, and the file is required: taken back by rule, with nobody there
deploy bad 'required: true, check: "echo looked at live.txt; grep -q newer live.txt"' 'on_failure: rollback'
expect 1 hlp run bad.yaml --yes
test "$(cat live.txt)" = old || fail "what did not pass is still there"
test ! -e used.bad || fail "a node ran after a check that failed"
status_is bad PAUSED
is reason rolled_back
is policy "on_failure: validation-failure → rollback of phase write, after write: check of 'live.txt': exit 1"
expect 0 hlp events bad
says 'policy write: on_failure: validation-failure → rollback of phase write'
expect 0 hlp logs bad/write --kind check
says 'looked at live.txt'
expect 0 hlp report bad
says "check of .*live.txt.*: exit 1"
says 'looked at live.txt'

# ---- without a rule: FAILED, its answer shows what the check printed
deploy stays 'required: true, check: "echo it is wrong; exit 4"' ''
expect 1 hlp run stays.yaml --yes
says 'it is wrong'
says 'hlp logs stays#1/write --kind check'
status_is stays FAILED
is nodes.write.reason check
is nodes.use.state PENDING
test "$(cat live.txt)" = new || fail "a file was taken back, and nobody said so"
expect 0 hlp artifacts stays
says 'failed'

# ---- not required: reported, and it goes on
deploy lenient 'check: "exit 5"' ''
expect 0 hlp run lenient.yaml --yes
says "^  ≈ write  failure ignored: check of 'live.txt': exit 5"
status_is lenient COMPLETED
is nodes.write.reason tolerated
test "$(cat used.lenient)" = new || fail "the run did not go on"
expect 0 hlp report lenient
says 'failure ignored: write'

# ---- the node's timeout bounds it
cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: write, run: echo new > slow.txt, timeout: 3s, stop: {grace: 100ms}, artifacts: [{path: slow.txt, required: true, check: sleep 60}]}
END
expect 1 hlp run slow.yaml --yes
says "check of 'slow.txt': ran out of time"

# dies NAME PROGRAM: it is killed while the check of NAME looks; the run still ends well.
dies() {
	rm -f go
	deploy "$1" "required: true, check: \"echo look >> looks.$1; until test -e go; do sleep 0.05; done\"" ''
	expect 0 hlp run "$1.yaml" --detach --yes
	wait_for 20 looks "$1"
	expect 0 hlp why "$1/write"
	says 'its live.txt is being checked'
	kill -9 "$(pid_of "$2")"
	touch go
	expect 0 hlp wait "$1" --for ended
	status_is "$1" COMPLETED
	test "$(wc -l <"runs.$1")" -eq 1 || fail "the node ran $(wc -l <"runs.$1") times"
}

# ---- the engine dies while it looks: it goes on, once
dies crash hlpd
test "$(wc -l <looks.crash)" -eq 1 || fail "the check ran $(wc -l <looks.crash) times"

# ---- the launcher dies: nobody saw its end, so it is made again; the run is not
dies lost hlp-launcher
test "$(wc -l <looks.lost)" -eq 2 || fail "the check ran $(wc -l <looks.lost) times"

# ---- a word stops it
deploy word 'required: true, check: "echo look >> looks.word; sleep 60"' ''
expect 0 hlp run word.yaml --detach --yes
wait_for 20 looks word
expect 0 hlp done word/write --yes
expect 0 hlp wait word --for ended
status_is word COMPLETED
is nodes.write.reason by_hand

# ---- rehearsed
expect 0 hlp run stays.yaml --dry-run
says 'checked by: .*echo it is wrong; exit 4'
expect 0 hlp run lenient.yaml --dry-run
says 'checked, failure is ignored, by: .*exit 5'
