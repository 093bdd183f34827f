/* SPDX-License-Identifier: MIT
 *
 * What is said about an invalid workflow: every mistake, at its place, with the way out, in
 * bounded time and memory.
 */
#include "model/workflow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/limits.h"
#include "tests/unit/workflow_text.h"

#define HEAD "name: w\nnodes:\n"
#define NODE HEAD "  - id: a\n    run: x\n"

struct wrong {
	const char *text;
	const char *problem; /* without "w.yaml:"; a part from its beginning */
};

static void check(const struct wrong *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *problems = workflow_text_problems(table[i].text, strlen(table[i].text));

		if (strncmp(problems, "w.yaml:", 7) != 0 ||
		    strncmp(problems + 7, table[i].problem, strlen(table[i].problem)) != 0 ||
		    strchr(problems, '\n') != strrchr(problems, '\n'))
			fail_msg("%s\n--- wanted w.yaml:%s\n--- got\n%s", table[i].text,
				 table[i].problem, problems);
		free(problems);
	}
}
#define CHECK(table) check(table, sizeof(table) / sizeof((table)[0]))

static void broken_yaml_is_told_at_its_place(void **state)
{
	static const struct wrong table[] = {
		{"", "1:1: error: the file is empty"},
		{"# nothing\n", "1:1: error: the file is empty"},
		{"name: w\nnodes:\n\t- id: a\n", "3:1: error: a tab stands here"},
		{"name: a: b\n", "1:8: error: not valid YAML: a ': ' stands inside a text"},
		{"name: \"a\n", "2:1: error: not valid YAML: a quote or bracket is not closed"},
		{"name: w\nnodes: [\n", "3:1: error: not valid YAML"},
		{"name: @x\n", "1:7: error: not valid YAML: no value can begin with this"},
		{NODE "---\nname: v\n", "5:1: error: a second document begins here"},
		{"name: &n w\nnodes: [{id: a, run: x}]\n",
		 "1:7: error: anchors and aliases are not supported"},
		{"name: !!str w\nnodes: [{id: a, run: x}]\n", "1:7: error: tags ("},
		{"[a]: b\n", "1:1: error: a key must be a plain word"},
		{"name: \"a\\0b\"\nnodes: [{id: a, run: x}]\n",
		 "1:7: error: a text may not contain a NUL"},
		{"name: w\x01\n", "1:8: error: a control character (0x01)"},
		{"name: w\nx: \xff\n", "2:4: error: not UTF-8 text"},
		{"\xff\xfen\n", "1:1: error: the file is UTF-16"},
		{"- a\n", "1:1: error: a workflow is a map"},
		{"w\n", "1:1: error: a workflow is a map"},
	};

	(void)state;
	CHECK(table);
}

static void unknown_keys_get_the_right_name(void **state)
{
	static const struct wrong table[] = {
		{NODE "    depends_on: [b]\n",
		 "5:5: error: unknown key 'depends_on' in a node: did you mean 'needs'?"},
		{NODE "    cwd: d\n", "5:5: error: unknown key 'cwd' in a node: did you mean "
				      "'workdir'?"},
		{NODE "    rollback: d\n", "5:5: error: unknown key 'rollback' in a node: did you "
					   "mean 'undo'?"},
		{NODE "    timeuot: 1s\n", "5:5: error: unknown key 'timeuot' in a node: did you "
					   "mean 'timeout'?"},
		{NODE "    when: x\n", "5:5: error: unknown key 'when' in a node: 'if' would be "
				       "meant, but is not supported yet"},
		{NODE "    qqqqqqq: x\n", "5:5: error: unknown key 'qqqqqqq' in a node\n"},
		{NODE "    max_parallel: 3\n", "5:5: error: 'max_parallel' does not belong into a "
					       "node: it is a key of the top of the file"},
		{"name: w\njobs: [{id: a, run: x}]\nnodes: [{id: a, run: x}]\n",
		 "2:1: error: unknown key 'jobs' in a workflow: did you mean 'nodes'?"},
		{"name: w\ninputs: {}\nnodes: [{id: a, run: x}]\n",
		 "2:1: error: unknown key 'inputs' in a workflow: did you mean 'params'?"},
		{"name: w\n<<: {}\nnodes: [{id: a, run: x}]\n",
		 "2:1: error: merge keys ('<<') are not supported"},
		{"name: w\nnodes: [{name: a, id: a, run: x}]\n",
		 "2:10: error: unknown key 'name' in a node: did you mean 'id'?"},
		{"name: w\ndepends_on: a\nnodes: [{id: a, run: x}]\n",
		 "2:1: error: unknown key 'depends_on' in a workflow: 'needs' would be meant, a "
		 "key of a node"},
		{HEAD "  - {id: a, command: x}\n",
		 "3:13: error: unknown key 'command' in a node: did you mean 'run'?"},
	};

	(void)state;
	CHECK(table);
}

static void planned_keys_are_not_supported_yet(void **state)
{
	static const struct wrong table[] = {
		{NODE "    if: a\n", "5:5: error: 'if' is not supported yet\n"},
		{NODE "    foreach: a\n", "5:5: error: 'foreach' is not supported yet\n"},
		{NODE "    matrix: a\n", "5:5: error: 'matrix' is not supported yet\n"},
		{"name: w\nversion: 1\nnodes: [{id: a, run: x}]\n",
		 "2:1: error: 'version' is not supported yet\n"},
		{NODE "    env: {A: '${secrets.x}'}\n",
		 "5:15: error: ${secrets.x}: there is no support for it yet"},
	};

	(void)state;
	CHECK(table);
}

#define TRIGGERS(text)                                                                             \
	"name: w\nphases: [switch]\ntriggers: " text "\nnodes: [{id: a, phase: switch, run: x}]\n"

static void triggers_say_one_thing(void **state)
{
	static const struct wrong table[] = {
		{TRIGGERS("1"), "3:11: error: 'triggers' is written as keys and values here"},
		{TRIGGERS("{timeouts: stop}"),
		 "3:12: error: unknown key 'timeouts' in 'triggers': did you mean 'timeout'?"},
		{TRIGGERS("{timeout: rollbak}"), "3:21: error: 'action' is one of "},
		{TRIGGERS("{timeout: reschedule}"),
		 "3:21: error: 'reschedule' is for resource-exhaustion"},
		{TRIGGERS("{timeout: {phase: swich}}"),
		 "3:29: error: there is no phase 'swich': did you mean 'switch'?"},
		{TRIGGERS("{timeout: {level: all, phase: switch}}"),
		 "3:29: error: 'level: all' stands beside 'phase'"},
		{TRIGGERS("{timeout: {exit_codes: [3]}}"),
		 "3:34: error: 'exit_codes' cannot stand in 'timeout': it has no exit"},
		{TRIGGERS("{timeout: {retry: 3}}"),
		 "3:29: error: 'retry' is for 'action: reschedule'"},
		{TRIGGERS("{resource-exhaustion: {exit_codes: [3]}, security-violation: "
			  "{exit_codes: [2, 3]}}"),
		 "3:11: error: exit code 3 is both 'resource-exhaustion' and "
		 "'security-violation'"},
		{"name: w\ntriggers: {timeout: {level: phase}}\nnodes: [{id: a, run: x}]\n",
		 "2:29: error: 'level: phase' needs phases"},
	};

	(void)state;
	CHECK(table);
}

#define SECRET                                                                                     \
	"name: w\n"                                                                                \
	"params: {t: {secret: true}, u: {default: x}}\n"                                           \
	"nodes:\n"                                                                                 \
	"  - id: a\n"

static void secrets_stand_where_nobody_reads_them(void **state)
{
	static const struct wrong table[] = {
		{"name: w\nparams: {t: {secret: true, type: integer}}\n"
		 "nodes: [{id: a, run: x}]\n",
		 "2:34: error: a secret is of type string\n"},
		{"name: w\nparams: {t: {secret: true, default: abcdefg}}\n"
		 "nodes: [{id: a, run: x}]\n",
		 "2:37: error: a secret has no default"},
		{"name: w\nparams: {t: {secret: true, required: false}}\n"
		 "nodes: [{id: a, run: x}]\n",
		 "2:38: error: a secret is always required\n"},
		{"name: w\nparams: {a-b: {secret: true}, a_b: {secret: true}}\n"
		 "nodes: [{id: a, run: x}]\n",
		 "2:9: error: secret 'a_b' and another would both be the variable HLP_SECRET_a_b"},
		{SECRET "    run: [x, '${params.t}']\n",
		 "5:15: error: a secret can stand in a string for the shell and in 'env' "
		 "only"},
		{SECRET "    run: x\n    env: {A: 'Bearer ${params.t}'}\n",
		 "6:22: error: a secret stands alone as the value of a variable"},
		{SECRET "    env: {A: '${params.t}', B: '${env.A}'}\n    run: [x, '${env.B}']\n",
		 "6:15: error: a secret can stand in a string"},
		{SECRET "    run: x\n    host: '${params.t}'\n",
		 "6:12: error: a secret can stand in a string"},
		{SECRET "    run: echo '${params.t}'\n",
		 "5:16: error: ${params.t} stands in single quotes"},
	};

	(void)state;
	CHECK(table);
}

static void hosts_are_checked(void **state)
{
	static const struct wrong table[] = {
		{NODE "    host: -oProxyCommand=id\n",
		 "5:11: error: '-oProxyCommand=id' cannot be a host: a host's name may hold"},
		{NODE "    host: -lroot\n",
		 "5:11: error: '-lroot' cannot be a host: it would be taken for an option\n"},
		{NODE "    host: me@-h\n", "5:11: error: 'me@-h' cannot be a host: it would"},
		{NODE "    host: '@h'\n", "5:11: error: '@h' cannot be a host: the user's name"},
		{NODE "    host: 'a b@h'\n", "5:11: error: 'a b@h' cannot be a host: the user's"},
		{NODE "    host: me@\n", "5:11: error: 'me@' cannot be a host: a host's name"},
		{NODE "    host: a;b\n", "5:11: error: 'a;b' cannot be a host: a host's name"},
		{NODE "    host: {port: 22}\n", "5:11: error: 'host' needs 'to'"},
		{NODE "    host: {to: h, port: 0}\n", "5:25: error: 'port' must be from 1 to"},
		{NODE "    host: {to: h, port: 65536}\n", "5:25: error: 'port' must be from 1 to"},
		{NODE "    host: {to: h, config: '${run.id}'}\n",
		 "5:27: error: 'config' must be a path, without '${…}'\n"},
		{NODE "    host: ${params.no}\n",
		 "5:11: error: ${params.no}: there is no such param"},
		{NODE "    host: h\n    artifacts: a\n",
		 "6:16: error: artifacts of a node with 'host' are not supported yet\n"},
		{NODE "    host: h\n    limits: {files: 9}\n",
		 "6:13: error: limits of a node with 'host' are not supported yet\n"},
		{"name: w\ndefaults: {limits: {files: 9}}\nnodes:\n  - {id: a, host: h, run: x}\n",
		 "4:5: error: limits of a node with 'host' are not supported yet\n"},
		{NODE "    stop: {run: x}\n",
		 "5:11: error: 'run' of 'stop' is for a node with 'host'"},
		{NODE "    host: h\n    stop: {run: ''}\n",
		 "6:17: error: 'run' has nothing to run"},
	};

	(void)state;
	CHECK(table);
}

static void limits_are_typed(void **state)
{
	static const struct wrong table[] = {
		{NODE "    limits: 64MiB\n", "5:13: error: 'limits' is a map: limits: {memory: "},
		{NODE "    limits: {memory: 64}\n",
		 "5:22: error: 'memory' must be a size with its unit"},
		{NODE "    limits: {memory: 0MiB}\n",
		 "5:22: error: 'memory' must be a size with its unit"},
		{NODE "    limits: {fsize: all}\n",
		 "5:21: error: 'fsize' must be a size with its unit"},
		{NODE "    limits: {files: 3}\n", "5:21: error: 'files' must be from 4 to 1048576"},
		{NODE "    limits: {files: 1048577}\n", "5:21: error: 'files' must be from 4"},
		{NODE "    limits: {cpu: 1}\n", "5:14: error: unknown key 'cpu' in 'limits'"},
		{NODE "    memory: 1MiB\n", "5:5: error: "},
	};

	(void)state;
	CHECK(table);
}

static void values_are_typed(void **state)
{
	static const struct wrong table[] = {
		{NODE "    timeout: 300\n",
		 "5:14: error: 'timeout' needs a unit: write 300s or 5m\n"},
		{NODE "    timeout: 7\n", "5:14: error: 'timeout' needs a unit: write 7s"},
		{NODE "    timeout: soon\n", "5:14: error: 'timeout': 'soon' is not a duration"},
		{NODE "    timeout: [1s]\n",
		 "5:14: error: 'timeout' must be a duration like 30s, not "
		 "a list"},
		{NODE "    timeout:\n", "5:13: error: 'timeout' has no value"},
		{NODE "    timeout: 400d\n", "5:14: error: 'timeout' must be"},
		{HEAD "  - {id: a, run: true}\n",
		 "3:18: error: run: true is a YAML boolean, not a command: write run: \"true\""},
		{HEAD "  - {id: a, run: 5}\n", "3:18: error: run: 5 is a YAML number"},
		{HEAD "  - {id: a, run: ''}\n", "3:18: error: 'run' has nothing to run"},
		{HEAD "  - {id: a, run: []}\n", "3:18: error: 'run' has nothing to run"},
		{HEAD "  - {id: a, run: {}}\n", "3:18: error: 'run' is a string for the shell"},
		{HEAD "  - {id: a, run: [x, [y]]}\n", "3:22: error: a word of 'run' must be text"},
		{NODE "    idempotent: yes\n", "5:17: error: 'idempotent' must be true or false: "
					       "write true for 'yes'"},
		{NODE "    idempotent: off\n", "5:17: error: 'idempotent' must be true or false: "
					       "write false for 'off'"},
		{NODE "    idempotent: \"true\"\n",
		 "5:17: error: 'idempotent' must be true or false, "
		 "without quotes"},
		{NODE "    risk: hihg\n",
		 "5:11: error: 'risk' is one of low, medium, high, critical, "
		 "not 'hihg': did you mean 'high'?"},
		{NODE "    risk: 1.1\n", "5:11: error: 'risk' must be a number from 0 to 1"},
		{NODE "    priority: 101\n", "5:15: error: 'priority' must be from -100 to 100"},
		{NODE "    priority: x\n", "5:15: error: 'priority' must be a whole number"},
		{NODE "    shell: zsh\n", "5:12: error: 'shell' is one of sh, bash, not 'zsh'"},
		{NODE "    stop: {signal: FOO}\n", "5:20: error: 'signal' is one of TERM"},
		{NODE "    retry: {interval: 1s}\n", "5:12: error: 'retry' has no 'limit'"},
		{NODE "    retry: 1001\n", "5:12: error: 'retry' must be from 0 to 1000"},
		{NODE "    retry: {limit: 1, exit_codes: [0]}\n",
		 "5:36: error: 'exit_codes' must be from 1 to 255"},
		{NODE "    continue_on: failure\n",
		 "5:18: error: write continue_on: {failure: true}"},
		{NODE "    output_max: 100\n",
		 "5:17: error: 'output_max' must be a size with its unit"},
		{NODE "    irreversible: true\n", "5:19: error: 'irreversible' says why"},
		{NODE "    env: {1A: b}\n", "5:11: error: '1A' cannot be a name in 'env'"},
		{NODE "    env: {HLP_X: b}\n", "5:11: error: 'HLP_X' cannot be a name in 'env'"},
		{NODE "    env: {A: }\n", "5:14: error: 'A' has no value: write \"\""},
		{NODE "    env: [A]\n", "5:10: error: 'env' is a map of names to texts"},
		{NODE "    pass_env: [LC_*]\n", "5:16: error: 'LC_*' cannot be in 'pass_env'"},
		{NODE "    outputs: [a b]\n", "5:15: error: 'a b' cannot be the name of an output"},
		{NODE "    outputs: [a, a]\n", "5:18: error: output 'a' stands here twice"},
		{NODE "    roots: [etc]\n", "5:13: error: a root is an absolute path"},
		{NODE "    undo: none\n    artifacts: [f]\n",
		 "5:11: error: 'undo: none' says that node 'a' changes nothing, but it has "
		 "'artifacts'"},
		{NODE "    undo: none\n    irreversible: gone\n",
		 "5:11: error: 'undo: none' says that node 'a' changes nothing, but it has "
		 "'irreversible'"},
		{NODE "    undo: {timeout: 1s}\n", "5:11: error: 'undo' has no 'run'"},
	};

	(void)state;
	CHECK(table);
}

static void values_of_the_workflow_are_typed(void **state)
{
	static const struct wrong table[] = {
		{"name: w\nmax_parallel: 0\nnodes: [{id: a, run: x}]\n",
		 "2:15: error: 'max_parallel' must be from 1 to 10000"},
		{"name: w\nparams: {h: x}\nnodes: [{id: a, run: x}]\n",
		 "2:13: error: a param is declared with its type"},
		{"name: w\nparams: {h: {type: integer, default: x}}\nnodes: [{id: a, run: x}]\n",
		 "2:38: error: the default of param 'h' must be a whole number"},
		{"name: w\nparams: {h: {type: boolean, default: no}}\nnodes: [{id: a, run: x}]\n",
		 "2:38: error: the default of param 'h' must be true or false"},
		{"name: w\nparams: {h: {type: int}}\nnodes: [{id: a, run: x}]\n",
		 "2:20: error: 'type' is one of string, integer, boolean"},
		{"name: w\nparams: {h: {min: 1}}\nnodes: [{id: a, run: x}]\n",
		 "2:19: error: 'min' is for params of type integer"},
	};

	(void)state;
	CHECK(table);
}

static void names_are_checked(void **state)
{
	static const struct wrong table[] = {
		{"nodes: [{id: a, run: x}]\n", "1:1: error: the workflow has no 'name'"},
		{"name: w\n", "1:1: error: the workflow has no 'nodes'"},
		{"name: w\nnodes: []\n", "2:8: error: 'nodes' is empty"},
		{"name: w\nnodes: {a: b}\n", "2:8: error: 'nodes' is a list"},
		{"name: w\nnodes: [a]\n", "2:9: error: a node is a map"},
		{"name: W\nnodes: [{id: a, run: x}]\n", "1:7: error: 'W' cannot be a name"},
		{HEAD "  - {id: 1a, run: x}\n", "3:10: error: '1a' cannot be a name"},
		{HEAD "  - {id: true, run: x}\n", "3:10: error: 'true' is a YAML value of its own"},
		{HEAD "  - {run: x}\n", "3:5: error: the node has no 'id'"},
		{HEAD "  - {id: a}\n", "3:5: error: node 'a' has neither 'run' nor 'manual'"},
		{NODE "  - {id: a, run: x}\n", "5:10: error: node 'a' stands here twice, first in "
					       "line 3"},
		{NODE "    run: y\n", "5:5: error: 'run' stands here twice, first in line 4"},
		{NODE "    env: {A: b, A: c}\n", "5:17: error: 'A' stands here twice"},
		{"name: w\nname: v\nnodes: [{id: a, run: x}]\n",
		 "2:1: error: 'name' stands here twice, first in line 1"},
		{NODE "steps: []\n", "5:8: error: 'steps' is another word for 'nodes'"},
	};

	(void)state;
	CHECK(table);
}

static void links_between_nodes_are_checked(void **state)
{
	static const struct wrong table[] = {
		{NODE "    needs: [isue]\n  - {id: issue, run: x}\n",
		 "5:13: error: there is no node 'isue': did you mean 'issue'?"},
		{NODE "    needs: [qqqq]\n", "5:13: error: there is no node 'qqqq'\n"},
		{NODE "    needs: [a]\n", "5:13: error: node 'a' needs itself"},
		{NODE "  - {id: b, run: x, needs: [a, a]}\n", "5:32: error: 'a' stands here twice"},
		{NODE "    needs: [b]\n  - {id: b, run: x, needs: [a]}\n",
		 "6:29: error: nodes wait for each other: a -> b -> a\n"},
		{NODE "    needs: [c]\n  - {id: b, run: x, needs: [a]}\n"
		      "  - {id: c, run: x, needs: [b]}\n",
		 "6:29: error: nodes wait for each other: a -> c -> b -> a\n"},
		{NODE "    phase: p\n", "5:12: error: there is no phase 'p': name the phases"},
		{"name: w\nphases: [one]\nnodes: [{id: a, run: x}]\n",
		 "3:9: error: node 'a' has no 'phase'"},
		{"name: w\nphases: [one, two]\nnodes: [{id: a, run: x, phase: oen}]\n",
		 "3:32: error: there is no phase 'oen': did you mean 'one'?"},
		{"name: w\nphases: [one, one]\nnodes: [{id: a, run: x, phase: one}]\n",
		 "2:15: error: phase 'one' stands here twice"},
		{"name: w\nphases: [one, two]\nnodes:\n"
		 "  - {id: a, run: x, phase: one, needs: [b]}\n"
		 "  - {id: b, run: x, phase: two}\n",
		 "4:41: error: node 'a' of phase 'one' cannot need 'b' of the later phase 'two'"},
	};

	(void)state;
	CHECK(table);
}

static void artifacts_are_checked(void **state)
{
	static const struct wrong table[] = {
		{NODE "    artifacts: [../x]\n", "5:17: error: artifact '../x' leads out"},
		{NODE "    artifacts: [s/../../x]\n",
		 "5:17: error: artifact 's/../../x' leads out"},
		{NODE "    artifacts: [/etc/x]\n", "5:17: error: artifact '/etc/x' lies outside"},
		{NODE "    artifacts: [/etc/a/../x]\n    roots: [/etc/a]\n",
		 "5:17: error: artifact '/etc/a/../x' lies outside"},
		{NODE "    artifacts: [/etc/ab]\n    roots: [/etc/a]\n", "5:17: error: artifact"},
		{NODE "    artifacts: [s/]\n", "5:17: error: an artifact is a file"},
		{NODE "    artifacts: ['${params.x}']\n",
		 "5:17: error: the path of an artifact must"},
		{NODE "    artifacts: [a, ./a]\n", "5:20: error: artifact './a' stands here twice"},
		{NODE "    artifacts: [{path: f, max_size: 10}]\n",
		 "5:37: error: 'max_size' must be a size with its unit"},
		{NODE "    artifacts: [{path: f, required: 2}]\n", "5:37: error: 'required'"},
		{NODE "    artifacts: [{path: f, check: ''}]\n",
		 "5:34: error: 'check' has nothing to run"},
		{NODE "    check: ./verify\n",
		 "5:5: error: 'check' does not belong into a node: it is a key of an artifact"},
		{"name: x\nnodes:\n"
		 "  - {id: a, manual: do it, artifacts: [{path: f, check: 'true'}]}\n",
		 "3:39: error: node 'a' has 'manual': who does it says whether it is right"},
		{NODE
		 "    outputs: [o]\n    artifacts: [{path: f, check: 'x ${nodes.b.outputs.o}'}]\n"
		 "  - {id: b, run: y, outputs: [o]}\n",
		 "6:37: error: ${nodes.b.outputs.o}"},
		{NODE "    artifacts: [{on_restore: x}]\n",
		 "5:17: error: an artifact needs a 'path'"},
		{NODE "    artifacts: [f]\n  - {id: b, run: x, artifacts: [./f]}\n",
		 "6:33: error: nodes 'a' (line 3) and 'b' both write artifact 'f'"},
		{NODE "    artifacts: [s/f]\n  - {id: b, run: x, workdir: s, artifacts: [f]}\n",
		 "6:45: error: nodes 'a' (line 3) and 'b' both write artifact 's/f'"},
	};

	(void)state;
	CHECK(table);
}

static void references_are_checked(void **state)
{
	static const struct wrong table[] = {
		{HEAD "  - {id: a, run: 'echo ${params.x}'}\n",
		 "3:24: error: ${params.x}: there is no such param"},
		{"name: w\nparams: {host: {}}\nnodes:\n  - {id: a, run: 'echo ${params.hots}'}\n",
		 "4:24: error: ${params.hots}: there is no such param: did you mean 'host'?"},
		{HEAD "  - id: a\n    run: |\n      echo a\n      echo '${params.x}'\n",
		 "6:13: error: ${params.x} stands in single quotes"},
		{HEAD "  - id: a\n    run: |\n      cat <<'E'\n      ${params.x}\n      E\n",
		 "6:7: error: ${params.x} stands in a here-document with a quoted end word"},
		{HEAD "  - {id: a, run: 'echo $((${run.number}))'}\n",
		 "3:27: error: ${run.number} stands in arithmetic"},
		{HEAD "  - {id: a, run: 'echo ${run.idd}'}\n",
		 "3:24: error: ${run.idd}: there is no such value"},
		{HEAD "  - {id: a, run: 'echo ${env.NOPE}'}\n",
		 "3:24: error: ${env.NOPE}: there is no such variable here"},
		{HEAD "  - {id: a, run: x, env: {A: '${env.B}', B: c}}\n",
		 "3:31: error: ${env.B}: there is no such variable here"},
		{HEAD "  - {id: a, run: 'echo ${nodes.b.outputs.o}'}\n",
		 "3:24: error: ${nodes.b.outputs.o}: there is no such node"},
		{HEAD "  - {id: a, run: 'echo ${nodes.a.o}'}\n",
		 "3:24: error: an output of a node is written ${nodes.ID.outputs.NAME}"},
		{NODE "  - {id: b, needs: [a], run: 'echo ${nodes.a.outputs.o}'}\n",
		 "5:36: error: ${nodes.a.outputs.o}: there is no such output: declare it"},
		{NODE "    outputs: [o]\n  - {id: b, run: 'echo ${nodes.a.outputs.o}'}\n",
		 "6:24: error: ${nodes.a.outputs.o}: node 'b' does not wait for 'a'"},
		{NODE "    outputs: [o]\n    env: {A: '${nodes.a.outputs.o}'}\n",
		 "6:15: error: a node's own outputs are known to its undo"},
		{HEAD "  - {id: a, run: 'echo ${params.x:-y}'}\n",
		 "3:24: error: '${params.x:-y}' is no reference"},
	};

	(void)state;
	CHECK(table);
}

static void all_mistakes_are_told_in_order_of_place(void **state)
{
	static const char text[] = "name: W\nnodes:\n  - id: a\n    run: true\n    timeout: 300\n"
				   "    needs: [b, c]\n  - id: b\n    needs: [a]\n    cmd: x\n";
	char *problems = workflow_text_problems(text, strlen(text));

	(void)state;
	assert_string_equal(
		problems,
		"w.yaml:1:7: error: 'W' cannot be a name: lower-case letters, digits, '_' and '-', "
		"a letter first, at most 63 of them\n"
		"w.yaml:4:10: error: run: true is a YAML boolean, not a command: write run: "
		"\"true\" to run the program of that name\n"
		"w.yaml:5:14: error: 'timeout' needs a unit: write 300s or 5m\n"
		"w.yaml:6:16: error: there is no node 'c'\n"
		"w.yaml:8:13: error: nodes wait for each other: a -> b -> a\n"
		"w.yaml:9:5: error: unknown key 'cmd' in a node: did you mean 'run'?\n");
	free(problems);
}

static void words_of_the_file_cannot_steer_a_terminal(void **state)
{
	static const char text[] = "name: w\n\"\\e[31m\": 1\nnodes: [{id: a, run: x}]\n";
	char *problems = workflow_text_problems(text, strlen(text));

	(void)state;
	assert_null(strchr(problems, '\033'));
	free(problems);
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static void repeat(struct buf *buf, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_text(buf, text);
}

static char *problems_of(const struct buf *buf)
{
	return workflow_text_problems(buf_text(buf), buf->length);
}

static void a_hundred_mistakes_are_shown_and_the_rest_counted(void **state)
{
	struct buf buf;
	char *problems;
	size_t lines = 0;

	(void)state;
	buf_init(&buf, 1000000);
	buf_add_text(&buf, NODE);
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "    qqqqq%d: 1\n", 1000 - i);
	problems = problems_of(&buf);
	for (const char *at = problems; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, LIMIT_ERRORS_SHOWN + 1);
	assert_non_null(strstr(problems, "w.yaml:5:5: error: unknown key 'qqqqq1000'"));
	assert_non_null(strstr(problems, "\n900 more errors are not shown\n"));
	free(problems);
	buf_release(&buf);
}

static void a_bomb_of_aliases_is_an_error(void **state)
{
	struct buf buf;
	char *problems;

	(void)state;
	buf_init(&buf, 1000000);
	buf_add_text(&buf, "a0: &a0 [x, x, x]\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&buf, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1);
	problems = problems_of(&buf);
	assert_non_null(
		strstr(problems, "w.yaml:1:5: error: anchors and aliases are not supported"));
	free(problems);
	buf_release(&buf);
}

static void depth_is_bounded(void **state)
{
	struct buf buf;
	char *problems;

	(void)state;
	buf_init(&buf, 10000000);
	repeat(&buf, "[", LIMIT_YAML_DEPTH);
	repeat(&buf, "]", LIMIT_YAML_DEPTH);
	problems = problems_of(&buf);
	assert_string_equal(problems, "w.yaml:1:1: error: a workflow is a map with at least 'name' "
				      "and 'nodes'\n");
	free(problems);
	buf_clear(&buf);
	repeat(&buf, "[", LIMIT_YAML_DEPTH + 1);
	problems = problems_of(&buf);
	assert_string_equal(problems,
			    "w.yaml:1:33: error: lists and maps are nested more than 32 deep\n");
	free(problems);
	buf_clear(&buf);
	repeat(&buf, "[", 1000000);
	free(problems_of(&buf));
	buf_release(&buf);
}

static void a_text_is_bounded(void **state)
{
	struct buf buf;
	char *problems;

	(void)state;
	buf_init(&buf, 10000000);
	buf_add_text(&buf, "nodes: [{id: a, run: x}]\nname: w\ndescription: ");
	repeat(&buf, "x", LIMIT_YAML_SCALAR_BYTES);
	workflow_free(workflow_text_read(buf_text(&buf)));
	buf_add_char(&buf, 'x');
	problems = problems_of(&buf);
	assert_non_null(strstr(problems, "w.yaml:3:14: error: a text of 262145 bytes is too long"));
	free(problems);
	buf_release(&buf);
}

/* A file of `count` nodes; node i needs the `needs` nodes before it. */
static void make_nodes(struct buf *buf, int count, int needs)
{
	buf_add_text(buf, HEAD);
	for (int i = 0; i < count; i++) {
		buf_printf(buf, "- {id: n%d, run: x, needs: [", i);
		for (int j = i - needs; j < i; j++)
			if (j >= 0)
				buf_printf(buf, "n%d%s", j, j + 1 < i ? "," : "");
		buf_add_text(buf, "]}\n");
	}
}

static void the_number_of_nodes_is_bounded(void **state)
{
	struct buf buf;
	char *problems;

	(void)state;
	buf_init(&buf, 30000000);
	make_nodes(&buf, LIMIT_NODES, 1);
	workflow_free(workflow_text_read(buf_text(&buf)));
	buf_add_text(&buf, "- {id: last, run: x}\n");
	problems = problems_of(&buf);
	assert_string_equal(
		problems, "w.yaml:3:1: error: 200001 nodes are too many, at most 200000 may be\n");
	free(problems);
	buf_release(&buf);
}

static void lists_are_bounded(void **state)
{
	static const struct {
		const char *key;
		size_t max;
	} table[] = {{"outputs", LIMIT_OUTPUTS_PER_NODE},
		     {"artifacts", LIMIT_ARTIFACTS_PER_NODE},
		     {"pass_env", LIMIT_ENV}};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf buf;

		buf_init(&buf, 1000000);
		buf_printf(&buf, NODE "    %s: [x", table[i].key);
		for (size_t j = 1; j < table[i].max; j++)
			buf_printf(&buf, ",x%zu", j);
		buf_add_text(&buf, "]\n");
		workflow_free(workflow_text_read(buf_text(&buf)));
		buf.length -= 2;
		buf_add_text(&buf, ",y]\n");
		free(problems_of(&buf));
		buf_release(&buf);
	}
}

/* Every node uses an output far above it: the check must not walk the graph once per use. */
static void many_distant_references_are_checked_quickly(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 30000000);
	buf_add_text(&buf, HEAD "- {id: n0, run: x, outputs: [o], artifacts: [f]}\n");
	for (int i = 1; i < 20000; i++)
		buf_printf(&buf,
			   "- {id: n%d, run: 'echo ${nodes.n%d.outputs.o}', outputs: [o], "
			   "artifacts: [f], needs: [n%d]}\n",
			   i, i / 2, i - 1);
	workflow_free(workflow_text_read(buf_text(&buf)));
	buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_yaml_is_told_at_its_place),
		cmocka_unit_test(unknown_keys_get_the_right_name),
		cmocka_unit_test(planned_keys_are_not_supported_yet),
		cmocka_unit_test(triggers_say_one_thing),
		cmocka_unit_test(hosts_are_checked),
		cmocka_unit_test(secrets_stand_where_nobody_reads_them),
		cmocka_unit_test(limits_are_typed),
		cmocka_unit_test(values_are_typed),
		cmocka_unit_test(values_of_the_workflow_are_typed),
		cmocka_unit_test(names_are_checked),
		cmocka_unit_test(links_between_nodes_are_checked),
		cmocka_unit_test(artifacts_are_checked),
		cmocka_unit_test(references_are_checked),
		cmocka_unit_test(all_mistakes_are_told_in_order_of_place),
		cmocka_unit_test(words_of_the_file_cannot_steer_a_terminal),
		cmocka_unit_test(a_hundred_mistakes_are_shown_and_the_rest_counted),
		cmocka_unit_test(a_bomb_of_aliases_is_an_error),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_text_is_bounded),
		cmocka_unit_test(the_number_of_nodes_is_bounded),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(many_distant_references_are_checked_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
