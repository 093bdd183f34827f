/* SPDX-License-Identifier: MIT
 *
 * How good the order inside the layers is: crossings counted edge by edge, and held against those
 * that Graphviz's dot 2.43 came to on the same graphs (`tests/bench/layout … dot | dot -v`).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "draw/layout_chains.h"
#include "tests/unit/layout_graphs.h"

#define SEEDS 5

struct peer {
	enum graph_shape shape;
	uint32_t nodes;
	uint32_t most;	      /* hundredths of dot's crossings, over all seeds */
	uint32_t dots[SEEDS]; /* crossings of dot, for the seeds 1 … */
};

static const struct peer peers[] = {
	{SHAPE_PIPE, 30, 110, {1, 4, 3, 1, 0}},
	{SHAPE_PIPE, 100, 110, {17, 24, 15, 22, 11}},
	{SHAPE_PIPE, 300, 110, {150, 123, 69, 130, 109}},
	{SHAPE_PIPE, 1000, 125, {837, 925, 546, 871, 555}},
	{SHAPE_RANDOM, 30, 110, {12, 10, 25, 10, 14}},
	{SHAPE_RANDOM, 100, 110, {244, 238, 238, 280, 236}},
	{SHAPE_RANDOM, 300, 110, {3272, 2930, 2927, 2604, 2349}},
	{SHAPE_RANDOM, 1000, 125, {35769, 35890, 37323, 34860, 37516}},
	{SHAPE_DENSE, 30, 110, {167, 158, 153, 200, 215}},
	{SHAPE_DENSE, 100, 110, {825, 888, 852, 816, 887}},
	{SHAPE_DENSE, 300, 110, {2738, 2668, 2775, 2697, 2718}},
	{SHAPE_DENSE, 1000, 125, {9331, 9333, 9492, 9255, 9264}},
};

static uint64_t crossings_of(enum graph_shape shape, uint32_t nodes, uint64_t seed)
{
	struct layout_options options = {.box_width = 14};
	struct test_graph graph;
	struct layout *layout;
	uint64_t crossings;

	test_graph_make(&graph, shape, nodes, 0, seed);
	layout = layout_new(&graph.graph, &options);
	crossings = layout_crossings(layout);
	layout_free(layout);
	test_graph_release(&graph);
	return crossings;
}

static void crossings_are_about_as_few_as_those_of_dot(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		uint64_t ours = 0, dots = 0;

		for (uint32_t k = 0; k < SEEDS; k++) {
			ours += crossings_of(peers[i].shape, peers[i].nodes, k + 1);
			dots += peers[i].dots[k];
		}
		if (ours * 100 > dots * peers[i].most)
			fail_msg("shape %d, %u nodes: %lu crossings, dot has %lu",
				 (int)peers[i].shape, peers[i].nodes, (unsigned long)ours,
				 (unsigned long)dots);
	}
}

/* Every pair of edges between two layers, one against the other. */
static uint64_t count_slowly(const struct layout *layout)
{
	struct edge {
		uint32_t channel, above, below;
	} *edges = NULL;
	size_t count = 0, capacity = 0;
	uint64_t crossings = 0;

	for (uint32_t n = 0; n < layout->nets_count; n++) {
		const struct net *net = &layout->nets[n];

		for (uint32_t t = net->top; t < net->top + net->tops; t++)
			for (uint32_t b = net->bottom; b < net->bottom + net->bottoms; b++) {
				edges = mem_grow(edges, &capacity, count + 1, sizeof(*edges));
				edges[count++] = (struct edge){layout->layer[layout->tops[t]],
							       layout->place[layout->tops[t]],
							       layout->place[layout->bottoms[b]]};
			}
	}
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			crossings += edges[i].channel == edges[k].channel &&
				     ((edges[i].above < edges[k].above &&
				       edges[i].below > edges[k].below) ||
				      (edges[i].above > edges[k].above &&
				       edges[i].below < edges[k].below));
	free(edges);
	return crossings;
}

static void crossings_are_what_they_are_said_to_be(void **state)
{
	struct layout_options options = {.box_width = 14};

	(void)state;
	for (int shape = 0; shape < SHAPES; shape++) {
		struct test_graph graph;
		struct layout *layout;

		test_graph_make(&graph, (enum graph_shape)shape, 120, 0, 7);
		layout = layout_new(&graph.graph, &options);
		assert_int_equal(layout_crossings(layout), count_slowly(layout));
		layout_free(layout);
		test_graph_release(&graph);
	}
}

static void reverse(struct layout *layout, uint32_t layer)
{
	uint32_t *at = layout->at + layout->layer_start[layer],
		 size = layout_layer_size(layout, layer);

	for (uint32_t i = 0; i < size / 2; i++) {
		uint32_t left = at[i];

		at[i] = at[size - 1 - i];
		at[size - 1 - i] = left;
	}
	for (uint32_t i = 0; i < size; i++)
		layout->place[at[i]] = i;
}

/* No two neighbours of any layer are left whose exchange would save anything. */
static void assert_at_rest(struct layout *layout, uint64_t crossings)
{
	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t *at = layout->at + layout->layer_start[k];

		for (uint32_t i = 0; i + 1 < layout_layer_size(layout, k); i++) {
			uint32_t a = at[i], b = at[i + 1];

			layout->place[a] = i + 1;
			layout->place[b] = i;
			assert_true(count_slowly(layout) >= crossings);
			layout->place[a] = i;
			layout->place[b] = i + 1;
		}
	}
}

/* What is kept from one question to the next is what counting all anew would find. */
static void what_is_known_of_an_order_follows_its_changes(void **state)
{
	struct layout_options options = {.box_width = 14};

	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct test_graph graph;
		struct cross cross;
		uint64_t budget = 100000;

		test_graph_make(&graph, seed % 2 ? SHAPE_RANDOM : SHAPE_DENSE, 30, 0, seed);
		struct layout *layout = layout_new(&graph.graph, &options);

		layout_cross_init(&cross, layout);
		assert_int_equal(layout_cross_count(&cross), count_slowly(layout));
		for (uint32_t k = 0; k < layout->layers; k += 2) {
			reverse(layout, k);
			layout_cross_changed(&cross, k);
		}
		assert_int_equal(layout_cross_count(&cross), count_slowly(layout));
		layout_cross_exchange(&cross, seed % 3 == 0);
		assert_int_equal(layout_cross_count(&cross), count_slowly(layout));
		assert_at_rest(layout, layout_cross_count(&cross));
		(void)layout_move_chains(&cross, &budget);
		assert_int_equal(layout_cross_count(&cross), count_slowly(layout));
		layout_cross_release(&cross);
		layout_free(layout);
		test_graph_release(&graph);
	}
}

/* Of a layer of fixed vertices not one changes sides with another. */
static void what_is_fixed_keeps_its_order(void **state)
{
	struct layout_options options = {.box_width = 14};
	struct test_graph graph;
	struct cross cross;

	(void)state;
	test_graph_make(&graph, SHAPE_RANDOM, 60, 0, 3);
	struct layout *layout = layout_new(&graph.graph, &options);
	bool *fixed = mem_calloc(layout->vertices, sizeof(*fixed));
	uint32_t *was = mem_calloc(layout->vertices, sizeof(*was));

	for (uint32_t v = 0; v < layout->vertices; v++)
		fixed[v] = v % 4 != 0;
	for (uint32_t k = 0; k < layout->layers; k += 2)
		reverse(layout, k);
	memcpy(was, layout->place, layout->vertices * sizeof(*was));
	layout_cross_init(&cross, layout);
	cross.fixed = fixed;
	uint64_t before = layout_cross_count(&cross);

	layout_cross_exchange(&cross, false);
	assert_true(layout_cross_count(&cross) < before);
	for (uint32_t a = 0; a < layout->vertices; a++) {
		for (uint32_t b = 0; b < layout->vertices; b++) {
			if (layout->layer[a] == layout->layer[b] && fixed[a] && fixed[b])
				assert_int_equal(was[a] < was[b],
						 layout->place[a] < layout->place[b]);
		}
	}
	layout_cross_release(&cross);
	free(fixed);
	free(was);
	layout_free(layout);
	test_graph_release(&graph);
}

/* Moving long lines from a bad order: never worse, and here better. */
static void a_long_line_moves_as_a_whole(void **state)
{
	/* 0 → 1 → 2 → 3 → 4 stands between two lines from 0 to 4's neighbours. */
	static const int pairs[] = {1, 0, 2, 1, 3, 2, 4, 3, 6, 5,  7,
				    6, 8, 7, 9, 8, 9, 0, 4, 5, -1, -1};
	struct layout_options options = {.box_width = 6};
	struct test_graph graph;
	struct layout *layout;
	struct cross cross;
	uint64_t budget = 1000000, before;

	(void)state;
	test_graph_from_pairs(&graph, 10, pairs);
	layout = layout_new(&graph.graph, &options);
	/* The worst order there is: each layer turned round every other time. */
	for (uint32_t k = 1; k < layout->layers; k += 2)
		reverse(layout, k);
	before = count_slowly(layout);
	layout_cross_init(&cross, layout);
	assert_int_equal(layout_cross_count(&cross), before);
	assert_true(layout_move_chains(&cross, &budget) > 0);
	assert_true(count_slowly(layout) < before);
	assert_int_equal(layout_cross_count(&cross), count_slowly(layout));
	assert_true(budget < 1000000);
	for (uint32_t v = 0; v < layout->vertices; v++)
		assert_int_equal(
			layout->at[layout->layer_start[layout->layer[v]] + layout->place[v]], v);
	/* What is not paid for is left as it is. */
	budget = 0;
	assert_int_equal(layout_move_chains(&cross, &budget), 0);
	layout_cross_release(&cross);
	layout_free(layout);
	test_graph_release(&graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crossings_are_about_as_few_as_those_of_dot),
		cmocka_unit_test(crossings_are_what_they_are_said_to_be),
		cmocka_unit_test(what_is_known_of_an_order_follows_its_changes),
		cmocka_unit_test(what_is_fixed_keeps_its_order),
		cmocka_unit_test(a_long_line_moves_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
