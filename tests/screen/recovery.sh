#!/bin/sh
# SPDX-License-Identifier: MIT
#
# By keys at 80x24: two revisions of a file are compared, by structure, line by line and side by side;
# the older one is brought back; the phase is rolled back and run again; and the report is written.
. "$(dirname "$0")/lib.sh"

cat >conf.yaml <<'END'
name: conf
phases: [write, use]
nodes:
  - id: first
    phase: write
    run: |
      printf '{"workers": 20,\n "name": "web"}\n' >app.json
    artifacts: [app.json]
  - {id: use, phase: use, run: "cat app.json", undo: none}
END
printf '{"name": "web",\n "workers": 12}\n' >app.json
cp app.json old.json
expect 0 hlp run conf.yaml --yes
cp app.json new.json

terminal
type_in "hlp-console conf; echo back"
shows 'conf#1 .*COMPLETED'

# Compared: what changed, and not that the keys stand in another order.
keys 5
shows 'app.json +of first'
keys Enter
shows '^ ~workers: 12 → 20$'
keys s
shows '^ +2 -  ?"workers": 12\}$|-\{"name": "web",$'
keys v
shows '\{"name": "web", +│ +1 \+\{"workers": 20,'
keys s
shows '^ ~workers: 12 → 20$'

# The older one is brought back.
keys Escape j W
shows 'reason: '
pause_for_dialog
keys Enter B
shows 'ROLLBACK PLAN for app.json'
pause_for_dialog
type_in app.json
wait_for 20 cmp -s app.json old.json

# The phase goes back, and runs again.
keys 1 B
shows 'p +the phase write and those after it'
pause_for_dialog
keys p
shows 'ROLLBACK PLAN for write'
pause_for_dialog
type_in write
shows 'PAUSED, rolled back' 30
keys R
shows 'runs? again as a new attempt'
pause_for_dialog
keys y
shows 'conf#1 .*COMPLETED' 30
cmp app.json new.json || fail "the file was not written again"

# The report, which is written beside an older one and never over it.
echo mine >conf-1-report.md
keys r
shows "^ the report is in .*/conf-1-report-2.md"
grep -q '^## Left as$' conf-1-report-2.md || fail "that is no report"
grep -q 'rolled back phase write' conf-1-report-2.md || fail "the report does not tell of the rollback"
test "$(cat conf-1-report.md)" = mine || fail "a file was overwritten"
keys q
shows '^back$'
