/* SPDX-License-Identifier: MIT
 *
 * What every drawing of a graph must hold, over many graphs: boxes apart, phases in order, and
 * lines that, followed cell by cell, lead from each node to its dependents and to nobody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/layout_graphs.h"

struct sample {
	struct test_graph graph;
	struct layout_options options;
	struct layout *layout;
	struct canvas canvas;
};

static void open_sample(struct sample *s, enum graph_shape shape, uint32_t nodes, uint32_t phases,
			uint64_t seed, int box_width, int wanted)
{
	test_graph_make(&s->graph, shape, nodes, phases, seed);
	s->options = (struct layout_options){.box_width = box_width,
					     .box_height = seed % 5 == 4 ? 3 : 1,
					     .width_wanted = wanted};
	s->layout = layout_new(&s->graph.graph, &s->options);
	test_draw(s->layout, -1, false, &s->canvas);
}

static void close_sample(struct sample *s)
{
	canvas_release(&s->canvas);
	layout_free(s->layout);
	test_graph_release(&s->graph);
}

typedef void check_sample(struct sample *s);

static void for_all_samples(check_sample *check)
{
	static const int boxes[] = {3, 8, 13, 20};
	static const uint32_t sizes[] = {1, 2, 5, 17, 60};
	for (int shape = 0; shape < SHAPES; shape++) {
		for (uint64_t seed = 0; seed < 40; seed++) {
			struct sample s;
			open_sample(&s, (enum graph_shape)shape, sizes[seed % 5],
				    (uint32_t)(seed / 5 % 3) * 2, seed * 77 + 1, boxes[seed % 4],
				    seed % 3 == 0 ? 80 : 0);
			check(&s);
			close_sample(&s);
		}
	}
}

static bool is_dependent(const struct layout_graph *graph, uint32_t v, uint32_t of)
{
	for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++)
		if (graph->needs[i] == of)
			return true;
	return false;
}

static void show(const struct sample *s)
{
	struct buf text;
	buf_init(&text, (size_t)1 << 24);
	canvas_to_text(&s->canvas, &text);
	fprintf(stderr, "%s\n", buf_text(&text));
	buf_release(&text);
}

static void check_lines(struct sample *s)
{
	uint32_t n = s->graph.graph.nodes_count;
	bool *marks = mem_calloc(n, sizeof *marks);
	assert_int_equal(layout_edges_cut(s->layout), 0);
	for (uint32_t u = 0; u < n; u++) {
		memset(marks, 0, n * sizeof *marks);
		bool whole = test_follow(&s->canvas, s->layout, s->options.box_width, u, marks);
		if (!whole) {
			show(s);
			fail_msg("a line from %u ends nowhere", u);
		}
		for (uint32_t v = 0; v < n; v++) {
			if (marks[v] != is_dependent(&s->graph.graph, v, u)) {
				show(s);
				fail_msg("line %u -> %u: drawn %d", u, v, marks[v]);
			}
		}
	}
	free(marks);
}

static void lines_lead_from_each_node_to_its_dependents_alone(void **state)
{
	(void)state;
	for_all_samples(check_lines);
}

static void check_boxes(struct sample *s)
{
	uint32_t n = s->graph.graph.nodes_count;
	for (uint32_t v = 0; v < n; v++) {
		int x, y;
		layout_place(s->layout, v, &x, &y);
		assert_true(x >= 0 && x + s->options.box_width <= layout_width(s->layout));
		assert_true(y >= 0 && y < layout_height(s->layout));
		for (int i = 0; i < s->options.box_width; i++) {
			assert_int_equal(layout_hit(s->layout, x + i, y), v);
			assert_int_equal(
				layout_hit(s->layout, x + i, y + layout_box_height(s->layout) - 1),
				v);
		}
		assert_true(layout_hit(s->layout, x - 1, y) != v);
		assert_true(layout_hit(s->layout, x + s->options.box_width, y) != v);
	}
}

static void boxes_never_overlap(void **state)
{
	(void)state;
	for_all_samples(check_boxes);
}

static void check_order(struct sample *s)
{
	const struct layout_graph *graph = &s->graph.graph;
	for (uint32_t v = 0; v < graph->nodes_count; v++) {
		int x, y, other_x, other_y;
		layout_place(s->layout, v, &x, &y);
		for (uint32_t u = 0; u < graph->nodes_count; u++) {
			layout_place(s->layout, u, &other_x, &other_y);
			if (graph->phase[u] < graph->phase[v] || is_dependent(graph, v, u))
				assert_true(other_y < y);
		}
	}
}

static void needs_and_earlier_phases_stand_above(void **state)
{
	(void)state;
	for_all_samples(check_order);
}

static void check_equal(struct sample *s)
{
	struct canvas again;
	struct layout *layout = layout_new(&s->graph.graph, &s->options);
	test_draw(layout, -1, false, &again);
	assert_int_equal(again.width, s->canvas.width);
	assert_int_equal(again.height, s->canvas.height);
	assert_memory_equal(again.cells, s->canvas.cells,
			    (size_t)again.width * (size_t)again.height * sizeof *again.cells);
	canvas_release(&again);
	layout_free(layout);
}

static void equal_graphs_give_equal_drawings(void **state)
{
	(void)state;
	for_all_samples(check_equal);
}

/* The hot node's edges are a heavy copy of lines that are there: nothing is added or moved. */
static void check_hot(struct sample *s)
{
	struct canvas hot;
	uint32_t node = s->graph.graph.nodes_count / 2, heavy = 0;
	test_draw(s->layout, node, false, &hot);
	for (int y = 0; y < hot.height; y++) {
		for (int x = 0; x < hot.width; x++) {
			size_t at = (size_t)y * (size_t)hot.width + (size_t)x;
			heavy += hot.cells[at].code != s->canvas.cells[at].code;
			assert_int_equal(test_mask_at(&hot, x, y), test_mask_at(&s->canvas, x, y));
		}
	}
	const struct layout_graph *graph = &s->graph.graph;
	bool has_needs = graph->needs_start[node + 1] > graph->needs_start[node];
	assert_true(!has_needs || heavy > 0);
	canvas_release(&hot);
}

static void hot_edges_lie_on_the_lines_that_are_there(void **state)
{
	(void)state;
	for_all_samples(check_hot);
}

/* A part of the drawing, looked at through a small window, is that part of the whole. */
static void check_window(struct sample *s)
{
	struct canvas window;
	canvas_init(&window, 20, 7);
	for (int y = 0; y < s->canvas.height; y += 5) {
		for (int x = 0; x < s->canvas.width; x += 13) {
			canvas_clear(&window);
			test_draw_part(s->layout, x, y, &window);
			for (int i = 0; i < 20 * 7; i++) {
				int at_x = x + i % 20, at_y = y + i / 20;
				if (at_x < s->canvas.width && at_y < s->canvas.height) {
					size_t at = (size_t)at_y * (size_t)s->canvas.width +
						    (size_t)at_x;
					assert_int_equal(window.cells[i].code,
							 s->canvas.cells[at].code);
				}
			}
		}
	}
	canvas_release(&window);
}

static void a_window_shows_that_part_of_the_whole(void **state)
{
	(void)state;
	for_all_samples(check_window);
}

/* 300 nodes in layers of 30; each of a layer needs `needs` of the layer above. */
static struct layout *large(uint32_t needs_each, int wanted)
{
	uint32_t start[301], needs[300 * 3], at = 0;
	for (uint32_t v = 0; v < 300; v++) {
		start[v] = at;
		for (uint32_t i = 0; i < needs_each && v >= 30; i++)
			needs[at++] = v - v % 30 - 30 + (v * 7 + i * 11) % 30;
	}
	start[300] = at;
	struct layout_graph graph = {.nodes_count = 300, .needs_start = start, .needs = needs};
	struct layout_options options = {.box_width = 18, .width_wanted = wanted};
	return layout_new(&graph, &options);
}

static void a_large_graph_is_folded_only_where_it_then_fits(void **state)
{
	(void)state;
	struct layout *alone = large(0, 80), *web = large(3, 80), *flat = large(3, 0);
	assert_true(layout_width(alone) <= 80);
	assert_true(layout_width(web) > 80);
	assert_true(layout_width(web) <= layout_width(flat)); /* narrower gaps all the same */
	assert_true(layout_height(web) < 2 * layout_height(flat));
	layout_free(alone);
	layout_free(web);
	layout_free(flat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_graph_is_folded_only_where_it_then_fits),
		cmocka_unit_test(lines_lead_from_each_node_to_its_dependents_alone),
		cmocka_unit_test(boxes_never_overlap),
		cmocka_unit_test(needs_and_earlier_phases_stand_above),
		cmocka_unit_test(equal_graphs_give_equal_drawings),
		cmocka_unit_test(hot_edges_lie_on_the_lines_that_are_there),
		cmocka_unit_test(a_window_shows_that_part_of_the_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
