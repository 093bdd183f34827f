#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Among 1,000 nodes, at 80x24: the failure is found and its last output read with one key, or two when
# one was looking elsewhere; why a node waits with one more; a node far away is found by its name.
. "$(dirname "$0")/lib.sh"

awk 'BEGIN {
	print "name: thousand\nmax_parallel: 8\nnodes:"
	for (i = 0; i < 1000; i++) {
		run = i == 617 ? "echo the disk of db7 is full; exit 9" : "true"
		needs = i > 0 ? ", needs: [n" (i > 10 ? i - 10 : 0) "]" : ""
		printf "  - {id: n%d, run: \"%s\"%s}\n", i, run, needs
	}
}' >thousand.yaml
expect 1 hlp run thousand.yaml --yes

terminal
type_in 'hlp-console thousand; echo back'
shows '>✗ F n617 +failed: exit 9'
keys l
shows '^ the disk of db7 is full$'
keys Escape g
shows '>✓ C n0 +ok'
keys ']' l
shows '^ the disk of db7 is full$'
keys Escape
type_in '/n627'
keys w
shows 'n627 is not started'
shows '✗ n617 +failed: exit 9'
keys o q
shows '^back$'
