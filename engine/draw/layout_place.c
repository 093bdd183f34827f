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
#define LINE_SHARE   100.0  /* of a line's own way against that of what joins or leaves it */
#define HANGS_WEIGHT 0.005  /* of a box that hangs on a line which goes on: it must not bend it */
#define LOOSE_WEIGHT 0.5    /* of a line's end at a net that spreads out */
#define HELD_WEIGHT  1000.0 /* of a box that stays where it was */

struct block {			   /* vertices of a layer that stand as close as they may */
	double weight, wish, mean; /* sum of weights, of weight times wish; one by the other */
	uint32_t first;
};

struct pull { /* of one net on a vertex below it */
	uint32_t net;
	int entry;
	double weight;
};

/* What the passes need of a vertex, in the order of layout->at, so that a pass reads straight on.
 * The order does not change any more: whatever follows from it is made once. */
struct stand {
	int x, shift; /* where it is; where it would be if all of its layer were pushed left */
	int out;      /* where its net leaves, from x */
	uint32_t net_below;  /* LAYOUT_NONE: it wishes for nothing below */
	uint32_t pulls;	     /* first of its pulls; they end where those of the next begin */
	double above, below; /* weights of the two sides; */
	double held;	     /* and of where it was */
	int column;	     /* which is here */
	double own;	     /* and what it resists being moved by others of its layer */
};

struct placer {
	struct layout *layout;
	struct stand *stands;
	struct pull *pulls;
	uint32_t *tops, *bottoms;	  /* as in the layout, by index of `stands` */
	double *net_above, *net_below;	  /* per net: mean column of its tops, of its bottoms */
	double *top_share, *bottom_share; /* per net: one by the sum of their weights */
	bool *through;			  /* per net: a line goes on through it */
	double *wish, *weight;		  /* scratch of one layer */
	struct block *blocks;
};

/* ---- entries ----------------------------------------------------------------------------- */

/* The column of the i-th of `count` entries, counted from the vertex's slot. */
static int entry_offset(const struct layout *layout, uint32_t v, int i, int count)
{
	int width = layout->box_width;
	if (layout_is_dummy(layout, v))
		return 0;
	if (layout_has_bus(layout, v)) {
		int drop = (layout->slot[v] - width) / 2 + width / 2;
		return i < drop ? i : i + 1;
	}
	if (2 * count - 1 <= width)
		return width / 2 - (count - 1) + 2 * i;
	return (width - count) / 2 + i;
}

static int out_offset(const struct layout *layout, uint32_t v)
{
	if (layout_is_dummy(layout, v))
		return 0;
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
	if (left->from != right->from)
		return left->from < right->from ? -1 : 1;
	return left->net < right->net ? -1 : left->net > right->net;
}

/* Nets enter a vertex in the order in which they come, so that they do not cross above it. */
static void sort_entries(struct layout *layout, const double *net_from)
{
	struct arrival *arrivals = NULL;
	size_t capacity = 0;
	for (uint32_t v = 0; v < layout->vertices; v++) {
		uint32_t first = layout->into_start[v], count = layout->into_start[v + 1] - first;
		if (count < 2)
			continue;
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

/* A line that passes wants to go on straight; a box would rather stand over the boxes below it than
 * over the lines that it sends past them. */
static double weight_below(const struct layout *layout, const struct net *net, uint32_t bottom)
{
	bool line = layout_is_dummy(layout, layout->tops[net->top]);

	if (line)
		return layout_is_dummy(layout, bottom) ? LINE_SHARE : 1.0;
	return layout_is_dummy(layout, bottom) ? 1.0 : DUMMY_WEIGHT;
}

/* What joins a line must not draw it aside, or a long fan-in would lean more at each layer. */
static double weight_above(const struct layout *layout, uint32_t top)
{
	return layout_is_dummy(layout, top) ? LINE_SHARE : 1.0;
}

static int gap_between(const struct layout *layout, uint32_t left, uint32_t right)
{
	bool line = layout_is_dummy(layout, left) || layout_is_dummy(layout, right);
	return line ? 1 : layout->gap;
}

/* Whether a line goes on through a net, past the boxes that hang on it. */
static bool has_line_through(const struct layout *layout, const struct net *net)
{
	bool above = false, below = false;
	for (uint32_t i = net->top; i < net->top + net->tops; i++)
		above |= layout_is_dummy(layout, layout->tops[i]);
	for (uint32_t i = net->bottom; above && i < net->bottom + net->bottoms; i++)
		below |= layout_is_dummy(layout, layout->bottoms[i]);
	return above && below;
}

/* How much a vertex wants to stand straight at a net's other side: much where the line between the
 * two is all there is, little where the net spreads out anyway. */
static double pull_of(const struct placer *p, uint32_t v, uint32_t n, bool single)
{
	const struct net *net = &p->layout->nets[n];
	bool dummy = layout_is_dummy(p->layout, v);
	if (p->through[n])
		return dummy ? DUMMY_WEIGHT / 2 : HANGS_WEIGHT;
	if (dummy && net->tops + net->bottoms > 2)
		return LOOSE_WEIGHT;
	return dummy || single ? DUMMY_WEIGHT / 2 : 1.0;
}

static void list_pulls(struct placer *p, uint32_t v, struct stand *stand, uint32_t *used)
{
	const struct layout *layout = p->layout;
	stand->pulls = *used;
	for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++) {
		uint32_t n = layout->into[i];
		struct pull pull = {.net = n,
				    .entry = layout->entry[layout->into_bottom[i]],
				    .weight = pull_of(p, v, n, layout->nets[n].bottoms == 1)};
		p->pulls[(*used)++] = pull;
		stand->above += pull.weight;
	}
}

static void make_stand(struct placer *p, uint32_t v, struct stand *stand, uint32_t *used)
{
	const struct layout *layout = p->layout;
	uint32_t net = layout->net_below[v];
	stand->out = out_offset(layout, v);
	stand->own = weight_of(layout, v);
	stand->net_below = LAYOUT_NONE;
	if (net != LAYOUT_NONE && layout->nets[net].bottoms > 0) {
		stand->net_below = net;
		stand->below = pull_of(p, v, net, layout->nets[net].tops == 1);
	}
	if (layout_held(layout, v) != NULL && layout->past->hold == LAYOUT_HOLD_COLUMNS) {
		stand->held = HELD_WEIGHT;
		stand->column =
			layout_held(layout, v)->x - (layout->slot[v] - layout->box_width) / 2;
	}
	list_pulls(p, v, stand, used);
}

/* At first all stand as far left as they can. */
static void make_stands(struct placer *p)
{
	const struct layout *layout = p->layout;
	uint32_t used = 0;
	for (uint32_t k = 0; k < layout->layers; k++) {
		int shift = 0;
		for (uint32_t i = layout->layer_start[k]; i < layout->layer_start[k + 1]; i++) {
			uint32_t v = layout->at[i];
			struct stand *stand = &p->stands[i];
			make_stand(p, v, stand, &used);
			stand->shift = shift;
			stand->x = shift;
			if (i + 1 < layout->layer_start[k + 1]) {
				shift +=
					layout->slot[v] + gap_between(layout, v, layout->at[i + 1]);
			}
		}
	}
	p->stands[layout->vertices].pulls = used;
}

static uint32_t stand_of(const struct layout *layout, uint32_t v)
{
	return layout->layer_start[layout->layer[v]] + layout->place[v];
}

static void list_members(struct placer *p)
{
	const struct layout *layout = p->layout;
	for (uint32_t n = 0; n < layout->nets_count; n++) {
		const struct net *net = &layout->nets[n];
		double tops = 0, bottoms = 0;
		for (uint32_t i = net->top; i < net->top + net->tops; i++) {
			p->tops[i] = stand_of(layout, layout->tops[i]);
			tops += weight_above(layout, layout->tops[i]);
		}
		for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
			p->bottoms[i] = stand_of(layout, layout->bottoms[i]);
			bottoms += weight_below(layout, net, layout->bottoms[i]);
		}
		p->top_share[n] = 1 / tops;
		p->bottom_share[n] = bottoms > 0 ? 1 / bottoms : 0;
	}
}

static double mean_of_tops(const struct placer *p, uint32_t n)
{
	const struct net *net = &p->layout->nets[n];
	const struct stand *first = &p->stands[p->tops[net->top]];
	double sum = 0;
	if (net->tops == 1)
		return first->x + first->out;
	for (uint32_t i = net->top; i < net->top + net->tops; i++) {
		const struct stand *stand = &p->stands[p->tops[i]];
		sum += weight_above(p->layout, p->layout->tops[i]) * (stand->x + stand->out);
	}
	return sum * p->top_share[n];
}

static double mean_of_bottoms(const struct placer *p, uint32_t n)
{
	const struct layout *layout = p->layout;
	const struct net *net = &layout->nets[n];
	double sum = 0;
	if (net->bottoms == 1)
		return p->stands[p->bottoms[net->bottom]].x + layout->entry[net->bottom];
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		sum += weight_below(layout, net, layout->bottoms[i]) *
		       (p->stands[p->bottoms[i]].x + layout->entry[i]);
	}
	return sum * p->bottom_share[n];
}

/* ---- one layer --------------------------------------------------------------------------- */

static void settle_layer(struct placer *p, uint32_t first, uint32_t size)
{
	struct stand *stands = p->stands + first;
	uint32_t blocks = 0;
	for (uint32_t i = 0; i < size; i++) {
		double wish = p->wish[i] - stands[i].shift;
		struct block now = {p->weight[i], p->weight[i] * wish, wish, i};
		while (blocks > 0 && p->blocks[blocks - 1].mean >= now.mean) {
			blocks--;
			now.weight += p->blocks[blocks].weight;
			now.wish += p->blocks[blocks].wish;
			now.mean = now.wish / now.weight;
			now.first = p->blocks[blocks].first;
		}
		p->blocks[blocks++] = now;
	}
	for (uint32_t b = 0; b < blocks; b++) {
		int at = (int)floor(p->blocks[b].mean + 0.5);
		uint32_t end = b + 1 < blocks ? p->blocks[b + 1].first : size;
		for (uint32_t i = p->blocks[b].first; i < end; i++)
			stands[i].x = at + stands[i].shift;
	}
}

enum look { LOOK_UP = 1, LOOK_DOWN = 2 };

static void place_layer(struct placer *p, uint32_t layer, unsigned look)
{
	uint32_t first = p->layout->layer_start[layer];
	uint32_t size = layout_layer_size(p->layout, layer);
	const struct stand *stand = p->stands + first;
	for (uint32_t i = 0; i < size; i++, stand++) {
		double sum = stand->held * stand->column, weights = stand->held;
		if (look & LOOK_UP) {
			for (uint32_t k = stand->pulls; k < stand[1].pulls; k++) {
				const struct pull *pull = &p->pulls[k];
				sum += pull->weight * (p->net_above[pull->net] - pull->entry);
			}
			weights += stand->above;
		}
		if ((look & LOOK_DOWN) && stand->net_below != LAYOUT_NONE) {
			sum += stand->below * (p->net_below[stand->net_below] - stand->out);
			weights += stand->below;
		}
		p->wish[i] = weights > 0 ? sum / weights : stand->x;
		p->weight[i] = weights >= 1 ? stand->own + weights : weights > 0 ? weights : 0.1;
	}
	settle_layer(p, first, size);
}

static void sweep_down(struct placer *p, unsigned look)
{
	struct layout *layout = p->layout;
	for (uint32_t k = 0; k < layout->layers; k++) {
		for (uint32_t n = k > 0 ? layout->channel[k - 1] : 0;
		     k > 0 && n < layout->channel[k]; n++)
			p->net_above[n] = mean_of_tops(p, n);
		place_layer(p, k, look);
	}
}

static void sweep_up(struct placer *p, unsigned look)
{
	struct layout *layout = p->layout;
	for (uint32_t k = layout->layers; k-- > 0;) {
		for (uint32_t n = layout->channel[k]; n < layout->channel[k + 1]; n++)
			p->net_below[n] = mean_of_bottoms(p, n);
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
	if (layout_is_dummy(layout, other))
		return layout->x[other];
	int left = layout_box_x(layout, other), right = left + layout->box_width - 1;
	int column = layout->x[v];
	if (!alone)
		return port;
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
			if (layout_is_dummy(layout, v))
				straighten_above(layout, v);
		}
		for (uint32_t i = layout->vertices; i-- > 0;) {
			uint32_t v = layout->at[i];
			if (layout_is_dummy(layout, v) && layout->net_below[v] != LAYOUT_NONE)
				straighten_below(layout, v);
		}
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

static void move_to_margin(struct layout *layout)
{
	int least = 0, most = 0;
	for (uint32_t v = 0; v < layout->vertices; v++)
		least = v == 0 || layout->x[v] < least ? layout->x[v] : least;
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
		for (uint32_t i = net->top; i < net->top + net->tops; i++)
			sum += layout->place[layout->tops[i]];
		p->net_above[n] = sum / net->tops;
	}
	sort_entries(layout, p->net_above);
	offset_entries(layout);
}

static void order_entries_by_column(struct placer *p)
{
	struct layout *layout = p->layout;
	for (uint32_t n = 0; n < layout->nets_count; n++) {
		const struct net *net = &layout->nets[n];
		double sum = 0, weights = 0;
		for (uint32_t i = net->top; i < net->top + net->tops; i++) {
			uint32_t u = layout->tops[i];
			sum += weight_above(layout, u) * (layout->x[u] + out_offset(layout, u));
			weights += weight_above(layout, u);
		}
		p->net_above[n] = sum / weights;
	}
	sort_entries(layout, p->net_above);
	offset_entries(layout);
}

static void placer_init(struct placer *p, struct layout *layout)
{
	size_t nets = (size_t)layout->nets_count + 1, widest = 0;
	const struct net *last = &layout->nets[layout->nets_count - 1];
	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t size = layout_layer_size(layout, k);
		widest = size > widest ? size : widest;
	}
	*p = (struct placer){.layout = layout};
	p->stands = mem_calloc((size_t)layout->vertices + 1, sizeof *p->stands);
	p->pulls = mem_calloc((size_t)layout->into_start[layout->vertices] + 1, sizeof *p->pulls);
	p->tops = mem_calloc(layout->nets_count > 0 ? last->top + last->tops : 1, sizeof *p->tops);
	p->bottoms =
		mem_calloc((size_t)layout->into_start[layout->vertices] + 1, sizeof *p->bottoms);
	p->through = mem_calloc(nets, sizeof(bool));
	p->net_above = mem_calloc(nets, sizeof(double));
	p->net_below = mem_calloc(nets, sizeof(double));
	p->top_share = mem_calloc(nets, sizeof(double));
	p->bottom_share = mem_calloc(nets, sizeof(double));
	p->wish = mem_calloc(widest + 1, sizeof(double));
	p->weight = mem_calloc(widest + 1, sizeof(double));
	p->blocks = mem_calloc(widest + 1, sizeof *p->blocks);
}

static void placer_release(struct placer *p)
{
	free(p->stands);
	free(p->pulls);
	free(p->tops);
	free(p->bottoms);
	free(p->through);
	free(p->net_above);
	free(p->net_below);
	free(p->top_share);
	free(p->bottom_share);
	free(p->wish);
	free(p->weight);
	free(p->blocks);
}

void layout_set_columns(struct layout *layout)
{
	struct placer p;
	int passes = layout->vertices > MANY ? PASSES_LARGE : PASSES;
	layout->x = arena_alloc(&layout->arena, (layout->vertices + 1) * sizeof(int));
	layout->slot = arena_alloc(&layout->arena, (layout->vertices + 1) * sizeof(int));
	placer_init(&p, layout);
	choose_slots(layout);
	order_entries_by_place(&p);
	for (uint32_t n = 0; n < layout->nets_count; n++)
		p.through[n] = has_line_through(layout, &layout->nets[n]);
	make_stands(&p);
	list_members(&p);
	for (int pass = 0; pass < passes; pass++) {
		sweep_down(&p, pass + 2 < passes ? LOOK_UP : LOOK_UP | LOOK_DOWN);
		sweep_up(&p, pass + 2 < passes ? LOOK_DOWN : LOOK_UP | LOOK_DOWN);
	}
	for (uint32_t i = 0; i < layout->vertices; i++)
		layout->x[layout->at[i]] = p.stands[i].x;
	straighten_lines(layout);
	move_to_margin(layout);
	order_entries_by_column(&p);
	placer_release(&p);
}
