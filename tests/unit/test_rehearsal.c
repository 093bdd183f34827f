/* SPDX-License-Identifier: MIT
 *
 * What would be run if a workflow were started now: values filled in, what is not known yet stands
 * as its own reference, and which nodes could run side by side.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/order.h"
#include "model/rehearsal.h"
#include "tests/unit/workflow_text.h"

static const char *const text =
	"name: drain\n"
	"params: {host: {type: string}, none: {required: false}}\n"
	"env: {HOST: \"${params.host}\"}\n"
	"phases: [look, act]\n"
	"nodes:\n"
	"  - {id: see, phase: look, run: [see, \"${params.host}\"], outputs: [lag]}\n"
	"  - {id: also, phase: look, run: \"true\"}\n"
	"  - id: cut\n"
	"    phase: act\n"
	"    run: echo ${nodes.see.outputs.lag} ${run.id} ${params.host} | cat\n"
	"    env: {AT: \"${run.node}\"}\n"
	"    undo: echo back ${params.host} | cat\n"
	"  - {id: end, phase: act, needs: [cut], run: \"echo ${params.none} | cat\"}\n"
	"  - {id: side, phase: act, run: \"true\"}\n";

struct stage {
	struct execution *execution;
	struct arena arena;
};

static const struct order_places places = {.output_folder = "/out", .workspace = "/scratch"};

static void open_stage(struct stage *stage, const char *host)
{
	const struct binding params[] = {{"host", host}, {"none", NULL}};
	const struct binding env[] = {{"PATH", "/bin"}, {"LANG", "C"}};
	const struct rehearsal_start start = {
		.params = params, .env = env, .env_count = 2, .folder = "/srv", .actor = "ana"};
	struct workflow *workflow = workflow_text_read(text);
	struct graph *graph = NULL;
	*stage = (struct stage){0};
	assert_int_equal(graph_compile(workflow, &graph, NULL), 0);
	stage->execution = rehearsal_new(workflow, graph, &start);
}

static void close_stage(struct stage *stage)
{
	execution_free(stage->execution);
	arena_release(&stage->arena);
}

static const struct order *order_of(struct stage *stage, const char *node, enum attempt_kind kind)
{
	struct err err = {0};
	const struct order *order = NULL;
	int64_t index = workflow_find_node(stage->execution->workflow, node);
	assert_true(index >= 0);
	assert_int_equal(order_build(stage->execution, (uint32_t)index, kind, 1, 0, &places,
				     &stage->arena, &order, &err),
			 0);
	return order;
}

static bool has_variable(const struct order *order, const char *variable)
{
	for (size_t i = 0; order->env[i] != NULL; i++)
		if (strcmp(order->env[i], variable) == 0)
			return true;
	return false;
}

static void params_and_the_callers_environment_are_filled_in(void **state)
{
	struct stage stage;
	(void)state;
	open_stage(&stage, "edge one");
	const struct order *order = order_of(&stage, "see", ATTEMPT_RUN);
	assert_string_equal(order->argv[0], "see");
	assert_string_equal(order->argv[1], "edge one");
	assert_string_equal(order->folder, "/srv");
	assert_true(has_variable(order, "HOST=edge one"));
	assert_true(has_variable(order, "PATH=/bin"));
	assert_false(has_variable(order, "AT=see"));
	assert_true(has_variable(order_of(&stage, "cut", ATTEMPT_RUN), "AT=cut"));
	close_stage(&stage);
}

static void what_is_known_only_later_stands_as_its_reference(void **state)
{
	struct stage stage;
	(void)state;
	open_stage(&stage, "it's");
	const struct order *order = order_of(&stage, "cut", ATTEMPT_RUN);
	assert_string_equal(order->argv[0], "/bin/sh");
	assert_string_equal(order->argv[3],
			    "echo '${nodes.see.outputs.lag}' '${run.id}' 'it'\\''s' | cat");
	assert_string_equal(order_of(&stage, "cut", ATTEMPT_UNDO)->argv[3],
			    "echo back 'it'\\''s' | cat");
	close_stage(&stage);
}

static void a_value_that_will_be_missing_is_an_error_already(void **state)
{
	struct stage stage;
	struct err err = {0};
	const struct order *order = NULL;
	(void)state;
	open_stage(&stage, "edge");
	uint32_t end = (uint32_t)workflow_find_node(stage.execution->workflow, "end");
	assert_int_equal(order_build(stage.execution, end, ATTEMPT_RUN, 1, 0, &places, &stage.arena,
				     &order, &err),
			 -ERR_INVALID);
	assert_non_null(strstr(err.message, "params.none"));
	close_stage(&stage);
}

static void a_wave_follows_all_that_it_waits_for(void **state)
{
	static const uint32_t wanted[] = {0, 0, 1, 2, 1};
	struct stage stage;
	uint32_t waves[5];
	(void)state;
	open_stage(&stage, "edge");
	rehearsal_waves(stage.execution->graph, waves);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(waves[i], wanted[i]);
	close_stage(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(params_and_the_callers_environment_are_filled_in),
		cmocka_unit_test(what_is_known_only_later_stands_as_its_reference),
		cmocka_unit_test(a_value_that_will_be_missing_is_an_error_already),
		cmocka_unit_test(a_wave_follows_all_that_it_waits_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
