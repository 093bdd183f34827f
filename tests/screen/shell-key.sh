#!/bin/sh
# SPDX-License-Identifier: MIT
#
# ! in the console opens a recorded shell of the selected node, and the console comes back: after
# "done" the node is green by hand; what was refused can be read first; the journal tells of it, and its recording
# is looked at like the output of any attempt.
. "$(dirname "$0")/lib.sh"

cat >keys.yaml <<'END'
name: keys
nodes:
  - {id: look, run: "true"}
  - {id: mend, needs: [look], manual: Mend it., outputs: [change]}
  - {id: far, needs: [mend], host: nobody@far.invalid, run: "true", approval: {ask: "Go there?"}}
END
expect 0 hlp run keys.yaml --detach --yes
wait_for 10 node_waits keys mend manual
terminal
type_in 'hlp-console keys; echo back'
shows 'mend +manual|mend.*by hand'
type_in '/mend'
keys '!'
shows "secrets are hidden"
shows '^keys#1/mend[#$]|^[0-9a-z]*/mend[#$]'
type_in 'echo change=17 >>"$HLP_OUTPUT"; exit'
shows 'Is mend done'
type_in d
shows '✎ D mend +by hand'
keys l Right
shows 'output of shell 1, '
shows 'echo change=17'
shows '^ exit$'
keys Escape
type_in '/far'
type_in ':shell'
shows 'a shell there is not supported yet'
shows '^Enter goes back to the console'
keys Enter
shows 'far +approval'
keys 7
shows 'tester +shell|shell.*mend'
shows 'left-shell'
keys q
shows '^back$'
type_in 'clear; hlp-console keys --read-only; echo back'
shows '‖|¿'
type_in '/mend'
keys '!'
shows 'shell: this console was started with --read-only'
keys q
shows '^back$'
expect 0 hlp cancel keys --yes
