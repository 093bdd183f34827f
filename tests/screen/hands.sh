#!/bin/sh
# SPDX-License-Identifier: MIT
#
# By keys at 80x24: a node is held and let go, several at once, one is skipped with what starts said
# before, one is done by hand with its output, a note is left; and a second console tells each act.
. "$(dirname "$0")/lib.sh"

cat >hands.yaml <<'END'
name: hands
nodes:
  - {id: first, run: "until test -e flag; do sleep 0.1; done"}
  - {id: fence, needs: [first], run: "echo never; exit 9"}
  - {id: change, needs: [fence], run: "echo never; exit 9", outputs: [number]}
  - {id: use, needs: [change], run: "echo the change is ${nodes.change.outputs.number}"}
  - {id: last, needs: [use], run: "true"}
END
expect 0 hlp run hands.yaml --detach --yes

terminal
type_in 'hlp-console hands; echo back'
shows '► R first +running'
type_in '/fence'
keys H
shows '○ P fence +will be held'
type_in '/use'
keys Space
type_in '/last'
keys Space H
shows '○ P use +will be held'
shows '○ P last +will be held'
type_in '/use'
keys Space
type_in '/last'
keys Space H
shows '○ P use +waiting'
shows '○ P last +waiting'
type_in ':note the DNS team was called'
shows 'note: the engine has it|note last'
touch flag
shows '‖ H fence +held'
shows 'hands#1 .*PAUSED'
type_in '/fence'
keys S
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'Starts NOW: change'
pause_for_dialog
keys y
shows '» S fence +skipped'
shows '✗ F change +failed: exit 9'
type_in '/change'
keys D
shows 'change: its outputs'
pause_for_dialog
type_in CHG-41
shows 'number = CHG-41'
shows 'Starts NOW: use'
pause_for_dialog
keys y
shows '✎ D change +by hand'
shows 'hands#1 .*COMPLETED'
type_in '/use'
keys l
shows '^ the change is CHG-41$'
keys Escape

keys y
shows 'copied: hands#1/use \(also in'
test "$(cat "$HLP_HOME/copied")" = 'hands#1/use' || fail "the file has not what was copied"

# What somebody else does is said here.
hlp note hands 'looks good' --reason 'looks good' --yes
shows 'scenario: note|looks good'
keys q
shows '^back$'
hlp events hands -o json | grep -q 'the DNS team was called' || fail "the note is not kept"
