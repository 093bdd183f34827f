#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# The bundled runbook: it renews the certificate; broken, it fails at the client's view, its
# difference shows, the swap is taken back, and the old serial is served again.
. "$(dirname "$0")/lib.sh"

# What it would do, before any of it: in words that count right.
expect 0 hlp validate "$ROOT/workflows/edge-cert/edge-cert.yaml"
says ': valid: 12 nodes, 4 phases$'
expect 0 hlp plan "$ROOT/workflows/edge-cert/edge-cert.yaml"
says ' issue +low +restores 1 file$'
says ' swap +high +undo, restores 2 files$'
says ' served-chain +low +changes nothing$'
says ' ca +low +no undo$'

command -v openssl >/dev/null || skip "openssl is missing"
cp -r "$ROOT/workflows/edge-cert" . || fail "no runbook"
at_end=$work/files/edge-cert/stop-proxy.sh

expect 0 hlp validate edge-cert/edge-cert.yaml
expect 0 hlp run edge-cert/edge-cert.yaml --yes
status_is edge-cert COMPLETED
good=$(./edge-cert/served.sh --serial) || fail "nobody serves"
cp edge-cert/tls/edge.crt good.crt
cp edge-cert/proxy.conf good.conf

expect 1 hlp run edge-cert/edge-cert.yaml -p break=true --yes
status_is edge-cert FAILED
is nodes.swap.state COMPLETED
is nodes.served-chain.state FAILED
expect 0 hlp logs edge-cert/served-chain
says 'unable to get local issuer certificate'
test "$(./edge-cert/served.sh --serial)" != "$good" || fail "the swap did not happen"
expect 0 hlp diff edge-cert tls/edge.crt
says '^[-+].*CERTIFICATE'

expect 0 hlp rollback edge-cert --node swap --yes
status_is edge-cert PAUSED
is nodes.swap.state RECOVERED
is nodes.swap.reason undone
test "$(./edge-cert/served.sh --serial)" = "$good" || fail "the old serial is not served"
cmp edge-cert/tls/edge.crt good.crt || fail "the certificate is not the old one"
cmp edge-cert/proxy.conf good.conf || fail "proxy.conf is not the old one"
./edge-cert/served.sh --verify edge.local >"$out" 2>"$err" || fail "clients refuse the old one"

# The same with nobody there, by a rule of the workflow.
expect 0 hlp cancel edge-cert --yes
sed 's/^phases:/on_failure: rollback\ntriggers: {validation-failure: {phase: switch}}\nphases:/' \
	edge-cert/edge-cert.yaml >edge-cert/alone.yaml
expect 1 hlp run edge-cert/alone.yaml -p break=true --yes
says 'rolled back by rule triggers: validation-failure → rollback of phase switch'
status_is edge-cert PAUSED
is nodes.swap.reason undone
test "$(./edge-cert/served.sh --serial)" = "$good" || fail "the old serial is not served by itself"
./edge-cert/served.sh --verify edge.local >"$out" 2>"$err" || fail "clients refuse what is served"
