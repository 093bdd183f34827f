/* SPDX-License-Identifier: MIT
 *
 * The order inside each layer: few crossings. Seeded by a depth-first walk, then swept down and up:
 * each layer is sorted by the weighted medians of its neighbours in the layer just visited, then
 * neighbours are exchanged while that saves crossings. The best order seen is kept. The work is
 * bounded: large graphs get fewer sweeps.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "draw/layout_inner.h"

#define SWEEPS	   24
#define PATIENCE   4	   /* sweeps without gain */
#define STARTS	   6	   /* orders to start from */
#define WORK	   6000000 /* edge visits of one start, about */
#define WORK_AGAIN 15000   /* visits of one sweep times starts: no further start beyond */
#define PLACES	   1500	   /* places tried for long lines, per node */
#define EXCHANGES  4	   /* rounds of exchanging in one layer */

/* An order that was seen: vertices as in layout->at. */
struct order {
	uint32_t *at;
	uint64_t crossings;
};

struct sorter {
	struct layout *layout;
	uint32_t *up_start, *up;     /* per vertex: places of its upper neighbours, ascending */
	uint32_t *down_start, *down; /* and of the lower ones */
	uint32_t *fill;
	double *median;	  /* per vertex; -1 without neighbours */
	uint32_t *sorted; /* scratch of one layer */
	uint32_t *tree;	  /* Fenwick tree of one layer */
	bool *changed;	  /* per layer: exchanges there may save something */
	uint32_t widest;
};

/* ---- neighbours -------------------------------------------------------------------------- */

static void count_neighbours(struct sorter *s)
{
	struct layout *layout = s->layout;
	s->up_start = mem_calloc(layout->vertices + 1, sizeof *s->up_start);
	s->down_start = mem_calloc(layout->vertices + 1, sizeof *s->down_start);
	uint32_t ups = 0, downs = 0;
	for (uint32_t v = 0; v < layout->vertices; v++) {
		s->up_start[v] = ups;
		s->down_start[v] = downs;
		for (uint32_t i = layout->into_start[v]; i < layout->into_start[v + 1]; i++) {
			ups += layout->nets[layout->into[i]].tops;
		}
		if (layout->net_below[v] != LAYOUT_NONE) {
			downs += layout->nets[layout->net_below[v]].bottoms;
		}
	}
	s->up_start[layout->vertices] = ups;
	s->down_start[layout->vertices] = downs;
	s->up = mem_calloc(ups + 1, sizeof *s->up);
	s->down = mem_calloc(downs + 1, sizeof *s->down);
}

/* Visiting the upper layer in its order writes ascending lists. */
static void list_upper(struct sorter *s, uint32_t layer)
{
	struct layout *layout = s->layout;
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		s->fill[layout->at[i]] = s->up_start[layout->at[i]];
	}
	if (layer == 0) {
		return;
	}
	for (uint32_t i = layout->layer_start[layer - 1]; i < layout->layer_start[layer]; i++) {
		uint32_t u = layout->at[i];
		if (layout->net_below[u] == LAYOUT_NONE) {
			continue;
		}
		const struct net *net = &layout->nets[layout->net_below[u]];
		for (uint32_t b = net->bottom; b < net->bottom + net->bottoms; b++) {
			s->up[s->fill[layout->bottoms[b]]++] = layout->place[u];
		}
	}
}

static void list_lower(struct sorter *s, uint32_t layer)
{
	struct layout *layout = s->layout;
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		s->fill[layout->at[i]] = s->down_start[layout->at[i]];
	}
	if (layer + 1 == layout->layers) {
		return;
	}
	uint32_t end = layout->layer_start[layer + 2];
	for (uint32_t i = layout->layer_start[layer + 1]; i < end; i++) {
		uint32_t v = layout->at[i];
		for (uint32_t k = layout->into_start[v]; k < layout->into_start[v + 1]; k++) {
			const struct net *net = &layout->nets[layout->into[k]];
			for (uint32_t t = net->top; t < net->top + net->tops; t++) {
				s->down[s->fill[layout->tops[t]]++] = layout->place[v];
			}
		}
	}
}

/* ---- counting ---------------------------------------------------------------------------- */

/* Crossings between a layer and the one above: for each edge, those already seen that end further
 * right (Fenwick tree over places above; edges come ordered from below). */
static uint64_t count_above(struct sorter *s, uint32_t layer)
{
	struct layout *layout = s->layout;
	uint32_t size = layout_layer_size(layout, layer - 1);
	list_upper(s, layer);
	for (uint32_t i = 0; i <= size; i++) {
		s->tree[i] = 0;
	}
	uint64_t crossings = 0, seen = 0;
	for (uint32_t i = layout->layer_start[layer]; i < layout->layer_start[layer + 1]; i++) {
		uint32_t v = layout->at[i];
		for (uint32_t k = s->up_start[v]; k < s->up_start[v + 1]; k++) {
			uint64_t left = 0;
			for (uint32_t j = s->up[k] + 1; j > 0; j &= j - 1) {
				left += s->tree[j];
			}
			crossings += seen - left;
		}
		for (uint32_t k = s->up_start[v]; k < s->up_start[v + 1]; k++) {
			for (uint32_t j = s->up[k] + 1; j <= size; j += j & -j) {
				s->tree[j]++;
			}
			seen++;
		}
	}
	return crossings;
}

static uint64_t count_all(struct sorter *s)
{
	uint64_t crossings = 0;
	for (uint32_t layer = 1; layer < s->layout->layers; layer++) {
		crossings += count_above(s, layer);
	}
	return crossings;
}

/* ---- medians ----------------------------------------------------------------------------- */

static double median_of(const uint32_t *list, uint32_t count)
{
	if (count == 0) {
		return -1;
	}
	uint32_t middle = count / 2;
	if (count % 2 == 1) {
		return list[middle];
	}
	if (count == 2) {
		return (list[0] + list[1]) / 2.0;
	}
	double left = list[middle - 1] - list[0];
	double right = list[count - 1] - list[middle];
	if (left + right <= 0) {
		return list[middle];
	}
	return (list[middle - 1] * right + list[middle] * left) / (left + right);
}

struct keyed {
	double median;
	uint32_t place;
	uint32_t vertex;
};

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *left = a, *right = b;
	if (left->median != right->median) {
		return left->median < right->median ? -1 : 1;
	}
	return left->place < right->place ? -1 : left->place > right->place;
}

/* Sorts a layer by medians; a vertex without neighbours keeps its place. `flip` turns round the
 * vertices of equal medians, which leads out of some dead ends. */
static void sort_layer(struct sorter *s, uint32_t layer, const uint32_t *start,
		       const uint32_t *list, bool flip)
{
	struct layout *layout = s->layout;
	uint32_t first = layout->layer_start[layer], size = layout_layer_size(layout, layer),
		 used = 0;
	struct keyed *keys = mem_alloc((size + 1) * sizeof *keys);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t v = layout->at[first + i];
		s->median[v] = median_of(list + start[v], start[v + 1] - start[v]);
		if (s->median[v] >= 0) {
			keys[used++] = (struct keyed){s->median[v], flip ? size - i : i, v};
		}
	}
	qsort(keys, used, sizeof *keys, compare_keyed);
	uint32_t next = 0;
	for (uint32_t i = 0; i < size; i++) {
		if (s->median[layout->at[first + i]] >= 0) {
			s->sorted[i] = keys[next++].vertex;
		} else {
			s->sorted[i] = layout->at[first + i];
		}
	}
	for (uint32_t i = 0; i < size; i++) {
		layout->at[first + i] = s->sorted[i];
		layout->place[s->sorted[i]] = i;
	}
	free(keys);
}

/* ---- exchanging neighbours --------------------------------------------------------------- */

/* Crossings between the edges of a and b when a stands left of b, minus those the other way. */
static int64_t pair_gain(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
	int64_t now = 0, then = 0;
	for (uint32_t i = 0, less = 0, less_equal = 0; i < a_count; i++) {
		while (less < b_count && b[less] < a[i]) {
			less++;
		}
		while (less_equal < b_count && b[less_equal] <= a[i]) {
			less_equal++;
		}
		now += less;
		then += b_count - less_equal;
	}
	return now - then;
}

static int64_t exchange_gain(const struct sorter *s, uint32_t a, uint32_t b)
{
	return pair_gain(s->up + s->up_start[a], s->up_start[a + 1] - s->up_start[a],
			 s->up + s->up_start[b], s->up_start[b + 1] - s->up_start[b]) +
	       pair_gain(s->down + s->down_start[a], s->down_start[a + 1] - s->down_start[a],
			 s->down + s->down_start[b], s->down_start[b + 1] - s->down_start[b]);
}

/* Exchanges neighbours of a layer where that saves crossings; with `ties` also where it makes none
 * more, once, which leads out of some dead ends. True when it saved any. */
static bool exchange_layer(struct sorter *s, uint32_t layer, bool ties)
{
	struct layout *layout = s->layout;
	uint32_t first = layout->layer_start[layer], size = layout_layer_size(layout, layer);
	bool better = true, any = false;
	list_upper(s, layer);
	list_lower(s, layer);
	for (int round = 0; round < EXCHANGES && better; round++) {
		better = false;
		for (uint32_t i = 0; i + 1 < size; i++) {
			uint32_t a = layout->at[first + i], b = layout->at[first + i + 1];
			int64_t gain = exchange_gain(s, a, b);
			if (gain > 0 || (ties && round == 0 && gain == 0)) {
				layout->at[first + i] = b;
				layout->at[first + i + 1] = a;
				layout->place[b] = i;
				layout->place[a] = i + 1;
				better |= gain > 0;
			}
		}
		any |= better;
	}
	return any;
}

/* All layers, again where a neighbouring layer has changed, until nothing is saved. */
static void exchange_all(struct sorter *s, bool ties)
{
	uint32_t layers = s->layout->layers;
	for (uint32_t k = 0; k < layers; k++) {
		s->changed[k] = true;
	}
	for (bool again = true; again; ties = false) {
		again = false;
		for (uint32_t k = 0; k < layers; k++) {
			if (!s->changed[k]) {
				continue;
			}
			s->changed[k] = exchange_layer(s, k, ties);
			if (s->changed[k]) {
				again = true;
				s->changed[k > 0 ? k - 1 : 0] = true;
				s->changed[k + 1 < layers ? k + 1 : k] = true;
			}
		}
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

static void place_vertex(struct layout *layout, uint32_t v, uint32_t *filled)
{
	uint32_t layer = layout->layer[v];
	layout->place[v] = filled[layer];
	layout->at[layout->layer_start[layer] + filled[layer]++] = v;
}

/* The seed: depth first from every vertex that nothing leads to, in file order. */
static void seed(struct layout *layout)
{
	uint32_t n = layout->vertices;
	uint32_t *filled = mem_calloc(layout->layers + 1, sizeof *filled);
	uint32_t *stack = mem_calloc(n + 1, sizeof *stack);
	uint32_t *child = mem_calloc(n + 1, sizeof *child);
	bool *seen = mem_calloc(n + 1, sizeof *seen);
	for (uint32_t root = 0; root < n; root++) {
		uint32_t depth = 0;
		if (layout->into_start[root] == layout->into_start[root + 1] && !seen[root]) {
			seen[root] = true;
			place_vertex(layout, root, filled);
			stack[depth++] = root;
		}
		while (depth > 0) {
			uint32_t v = stack[depth - 1], net = layout->net_below[v];
			if (net == LAYOUT_NONE || child[v] == layout->nets[net].bottoms) {
				depth--;
				continue;
			}
			uint32_t w = layout->bottoms[layout->nets[net].bottom + child[v]++];
			if (!seen[w]) {
				seen[w] = true;
				place_vertex(layout, w, filled);
				stack[depth++] = w;
			}
		}
	}
	free(filled);
	free(stack);
	free(child);
	free(seen);
}

static void index_layers(struct layout *layout)
{
	struct arena *arena = &layout->arena;
	layout->layer_start = arena_alloc(arena, (layout->layers + 2) * sizeof(uint32_t));
	layout->at = arena_alloc(arena, (layout->vertices + 1) * sizeof(uint32_t));
	layout->place = arena_alloc(arena, (layout->vertices + 1) * sizeof(uint32_t));
	for (uint32_t v = 0; v < layout->vertices; v++) {
		layout->layer_start[layout->layer[v] + 1]++;
	}
	for (uint32_t k = 0; k < layout->layers; k++) {
		layout->layer_start[k + 1] += layout->layer_start[k];
	}
}

/* Medians through all layers, in one direction, then exchanges. */
static void sweep(struct sorter *s, bool down, bool flip)
{
	uint32_t layers = s->layout->layers;
	for (uint32_t i = 0; i < layers; i++) {
		uint32_t layer = down ? i : layers - 1 - i;
		if (down) {
			list_upper(s, layer);
			sort_layer(s, layer, s->up_start, s->up, flip);
		} else {
			list_lower(s, layer);
			sort_layer(s, layer, s->down_start, s->down, flip);
		}
	}
	exchange_all(s, flip);
}

static void restore(struct layout *layout, const uint32_t *best)
{
	for (uint32_t i = 0; i < layout->vertices; i++) {
		layout->at[i] = best[i];
		layout->place[best[i]] = i - layout->layer_start[layout->layer[best[i]]];
	}
}

static void shuffle(struct layout *layout, struct rng *rng)
{
	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t *at = layout->at + layout->layer_start[k],
			 size = layout_layer_size(layout, k);
		for (uint32_t i = size; i > 0; i--) {
			uint32_t j = (uint32_t)rng_below(rng, i), v = at[j];
			at[j] = at[i - 1];
			at[i - 1] = v;
			layout->place[v] = i - 1;
		}
	}
}

static void keep(struct sorter *s, struct order *order, uint64_t crossings)
{
	order->crossings = crossings;
	memcpy(order->at, s->layout->at, s->layout->vertices * sizeof *order->at);
}

/* Sweeps from the order there is; leaves the best that was seen. */
static void settle(struct sorter *s, int sweeps, bool up_first, struct order *best)
{
	keep(s, best, count_all(s));
	for (int i = 0, idle = 0; i < sweeps && idle < PATIENCE && best->crossings > 0; i++) {
		sweep(s, (i % 2 == 0) != up_first, i % 4 >= 2);
		uint64_t count = count_all(s);
		idle++;
		if (count < best->crossings) {
			keep(s, best, count);
			idle = 0;
		}
	}
	restore(s->layout, best->at);
}

/* Long lines as a whole, then single vertices again, as long as that saves something. */
static void polish(struct sorter *s, uint64_t *budget, struct order *best)
{
	while (best->crossings > 0 && layout_move_chains(s->layout, budget) > 0) {
		exchange_all(s, false);
		keep(s, best, count_all(s));
	}
}

/* From the seed, and, as far as the bound on the work goes, from a few orders drawn by chance (the
 * same chance each time): small graphs end in dead ends more easily than they cost time. */
static void improve(struct sorter *s)
{
	struct layout *layout = s->layout;
	size_t size = (layout->vertices + 1) * sizeof(uint32_t);
	struct order best = {.at = mem_alloc(size), .crossings = UINT64_MAX};
	struct order now = {.at = mem_alloc(size)};
	struct rng rng = {.state = 1};
	uint64_t budget = (uint64_t)PLACES * layout->nodes;
	uint64_t visits = (uint64_t)layout->vertices + s->up_start[layout->vertices] * 8ull + 1;
	uint64_t sweeps = WORK / visits < 2 ? 2 : WORK / visits < SWEEPS ? WORK / visits : SWEEPS;
	for (int i = 0; i < STARTS && (i == 0 || visits * (uint64_t)(i + 1) < WORK_AGAIN); i++) {
		if (i > 0) {
			shuffle(layout, &rng);
		}
		settle(s, (int)sweeps, i % 2 == 1, &now);
		polish(s, &budget, &now);
		if (now.crossings < best.crossings) {
			struct order worse = best;
			best = now;
			now = worse;
		}
	}
	restore(layout, best.at);
	layout->crossings = best.crossings;
	free(best.at);
	free(now.at);
}

void layout_order(struct layout *layout)
{
	struct sorter s = {.layout = layout};
	index_layers(layout);
	seed(layout);
	count_neighbours(&s);
	for (uint32_t k = 0; k < layout->layers; k++) {
		s.widest = layout_layer_size(layout, k) > s.widest ? layout_layer_size(layout, k)
								   : s.widest;
	}
	s.fill = mem_calloc(layout->vertices + 1, sizeof *s.fill);
	s.median = mem_calloc(layout->vertices + 1, sizeof *s.median);
	s.sorted = mem_calloc(s.widest + 1, sizeof *s.sorted);
	s.tree = mem_calloc(s.widest + 2, sizeof *s.tree);
	s.changed = mem_calloc(layout->layers + 1, sizeof *s.changed);
	improve(&s);
	free(s.changed);
	free(s.up_start);
	free(s.up);
	free(s.down_start);
	free(s.down);
	free(s.fill);
	free(s.median);
	free(s.sorted);
	free(s.tree);
}
