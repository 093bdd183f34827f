/* SPDX-License-Identifier: MIT
 *
 * Small drawings as people see them, looked at and found good. A change here is a change of looks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/layout_graphs.h"

static void expect(struct test_graph *graph, bool ascii, const char *golden)
{
	struct layout_options options = {.box_width = 5};
	struct layout *layout = layout_new(&graph->graph, &options);
	struct canvas canvas;
	struct buf text;
	buf_init(&text, (size_t)1 << 20);
	test_draw(layout, -1, ascii, &canvas);
	canvas_to_text(&canvas, &text);
	size_t length = text.length;
	while (length > 0 && text.data[length - 1] == '\n')
		text.data[--length] = '\0';
	assert_string_equal(buf_text(&text), golden);
	buf_release(&text);
	canvas_release(&canvas);
	layout_free(layout);
	test_graph_release(graph);
}

static void a_chain_is_a_straight_line(void **state)
{
	static const int pairs[] = {1, 0, 2, 1, -1};
	struct test_graph graph;
	(void)state;
	test_graph_from_pairs(&graph, 3, pairs);
	expect(&graph, false,
	       "[0  ]\n"
	       "  │\n"
	       "[1  ]\n"
	       "  │\n"
	       "[2  ]");
}

static void a_fan_shares_its_trunk_and_merges_below(void **state)
{
	static const int pairs[] = {1, 0, 2, 0, 3, 0, 4, 1, 4, 2, 4, 3, -1};
	struct test_graph graph;
	(void)state;
	test_graph_from_pairs(&graph, 5, pairs);
	expect(&graph, false,
	       "        [0  ]\n"
	       "  ┌───────┴┬──────┐\n"
	       "[1  ]   [2  ]   [3  ]\n"
	       "  └───────┴┬──────┘\n"
	       "        [4  ]");
}

static void a_crossing_is_the_only_cross(void **state)
{
	static const int pairs[] = {3, 0, 3, 1, 4, 1, 4, 2, 5, 0, 5, 2, -1};
	struct test_graph graph;
	(void)state;
	test_graph_from_pairs(&graph, 6, pairs);
	expect(&graph, false,
	       "[0  ]   [1  ]   [2  ]\n"
	       " ┌┴──────┐│       │\n"
	       " │ ┌─────┼┴──────┐│\n"
	       " │ │     │ ┌─────┼┴┐\n"
	       "[3  ]   [5  ]   [4  ]");
}

static void in_ascii_a_plus_is_never_a_crossing(void **state)
{
	static const int pairs[] = {3, 0, 3, 1, 4, 1, 4, 2, 5, 0, 5, 2, -1};
	struct test_graph graph;
	(void)state;
	test_graph_from_pairs(&graph, 6, pairs);
	expect(&graph, true,
	       "[0  ]   [1  ]   [2  ]\n"
	       " ++------+|       |\n"
	       " | +-----|+------+|\n"
	       " | |     | +-----|++\n"
	       "[3  ]   [5  ]   [4  ]");
}

static void phases_are_bands_with_their_names(void **state)
{
	struct test_graph graph;
	(void)state;
	test_graph_make(&graph, SHAPE_PIPE, 6, 3, 7);
	expect(&graph, false,
	       "┄ prepare ┄┄┄┄┄┄┄┄┄┄\n"
	       "[0  ]\n"
	       "  ├───┐\n"
	       "[1  ] │\n"
	       "  │   │\n"
	       "┄┄│┄┄┄│ drain ┄┄┄┄┄┄\n"
	       "[2  ] │\n"
	       "  │   │\n"
	       "[3  ] │\n"
	       "  ┌───┴───┐\n"
	       "┄┄│┄┄┄┄┄┄┄│ switch ┄\n"
	       "[4  ]   [5  ]");
}

/* Of a path only the edges from each node to the next are heavy, over other layers too; where there
 * is no edge nothing is. */
static void a_path_is_heavy(void **state)
{
	static const int pairs[] = {1, 0, 2, 0, 3, 1, 3, 2, 4, 3, 4, 0, -1};
	static const uint32_t path[] = {0, 4, 1, 3};
	struct layout_options options = {.box_width = 5, .box_height = 2};
	struct test_graph graph;
	struct canvas canvas;
	struct buf text;

	(void)state;
	test_graph_from_pairs(&graph, 5, pairs);
	struct layout *layout = layout_new(&graph.graph, &options);

	buf_init(&text, (size_t)1 << 20);
	canvas_init(&canvas, layout_width(layout), layout_height(layout));
	test_draw_path(layout, path, 4, &canvas);
	canvas_to_text(&canvas, &text);
	assert_string_equal(buf_text(&text), "    [0  ]\n"
					     "\n"
					     "  ┌───┻━━━┳━━━┓\n"
					     "[1  ]   [2  ] ┃\n"
					     "              ┃\n"
					     "  ┗━━━━━┳─┘   ┃\n"
					     "      [3  ]   ┃\n"
					     "              ┃\n"
					     "        └─────┫\n"
					     "            [4  ]\n"
					     "\n");
	buf_release(&text);
	canvas_release(&canvas);
	layout_free(layout);
	test_graph_release(&graph);
}

/* A wide fan folded into rows: its trunk and what it merges into run straight down beside them. */
static void a_fan_in_rows_does_not_lean(void **state)
{
	struct test_graph graph;
	struct layout_options options = {.box_width = 5, .width_wanted = 30};
	int x, y, last_x, last_y;

	(void)state;
	test_graph_make(&graph, SHAPE_FAN, 42, 0, 1);
	struct layout *layout = layout_new(&graph.graph, &options);

	assert_true(layout_width(layout) <= 30);
	layout_place(layout, 13, &x, &y);
	layout_place(layout, 37, &last_x, &last_y);
	assert_true(last_y > y);
	assert_in_range(last_x - x + 3, 0, 6);
	layout_free(layout);
	test_graph_release(&graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_a_straight_line),
		cmocka_unit_test(a_fan_shares_its_trunk_and_merges_below),
		cmocka_unit_test(a_crossing_is_the_only_cross),
		cmocka_unit_test(in_ascii_a_plus_is_never_a_crossing),
		cmocka_unit_test(phases_are_bands_with_their_names),
		cmocka_unit_test(a_path_is_heavy),
		cmocka_unit_test(a_fan_in_rows_does_not_lean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
