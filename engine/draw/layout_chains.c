/* SPDX-License-Identifier: MIT
 *
 * The best way of one line, found from layer to layer (dynamic programming over the gaps between
 * the other vertices). When the lower end of a piece goes past a vertex, each edge of that vertex
 * is crossed or no longer crossed depending on which side of it the upper end lies: that adds to a
 * range of upper gaps, and a tree of sums keeps the least of them. So a layer costs little more
 * than its edges, however wide it is.
 */
#include "draw/layout_chains.h"

#include <stdlib.h>
#include <string.h>

struct branch {	       /* of the tree: the upper gaps below it */
	int64_t sum;   /* of the differences from each gap's cost to the next one's */
	int64_t least; /* of the sums of the first so many of them */
};

/* One line: dummies of layers first … first + count - 1. */
struct line {
	struct cross *cross;
	struct layout *layout;
	uint32_t first, count;
	uint32_t stride;		/* gaps of one of its layers, at most */
	uint32_t *dummies, *was, *best; /* per layer of the line: dummy, its gap before and after */
	int64_t *ends;	/* per layer and gap: crossings of edges to vertices that are not of it */
	uint32_t *from; /* per layer and gap: the gap above that costs least */
	size_t ends_capacity, from_capacity;
	int64_t *cost, *next; /* per gap of one layer: the least of a line from its top to here */
	struct branch *tree;
	uint32_t leaves;
	uint32_t *before; /* of one layer: how many ends stand left of each place */
};

/* The place of the line in a layer; LAYOUT_NONE where it does not pass. */
static uint32_t own_place(const struct line *line, uint32_t layer)
{
	bool passes = layer >= line->first && layer < line->first + line->count;

	return passes ? line->was[layer - line->first] : LAYOUT_NONE;
}

/* ---- ends that stay ------------------------------------------------------------------------ */

/* Of the places in a list of neighbours, all but the line's own. Returns how many there are. */
static uint32_t count_before(struct line *line, const uint32_t *places, uint32_t count,
			     uint32_t other)
{
	uint32_t size = layout_layer_size(line->layout, other), own = own_place(line, other);
	uint32_t ends = 0, at = 0;

	for (uint32_t place = 0; place < size; place++) {
		line->before[place] = ends;
		for (; at < count && places[at] == place; at++)
			ends += place != own;
	}
	line->before[size] = ends;
	return ends;
}

/* What the edges between the k-th dummy and vertices of a layer beside it cost, per gap. */
static void add_ends(struct line *line, uint32_t k, const uint32_t *start, const uint32_t *lists,
		     uint32_t other)
{
	const struct layout *layout = line->layout;
	const uint32_t *at = layout->at + layout->layer_start[line->first + k];
	uint32_t dummy = line->dummies[k], own = own_place(line, other);
	uint32_t size = layout_layer_size(layout, line->first + k);
	uint32_t ends =
		count_before(line, lists + start[dummy], start[dummy + 1] - start[dummy], other);
	int64_t *out = line->ends + (size_t)k * line->stride, cost = 0;

	for (uint32_t i = 0; ends > 0 && i < size; i++)
		for (uint32_t e = start[at[i]]; at[i] != dummy && e < start[at[i] + 1]; e++)
			cost += lists[e] == own ? 0 : ends - line->before[lists[e] + 1];
	for (uint32_t i = 0, gap = 0; ends > 0 && i < size; i++) {
		if (at[i] == dummy)
			continue;
		out[gap++] += cost;
		for (uint32_t e = start[at[i]]; e < start[at[i] + 1]; e++) {
			if (lists[e] != own)
				cost += (int64_t)line->before[lists[e]] +
					line->before[lists[e] + 1] - ends;
		}
		if (gap + 1 == size)
			out[gap] += cost;
	}
}

static void weigh_ends(struct line *line)
{
	struct cross *cross = line->cross;
	size_t gaps = (size_t)line->count * line->stride;

	line->ends = mem_grow(line->ends, &line->ends_capacity, gaps, sizeof(*line->ends));
	memset(line->ends, 0, gaps * sizeof(*line->ends));
	for (uint32_t k = 0; k < line->count; k++) {
		uint32_t layer = line->first + k;

		layout_cross_upper(cross, layer);
		layout_cross_lower(cross, layer);
		add_ends(line, k, cross->up_start, cross->up, layer - 1);
		add_ends(line, k, cross->down_start, cross->down, layer + 1);
	}
}

/* ---- from layer to layer ------------------------------------------------------------------- */

/* Crossings of the piece from where the k-th dummy's predecessor is to where the k-th is. */
static int64_t cost_of_piece(const struct line *line, uint32_t k)
{
	const struct cross *cross = line->cross;
	const struct layout *layout = line->layout;
	const uint32_t *at = layout->at + layout->layer_start[line->first + k];
	uint32_t size = layout_layer_size(layout, line->first + k), g = line->was[k - 1];
	int64_t cost = 0;

	for (uint32_t i = 0; i < size; i++)
		for (uint32_t e = cross->up_start[at[i]]; e < cross->up_start[at[i] + 1]; e++)
			cost += i < line->was[k] ? cross->up[e] > g : cross->up[e] < g;
	/* What lies above and below the dummy itself is an end. */
	for (uint32_t e = cross->up_start[at[line->was[k]]];
	     e < cross->up_start[at[line->was[k]] + 1]; e++)
		cost -= cross->up[e] < g;
	return cost;
}

static int64_t cost_now(const struct line *line)
{
	int64_t cost = line->ends[line->was[0]];

	for (uint32_t k = 1; k < line->count; k++)
		cost += line->ends[(size_t)k * line->stride + line->was[k]] +
			cost_of_piece(line, k);
	return cost;
}

static void sum_up(struct line *line, uint32_t branch)
{
	const struct branch *left = &line->tree[2 * branch], *right = left + 1;
	int64_t beyond = left->sum + right->least;

	line->tree[branch].sum = left->sum + right->sum;
	line->tree[branch].least = left->least < beyond ? left->least : beyond;
}

/* The line ends left of all in the layer below: what each upper gap costs then. */
static void plant(struct line *line, uint32_t k)
{
	const struct cross *cross = line->cross;
	const struct layout *layout = line->layout;
	const uint32_t *at = layout->at + layout->layer_start[line->first + k - 1];
	uint32_t uppers = layout_layer_size(layout, line->first + k - 1) - 1;
	uint32_t dummy = line->dummies[k], gap = 0;
	struct branch *leaf;
	int64_t last = line->cost[0];

	for (line->leaves = 1; line->leaves < uppers + 1; line->leaves *= 2)
		;
	leaf = line->tree + line->leaves;
	leaf[0] = (struct branch){last, last};
	for (uint32_t i = 0; i < uppers + 1; i++) {
		if (i == line->was[k - 1])
			continue;
		int64_t more = cross->down_start[at[i] + 1] - cross->down_start[at[i]];

		for (uint32_t e = cross->up_start[dummy]; e < cross->up_start[dummy + 1]; e++)
			more -= cross->up[e] == i; /* an end */
		more += line->cost[gap + 1] - line->cost[gap];
		leaf[++gap] = (struct branch){more, more};
	}
	while (++gap < line->leaves)
		leaf[gap] = (struct branch){0, INT64_MAX / 2};
	for (uint32_t branch = line->leaves - 1; branch > 0; branch--)
		sum_up(line, branch);
}

/* From an upper gap on, all cost two less than those before it. */
static void take_two(struct line *line, uint32_t gap)
{
	uint32_t branch = line->leaves + gap;

	line->tree[branch].sum -= 2;
	line->tree[branch].least -= 2;
	while (branch /= 2)
		sum_up(line, branch);
}

static uint32_t cheapest(const struct line *line)
{
	uint32_t branch = 1;

	while (branch < line->leaves) {
		const struct branch *left = &line->tree[2 * branch];

		branch = 2 * branch + (left->least > left->sum + left[1].least);
	}
	return branch - line->leaves;
}

/* One layer further: the best gap above for each gap here. */
static void descend(struct line *line, uint32_t k)
{
	const struct cross *cross = line->cross;
	const struct layout *layout = line->layout;
	const uint32_t *at = layout->at + layout->layer_start[line->first + k];
	uint32_t size = layout_layer_size(layout, line->first + k), own = line->was[k - 1];
	const int64_t *ends = line->ends + (size_t)k * line->stride;
	uint32_t *from = line->from + (size_t)k * line->stride;
	int64_t passed = 0;

	plant(line, k);
	for (uint32_t i = 0, gap = 0; gap < size; i++) {
		if (i == line->was[k])
			i++;
		line->next[gap] = passed + line->tree[1].least + ends[gap];
		from[gap] = cheapest(line);
		if (++gap == size)
			break;
		for (uint32_t e = cross->up_start[at[i]]; e < cross->up_start[at[i] + 1]; e++) {
			if (cross->up[e] == own)
				continue;
			passed++;
			take_two(line, cross->up[e] + 1 - (cross->up[e] > own));
		}
	}
}

/* Fills in `best`; returns its cost. */
static int64_t find_best(struct line *line)
{
	uint32_t last = line->count - 1, best = 0;
	uint32_t gaps = layout_layer_size(line->layout, line->first + last);

	line->from = mem_grow(line->from, &line->from_capacity, (size_t)line->count * line->stride,
			      sizeof(*line->from));
	memcpy(line->cost, line->ends, line->stride * sizeof(*line->cost));
	for (uint32_t k = 1; k < line->count; k++) {
		int64_t *swap = line->cost;

		descend(line, k);
		line->cost = line->next;
		line->next = swap;
	}
	for (uint32_t gap = 1; gap < gaps; gap++)
		best = line->cost[gap] < line->cost[best] ? gap : best;
	line->best[last] = best;
	for (uint32_t k = last; k > 0; k--)
		line->best[k - 1] = line->from[(size_t)k * line->stride + line->best[k]];
	return line->cost[best];
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The line that begins with a dummy. */
static void follow(struct line *line, uint32_t top)
{
	const struct layout *layout = line->layout;
	uint32_t v = top;

	line->first = layout->layer[top];
	line->count = 0;
	line->stride = 1;
	while (v != LAYOUT_NONE) {
		const struct net *net = &layout->nets[layout->net_below[v]];
		uint32_t size = layout_layer_size(layout, layout->layer[v]);

		line->stride = size > line->stride ? size : line->stride;
		line->was[line->count] = layout->place[v];
		line->dummies[line->count++] = v;
		v = LAYOUT_NONE;
		for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++)
			if (layout_is_dummy(layout, layout->bottoms[i]))
				v = layout->bottoms[i];
	}
}

static void put(struct line *line, uint32_t k)
{
	struct layout *layout = line->layout;
	uint32_t layer = line->first + k, from = line->was[k], to = line->best[k];
	uint32_t *at = layout->at + layout->layer_start[layer];

	if (from == to)
		return;
	for (uint32_t i = from; i < to; i++) {
		at[i] = at[i + 1];
		layout->place[at[i]] = i;
	}
	for (uint32_t i = from; i > to; i--) {
		at[i] = at[i - 1];
		layout->place[at[i]] = i;
	}
	at[to] = line->dummies[k];
	layout->place[at[to]] = to;
	layout_cross_changed(line->cross, layer);
}

static bool move(struct line *line)
{
	int64_t now;

	weigh_ends(line);
	now = cost_now(line);
	if (now == 0 || find_best(line) >= now)
		return false;
	for (uint32_t k = 0; k < line->count; k++)
		put(line, k);
	return true;
}

static uint64_t visits_of(const struct line *line)
{
	uint64_t visits = 0;

	for (uint32_t k = 0; k <= line->count; k++)
		visits += line->cross->edges[line->first + k];
	return visits + (uint64_t)line->count * line->stride;
}

/* A dummy below a node begins a line. */
static bool begins_line(const struct layout *layout, uint32_t v)
{
	return !layout_is_dummy(
		layout, layout->tops[layout->nets[layout->into[layout->into_start[v]]].top]);
}

static void line_init(struct line *line, struct cross *cross)
{
	struct layout *layout = cross->layout;
	size_t layers = (size_t)layout->layers + 1, widest = 0, leaves = 1;

	for (uint32_t k = 0; k < layout->layers; k++)
		widest = layout_layer_size(layout, k) > widest ? layout_layer_size(layout, k)
							       : widest;
	while (leaves < widest)
		leaves *= 2;
	*line = (struct line){.cross = cross, .layout = layout};
	line->dummies = mem_calloc(layers, sizeof(*line->dummies));
	line->was = mem_calloc(layers, sizeof(*line->was));
	line->best = mem_calloc(layers, sizeof(*line->best));
	line->cost = mem_calloc(widest + 1, sizeof(*line->cost));
	line->next = mem_calloc(widest + 1, sizeof(*line->next));
	line->before = mem_calloc(widest + 1, sizeof(*line->before));
	line->tree = mem_calloc(2 * leaves, sizeof(*line->tree));
}

static void line_release(struct line *line)
{
	free(line->dummies);
	free(line->was);
	free(line->best);
	free(line->ends);
	free(line->from);
	free(line->cost);
	free(line->next);
	free(line->before);
	free(line->tree);
}

/* ---- all lines ----------------------------------------------------------------------------- */

struct candidate {
	uint32_t top;
	uint64_t visits, crossed;
};

/* What is crossed most for what it costs to look at comes first. */
static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	double left = (double)x->crossed * (double)y->visits;
	double right = (double)y->crossed * (double)x->visits;

	if (left != right)
		return left > right ? -1 : 1;
	return x->top < y->top ? -1 : x->top > y->top;
}

/* The lines that are crossed at all. */
static struct candidate *list_candidates(struct line *line, size_t *out_count)
{
	const struct layout *layout = line->layout;
	size_t count = 0, dummies = layout->vertices - layout->nodes;
	struct candidate *list = mem_calloc(dummies + 1, sizeof(*list));
	uint64_t *crossed = mem_calloc((size_t)layout->vertices + 1, sizeof(*crossed));

	for (uint32_t k = 1; k < layout->layers; k++)
		layout_cross_dummies(line->cross, k, crossed);
	for (uint32_t v = layout->nodes; v < layout->vertices; v++) {
		struct candidate it = {.top = v};

		if (!begins_line(layout, v))
			continue;
		follow(line, v);
		for (uint32_t k = 0; k < line->count; k++)
			it.crossed += crossed[line->dummies[k]];
		it.visits = visits_of(line);
		if (it.crossed > 0)
			list[count++] = it;
	}
	free(crossed);
	qsort(list, count, sizeof(*list), compare_candidates);
	*out_count = count;
	return list;
}

uint64_t layout_move_chains(struct cross *cross, uint64_t *budget)
{
	struct line line;
	uint64_t moved = 0;
	size_t count;

	line_init(&line, cross);
	struct candidate *list = list_candidates(&line, &count);

	for (size_t i = 0; i < count; i++) {
		if (list[i].visits > *budget)
			continue;
		*budget -= list[i].visits;
		follow(&line, list[i].top);
		moved += move(&line);
	}
	free(list);
	line_release(&line);
	return moved;
}
