#!/bin/sh
# SPDX-License-Identifier: MIT
#
# An execution's scratch folder is there before its first node, is shared by its nodes and undos, also
# after the engine died, and is another one for another execution.
. "$(dirname "$0")/lib.sh"

cat >scratch.yaml <<'END'
name: scratch
nodes:
  - id: write
    run: test ! -e "$HLP_WORKSPACE/note" && echo "from write" > "$HLP_WORKSPACE/note"
    undo: grep -q "from write" "$HLP_WORKSPACE/note"
  - {id: read, needs: [write], run: 'grep "from write" "$HLP_WORKSPACE/note"'}
END
expect 0 hlp run scratch.yaml --yes
kill -9 "$(pid_of hlpd)"
expect 0 hlp rollback scratch --node write --yes --reason "the undo reads it"
expect 0 hlp run scratch.yaml --yes --another
