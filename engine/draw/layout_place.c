/* SPDX-License-Identifier: MIT
 *
 * Columns of a layout. Every vertex wishes to stand under what leads to it and over what it leads
 * to; the order and the gaps of its layer must be kept. For one layer that is weighted isotonic
 * regression, solved exactly by pooling neighbours that would overlap (pool adjacent violators).
 * A few passes down and up settle the whole. Dummies weigh more, so that long lines are straight.
 */
#include <math.h>
#include <stdlib.h>

#include "draw/layout_inner.h"

#define PASSES	     10
#define PASSES_LARGE 4 /* of a graph with more vertices than MANY */
#define MANY	     20000
#define DUMMY_WEIGHT 8.0

struct block {		     /* vertices of a layer that stand as close as they may */
	double weight, wish; /* sum of weights, and of weight times wish */
	uint32_t first;
};

struct placer {
	struct layout *layout;
	double *net_above, *net_below; /* per net: mean column of its tops, of its bottoms */
	double *wish, *weight;	       /* scratch of one layer */
	struct block *blocks;
	int *shift;
};

/* ---- entries ----------------------------------------------------------------------------- */

/* The column of the i-th of `count` entries, counted from the vertex's slot. */
static int entry_offset(const struct layout *layout, uint32_t v, int i, int count)
{
	int width = layout->box_width;
	if (layout_is_dummy(layout, v)) {
		return 0;
	}
	if (layout_has_bus(layout, v)) {
		int drop = (layout->slot[v] - width) / 2 + width / 2;
		return i < drop ? i : i + 1;
	}
	if (2 * count - 1 <= width) {
		return width / 2 - (count - 1) + 2 * i;
	}
	return (width - count) / 2 + i;
}

static int out_offset(const struct layout *layout, uint32_t v)
{
	if (layout_is_dummy(layout, v)) {
		return 0;
	}
	return (layout->slot[v] - layout->box_width) / 2 + layout->box_width / 2;
}

static void choose_slots(struct layout *layout)
{
	for (uint32_t v = 0; v < layout->vertices; v++) {
		int entries = (int)(layout->into_start[v + 1] - layout->into_start[v]);
		layout->slot[v] = layout_is_dummy(layout, v)	? 1
				  : entries > layout->box_width ? entries + 1
								: layout->box_width;
	}
}

struct arrival {
	double from;
	uint32_t net, bottom;
};

static int compare_arrivals(const void *a, const void *b)
{
	const struct arrival *left = a, *right = b;
	if (left->from != right->from) {
		return left->from < right->from ? -1 : 1;
	}
	return left->net < right->net ? -1 : left->net > right->net;
}

/* Nets enter a vertex in the order in which they come, so that they do not cross above it. */
static void sort_entries(struct layout *layout, const double *net_from)
{
	struct arrival *arrivals = NULL;
	size_t capacity = 0;
	for (uint32_t v = 0; v < layout->vertices; v++) {
		uint32_t first = layout->into_start[v], count = layout->into_start[v + 1] - first;
		if (count < 2) {
			continue;
		}
		arrivals = mem_grow(arrivals, &capacity, count, sizeof *arrivals);
		for (uint32_t i = 0; i < count; i++) {
			uint32_t net = layout->into[first + i];
			arrivals[i] = (struct arrival){net_from[net], net,
						       layout->into_bottom[first + i]};
		}
		qsort(arrivals, count, sizeof *arrivals, compare_arrivals);
		for (uint32_t i = 0; i < count; i++) {
			layout->into[first + i] = arrivals[i].net;
			layout->into_bottom[first + i] = arrivals[i].bottom;
		}
	}
	free(arrivals);
}

/* Entries as offsets in their slots. */
static void offset_entries(struct layout *layout)
{
	for (uint32_t v = 0; v < layout->vertices; v++) {
		uint32_t first = layout->into_start[v], count = layout->into_start[v + 1] - first;
		for (uint32_t i = 0; i < count; i++) {
			layout->entry[layout->into_bottom[first + i]] =
				entry_offset(layout, v, (int)i, (int)count);
		}
	}
}

/* ---- wishes ------------------------------------------------------------------------------ */

static double weight_of(const struct layout *layout, uint32_t v)
{
	return layout_is_dummy(layout, v) ? DUMMY_WEIGHT : 1.0;
}

static double mean_of_tops(const struct layout *layout, const struct net *net)
{
	double sum = 0, weights = 0;
	for (uint32_t i = net->top; i < net->top + net->tops; i++) {
		uint32_t u = layout->tops[i];
		sum += weight_of(layout, u) * (layout->x[u] + out_offset(layout, u));
		weights += weight_of(layout, u);
	}
	return sum / weights;
}

/* A line that passes wants to go on straight; a box would rather stand over the boxes below it than
 * over the lines that it sends past them. */
static double mean_of_bottoms(const struct layout *layout, const struct net *net)
{
	bool line = layout_is_dummy(layout, layout->tops[net->top]);
	double sum = 0, weights = 0;
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		uint32_t v = layout->bottoms[i];
		double weight = layout_is_dummy(layout, v) == line ? DUMMY_WEIGHT : 1.0;
		sum += weight * (layout->x[v] + layout->entry[i]);
		weights += weight;
	}
	return weights > 0 ? sum / weights : 0;
}

static bool wish_from_above(const struct placer *p, uint32_t v, double *sum, double *weights)
{
	const struct layout *layout = p->layout;
	for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++) {
		const struct net *net = &layout->nets[layout->into[i]];
		bool straight = layout_is_dummy(layout, v) || net->bottoms == 1;
		double weight = straight ? DUMMY_WEIGHT / 2 : 1.0;
		int entry = layout->entry[layout->into_bottom[i]];
		*sum += weight * (p->net_above[layout->into[i]] - entry);
		*weights += weight;
	}
	return *weights > 0;
}

static bool wish_from_below(const struct placer *p, uint32_t v, double *sum, double *weights)
{
	const struct layout *layout = p->layout;
	uint32_t net = layout->net_below[v];
	if (net == LAYOUT_NONE || layout->nets[net].bottoms == 0) {
		return *weights > 0;
	}
	double weight = layout->nets[net].tops == 1 ? DUMMY_WEIGHT / 2 : 1.0;
	*sum += weight * (p->net_below[net] - out_offset(layout, v));
	*weights += weight;
	return true;
}

/* ---- one layer --------------------------------------------------------------------------- */

static int gap_between(const struct layout *layout, uint32_t left, uint32_t right)
{
	bool line = layout_is_dummy(layout, left) || layout_is_dummy(layout, right);
	return line ? 1 : layout->gap;
}

/* Columns at which each vertex stands when all are pushed together. */
static void shift_layer(struct placer *p, uint32_t first, uint32_t size)
{
	const struct layout *layout = p->layout;
	int at = 0;
	for (uint32_t i = 0; i < size; i++) {
		p->shift[i] = at;
		if (i + 1 < size) {
			uint32_t v = layout->at[first + i];
			at += layout->slot[v] + gap_between(layout, v, layout->at[first + i + 1]);
		}
	}
}

static void settle_layer(struct placer *p, uint32_t first, uint32_t size)
{
	struct layout *layout = p->layout;
	uint32_t blocks = 0;
	for (uint32_t i = 0; i < size; i++) {
		struct block now = {p->weight[i], p->weight[i] * (p->wish[i] - p->shift[i]), i};
		while (blocks > 0 && p->blocks[blocks - 1].wish / p->blocks[blocks - 1].weight >=
					     now.wish / now.weight) {
			blocks--;
			now.weight += p->blocks[blocks].weight;
			now.wish += p->blocks[blocks].wish;
			now.first = p->blocks[blocks].first;
		}
		p->blocks[blocks++] = now;
	}
	for (uint32_t b = 0; b < blocks; b++) {
		int at = (int)floor(p->blocks[b].wish / p->blocks[b].weight + 0.5);
		uint32_t end = b + 1 < blocks ? p->blocks[b + 1].first : size;
		for (uint32_t i = p->blocks[b].first; i < end; i++) {
			layout->x[layout->at[first + i]] = at + p->shift[i];
		}
	}
}

enum look { LOOK_UP = 1, LOOK_DOWN = 2 };

static void place_layer(struct placer *p, uint32_t layer, unsigned look)
{
	struct layout *layout = p->layout;
	uint32_t first = layout->layer_start[layer];
	uint32_t size = layout->layer_start[layer + 1] - first;
	for (uint32_t i = 0; i < size; i++) {
		uint32_t v = layout->at[first + i];
		double sum = 0, weights = 0;
		if (look & LOOK_UP) {
			wish_from_above(p, v, &sum, &weights);
		}
		if (look & LOOK_DOWN) {
			wish_from_below(p, v, &sum, &weights);
		}
		bool wishes = weights > 0;
		p->wish[i] = wishes ? sum / weights : layout->x[v];
		p->weight[i] = wishes ? weight_of(layout, v) + weights : 0.1;
	}
	shift_layer(p, first, size);
	settle_layer(p, first, size);
}

static void sweep_down(struct placer *p, unsigned look)
{
	struct layout *layout = p->layout;
	for (uint32_t k = 0; k < layout->layers; k++) {
		for (uint32_t n = k > 0 ? layout->channel[k - 1] : 0;
		     k > 0 && n < layout->channel[k]; n++) {
			p->net_above[n] = mean_of_tops(layout, &layout->nets[n]);
		}
		place_layer(p, k, look);
	}
}

static void sweep_up(struct placer *p, unsigned look)
{
	struct layout *layout = p->layout;
	for (uint32_t k = layout->layers; k-- > 0;) {
		for (uint32_t n = layout->channel[k]; n < layout->channel[k + 1]; n++) {
			p->net_below[n] = mean_of_bottoms(layout, &layout->nets[n]);
		}
		place_layer(p, k, look);
	}
}

/* ---- straight lines ---------------------------------------------------------------------- */

/* Moves a dummy towards a column as far as its neighbours allow. */
static void move_dummy(struct layout *layout, uint32_t v, int column)
{
	uint32_t layer = layout->layer[v], place = layout->place[v];
	uint32_t first = layout->layer_start[layer], end = layout->layer_start[layer + 1];
	if (place > 0) {
		uint32_t left = layout->at[first + place - 1];
		int least = layout->x[left] + layout->slot[left] + gap_between(layout, left, v);
		column = column < least ? least : column;
	}
	if (first + place + 1 < end) {
		uint32_t right = layout->at[first + place + 1];
		int most = layout->x[right] - 1 - gap_between(layout, v, right);
		column = column > most ? most : column;
	}
	layout->x[v] = column;
}

/* The column of a dummy's line that would be straight at the vertex at its other end: any column of
 * a box will do when it has no other line there. */
static int straight_column(const struct layout *layout, uint32_t v, uint32_t other, int port,
			   bool alone)
{
	if (layout_is_dummy(layout, other)) {
		return layout->x[other];
	}
	int left = layout_box_x(layout, other), right = left + layout->box_width - 1;
	int column = layout->x[v];
	if (!alone) {
		return port;
	}
	return column < left ? left : column > right ? right : column;
}

static void straighten_above(struct layout *layout, uint32_t v)
{
	const struct net *net = &layout->nets[layout->into[layout->into_start[v]]];
	if (net->tops == 1) {
		uint32_t u = layout->tops[net->top];
		int port = layout->x[u] + out_offset(layout, u);
		move_dummy(layout, v, straight_column(layout, v, u, port, net->bottoms == 1));
	}
}

static void straighten_below(struct layout *layout, uint32_t v)
{
	const struct net *above = &layout->nets[layout->into[layout->into_start[v]]];
	const struct net *net = &layout->nets[layout->net_below[v]];
	uint32_t u = layout->tops[above->top];
	bool straight =
		above->tops == 1 && layout_is_dummy(layout, u) && layout->x[u] == layout->x[v];
	if (net->bottoms == 1 && !straight) {
		uint32_t w = layout->bottoms[net->bottom];
		bool alone = layout->into_start[w + 1] - layout->into_start[w] == 1;
		int port = layout->x[w] + layout->entry[net->bottom];
		move_dummy(layout, v, straight_column(layout, v, w, port, alone));
	}
}

static void straighten_lines(struct layout *layout)
{
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < layout->vertices; i++) {
			uint32_t v = layout->at[i];
			if (layout_is_dummy(layout, v)) {
				straighten_above(layout, v);
			}
		}
		for (uint32_t i = layout->vertices; i-- > 0;) {
			uint32_t v = layout->at[i];
			if (layout_is_dummy(layout, v) && layout->net_below[v] != LAYOUT_NONE) {
				straighten_below(layout, v);
			}
		}
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

static void pack(struct placer *p)
{
	struct layout *layout = p->layout;
	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t first = layout->layer_start[k], size = layout->layer_start[k + 1] - first;
		shift_layer(p, first, size);
		for (uint32_t i = 0; i < size; i++) {
			layout->x[layout->at[first + i]] = p->shift[i];
		}
	}
}

static void move_to_margin(struct layout *layout)
{
	int least = 0, most = 0;
	for (uint32_t v = 0; v < layout->vertices; v++) {
		least = v == 0 || layout->x[v] < least ? layout->x[v] : least;
	}
	for (uint32_t v = 0; v < layout->vertices; v++) {
		layout->x[v] -= least;
		int end = layout->x[v] + layout->slot[v];
		most = end > most ? end : most;
	}
	layout->width = most;
}

static void order_entries_by_place(struct placer *p)
{
	struct layout *layout = p->layout;
	for (uint32_t n = 0; n < layout->nets_count; n++) {
		const struct net *net = &layout->nets[n];
		double sum = 0;
		for (uint32_t i = net->top; i < net->top + net->tops; i++) {
			sum += layout->place[layout->tops[i]];
		}
		p->net_above[n] = sum / net->tops;
	}
	sort_entries(layout, p->net_above);
	offset_entries(layout);
}

void layout_set_columns(struct layout *layout)
{
	struct placer p = {.layout = layout};
	uint32_t widest = 0;
	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t size = layout->layer_start[k + 1] - layout->layer_start[k];
		widest = size > widest ? size : widest;
	}
	layout->x = arena_alloc(&layout->arena, (layout->vertices + 1) * sizeof(int));
	layout->slot = arena_alloc(&layout->arena, (layout->vertices + 1) * sizeof(int));
	p.net_above = mem_calloc(layout->nets_count + 1, sizeof(double));
	p.net_below = mem_calloc(layout->nets_count + 1, sizeof(double));
	p.wish = mem_calloc(widest + 1, sizeof(double));
	p.weight = mem_calloc(widest + 1, sizeof(double));
	p.blocks = mem_calloc(widest + 1, sizeof *p.blocks);
	p.shift = mem_calloc(widest + 1, sizeof(int));
	choose_slots(layout);
	order_entries_by_place(&p);
	pack(&p);
	int passes = layout->vertices > MANY ? PASSES_LARGE : PASSES;
	for (int pass = 0; pass < passes; pass++) {
		sweep_down(&p, pass + 2 < passes ? LOOK_UP : LOOK_UP | LOOK_DOWN);
		sweep_up(&p, pass + 2 < passes ? LOOK_DOWN : LOOK_UP | LOOK_DOWN);
	}
	straighten_lines(layout);
	move_to_margin(layout);
	for (uint32_t n = 0; n < layout->nets_count; n++) {
		p.net_above[n] = mean_of_tops(layout, &layout->nets[n]);
	}
	sort_entries(layout, p.net_above);
	offset_entries(layout);
	free(p.net_above);
	free(p.net_below);
	free(p.wish);
	free(p.weight);
	free(p.blocks);
	free(p.shift);
}
