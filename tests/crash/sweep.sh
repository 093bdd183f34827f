#!/bin/sh
# SPDX-License-Identifier: MIT
#
# hlpd, then hlp-launcher, killed at its k-th call of each system call that changes something
# outside: a fixed sample of k, or with HLP_KILLS of 100 or more every k until none is hit. After
# each the run must have ended COMPLETED by itself, every line of its nodes must stand as often as
# attempts of them ran, and journal and contents must be whole.
. "$(dirname "$0")/../scenario/lib.sh"

command -v strace >/dev/null || skip "no strace"
strace -D -o /dev/null true || skip "strace may not trace here"

engine_calls="pwrite64 fdatasync rename unlink ftruncate clone clone3 execve"
launcher_calls="write pwrite64 rename unlink ftruncate clone clone3 vfork execve"
sample="1 3 10 40"

# Beside the programs stands a wrapper for hlpd: its first start in a home is traced. -D: the tracer
# is no parent of it. What it starts again finds the real one beside itself.
mkdir "$work/real" "$work/struck" || exit 1
for program in "$HLP_BUILD"/hlp "$HLP_BUILD"/hlp[d-]*; do
	test -f "$program" && cp "$program" "$work/real/"
done
cp "$work/real/"* "$work/struck/"

strike_engine() {
	cat >"$work/wrapper" <<-END
		#!/bin/sh
		mkdir "\$HLP_HOME.struck" 2>/dev/null || exec "$work/real/hlpd" "\$@"
		exec strace -D -f -q -o "\$HLP_HOME.trace" $* "$work/real/hlpd" "\$@"
	END
	chmod 755 "$work/wrapper"
	mv "$work/wrapper" "$work/struck/hlpd"
	PATH=$work/struck:$PATH
}

# The launcher is ours from the beginning; the next one is started by whoever needs it.
strike_launcher() {
	PATH=$work/real:$PATH
	mkdir -m 700 "$HLP_HOME"
	strace -D -q -o "$HLP_HOME.trace" "$@" "$work/real/hlp-launcher" >/dev/null 2>&1 </dev/null &
	wait_for 10 launcher_was_there
}

launcher_was_there() {
	test -S "$HLP_HOME/launcher.sock" || was_hit
}

was_hit() {
	grep -q 'killed by SIGKILL' "$HLP_HOME.trace" 2>/dev/null
}

write_runbook() {
	cat >sweep.yaml <<-END
		name: sweep
		max_parallel: 2
		defaults: {on_lost: $1}
		nodes:
		  - {id: a, run: "mkdir lock.a || echo a >> twice; echo a >> lines; rmdir lock.a"}
		  - {id: b, needs: [a], run: "echo b >> lines; echo new > file", artifacts: [file]}
		  - {id: c, needs: [a], run: "mkdir lock.c || echo c >> twice; echo c >> lines; rmdir lock.c"}
		  - {id: d, needs: [b, c], run: "echo d >> lines; echo N=1 >> \$HLP_OUTPUT", outputs: [N]}
		  - {id: e, needs: [d], run: "echo e >> lines"}
	END
}

# Every line as often as attempts of its node ran; at least once, and with no attempt twice.
check_lines() {
	test ! -e twice || fail "two attempts ran at once"
	expect 0 hlp status sweep -o json
	for node in a b c d e; do
		lines=$(grep -c "^$node\$" lines)
		attempts=$("$json" get "nodes.$node.attempt" <"$out")
		test "$lines" -ge 1 || fail "$node never ran"
		test "$lines" -le "$attempts" || fail "$node ran $lines times in $attempts attempts"
	done
}

check_whole() {
	expect 0 timeout 30 hlp engine stop --yes
	expect 0 hlp engine check
	expect 0 git --git-dir="$HLP_HOME/content.git" fsck --strict --no-dangling
}

# round TARGET ON_LOST CALL K: one run, struck at the Kth CALL; 1 when it was not hit.
round() {
	rounds=$((rounds + 1))
	where="$1 at $3 number $4"
	HLP_HOME=$work/home.$rounds
	mkdir "$work/files.$rounds" && cd "$work/files.$rounds" || exit 1
	write_runbook "$2"
	"strike_$1" -e "trace=$3" -e "inject=$3:signal=KILL:when=$4"
	timeout 100 hlp run sweep.yaml --yes >"$out" 2>"$err" </dev/null ||
		fail "$where: the run ended with $?"
	check_lines
	check_whole
	hit=1
	was_hit && hit=0 && hits=$((hits + 1))
	cd "$work" || exit 1
	rm -rf "$HLP_HOME" "$HLP_HOME".* "$work/files.$rounds"
	return "$hit"
}

sweep() {
	rounds=0
	hits=0
	for call in $3; do
		if test "${HLP_KILLS:-0}" -ge 100; then
			k=1
			while round "$1" "$2" "$call" "$k"; do k=$((k + 1)); done
		else
			for k in $sample; do
				round "$1" "$2" "$call" "$k" || break
			done
		fi
	done
	echo "$1: $hits of $rounds runs were hit"
	test "$hits" -ge "$4" || fail "only $hits were hit"
}

sweep engine ask "$engine_calls" 12
sweep launcher retry "$launcher_calls" 5
