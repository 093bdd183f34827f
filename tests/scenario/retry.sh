#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Retries: those that the workflow asks for, only for the exit codes it names, and one by hand.
. "$(dirname "$0")/lib.sh"

cat >flaky.yaml <<'END'
name: flaky
nodes:
  - id: third-time
    run: |
      echo x >>tries
      { read -r _ && read -r _ && read -r _; } <tries || exit 75
    retry: {limit: 5, interval: 20ms, exit_codes: [75]}
END
expect 0 hlp run flaky.yaml --yes
test "$(grep -c x tries)" -eq 3 || fail "it ran $(grep -c x tries) times: $(hlp events flaky)"
status_is flaky COMPLETED
is nodes.third-time.attempt 3

cat >hand.yaml <<'END'
name: hand
nodes:
  - {id: gate, run: "test -e open || exit 4", retry: {limit: 3, interval: 20ms, exit_codes: [75]}}
  - {id: through, needs: [gate], run: touch through}
END
expect 1 hlp run hand.yaml --yes
status_is hand FAILED
is nodes.gate.attempt 1
expect 1 hlp retry hand/through --yes
touch open
expect 1 env -u HLP_REASON hlp retry hand/gate --yes
expect 1 hlp retry hand/gate
expect 0 hlp retry hand/gate --yes
expect 0 hlp wait hand --for ended
status_is hand COMPLETED
is nodes.gate.attempt 2
test -e through || fail "the dependent did not run after the retry"
