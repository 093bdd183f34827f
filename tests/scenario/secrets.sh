#!/bin/sh
# SPDX-License-Identifier: MIT
#
# 100 secrets, each used in every way there is and printed in every form, whole and in pieces cut at
# each byte: afterwards none is anywhere in the home but in the folder of secrets, and none was in
# what anybody was shown. HLP_CANARIES sets their number.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/scenario/remote/sshd.sh"

count=${HLP_CANARIES:-100}
shown=$work/shown
: >"$shown"

# Everything that is shown to somebody is gathered.
see() {
	"$@" >>"$shown" 2>&1 </dev/null
}

# ---- giving one ------------------------------------------------------------------------------
cat >one.yaml <<'END'
name: one
params: {token: {secret: true, description: of the door}}
nodes:
  - {id: a, run: 'test ${params.token} = "it''s a \"key\" \\"'}
END
printf '%s\n' "it's a \"key\" \\" >key
expect 0 hlp run one.yaml --yes -p token=@key
hlp run one.yaml --yes -p token=@- <key >"$out" 2>"$err" || fail "a secret from standard input is not taken"
expect 2 hlp run one.yaml --yes -p "token=plain-value"
complains "secret 'token' cannot stand among the words"
expect 2 hlp run one.yaml --yes
complains "secret 'token' is missing: give it with -p token=@FILE.*of the door"
printf 'abcde' >short
expect 2 hlp run one.yaml --yes -p token=@short
complains "secret 'token' has fewer than 6 bytes"

# ---- a secret file: kept, compared, restored, never shown -----------------------------------------
cat >door.yaml <<'END'
name: door
nodes:
  - id: w
    run: cp new.key door.key
    artifacts: [{path: door.key, secret: true}, plain]
END
echo "canary-of-the-old-door 4711" >door.key
echo "canary-of-the-new-door 4712" >new.key
chmod 600 door.key new.key
expect 0 hlp run door.yaml --yes
cmp -s door.key new.key || fail "the key was not written"
expect 0 hlp diff door door.key
says 'what is in them is secret'
expect 0 hlp artifacts door
cat "$out" >>"$shown"
echo "canary-of-a-hand-on-the-door" >door.key
see hlp diff door door.key r1 now
see hlp rollback door --node w --plan
expect 0 hlp rollback door --node w --overwrite door.key --yes
test "$(cat door.key)" = "canary-of-the-old-door 4711" || fail "the secret file was not restored: $(cat door.key)"

# ---- forgetting: recorded, and a later need of it says so by name -----------------------------------
expect 1 hlp engine forget door --yes
complains 'door#1 has not ended'
echo "canary-of-the-old-door 4711" >door.key
expect 0 hlp run door.yaml --another --yes
expect 1 hlp engine forget door#2 plain --yes
complains "door#2 has no secret artifact 'plain'"
secret=$(find "$HLP_HOME/secret" -type f -exec grep -lF 'canary-of-the-new-door' {} + | wc -l)
expect 0 hlp engine forget door#2 door.key --yes
test "$(find "$HLP_HOME/secret" -type f -exec grep -lF 'canary-of-the-new-door' {} + | wc -l)" -lt "$secret" ||
	fail "nothing was forgotten"
expect 0 hlp events door#2
says 'forget'
hlp rollback door#2 --node w --yes >"$out" 2>&1
says "cannot restore 'door.key': its contents were secret and have been"
says 'hlp answer door#2/w again +try the undo again'
expect 0 hlp answer door#2/w leave --yes

cat >again.yaml <<'END'
name: again
params: {token: {secret: true}}
nodes:
  - {id: a, run: "test -n ${params.token}; exit 3"}
END
expect 1 hlp run again.yaml --yes -p token=@key
expect 0 hlp engine forget again --yes
expect 0 hlp retry again/a --yes
is_launch() {
	hlp status again -o json >"$out" && "$json" get nodes.a.reason <"$out" | grep -qx launch
}
wait_for 10 is_launch
expect 0 hlp why again/a
says 'the secret for HLP_SECRET_token is not kept any more: it was forgotten'

# A script that does not say what it is for is run by sh, as it is without secrets.
printf 'printf "%%s\\n" "$1" "${#KEY}" >said\n' >plain.sh
chmod 755 plain.sh
cat >bare.yaml <<'END'
name: bare
params: {token: {secret: true}}
env: {KEY: "${params.token}"}
nodes:
  - {id: a, run: [./plain.sh, "one word"]}
END
expect 0 hlp run bare.yaml --yes -p token=@key
test "$(sed -n 1p said)" = "one word" || fail "the script did not get its words: $(cat said)"
test "$(sed -n 2p said)" -ge 6 || fail "the script did not get the secret"

# ---- using it --------------------------------------------------------------------------------
cat >ways.yaml <<END
name: ways
params:
  one: {secret: true}
  two-words: {secret: true}
env: {TOP: "\${params.one}"}
on_failure: continue
nodes:
  - id: forms
    env: {MINE: "\${params.two-words}", AGAIN: "\${env.MINE}"}
    outputs: [leak, sum]
    artifacts: [written, {path: made.key, secret: true}]
    run: |
      set -x
      printf '%s|' \${params.one} "x\${params.two-words}y" "\$TOP" "\$AGAIN"
      echo "in \${params.one}" >&2
      printf %s "\$TOP" | base64 -w 0
      printf 'user:%s' "\$TOP" | base64 -w 0
      printf '\n%s\n' "\$TOP" | base64
      perl -e 'for (\$ENV{TOP}) { s/([^A-Za-z0-9_.~-])/sprintf("%%%02X", ord \$1)/ge; print }'
      cat <<E
      in a document: \${params.one}
      E
      echo "leak=\$TOP" >>"\$HLP_OUTPUT"
      echo "sum=\$(printf %s "\$TOP\$AGAIN" | cksum)" >>"\$HLP_OUTPUT"
      echo harmless >written
      printf %s "\$TOP" >made.key
    undo: echo "undoing \${params.one} \$HLP_OUTPUT_leak"
  - id: pieces
    run: |
      perl -e '\$| = 1; \$s = \$ENV{TOP}; for \$i (0 .. length(\$s)) {
        syswrite STDOUT, substr(\$s, 0, \$i); select undef, undef, undef, 0.002;
        syswrite STDERR, substr(\$s, \$i); syswrite STDOUT, "\n" }'
  - {id: fails, run: "echo \${params.one}; exit 3"}
  - {id: direct, run: [printenv, TOP]}
  - {id: missing, run: [no-such-program-here]}
  - {id: dumps, run: "ulimit -c unlimited 2>/dev/null; kill -SEGV \$\$"}
  - {id: late, run: "echo \${params.one}; exec sleep 60", timeout: 1s}
  - id: there
    host: $here
    outputs: [leak, sum]
    run: |
      echo \${params.one} "\$TOP"
      echo "\$TOP" >&2
      echo "leak=\$TOP" >>"\$HLP_OUTPUT"
      echo "sum=\$(printf %s "\$TOP" | cksum)" >>"\$HLP_OUTPUT"
    undo: echo "undoing \${params.one}"
  - {id: unreached, host: {to: no-such-host.invalid, config: $keys/config}, run: "echo \${params.one}"}
  - {id: after, needs: [forms], run: "echo \${nodes.forms.outputs.leak} \${nodes.forms.outputs.sum}"}
END
see hlp validate ways.yaml
see hlp plan ways.yaml

# A value of 12 to 40 bytes with what shells, URLs and JSON mind; from the number alone.
canary() {
	awk -v n="$1" 'BEGIN {
		srand(n); odd = "\"\\ /&'"'"'%+$`"
		text = "canary" n "-"
		length_ = 6 + n % 28
		for (i = 0; i < length_; i++) {
			r = int(rand() * 40)
			text = text (r < 10 ? substr(odd, r + 1, 1) : substr("abcdefghijklmnopqrstuvwxyzABCD", r - 9, 1))
		}
		printf "%s", text "z"
	}'
}

sum_of() {
	printf '%s' "$1" | cksum
}

number=1
while test "$number" -le "$count"; do
	canary "$number" >"one.$number"
	canary "$((number + 1000))" >"two.$number"
	see hlp run ways.yaml --yes --another --detach -p "one=@one.$number" -p "two-words=@two.$number" ||
		fail "it did not start: $(tail -n 2 "$shown")"
	number=$((number + 1))
done
ended() {
	hlp list -o json >"$out" 2>/dev/null && ! grep -qE '"state": ?"(RUNNING|PENDING)"' "$out"
}
wait_for 170 ended

# ---- it works: the commands had the very values -------------------------------------------------
for number in 1 "$count"; do
	status_is "ways#$number" FAILED
	for node in forms direct there after; do
		is "nodes.$node.state" COMPLETED
	done
	is nodes.fails.exit_code 3
	is nodes.missing.reason launch
	is nodes.late.reason timeout
	is nodes.unreached.reason launch
	expect 0 hlp logs "ways#$number/after"
	says "^\*\*\* $(sum_of "$(cat "one.$number")$(cat "two.$number")")$"
	expect 0 hlp logs "ways#$number/direct"
	says '^\*\*\*$'
	expect 0 hlp logs "ways#$number/forms"
	says 'in a document: \*\*\*$'
done

# ---- nobody is shown one ------------------------------------------------------------------------
for number in 1 2 "$count"; do
	see hlp diff "ways#$number" made.key
	for command in status events logs artifacts plan; do
		see hlp "$command" "ways#$number"
		see hlp "$command" "ways#$number" -o json
	done
	see hlp why "ways#$number/fails"
	see hlp why "ways#$number/missing" -o json
	for node in forms pieces fails direct late there after dumps; do
		see hlp logs "ways#$number/$node"
	done
	see hlp rollback "ways#$number" --node forms --plan
	see hlp rollback "ways#$number" --node forms --yes
	see hlp retry "ways#$number/fails" --yes
done
wait_for 60 ended

# ---- in a person's shell: typed and printed in pieces, broken into lines of a narrow terminal ---------
{
	printf 'name: visit\nparams:\n'
	number=1
	while test "$number" -le "$count"; do
		printf '  c%s: {secret: true}\n' "$number"
		number=$((number + 1))
	done
	printf 'nodes:\n  - id: all\n    manual: look\n    outputs: [leak]\n    env:\n'
	number=1
	while test "$number" -le "$count"; do
		# shellcheck disable=SC2016 # a reference of ours
		printf '      C%s: "${params.c%s}"\n' "$number" "$number"
		number=$((number + 1))
	done
} >visit.yaml
set --
number=1
while test "$number" -le "$count"; do
	set -- "$@" -p "c$number=@one.$number"
	number=$((number + 1))
done
expect 0 hlp run visit.yaml --yes --detach "$@"
wait_for 20 node_waits visit all manual
command -v script >/dev/null || skip "script is missing"
# The terminal of the person, who may see them: it is looked at by nobody else.
terminal=$work/terminal
mkfifo keys
script -qc 'stty cols 30 rows 24; hlp shell visit/all' /dev/null <keys >"$terminal" 2>&1 &
visitor=$!
exec 3>keys
on_terminal() {
	grep -qaE "$1" "$terminal"
}
type_in() {
	printf '%s\r' "$1" >&3
}
wait_for 20 on_terminal 'visit#1/all'
# To bash, which breaks what does not fit, and rubs it out again.
number=1
while test "$number" -le "$count"; do
	dd bs=7 status=none <"one.$number" >&3 2>/dev/null
	printf '\025' >&3
	number=$((number + 1))
done
type_in 'echo typed-$((1 + 1))'
wait_for 20 on_terminal 'typed-2'
# To a program, so that the terminal echoes them.
type_in 'cat >/dev/null; echo echoed-$((1 + 1))'
number=1
while test "$number" -le "$count"; do
	dd bs=5 status=none <"one.$number" >&3 2>/dev/null
	printf '\r' >&3
	number=$((number + 1))
done
printf '\004' >&3
wait_for 20 on_terminal 'echoed-2'
type_in "perl -e 'for (1..$count) { syswrite STDOUT, \$_ for split //, \$ENV{\"C\$_\"} } print \"\\n\"'"
type_in "perl -e 'for (1..$count) { printf \"\\e]0;%s\\a\\e[1m%s\\e[m\\n\", \$ENV{\"C\$_\"}, \$ENV{\"C\$_\"} }'"
type_in "perl -e 'for (1..$count) { print join(qq(\\e[32m), split //, \$ENV{\"C\$_\"}), qq(\\n) }'"
# shellcheck disable=SC2016 # for the shell there
type_in 'echo "leak=$C1" >>"$HLP_OUTPUT"; echo printed-$((1 + 1))'
wait_for 20 on_terminal 'printed-2'
grep -qaF "$(cat one.1)" "$terminal" || fail "the person's own terminal does not show what was typed"
type_in exit
wait_for 20 on_terminal 'Is all done'
printf '\r' >&3
exec 3>&-
wait "$visitor" || fail "hlp shell ended with $?"
expect 0 hlp logs visit/all --kind shell
says 'printed-2'
test "$(grep -c '^\*\*\*$' "$out")" -ge "$count" || fail "what was printed is not in the recording"
see hlp logs visit/all --kind shell
see hlp logs visit/all --kind shell --raw
see hlp events visit -o json
see hlp report visit
expect 0 hlp cancel visit --yes

see hlp run ways.yaml --dry-run -p one=@one.1 -p two-words=@two.1
expect 0 hlp engine stop --all --yes

# ---- it is nowhere but where it belongs -----------------------------------------------------------
test -d "$HLP_HOME/secret" || fail "no secrets are kept"
find "$HLP_HOME/secret" -perm /077 | grep . && fail "others may read a secret"
test -z "$(find "$HLP_HOME/secret" -name '*.outputs')" || fail "outputs were left among the secrets"
find "$HLP_HOME" "$work/files" -name 'core*' | grep . && fail "a core was dumped"

# What to look for: the values, and their forms as other programs make them.
number=1
while test "$number" -le "$count"; do
	for file in "one.$number" "two.$number"; do
		cat "$file"
		echo
		base64 -w 0 <"$file" | cut -c 1-16
		printf 'user:%s' "$(cat "$file")" | base64 -w 0 | cut -c 9-24
		perl -pe 's/([^A-Za-z0-9_.~-])/sprintf("%%%02X", ord $1)/ge' <"$file"
		echo
		perl -pe 's/(["\\])/\\$1/g' <"$file"
		echo
	done
	number=$((number + 1))
done | sort -u >patterns
cat >>patterns <<'END'
canary-of-the
canary-of-a-hand
END
mkdir "$work/seen"
# What Git packed and what SQLite keeps, as it was before.
git --git-dir="$HLP_HOME/content.git" cat-file --batch --batch-all-objects >"$work/seen/objects" 2>/dev/null
# Recordings as a terminal would show them, whatever stands between the letters.
for file in "$HLP_HOME"/output/*/*.shell.*.log; do
	perl -0pe 's/ \r(?!\n)|\e\[[0-9;?]*[a-zA-Z]|[\r\n]//g' "$file" >>"$work/seen/recordings"
done
test -s "$work/seen/recordings" || fail "nothing was recorded"
found=$(grep -rlaF -f patterns "$HLP_HOME" "$work/seen" "$shown" | grep -v "^$HLP_HOME/secret/")
test -z "$found" || fail "found in: $found: $(grep -oaF -f patterns "$(echo "$found" | head -n 1)" | head -n 3)"
# … and the search can find something.
grep -rlaF -f patterns "$HLP_HOME/secret" | grep -q . || fail "the search finds nothing at all"
test "$(wc -l <patterns)" -ge $((count * 8)) || fail "too few patterns"
