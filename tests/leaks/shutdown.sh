#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The four programs under valgrind, from their start to an orderly end, with a run, a failed node, a
# rollback and a console in between: nothing is lost at their end, and nothing was read or written
# that is not theirs. What can still be reached is the libraries' own. Files of nodes are opened with a
# call that valgrind may not know (openat2): recording them is proven under ASan instead.
. "$(dirname "$0")/../screen/lib.sh"

command -v valgrind >/dev/null || skip "no valgrind"
mkdir "$work/bin" "$work/grind" || exit 1
# Each program alone in a folder: the others are then found in PATH, where valgrind stands for them.
for program in hlp hlpd hlp-launcher hlp-console; do
	mkdir -p "$work/real/$program" && cp "$HLP_BUILD/$program" "$work/real/$program/" || exit 1
	cat >"$work/bin/$program" <<END
#!/bin/sh
exec valgrind -q --leak-check=full --show-leak-kinds=definite,indirect,possible \\
	--log-file="$work/grind/$program.%p" "$work/real/$program/$program" "\$@"
END
	chmod +x "$work/bin/$program" || exit 1
done
PATH=$work/bin:$PATH

cat >leaky.yaml <<'END'
name: leaky
nodes:
  - {id: a, run: "echo new >made", undo: "true", retry: 1}
  - {id: b, needs: [a], run: "echo b; exit 1"}
END
# Slow under valgrind: a client may give up before the engine serves, and the next one waits on.
tries=5
until hlp engine start >"$out" 2>"$err" </dev/null; do
	tries=$((tries - 1))
	test "$tries" -gt 0 || fail "the engine does not start under valgrind"
done
expect 1 hlp run leaky.yaml --yes
expect 0 hlp logs leaky/b
expect 0 hlp retry leaky/b --yes
terminal
type_in "hlp-console leaky"
shows 'leaky#1' 60
keys g
keys l
keys w
keys q
shows '^\$' 60
expect 0 hlp rollback leaky --node a --yes
expect 0 hlp cancel leaky --yes
expect 0 hlp engine stop
expect 0 hlp engine check
expect 0 hlp engine prune --age 0 --keep 0
for program in hlp hlpd hlp-launcher hlp-console; do
	found=
	for log in "$work/grind/$program".*; do
		test -e "$log" && found=yes
		! grep -q '^==' "$log" || {
			grep '^==' "$log"
			fail "valgrind has something to say of $program"
		}
	done
	test -n "$found" || fail "$program did not run under valgrind"
done
