/* SPDX-License-Identifier: MIT
 *
 * Graphs that grow by a hundredth, by leaves, edges and nodes amid it, over shapes and seeds: what
 * stood keeps its order and its place, the drawing is as right as any, and no worse by much than
 * one made anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "tests/unit/layout_graphs.h"

#define BOX 8

enum growth { GROW_LEAVES, GROW_EDGES, GROW_AMID, GROW_NOTHING, GROWTHS };

/* A graph, what it grew into, and their layouts. */
struct pair {
	struct test_graph before, after;
	struct layout *old, *grown;
	struct layout_stood *stood;
};

static void copy_needs(const struct layout_graph *graph, uint32_t v, uint32_t *needs,
		       uint32_t *used)
{
	for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++)
		needs[(*used)++] = graph->needs[i];
}

/* `extra` new nodes or edges. Whatever is added leads from a node to one after it, new ones in
 * between, so nothing goes round in a ring. */
static void grow(struct test_graph *out, const struct layout_graph *graph, enum growth growth,
		 uint32_t extra, uint64_t seed)
{
	struct rng rng = {.state = seed};
	uint32_t nodes = graph->nodes_count, more = growth == GROW_EDGES ? 0 : extra, used = 0;
	uint32_t *from = mem_calloc(extra + 1, sizeof(*from));
	uint32_t *to = mem_calloc(extra + 1, sizeof(*to));

	*out = (struct test_graph){0};
	uint32_t *start = arena_alloc(&out->arena, (nodes + more + 1) * sizeof(*start));
	uint32_t *needs =
		arena_alloc(&out->arena, (graph->needs_start[nodes] + 2 * extra) * sizeof(*needs));
	int32_t *phase = arena_alloc(&out->arena, (nodes + more) * sizeof(*phase));

	for (uint32_t i = 0; i < extra; i++) {
		from[i] = (uint32_t)rng_below(&rng, nodes - 1);
		to[i] = from[i] + 1 + (uint32_t)rng_below(&rng, nodes - 1 - from[i]);
	}
	for (uint32_t v = 0; v < nodes; v++) {
		copy_needs(graph, v, needs, &used);
		for (uint32_t i = 0; growth != GROW_LEAVES && i < extra; i++)
			if (to[i] == v)
				needs[used++] = growth == GROW_EDGES ? from[i] : nodes + i;
		start[v + 1] = used;
		phase[v] = graph->phase[v];
	}
	for (uint32_t i = 0; i < more; i++) {
		needs[used++] = from[i];
		start[nodes + i + 1] = used;
		phase[nodes + i] = graph->phase[from[i]];
	}
	out->graph = (struct layout_graph){nodes + more, start,		needs,
					   phase,	 graph->phases, graph->phases_count};
	free(from);
	free(to);
}

static void open_pair(struct pair *pair, enum graph_shape shape, uint32_t nodes, uint32_t phases,
		      enum growth growth, uint64_t seed)
{
	struct layout_options options = {.box_width = BOX, .width_wanted = seed % 3 == 0 ? 80 : 0};
	struct layout_past past;
	uint32_t extra = growth == GROW_NOTHING ? 0 : nodes < 200 ? 2 : nodes / 100;

	test_graph_make(&pair->before, shape, nodes, phases, seed);
	grow(&pair->after, &pair->before.graph, growth, extra, seed + 1000);
	pair->old = layout_new(&pair->before.graph, &options);
	pair->stood = mem_calloc((size_t)nodes + extra, sizeof(*pair->stood));
	for (uint32_t v = 0; v < nodes + extra; v++)
		pair->stood[v] = v < nodes ? layout_stood(pair->old, v)
					   : (struct layout_stood){LAYOUT_NOWHERE, -1};
	past = layout_past(pair->old);
	past.hold = LAYOUT_HOLD_COLUMNS;
	past.stood = pair->stood;
	options.past = &past;
	pair->grown = layout_new(&pair->after.graph, &options);
}

static void close_pair(struct pair *pair)
{
	free(pair->stood);
	layout_free(pair->old);
	layout_free(pair->grown);
	test_graph_release(&pair->before);
	test_graph_release(&pair->after);
}

typedef void check_pair(struct pair *pair);

static void for_all_pairs(check_pair *check, uint32_t nodes, uint64_t seeds)
{
	for (int shape = 0; shape < SHAPES; shape++) {
		for (int growth = 0; growth < GROWTHS; growth++) {
			for (uint64_t seed = 1; seed <= seeds; seed++) {
				struct pair pair;

				open_pair(&pair, (enum graph_shape)shape, nodes, seed % 2 ? 0 : 3,
					  (enum growth)growth, seed);
				check(&pair);
				close_pair(&pair);
			}
		}
	}
}

/* Of neighbours in a layer of then, whether they stand the other way round. */
static void check_order(struct pair *pair)
{
	uint32_t nodes = pair->before.graph.nodes_count, neighbours = 0, turned = 0;

	for (uint32_t v = 0; v < nodes; v++) {
		int64_t right = layout_neighbour(pair->old, v, 1, 0);
		int x, y, right_x, right_y;

		if (right < 0)
			continue;
		layout_place(pair->grown, v, &x, &y);
		layout_place(pair->grown, (uint32_t)right, &right_x, &right_y);
		neighbours++;
		turned += right_x <= x && y == right_y;
	}
	assert_true(turned * 100 <= neighbours);
}

static void neighbours_keep_their_order(void **state)
{
	(void)state;
	for_all_pairs(check_order, 30, 6);
	for_all_pairs(check_order, 100, 3);
	for_all_pairs(check_order, 300, 2);
	for_all_pairs(check_order, 1000, 1);
}

static int compare_ints(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;
	return left < right ? -1 : left > right;
}

/* How many boxes moved sideways against most others, and how many changed their layer. */
static void count_moved(const struct pair *pair, uint32_t *aside, uint32_t *down)
{
	uint32_t nodes = pair->before.graph.nodes_count;
	int *by = mem_calloc(nodes, sizeof(*by)), middle;
	int *sorted = mem_calloc(nodes, sizeof(*sorted));

	for (uint32_t v = 0; v < nodes; v++) {
		struct layout_stood now = layout_stood(pair->grown, v);

		by[v] = now.x - pair->stood[v].x;
		*down += now.layer != pair->stood[v].layer;
	}
	memcpy(sorted, by, nodes * sizeof(*by));
	qsort(sorted, nodes, sizeof(*sorted), compare_ints);
	middle = sorted[nodes / 2];
	for (uint32_t v = 0; v < nodes; v++)
		*aside += by[v] != middle;
	free(by);
	free(sorted);
}

/* A leaf pushes nobody to another layer, and only moves aside what is in its way; so does a line
 * for which there is now a better way. In a graph of random edges that is much: its layers are
 * full. */
static void boxes_stay_where_they_are(void **state)
{
	static const uint32_t MOST[SHAPES] = {
		[SHAPE_PIPE] = 10, [SHAPE_RANDOM] = 60, [SHAPE_GRID] = 5, [SHAPE_DENSE] = 20};

	(void)state;
	for (int shape = 0; shape < SHAPES; shape++) {
		for (int growth = GROW_LEAVES; growth < GROWTHS; growth += GROW_NOTHING) {
			uint32_t aside = 0, down = 0;

			for (uint64_t seed = 1; seed <= 6; seed++) {
				struct pair pair;

				open_pair(&pair, (enum graph_shape)shape, 300, 0,
					  (enum growth)growth, seed);
				count_moved(&pair, &aside, &down);
				close_pair(&pair);
			}
			assert_int_equal(down, 0);
			if (aside > 3 * MOST[shape] * 6 + 6)
				fail_msg("shape %d: %u of 1800 stepped aside", shape, aside);
		}
	}
}

static uint64_t scratch_total, grown_total;

static void add_crossings(struct pair *pair)
{
	struct layout_options options = {.box_width = BOX};
	struct layout *scratch = layout_new(&pair->after.graph, &options);

	scratch_total += layout_crossings(scratch);
	grown_total += layout_crossings(pair->grown);
	layout_free(scratch);
}

static void crossings_stay_near_those_of_a_new_layout(void **state)
{
	(void)state;
	for_all_pairs(add_crossings, 100, 4);
	assert_true(grown_total * 100 <= scratch_total * 130);
}

/* Every edge is drawn, and no other. */
static void check_lines(struct pair *pair)
{
	const struct layout_graph *graph = &pair->after.graph;
	uint32_t nodes = graph->nodes_count;
	bool *marks = mem_calloc(nodes, sizeof(*marks));
	bool *wanted = mem_calloc(nodes, sizeof(*wanted));
	struct canvas canvas;

	test_draw(pair->grown, -1, false, &canvas);
	for (uint32_t u = 0; u < nodes; u++) {
		memset(marks, 0, nodes * sizeof(*marks));
		memset(wanted, 0, nodes * sizeof(*wanted));
		for (uint32_t v = 0; v < nodes; v++)
			for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++)
				wanted[v] |= graph->needs[i] == u;
		assert_true(test_follow(&canvas, pair->grown, BOX, u, marks));
		assert_memory_equal(marks, wanted, nodes * sizeof(*marks));
	}
	canvas_release(&canvas);
	free(marks);
	free(wanted);
}

static void what_grew_is_drawn_right(void **state)
{
	(void)state;
	for_all_pairs(check_lines, 12, 4);
	for_all_pairs(check_lines, 40, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_keep_their_order),
		cmocka_unit_test(boxes_stay_where_they_are),
		cmocka_unit_test(crossings_stay_near_those_of_a_new_layout),
		cmocka_unit_test(what_grew_is_drawn_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
