#!/bin/sh
# SPDX-License-Identifier: MIT
#
# By keys at 80x24: the timeline of a run, its journal, two revisions of a file compared in both
# ways, and two runs compared.
. "$(dirname "$0")/lib.sh"

cat >conf.yaml <<'END'
name: conf
params: {level: {type: string, default: info}}
phases: [write, use]
nodes:
  - {id: first, phase: write, run: "printf 'log info\nport 80\n' >app.conf", artifacts: [app.conf]}
  - {id: second, phase: write, needs: [first], run: "printf 'log debug\nport 80\n' >app.conf", artifacts: [app.conf]}
  - {id: use, phase: use, run: "test ${params.level} = info"}
END
expect 0 hlp run conf.yaml --yes
expect 1 hlp run conf.yaml -p level=debug --yes --reason 'with more logs'

changed() {
	test "$(term capture-pane -p | grep 'as it was at')" != "$before"
}

terminal
type_in 'hlp-console conf; echo back'
shows 'conf#2 .*FAILED'
keys 3
shows 'critical path \(\*\)'
shows '✗\*use +▒'
shows 'first [0-9]+m?s → second [0-9]+m?s → use [0-9]+m?s'
keys 7
shows 'tester +created: conf'
keys o
shows 'failed use \(exit\)'
# As it was: before the failure nothing had failed.
keys 1
keys '<'
shows 'as it was at [0-9:]+Z, event [0-9]+|asking for the journal'
i=0
while test $i -lt 9; do
	keys '<'
	i=$((i + 1))
done
shows 'conf#2 .*RUNNING .*PAST'
hides '✗ F use'
keys R
shows 'retry: this is the past'
before=$(term capture-pane -p | grep 'as it was at')
keys '>'
shows 'as it was at'
wait_for 10 changed
keys t
shows 'conf#2 .*FAILED .*live'
shows '✗ F use'
keys 5
shows 'app.conf +of first'
shows 'app.conf +of second'
keys G k
shows '> +r[0-9]+ +after run 1'
keys Enter
shows '^ +1 +-log info$'
shows '^ +1 \+log debug$'
keys v
shows '1 -log info +│ +1 \+log debug'
keys 6
shows '✗ conf#2'
keys d
shows '\* level +info +debug'
shows '\* use +ok .*exit'
shows 'Not compared'
keys Escape
keys Escape q
shows '^back$'
