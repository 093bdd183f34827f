/* SPDX-License-Identifier: MIT
 *
 * What the parts of a layout share; nobody outside layout*.c includes it. A layout is built in this
 * order, each part filling in its own members:
 *
 *   layout_layers   a layer for every node; phases are bands of layers
 *   layout_lengths  and shorter edges between them
 *   layout_nets     dummies for long edges, and nets: what is drawn as one connected line
 *   layout_order    the order of the vertices inside each layer
 *   layout_cross    crossings of an order, and exchanging neighbours
 *   layout_chains   and the place of long lines, as a whole
 *   layout_place    columns
 *   layout_ports    where nets leave and enter the boxes
 *   layout_route    rows: tracks of the nets between two layers, then everything's height
 *   layout_draw     cells of the part that is looked at
 *
 * Vertices 0 … nodes-1 are the nodes, the rest dummies. A net has tops (vertices of one layer) and
 * bottoms (of the next), and every top leads to every bottom: sources with equal targets share a
 * net, so a wide fan-in costs one track. Every vertex is top of at most one net.
 */
#ifndef HLP_DRAW_LAYOUT_INNER_H
#define HLP_DRAW_LAYOUT_INNER_H

#include "base/mem.h"
#include "draw/layout.h"

#define LAYOUT_NONE UINT32_MAX

struct net {
	uint32_t top, tops;	  /* first index and count in layout->tops */
	uint32_t bottom, bottoms; /* the same in layout->bottoms */
	int left, right;	  /* columns it spans */
	int row;		  /* track of its horizontal, from 0; -1 for a straight line */
	int low_row;		  /* of the second horizontal, when it bends twice; else == row */
	int bend;		  /* column of the bend between the two; -1 without */
};

struct layout {
	struct arena arena; /* owns every array */
	uint32_t nodes;
	int box_width, box_height, gap;
	uint32_t layer_cap;		/* most nodes of one layer; 0: no cap */
	int width_most;			/* of no use if wider; 0: any width */
	const struct layout_past *past; /* while it is made; NULL: none */

	uint32_t layers;
	uint32_t *node_layer; /* per node */
	int32_t *layer_band;  /* per layer: the phase that begins there, or -1 */
	const char **bands;   /* names of the phases */
	uint32_t bands_count;
	uint32_t *deps_start; /* per node, and one: dependents, nearest layer first */
	uint32_t *deps;

	uint32_t vertices;
	uint32_t *layer;       /* per vertex */
	uint32_t *layer_start; /* per layer, and one */
	uint32_t *at;	       /* vertices by layer and place */
	uint32_t *place;       /* of a vertex in its layer */
	uint32_t nets_count;
	struct net *nets;
	uint32_t *channel; /* per layer, and one: the nets below it */
	uint32_t *tops, *bottoms;
	uint32_t *net_below;   /* per vertex, or LAYOUT_NONE */
	uint32_t *into_start;  /* per vertex, and one: places in `into` */
	uint32_t *into;	       /* nets that end at the vertex, left to right */
	uint32_t *into_bottom; /* which of the net's `bottoms` the vertex is */
	int *entry;	       /* per member of `bottoms`: the column in which the net enters */
	uint32_t edges_cut;    /* too long to be drawn within the budget of dummies */
	uint64_t crossings;

	int *x;		 /* per vertex: first column of its slot */
	int *slot;	 /* per vertex: columns of its slot */
	int *out_column; /* per vertex: where its net leaves */
	int width, height;
	int *layer_y;  /* per layer: the row of its boxes */
	int *header_y; /* per layer: the row of the phase's header, or -1 */
	int *header_x; /* per layer: where its name stands */
	bool *bus;     /* per layer: a row above the boxes gathers entries that find no room */
};

void layout_layers(struct layout *layout, const struct layout_graph *graph);
/* False: given up, because a layer is wider than layout->width_most. Then only free it. */
bool layout_nets(struct layout *layout);
void layout_order(struct layout *layout);
void layout_set_columns(struct layout *layout);
void layout_ports(struct layout *layout);
void layout_route(struct layout *layout);

/* The first layer whose boxes stand in row y or below; the count of layers when none does. */
uint32_t layout_layer_from(const struct layout *layout, int y);

static inline bool layout_is_dummy(const struct layout *layout, uint32_t vertex)
{
	return vertex >= layout->nodes;
}

/* Vertices of a layer; once layout_order has begun. */
static inline uint32_t layout_layer_size(const struct layout *layout, uint32_t layer)
{
	return layout->layer_start[layer + 1] - layout->layer_start[layer];
}

/* Where a node stood before; NULL when it did not. */
static inline const struct layout_stood *layout_stood_of(const struct layout *layout, uint32_t v)
{
	const struct layout_past *past = layout->past;
	return past != NULL && v < layout->nodes && past->stood[v].x != LAYOUT_NOWHERE
		       ? &past->stood[v]
		       : NULL;
}

/* The same where its layer is to be held. */
static inline const struct layout_stood *layout_held(const struct layout *layout, uint32_t v)
{
	const struct layout_stood *stood = layout_stood_of(layout, v);
	bool held = stood != NULL && layout->past->hold != LAYOUT_HOLD_ORDER;
	return held && stood->layer >= 0 ? stood : NULL;
}

/* First column of a node's box, inside its slot. */
static inline int layout_box_x(const struct layout *layout, uint32_t vertex)
{
	return layout->x[vertex] + (layout->slot[vertex] - layout->box_width) / 2;
}

/* Whether the entries of a vertex are gathered by a row of their own above it. */
static inline bool layout_has_bus(const struct layout *layout, uint32_t vertex)
{
	return !layout_is_dummy(layout, vertex) && layout->slot[vertex] > layout->box_width;
}

/* Where the single line enters below a bus: a column that no entry uses. */
static inline int layout_bus_drop(const struct layout *layout, uint32_t vertex)
{
	return layout_box_x(layout, vertex) + layout->box_width / 2;
}

#endif
