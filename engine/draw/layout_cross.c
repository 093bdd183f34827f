/* SPDX-License-Identifier: MIT
 *
 * Lists of neighbours are made by walking the other layer in its order, so they come out ascending,
 * and stay good until that layer changes. A channel's crossings are counted with a Fenwick tree,
 * and after that follow each exchange by what it saves.
 */
#include "draw/layout_cross.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 4 /* of exchanging in one layer before the next has its turn */

/* ---- neighbours -------------------------------------------------------------------------- */

static void count_neighbours(struct cross *cross)
{
	const struct layout *layout = cross->layout;
	uint32_t ups = 0, downs = 0;

	for (uint32_t v = 0; v < layout->vertices; v++) {
		cross->up_start[v] = ups;
		cross->down_start[v] = downs;
		for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++)
			ups += layout->nets[layout->into[i]].tops;
		if (layout->net_below[v] != LAYOUT_NONE)
			downs += layout->nets[layout->net_below[v]].bottoms;
		cross->edges[layout->layer[v]] += ups - cross->up_start[v];
	}
	cross->up_start[layout->vertices] = ups;
	cross->down_start[layout->vertices] = downs;
}

static void list_neighbours(struct cross *cross)
{
	const struct layout *layout = cross->layout;
	uint32_t above = 0, below = 0;

	for (uint32_t v = 0; v < layout->vertices; v++) {
		for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++) {
			const struct net *net = &layout->nets[layout->into[i]];

			for (uint32_t t = 0; t < net->tops; t++)
				cross->above[above++] = layout->tops[net->top + t];
		}
		if (layout->net_below[v] == LAYOUT_NONE)
			continue;
		const struct net *net = &layout->nets[layout->net_below[v]];

		for (uint32_t b = 0; b < net->bottoms; b++)
			cross->below[below++] = layout->bottoms[net->bottom + b];
	}
}

void layout_cross_init(struct cross *cross, struct layout *layout)
{
	size_t vertices = layout->vertices, layers = layout->layers, widest = 0, edges;

	for (uint32_t k = 0; k < layout->layers; k++)
		widest = layout_layer_size(layout, k) > widest ? layout_layer_size(layout, k)
							       : widest;
	*cross = (struct cross){.layout = layout, .clock = 1};
	cross->up_start = mem_calloc(vertices + 1, sizeof(uint32_t));
	cross->down_start = mem_calloc(vertices + 1, sizeof(uint32_t));
	cross->edges = mem_calloc(layers + 1, sizeof(uint32_t));
	count_neighbours(cross);
	edges = cross->up_start[vertices];
	cross->above = mem_calloc(edges + 1, sizeof(uint32_t));
	cross->below = mem_calloc(edges + 1, sizeof(uint32_t));
	cross->up = mem_calloc(edges + 1, sizeof(uint32_t));
	cross->down = mem_calloc(edges + 1, sizeof(uint32_t));
	list_neighbours(cross);
	cross->changed = mem_calloc(layers + 1, sizeof(uint64_t));
	cross->up_made = mem_calloc(layers + 1, sizeof(uint64_t));
	cross->down_made = mem_calloc(layers + 1, sizeof(uint64_t));
	cross->counted = mem_calloc(layers + 1, sizeof(uint64_t));
	cross->count = mem_calloc(layers + 1, sizeof(uint64_t));
	cross->restless = mem_calloc(vertices + 1, sizeof(bool));
	cross->busy = mem_calloc(layers + 1, sizeof(bool));
	cross->fill = mem_calloc(vertices + 1, sizeof(uint32_t));
	cross->tree = mem_calloc(widest + 2, sizeof(uint32_t));
	for (uint32_t k = 0; k < layout->layers; k++)
		layout_cross_changed(cross, k);
}

void layout_cross_release(struct cross *cross)
{
	free(cross->up_start);
	free(cross->down_start);
	free(cross->edges);
	free(cross->above);
	free(cross->below);
	free(cross->up);
	free(cross->down);
	free(cross->changed);
	free(cross->up_made);
	free(cross->down_made);
	free(cross->counted);
	free(cross->count);
	free(cross->restless);
	free(cross->busy);
	free(cross->fill);
	free(cross->tree);
}

static void rouse(struct cross *cross, uint32_t layer)
{
	const struct layout *layout = cross->layout;

	memset(cross->restless + layout->layer_start[layer], true,
	       layout_layer_size(layout, layer) * sizeof(bool));
	cross->busy[layer] = true;
}

void layout_cross_changed(struct cross *cross, uint32_t layer)
{
	cross->changed[layer] = ++cross->clock;
	rouse(cross, layer);
	if (layer > 0)
		rouse(cross, layer - 1);
	if (layer + 1 < cross->layout->layers)
		rouse(cross, layer + 1);
}

/* ---- places ------------------------------------------------------------------------------ */

/* The places of a layer's vertices, into the lists of their neighbours in another layer. */
static void spread_places(struct cross *cross, uint32_t layer, const uint32_t *start,
			  const uint32_t *neighbours, uint32_t *lists)
{
	const struct layout *layout = cross->layout;
	const uint32_t *at = layout->at + layout->layer_start[layer];
	uint32_t size = layout_layer_size(layout, layer);

	for (uint32_t place = 0; place < size; place++)
		for (uint32_t i = start[at[place]]; i < start[at[place] + 1]; i++)
			lists[cross->fill[neighbours[i]]++] = place;
}

static void begin_lists(struct cross *cross, uint32_t layer, const uint32_t *start)
{
	const struct layout *layout = cross->layout;

	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++)
		cross->fill[layout->at[i]] = start[layout->at[i]];
}

void layout_cross_upper(struct cross *cross, uint32_t layer)
{
	if (layer == 0 || cross->up_made[layer] > cross->changed[layer - 1])
		return;
	begin_lists(cross, layer, cross->up_start);
	spread_places(cross, layer - 1, cross->down_start, cross->below, cross->up);
	cross->up_made[layer] = ++cross->clock;
}

void layout_cross_lower(struct cross *cross, uint32_t layer)
{
	if (layer + 1 >= cross->layout->layers ||
	    cross->down_made[layer] > cross->changed[layer + 1])
		return;
	begin_lists(cross, layer, cross->down_start);
	spread_places(cross, layer + 1, cross->up_start, cross->above, cross->down);
	cross->down_made[layer] = ++cross->clock;
}

/* ---- counting ---------------------------------------------------------------------------- */

/* The tree holds how many edges end at each place above. */
static void clear_tree(struct cross *cross, uint32_t size)
{
	memset(cross->tree, 0, ((size_t)size + 1) * sizeof(*cross->tree));
}

static uint32_t left_of(const struct cross *cross, uint32_t place)
{
	uint32_t count = 0;

	for (uint32_t j = place; j > 0; j &= j - 1)
		count += cross->tree[j];
	return count;
}

static void plant_edges(struct cross *cross, uint32_t size, uint32_t v)
{
	for (uint32_t k = cross->up_start[v]; k < cross->up_start[v + 1]; k++)
		for (uint32_t j = cross->up[k] + 1; j <= size; j += j & -j)
			cross->tree[j]++;
}

/* For each edge, those already seen that end further right above: edges come ordered from below. */
static uint64_t count_above(struct cross *cross, uint32_t layer)
{
	const struct layout *layout = cross->layout;
	uint32_t size = layout_layer_size(layout, layer - 1);
	uint64_t crossings = 0, seen = 0;

	layout_cross_upper(cross, layer);
	clear_tree(cross, size);
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		uint32_t v = layout->at[i], from = cross->up_start[v], end = cross->up_start[v + 1];

		for (uint32_t k = from; k < end; k++)
			crossings += seen - left_of(cross, cross->up[k] + 1);
		plant_edges(cross, size, v);
		seen += end - from;
	}
	return crossings;
}

/* Once from the left and once from the right: an edge is crossed by those that begin on one side of
 * it and end on the other. */
void layout_cross_dummies(struct cross *cross, uint32_t layer, uint64_t *out)
{
	const struct layout *layout = cross->layout;
	const uint32_t *at = layout->at + layout->layer_start[layer];
	uint32_t above = layout_layer_size(layout, layer - 1),
		 size = layout_layer_size(layout, layer);
	uint64_t seen = 0;

	layout_cross_upper(cross, layer);
	clear_tree(cross, above);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t v = at[i], from = cross->up_start[v], end = cross->up_start[v + 1];

		out[v] = 0;
		for (uint32_t k = from; layout_is_dummy(layout, v) && k < end; k++)
			out[v] += seen - left_of(cross, cross->up[k] + 1);
		plant_edges(cross, above, v);
		seen += end - from;
	}
	clear_tree(cross, above);
	for (uint32_t i = size; i-- > 0;) {
		uint32_t v = at[i], from = cross->up_start[v], end = cross->up_start[v + 1];

		for (uint32_t k = from; layout_is_dummy(layout, v) && k < end; k++)
			out[v] += left_of(cross, cross->up[k]);
		plant_edges(cross, above, v);
	}
}

uint64_t layout_cross_count(struct cross *cross)
{
	uint64_t crossings = 0;

	for (uint32_t k = 1; k < cross->layout->layers; k++) {
		if (cross->counted[k] <= cross->changed[k] ||
		    cross->counted[k] <= cross->changed[k - 1]) {
			cross->count[k] = count_above(cross, k);
			cross->counted[k] = ++cross->clock;
		}
		crossings += cross->count[k];
	}
	return crossings;
}

/* ---- exchanging neighbours --------------------------------------------------------------- */

struct list {
	const uint32_t *at;
	uint32_t count;
};

static struct list list_of(const uint32_t *start, const uint32_t *lists, uint32_t v)
{
	return (struct list){lists + start[v], start[v + 1] - start[v]};
}

/* Crossings between the edges of a and b when a stands left of b, minus those the other way. */
static int64_t pair_gain(struct list a, struct list b)
{
	int64_t now = 0, then = 0;

	if (a.count == 0 || b.count == 0)
		return 0;
	if (a.at[a.count - 1] < b.at[0])
		return -(int64_t)a.count * b.count;
	if (a.at[0] > b.at[b.count - 1])
		return (int64_t)a.count * b.count;
	for (uint32_t i = 0, less = 0, less_equal = 0; i < a.count; i++) {
		while (less < b.count && b.at[less] < a.at[i])
			less++;
		while (less_equal < b.count && b.at[less_equal] <= a.at[i])
			less_equal++;
		now += less;
		then += b.count - less_equal;
	}
	return now - then;
}

/* The neighbours of a vertex that moved are worth another look, on both of their sides. */
static void rouse_neighbours(struct cross *cross, uint32_t layer, struct list places)
{
	bool *restless = cross->restless + cross->layout->layer_start[layer];

	for (uint32_t i = 0; i < places.count; i++) {
		restless[places.at[i]] = true;
		if (places.at[i] > 0)
			restless[places.at[i] - 1] = true;
	}
	cross->busy[layer] |= places.count > 0;
}

static void exchange(struct cross *cross, uint32_t layer, uint32_t place)
{
	struct layout *layout = cross->layout;
	uint32_t *at = layout->at + layout->layer_start[layer], a = at[place], b = at[place + 1];
	bool *restless = cross->restless + layout->layer_start[layer];

	at[place] = b;
	at[place + 1] = a;
	layout->place[b] = place;
	layout->place[a] = place + 1;
	restless[place + 1] = true;
	if (place > 0)
		restless[place - 1] = true;
	if (layer > 0) {
		rouse_neighbours(cross, layer - 1, list_of(cross->up_start, cross->up, a));
		rouse_neighbours(cross, layer - 1, list_of(cross->up_start, cross->up, b));
	}
	if (layer + 1 < layout->layers) {
		rouse_neighbours(cross, layer + 1, list_of(cross->down_start, cross->down, a));
		rouse_neighbours(cross, layer + 1, list_of(cross->down_start, cross->down, b));
	}
}

/* Exchanges a place with the next if that saves crossings, or, with `ties`, if it makes none more.
 * True when it did. */
static bool try_exchange(struct cross *cross, uint32_t layer, uint32_t place, bool ties)
{
	const uint32_t *at = cross->layout->at + cross->layout->layer_start[layer];
	uint32_t a = at[place], b = at[place + 1];
	int64_t above, below;

	if (cross->fixed != NULL && cross->fixed[a] && cross->fixed[b])
		return false;
	above = pair_gain(list_of(cross->up_start, cross->up, a),
			  list_of(cross->up_start, cross->up, b));
	below = pair_gain(list_of(cross->down_start, cross->down, a),
			  list_of(cross->down_start, cross->down, b));
	if (above + below < 0 || (above + below == 0 && !ties))
		return false;
	exchange(cross, layer, place);
	cross->count[layer] -= (uint64_t)above;
	cross->count[layer + 1] -= (uint64_t)below;
	return true;
}

static void exchange_layer(struct cross *cross, uint32_t layer, bool ties)
{
	uint32_t first = cross->layout->layer_start[layer],
		 size = layout_layer_size(cross->layout, layer);
	bool moved = true, any = false;

	layout_cross_upper(cross, layer);
	layout_cross_lower(cross, layer);
	for (int round = 0; round < ROUNDS && moved; round++, ties = false) {
		moved = false;
		for (uint32_t place = 0; place + 1 < size; place++) {
			if (!cross->restless[first + place])
				continue;
			cross->restless[first + place] = false;
			moved |= try_exchange(cross, layer, place, ties);
		}
		any |= moved;
	}
	cross->busy[layer] = moved;
	if (any)
		cross->changed[layer] = ++cross->clock;
}

void layout_cross_exchange(struct cross *cross, bool ties)
{
	uint32_t layers = cross->layout->layers;

	(void)layout_cross_count(cross); /* what an exchange saves is taken off */
	for (bool again = true; again; ties = false) {
		again = false;
		for (uint32_t k = 0; k < layers; k++) {
			if (cross->busy[k])
				exchange_layer(cross, k, ties);
			again |= cross->busy[k] || (k > 0 && cross->busy[k - 1]);
		}
	}
	for (uint32_t k = 1; k < layers; k++)
		cross->counted[k] = ++cross->clock;
}
