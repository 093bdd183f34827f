#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first minute, by what the coach says and nothing else: the gate, the failure, why, what it
# changed, undo, again, green; the engine is killed and comes back; in another run the coach is
# silent and the engine is not killed.
. "$(dirname "$0")/lib.sh"

cat >first.yaml <<'END'
name: first
labels: {coach: first-minute}
nodes:
  - {id: prepare, run: "true"}
  - {id: gate, needs: [prepare], run: "true", approval: {ask: "Go on?"}}
  - id: switch
    needs: [gate]
    run: echo new >site.conf; test -e flag || { echo "the new site does not answer"; exit 1; }
    artifacts: [site.conf]
END
sed 's/first-minute/no/; s/name: first/name: other/' first.yaml >other.yaml
echo old >site.conf
expect 0 hlp run first.yaml --detach --yes
expect 0 hlp run other.yaml --detach --yes

terminal
type_in 'hlp-console first; echo back'
shows '→ (A person is asked. \] goes there|A answers it)\.'
keys ']'
shows '→ A answers it\.'
keys A
shows '→ A reason goes with every act'
pause_for_dialog
keys Enter
shows '→ Read what is asked'
pause_for_dialog
keys a
pause_for_dialog
keys y
shows '→ A step failed, on purpose\. \] goes to it\.' 20
keys ']'
shows '→ Enter shows why it failed\.'
keys Enter
shows 'the new site does not answer'
shows '→ Its last lines say why\. d shows what it changed\.'
keys d
shows '^ +1 \+new'
shows '→ U undoes it'
touch flag
keys U
shows '→ This is what would happen'
shows 'type switch to carry it out'
pause_for_dialog
type_in switch
shows '→ Everything is as it was\. R runs it again\.' 20
test "$(cat site.conf)" = old || fail "it is not as it was"
keys R
shows '→ y does it'
pause_for_dialog
keys y
shows '→ Green\. :demo crash kills the engine' 20
engine=$(pid_of hlpd)
type_in ':demo crash'
shows 'was killed: watch it come back|the engine was lost for [0-9a-z]+ and is back' 20
wait_for 20 test "$(pid_of hlpd)" != "$engine"
shows '→ The engine came back and read its journal: all is as it was\. q leaves\.' 20
keys q
shows '^back$'
shows "^Your own: write NAME.yaml"

type_in 'clear; hlp-console other; echo back'
shows '¿ A gate +approval'
hides '→'
engine=$(pid_of hlpd)
type_in ':demo crash'
shows 'only in the demonstration: this may be a real run'
test "$(pid_of hlpd)" = "$engine" || fail "the engine of a real run was killed"
keys q
shows '^back$'
