/* SPDX-License-Identifier: MIT
 *
 * The part of a layout that is looked at, as cells. Lines are gathered as masks of directions over
 * the visible cells alone, then put on the canvas as one glyph a cell, so that what meets is joined
 * and what passes crosses. Edges of the hot node are drawn over the others, heavy.
 */
#include <stdlib.h>
#include <string.h>

#include "draw/layout_inner.h"

#define RULE 0x2504 /* ┄ */

struct drawing {
	const struct layout *layout;
	const struct layout_view *view;
	struct canvas *canvas;
	int width, height; /* of the visible part */
	uint8_t *masks;	   /* of the visible cells */
	bool heavy;	   /* what is drawn now belongs to the hot node */
};

static void add_mask(struct drawing *d, int x, int y, unsigned mask)
{
	x -= d->view->scroll_x;
	y -= d->view->scroll_y;
	if (x >= 0 && x < d->width && y >= 0 && y < d->height) {
		uint8_t *cell = &d->masks[(size_t)y * (size_t)d->width + (size_t)x];
		*cell = (uint8_t)(*cell | (d->heavy ? mask | LINE_HEAVY : mask));
	}
}

static int clamp(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

/* Down from the upper edge of row y0 to the middle (or, with `through`, the lower edge) of y1. */
enum line_end { END_MIDDLE, END_THROUGH };
enum line_begin { BEGIN_MIDDLE, BEGIN_THROUGH };

static void draw_down(struct drawing *d, int x, int y0, enum line_begin begin, int y1,
		      enum line_end end)
{
	int first = clamp(y0, d->view->scroll_y, d->view->scroll_y + d->height);
	int last = clamp(y1, d->view->scroll_y - 1, d->view->scroll_y + d->height - 1);
	for (int y = first; y <= last; y++) {
		unsigned mask = 0;
		mask |= y > y0 || begin == BEGIN_THROUGH ? LINE_UP : 0;
		mask |= y < y1 || end == END_THROUGH ? LINE_DOWN : 0;
		add_mask(d, x, y, mask);
	}
}

static void draw_across(struct drawing *d, int y, int a, int b)
{
	int x0 = a < b ? a : b, x1 = a < b ? b : a;
	int first = clamp(x0, d->view->scroll_x, d->view->scroll_x + d->width);
	int last = clamp(x1, d->view->scroll_x - 1, d->view->scroll_x + d->width - 1);
	for (int x = first; x <= last; x++)
		add_mask(d, x, y, (x > x0 ? LINE_LEFT : 0U) | (x < x1 ? LINE_RIGHT : 0U));
}

/* ---- pieces of a net --------------------------------------------------------------------- */

static uint32_t channel_of(const struct layout *layout, const struct net *net)
{
	return layout->layer[layout->tops[net->top]];
}

static int channel_begin(const struct layout *layout, uint32_t layer)
{
	return layout->layer_y[layer] + layout->box_height;
}

/* From a top down to the net's first horizontal. */
static void draw_top(struct drawing *d, const struct net *net, uint32_t u)
{
	int begin = channel_begin(d->layout, channel_of(d->layout, net));
	draw_down(d, d->layout->out_column[u], begin, BEGIN_THROUGH, begin + net->row, END_MIDDLE);
}

/* The end of a line above a vertex: on its box, or on the bus above it. */
static void draw_entry(struct drawing *d, uint32_t v, int column, int y0, enum line_begin begin)
{
	const struct layout *layout = d->layout;
	int y = layout->layer_y[layout->layer[v]];
	if (!layout_has_bus(layout, v)) {
		draw_down(d, column, y0, begin, y - 1, END_THROUGH);
		return;
	}
	int drop = layout_bus_drop(layout, v);
	draw_down(d, column, y0, begin, y - 1, END_MIDDLE);
	draw_across(d, y - 1, column, drop);
	draw_down(d, drop, y - 1, BEGIN_MIDDLE, y - 1, END_THROUGH);
}

/* From the net's second horizontal down to one bottom. */
static void draw_bottom(struct drawing *d, const struct net *net, uint32_t bottom)
{
	int begin = channel_begin(d->layout, channel_of(d->layout, net));
	draw_entry(d, d->layout->bottoms[bottom], d->layout->entry[bottom], begin + net->low_row,
		   BEGIN_MIDDLE);
}

static void draw_bend(struct drawing *d, const struct net *net)
{
	int begin = channel_begin(d->layout, channel_of(d->layout, net));
	draw_down(d, net->bend, begin + net->row, BEGIN_MIDDLE, begin + net->low_row, END_MIDDLE);
}

static void draw_straight(struct drawing *d, const struct net *net)
{
	const struct layout *layout = d->layout;
	int begin = channel_begin(layout, channel_of(layout, net));
	draw_entry(d, layout->bottoms[net->bottom], layout->entry[net->bottom], begin,
		   BEGIN_THROUGH);
}

/* The way from one top to one bottom, for the hot node. */
static void draw_way(struct drawing *d, const struct net *net, uint32_t u, uint32_t bottom)
{
	const struct layout *layout = d->layout;
	int begin = channel_begin(layout, channel_of(layout, net));
	int from = layout->out_column[u], to = layout->entry[bottom];
	if (net->row < 0) {
		draw_straight(d, net);
		return;
	}
	draw_top(d, net, u);
	draw_bottom(d, net, bottom);
	if (net->bend >= 0) {
		draw_across(d, begin + net->row, from, net->bend);
		draw_across(d, begin + net->low_row, net->bend, to);
		draw_bend(d, net);
	} else {
		draw_across(d, begin + net->row, from, to);
	}
}

static void draw_net(struct drawing *d, const struct net *net)
{
	const struct layout *layout = d->layout;
	int begin = channel_begin(layout, channel_of(layout, net));
	if (net->bottoms == 0)
		return;
	if (net->row < 0) {
		draw_straight(d, net);
		return;
	}
	int upper_from = net->bend, upper_to = net->bend, lower_from = net->bend,
	    lower_to = net->bend;
	if (net->bend < 0) {
		upper_from = lower_from = net->left;
		upper_to = lower_to = net->right;
	}
	for (uint32_t i = net->top; i < net->top + net->tops; i++) {
		int column = layout->out_column[layout->tops[i]];
		upper_from = column < upper_from ? column : upper_from;
		upper_to = column > upper_to ? column : upper_to;
		draw_top(d, net, layout->tops[i]);
	}
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		int column = layout->entry[i];
		lower_from = column < lower_from ? column : lower_from;
		lower_to = column > lower_to ? column : lower_to;
		draw_bottom(d, net, i);
	}
	draw_across(d, begin + net->row, upper_from, upper_to);
	if (net->bend >= 0) {
		draw_across(d, begin + net->low_row, lower_from, lower_to);
		draw_bend(d, net);
	}
}

static void draw_dummy(struct drawing *d, uint32_t v)
{
	int y = d->layout->layer_y[d->layout->layer[v]];
	draw_down(d, d->layout->x[v], y, BEGIN_THROUGH, y + d->layout->box_height - 1, END_THROUGH);
}

/* ---- the hot node ------------------------------------------------------------------------ */

struct walk {
	uint32_t *stack;
	size_t capacity;
	uint32_t depth;
};

static void push(struct walk *walk, uint32_t v)
{
	walk->stack = mem_grow(walk->stack, &walk->capacity, walk->depth + 1, sizeof *walk->stack);
	walk->stack[walk->depth++] = v;
}

static void draw_hot_above(struct drawing *d, struct walk *walk, uint32_t v)
{
	const struct layout *layout = d->layout;
	for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++) {
		const struct net *net = &layout->nets[layout->into[i]];
		for (uint32_t t = net->top; t < net->top + net->tops; t++) {
			uint32_t u = layout->tops[t];
			draw_way(d, net, u, layout->into_bottom[i]);
			if (layout_is_dummy(layout, u)) {
				draw_dummy(d, u);
				push(walk, u);
			}
		}
	}
}

static void draw_hot_below(struct drawing *d, struct walk *walk, uint32_t v)
{
	const struct layout *layout = d->layout;
	if (layout->net_below[v] == LAYOUT_NONE)
		return;
	const struct net *net = &layout->nets[layout->net_below[v]];
	for (uint32_t b = net->bottom; b < net->bottom + net->bottoms; b++) {
		uint32_t w = layout->bottoms[b];
		draw_way(d, net, v, b);
		if (layout_is_dummy(layout, w)) {
			draw_dummy(d, w);
			push(walk, w);
		}
	}
}

/* A dummy met on the way up leads to the hot node alone as far as its walk goes, and one met on
 * the way down comes from it, because all that meet in a dummy have the same targets. */
static void draw_hot(struct drawing *d, uint32_t hot)
{
	struct walk walk = {0};
	d->heavy = true;
	push(&walk, hot);
	while (walk.depth > 0)
		draw_hot_above(d, &walk, walk.stack[--walk.depth]);
	push(&walk, hot);
	while (walk.depth > 0)
		draw_hot_below(d, &walk, walk.stack[--walk.depth]);
	d->heavy = false;
	free(walk.stack);
}

/* ---- a path ------------------------------------------------------------------------------ */

/* The bottom of a net by which one comes nearer to a node: the node itself, or the line that goes
 * on; LAYOUT_NONE when neither is there. */
static uint32_t bottom_towards(const struct layout *layout, const struct net *net, uint32_t node)
{
	uint32_t line = LAYOUT_NONE;
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		if (layout->bottoms[i] == node)
			return i;
		line = layout_is_dummy(layout, layout->bottoms[i]) ? i : line;
	}
	return line;
}

/* Follows the edge from one node to another, and draws it if told so. False: there is none, or it
 * was cut. A vertex is top of one net at most, and a net has one line at most that goes on. */
static bool follow_edge(struct drawing *d, uint32_t from, uint32_t to, bool draw)
{
	const struct layout *layout = d->layout;
	for (uint32_t v = from; v != to;) {
		if (layout->net_below[v] == LAYOUT_NONE || layout->layer[v] >= layout->layer[to])
			return false;
		const struct net *net = &layout->nets[layout->net_below[v]];
		uint32_t bottom = bottom_towards(layout, net, to);
		if (bottom == LAYOUT_NONE)
			return false;
		if (draw)
			draw_way(d, net, v, bottom);
		v = layout->bottoms[bottom];
		if (draw && layout_is_dummy(layout, v))
			draw_dummy(d, v);
	}
	return true;
}

static void draw_path(struct drawing *d)
{
	const struct layout_view *view = d->view;
	d->heavy = true;
	for (uint32_t i = 1; i < view->path_count; i++)
		if (follow_edge(d, view->path[i - 1], view->path[i], false))
			(void)follow_edge(d, view->path[i - 1], view->path[i], true);
	d->heavy = false;
}

/* ---- layers ------------------------------------------------------------------------------ */

/* The first layer whose boxes, header or channel below may be seen. */
static uint32_t first_visible(const struct layout *layout, int y)
{
	uint32_t layer = layout_layer_from(layout, y);
	return layer > 0 ? layer - 1 : 0;
}

static void draw_header(struct drawing *d, uint32_t layer)
{
	const struct layout *layout = d->layout;
	struct canvas *canvas = d->canvas;
	int x0 = canvas->clip_x - d->view->scroll_x;
	int y = canvas->clip_y + layout->header_y[layer] - d->view->scroll_y;
	if (layout->header_y[layer] < 0 || y < canvas->clip_y || y >= canvas->clip_y + d->height)
		return;
	int visible = clamp(layout->width - d->view->scroll_x, 0, d->width);
	canvas_fill(canvas, canvas->clip_x, y, visible, 1, canvas->ascii ? '.' : RULE, ROLE_dim, 0);
	const char *name = layout->bands[layout->layer_band[layer]];
	int x = x0 + layout->header_x[layer];
	canvas_put(canvas, x - 1, y, ' ', ROLE_phase, 0);
	for (int i = 0; name[i] != '\0'; i++) { /* names are ASCII by their rule */
		canvas_put(canvas, x + i, y, (uint32_t)(unsigned char)name[i], ROLE_phase,
			   CELL_BOLD);
	}
	canvas_put(canvas, x + (int)strlen(name), y, ' ', ROLE_phase, 0);
}

static void draw_boxes(struct drawing *d, uint32_t layer)
{
	const struct layout *layout = d->layout;
	int y = layout->layer_y[layer] - d->view->scroll_y;
	if (y + layout->box_height <= 0 || y >= d->height)
		return;
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		uint32_t v = layout->at[i];
		if (layout_is_dummy(layout, v))
			continue;
		int x = layout_box_x(layout, v) - d->view->scroll_x;
		if (x < d->width && x + layout->box_width > 0) {
			d->view->box(d->view->ctx, d->canvas, v, d->canvas->clip_x + x,
				     d->canvas->clip_y + y, layout->box_width);
		}
	}
}

static void draw_lines(struct drawing *d, uint32_t layer)
{
	const struct layout *layout = d->layout;
	for (uint32_t n = layout->channel[layer]; n < layout->channel[layer + 1]; n++)
		draw_net(d, &layout->nets[n]);
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++)
		if (layout_is_dummy(layout, layout->at[i]))
			draw_dummy(d, layout->at[i]);
}

static void put_lines(struct drawing *d)
{
	struct canvas *canvas = d->canvas;
	for (int y = 0; y < d->height; y++) {
		for (int x = 0; x < d->width; x++) {
			unsigned mask = d->masks[(size_t)y * (size_t)d->width + (size_t)x];
			if (mask != 0) {
				canvas_put(canvas, canvas->clip_x + x, canvas->clip_y + y,
					   canvas_line_glyph(mask, canvas->ascii),
					   mask & LINE_HEAVY ? ROLE_edge_hot : ROLE_edge, 0);
			}
		}
	}
}

void layout_draw(const struct layout *layout, const struct layout_view *view, struct canvas *canvas)
{
	struct drawing d = {.layout = layout, .view = view, .canvas = canvas};
	d.width = canvas->clip_width;
	d.height = canvas->clip_height;
	if (d.width <= 0 || d.height <= 0 || layout->layers == 0)
		return;
	d.masks = mem_calloc((size_t)d.width * (size_t)d.height, 1);
	uint32_t first = first_visible(layout, view->scroll_y), end = first;
	for (; end < layout->layers; end++) {
		int top = layout->header_y[end] >= 0 ? layout->header_y[end]
						     : layout->layer_y[end] - layout->bus[end];
		if (top >= view->scroll_y + d.height && end > first)
			break;
		draw_header(&d, end);
		draw_lines(&d, end);
	}
	if (view->hot >= 0 && view->hot < layout->nodes)
		draw_hot(&d, (uint32_t)view->hot);
	draw_path(&d);
	put_lines(&d);
	for (uint32_t k = first; k < end; k++)
		draw_boxes(&d, k);
	free(d.masks);
}
