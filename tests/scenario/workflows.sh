#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# What can be run by name is listed with how it ended last; looking makes no home and starts no
# engine where nothing has been run.
. "$(dirname "$0")/lib.sh"

mkdir -p shelf/fine || fail "no folder"
cat >shelf/fine/fine.yaml <<'END'
name: fine
description: Always goes well.
nodes: [{id: a, run: "true"}]
END
printf 'name: bad\nnodes: [{id: a, run: "false"}]\n' >bad.yaml
HLP_WORKFLOWS=$work/files/shelf
export HLP_WORKFLOWS
expect 0 hlp workflows
says '^bad +not run yet'
says '^fine +not run yet +Always goes well\.$'
test ! -e "$HLP_HOME" || fail "looking made a home"

expect 0 hlp run fine
expect 1 hlp run bad
expect 0 hlp workflows
says '^bad +. failed [0-9a-z]+ ago$'
says '^fine +. completed [0-9a-z]+ ago +Always goes well\.$'
expect 0 hlp workflows -o json
grep -q '^\[{"name": "bad", "file": "bad.yaml", .*"last": {"id":"[0-9a-z]*","name":"bad#1"' "$out" ||
	fail "the document does not tell the last execution"

# Off a terminal nobody can choose.
expect 2 hlp run
complains 'usage: hlp run FILE\|NAME'
