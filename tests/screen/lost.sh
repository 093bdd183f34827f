#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The engine dies under the console: it is said at once, the picture is called stale, nothing can be
# asked; when the engine is back the console goes on by itself, and the node that ran has gone on.
. "$(dirname "$0")/lib.sh"

cat >slow.yaml <<'END'
name: slow
nodes:
  - {id: first, run: "echo one; until test -e flag; do sleep 0.1; done; echo two"}
  - {id: second, needs: [first], run: "true"}
END
expect 0 hlp run slow.yaml --detach --yes

terminal
type_in 'hlp-console slow; echo back'
shows '► R first +running'
keys l
shows '^ one$'
launcher=$(pid_of hlp-launcher)
kill -STOP "$launcher"
kill -9 "$(pid_of hlpd)"
shows 'engine lost [0-9]+(ms|s) ago: last picture, stale; reconnecting'
shows 'ENGINE LOST'
keys X
shows 'the engine is lost; nothing can be asked now'
touch flag
kill -CONT "$launcher"
shows '^ two$' 30
shows 'slow#1 .*COMPLETED' 30
# That the run has ended meanwhile does not take the word away.
shows 'the engine was lost for [0-9a-z]+ and is back' 30
keys q
shows '^back$'
