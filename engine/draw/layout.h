/* SPDX-License-Identifier: MIT
 *
 * Layered drawing of a graph in character cells (Sugiyama, Tagawa and Toda 1981; crossings by
 * weighted medians, Gansner et al. 1993, counted as Barth, Jünger and Mutzel 2002; integer
 * coordinates by isotonic regression). Phases are bands: all of an earlier phase stands above a
 * later one. It depends on the topology and the box width alone, so a change of state never moves a
 * box; and where the graph itself changed, on what stood before, so that what stands stays. Pure; a
 * layout is immutable once made.
 */
#ifndef HLP_DRAW_LAYOUT_H
#define HLP_DRAW_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "draw/canvas.h"

struct layout_graph {
	uint32_t nodes_count;
	const uint32_t *needs_start, *needs; /* compressed rows: needs of node n */
	const int32_t *phase;		     /* per node; NULL or -1 without phases */
	const char *const *phases;	     /* names, for the band headers */
	uint32_t phases_count;
};

/* Where a node stood in an earlier layout, of the graph that this one came from. */
struct layout_stood {
	int x;	   /* first column of its box; LAYOUT_NOWHERE: it is new */
	int layer; /* from the first one of its phase; -1: it was part of what stood there */
};
#define LAYOUT_NOWHERE (-1)

/* What boxes keep: the order in their layer; the layer too, if what they need lets them; or even
 * their column, as far as what is new leaves room. */
enum layout_hold { LAYOUT_HOLD_ORDER, LAYOUT_HOLD_LAYERS, LAYOUT_HOLD_COLUMNS };

/* What an earlier layout leaves to the next, which is made from this alone. */
struct layout_past {
	int gap, width;
	uint32_t layer_cap;
	enum layout_hold hold;
	const struct layout_stood *stood; /* per node of the new graph */
};

struct layout_options {
	int box_width;	  /* columns of a box, 3 … 40 */
	int box_height;	  /* its rows; 0 means 1 */
	int width_wanted; /* columns to fit if possible: tries narrower gaps; 0: no wish */
	const struct layout_past *past; /* boxes of a layer that stood keep their order; or NULL */
};

struct layout;

/* O(n + m) memory and near-linear time; up to LIMIT_NODES. Never fails on an acyclic graph. */
struct layout *layout_new(const struct layout_graph *graph, const struct layout_options *options);
void layout_free(struct layout *layout); /* accepts NULL */

int layout_width(const struct layout *layout);	/* columns of the whole drawing */
int layout_height(const struct layout *layout); /* rows, band headers included */
int layout_box_height(const struct layout *layout);
void layout_place(const struct layout *layout, uint32_t node, int *out_x, int *out_y);
/* For the next layout: all but what it says of its nodes, and that of one node. */
struct layout_past layout_past(const struct layout *layout);
struct layout_stood layout_stood(const struct layout *layout, uint32_t node);
uint64_t layout_crossings(const struct layout *layout);
/* Edges that are not drawn, because they would need more lines than the graph is large. */
uint32_t layout_edges_cut(const struct layout *layout);

/* The node under a cell, or -1. And the nearest node in a direction (dx, dy in -1, 0, 1), or -1. */
int64_t layout_hit(const struct layout *layout, int x, int y);
int64_t layout_neighbour(const struct layout *layout, uint32_t node, int dx, int dy);

/* Draws the part that begins at (scroll_x, scroll_y) into the canvas's clip rectangle: bands,
 * edges, boxes. `box` fills in one box of box_width columns at (x, y). Edges of `hot` (-1: none)
 * are heavy. */
struct layout_view {
	int scroll_x, scroll_y;
	int64_t hot;
	const uint32_t *path; /* nodes in their order: edges from one to the next are heavy too */
	uint32_t path_count;
	void (*box)(void *ctx, struct canvas *canvas, uint32_t node, int x, int y, int width);
	void *ctx;
};
void layout_draw(const struct layout *layout, const struct layout_view *view,
		 struct canvas *canvas);

#endif
