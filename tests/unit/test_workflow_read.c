/* SPDX-License-Identifier: MIT
 *
 * What a valid workflow says, key by key, and what holds where it says nothing.
 */
#include "model/workflow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>

#include "tests/unit/workflow_text.h"

#define SECOND INT64_C(1000000)
#define HEAD   "name: w\nnodes:\n"

static const struct node_spec *node(const struct workflow *workflow, const char *id)
{
	int64_t index = workflow_find_node(workflow, id);

	assert_true(index >= 0);
	return &workflow->nodes[index];
}

static void the_smallest_workflow_has_defaults(void **state)
{
	struct workflow *workflow = workflow_text_read("name: w\nnodes: [{id: a, run: ./a}]\n");
	const struct node_spec *a = node(workflow, "a");

	(void)state;
	assert_string_equal(workflow->name, "w");
	assert_string_equal(workflow->description, "");
	assert_int_equal(workflow->max_parallel, 8);
	assert_int_equal(workflow->on_failure, ON_FAILURE_DRAIN);
	assert_int_equal(workflow->nodes_count, 1);
	assert_string_equal(a->run.text, "./a");
	assert_int_equal(a->run.shell, SHELL_SH);
	assert_int_equal(a->phase, -1);
	assert_int_equal(a->timeout_us, 0);
	assert_int_equal(a->stop_signal, SIGTERM);
	assert_int_equal(a->stop_grace_us, 10 * SECOND);
	assert_int_equal(a->retry.limit, 0);
	assert_int_equal(a->retry.interval_us, SECOND);
	assert_int_equal(a->retry.max_interval_us, 60 * SECOND);
	assert_int_equal(a->output_max_bytes, 64 * 1024 * 1024);
	assert_int_equal(a->on_lost, ON_LOST_ASK);
	assert_false(a->has_undo);
	assert_null(a->irreversible);
	assert_null(a->limits);
	assert_int_equal(risk_level(a->risk), RISK_LOW);
	assert_string_equal(a->workdir, "");
	workflow_free(workflow);
}

static void limits_replace_the_default(void **state)
{
	struct workflow *workflow = workflow_text_read(
		"name: w\ndefaults: {limits: {memory: 64MiB, files: 4}}\nnodes:\n"
		"  - {id: a, run: x}\n"
		"  - {id: b, run: x, limits: {fsize: 1GiB, files: 1048576}}\n"
		"  - {id: c, run: x, limits: {}, host: h}\n");
	const struct node_limits *a = node(workflow, "a")->limits;
	const struct node_limits *b = node(workflow, "b")->limits;

	(void)state;
	assert_int_equal(a->memory_bytes, 64 * 1024 * 1024);
	assert_int_equal(a->files, 4);
	assert_int_equal(a->file_bytes, 0);
	assert_int_equal(b->memory_bytes, 0);
	assert_int_equal(b->files, 1048576);
	assert_int_equal(b->file_bytes, 1024 * 1024 * 1024);
	assert_null(node(workflow, "c")->limits);
	workflow_free(workflow);
}

static void params_labels_and_env_are_read(void **state)
{
	struct workflow *workflow = workflow_text_read(
		"name: edge-cert\n"
		"description: \"what: it does\"\n"
		"labels: {team: web, tier: 1}\n"
		"params:\n"
		"  host: {type: string, default: edge.local, description: where}\n"
		"  days: {type: integer, default: 90, min: 1, max: 365}\n"
		"  dry: {type: boolean, default: false}\n"
		"  token: {}\n"
		"  note: {required: false}\n"
		"env: {CN: \"${params.host}\", DAYS: 090, YES: yes}\n"
		"max_parallel: 3\n"
		"on_failure: continue\n"
		"steps:\n"
		"  - {id: a, run: x}\n");

	(void)state;
	assert_string_equal(workflow->description, "what: it does");
	assert_int_equal(workflow->labels_count, 2);
	assert_string_equal(workflow->labels[1].value, "1");
	assert_int_equal(workflow->params_count, 5);
	assert_int_equal(workflow->params[0].type, PARAM_STRING);
	assert_string_equal(workflow->params[0].default_value, "edge.local");
	assert_string_equal(workflow->params[0].description, "where");
	assert_false(workflow->params[0].required);
	assert_true(workflow->params[1].has_min && workflow->params[1].has_max);
	assert_int_equal(workflow->params[1].max, 365);
	assert_string_equal(workflow->params[2].default_value, "false");
	assert_true(workflow->params[3].required);
	assert_false(workflow->params[4].required);
	assert_null(workflow->params[4].default_value);
	assert_int_equal(workflow->env_count, 3);
	assert_string_equal(workflow->env[0].value, "${params.host}");
	assert_string_equal(workflow->env[1].value, "090");
	assert_string_equal(workflow->env[2].value, "yes");
	assert_int_equal(workflow->max_parallel, 3);
	assert_int_equal(workflow->on_failure, ON_FAILURE_CONTINUE);
	workflow_free(workflow);
}

static void a_node_is_read(void **state)
{
	struct workflow *workflow = workflow_text_read(
		HEAD "  - id: swap\n"
		     "    description: swaps\n"
		     "    run: [./swap, 1, true, \"x y\"]\n"
		     "    undo: {run: ./back, timeout: 1m30s, retry: 3, shell: bash}\n"
		     "    shell: bash\n"
		     "    env: {A: b}\n"
		     "    pass_env: SSH_AUTH_SOCK\n"
		     "    workdir: sub\n"
		     "    roots: [/etc/nginx/]\n"
		     "    timeout: 2m\n"
		     "    stop: {signal: SIGINT, grace: 0s}\n"
		     "    risk: high\n"
		     "    priority: -5\n"
		     "    artifacts: [a.conf, {path: /etc/nginx/b, on_restore: reload \"$X\", "
		     "required: true, max_size: 2KiB, check: [t, \"$X\"]}]\n"
		     "    outputs: serial\n"
		     "    irreversible: the disk is wiped\n"
		     "    on_lost: fail\n"
		     "    idempotent: true\n"
		     "    continue_on: {exit_codes: [3, 4]}\n"
		     "    output_max: 1MiB\n");
	const struct node_spec *swap = node(workflow, "swap");

	(void)state;
	assert_string_equal(swap->description, "swaps");
	assert_int_equal(swap->run.shell, SHELL_NONE);
	assert_int_equal(swap->run.list_count, 4);
	assert_string_equal(swap->run.list[2], "true");
	assert_null(swap->run.list[4]);
	assert_true(swap->has_undo);
	assert_string_equal(swap->undo.text, "./back");
	assert_int_equal(swap->undo.shell, SHELL_BASH);
	assert_int_equal(swap->undo_timeout_us, 90 * SECOND);
	assert_int_equal(swap->undo_retry.limit, 3);
	assert_string_equal(swap->env[0].value, "b");
	assert_string_equal(swap->pass_env[0], "SSH_AUTH_SOCK");
	assert_string_equal(swap->workdir, "sub");
	assert_string_equal(swap->roots[0], "/etc/nginx/");
	assert_int_equal(swap->timeout_us, 120 * SECOND);
	assert_int_equal(swap->stop_signal, SIGINT);
	assert_int_equal(swap->stop_grace_us, 0);
	assert_int_equal(risk_level(swap->risk), RISK_HIGH);
	assert_int_equal(swap->priority, -5);
	assert_int_equal(swap->artifacts_count, 2);
	assert_string_equal(swap->artifacts[0].path, "a.conf");
	assert_false(swap->artifacts[0].has_on_restore);
	assert_false(swap->artifacts[0].required);
	assert_int_equal(swap->artifacts[0].max_size, 0);
	assert_false(swap->artifacts[0].has_check);
	assert_true(swap->artifacts[1].has_check);
	assert_int_equal(swap->artifacts[1].check.list_count, 2);
	assert_true(swap->has_checks);
	assert_true(swap->artifacts[1].required);
	assert_int_equal(swap->artifacts[1].max_size, 2048);
	assert_string_equal(swap->artifacts[1].on_restore.text, "reload \"$X\"");
	assert_int_equal(swap->artifacts[1].on_restore.shell, SHELL_BASH);
	assert_string_equal(swap->outputs[0], "serial");
	assert_string_equal(swap->irreversible, "the disk is wiped");
	assert_int_equal(swap->on_lost, ON_LOST_FAIL);
	assert_true(swap->idempotent);
	assert_int_equal(swap->continue_on.exit_codes_count, 2);
	assert_int_equal(swap->output_max_bytes, 1024 * 1024);
	assert_int_equal(swap->line, 3);
	workflow_free(workflow);
}

static void defaults_hold_where_a_node_says_nothing(void **state)
{
	struct workflow *workflow = workflow_text_read(
		"name: w\n"
		"nodes:\n"
		"  - {id: a, run: x}\n"
		"  - {id: b, run: x, timeout: 1s, retry: 1, risk: 0.5, pass_env: [B]}\n"
		"  - {id: c, run: x, retry: {exit_codes: 7}}\n"
		"pass_env: [A]\n"
		"defaults: {timeout: 5m, risk: medium, shell: bash, stop: INT, workdir: d,\n"
		"  retry: {limit: 2, interval: 2s, backoff: 1.5, jitter: none,\n"
		"    max_duration: 1h}}\n");
	const struct node_spec *a = node(workflow, "a"), *b = node(workflow, "b");

	(void)state;
	assert_int_equal(a->timeout_us, 300 * SECOND);
	assert_int_equal(a->retry.limit, 2);
	assert_int_equal(a->retry.interval_us, 2 * SECOND);
	assert_int_equal(a->retry.jitter, JITTER_NONE);
	assert_int_equal(a->retry.max_duration_us, 3600 * SECOND);
	assert_int_equal(a->run.shell, SHELL_BASH);
	assert_int_equal(a->stop_signal, SIGINT);
	assert_string_equal(a->workdir, "d");
	assert_int_equal(risk_level(a->risk), RISK_MEDIUM);
	assert_int_equal(a->pass_env_count, 1);
	assert_int_equal(b->timeout_us, SECOND);
	assert_int_equal(b->retry.limit, 1);
	assert_int_equal(b->retry.interval_us, 2 * SECOND);
	assert_true(b->risk > 0.49 && b->risk < 0.51);
	assert_int_equal(b->pass_env_count, 2);
	assert_int_equal(node(workflow, "c")->retry.limit, 2);
	assert_int_equal(node(workflow, "c")->retry.exit_codes[0], 7);
	workflow_free(workflow);
}

static void an_idempotent_node_is_retried_when_lost(void **state)
{
	struct workflow *workflow =
		workflow_text_read(HEAD "  - {id: a, run: x, idempotent: true}\n"
					"  - {id: b, run: x, idempotent: true, on_lost: ask}\n");

	(void)state;
	assert_int_equal(node(workflow, "a")->on_lost, ON_LOST_RETRY);
	assert_int_equal(node(workflow, "b")->on_lost, ON_LOST_ASK);
	workflow_free(workflow);
	workflow = workflow_text_read("name: w\ndefaults: {on_lost: fail}\n"
				      "nodes: [{id: a, run: x, idempotent: true}]\n");
	assert_int_equal(node(workflow, "a")->on_lost, ON_LOST_FAIL);
	workflow_free(workflow);
}

static void phases_and_needs_become_indices(void **state)
{
	struct workflow *workflow =
		workflow_text_read("name: w\nphases: [one, two]\nnodes:\n"
				   "  - {id: c, phase: two, run: x, needs: [a, b]}\n"
				   "  - {id: b, phase: one, run: x, needs: a}\n"
				   "  - {id: a, phase: one, run: x, needs: []}\n");

	(void)state;
	assert_int_equal(workflow_find_phase(workflow, "two"), 1);
	assert_int_equal(workflow_find_phase(workflow, "x"), -1);
	assert_int_equal(workflow_find_node(workflow, "x"), -1);
	assert_int_equal(workflow_find_node(workflow, "a"), 2);
	assert_int_equal(workflow->nodes[0].phase, 1);
	assert_int_equal(workflow->nodes[0].needs_count, 2);
	assert_int_equal(workflow->nodes[0].needs[0], 2);
	assert_int_equal(workflow->nodes[0].needs[1], 1);
	assert_int_equal(workflow->nodes[1].needs[0], 2);
	assert_int_equal(workflow->nodes[2].needs_count, 0);
	workflow_free(workflow);
}

/* Each must be accepted. */
static void what_is_right_is_accepted(void **state)
{
	static const char *const texts[] = {
		"\xef\xbb\xbfname: w\nnodes: [{id: a, run: x}]\n",
		"---\nname: w\nnodes: [{id: a, run: x}]\n...\n",
		"name: w\r\nnodes:\r\n  - id: a\r\n    run: x\r\n",
		"{\"name\": \"w\", \"nodes\": [{\"id\": \"a\", \"run\": \"true\"}]}",
		"name: \"true\"\nnodes: [{id: a, run: \"5\"}]\n",
		HEAD "  - {id: a, run: x, outputs: [o]}\n"
		     "  - {id: b, run: x, needs: [a]}\n"
		     "  - {id: c, run: 'echo ${nodes.a.outputs.o}', needs: [b]}\n",
		"name: w\nphases: [p, q]\nnodes:\n"
		"  - {id: a, phase: p, run: x, outputs: [o]}\n"
		"  - {id: b, phase: q, run: 'echo ${nodes.a.outputs.o}'}\n",
		HEAD "  - {id: a, run: x, outputs: [o-1], undo: 'echo ${nodes.a.outputs.o-1}'}\n",
		HEAD "  - {id: a, run: x, artifacts: [./f]}\n"
		     "  - {id: b, run: x, needs: [a]}\n"
		     "  - {id: c, run: x, needs: [b], artifacts: [s/../f]}\n",
		HEAD "  - {id: a, run: x, workdir: s, artifacts: [f]}\n"
		     "  - {id: b, run: x, artifacts: [f]}\n",
		HEAD "  - {id: a, run: 'echo ${env.PATH} ${env.LC_ALL} ${env.HLP_NODE} "
		     "${env.MINE} ${env.A}', pass_env: [MINE], env: {A: 1}}\n",
		HEAD "  - {id: a, run: x, env: {A: '${env.PATH}', B: '${env.A}'}}\n",
		HEAD "  - {id: a, run: 'echo ${run.id} ${run.name} ${run.number} ${run.node} "
		     "${run.attempt} ${run.folder} ${run.workspace}'}\n",
		HEAD "  - {id: a, run: x, artifacts: [/etc/a/b], roots: [/etc/a/]}\n",
		HEAD "  - {id: a, run: x, continue_on: {failure: true}, stop: HUP, risk: 1}\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		workflow_free(workflow_text_read(texts[i]));
}

/* ---- params ---------------------------------------------------------------------------------- */

#define PARAMS                                                                                     \
	"name: w\nparams:\n  host: {}\n  days: {type: integer, default: 90, min: 1, max: 100}\n"   \
	"  dry: {type: boolean, default: False}\n  note: {required: false}\n"                      \
	"nodes: [{id: a, run: x}]\n"

static void params_are_bound_in_the_order_of_declaration(void **state)
{
	struct workflow *workflow = workflow_text_read(PARAMS);
	const struct binding given[] = {{"days", "+007"}, {"host", "a b"}};
	struct arena arena = {0};
	struct binding *bound;

	(void)state;
	assert_int_equal(workflow_bind_params(workflow, given, 2, &arena, &bound, NULL), 0);
	assert_string_equal(bound[0].value, "a b");
	assert_string_equal(bound[1].value, "7");
	assert_string_equal(bound[2].value, "false");
	assert_string_equal(bound[3].name, "note");
	assert_null(bound[3].value);
	arena_release(&arena);
	workflow_free(workflow);
}

static void a_wrong_param_is_refused_with_the_way_out(void **state)
{
	static const struct {
		struct binding given;
		const char *message;
	} table[] = {
		{{"hots", "x"}, "workflow 'w' has no param 'hots': did you mean 'host'?"},
		{{"zzzzzz", "x"}, "workflow 'w' has no param 'zzzzzz'"},
		{{"days", "9x"}, "param 'days' must be a whole number, not '9x'"},
		{{"days", ""}, "param 'days' must be a whole number, not ''"},
		{{"days", "99999999999999999999"},
		 "param 'days' must be a whole number, not "
		 "'99999999999999999999'"},
		{{"days", "0"}, "param 'days' must be at least 1, not 0"},
		{{"days", "101"}, "param 'days' must be at most 100, not 101"},
		{{"dry", "yes"}, "param 'dry' must be true or false, not 'yes'"},
		{{"host", "\xff"}, "param 'host' is not UTF-8 text"},
		{{"dry", "true"}, "param 'host' is missing: give it with -p host=VALUE"},
	};
	struct workflow *workflow = workflow_text_read(PARAMS);
	struct arena arena = {0};
	struct binding *bound = NULL;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(
			workflow_bind_params(workflow, &table[i].given, 1, &arena, &bound, &err),
			-ERR_INVALID);
		assert_string_equal(err.message, table[i].message);
		assert_null(bound);
	}
	arena_release(&arena);
	workflow_free(workflow);
}

static void a_param_given_twice_is_refused(void **state)
{
	struct workflow *workflow = workflow_text_read(PARAMS);
	const struct binding given[] = {{"host", "a"}, {"host", "b"}};
	struct arena arena = {0};
	struct binding *bound;

	(void)state;
	assert_int_equal(workflow_bind_params(workflow, given, 2, &arena, &bound, NULL),
			 -ERR_INVALID);
	arena_release(&arena);
	workflow_free(workflow);
}

static void risk_has_four_levels(void **state)
{
	(void)state;
	assert_string_equal(risk_name(risk_level(0)), "low");
	assert_string_equal(risk_name(risk_level(0.3)), "medium");
	assert_string_equal(risk_name(risk_level(0.6)), "high");
	assert_string_equal(risk_name(risk_level(0.9)), "critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_smallest_workflow_has_defaults),
		cmocka_unit_test(limits_replace_the_default),
		cmocka_unit_test(params_labels_and_env_are_read),
		cmocka_unit_test(a_node_is_read),
		cmocka_unit_test(defaults_hold_where_a_node_says_nothing),
		cmocka_unit_test(an_idempotent_node_is_retried_when_lost),
		cmocka_unit_test(phases_and_needs_become_indices),
		cmocka_unit_test(what_is_right_is_accepted),
		cmocka_unit_test(params_are_bound_in_the_order_of_declaration),
		cmocka_unit_test(a_wrong_param_is_refused_with_the_way_out),
		cmocka_unit_test(a_param_given_twice_is_refused),
		cmocka_unit_test(risk_has_four_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
