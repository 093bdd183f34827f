#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Nodes on another host, over a real sshd: values, outputs, environment and status come through;
# what could not be reached was not started; a connection that breaks leaves a question, never a
# second run.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/scenario/remote/sshd.sh"

there=$work/there
mkdir -p "$there/tmp"

# What is left there when a connection ends is ours to end.
left_there() {
	while read -r pid; do
		kill "$pid"
	done <"$there/pids" 2>/dev/null
}

# ---- it works --------------------------------------------------------------------------------
cat >works.yaml <<END
name: works
params:
  odd: {default: "it's \$(touch $there/executed) \"x\""}
env: {ODD: "\${params.odd}", TMPDIR: $there/tmp}
defaults: {host: $here, workdir: $there}
nodes:
  - id: first
    outputs: [serial, report]
    env: {MINE: "a b"}
    run: |
      cat >eaten
      echo "printed \$(pwd) \$MINE"
      echo "to the other stream" >&2
      printf '%s\n' \${params.odd} "\$ODD" "\$HLP_NODE" >arrived
      echo "serial=47 11" >>"\$HLP_OUTPUT"
      printf 'report<<END\na\n\nb\nEND\n' >>"\$HLP_OUTPUT"
    undo: echo "\$HLP_UNDO_STATE \$HLP_OUTPUT_serial" >undone
  - id: words
    needs: [first]
    run: [printf, '%s.', "\${params.odd}", "\${nodes.first.outputs.serial}", "\${nodes.first.outputs.report}", "-o", '*']
  - id: bash
    needs: [words]
    shell: bash
    outputs: [a]
    run: |
      x=(1 2 3)
      echo "a=\${#x[@]}" >>\$HLP_OUTPUT
      false | true || echo "piped" >piped
END
expect 0 hlp run works.yaml --yes
test ! -e "$there/executed" || fail "a value was executed"
test ! -s "$there/eaten" || fail "the command read its own script: $(cat "$there/eaten")"
printf '%s\n' "it's \$(touch $there/executed) \"x\"" "it's \$(touch $there/executed) \"x\"" first |
	cmp - "$there/arrived" || fail "values arrived changed"
expect 0 hlp logs works/first
says "^printed $there a b$"
says '^to the other stream$'
test "$(wc -l <"$out")" -eq 2 || fail "more is shown than was printed"
expect 0 hlp logs works/words
printf '%s' "it's \$(touch $there/executed) \"x\".47 11.a

b.-o.*." | cmp - "$HLP_HOME"/output/*/words.run.1.log || fail "a list's words arrived changed"
test -e "$there/piped" || fail "a failure inside a pipe was not seen by bash"
expect 0 hlp rollback works --node first --yes
test "$(cat "$there/undone")" = "completed 47 11" || fail "the undo saw other values"
rmdir "$there/tmp" || fail "a file was left there"

# ---- it fails --------------------------------------------------------------------------------
cat >fails.yaml <<END
name: fails
on_failure: continue
defaults: {host: $here}
nodes:
  - {id: three, run: "echo before; exit 3"}
  - {id: own, run: "exit 255"}
  - {id: early, run: "false; echo not reached"}
  - {id: output, outputs: [x], run: "echo y=1 >>\$HLP_OUTPUT"}
  - {id: none, run: [no-such-program-there]}
  - {id: killed, run: "sh -c 'kill -9 \$\$'"}
END
expect 1 hlp run fails.yaml --yes
status_is fails FAILED
for wanted in three:exit:3 own:exit:255 early:exit:1 none:exit:127 killed:exit:137; do
	node=${wanted%%:*} rest=${wanted#*:}
	is "nodes.$node.reason" "${rest%:*}"
	is "nodes.$node.exit_code" "${rest#*:}"
done
is nodes.output.reason output

# ---- it cannot be reached: nothing was started, and that is known ------------------------------
cat >unreached.yaml <<END
name: unreached
on_failure: continue
nodes:
  - {id: key, host: {to: $me@127.0.0.1, port: $port, config: $keys/config_wrong}, run: "touch $there/ran"}
  - {id: name, host: {to: no-such-host.invalid, config: $keys/config}, run: "touch $there/ran"}
  - {id: again, host: {to: 127.0.0.1, port: 1, config: $keys/config}, run: "touch $there/ran", retry: {limit: 1, interval: 10ms}}
END
expect 1 hlp run unreached.yaml --yes
status_is unreached FAILED
for node in key name again; do
	is "nodes.$node.reason" launch
done
is nodes.again.attempt 2
expect 0 hlp why unreached/key
says 'nothing was started on .*127\.0\.0\.1: ssh ended with 255'
test ! -e "$there/ran" || fail "something was started"

# ---- the name of a host is no place for options and code ----------------------------------------
cat >option.yaml <<'END'
name: option
params: {to: {}}
nodes:
  - {id: a, host: "${params.to}", run: "true"}
END
for to in "-oProxyCommand=touch $there/ran" "x@-oProxyCommand=id" "a b" 'a;b' "\$(touch $there/ran)" ""; do
	expect 1 hlp run option.yaml -p "to=$to" --yes --another
	expect 0 hlp why option/a
	says 'cannot be a host'
done
test ! -e "$there/ran" || fail "the name of a host was executed"

# ---- the connection breaks ---------------------------------------------------------------------
cat >breaks.yaml <<END
name: breaks
on_failure: continue
nodes:
  - {id: asks, host: $here, run: "echo s >>$there/asks; echo \$\$ >>$there/pids; exec sleep 60", retry: 3}
END
expect 0 hlp run breaks.yaml --detach --yes
wait_for 20 test -s "$there/asks"
connection() {
	for pid in $(home_pids); do
		test "$(cat "/proc/$pid/comm" 2>/dev/null)" = ssh && echo "$pid"
	done
}
test -n "$(connection)" || fail "no connection is seen"
# shellcheck disable=SC2046 # a list of pids
kill -9 $(connection)
wait_for 20 node_is breaks asks PAUSED
status_is breaks PAUSED
is nodes.asks.reason asking
expect 0 hlp why breaks/asks
says 'the connection to .* broke'
test "$(cat "$there/asks")" = s || fail "it was run twice"
expect 0 hlp answer breaks/asks happened --yes
wait_for 20 node_is breaks asks COMPLETED

# ---- the relay itself dies, or the launcher -----------------------------------------------------
sed "s/name: breaks/name: dies/; s/asks/dies/g" breaks.yaml >dies.yaml
expect 0 hlp run dies.yaml --detach --yes
wait_for 20 test -s "$there/dies"
kill -9 "$(pid_of hlp-relay)"
wait_for 20 node_is dies dies PAUSED
expect 0 hlp why dies/dies
says 'the remote end on .* is not proven'
expect 0 hlp answer dies/dies happened --yes

cat >launcher.yaml <<END
name: launcher
nodes:
  - {id: a, host: $here, outputs: [x], run: "echo x=7 >>\$HLP_OUTPUT; echo s >>$there/launcher; until test -e $there/go; do sleep 0.1; done; exit 0"}
END
expect 0 hlp run launcher.yaml --detach --yes
wait_for 20 test -s "$there/launcher"
kill -9 "$(pid_of hlp-launcher)" "$(pid_of hlpd)"
touch "$there/go"
wait_for 60 node_is launcher a COMPLETED
test "$(cat "$there/launcher")" = s || fail "it was run twice"

# ---- stopped -----------------------------------------------------------------------------------
cat >stopped.yaml <<END
name: stopped
on_failure: continue
defaults: {host: $here}
nodes:
  - {id: bare, run: "echo s >>$there/bare; echo \$\$ >>$there/pids; exec sleep 60"}
  - {id: late, run: "echo s >>$there/late; echo \$\$ >>$there/pids; exec sleep 60", timeout: 5s, retry: 3}
  - id: told
    run: "echo \$\$ >>$there/told; exec sleep 60"
    stop: {run: "kill \$(cat $there/told) && echo told >$there/told.said"}
END
expect 0 hlp run stopped.yaml --detach --yes
wait_for 20 test -s "$there/bare"
wait_for 30 node_is stopped late PAUSED
expect 0 hlp why stopped/late
says 'stopped here; the remote end on .* is not proven'
test "$(cat "$there/late")" = s || fail "it was run twice"
# Once it runs there: a timeout might come before the connection stands.
wait_for 20 test -s "$there/told"
expect 0 hlp cancel stopped/told --yes
wait_for 20 node_is stopped told FAILED
status_is stopped "$(execution_state stopped)"
is nodes.told.reason cancelled
test "$(cat "$there/told.said")" = told || fail "the stop's own command did not run"
gone "$(cat "$there/told")" || fail "it still runs there"
expect 0 hlp cancel stopped --yes
wait_for 20 node_is stopped bare FAILED
expect 0 hlp why stopped/bare
says 'stopped here; the remote end on .* is not proven'
left_there
