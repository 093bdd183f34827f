#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A run that fails ends with 1 and with the answer: which node, its exit, its last lines, what
# did not start, and the commands for what to do next.
. "$(dirname "$0")/lib.sh"

cat >bad.yaml <<'END'
name: bad
nodes:
  - {id: fine, run: echo fine}
  - {id: promote, needs: [fine], run: "echo could not reach the standby; exit 3"}
  - {id: verify, needs: [promote], run: touch verified}
END
expect 1 hlp run bad.yaml --yes
cat "$out" "$err" >all
for word in promote '\b3\b' 'could not reach the standby' verify 'hlp retry'; do
	grep -qE -- "$word" all || fail "the answer does not hold: $word"
done
test ! -e verified || fail "a node ran although its need had failed"
status_is bad FAILED
is nodes.fine.state COMPLETED
is nodes.promote.state FAILED
is nodes.promote.reason exit
is nodes.promote.exit_code 3
is nodes.verify.state PENDING
is nodes.verify.attempt 0
is nodes.verify.started_at null

expect 0 hlp status bad
grep -qE 'bad#1 +failed ' "$out" || fail "the execution is not called failed"
grep -qE 'verify +not started$' "$out" || fail "a node waits in a run that has ended"
expect 0 hlp why bad/promote
test "$(grep -c 'exit 3' "$out")" -eq 1 || fail "why says the exit more than once"

# It has not ended well, and says so by its exit; but a query that answers ends with 0.
expect 1 hlp wait bad --for ended
expect 0 hlp list

# The way back names what would take something back: not the check that failed, but the phase whose
# node changed a file; and it is not offered where there is nothing to take back.
if grep -q 'roll back:' all; then fail "a way back is offered although nothing can be undone"; fi
cat >changed.yaml <<'END'
name: changed
phases: [prepare, switch, verify]
nodes:
  - {id: note, phase: prepare, run: echo noted >note.txt, artifacts: [note.txt]}
  - {id: swap, phase: switch, needs: [note], run: echo new >live.txt, artifacts: [live.txt]}
  - {id: look, phase: switch, needs: [swap], run: cat live.txt}
  - {id: check, phase: verify, run: exit 1}
END
expect 1 hlp run changed.yaml --yes
says '^  roll back: hlp rollback changed#1 --phase switch --plan$'
expect 0 hlp rollback changed#1 --phase switch --plan
says 'live.txt'

# A failure that is known by what it printed is explained, and the way out is named.
cat >known.yaml <<'END'
name: known
on_failure: continue
nodes:
  - {id: ask, run: "echo 'sudo: a terminal is required to read the password' >&2; exit 1"}
  - {id: gone, run: "no-such-program-at-all --now"}
  - {id: odd, run: "exit 9"}
END
expect 1 hlp run known.yaml
says '^    a node has no terminal to ask on: allow this command without a password$'
expect 0 hlp why known/ask
says '^    a node has no terminal to ask on'
expect 0 hlp why known/gone -o json
is means "the program is neither where its name says nor in the node's PATH (hlp run --dry-run shows it): write its whole path, or set PATH in env"
expect 0 hlp why known/odd -o json
is means ""
