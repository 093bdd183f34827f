/* SPDX-License-Identifier: MIT
 *
 * Moving a long line as a whole. Medians and exchanges move one dummy at a time, and a line that
 * runs on the wrong side of something through several layers stays there: each single step would
 * cost more than it saves. Here the dummies of one line are taken out of their layers and put back
 * where the line crosses least, found layer by layer (dynamic programming over the places in each;
 * crossings of one line between two places come from prefix sums). Never makes it worse.
 */
#include <stdlib.h>
#include <string.h>

#include "draw/layout_inner.h"

#define WIDEST 400 /* a line through a wider layer stays where it is */

/* The edges between two layers, without those of the line that is moved. A place is an index in the
 * layer, the line's dummies left out; a gap g is left of place g. */
struct between {
	uint32_t uppers, lowers; /* places in the two layers */
	uint32_t *sums; /* (uppers + 1) x (lowers + 1): edges left of g above and of h below */
};

/* One line: dummies of layers first … first + count - 1. */
struct line {
	struct layout *layout;
	uint32_t first, count;
	uint32_t stride;		/* gaps of one of its layers, at most */
	uint32_t *dummies, *was, *best; /* per layer of the line: dummy, its gap before and after */
	struct between *between;	/* above each of the line's layers, and below the last */
	uint32_t *sums;			/* of `between` */
	size_t sums_capacity;
	uint64_t *cost, *next; /* per gap of one layer: the least of a line from its top to here */
	uint32_t *from;	       /* per layer of the line and gap: the gap above that gave it */
	size_t from_capacity;
};

/* ---- counting ---------------------------------------------------------------------------- */

static size_t sums_of(const struct between *b)
{
	return (size_t)(b->uppers + 1) * (b->lowers + 1);
}

static uint32_t sum_at(const struct between *b, uint32_t g, uint32_t h)
{
	return b->sums[(size_t)g * (b->lowers + 1) + h];
}

/* Crossings of an edge from gap g to gap h. */
static uint64_t gap_to_gap(const struct between *b, uint32_t g, uint32_t h)
{
	return (uint64_t)sum_at(b, g, b->lowers) + sum_at(b, b->uppers, h) - 2ull * sum_at(b, g, h);
}

/* From the vertex at a place above; its own edges are not crossed. */
static uint64_t place_to_gap(const struct between *b, uint32_t place, uint32_t h)
{
	return (uint64_t)sum_at(b, place, b->lowers) - sum_at(b, place, h) +
	       sum_at(b, b->uppers, h) - sum_at(b, place + 1, h);
}

static uint64_t gap_to_place(const struct between *b, uint32_t g, uint32_t place)
{
	return (uint64_t)sum_at(b, g, b->lowers) - sum_at(b, g, place + 1) +
	       sum_at(b, b->uppers, place) - sum_at(b, g, place);
}

/* ---- taking a line out and putting it in -------------------------------------------------- */

static bool is_of_line(const struct line *line, uint32_t vertex)
{
	uint32_t layer = line->layout->layer[vertex];

	return layer >= line->first && layer < line->first + line->count &&
	       line->dummies[layer - line->first] == vertex;
}

/* The dummy stands last in its layer from now on, where it is nobody's neighbour on the right. */
static void take_out(struct line *line)
{
	struct layout *layout = line->layout;

	for (uint32_t k = 0; k < line->count; k++) {
		uint32_t layer = line->first + k, size = layout_layer_size(layout, layer);
		uint32_t *at = layout->at + layout->layer_start[layer];

		line->was[k] = layout->place[line->dummies[k]];
		for (uint32_t i = line->was[k]; i + 1 < size; i++) {
			at[i] = at[i + 1];
			layout->place[at[i]] = i;
		}
		at[size - 1] = line->dummies[k];
		layout->place[line->dummies[k]] = size - 1;
	}
}

static void put_in(struct line *line, const uint32_t *gaps)
{
	struct layout *layout = line->layout;

	for (uint32_t k = 0; k < line->count; k++) {
		uint32_t layer = line->first + k;
		uint32_t *at = layout->at + layout->layer_start[layer];

		for (uint32_t i = layout_layer_size(layout, layer) - 1; i > gaps[k]; i--) {
			at[i] = at[i - 1];
			layout->place[at[i]] = i;
		}
		at[gaps[k]] = line->dummies[k];
		layout->place[line->dummies[k]] = gaps[k];
	}
}

/* ---- the layers of a line ------------------------------------------------------------------ */

static uint32_t places_in(const struct line *line, uint32_t layer)
{
	bool passes = layer >= line->first && layer < line->first + line->count;

	return layout_layer_size(line->layout, layer) - passes;
}

static void add_net(const struct line *line, const struct net *net, struct between *b)
{
	const struct layout *layout = line->layout;

	for (uint32_t t = net->top; t < net->top + net->tops; t++) {
		if (is_of_line(line, layout->tops[t]))
			continue;
		for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
			if (is_of_line(line, layout->bottoms[i]))
				continue;
			b->sums[(size_t)(layout->place[layout->tops[t]] + 1) * (b->lowers + 1) +
				layout->place[layout->bottoms[i]] + 1]++;
		}
	}
}

static void sum_up(struct between *b)
{
	for (uint32_t g = 1; g <= b->uppers; g++) {
		uint32_t *row = b->sums + (size_t)g * (b->lowers + 1);
		const uint32_t *above = row - (b->lowers + 1);

		for (uint32_t h = 1; h <= b->lowers; h++)
			row[h] += row[h - 1] + above[h] - above[h - 1];
	}
}

/* The sums of all channels that the line runs through, in one piece of memory. */
static void fill_between(struct line *line)
{
	const struct layout *layout = line->layout;
	size_t size = 0, used = 0;

	for (uint32_t k = 0; k <= line->count; k++) {
		struct between *b = &line->between[k];

		b->uppers = places_in(line, line->first + k - 1);
		b->lowers = places_in(line, line->first + k);
		size += sums_of(b);
	}
	line->sums = mem_grow(line->sums, &line->sums_capacity, size, sizeof(*line->sums));
	memset(line->sums, 0, size * sizeof(*line->sums));
	for (uint32_t k = 0; k <= line->count; k++) {
		struct between *b = &line->between[k];
		uint32_t upper = line->first + k - 1;

		b->sums = line->sums + used;
		used += sums_of(b);
		for (uint32_t n = layout->channel[upper]; n < layout->channel[upper + 1]; n++)
			add_net(line, &layout->nets[n], b);
		sum_up(b);
	}
}

/* What a dummy at a gap costs downwards, its line's next dummy left out. */
static uint64_t cost_below(const struct line *line, uint32_t k, uint32_t gap)
{
	const struct layout *layout = line->layout;
	const struct net *net = &layout->nets[layout->net_below[line->dummies[k]]];
	uint64_t cost = 0;

	for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++) {
		uint32_t v = layout->bottoms[i];

		if (!is_of_line(line, v))
			cost += gap_to_place(&line->between[k + 1], gap, layout->place[v]);
	}
	return cost;
}

static uint64_t cost_of_top(const struct line *line, uint32_t gap)
{
	const struct layout *layout = line->layout;
	uint32_t top = line->dummies[0];
	uint64_t cost = 0;

	for (uint32_t i = layout->into_start[top]; i < layout->into_start[top + 1]; i++) {
		const struct net *net = &layout->nets[layout->into[i]];

		for (uint32_t t = net->top; t < net->top + net->tops; t++)
			cost += place_to_gap(&line->between[0], layout->place[layout->tops[t]],
					     gap);
	}
	return cost;
}

static uint64_t cost_of(const struct line *line, const uint32_t *gaps)
{
	uint64_t cost = cost_of_top(line, gaps[0]);

	for (uint32_t k = 0; k < line->count; k++) {
		if (k > 0)
			cost += gap_to_gap(&line->between[k], gaps[k - 1], gaps[k]);
		cost += cost_below(line, k, gaps[k]);
	}
	return cost;
}

/* One layer further: the best gap above for each gap here. */
static void descend(struct line *line, uint32_t k)
{
	const struct between *b = &line->between[k];

	for (uint32_t h = 0; h <= b->lowers; h++) {
		uint32_t best = 0;
		uint64_t least = UINT64_MAX;

		for (uint32_t g = 0; g <= b->uppers; g++) {
			uint64_t cost = line->cost[g] + gap_to_gap(b, g, h);

			if (cost < least) {
				least = cost;
				best = g;
			}
		}
		line->next[h] = least + cost_below(line, k, h);
		line->from[(size_t)k * line->stride + h] = best;
	}
}

/* Fills in `best`; returns its cost. */
static uint64_t find_best(struct line *line)
{
	uint32_t last = line->count - 1, best = 0;
	uint64_t *swap;

	for (uint32_t h = 0; h <= line->between[0].lowers; h++)
		line->cost[h] = cost_of_top(line, h) + cost_below(line, 0, h);
	for (uint32_t k = 1; k < line->count; k++) {
		descend(line, k);
		swap = line->cost;
		line->cost = line->next;
		line->next = swap;
	}
	for (uint32_t h = 1; h <= line->between[last].lowers; h++)
		best = line->cost[h] < line->cost[best] ? h : best;
	line->best[last] = best;
	for (uint32_t k = last; k > 0; k--)
		line->best[k - 1] = line->from[(size_t)k * line->stride + line->best[k]];
	return line->cost[best];
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The line that begins with a dummy; false when one of its layers is too wide to be worth it. */
static bool follow(struct line *line, uint32_t top)
{
	const struct layout *layout = line->layout;
	uint32_t v = top;

	line->first = layout->layer[top];
	line->count = 0;
	line->stride = 1;
	while (v != LAYOUT_NONE) {
		const struct net *net = &layout->nets[layout->net_below[v]];
		uint32_t size = layout_layer_size(layout, layout->layer[v]);

		if (size > WIDEST)
			return false;
		line->stride = size > line->stride ? size : line->stride;
		line->dummies[line->count++] = v;
		v = LAYOUT_NONE;
		for (uint32_t i = net->bottom; i < net->bottom + net->bottoms; i++)
			if (layout_is_dummy(layout, layout->bottoms[i]))
				v = layout->bottoms[i];
	}
	return true;
}

static bool move(struct line *line)
{
	bool better;

	take_out(line);
	fill_between(line);
	line->from = mem_grow(line->from, &line->from_capacity, (size_t)line->count * line->stride,
			      sizeof(*line->from));
	better = find_best(line) < cost_of(line, line->was);
	put_in(line, better ? line->best : line->was);
	return better;
}

static uint64_t visits_of(const struct line *line)
{
	return (uint64_t)line->count * line->stride * line->stride;
}

/* A dummy below a node begins a line. */
static bool begins_line(const struct layout *layout, uint32_t v)
{
	return !layout_is_dummy(
		layout, layout->tops[layout->nets[layout->into[layout->into_start[v]]].top]);
}

static void line_init(struct line *line, struct layout *layout)
{
	size_t layers = (size_t)layout->layers + 1;

	*line = (struct line){.layout = layout};
	line->dummies = mem_calloc(layers, sizeof(*line->dummies));
	line->was = mem_calloc(layers, sizeof(*line->was));
	line->best = mem_calloc(layers, sizeof(*line->best));
	line->between = mem_calloc(layers, sizeof(*line->between));
	line->cost = mem_calloc(WIDEST + 1, sizeof(*line->cost));
	line->next = mem_calloc(WIDEST + 1, sizeof(*line->next));
}

static void line_release(struct line *line)
{
	free(line->dummies);
	free(line->was);
	free(line->best);
	free(line->between);
	free(line->sums);
	free(line->cost);
	free(line->next);
	free(line->from);
}

uint64_t layout_move_chains(struct layout *layout, uint64_t *budget)
{
	struct line line;
	uint64_t moved = 0;

	line_init(&line, layout);
	for (uint32_t v = layout->nodes; v < layout->vertices; v++) {
		if (!begins_line(layout, v) || !follow(&line, v) || visits_of(&line) > *budget)
			continue;
		*budget -= visits_of(&line);
		moved += move(&line);
	}
	line_release(&line);
	return moved;
}
