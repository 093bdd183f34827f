#!/bin/sh
# SPDX-License-Identifier: MIT
#
# 300 values with quotes, newlines, $( ), backslashes, options, controls and other alphabets, as
# params, in strings, lists, variables and here-documents, as outputs and as names of files, on this
# machine and over a real sshd: none is executed, each arrives unchanged.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/scenario/remote/sshd.sh"

count=${HLP_HOSTILE:-300}
bait=$work/executed
perl "$ROOT/tests/scenario/remote/hostile.pl" "$count" "$bait" "$here" || fail "no values were made"

set --
number=1
while test "$number" -le "$count"; do
	set -- "$@" -p "p$number=@given/$number"
	number=$((number + 1))
done

# The values that can be names are the names in a folder, with their numbers in them.
names_are() {
	while read -r number; do
		name=$(cat "values/$number"; echo .)
		test "$(cat "$1/${name%.}")" = "$2$number" || fail "name $number arrived changed in $1"
	done <name-numbers
	test "$(find "$1" -mindepth 1 -printf x | wc -c)" -eq "$(wc -l <name-numbers)" ||
		fail "there are other files than those named in $1"
}

for where in here there; do
	expect 0 hlp validate "$where.yaml"
	hlp run "$where.yaml" --yes "$@" >"$out" 2>"$err" </dev/null || {
		hlp status "$where" | grep -E '✗|failed' | head -n 5
		fail "a value arrived changed: $where"
	}
	names_are there ""
	rm -rf there && mkdir there
	test -e "$bait" && fail "a value was executed: $where"
done

# ---- names of artifacts: written, kept, listed, restored -----------------------------------------
expect 0 hlp run names.yaml --yes
names_are names "new "
expect 0 hlp artifacts names -o json
expect 0 hlp artifacts names
LC_ALL=C grep -q "$(printf '\033')" "$out" && fail "a name steers the terminal"
expect 0 hlp rollback names --node w --yes
test -z "$(find names -type f)" || fail "not every artifact was restored: $(find names -type f | head -n 3)"
test -e "$bait" && fail "the name of an artifact was executed"
exit 0
