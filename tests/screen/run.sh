#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A start on a real terminal: a missing param is asked for until it fits, what will be done is said,
# the difference to Git is at hand, only y starts; Ctrl-C leaves it running and says how to come
# back and how to cancel.
. "$(dirname "$0")/lib.sh"

cat >drain.yaml <<'END'
name: drain
description: Drain one host. Not while a backup runs.
params:
  host: {type: string, default: edge.local}
  days: {type: integer, min: 1, description: How long it shall stay away.}
phases: [look, act]
nodes:
  - {id: see, phase: look, run: ./see.sh}
  - {id: away, phase: act, run: "until test -e flag; do sleep 0.1; done", risk: high}
END
printf '#!/bin/sh\necho seen\n' >see.sh
chmod +x see.sh
git init -q . && git add . && git -c user.name=x -c user.email=x@x commit -q -m x || fail "no git"
printf 'echo more\n' >>see.sh

terminal
type_in 'hlp run drain.yaml'
shows '^  days, a whole number, at least 1:'
type_in '0'
shows "param 'days' must be at least 1, not 0"
type_in '30'
shows '^Start\? \[y/N, d shows what differs\]'
shows '^  Drain one host. Not while a backup runs.$'
shows '^  on .* for tester, in /.*/files$'
shows '^  DIRTY: not as [0-9a-f]{12} has it: see.sh$'
shows '^  host = edge.local  \(default\)$'
shows '^  days = 30$'
shows '^  2 nodes: look 1, act 1; 8 at a time; 0 can be undone$'
shows '^  away  high risk$'
type_in d
shows '^\+echo more$'
keys Enter
shows '^hlp: not started$'
test ! -e "$HLP_HOME" || fail "it started something"

# What is done elsewhere is said with where, its params put in.
cat >there.yaml <<'END'
name: there
params: {edge: {default: edge-07}}
nodes:
  - {id: look, run: "true"}
  - {id: swap, host: "deploy@${params.edge}", risk: high, run: "true"}
END
type_in 'clear; hlp run there.yaml -p edge=edge-09'
shows '^  over ssh on deploy@edge-09 \(swap\)$'
shows '^Start\? \[y/N'
keys Enter
shows '^hlp: not started$'

type_in 'clear; hlp run drain.yaml -p days=3; echo "ended $?"'
shows '^Start\?'
type_in y
shows '^  ► away  running'
keys C-c
shows '^left; drain#1 goes on.$'
shows '^  look:    hlp attach drain#1$'
shows '^  cancel:  hlp cancel drain#1$'
shows '^ended 130$'
execution_is 'drain#1' RUNNING || fail "Ctrl-C ended it"

type_in 'clear; hlp attach drain; echo "ended $?"'
shows '^  ► away  running'
touch flag
shows '^ended 0$'

# Without a name: one is chosen, and all its params are asked for, Enter keeps a default.
printf 'name: drain\nnodes: []\n' >broken.yaml
type_in 'clear; HLP_WORKFLOWS= hlp run'
shows '^ +[0-9]+  broken +not valid: hlp validate broken.yaml$'
shows '^ +[0-9]+  drain +✓ completed [0-9a-z]+ ago +Drain one host'
shows '^ +[0-9]+  edge-cert +not run yet '
shows '^Which\?'
type_in drian
shows "^there is no 'drian'"
type_in drain
shows '^  host \[edge.local\]:'
keys Enter
shows '^  days, a whole number, at least 1:'
type_in 4
shows '^Start\?'
shows '^  host = edge.local  \(default\)$'
type_in n
shows '^hlp: not started$'
