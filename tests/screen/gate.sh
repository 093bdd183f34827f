#!/bin/sh
# SPDX-License-Identifier: MIT
#
# By keys at 80x24: a gate with its values is approved, a person's step is answered with its output,
# a node that runs is frozen and thawed.
. "$(dirname "$0")/lib.sh"

cat >gate.yaml <<'END'
name: gate
nodes:
  - {id: lag, run: "echo seconds=0 >>$HLP_OUTPUT", outputs: [seconds]}
  - id: promote
    needs: [lag]
    run: echo promoted
    approval: {ask: "Promote the standby?", show: [nodes.lag.outputs.seconds]}
  - {id: dns, needs: [promote], manual: "Flip the record, then give the change's number.", outputs: [change]}
  - {id: last, needs: [dns], run: "echo ${nodes.dns.outputs.change}; until test -e flag; do sleep 0.1; done"}
END
expect 0 hlp run gate.yaml --detach --yes

terminal
type_in 'hlp-console gate; echo back'
shows '¿ A promote +approval'
shows 'gate#1 .*PAUSED, approval'
keys ']'
keys A
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'Promote the standby\?'
shows 'nodes.lag.outputs.seconds = 0'
pause_for_dialog
keys Enter a
shows 'Answer: approve'
pause_for_dialog
keys y
shows '✓ C promote +ok'
shows '¿ M dns +manual'
keys ']' A
shows "Flip the record, then give the change's number."
pause_for_dialog
keys d
shows 'dns: its outputs'
pause_for_dialog
type_in CHG-41
shows 'change = CHG-41'
pause_for_dialog
keys y
shows '✎ D dns +by hand'
shows '► R last +running'
type_in '/last'
keys F
shows 'Locks and'
pause_for_dialog
keys y
shows '‖ Z last +frozen' 20
keys F
pause_for_dialog
keys y
shows '► R last +running' 20
touch flag
shows 'gate#1 .*COMPLETED'
keys q
shows '^back$'
