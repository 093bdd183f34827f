#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A name that is nearly right: whatever takes the name of an execution or of a node refuses it and
# says which one may be meant; a name that is like none gets no guess.
. "$(dirname "$0")/lib.sh"

cat >failover.yaml <<'END'
name: failover
nodes:
  - {id: drain, run: exit 1}
  - {id: promote, needs: [drain], run: "true"}
END
expect 1 hlp run failover.yaml --yes
for command in 'why failover/drian' 'retry failover/drian --yes' 'skip failover/drian --yes' \
	'logs failover/drian' 'artifacts failover/drian' 'rollback failover --node drian --plan'; do
	# shellcheck disable=SC2086 # words of a command
	expect 1 hlp $command
	complains "no node 'drian'.*: did you mean 'drain'[?]"
done
for command in 'status failovre' 'why failovre/drain' 'pause failovre#1' 'logs failovre/drain'; do
	# shellcheck disable=SC2086 # words of a command
	expect 1 hlp $command
	complains "no execution 'failovre(#1)?': did you mean 'failover'[?]"
done
expect 1 hlp why failover/zzzzzzzz
complains "no node 'zzzzzzzz'"
! grep -q 'did you mean' "$err" || fail "a guess for a name that is like none"
