/* SPDX-License-Identifier: MIT
 *
 * Layouts: made by the parts named in layout_inner.h, asked by place, drawn by layout_draw.c. A
 * wish for a width is met by narrower gaps first, then by fewer boxes in a layer; in a large graph
 * only where that meets it, because otherwise it would only be taller.
 */
#include "draw/layout.h"

#include <stdlib.h>

#include "draw/layout_inner.h"

#define GAP_WIDEST 3
#define FOLD_NODES 1000 /* up to so many nodes layers are capped to meet a wish */
#define TRY_NODES  200	/* up to so many, all gaps are tried, and caps that come near */

struct frame { /* what all layouts have in common that are tried */
	int box_width, box_height;
	const struct layout_past *past;
};

/* NULL where it is plain before the costly part that the width, unless 0, cannot be met. */
static struct layout *build_within(const struct layout_graph *graph, const struct frame *frame,
				   int gap, uint32_t cap, int width)
{
	struct layout *layout = mem_zalloc(sizeof *layout);
	layout->nodes = graph->nodes_count;
	layout->box_width = frame->box_width;
	layout->box_height = frame->box_height;
	layout->past = frame->past;
	layout->gap = gap;
	layout->layer_cap = cap;
	layout->width_most = width;
	layout->bands_count = graph->phases_count;
	layout->bands = arena_alloc(&layout->arena, (graph->phases_count + 1) * sizeof(char *));
	for (uint32_t i = 0; i < graph->phases_count; i++)
		layout->bands[i] = arena_strdup(&layout->arena, graph->phases[i]);
	layout_layers(layout, graph);
	if (!layout_nets(layout)) {
		layout_free(layout);
		return NULL;
	}
	layout_order(layout);
	layout_set_columns(layout);
	layout_ports(layout);
	layout_route(layout);
	layout->past = NULL;
	return layout;
}

static struct layout *build(const struct layout_graph *graph, const struct frame *frame, int gap,
			    uint32_t cap)
{
	return build_within(graph, frame, gap, cap, 0);
}

static struct layout *narrower(struct layout *a, struct layout *b)
{
	if (b->width < a->width && b->edges_cut <= a->edges_cut) {
		layout_free(a);
		return b;
	}
	layout_free(b);
	return a;
}

/* For a large graph one cap is tried out, the first that may meet the wish. */
static struct layout *fold_large(struct layout *layout, const struct layout_graph *graph,
				 const struct frame *frame, int wanted)
{
	int box = frame->box_width;
	for (int cap = (wanted + 1) / (box + 1); cap >= 1; cap -= 1 + cap / 8) {
		struct layout *folded = build_within(graph, frame, 1, (uint32_t)cap, wanted);
		if (folded == NULL)
			continue;
		if (folded->width <= wanted)
			return narrower(layout, folded);
		layout_free(folded);
		break;
	}
	return layout;
}

/* As before. What became too wide by it is closed up; the order stays in any case. */
static struct layout *hold(const struct layout_graph *graph, const struct frame *frame, int wanted)
{
	const struct layout_past *past = frame->past;
	struct layout *layout = build(graph, frame, past->gap, past->layer_cap);
	if (wanted <= 0 || layout->width <= wanted || past->width > wanted)
		return layout;
	struct layout_past closer = *past;
	closer.hold = LAYOUT_HOLD_LAYERS;
	struct frame again = *frame;
	again.past = &closer;
	return narrower(layout, build(graph, &again, 1, past->layer_cap));
}

struct layout *layout_new(const struct layout_graph *graph, const struct layout_options *options)
{
	int box = options->box_width < 3 ? 3 : options->box_width > 40 ? 40 : options->box_width;
	int wanted = options->width_wanted;
	struct frame frame = {.box_width = box,
			      .box_height = options->box_height > 0 ? options->box_height : 1,
			      .past = options->past};
	if (frame.past != NULL && frame.past->hold != LAYOUT_HOLD_ORDER)
		return hold(graph, &frame, wanted);
	struct layout *layout = build(graph, &frame, GAP_WIDEST, 0);
	if (wanted <= 0 || layout->width <= wanted)
		return layout;
	if (graph->nodes_count > TRY_NODES) {
		layout = narrower(layout, build(graph, &frame, 1, 0));
		bool folds = layout->width > wanted && graph->nodes_count <= FOLD_NODES;
		return folds ? fold_large(layout, graph, &frame, wanted) : layout;
	}
	for (int gap = GAP_WIDEST - 1; gap >= 1 && layout->width > wanted; gap--)
		layout = narrower(layout, build(graph, &frame, gap, 0));
	int cap = (wanted + 1) / (box + 1);
	for (; cap >= 1 && layout->width > wanted; cap -= 1 + cap / 8)
		layout = narrower(layout, build(graph, &frame, 1, (uint32_t)cap));
	return layout;
}

void layout_free(struct layout *layout)
{
	if (layout != NULL) {
		arena_release(&layout->arena);
		free(layout);
	}
}

int layout_width(const struct layout *layout)
{
	return layout->width;
}

int layout_height(const struct layout *layout)
{
	return layout->height;
}

int layout_box_height(const struct layout *layout)
{
	return layout->box_height;
}

uint64_t layout_crossings(const struct layout *layout)
{
	return layout->crossings;
}

uint32_t layout_edges_cut(const struct layout *layout)
{
	return layout->edges_cut;
}

void layout_place(const struct layout *layout, uint32_t node, int *out_x, int *out_y)
{
	*out_x = layout_box_x(layout, node);
	*out_y = layout->layer_y[layout->layer[node]];
}

struct layout_past layout_past(const struct layout *layout)
{
	return (struct layout_past){
		.gap = layout->gap, .width = layout->width, .layer_cap = layout->layer_cap};
}

struct layout_stood layout_stood(const struct layout *layout, uint32_t node)
{
	uint32_t layer = layout->layer[node], first = layer;
	while (first > 0 && layout->layer_band[first] < 0)
		first--;
	return (struct layout_stood){layout_box_x(layout, node), (int)(layer - first)};
}

uint32_t layout_layer_from(const struct layout *layout, int y)
{
	uint32_t low = 0, high = layout->layers;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (layout->layer_y[middle] < y)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t layout_hit(const struct layout *layout, int x, int y)
{
	uint32_t layer = layout_layer_from(layout, y - layout->box_height + 1);
	if (layer == layout->layers || layout->layer_y[layer] > y)
		return -1;
	uint32_t low = layout->layer_start[layer], end = layout->layer_start[layer + 1], high = end;
	while (low < high) { /* the last vertex that begins at or before x */
		uint32_t middle = low + (high - low) / 2;
		if (layout->x[layout->at[middle]] <= x)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == layout->layer_start[layer])
		return -1;
	uint32_t v = layout->at[low - 1];
	if (layout_is_dummy(layout, v))
		return -1;
	int box = layout_box_x(layout, v);
	return x >= box && x < box + layout->box_width ? (int64_t)v : -1;
}

/* The node of a layer that is nearest to a column, or -1 when there are dummies only. */
static int64_t nearest_in_layer(const struct layout *layout, uint32_t layer, int x)
{
	int64_t best = -1;
	int best_distance = 0;
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		uint32_t v = layout->at[i];
		int distance = abs(layout->x[v] - x);
		if (!layout_is_dummy(layout, v) && (best < 0 || distance < best_distance)) {
			best = v;
			best_distance = distance;
		}
	}
	return best;
}

int64_t layout_neighbour(const struct layout *layout, uint32_t node, int dx, int dy)
{
	int64_t layer = layout->layer[node];
	if (dy != 0) {
		for (layer += dy; layer >= 0 && layer < layout->layers; layer += dy) {
			int64_t found = nearest_in_layer(layout, (uint32_t)layer, layout->x[node]);
			if (found >= 0)
				return found;
		}
		return -1;
	}
	int64_t place = (int64_t)layout->layer_start[layer] + layout->place[node] + dx;
	while (dx != 0 && place >= layout->layer_start[layer] &&
	       place < layout->layer_start[layer + 1]) {
		if (!layout_is_dummy(layout, layout->at[place]))
			return layout->at[place];
		place += dx;
	}
	return -1;
}
