#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A file compared between revisions, attempts and executions: lines with the changed words marked,
# beside each other, JSON and YAML by structure, what is binary or has another mode; its history;
# and that what a failed attempt left is never the current one.
. "$(dirname "$0")/lib.sh"

cat >web.yaml <<'END'
name: web
params:
  image: {type: string, default: "web:1"}
  order: {type: string, default: "\"a\": 1, \"b\": [1, 2]"}
nodes:
  - id: make
    run: |
      printf '{%s, "image": "%s"}\n' ${params.order} ${params.image} >conf.json
      printf 'kind: Deployment\nspec: {image: "%s"}\n' ${params.image} >conf.yaml
      printf 'first line\nserves %s now\nlast line\n' ${params.image} >site.conf
      printf '\0%s' ${params.image} >data.bin
    artifacts: [conf.json, conf.yaml, site.conf, data.bin]
  - id: flaky
    needs: [make]
    run: 'echo try >>tries; test "$(grep -c try tries)" -ge 3'
    retry: {limit: 2, interval: 10ms, jitter: none}
    artifacts: [tries]
END
expect 0 hlp run web.yaml --yes
expect 0 hlp run web.yaml --yes -p image=web:2 -p 'order="b": [1, 2], "a": 1'

# Lines: what a node changed is the default; changed words are marked, unless it is a patch.
expect 0 hlp diff web site.conf
says '^--- site.conf \(r[0-9]+\)$'
says '^-serves web:\[-1-\] now$'
says '^\+serves web:\{\+2\+\} now$'
expect 0 hlp diff web site.conf --patch
says '^\+serves web:2 now$'
cp site.conf new.conf
sed 's,^--- .*,--- site.conf,; s,^+++ .*,+++ site.conf,' "$out" >made.patch
printf 'first line\nserves web:1 now\nlast line\n' >site.conf
git apply -p0 made.patch || fail "what --patch prints is no patch"
cmp site.conf new.conf || fail "the patch does not make the new version"
expect 0 hlp diff web site.conf --side-by-side
says '^ +2 -serves web:\[-1-\] now +│ +2 \+serves web:\{\+2\+\} now$'
expect 0 hlp diff web site.conf -U 1 --text
says '^@@ -1,3 \+1,3 @@'

# By structure: the order of keys and spacing do not count.
expect 0 hlp diff web conf.json web#1
says '^--- conf.json \(web#1 r[0-9]+\)$'
says '^~ image: web:1 → web:2$'
test "$(grep -c '^[~+] ' "$out")" -eq 1 || fail "the order of keys counts"
LC_ALL=C expect 0 hlp diff web conf.yaml web#1
says '^~ spec.image: web:1 -> web:2$'
expect 0 hlp diff web conf.json web#1 --text
says '^-.*"image": "web:\[-1-\]"'
expect 0 hlp diff web conf.json web#1 -o json
is compared structure
is changes.0.path image
is changes.0.before web:1
is old_revision.execution 'web#1'
expect 0 hlp diff web site.conf web#1 --structure
says '^~ \.: '
expect 2 hlp diff web conf.json --structure --patch
complains '^hlp: --structure shows no lines'

# Attempts, executions, and what there is now.
expect 0 hlp diff web#1 tries 1 2
says '^@@ -1 \+1,2 @@$'
expect 0 hlp diff web#1 tries run-1 run-3
says '^@@ -1 \+1,3 @@$'
expect 0 hlp diff web#2 tries web#1@run-1 web#1@run-2
says '^--- tries \(web#1 r[0-9]+\)$'
expect 0 hlp diff web conf.json web#1@newest web#1@newest
says '^no difference$'
echo 'by hand' >>site.conf
chmod 600 site.conf
expect 0 hlp diff web site.conf newest now
says '^\+by hand$'
says '^old mode 0644$'
says '^new mode 0600$'

# Binary files: size, digest, first difference.
expect 0 hlp diff web data.bin
says '^old: 6 bytes, sha256 [0-9a-f]{64}$'
says '^first difference at byte 5$'
expect 0 hlp diff web data.bin -o json
is compared summary
is files.1.size 6

# What is not there is told with what is.
expect 1 hlp diff web tries 9
complains "^hlp: 'tries' has no revision of run-9; the newest are run-1$"
expect 1 hlp diff web tries r99999
complains "has no revision r99999; the newest are r"
expect 2 hlp diff web tries 'web#1@soon'
complains "^hlp: 'soon' is no moment of a file"
expect 1 hlp diff web tries nothing-of-this-name
expect 1 hlp diff web no-such-file
expect 2 hlp diff web
expect 2 hlp diff web tries 1 2 3

# What a failed attempt left is kept, and never the current one.
expect 0 hlp artifacts web#1/flaky
says '  after +run 1 .*  failed$'
says '  after +run 2 .*  failed$'
says '  after +run 3 .*  current$'
test "$(grep -c current "$out")" -eq 1 || fail "two are current"
expect 0 hlp history tries
says '^web#1  flaky:tries  [0-9-]+ in /'
says '^web#2  flaky:tries '
expect 0 hlp history tries -o json
is 0.execution 'web#1'
expect 1 hlp history nothing-of-this-name
complains "^hlp: no execution has recorded a file 'nothing-of-this-name'$"

# Nor when the node failed for good, or the failure is ignored; until somebody vouches for it.
cat >bad.yaml <<'END'
name: bad
nodes:
  - {id: fails, run: "echo broken >state; exit 3", artifacts: [state], continue_on: {failure: true}}
  - {id: dies, needs: [fails], run: "echo broken >other; exit 3", artifacts: [other]}
END
echo good >state
echo good >other
expect 1 hlp run bad.yaml --yes
for node in fails dies; do
	expect 0 hlp artifacts "bad/$node"
	says '  before .*  current$'
	says '  after .*  failed$'
done
expect 0 hlp done bad/dies --yes
wait_for 10 node_is bad dies COMPLETED
expect 0 hlp artifacts bad/dies
says '  after .*  current$'

# Nor does one whose exit was fine, for what it did not write, when a later one fails too.
cat >short.yaml <<'END'
name: short
nodes:
  - id: write
    run: 'echo try >>count; cp count made; test "$(grep -c try count)" -lt 2'
    outputs: [serial]
    artifacts: [made]
END
echo none >made
expect 1 hlp run short.yaml --yes
expect 0 hlp retry short --yes
expect 1 hlp wait short
expect 0 hlp artifacts short
says '  before +run 1 .*  current$'
says '  after +run 1 .*  failed$'
says '  before +run 2 .*  failed$'
says '  after +run 2 .*  failed$'
expect 0 hlp engine stop
expect 0 hlp engine check
