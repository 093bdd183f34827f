#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The check of an artifact at 80x24: while it looks the inspector says what it looks at, then why
# the node failed, with what the check printed; the keys that step through attempts show the run, too.
# Where a rule has taken all back, which rule and after what.
. "$(dirname "$0")/lib.sh"

cat >check.yaml <<'END'
name: check
phases: [write, use]
nodes:
  - id: write
    phase: write
    run: echo new > live.txt; echo it is written
    artifacts: [{path: live.txt, required: true, check: "until test -e go; do sleep 0.05; done; echo live.txt is not right; exit 4"}]
  - {id: use, phase: use, run: "true"}
END
sed 's/^name: check/name: ruled\non_failure: rollback/' check.yaml >ruled.yaml
expect 0 hlp run check.yaml --yes --detach
terminal
type_in 'hlp-console check; echo back'
shows 'R write +' 30
keys Enter
shows 'why +ended; its live.txt is being checked'
touch go
shows "✗ F failed: check" 30
shows "says +check of 'live.txt': exit 4"
shows 'output of check 1, 22 B'
shows '^ live.txt is not right$'
keys l Left
shows 'output of attempt 1, 14 B'
shows '^ it is written$'
keys Left
shows 'attempt 1 is the first attempt of write'
keys Right
shows 'output of check 1'
shows '^ live.txt is not right$'
keys q
shows back
expect 1 hlp run ruled.yaml --yes
type_in 'clear; hlp-console ruled; echo back'
shows '↺ V write +restored' 30
keys Enter
shows 'rule +on_failure: validation-failure → rollback of phase write'
shows "check of 'live.txt': exit 4"
keys q
