#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What cannot be started is FAILED `launch`: a program that is not there (127), one that may not
# be executed (126), a shell that is missing.
. "$(dirname "$0")/lib.sh"

cat >launch.yaml <<'END'
name: launch
on_failure: continue
nodes:
  - {id: missing, run: [./no-such-program]}
  - {id: plain, run: no-such-program-anywhere}
  - {id: denied, run: [./not-executable]}
  - {id: shell, run: "echo $HOME", env: {PATH: /nowhere}, shell: bash}
END
echo 'not a program' >not-executable
expect 1 hlp run launch.yaml --yes
status_is launch FAILED
for node in missing plain denied shell; do
	is nodes.$node.state FAILED
	is nodes.$node.reason launch
done
is nodes.missing.exit_code 127
is nodes.denied.exit_code 126
