#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What answers a program: with -o json every query prints one JSON document (events one a line), and
# what does not fit is told on standard error, with a way on.
. "$(dirname "$0")/lib.sh"

cat >small.yaml <<'END'
name: small
phases: [one]
nodes:
  - {id: first, phase: one, run: "echo 'a \"word\"' | tee f.txt", undo: "true", artifacts: [f.txt]}
  - {id: bad, phase: one, needs: [first], run: "exit 3"}
END
expect 1 hlp run small.yaml --yes

document() {
	expect 0 hlp "$@" -o json
	"$json" get "#" <"$out" >/dev/null || fail "hlp $* -o json is no JSON document"
}
document list
document status small
document graph small
document why small/bad
document artifacts small
document history f.txt
document diff small f.txt
document report small
document workflows
document plan small.yaml
document schema
document engine status
document checkpoints small
document rollback small --all --plan
document note small remark

document engine stop
is stopped true
document engine stop
is stopped false
document engine check
is problems.# 0
expect 1 hlp wait small -o json
is name 'small#1'
is state FAILED

expect 0 hlp version -o json
is version "$(hlp version | cut -d ' ' -f 2)"
expect 0 hlp logs small -o json
is 0.node first
is 0.text 'a "word"'
expect 0 hlp logs small/bad -o json
test "$(cat "$out")" = '[]' || fail "what printed nothing is no empty list"
expect 0 hlp validate small.yaml -o json
is 0.valid true
is 0.nodes 2
echo 'name: 1' >broken.yaml
expect 2 hlp validate small.yaml broken.yaml -o json
is 1.valid false
is 1.file broken.yaml
complains '^broken.yaml:1:7: error: '

# Wrong words: the nearest right one, and where help is.
expect 2 hlp diff
complains '^hlp: usage: hlp diff EXECUTION ARTIFACT \[OLD \[NEW\]\] \(hlp help diff\)$'
expect 2 hlp schema extra
complains "^hlp: 'extra' is one argument too many: hlp schema$"
expect 1 hlp diff small f.tx
complains "^hlp: no artifact or pinned file 'f.tx' here: did you mean 'f.txt'\?$"
expect 1 hlp rollback small --phase onw --plan
complains "^hlp: small#1 has no phase 'onw': did you mean 'one'\?$"
expect 1 hlp status smal
complains "did you mean 'small'"
expect 2 hlp hisory f.txt
complains "did you mean 'history'"

# What has no document says so, and does nothing.
for part in prune rebuild upgrade; do
	expect 2 hlp engine $part -o json
	complains "engine $part answers in words only: leave out -o json"
done
