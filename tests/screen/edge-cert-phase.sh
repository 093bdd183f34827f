#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The broken certificate taken back by phase, by keys at 80x24: `B`, the phase, its name typed. What
# is served before and after is asked of the proxy itself, and the same phase is run again.
. "$(dirname "$0")/lib.sh"

command -v openssl >/dev/null || skip "openssl is missing"
cp -r "$ROOT/workflows/edge-cert" . || fail "no runbook"
at_end=$work/files/edge-cert/stop-proxy.sh

expect 0 hlp run edge-cert/edge-cert.yaml --yes
good=$(./edge-cert/served.sh --serial) || fail "nobody serves"
cp edge-cert/tls/edge.crt good.crt
expect 1 hlp run edge-cert/edge-cert.yaml -p break=true --yes
test "$(./edge-cert/served.sh --serial)" != "$good" || fail "the swap did not happen"

terminal
type_in 'hlp-console edge-cert; echo back'
shows '✗ F served-chain +failed'
type_in '/swap'
keys B
shows 'reason: scenario'
pause_for_dialog
keys Enter
shows 'the phase switch and those after it'
pause_for_dialog
keys p
shows 'ROLLBACK PLAN for switch'
shows 'restore +swap +proxy.conf'
pause_for_dialog
type_in switch
shows '↺ V swap +undone' 30
shows '↺ . served-chain' 30
shows 'PAUSED, rolled back'
test "$(./edge-cert/served.sh --serial)" = "$good" || fail "the old serial is not served"
cmp edge-cert/tls/edge.crt good.crt || fail "the certificate is not the old one"
./edge-cert/served.sh --verify edge.local >"$out" 2>"$err" || fail "clients refuse what is served"
keys q
shows '^back$'
