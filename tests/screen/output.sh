#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The output of 10 million lines (of a twentieth of that where all is slower), by keys at 80x24: its end
# first, its beginning, an error searched for from the end, a text searched for through all of it, only the lines with a text, and times.
. "$(dirname "$0")/lib.sh"

million=$((1000000 / (HLP_SLOW > 1 ? 20 : 1)))
cat >big.yaml <<END
name: big
nodes:
  - id: print
    output_max: 512MiB
    run: |
      seq -f 'line %.0f of the output' 1 $((5 * million))
      echo 'the needle is here'
      echo 'ERROR: the disk is gone'
      seq -f 'line %.0f of the output' $((5 * million + 1)) $((10 * million))
END
expect 0 hlp run big.yaml --yes

terminal
type_in 'hlp-console big; echo back'
shows '✓ C print +ok'
keys l
shows "^ line $((10 * million)) of the output\$"
shows 'output of attempt 1, [0-9.]+ MiB'
keys g
shows '^ line 1 of the output$'
shows 'follow OFF'
keys G
shows "^ line $((10 * million)) of the output\$"
keys '['
shows '^>ERROR: the disk is gone$' 20
shows "^ line $((5 * million + 1)) of the output\$"
keys /
type_in needle
shows '^>the needle is here$' 20
keys G '&'
type_in "$((7 * million + 777))"
shows "only lines with '$((7 * million + 777))'" 20
shows "line $((7 * million + 777)) of the output" 30
keys Escape
shows "^ line $((10 * million)) of the output\$"
keys t
shows "^ [0-9:]{8}  line $((10 * million)) of the output\$"
keys q
shows '^back$'
