#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# New programs take the place of running ones while an attempt runs: the launcher stays the process
# that it is, the engine is another, both are the new programs, and the attempt goes on and ends as
# if nothing had been.
. "$(dirname "$0")/lib.sh"

real=$PATH
for version in old new; do
	mkdir "$work/$version" || exit 1
	cp "$HLP_BUILD/hlp" "$HLP_BUILD/hlpd" "$HLP_BUILD/hlp-launcher" "$work/$version/" || exit 1
done
is_of() {
	test "$(readlink "/proc/$1/exe")" = "$work/$2"
}
cat >long.yaml <<'YAML'
name: long
nodes:
  - {id: first, run: 'echo $$ >pid; while test ! -e go; do sleep 0.05; done; echo first >>lines; exit 3', continue_on: {exit_codes: [3]}}
  - {id: second, needs: [first], run: echo second >>lines}
YAML

PATH=$work/old:$real
expect 0 hlp engine upgrade
says '^no engine runs'
expect 0 hlp run long.yaml --detach --yes
wait_for 20 test -s pid
launcher=$(pid_of hlp-launcher) || fail "no launcher"
engine=$(pid_of hlpd) || fail "no engine"
is_of "$launcher" old/hlp-launcher || fail "the launcher is not the old one"

PATH=$work/new:$real
expect 0 hlp engine upgrade
says '^upgraded to .*hlp-launcher pid '"$launcher"', .* 1 attempts went on'
is_of "$launcher" new/hlp-launcher || fail "the launcher did not become the new one"
gone "$engine" || fail "the old engine still runs"
engine=$(pid_of hlpd) || fail "no engine"
is_of "$engine" new/hlpd || fail "the engine is not the new one"
expect 0 kill -0 "$(cat pid)"
expect 0 hlp status long -o json
is nodes.first.state RUNNING

# Onto itself as well, as often as one likes; and what it exits with is seen.
expect 0 hlp engine upgrade
expect 0 hlp engine upgrade
touch go
wait_for 20 execution_is long COMPLETED
expect 0 hlp status long -o json
is nodes.first.attempt 1
is nodes.first.exit_code 3
test "$(cat lines)" = "first
second" || fail "not each once: $(cat lines)"
expect 0 hlp engine stop
