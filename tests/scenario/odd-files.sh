#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Artifacts that are no plain files, or lie elsewhere: refused before anything runs, or when they are
# looked at, with a clear error; never written through.
. "$(dirname "$0")/lib.sh"

one() {
	printf 'name: %s\nnodes:\n  - {id: a, run: "%s", artifacts: ["%s"]}\n' "$1" "$2" "$3" >"$1.yaml"
}

# ---- refused when the file is read
one above 'true' '../outside.conf'
expect 2 hlp validate above.yaml
complains 'leads out|outside|\.\.'
one elsewhere 'true' '/etc/hlp-nowhere.conf'
expect 2 hlp validate elsewhere.yaml
complains 'roots'
printf 'name: bytes\nnodes:\n  - {id: a, run: "true", artifacts: ["a\377b"]}\n' >bytes.yaml
expect 2 hlp validate bytes.yaml
complains 'UTF-8|byte'

# ---- refused before the node starts
mkfifo pipe.conf
one pipe 'touch ran' 'pipe.conf'
expect 1 hlp run pipe.yaml --yes
expect 0 hlp status pipe -o json
is nodes.a.reason capture
test ! -e ran || fail "it ran although its file could not be recorded"
ln -s /dev/zero device.conf
one device 'touch ran' 'device.conf'
expect 1 hlp run device.yaml --yes
test ! -e ran || fail "it ran although its file is a link to a device"

# ---- a link swapped in after the run: not followed, and what it points to is untouched
echo old >swapped.conf
echo precious >"$work/precious"
one swapped 'echo new > swapped.conf' 'swapped.conf'
expect 0 hlp run swapped.yaml --yes
rm swapped.conf
ln -s "$work/precious" swapped.conf
expect 1 hlp rollback swapped --all --yes
complains 'somebody changed it'
hlp rollback swapped --all --overwrite swapped.conf --yes >"$out" 2>"$err"
test "$(cat "$work/precious")" = precious || fail "it was written through the link"

# ---- 2 GB with nothing in it comes back
truncate -s 2G sparse.img
one sparse 'echo small > sparse.img' 'sparse.img'
expect 0 hlp run sparse.yaml --yes
expect 0 hlp rollback sparse --all --yes
test "$(stat -c %s sparse.img)" -eq 2147483648 || fail "the large file is not what it was"
