#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How many revisions of files a second, durable: executions of NODES nodes, each of which writes
# 1 KB into each of FILES files, one execution after the other for LAST seconds. Only what the nodes
# made counts, not what they found. Before and after that comes the floor: the same bytes into one
# file, with a sync for each node. Then: how many packs are left, whether an object lies loose, and
# what git thinks of it all. Ends with 1 if a goal is missed.
#
#   tests/bench/revisions.sh      LAST=60 NODES=100 FILES=20

. "$(dirname "$0")/../scenario/lib.sh"
. "$ROOT/tests/bench/measure.sh"

last=${LAST:-60}
nodes=${NODES:-100}
files=${FILES:-20}
PATH=$ROOT/build/tests/bench:$PATH
HLP_DURABILITY=full
export PATH HLP_DURABILITY
contents=$HLP_HOME/content.git

packs() {
	find "$contents/objects/pack" -name '*.pack' | wc -l
}

are_few() {
	test "$(packs)" -le 20
}

loose() {
	git --git-dir="$contents" count-objects | cut -d ' ' -f 1
}

echo "$(uname -sr), $(nproc) processors, load $(cut -d ' ' -f 1-3 /proc/loadavg)"
revisions graph "$nodes" "$files" >revisions.yaml
fresh_engine
floor=$(revisions floor 3000 "$files")
count=0
begun=$(now)
while test $((($(now) - begun) / 1000000000)) -lt "$last"; do
	timed execution hlp run revisions.yaml --yes
	count=$((count + nodes * files))
	made=$(packs)
	test "$made" -le "${most:-0}" || most=$made
done
took=$((($(now) - begun) / 1000))
floor=$(((floor + $(revisions floor 3000 "$files")) / 2))
wait_for 60 are_few

echo "$count revisions of 1 KB in $((took / 1000)) ms, $files a node, $nodes nodes an execution:"
printf '  %-10s %8d a second\n' floor "$floor" hlp $((count * 1000000 / took))
printf '  %s x the floor; at most %d packs meanwhile\n' \
	"$(as_ratio "$(per_cent "$((took * floor / count))" 1000000)")" "$most"
goal "us for a revision" $((took / count)) 1000
goal "packs afterwards" "$(packs)" 20
goal "loose objects" "$(loose)" 0
git --git-dir="$contents" fsck --strict --no-dangling >"$out" 2>&1 || {
	echo "  git fsck found something"
	missed=$((missed + 1))
}
echo "$missed goals missed"
test "$missed" -eq 0
