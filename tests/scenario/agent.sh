#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The ssh agent that a run was started with is gone when its session is: whoever attaches, retries or
# answers later brings another one, which the next attempt uses; with a real ssh-agent, a real sshd
# and a socket that nobody listens on any more.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/scenario/remote/sshd.sh"

# Only an agent has the key.
cat >"$keys/agent_config" <<END
Host *
  IdentityFile none
  UserKnownHostsFile $keys/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
END
# A socket is there before anybody listens: 1 is an agent without keys.
listens_at() {
	SSH_AUTH_SOCK=$1 ssh-add -l
	test $? -lt 2
}
# agent NAME: one that listens at $work/NAME, with the key; its pid in $agent_pid.
agent() {
	env -u HLP_HOME ssh-agent -D -a "$work/$1" >/dev/null 2>&1 &
	agent_pid=$!
	wait_for 10 listens_at "$work/$1"
	SSH_AUTH_SOCK=$work/$1 ssh-add -q "$keys/user_key" || fail "ssh-agent does not take the key"
}
end_agents() {
	# shellcheck disable=SC2086 # a list of pids
	kill $agents 2>/dev/null
}
at_end=end_agents
agent first
agents=$agent_pid
first=$agent_pid
agent second
agents="$agents $agent_pid"

cat >far.yaml <<END
name: far
on_failure: continue
nodes:
  - {id: one, host: {to: $me@127.0.0.1, port: $port, config: $keys/agent_config}, run: test -e $work/files/go}
  - {id: mine, run: 'echo "\$SSH_AUTH_SOCK" >>seen', pass_env: [SSH_AUTH_SOCK]}
  - {id: gate, needs: [mine], manual: wait, outputs: [x]}
  - {id: other, needs: [gate], run: 'echo "\$SSH_AUTH_SOCK" >>seen', pass_env: [SSH_AUTH_SOCK]}
END
with() {
	socket=$1
	shift
	env SSH_AUTH_SOCK="$work/$socket" "$@"
}
expect 0 with first hlp run far.yaml --yes --detach
wait_for 20 node_is far one FAILED # it came there, and found no file
expect 0 hlp why far/one
node_waits far gate manual || wait_for 10 node_waits far gate manual
test "$(cat seen)" = "$work/first" || fail "a node sees another agent: $(cat seen)"

# The session ends, its socket stays behind: nothing can be reached with it.
kill "$first"
wait_for 10 gone "$first"
touch go
expect 0 with first hlp retry far/one --yes
wait_for 20 node_waits far one launch
expect 0 hlp logs far/one
says 'Permission denied'
expect 0 hlp events far -o json
grep -q '"kind": *"agent"' "$out" && fail "a dead agent was recorded"

# Whoever retries brings one that answers.
expect 0 with second hlp retry far/one --yes
wait_for 20 node_is far one COMPLETED
expect 0 hlp events far -o json
test "$(grep -c '"kind": *"agent"' "$out")" -eq 1 || fail "not one event says so"
grep '"kind": *"agent"' "$out" | grep -qF "$work/second" || fail "it names another agent"

# It is durable, and known when nothing has changed.
kill -9 "$(pid_of hlpd)"
expect 4 with second hlp attach far --plain
expect 0 with second hlp 'done' far/gate --output x=1 --yes
wait_for 10 execution_is far COMPLETED
test "$(tail -n 1 seen)" = "$work/second" || fail "the later node sees another agent: $(cat seen)"
expect 0 hlp events far -o json
test "$(grep -c '"kind": *"agent"' "$out")" -eq 1 || fail "it was recorded again"

# Attaching is enough; where no node has a use for it, nothing is recorded.
agent third
agents="$agents $agent_pid"
printf 'name: plain\nnodes:\n  - {id: a, manual: wait}\n' >plain.yaml
printf 'name: uses\nnodes:\n  - {id: a, manual: wait}\n  - {id: b, needs: [a], run: test "$SSH_AUTH_SOCK" = "$WANTED", pass_env: [SSH_AUTH_SOCK], env: {WANTED: %s}}\n' "$work/third" >uses.yaml
for name in plain uses; do
	expect 0 with second hlp run $name.yaml --yes --detach
	wait_for 10 node_waits $name a manual
	expect 4 with third hlp attach $name --plain
done
has_third() {
	hlp events uses -o json | grep '"kind": *"agent"' | grep -qF "$work/third"
}
wait_for 10 has_third
expect 0 hlp events uses
says 'act.* attach '
expect 0 env -u SSH_AUTH_SOCK hlp 'done' uses/a --yes
wait_for 10 execution_is uses COMPLETED
expect 0 hlp events plain
grep -qE 'agent|attach' "$out" && fail "an agent that nothing uses was recorded"
expect 0 hlp cancel plain --yes
