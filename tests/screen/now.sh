#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `hlp` alone: how to begin; then what waits, with the commands that answer it, what failed since
# this person last looked, and what runs. What was seen once is not told again; to somebody else it
# is. A script that looks takes no news away.
. "$(dirname "$0")/lib.sh"

cat >bad.yaml <<'END'
name: bad
nodes: [{id: a, run: "exit 3"}]
END
cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: first, run: "until test -e flag; do sleep 0.1; done"}
  - {id: second, needs: [first], run: "true"}
END

terminal
type_in 'hlp'
shows '^nothing has been run yet$'
shows '^    hlp run +choose a workflow and start it$'
shows '^    hlp help +all commands$'
test ! -e "$HLP_HOME" || fail "looking made a home"

expect 1 hlp run bad.yaml --yes
expect 0 hlp run slow.yaml --detach
wait_for 15 node_is slow first RUNNING
expect 0 hlp
says '^. bad#1 +failed '
says '^    hlp attach bad#1 +how it failed, and the ways out$'

type_in 'clear; hlp'
shows '^✗ bad#1 +failed '
shows '^► slow#1 +running '
shows '^    hlp attach slow#1 +follow it$'
type_in 'clear; hlp'
shows '^► slow#1 +running '
hides 'bad#1'
type_in 'clear; HLP_ACTOR=ben hlp'
shows '^✗ bad#1 +failed '

expect 0 hlp hold slow/second
expect 0 hlp pause slow
touch flag
wait_for 15 execution_is slow PAUSED
type_in 'clear; hlp'
shows '^‖ slow#1 +paused '
shows '^    hlp resume slow#1 +go on$'
expect 0 hlp resume slow
wait_for 15 node_is slow second PAUSED
type_in 'clear; hlp'
shows '^  ‖ second  held by tester \(scenario now\): release it to let it start$'
shows '^    hlp release slow#1/second +let it start$'
expect 0 hlp release slow/second
wait_for 15 execution_is slow COMPLETED
type_in 'clear; hlp; hlp -o json'
shows '^nothing runs or waits, and nothing failed since you last looked'
shows '^\[\]$'
