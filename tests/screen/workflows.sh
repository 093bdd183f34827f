#!/bin/sh
# SPDX-License-Identifier: MIT
#
# By keys at 80x24: a workflow is changed in the editor, checked, committed and run with its form;
# then a phase is rolled back and run again, and two revisions of a file are compared and one restored.
. "$(dirname "$0")/lib.sh"

mkdir workflows
cat >workflows/conf.yaml <<'END'
name: conf
description: Writes a file. Not for production.
params: {level: {type: string}}
phases: [write, use]
nodes:
  - id: first
    phase: write
    run: echo "level ${params.level}" >app.conf
    artifacts: [app.conf]
  - {id: use, phase: use, run: "cat workflows/app.conf || cat app.conf", undo: "echo undone"}
END
cat >edit.sh <<'END'
#!/bin/sh
sed -i "s/Writes a file/Writes the file of the proxy/" "$1"
END
chmod +x edit.sh
git init -q . && git config user.name Ana && git config user.email ana@example.com &&
	git add workflows && git commit -qm 'first version' || skip "Git is missing"
echo "level none" >workflows/app.conf
printf '#!/bin/sh\nuntil test -e %s/committed; do sleep 0.05; done\n' "$PWD" >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit

terminal
type_in "EDITOR=$PWD/edit.sh hlp-console; echo back"
shows 'there is no execution yet'
keys 8
shows '> +conf +never run here'
shows 'Writes a file. Not for production.'
keys 7
shows 'Ana +first version'
keys e
shows 'conf.yaml: valid, 2 nodes; C commits it'
shows 'Writes the file of the proxy'
keys d
shows '^ \+description: Writes the file of the proxy'
keys C
shows 'what was changed, and why'
pause_for_dialog
type_in 'say which file'
# A hook makes the commit slow: what is asked of Git meanwhile waits, and does not end it half way.
shows '^─ commit: conf'
keys 7
shows 'Git still commits: wait until it has'
touch committed
shows '^ committed'
keys 7
shows 'Ana +say which file'
keys Enter
shows 'params of the run'
pause_for_dialog
type_in debug
shows 'param +level=debug'
pause_for_dialog
keys y
shows 'conf#1 .*COMPLETED'
test "$(cat workflows/app.conf)" = 'level debug' || fail "the file was not written"

# A phase goes back and runs again.
keys B
shows 'p +the phase write and those after it'
pause_for_dialog
keys p
shows 'ROLLBACK PLAN for write'
pause_for_dialog
type_in write
shows 'PAUSED, rolled back' 30
test "$(cat workflows/app.conf)" = 'level none' || fail "the file did not go back"
keys R
shows 'runs again as a new attempt'
pause_for_dialog
keys y
shows 'conf#1 .*COMPLETED' 30
test "$(cat workflows/app.conf)" = 'level debug' || fail "the file was not written again"

# Two revisions are compared, and the older one restored.
keys 5
shows 'app.conf +of first'
keys Enter
shows '^ +1 \+level debug$'
keys Escape j
keys B
shows 'ROLLBACK PLAN for app.conf'
pause_for_dialog
type_in app.conf
wait_for 20 grep -q 'level none' workflows/app.conf
keys q
shows '^back$'
