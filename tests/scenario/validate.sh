#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Bad workflows: every one ends with 2, says FILE:line:col: error: … and starts no engine.
. "$(dirname "$0")/lib.sh"

# bad NAME PATTERN: the workflow on standard input is refused with that message.
bad() {
	cat >"$1.yaml"
	expect 2 hlp validate "$1.yaml"
	complains "^$1\.yaml:[0-9]+:[0-9]+: error: .*$2"
	expect 2 hlp run "$1.yaml" --yes
	complains "^$1\.yaml:[0-9]+:[0-9]+: error: "
}

bad empty "the file is empty: a workflow has at least 'name' and 'nodes'" </dev/null
grep -q '^empty.yaml:1:1: error: ' "$err" || fail "an empty file is not 1:1"
printf 'name: x\nnodes:\n\t- id: a\n' | bad tabs 'a tab stands here: YAML is indented with spaces only'
bad cycle 'nodes wait for each other: a -> b -> a' <<'END'
name: x
nodes:
  - {id: a, needs: [b], run: "true"}
  - {id: b, needs: [a], run: "true"}
END
bad phase "there is no phase 'onn': did you mean 'one'" <<'END'
name: x
phases: [one]
nodes:
  - {id: a, phase: onn, run: "true"}
END
bad later 'later|phase' <<'END'
name: x
phases: [one, two]
nodes:
  - {id: a, phase: one, needs: [b], run: "true"}
  - {id: b, phase: two, run: "true"}
END
bad twice "node 'a' stands here twice, first in line 3" <<'END'
name: x
nodes:
  - {id: a, run: "true"}
  - {id: a, run: "true"}
END
bad key "'run' stands here twice, first in line 4" <<'END'
name: x
nodes:
  - id: a
    run: echo 1
    run: echo 2
END
bad unit "'timeout' needs a unit: write 300s or 5m" <<'END'
name: x
nodes:
  - {id: a, run: sleep 1, timeout: 300}
END
bad boolean 'run: true is a YAML boolean, not a command: write run: "true"' <<'END'
name: x
nodes:
  - {id: a, run: true}
END
# shellcheck disable=SC2016 # HLP's, not the shell's
printf "name: x\nparams: {p: {type: string, default: y}}\nnodes:\n  - id: a\n    run: echo '\${params.p}'\n" |
	bad quotes 'stands in single quotes: end them before it'
bad typing 'needs' <<'END'
name: x
nodes:
  - {id: a, run: "true"}
  - {id: b, depends_on: [a], run: "true"}
END
bad nearest 'timeout' <<'END'
name: x
nodes:
  - {id: a, run: "true", timeuot: 3s}
END
bad unknown "gone" <<'END'
name: x
nodes:
  - {id: a, run: "echo ${params.gone}"}
END
bad unsupported 'not supported yet' <<'END'
name: x
nodes:
  - {id: a, run: "true", matrix: {os: [a, b]}}
END
bad owner 'same' <<'END'
name: x
nodes:
  - {id: a, run: "true", artifacts: [same.txt]}
  - {id: b, run: "true", artifacts: [same.txt]}
END

# A bomb of aliases: refused, quickly and in little memory.
{
	echo 'name: x'
	echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"
	done
	echo 'nodes: *a9'
} >bomb.yaml
limit=500000
test "${HLP_FLAVOUR-plain}" = plain || limit=unlimited # sanitizers map terabytes
expect 2 timeout 10 sh -c "ulimit -v $limit; exec hlp validate bomb.yaml"
complains '^bomb\.yaml:[0-9]+:[0-9]+: error: .*alias'

# All errors at once.
cat >many.yaml <<'END'
name: x
nodes:
  - {id: a, run: "true", timeout: 5}
  - {id: b, run: "true", needs: [zz]}
  - {id: c, run: "true", retry: many}
END
expect 2 hlp validate many.yaml
test "$(grep -c ': error: ' "$err")" -ge 3 || fail "not all errors were said at once"

expect 2 hlp validate missing.yaml
expect 2 hlp run
expect 2 hlp frobnicate
test ! -e "$HLP_HOME/state.db" || fail "validation started an engine"
