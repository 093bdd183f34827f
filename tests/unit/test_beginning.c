/* SPDX-License-Identifier: MIT
 *
 * Starting from a node, up to one, only some, step by step: the fates, the refusals, the events.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/beginning.h"
#include "tests/unit/workflow_text.h"

/* prepare: issue, copy; switch: swap (needs issue), side; verify: check. */
static const char text[] = "name: w\n"
			   "phases: [prepare, switch, verify]\n"
			   "nodes:\n"
			   "  - {id: issue, phase: prepare, run: x, outputs: [serial]}\n"
			   "  - {id: copy, phase: prepare, run: x}\n"
			   "  - {id: swap, phase: switch, needs: issue, run: 'x ${run.name}'}\n"
			   "  - {id: side, phase: switch, run: x}\n"
			   "  - {id: check, phase: verify, run: x}\n"
			   "  - {id: report, phase: verify, needs: check, run: x}\n";

struct bench {
	struct workflow *workflow;
	struct graph *graph;
	struct err err;
};

static void open_bench(struct bench *bench, const char *yaml)
{
	*bench = (struct bench){.workflow = workflow_text_read(yaml)};
	assert_int_equal(graph_compile(bench->workflow, &bench->graph, &bench->err), 0);
}

static void close_bench(struct bench *bench)
{
	workflow_free(bench->workflow);
	graph_free(bench->graph);
}

/* "s" skipped, "h" held, "." runs; in file order. */
static const char *fates(const struct bench *bench, const struct beginning *beginning)
{
	static char out[32];
	enum fate fate[32];

	beginning_fates(bench->workflow, bench->graph, beginning, fate);
	for (uint32_t i = 0; i < bench->workflow->nodes_count; i++)
		out[i] = ".sh"[fate[i]];
	out[bench->workflow->nodes_count] = '\0';
	return out;
}

static void from_skips_what_comes_before_and_until_holds_what_comes_after(void **state)
{
	static const char *const only[] = {"copy", "side"};
	struct bench bench;

	(void)state;
	open_bench(&bench, text);
	assert_string_equal(fates(&bench, &(struct beginning){.from = "swap"}), "ss....");
	assert_string_equal(fates(&bench, &(struct beginning){.from = "report"}), "sssss.");
	assert_string_equal(fates(&bench, &(struct beginning){.from = "issue"}), "......");
	assert_string_equal(fates(&bench, &(struct beginning){.until = "swap"}), "....hh");
	assert_string_equal(fates(&bench, &(struct beginning){.until = "issue"}), "..hhhh");
	assert_string_equal(fates(&bench, &(struct beginning){.until = "prepare"}), "..hhhh");
	assert_string_equal(fates(&bench, &(struct beginning){.until = "verify"}), "......");
	assert_string_equal(fates(&bench, &(struct beginning){.only = only, .only_count = 2}),
			    "s.s.ss");
	assert_string_equal(fates(&bench, &(struct beginning){.step = true, .from = "swap"}),
			    "sshhhh");
	assert_string_equal(fates(&bench, &(struct beginning){.from = "swap", .until = "switch"}),
			    "ss..hh");
	assert_true(beginning_is_plain(&(struct beginning){0}));
	assert_false(beginning_is_plain(&(struct beginning){.step = true}));
	close_bench(&bench);
}

static void names_that_are_not_there_name_the_nearest(void **state)
{
	static const char *const only[] = {"copy", "sid"};
	struct bench bench;

	(void)state;
	open_bench(&bench, text);
	assert_int_equal(beginning_check(bench.workflow, bench.graph,
					 &(struct beginning){.from = "swop"}, &bench.err),
			 -ERR_NOT_FOUND);
	assert_non_null(strstr(bench.err.message, "did you mean 'swap'?"));
	assert_int_equal(beginning_check(bench.workflow, bench.graph,
					 &(struct beginning){.until = "zzzzzzz"}, &bench.err),
			 -ERR_NOT_FOUND);
	assert_non_null(strstr(bench.err.message, "until: w has no node 'zzzzzzz'"));
	assert_int_equal(beginning_check(bench.workflow, bench.graph,
					 &(struct beginning){.only = only, .only_count = 2},
					 &bench.err),
			 -ERR_NOT_FOUND);
	assert_non_null(strstr(bench.err.message, "'side'"));
	assert_int_equal(beginning_check(bench.workflow, bench.graph,
					 &(struct beginning){.until = "switch"}, &bench.err),
			 0);
	close_bench(&bench);
}

static void an_output_that_would_be_missing_is_said_before(void **state)
{
	static const char *const uses[] = {
		"run: 'x ${nodes.a.outputs.x}'",
		"run: [x, '${nodes.a.outputs.x}']",
		"run: x\n    env: {V: '${nodes.a.outputs.x}'}",
		"manual: 'Use ${nodes.a.outputs.x}'",
		"run: x\n    approval: 'Go with ${nodes.a.outputs.x}?'",
	};
	static const char head[] = "name: w\nnodes:\n  - {id: a, run: x, outputs: [x]}\n"
				   "  - id: b\n    needs: a\n    ";

	(void)state;
	for (size_t i = 0; i < sizeof(uses) / sizeof(*uses); i++) {
		struct bench bench;
		char yaml[500];

		(void)snprintf(yaml, sizeof(yaml), "%s%s\n", head, uses[i]); /* fits */
		open_bench(&bench, yaml);
		assert_int_equal(beginning_check(bench.workflow, bench.graph,
						 &(struct beginning){.from = "b"}, &bench.err),
				 -ERR_REFUSED);
		assert_non_null(strstr(bench.err.message, "'b' uses the output 'x' of 'a'"));
		close_bench(&bench);
	}
}

static void what_only_an_undo_or_a_shown_value_uses_may_be_missing(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, "name: w\nnodes:\n  - {id: a, run: x, outputs: [x]}\n"
			   "  - {id: b, needs: a, run: x, undo: 'y ${nodes.a.outputs.x}',\n"
			   "     approval: {ask: Go?, show: [nodes.a.outputs.x]}}\n");
	assert_int_equal(beginning_check(bench.workflow, bench.graph,
					 &(struct beginning){.from = "b"}, &bench.err),
			 0);
	close_bench(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_skips_what_comes_before_and_until_holds_what_comes_after),
		cmocka_unit_test(names_that_are_not_there_name_the_nearest),
		cmocka_unit_test(an_output_that_would_be_missing_is_said_before),
		cmocka_unit_test(what_only_an_undo_or_a_shown_value_uses_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
