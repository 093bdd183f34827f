/* SPDX-License-Identifier: MIT
 *
 * Graphs for the tests of layouts, and a reader of drawings that follows lines cell by cell.
 */
#ifndef HLP_TESTS_UNIT_LAYOUT_GRAPHS_H
#define HLP_TESTS_UNIT_LAYOUT_GRAPHS_H

#include "base/mem.h"
#include "draw/layout.h"

enum graph_shape {
	SHAPE_CHAIN,
	SHAPE_FAN,    /* one, many, one */
	SHAPE_PIPE,   /* mostly near needs, some far */
	SHAPE_RANDOM, /* needs anywhere before */
	SHAPE_GRID,   /* layers of four, crossing over */
	SHAPE_DENSE,  /* many needs each */
	SHAPE_LAST_NEEDS_ALL,
	SHAPES,
};

struct test_graph {
	struct arena arena;
	struct layout_graph graph;
};

void test_graph_make(struct test_graph *out, enum graph_shape shape, uint32_t nodes,
		     uint32_t phases, uint64_t seed);
/* From pairs "b a" (b needs a), ended by -1. */
void test_graph_from_pairs(struct test_graph *out, uint32_t nodes, const int *pairs);
void test_graph_release(struct test_graph *graph);

/* A whole layout drawn, boxes as "[12  ]". */
void test_draw(const struct layout *layout, int64_t hot, bool ascii, struct canvas *out);
/* What is seen of it from (x, y) on, into a canvas that is there. */
void test_draw_part(const struct layout *layout, int x, int y, struct canvas *canvas);
void test_draw_path(const struct layout *layout, const uint32_t *path, uint32_t count,
		    struct canvas *canvas);
/* The mask of a drawn cell, heavy lines without their weight; 0 for no line. */
unsigned test_mask_at(const struct canvas *canvas, int x, int y);
/* Follows the lines downwards from a node: marks[v] for every node reached. False when a line ends
 * nowhere. */
bool test_follow(const struct canvas *canvas, const struct layout *layout, int box_width,
		 uint32_t node, bool *marks);

#endif
