#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A rollback owns every file that it may write: also those that an undo command may, although they
# are as they were. And who wrote a file since is known after the engine has begun anew.
. "$(dirname "$0")/lib.sh"

echo old >shared.conf
cat >quiet.yaml <<'END'
name: quiet
nodes:
  - {id: keep, run: "true", undo: "echo undone >> shared.conf", artifacts: [shared.conf]}
END
cat >early.yaml <<'END'
name: early
nodes:
  - {id: write, run: "echo early > shared.conf", artifacts: [shared.conf]}
END
cat >busy.yaml <<'END'
name: busy
nodes:
  - id: write
    run: "touch began; until test -e go; do sleep 0.02; done; echo busy > shared.conf"
    artifacts: [shared.conf]
END
expect 0 hlp run quiet.yaml --yes
expect 0 hlp run early.yaml --yes
expect 0 hlp run busy.yaml --yes --detach
wait_for 20 test -e began
expect 1 hlp rollback quiet --all --yes
complains 'write of busy#1 writes shared.conf just now'
test "$(cat shared.conf)" = early || fail "an undo wrote a file while another had it"
touch go
expect 0 hlp wait busy --for ended

expect 0 hlp engine stop --yes
expect 0 hlp rollback early --all --plan
says 'write of busy#1 wrote it since'
echo by hand >shared.conf
expect 0 hlp rollback early --all --plan
says 'somebody changed it since'
expect 0 hlp rollback quiet --all --yes
test "$(tail -n 1 shared.conf)" = undone || fail "the undo did not run when nobody had the file"
