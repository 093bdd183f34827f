#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The main job, by keys at 80x24: the bundled runbook fails at the client's view; its output, the
# difference of the certificate, the undo of the swap; the old serial is served again, and the
# terminal is as it was. With KILL=1 the engine is killed in the middle.
. "$(dirname "$0")/lib.sh"

command -v openssl >/dev/null || skip "openssl is missing"
cp -r "$ROOT/workflows/edge-cert" . || fail "no runbook"
at_end=$work/files/edge-cert/stop-proxy.sh

expect 0 hlp run edge-cert/edge-cert.yaml --yes
good=$(./edge-cert/served.sh --serial) || fail "nobody serves"
cp edge-cert/tls/edge.crt good.crt
expect 1 hlp run edge-cert/edge-cert.yaml -p break=true --yes

terminal
type_in 'stty -a >before.tty; hlp-console edge-cert; stty -a >after.tty; echo back'
shows 'served-chain'
shows 'FAILED'
screen edge-cert-failed
keys l
shows 'unable to get local issuer'
keys Escape
type_in '/swap'
keys d
# The certificate itself is another one each time, and with it which side of the change stands first.
shows '^ +[0-9]+ +[-+][A-Za-z0-9+/]{64}$'
shows '1 change, \+[0-9]+ -[0-9]+$'
shows 'tls/edge.crt   of swap, file 1 of 2'
if test -n "${KILL-}"; then
	kill -9 "$(pid_of hlpd)"
	shows 'the engine was lost for [0-9a-z]+ and is back' 20
fi
keys Escape U
# Acts are not allowed yet: arm asks for a reason, filled from HLP_REASON, and then goes on.
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'type swap to carry it out'
screen edge-cert-undo
pause_for_dialog
type_in swap
shows '↺ V swap +undone' 30
shows 'PAUSED, rolled back'
screen edge-cert-undone
keys q
shows '^back$'
cmp before.tty after.tty || fail "the terminal's settings are not as they were"
screen edge-cert-back
test "$(./edge-cert/served.sh --serial)" = "$good" || fail "the old serial is not served"
cmp edge-cert/tls/edge.crt good.crt || fail "the certificate is not the old one"
