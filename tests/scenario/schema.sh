#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The format as a JSON Schema, read by somebody else's validator: all that we ship is right by it,
# what `hlp validate` accepts is too, and plain mistakes are wrong by both.
. "$(dirname "$0")/lib.sh"

python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema or python3-yaml is missing"
cat >judge.py <<'END'
import json, sys, yaml, jsonschema
schema = json.load(open("schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
judge = jsonschema.Draft7Validator(schema)
wrong = 0
for name in sys.argv[1:]:
    for error in judge.iter_errors(yaml.safe_load(open(name))):
        print(f"{name}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
        wrong = 1
sys.exit(wrong)
END
right() { python3 judge.py "$1" >judged 2>&1 || fail "$1 is wrong by the schema: $(cat judged)"; }
wrong() {
	if python3 judge.py "$1" >judged 2>&1; then fail "$1 is right by the schema"; fi
	if grep -q Traceback judged; then fail "the validator broke: $(cat judged)"; fi
}

expect 0 hlp schema
cp "$out" schema.json
for file in "$ROOT"/workflows/*/*.yaml; do right "$file"; done

cat >all.yaml <<'END'
name: all
description: every key
labels: {team: web, tier: 1}
params:
  host: {type: string, default: a.local, description: where}
  days: {type: integer, default: 3, min: 1, max: 9}
  loud: {type: boolean, required: false}
env: {A: 1, B: "${params.host}"}
pass_env: SSH_AUTH_SOCK
defaults: {timeout: 5m, retry: 2, shell: sh, stop: TERM, risk: 0.2, priority: 1, on_lost: ask,
  workdir: ".", roots: [/srv], output_max: 1MiB, limits: {files: 100}}
max_parallel: 4
on_failure: stop
phases: [one, two]
nodes:
  - id: a
    description: first
    phase: one
    run: [printf, "%s", 1, true]
    env: {C: x}
    retry: {limit: 3, interval: 1s, backoff: 1.5, max_interval: 1m, max_duration: 1h, jitter: none, exit_codes: [75]}
    stop: {signal: INT, grace: 1m30s}
    artifacts: [x, {path: y, on_restore: "true", secret: true, required: true, max_size: 1MiB}]
    undo: {run: "true", timeout: 1s, retry: 1, shell: bash}
    unknown_codes: [255]
    limits: {memory: 64MiB, files: 64, fsize: 1GiB}
    idempotent: true
    continue_on: {exit_codes: [3]}
    approval: {ask: "now?", show: [params.host], timeout: 1h, on_timeout: reject}
  - {id: b, phase: two, needs: a, manual: do it, undo: {manual: take it back}, outputs: [n], approval: "sure?"}
  - {id: c, phase: two, run: "true", irreversible: it is gone, risk: critical, workdir: ., pass_env: [TERM]}
  - {id: d, phase: two, run: "true", undo: none, host: {to: me@there, port: 22}, limits: {}}
END
expect 0 hlp validate all.yaml
right all.yaml

head='name: w
nodes:'
mistake() { # NAME YAML
	printf '%s\n%s\n' "$head" "$2" >"$1.yaml"
	expect 2 hlp validate "$1.yaml"
	wrong "$1.yaml"
}
mistake key '  - {id: a, run: x, tiemout: 3s}'
mistake unit '  - {id: a, run: x, timeout: 300}'
mistake name '  - {id: A, run: x}'
mistake work '  - {id: a}'
mistake both '  - {id: a, run: x, manual: y}'
mistake risk '  - {id: a, run: x, risk: hihg}'
mistake codes '  - {id: a, run: x, retry: {limit: 1, exit_codes: [0]}}'
mistake priority '  - {id: a, run: x, priority: 101}'
mistake limits '  - {id: a, run: x, limits: {files: 3}}'
mistake empty '  []'
expect 2 hlp schema more
