#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# The way through: a runbook of three nodes ends COMPLETED, its effects are there, its status,
# output and events can be read, and the same instance answers afterwards.
. "$(dirname "$0")/lib.sh"

cat >ok.yaml <<'END'
name: ok
params:
  who: {type: string, default: nobody}
env: {GREETING: hello}
phases: [prepare, act]
nodes:
  - {id: first, phase: prepare, run: "echo \"$GREETING\" ${params.who} > first.txt", outputs: []}
  - id: second
    phase: prepare
    needs: [first]
    run: |
      cat first.txt
      echo "serial=41" >> "$HLP_OUTPUT"
    outputs: [serial]
  - {id: third, phase: act, run: "test ${nodes.second.outputs.serial} = 41 && echo third >> first.txt"}
END
expect 0 hlp validate ok.yaml
expect 0 hlp plan ok.yaml
expect 0 hlp run ok.yaml -p who="it's me; \$(x)" --yes
expect 0 cat first.txt
says "^hello it's me; \\\$\(x\)$"
says '^third$'

status_is ok COMPLETED
is name 'ok#1'
is workflow ok
is nodes.# 3
is nodes.0.id first
is nodes.2.id third
is nodes.second.state COMPLETED
is nodes.second.reason ok
is nodes.second.attempt 1
is nodes.second.exit_code 0
"$json" get created_at <"$out" | grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z$' ||
	fail "created_at is no RFC 3339 time with six decimals"

expect 0 hlp logs ok/second
says '^hello'
expect 0 hlp events ok -o json
"$json" lines <"$out" >/dev/null || fail "events are not JSON Lines"
expect 0 hlp list -o json
expect 0 hlp graph ok.yaml
says first

# A second run gets the next number.
expect 0 hlp run ok.yaml --yes
status_is @latest COMPLETED
is name 'ok#2'
expect 0 hlp engine stop
test -z "$(home_pids)" || fail "processes are left after engine stop: $(home_pids)"
