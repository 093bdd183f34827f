/* SPDX-License-Identifier: MIT
 *
 * Layers: right whatever is moved, and edges as short as moving whole parts of a graph makes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw/layout_lengths.h"
#include "tests/unit/layout_graphs.h"

static uint32_t layer_of(const struct layout *layout, uint32_t node)
{
	return layout->node_layer[node];
}

static struct layout *lay_out(const struct test_graph *graph)
{
	struct layout_options options = {.box_width = 8};

	return layout_new(&graph->graph, &options);
}

/* 0 → 1 → 2 → 3 → 4 → 9 → 7, and 5 → 6 → 9 besides, where 6 also leads to 8: 5 and 6 stand just
 * above 9, not at the top. */
static void a_part_moves_down_to_what_needs_it(void **state)
{
	static const int pairs[] = {1, 0, 2, 1, 3, 2, 4, 3, 9, 4, 6, 5, 9, 6, 7, 9, 8, 6, 8, 4, -1};
	struct test_graph graph;

	(void)state;
	test_graph_from_pairs(&graph, 10, pairs);
	struct layout *layout = lay_out(&graph);

	assert_int_equal(layer_of(layout, 9), layer_of(layout, 4) + 1);
	assert_int_equal(layer_of(layout, 6), layer_of(layout, 9) - 1);
	assert_int_equal(layer_of(layout, 5), layer_of(layout, 6) - 1);
	layout_free(layout);
	test_graph_release(&graph);
}

static void what_has_more_above_goes_up(void **state)
{
	/* 5 needs 0, 1 and 2, and only 4, at the end of a chain from 0, needs it. */
	static const int pairs[] = {3, 0, 6, 3, 7, 6, 4, 7, 5, 0, 5, 1, 5, 2, 4, 5, -1};
	struct test_graph graph;

	(void)state;
	test_graph_from_pairs(&graph, 8, pairs);
	struct layout *layout = lay_out(&graph);

	assert_int_equal(layer_of(layout, 5), 1);
	layout_free(layout);
	test_graph_release(&graph);
}

/* Sum of the lengths of all edges; every one leads down, and no phase stands above an earlier one.
 */
static uint64_t check_layers(const struct layout_graph *graph, const uint32_t *layer)
{
	uint64_t length = 0;

	for (uint32_t v = 0; v < graph->nodes_count; v++) {
		for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++) {
			assert_true(layer[graph->needs[i]] < layer[v]);
			length += layer[v] - layer[graph->needs[i]];
		}
		for (uint32_t u = 0; u < graph->nodes_count; u++)
			if (graph->phase[u] < graph->phase[v])
				assert_true(layer[u] < layer[v]);
	}
	return length;
}

/* Of the longest way to each node, in the order of which needs come first; without phases. */
static uint64_t length_from_above(const struct layout_graph *graph)
{
	uint32_t *layer = mem_calloc(graph->nodes_count + 1, sizeof(*layer));

	for (uint32_t v = 0; v < graph->nodes_count; v++) {
		for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++) {
			uint32_t below = layer[graph->needs[i]] + 1;

			layer[v] = below > layer[v] ? below : layer[v];
		}
	}
	uint64_t length = check_layers(graph, layer);

	free(layer);
	return length;
}

static void edges_only_get_shorter(void **state)
{
	(void)state;
	for (int shape = 0; shape < SHAPES; shape++) {
		for (uint64_t seed = 1; seed <= 10; seed++) {
			struct test_graph graph;

			test_graph_make(&graph, (enum graph_shape)shape, 80, seed % 2 ? 0 : 4,
					seed);
			struct layout *layout = lay_out(&graph);
			uint64_t length = check_layers(&graph.graph, layout->node_layer);

			if (seed % 2)
				assert_true(length <= length_from_above(&graph.graph));
			for (uint32_t k = 0; k < layout->layers; k++)
				assert_true(layout_layer_size(layout, k) > 0);
			layout_free(layout);
			test_graph_release(&graph);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_moves_down_to_what_needs_it),
		cmocka_unit_test(what_has_more_above_goes_up),
		cmocka_unit_test(edges_only_get_shorter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
