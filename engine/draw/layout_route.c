/* SPDX-License-Identifier: MIT
 *
 * Rows of a layout. In the channel between two layers every net that is not a straight line gets
 * a track. A net that comes down in a column where another one goes on down must have the higher
 * track; where such rules form a ring, or where a net would meet itself from four sides, the net is
 * split into an upper and a lower part with a bend in a free column: upper parts wait for nobody,
 * so no ring survives. Among what is allowed, small channels choose the order with the fewest
 * crossings, large ones pack tracks from the left.
 */
#include <stdlib.h>
#include <string.h>

#include "draw/layout_inner.h"

#define CAREFUL 64 /* parts of a channel up to which the order is weighed pair by pair */

struct part { /* one horizontal */
	uint32_t net;
	int left, right;
	int row;
	bool has_tops, has_bottoms; /* which of the net's columns end on it */
	uint32_t waits;		    /* parts that must be higher and are not placed */
};

struct router {
	struct layout *layout;
	int columns;	     /* size of the two arrays below */
	uint32_t *top_at;    /* per column: the net that comes down there */
	uint32_t *bottom_at; /* … that goes on down there */
	bool *bend_at;
	struct part *parts;
	size_t parts_capacity;
	uint32_t parts_count;
	uint32_t *upper, *lower; /* per net of the channel: its parts */
	size_t upper_capacity, lower_capacity;
	uint32_t first_net, nets;
	uint32_t (*rules)[2]; /* part [0] above part [1] */
	size_t rules_capacity;
	uint32_t rules_count;
	uint32_t *rule_start; /* rules sorted by [0] */
	size_t rule_start_capacity;
	uint32_t *order;
	size_t order_capacity;
};

static bool net_is_straight(const struct net *net)
{
	return net->bottoms == 0 || (net->left == net->right && net->tops == 1);
}

/* ---- columns in use ---------------------------------------------------------------------- */

static void mark_columns(struct router *r, bool set)
{
	const struct layout *layout = r->layout;
	for (uint32_t n = r->first_net; n < r->first_net + r->nets; n++) {
		const struct net *net = &layout->nets[n];
		for (uint32_t i = net->top; i < net->top + net->tops && net->bottoms > 0; i++)
			r->top_at[layout->out_column[layout->tops[i]]] = set ? n : LAYOUT_NONE;
		for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++)
			r->bottom_at[layout->entry[i]] = set ? n : LAYOUT_NONE;
		if (net->bend >= 0)
			r->bend_at[net->bend] = set;
	}
}

static bool column_is_free(const struct router *r, int column)
{
	return column >= 0 && column < r->columns && r->top_at[column] == LAYOUT_NONE &&
	       r->bottom_at[column] == LAYOUT_NONE && !r->bend_at[column];
}

/* Bends a net in the free column nearest to its middle; there is always one right of everything. */
static void bend_net(struct router *r, uint32_t n)
{
	struct net *net = &r->layout->nets[n];
	int middle = net->left + (net->right - net->left) / 2;
	for (int step = 0; step <= r->columns; step++) {
		int column = column_is_free(r, middle + step)	? middle + step
			     : column_is_free(r, middle - step) ? middle - step
								: -1;
		if (column >= 0) {
			net->bend = column;
			r->bend_at[column] = true;
			return;
		}
	}
}

/* Whether a net would come from above and go on down in one column amid its own track. */
static bool meets_itself(const struct router *r, uint32_t n)
{
	const struct layout *layout = r->layout;
	const struct net *net = &layout->nets[n];
	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		int column = layout->entry[i];
		if (r->top_at[column] == n && column > net->left && column < net->right)
			return true;
	}
	return false;
}

/* ---- rings ------------------------------------------------------------------------------- */

/* Nets above which this one must not stand, by its bottoms: calls for each. */
static uint32_t net_above_bottom(const struct router *r, uint32_t n, uint32_t bottom)
{
	uint32_t above = r->top_at[r->layout->entry[bottom]];
	return above == n ? LAYOUT_NONE : above;
}

static void release_below(struct router *r, uint32_t n, uint32_t *waits, uint32_t *queue,
			  uint32_t *tail)
{
	const struct layout *layout = r->layout;
	const struct net *net = &layout->nets[n];
	for (uint32_t i = net->top; i < net->top + net->tops; i++) {
		uint32_t below = r->bottom_at[layout->out_column[layout->tops[i]]];
		if (below == LAYOUT_NONE || below == n)
			continue;
		uint32_t index = below - r->first_net;
		if (waits[index] > 0 && --waits[index] == 0)
			queue[(*tail)++] = below;
	}
}

/* Bends nets until the rules between the others have no ring. */
static void break_rings(struct router *r)
{
	struct layout *layout = r->layout;
	uint32_t *waits = mem_calloc(r->nets + 1, sizeof *waits);
	uint32_t *queue = mem_calloc(r->nets + 1, sizeof *queue);
	uint32_t head = 0, tail = 0;
	for (uint32_t i = 0; i < r->nets; i++) {
		const struct net *net = &layout->nets[r->first_net + i];
		for (uint32_t b = net->bottom; b < net->bottom + net->bottoms; b++) {
			bool waiting = net_above_bottom(r, r->first_net + i, b) != LAYOUT_NONE;
			waits[i] += waiting && net->bend < 0;
		}
		if (waits[i] == 0)
			queue[tail++] = r->first_net + i;
	}
	for (uint32_t stuck = 0; head < r->nets;) {
		while (head < tail)
			release_below(r, queue[head++], waits, queue, &tail);
		while (stuck < r->nets && waits[stuck] == 0)
			stuck++;
		if (stuck == r->nets)
			break;
		waits[stuck] = 0;
		bend_net(r, r->first_net + stuck);
		queue[tail++] = r->first_net + stuck;
	}
	free(waits);
	free(queue);
}

/* ---- parts and rules --------------------------------------------------------------------- */

static uint32_t add_part(struct router *r, uint32_t n, bool has_tops, bool has_bottoms)
{
	const struct layout *layout = r->layout;
	const struct net *net = &layout->nets[n];
	struct part part = {.net = n,
			    .left = INT32_MAX,
			    .right = -1,
			    .row = -1,
			    .has_tops = has_tops,
			    .has_bottoms = has_bottoms};
	for (uint32_t i = net->top; has_tops && i < net->top + net->tops; i++) {
		int column = layout->out_column[layout->tops[i]];
		part.left = column < part.left ? column : part.left;
		part.right = column > part.right ? column : part.right;
	}
	for (uint32_t i = net->bottom; has_bottoms && i < net->bottom + net->bottoms; i++) {
		int column = layout->entry[i];
		part.left = column < part.left ? column : part.left;
		part.right = column > part.right ? column : part.right;
	}
	if (net->bend >= 0) {
		part.left = net->bend < part.left ? net->bend : part.left;
		part.right = net->bend > part.right ? net->bend : part.right;
	}
	r->parts = mem_grow(r->parts, &r->parts_capacity, r->parts_count + 1, sizeof *r->parts);
	r->parts[r->parts_count] = part;
	return r->parts_count++;
}

static void add_rule(struct router *r, uint32_t above, uint32_t below)
{
	r->rules = mem_grow(r->rules, &r->rules_capacity, r->rules_count + 1, sizeof *r->rules);
	r->rules[r->rules_count][0] = above;
	r->rules[r->rules_count][1] = below;
	r->rules_count++;
	r->parts[below].waits++;
}

static void make_parts(struct router *r)
{
	const struct layout *layout = r->layout;
	r->parts_count = 0;
	r->upper = mem_grow(r->upper, &r->upper_capacity, r->nets + 1, sizeof *r->upper);
	r->lower = mem_grow(r->lower, &r->lower_capacity, r->nets + 1, sizeof *r->lower);
	for (uint32_t i = 0; i < r->nets; i++) {
		const struct net *net = &layout->nets[r->first_net + i];
		r->upper[i] = LAYOUT_NONE;
		r->lower[i] = LAYOUT_NONE;
		if (net_is_straight(net))
			continue;
		r->upper[i] = add_part(r, r->first_net + i, true, net->bend < 0);
		r->lower[i] = r->upper[i];
		if (net->bend >= 0)
			r->lower[i] = add_part(r, r->first_net + i, false, true);
	}
}

static int compare_rules(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;
	if (left[0] != right[0])
		return left[0] < right[0] ? -1 : 1;
	return left[1] < right[1] ? -1 : left[1] > right[1];
}

static void make_rules(struct router *r)
{
	const struct layout *layout = r->layout;
	r->rules_count = 0;
	for (uint32_t i = 0; i < r->nets; i++) {
		const struct net *net = &layout->nets[r->first_net + i];
		if (r->upper[i] == LAYOUT_NONE)
			continue;
		for (uint32_t b = net->bottom; b < net->bottom + net->bottoms; b++) {
			uint32_t above = net_above_bottom(r, r->first_net + i, b);
			if (above != LAYOUT_NONE)
				add_rule(r, r->upper[above - r->first_net], r->lower[i]);
		}
		if (r->upper[i] != r->lower[i])
			add_rule(r, r->upper[i], r->lower[i]);
	}
	if (r->rules_count > 1)
		qsort(r->rules, r->rules_count, sizeof *r->rules, compare_rules);
	r->rule_start = mem_grow(r->rule_start, &r->rule_start_capacity, r->parts_count + 2,
				 sizeof *r->rule_start);
	for (uint32_t p = 0, i = 0; p <= r->parts_count; p++) {
		while (i < r->rules_count && r->rules[i][0] < p)
			i++;
		r->rule_start[p] = i;
	}
}

static void free_followers(struct router *r, uint32_t part)
{
	for (uint32_t i = r->rule_start[part]; i < r->rule_start[part + 1]; i++)
		r->parts[r->rules[i][1]].waits--;
}

/* ---- small channels: weigh every pair ------------------------------------------------------ */

static int inside(const struct part *part, int column)
{
	return column > part->left && column < part->right;
}

/* Crossings if `above` has a higher track than `below`. */
static int cost_of(const struct router *r, const struct part *above, const struct part *below)
{
	const struct layout *layout = r->layout;
	const struct net *a = &layout->nets[above->net], *b = &layout->nets[below->net];
	int cost = 0;
	for (uint32_t i = b->top; below->has_tops && i < b->top + b->tops; i++)
		cost += inside(above, layout->out_column[layout->tops[i]]);
	for (uint32_t i = a->bottom; above->has_bottoms && i < a->bottom + a->bottoms; i++)
		cost += inside(below, layout->entry[i]);
	cost += !below->has_tops && inside(above, b->bend);
	cost += !above->has_bottoms && inside(below, a->bend);
	return cost;
}

/* An order of all parts, by the rules, in which each next one costs the least above the rest. */
static void order_carefully(struct router *r)
{
	uint32_t count = r->parts_count;
	int *price = mem_calloc(count + 1, sizeof *price); /* of standing above all that remain */
	int *pair = mem_calloc((size_t)count * count + 1, sizeof *pair);
	bool *done = mem_calloc(count + 1, sizeof *done);
	for (uint32_t p = 0; p < count; p++)
		for (uint32_t q = 0; q < count; q++)
			pair[p * count + q] = p == q ? 0 : cost_of(r, &r->parts[p], &r->parts[q]);
	for (uint32_t p = 0; p < count; p++)
		for (uint32_t q = 0; q < count; q++)
			price[p] += pair[p * count + q] - pair[q * count + p];
	for (uint32_t k = 0; k < count; k++) {
		uint32_t best = LAYOUT_NONE;
		for (uint32_t p = 0; p < count; p++)
			if (!done[p] && r->parts[p].waits == 0 &&
			    (best == LAYOUT_NONE || price[p] < price[best]))
				best = p;
		done[best] = true;
		r->order[k] = best;
		free_followers(r, best);
		for (uint32_t p = 0; p < count; p++)
			price[p] -= pair[p * count + best] - pair[best * count + p];
	}
	free(price);
	free(pair);
	free(done);
}

/* Each part in the highest track that keeps the order among those that overlap. One blank column
 * stays between neighbours. */
static void stack_in_order(struct router *r)
{
	for (uint32_t k = 0; k < r->parts_count; k++) {
		struct part *part = &r->parts[r->order[k]];
		part->row = 0;
		for (uint32_t i = 0; i < k; i++) {
			const struct part *other = &r->parts[r->order[i]];
			bool apart = other->right + 1 < part->left || part->right + 1 < other->left;
			if (!apart && other->row >= part->row)
				part->row = other->row + 1;
		}
	}
}

/* ---- large channels: from the left ------------------------------------------------------- */

struct leftmost {
	int left;
	uint32_t part;
};

static int compare_leftmost(const void *a, const void *b)
{
	const struct leftmost *x = a, *y = b;
	if (x->left != y->left)
		return x->left < y->left ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static void stack_from_left(struct router *r)
{
	uint32_t count = r->parts_count, remaining = count, placed_count;
	struct leftmost *list = mem_calloc(count + 1, sizeof *list);
	for (uint32_t p = 0; p < count; p++)
		list[p] = (struct leftmost){r->parts[p].left, p};
	qsort(list, count, sizeof *list, compare_leftmost);
	for (int row = 0; remaining > 0; row++) {
		int end = -2;
		uint32_t kept = 0;
		placed_count = 0;
		for (uint32_t i = 0; i < remaining; i++) {
			struct part *part = &r->parts[list[i].part];
			if (part->waits > 0 || part->left <= end + 1) {
				list[kept++] = list[i];
				continue;
			}
			part->row = row;
			end = part->right;
			r->order[placed_count++] = list[i].part;
		}
		for (uint32_t i = 0; i < placed_count; i++)
			free_followers(r, r->order[i]);
		remaining = kept;
	}
	free(list);
}

/* ---- channels ---------------------------------------------------------------------------- */

/* Gives the nets below a layer their tracks; returns how many rows they need. */
static int route_channel(struct router *r, uint32_t layer)
{
	struct layout *layout = r->layout;
	int rows = 0;
	r->first_net = layout->channel[layer];
	r->nets = layout->channel[layer + 1] - r->first_net;
	mark_columns(r, true);
	for (uint32_t n = r->first_net; n < r->first_net + r->nets; n++) {
		rows = layout->nets[n].bottoms > 0 ? 1 : rows;
		if (meets_itself(r, n))
			bend_net(r, n);
	}
	break_rings(r);
	make_parts(r);
	make_rules(r);
	r->order = mem_grow(r->order, &r->order_capacity, r->parts_count + 1, sizeof *r->order);
	if (r->parts_count <= CAREFUL) {
		order_carefully(r);
		stack_in_order(r);
	} else {
		stack_from_left(r);
	}
	for (uint32_t i = 0; i < r->nets; i++) {
		struct net *net = &layout->nets[r->first_net + i];
		if (r->upper[i] == LAYOUT_NONE)
			continue;
		net->row = r->parts[r->upper[i]].row;
		net->low_row = r->parts[r->lower[i]].row;
		rows = net->row >= rows ? net->row + 1 : rows;
		rows = net->low_row >= rows ? net->low_row + 1 : rows;
		layout->width = net->bend >= layout->width ? net->bend + 1 : layout->width;
	}
	mark_columns(r, false);
	return rows;
}

/* ---- heights ----------------------------------------------------------------------------- */

static bool layer_has_bus(const struct layout *layout, uint32_t layer)
{
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++)
		if (layout_has_bus(layout, layout->at[i]))
			return true;
	return false;
}

static int compare_ints(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;
	return left < right ? -1 : left > right;
}

/* A place for a phase's name between the lines that pass its header, as far left as possible;
 * where there is none, right of everything. */
static int place_header(struct layout *layout, uint32_t layer)
{
	uint32_t first = layer > 0 ? layout->nets[layout->channel[layer - 1]].bottom : 0;
	uint32_t count = 0;
	if (layer == 0 || layout->channel[layer - 1] == layout->channel[layer])
		return 2;
	for (uint32_t n = layout->channel[layer - 1]; n < layout->channel[layer]; n++)
		count += layout->nets[n].bottoms;
	int *lines = mem_dup(layout->entry + first, (count + 1) * sizeof *lines);
	qsort(lines, count, sizeof *lines, compare_ints);
	int length = (int)strlen(layout->bands[layout->layer_band[layer]]), x = 2;
	for (uint32_t i = 0; i < count && x + length + 1 > lines[i]; i++)
		x = lines[i] + 2 > x ? lines[i] + 2 : x;
	free(lines);
	return x;
}

static void set_rows(struct layout *layout, const int *rows)
{
	int y = 0;
	for (uint32_t k = 0; k < layout->layers; k++) {
		layout->header_y[k] = -1;
		layout->bus[k] = layer_has_bus(layout, k);
		bool header = layout->layer_band[k] >= 0;
		if (k > 0)
			y += rows[k - 1];
		if (header) {
			int length = (int)strlen(layout->bands[layout->layer_band[k]]);
			layout->header_y[k] = y++;
			layout->header_x[k] = place_header(layout, k);
			int end = layout->header_x[k] + length + 2;
			layout->width = end > layout->width ? end : layout->width;
		}
		y += layout->bus[k];
		layout->layer_y[k] = y;
		y += layout->box_height;
	}
	layout->height = y;
}

void layout_route(struct layout *layout)
{
	struct arena *arena = &layout->arena;
	struct router r = {.layout = layout};
	uint32_t most = 0;
	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t nets = layout->channel[k + 1] - layout->channel[k];
		most = nets > most ? nets : most;
	}
	r.columns = layout->width + (int)most + 2;
	r.top_at = mem_alloc((size_t)r.columns * sizeof *r.top_at);
	r.bottom_at = mem_alloc((size_t)r.columns * sizeof *r.bottom_at);
	memset(r.top_at, 0xff, (size_t)r.columns * sizeof *r.top_at);
	memset(r.bottom_at, 0xff, (size_t)r.columns * sizeof *r.bottom_at);
	r.bend_at = mem_calloc((size_t)r.columns, sizeof *r.bend_at);
	int *rows = mem_calloc(layout->layers + 1, sizeof *rows);
	layout->layer_y = arena_alloc(arena, (layout->layers + 1) * sizeof(int));
	layout->header_y = arena_alloc(arena, (layout->layers + 1) * sizeof(int));
	layout->header_x = arena_alloc(arena, (layout->layers + 1) * sizeof(int));
	layout->bus = arena_alloc(arena, layout->layers + 1);
	for (uint32_t k = 0; k < layout->layers; k++)
		rows[k] = route_channel(&r, k);
	set_rows(layout, rows);
	free(r.top_at);
	free(r.bottom_at);
	free(r.bend_at);
	free(r.parts);
	free(r.upper);
	free(r.lower);
	free(r.rules);
	free(r.rule_start);
	free(r.order);
	free(rows);
}
