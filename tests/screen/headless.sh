#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Without a terminal: a script's keys, its dumps, what it waits for in vain; and a recording that is
# played shows the same as what was seen.
. "$(dirname "$0")/lib.sh"

printf 'name: tiny\nnodes:\n  - {id: first, run: "echo one"}\n  - {id: second, run: "exit 3"}\n' >tiny.yaml
expect 1 hlp run tiny.yaml --yes

cat >keys.txt <<'END'
# the failure and its output
wait FAILED
type ]
press Enter
wait runs    exit 3
dump node.txt
press Esc
type :first
press Enter
type l
wait  one
press Esc q
END
LC_ALL=C.UTF-8
export LC_ALL
expect 0 hlp-console --headless --size 100x30 --script keys.txt --dump-screen last.txt tiny </dev/null
grep -q 'runs    exit 3' node.txt || fail "the node is not shown"
test "$(wc -l <last.txt)" = 30 || fail "the screen has no 30 lines"
expect 0 hlp-console --headless tiny
grep -q '✗ F second' "$out" || fail "without a script the picture is not there"
echo 'wait never' >vain.txt
sed -i '1i pause 0.1' vain.txt
expect 1 timeout 30 hlp-console --headless --script vain.txt tiny
grep -q "line 2: in vain waited for: never" "$err" || fail "it does not say what it waited for"
expect 2 hlp-console --headless --size wide tiny

# The keys are the user's here too; a line that cannot be is told of.
printf 'timeline = x\nnothing = y\n' >my.keys
printf 'wait FAILED\ntype x\nwait critical path\ntype 3\nwait means nothing here\n' >x.txt
HLP_KEYS=my.keys
export HLP_KEYS
expect 0 hlp-console --headless --script x.txt tiny
complains 'my.keys:2: '
unset HLP_KEYS

terminal
type_in 'hlp-console --record s.cast tiny; echo back'
shows '✗ F second'
keys 3
shows 'critical path'
keys q
shows '^back$'
test "$(stat -c %a s.cast)" = 600 || fail "a recording is not for its owner alone"
type_in 'clear; hlp-console --replay s.cast | tail -c +1; echo played'
shows '^played$'
grep -q 'critical path' s.cast || fail "the recording has not what was seen"
