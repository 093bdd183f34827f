#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Answering where one follows, on a real terminal: an approval by a letter, a person's step with the
# output that it gives, a grave one by its name; Enter alone answers nothing; what was answered
# elsewhere is not asked any more. With --step Enter lets the next node go.
. "$(dirname "$0")/lib.sh"

cat >hands.yaml <<'END'
name: hands
nodes:
  - {id: see, run: "echo serial=4711 >> \"$HLP_OUTPUT\"", outputs: [serial]}
  - id: swap
    needs: [see]
    run: "true"
    approval: {ask: "Replace the certificate?", show: [nodes.see.outputs.serial]}
  - {id: dns, needs: [swap], manual: Flip the record., outputs: [change], risk: high}
  - {id: tell, needs: [dns], run: "echo ${nodes.dns.outputs.change} > change"}
END
terminal
type_in 'hlp run hands.yaml --yes; echo "ended $?"'
shows '^  ¿ swap  asks  may it start\?$'
shows '^    Replace the certificate\?$'
shows '^      nodes.see.outputs.serial  4711$'
shows '^    a  let it start$'
shows '^    r  it shall not start$'
shows '^  swap \(Enter: not now\):'
type_in x
shows "^  'x' is none of these$"
shows '^  swap \(Enter: not now\):'
type_in a
shows '^  ¿ dns  asks  do it by hand:$'
shows '^    Flip the record.$'
type_in d
shows '^  change:'
type_in 'C 17'
shows 'Type dns to do it:'
type_in dns
shows '^ended 0$'
test "$(cat change)" = 'C 17' || fail "the output did not arrive"

# Not now: it goes on waiting; answered by somebody else, it goes on.
type_in 'clear; hlp run hands.yaml --yes; echo "ended $?"'
shows 'hands#2  approval$'
shows '^  swap \(Enter: not now\):'
keys Enter
shows '^  ¿ swap  asks  may it start\? Replace'
node_is hands swap PAUSED || fail "Enter alone answered"
expect 0 hlp approve hands/swap --yes
shows '^  dns \(Enter: not now\):'
expect 0 hlp 'done' hands/dns --output change=7 --yes
shows '^  answered elsewhere$'
shows '^ended 0$'

# Ctrl-C at a prompt leaves, as everywhere.
type_in 'clear; hlp run hands.yaml --yes; echo "ended $?"'
shows 'hands#3  approval$'
shows '^  swap \(Enter: not now\):'
keys C-c
shows '^ended 130$'
shows 'hlp attach hands#3'

# So it does at a question that an answer leads to; nothing is answered by it.
type_in 'clear; hlp attach hands; echo "ended $?"'
shows '^  swap \(Enter: not now\):'
type_in a
shows '^  dns \(Enter: not now\):'
type_in d
shows '^  change:'
keys C-c
shows '^ended 130$'
shows '^left; hands#3 goes on.$'
shows '^  cancel:  hlp cancel hands#3$'
node_waits hands dns manual || fail "Ctrl-C answered"
expect 0 hlp cancel hands --yes

cat >steps.yaml <<'END'
name: steps
nodes:
  - {id: one, run: touch one.ran}
  - {id: two, needs: [one], run: touch two.ran}
END
type_in 'clear; hlp run steps.yaml --step; echo "ended $?"'
shows '; 2 held$'
shows '^  held: one$'
test ! -e one.ran || fail "a held node ran"
keys Enter
shows '^  held: two$'
test -e one.ran || fail "the node that was let go did not run"
test ! -e two.ran || fail "two nodes were let go"
type_in q
shows '^  only Enter lets a node go$'
test ! -e two.ran || fail "another word let it go"
keys Enter
shows '^ended 0$'
test -e two.ran || fail "the last node did not run"

# So it goes on after a rollback, for whoever attaches.
expect 0 hlp rollback steps --node one --yes
rm one.ran two.ran
expect 0 hlp retry steps --yes
type_in 'clear; hlp attach steps; echo "ended $?"'
shows '^  held: one$'
test ! -e one.ran || fail "a node that was rolled back ran by itself"
keys Enter
shows '^  held: two$'
keys Enter
shows '^ended 0$'
test -e two.ran || fail "the last node did not run again"
