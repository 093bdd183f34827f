#!/bin/sh
# SPDX-License-Identifier: MIT
#
# 1,000 nodes in layers (HLP_NODES for more): every node once, attempt 1, nothing started before
# what it needs had ended, as the status document tells it.
. "$(dirname "$0")/lib.sh"

count=${HLP_NODES:-1000}
"$graph" layered "$count" hlp >layered.yaml
"$graph" layered "$count" edges >edges
expect 0 hlp run layered.yaml --yes
expect 0 hlp status @latest -o json
is state COMPLETED
"$json" graph edges <"$out" || fail "the status document does not hold"
