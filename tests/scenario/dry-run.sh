#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# A dry run tells what each node would run, with every value filled in, in the order of its waves.
# It runs nothing, makes no home and starts no engine; a value that will be missing is an error now.
. "$(dirname "$0")/lib.sh"

cat >drain.yaml <<'END'
name: drain
params: {host: {type: string}, days: {type: integer, default: 90}}
env: {WHERE: "at ${params.host}"}
phases: [look, act]
nodes:
  - {id: see, phase: look, run: "touch ran; echo lag=1 >> \"$HLP_OUTPUT\"", outputs: [lag]}
  - id: cut
    phase: act
    run: |
      touch ran
      echo ${params.host} ${nodes.see.outputs.lag}
    undo: [./back.sh, "${params.days}", a b]
    artifacts: [{path: proxy.conf, on_restore: "./reload.sh ${params.days}", required: true, max_size: 2kB}]
    risk: high
    timeout: 2m
    retry: 2
    env: {ONLY: here}
END
expect 0 hlp run drain.yaml -p 'host=$(touch ran); it'\''s' --dry-run
says '^drain  a dry run: nothing is run$'
says '^      params     host = \$\(touch ran\); it.s$'
says '^                 days = 90$'
says '^ wave 1, phase look$'
says '^ wave 2, phase act$'
says '^   cut  high risk$'
says '^      run        touch ran$'
says "^                 echo '\\$\(touch ran\); it'\\\\''s' '\\$\{nodes.see.outputs.lag\}'$"
says "^      in         $work/files$"
says '^      env        WHERE=at \$\(touch ran\); it.s$'
says '^                 ONLY=here$'
says '^      artifacts  proxy.conf$'
says '^                   required$'
says '^                   at most 2000 bytes$'
says "^                   when restored: ./reload.sh '90'$"
says '^      outputs    lag$'
says '^      timeout    2m00s$'
says '^      retry      2$'
says "^      undo       ./back.sh 90 'a b'$"

expect 0 hlp run drain.yaml -p host=edge --dry-run -o json
is workflow drain
is params.host edge
is nodes.cut.wave 2
is nodes.cut.risk high
is nodes.cut.folder "$work/files"
is nodes.see.wave 1

cat >missing.yaml <<'END'
name: missing
params: {note: {required: false}}
nodes: [{id: tell, run: "touch ran; echo ${params.note}"}]
END
expect 2 hlp run missing.yaml --dry-run
complains "node 'tell': .*params.note"
expect 2 hlp run drain.yaml --dry-run
complains "param 'host' is missing"
test ! -e ran || fail "it ran something"
test ! -e "$HLP_HOME" || fail "it made a home"

# Where a run shall begin and end is checked and shown by the same rules; people's parts are said.
cat >hands.yaml <<'END'
name: hands
nodes:
  - {id: see, run: "echo lag=1 >> \"$HLP_OUTPUT\"", outputs: [lag]}
  - {id: ask, needs: [see], run: "true", approval: "Go on at ${nodes.see.outputs.lag}?"}
  - {id: flip, needs: [ask], manual: "Flip it.", undo: {manual: "Flip it back."}}
  - {id: end, needs: [flip], run: "true"}
END
expect 0 hlp run hands.yaml --dry-run --until flip
says '^      approval   Go on at \$\{nodes.see.outputs.lag\}\?$'
says '^      by hand    Flip it\.$'
says '^      undone by  Flip it back\.$'
says '^   flip  low risk$'
says '^   end  low risk, held$'
expect 0 hlp run hands.yaml --dry-run --only end --only flip -o json
is nodes.see.fate skipped
is nodes.end.fate ""
is nodes.flip.manual "Flip it."
expect 2 hlp run hands.yaml --from flop
complains "from: hands has no node 'flop': did you mean 'flip'\?"
expect 2 hlp run hands.yaml --only ask
complains "uses the output 'lag' of 'see', which would be skipped"
test ! -e "$HLP_HOME" || fail "it made a home"

expect 4 hlp run hands.yaml --step
says '^  . see  held by tester'
expect 0 hlp release hands
says 'see is released and starts now'
expect 0 hlp cancel hands --yes
