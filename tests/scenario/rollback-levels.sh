#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# What can go back: a phase with those after it, one file to any revision, all of it; a plan that was
# saved, as long as it says all that would be done.
. "$(dirname "$0")/lib.sh"

echo 0 >a.conf
echo 0 >b.conf
cat >steps.yaml <<'END'
name: steps
params: {n: {type: integer, default: 1}}
phases: [first, second, third]
nodes:
  - {id: a, phase: first, run: "echo ${params.n} > a.conf", artifacts: [{path: a.conf, on_restore: "echo reload-a >> log"}]}
  - {id: b, phase: second, run: "echo ${params.n} > b.conf", artifacts: [b.conf], undo: "echo undo-b >> log"}
  - {id: c, phase: second, run: "true", undo: "echo undo-c >> log"}
  - {id: d, phase: third, run: "true", undo: "echo undo-d >> log"}
END
: >log
expect 0 hlp run steps.yaml --yes

# one file: its node keeps its state, those that ran with it are stale
expect 0 hlp rollback steps --artifact a.conf --yes
test "$(cat a.conf)" = 0 || fail "the file did not go back"
test "$(cat log)" = reload-a || fail "what reads the file was not told once"
status_is steps COMPLETED
is nodes.a.state COMPLETED
expect 0 hlp artifacts steps/a -o json
revision=$("$json" get 1.id <"$out")
expect 0 hlp restore steps a.conf "$revision" --yes
test "$(cat a.conf)" = 1 || fail "the file did not come to the named revision"
expect 1 hlp restore steps a.conf "$revision" --yes
complains already
expect 1 hlp restore steps a.conf r999999 --yes
complains 'no revision'

# a phase, from a plan that was saved; what is left out stays
: >log
expect 0 hlp rollback steps --phase second --exclude c --plan -o json
cp "$out" plan.json
is level phase
is untouched.0 a
expect 1 hlp rollback steps --phase second --exclude d --yes
complains 'd stands on what would be taken back'
echo edited by hand >b.conf
expect 1 hlp rollback steps --apply plan.json --yes
complains 'the saved plan is void: .* save another'
expect 2 hlp rollback steps --apply plan.json --overwrite b.conf --yes
complains "^hlp: --overwrite does not go with the saved plan 'plan.json'"
expect 2 hlp rollback steps --apply no-such-plan.json --yes
complains "^hlp: there is no file 'no-such-plan.json'"
echo 1 >b.conf
expect 0 hlp rollback steps --apply plan.json --yes
test "$(tr '\n' ' ' <log)" = "undo-d undo-b " || fail "not what the plan said: $(cat log)"
test "$(cat b.conf)" = 0 || fail "the file of the phase did not go back"
status_is steps PAUSED
is nodes.a.state COMPLETED
is nodes.b.state RECOVERED
is nodes.c.state COMPLETED
is nodes.d.state RECOVERED
expect 2 hlp rollback steps --apply log --yes
expect 2 hlp rollback steps --yes

# and it goes on from there
expect 0 hlp retry steps --yes
expect 0 hlp wait steps --for ended
status_is steps COMPLETED
expect 0 hlp rollback steps --all --yes
status_is steps PAUSED
test "$(cat a.conf)$(cat b.conf)" = 00 || fail "not all files are as they were"
expect 0 hlp cancel steps --yes
status_is steps RECOVERED

# What is refused names the way out: while another rollback stands at a question, and after it.
cat >stuck.yaml <<'END'
name: stuck
nodes:
  - {id: a, run: "echo new >stuck.conf", undo: "false", artifacts: [stuck.conf]}
END
echo old >stuck.conf
expect 0 hlp run stuck.yaml --yes
expect 0 hlp rollback stuck --all --plan -o json
cp "$out" plan.json
expect 4 hlp rollback stuck --all --yes
expect 1 hlp rollback stuck --all --yes
complains 'is being rolled back already, and waits for an answer about a: hlp answer stuck#1/a$'
expect 1 hlp rollback stuck --apply plan.json --yes
complains 'is being rolled back already' # and not that the plan were another
expect 0 hlp answer stuck/a leave --yes
expect 1 hlp rollback stuck --node a --yes
complains 'taken back already, and left as it is; .* --artifact a:stuck.conf --to REVISION$'
expect 0 hlp artifacts stuck -o json
revision=$("$json" get 0.id <"$out")
expect 0 hlp rollback stuck --artifact a:stuck.conf --to "$revision" --yes
test "$(cat stuck.conf)" = old || fail "the file that was left did not come back"
