/* SPDX-License-Identifier: MIT
 *
 * The compiled graph, against small graphs by hand and large ones by chance.
 */
#include "model/graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "tests/unit/workflow_text.h"

struct fixture {
	struct workflow *workflow;
	struct graph *graph;
};

static struct fixture compile(const char *text)
{
	struct fixture fixture = {.workflow = workflow_text_read(text)};
	struct err err;

	if (graph_compile(fixture.workflow, &fixture.graph, &err) < 0)
		fail_msg("%s", err.message);
	return fixture;
}

static void release(struct fixture *fixture)
{
	graph_free(fixture->graph);
	workflow_free(fixture->workflow);
}

/* A diamond, in an order of the file that is not the order of the needs. */
#define DIAMOND                                                                                    \
	"name: w\nnodes:\n"                                                                        \
	"  - {id: d, run: x, needs: [b, c]}\n"                                                     \
	"  - {id: c, run: x, needs: [a]}\n"                                                        \
	"  - {id: b, run: x, needs: [a]}\n"                                                        \
	"  - {id: a, run: x}\n"

#define PHASES                                                                                     \
	"name: w\nphases: [p, empty, q]\nnodes:\n"                                                 \
	"  - {id: a, run: x, phase: p}\n"                                                          \
	"  - {id: b, run: x, phase: p}\n"                                                          \
	"  - {id: c, run: x, phase: q, needs: [a]}\n"                                              \
	"  - {id: d, run: x, phase: q}\n"

static void edges_go_both_ways(void **state)
{
	struct fixture f = compile(DIAMOND);
	const struct graph *graph = f.graph;

	(void)state;
	assert_int_equal(graph->nodes_count, 4);
	assert_int_equal(graph->vertices_count, 4);
	assert_int_equal(graph->needs_start[1] - graph->needs_start[0], 2);
	assert_int_equal(graph->needs[0], 2);
	assert_int_equal(graph->needs[1], 1);
	assert_int_equal(graph->next_start[4] - graph->next_start[3], 2);
	assert_int_equal(graph->next[graph->next_start[3]], 1);
	assert_int_equal(graph->next[graph->next_start[3] + 1], 2);
	release(&f);
}

static void the_order_is_by_level_then_by_file(void **state)
{
	static const uint32_t expected[] = {3, 1, 2, 0};
	struct fixture f = compile(DIAMOND);

	(void)state;
	assert_memory_equal(f.graph->order, expected, sizeof(expected));
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(f.graph->rank[expected[i]], i);
	release(&f);
}

static void barriers_stand_between_phases(void **state)
{
	struct fixture f = compile(PHASES);
	const struct graph *graph = f.graph;
	const uint32_t first = 4, second = 5;

	(void)state;
	assert_int_equal(graph->vertices_count, 6);
	assert_true(graph_is_barrier(graph, first));
	assert_int_equal(graph->needs_start[first + 1] - graph->needs_start[first], 2);
	assert_int_equal(graph->needs_start[second + 1] - graph->needs_start[second], 1);
	assert_int_equal(graph->needs[graph->needs_start[second]], first);
	assert_int_equal(graph->needs_start[3] - graph->needs_start[2], 2); /* c: a, barrier */
	assert_true(graph->rank[second] < graph->rank[2]);
	assert_true(graph->rank[second] < graph->rank[3]);
	release(&f);
}

static void dependents_pass_through_barriers(void **state)
{
	struct fixture f = compile(PHASES);
	bool marks[6] = {[1] = true};

	(void)state;
	graph_mark_dependents(f.graph, marks);
	assert_false(marks[0]);
	assert_true(marks[1] && marks[2] && marks[3]);
	memset(marks, 0, sizeof(marks));
	marks[3] = true;
	graph_mark_needed(f.graph, marks);
	assert_true(marks[0] && marks[1] && marks[3]);
	assert_false(marks[2]);
	release(&f);
}

static void the_longest_path_counts_weights(void **state)
{
	struct fixture f = compile(DIAMOND);
	const double weights[] = {1, 5, 2, 10}; /* d c b a */
	double paths[4];
	uint32_t *path, count;

	(void)state;
	graph_longest_path(f.graph, weights, paths);
	assert_true(paths[0] == 1 && paths[1] == 6 && paths[2] == 3 && paths[3] == 16);
	graph_critical_path(f.graph, weights, &path, &count);
	assert_int_equal(count, 3);
	assert_int_equal(path[0], 3);
	assert_int_equal(path[1], 1);
	assert_int_equal(path[2], 0);
	free(path);
	release(&f);
}

static void a_critical_path_has_no_barriers(void **state)
{
	struct fixture f = compile(PHASES);
	const double weights[] = {1, 3, 1, 2};
	uint32_t *path, count;

	(void)state;
	graph_critical_path(f.graph, weights, &path, &count);
	assert_int_equal(count, 2);
	assert_int_equal(path[0], 1);
	assert_int_equal(path[1], 3);
	free(path);
	release(&f);
}

/* A workflow that never went through the checks of the reader. */
static void a_cycle_is_told_with_its_path(void **state)
{
	const uint32_t needs[] = {1, 2, 0};
	struct node_spec nodes[] = {
		{.id = "a", .phase = -1, .needs = &needs[0], .needs_count = 1},
		{.id = "b", .phase = -1, .needs = &needs[1], .needs_count = 1},
		{.id = "c", .phase = -1, .needs = &needs[2], .needs_count = 1},
	};
	const struct workflow workflow = {.nodes = nodes, .nodes_count = 3};
	struct graph *graph = NULL;
	struct err err;

	(void)state;
	assert_int_equal(graph_compile(&workflow, &graph, &err), -ERR_INVALID);
	assert_string_equal(err.message, "nodes wait for each other: a -> b -> c -> a");
	assert_null(graph);
}

static void a_long_cycle_is_cut_in_the_middle(void **state)
{
	enum { COUNT = 1000 };
	static struct node_spec nodes[COUNT];
	static uint32_t needs[COUNT];
	static char ids[COUNT][8];
	const struct workflow workflow = {.nodes = nodes, .nodes_count = COUNT};
	struct graph *graph;
	struct err err;
	struct buf name;

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++) {
		buf_init(&name, sizeof(ids[i]));
		buf_printf(&name, "n%u", i);
		memcpy(ids[i], buf_text(&name), name.length + 1);
		buf_release(&name);
		needs[i] = (i + 1) % COUNT;
		nodes[i] = (struct node_spec){
			.id = ids[i], .phase = -1, .needs = &needs[i], .needs_count = 1};
	}
	assert_int_equal(graph_compile(&workflow, &graph, &err), -ERR_INVALID);
	assert_string_equal(
		err.message,
		"nodes wait for each other: n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> n6 -> n7 "
		"-> n8 -> n9 -> (989 more) -> n999 -> n0");
}

static void the_cycles_of_a_graph_are_each_told_once(void **state)
{
	static const char text[] =
		"name: w\nnodes:\n"
		"  - {id: a, run: x, needs: [b]}\n  - {id: b, run: x, needs: [a]}\n"
		"  - {id: c, run: x, needs: [d]}\n  - {id: d, run: x, needs: [c]}\n";
	char *problems = workflow_text_problems(text, strlen(text));

	(void)state;
	assert_string_equal(problems,
			    "w.yaml:4:29: error: nodes wait for each other: a -> b -> a\n"
			    "w.yaml:6:29: error: nodes wait for each other: c -> d -> c\n");
	free(problems);
}

/* ---- against a plain way of finding the same ------------------------------------------------- */

enum { VERTICES = 150 };

static struct fixture random_graph(struct rng *rng)
{
	struct buf text;
	struct fixture fixture;

	buf_init(&text, 100000);
	buf_add_text(&text, "name: w\nnodes:\n");
	for (uint32_t i = 0; i < VERTICES; i++) {
		buf_printf(&text, "  - {id: n%u, run: x, needs: [", i);
		for (uint32_t j = 0; j < i; j++)
			if (rng_below(rng, VERTICES) < 4)
				buf_printf(&text, "n%u,", j);
		buf_add_text(&text, "]}\n");
	}
	fixture = compile(buf_text(&text));
	buf_release(&text);
	return fixture;
}

static bool reaches(const struct graph *graph, uint32_t from, uint32_t to)
{
	bool marks[VERTICES] = {false};

	marks[from] = true;
	graph_mark_needed(graph, marks);
	return from != to && marks[to];
}

static void many_questions_are_answered_as_one_by_one(void **state)
{
	struct rng rng = {.state = 7};
	static struct graph_query queries[4000];
	const size_t count = sizeof(queries) / sizeof(queries[0]);
	struct fixture f = random_graph(&rng);
	size_t yes = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		uint32_t from = (uint32_t)rng_below(&rng, VERTICES);

		queries[i] = (struct graph_query){
			.from = from,
			.to = (from + 1 + (uint32_t)rng_below(&rng, VERTICES - 1)) % VERTICES};
	}
	graph_answer(f.graph, queries, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(queries[i].reached,
				 reaches(f.graph, queries[i].from, queries[i].to));
		yes += queries[i].reached;
	}
	assert_true(yes > 100 && yes < count - 100);
	release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_go_both_ways),
		cmocka_unit_test(the_order_is_by_level_then_by_file),
		cmocka_unit_test(barriers_stand_between_phases),
		cmocka_unit_test(dependents_pass_through_barriers),
		cmocka_unit_test(the_longest_path_counts_weights),
		cmocka_unit_test(a_critical_path_has_no_barriers),
		cmocka_unit_test(a_cycle_is_told_with_its_path),
		cmocka_unit_test(a_long_cycle_is_cut_in_the_middle),
		cmocka_unit_test(the_cycles_of_a_graph_are_each_told_once),
		cmocka_unit_test(many_questions_are_answered_as_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
