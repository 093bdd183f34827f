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
#include "draw/layout_chains.h"
#include "draw/layout_cross.h"

#define SWEEPS	      24
#define PATIENCE      4	      /* sweeps without gain */
#define PATIENCE_MANY 2	      /* of a graph too large for a second start */
#define STARTS	      16      /* orders to start from */
#define WORK	      6000000 /* edge visits of one start, about */
#define WORK_AGAIN    7200    /* visits of a sweep of all starts and one more: none beyond */
#define PLACES_LEAST  30000   /* places and edges looked at for long lines, … */
#define PLACES	      60      /* … and more per node … */
#define MANY	      1500    /* … of so many nodes at most */
#define MANY_COLUMNS  500000  /* right of all */
#define RUN	      8	      /* keys sorted by insertion */

/* An order that was seen: vertices as in layout->at. */
struct order {
	uint32_t *at;
	uint64_t crossings;
};

struct sorter {
	struct layout *layout;
	struct cross cross;
	uint64_t *keys, *spare; /* scratch of one layer */
	uint32_t *sorted;
};

/* ---- medians ----------------------------------------------------------------------------- */

static double median_of(const uint32_t *list, uint32_t count)
{
	uint32_t middle = count / 2;
	if (count % 2 == 1)
		return list[middle];
	if (count == 2)
		return (list[0] + list[1]) / 2.0;
	double left = list[middle - 1] - list[0];
	double right = list[count - 1] - list[middle];
	if (left + right <= 0)
		return list[middle];
	return (list[middle - 1] * right + list[middle] * left) / (left + right);
}

/* A median and, below it, the place of its vertex in the layer: keys differ, and their order is
 * that of the medians. */
static uint64_t key_of(double median, uint32_t place)
{
	return (uint64_t)(median * 4096) << 32 | place;
}

/* Joins the two halves of a list, each in order. */
static void merge_runs(uint64_t *keys, uint32_t middle, uint32_t count, uint64_t *spare)
{
	uint32_t left = 0, right = middle, out = 0;

	if (keys[middle - 1] < keys[middle])
		return;
	memcpy(spare, keys, middle * sizeof(*keys));
	while (left < middle)
		if (right == count || spare[left] < keys[right])
			keys[out++] = spare[left++];
		else
			keys[out++] = keys[right++];
}

/* Runs that are in order already are joined, two and two: layers are nearly sorted most times. */
static void sort_keys(uint64_t *keys, uint64_t *spare, uint32_t count)
{
	for (uint32_t from = 0; from < count; from += RUN) {
		uint32_t end = from + RUN < count ? from + RUN : count;

		for (uint32_t i = from + 1; i < end; i++) {
			uint64_t key = keys[i];
			uint32_t j = i;

			for (; j > from && keys[j - 1] > key; j--)
				keys[j] = keys[j - 1];
			keys[j] = key;
		}
	}
	for (uint32_t run = RUN; run < count; run *= 2) {
		for (uint32_t from = 0; from + run < count; from += 2 * run) {
			uint32_t end = from + 2 * run < count ? from + 2 * run : count;

			merge_runs(keys + from, run, end - from, spare);
		}
	}
}

/* Sorts a layer by the medians of its neighbours' places; a vertex without neighbours keeps its
 * place. `flip` turns round the vertices of equal medians, which leads out of some dead ends. */
static void sort_layer(struct sorter *s, uint32_t layer, const uint32_t *start,
		       const uint32_t *list, bool flip)
{
	struct layout *layout = s->layout;
	uint32_t *at = layout->at + layout->layer_start[layer];
	uint32_t size = layout_layer_size(layout, layer), used = 0, next = 0;
	bool changed = false;

	for (uint32_t i = 0; i < size; i++) {
		uint32_t count = start[at[i] + 1] - start[at[i]];

		if (count > 0)
			s->keys[used++] = key_of(median_of(list + start[at[i]], count),
						 flip ? size - 1 - i : i);
	}
	sort_keys(s->keys, s->spare, used);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t place = i;

		if (start[at[i] + 1] > start[at[i]]) {
			place = (uint32_t)s->keys[next++];
			place = flip ? size - 1 - place : place;
		}
		s->sorted[i] = at[place];
		changed |= place != i;
	}
	if (!changed)
		return;
	for (uint32_t i = 0; i < size; i++) {
		at[i] = s->sorted[i];
		layout->place[at[i]] = i;
	}
	layout_cross_changed(&s->cross, layer);
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
	for (uint32_t v = 0; v < layout->vertices; v++)
		layout->layer_start[layout->layer[v] + 1]++;
	for (uint32_t k = 0; k < layout->layers; k++)
		layout->layer_start[k + 1] += layout->layer_start[k];
}

/* Medians through all layers, in one direction, then exchanges. */
static void sweep(struct sorter *s, bool down, bool flip)
{
	struct cross *cross = &s->cross;
	uint32_t layers = s->layout->layers;

	for (uint32_t i = 0; i < layers; i++) {
		uint32_t layer = down ? i : layers - 1 - i;

		if (down) {
			layout_cross_upper(cross, layer);
			sort_layer(s, layer, cross->up_start, cross->up, flip);
		} else {
			layout_cross_lower(cross, layer);
			sort_layer(s, layer, cross->down_start, cross->down, flip);
		}
	}
	layout_cross_exchange(cross, flip);
}

static void restore(struct sorter *s, const uint32_t *best)
{
	struct layout *layout = s->layout;

	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t first = layout->layer_start[k], size = layout_layer_size(layout, k);

		if (memcmp(layout->at + first, best + first, size * sizeof(*best)) == 0)
			continue;
		memcpy(layout->at + first, best + first, size * sizeof(*best));
		for (uint32_t i = 0; i < size; i++)
			layout->place[best[first + i]] = i;
		layout_cross_changed(&s->cross, k);
	}
}

static void shuffle(struct sorter *s, struct rng *rng)
{
	struct layout *layout = s->layout;

	for (uint32_t k = 0; k < layout->layers; k++) {
		uint32_t *at = layout->at + layout->layer_start[k],
			 size = layout_layer_size(layout, k);
		for (uint32_t i = size; i > 0; i--) {
			uint32_t j = (uint32_t)rng_below(rng, i), v = at[j];
			at[j] = at[i - 1];
			at[i - 1] = v;
			layout->place[v] = i - 1;
		}
		layout_cross_changed(&s->cross, k);
	}
}

static void keep(struct sorter *s, struct order *order, uint64_t crossings)
{
	order->crossings = crossings;
	memcpy(order->at, s->layout->at, s->layout->vertices * sizeof *order->at);
}

/* Sweeps from the order there is; leaves the best that was seen. */
static void settle(struct sorter *s, int sweeps, int patience, bool up_first, struct order *best)
{
	keep(s, best, layout_cross_count(&s->cross));
	for (int i = 0, idle = 0; i < sweeps && idle < patience && best->crossings > 0; i++) {
		sweep(s, (i % 2 == 0) != up_first, i % 4 >= 2);
		uint64_t count = layout_cross_count(&s->cross);
		idle++;
		if (count < best->crossings) {
			keep(s, best, count);
			idle = 0;
		}
	}
	restore(s, best->at);
}

/* Long lines as a whole, then single vertices again, as long as that saves something and the budget
 * pays for more than finding the lines. */
static void polish(struct sorter *s, uint64_t *budget, struct order *best)
{
	bool better = true;

	while (better && best->crossings > 0 && *budget > s->layout->vertices &&
	       layout_move_chains(&s->cross, budget) > 0) {
		layout_cross_exchange(&s->cross, false);
		better = layout_cross_count(&s->cross) < best->crossings;
		if (better)
			keep(s, best, layout_cross_count(&s->cross));
	}
}

static uint64_t budget_of(const struct layout *layout)
{
	return PLACES_LEAST + (uint64_t)PLACES * (layout->nodes < MANY ? layout->nodes : MANY);
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
	uint64_t budget = budget_of(layout);
	uint64_t visits =
		(uint64_t)layout->vertices + s->cross.up_start[layout->vertices] * 8ull + 1;
	uint64_t sweeps = WORK / visits < 2 ? 2 : WORK / visits < SWEEPS ? WORK / visits : SWEEPS;
	for (int i = 0; i < STARTS && (i == 0 || visits * (uint64_t)(i + 2) < WORK_AGAIN); i++) {
		if (i > 0)
			shuffle(s, &rng);
		settle(s, (int)sweeps, visits < WORK_AGAIN / 2 ? PATIENCE : PATIENCE_MANY,
		       i % 2 == 1, &now);
		polish(s, &budget, &now);
		if (now.crossings < best.crossings) {
			struct order worse = best;
			best = now;
			now = worse;
		}
	}
	restore(s, best.at);
	layout->crossings = best.crossings;
	free(best.at);
	free(now.at);
}

/* ---- from what stood ---------------------------------------------------------------------- */

#define UNKNOWN (-1.0)

static double mean_of(const double *column, const uint32_t *list, uint32_t count)
{
	double sum = 0;
	uint32_t known = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (column[list[i]] >= 0) {
			sum += column[list[i]];
			known++;
		}
	}
	return known > 0 ? sum / known : UNKNOWN;
}

/* Where each vertex belongs by the columns of then: what is new, near what leads to it, or else
 * near what it leads to. Visited layer by layer, by `unsorted`. */
static void find_columns(const struct sorter *s, const uint32_t *unsorted, double *column)
{
	const struct layout *layout = s->layout;
	const struct cross *cross = &s->cross;

	for (uint32_t i = 0; i < layout->vertices; i++) {
		uint32_t v = unsorted[i], from = cross->up_start[v];
		const struct layout_stood *stood = layout_stood_of(layout, v);

		column[v] = stood != NULL ? stood->x
					  : mean_of(column, cross->above + from,
						    cross->up_start[v + 1] - from);
	}
	for (uint32_t i = layout->vertices; i-- > 0;) {
		uint32_t v = unsorted[i], from = cross->down_start[v];

		if (column[v] < 0)
			column[v] = mean_of(column, cross->below + from,
					    cross->down_start[v + 1] - from);
	}
}

/* What leads nowhere and comes from nowhere new goes to the right. */
static void sort_by_column(struct sorter *s, uint32_t layer, const double *column)
{
	struct layout *layout = s->layout;
	uint32_t *at = layout->at + layout->layer_start[layer];
	uint32_t size = layout_layer_size(layout, layer);

	for (uint32_t i = 0; i < size; i++)
		s->keys[i] = key_of(column[at[i]] < 0 ? MANY_COLUMNS : column[at[i]], i);
	sort_keys(s->keys, s->spare, size);
	for (uint32_t i = 0; i < size; i++)
		s->sorted[i] = at[(uint32_t)s->keys[i]];
	for (uint32_t i = 0; i < size; i++) {
		at[i] = s->sorted[i];
		layout->place[at[i]] = i;
	}
	layout_cross_changed(&s->cross, layer);
}

/* What stood keeps its order; only what is new finds its place among it. */
static void resume(struct sorter *s)
{
	struct layout *layout = s->layout;
	size_t vertices = (size_t)layout->vertices + 1;
	double *column = mem_calloc(vertices, sizeof(*column));
	bool *fixed = mem_calloc(vertices, sizeof(*fixed));
	struct order best = {.at = mem_calloc(vertices, sizeof(*best.at))};
	uint64_t budget = budget_of(layout);

	for (uint32_t v = 0; v < layout->nodes; v++)
		fixed[v] = layout_stood_of(layout, v) != NULL && layout->past->stood[v].layer >= 0;
	find_columns(s, layout->at, column);
	for (uint32_t k = 0; k < layout->layers; k++)
		sort_by_column(s, k, column);
	s->cross.fixed = fixed;
	layout_cross_exchange(&s->cross, false);
	keep(s, &best, layout_cross_count(&s->cross));
	polish(s, &budget, &best);
	restore(s, best.at);
	layout->crossings = best.crossings;
	s->cross.fixed = NULL;
	free(column);
	free(fixed);
	free(best.at);
}

void layout_order(struct layout *layout)
{
	struct sorter s = {.layout = layout};
	uint32_t widest = 0;

	index_layers(layout);
	seed(layout);
	layout_cross_init(&s.cross, layout);
	for (uint32_t k = 0; k < layout->layers; k++)
		widest = layout_layer_size(layout, k) > widest ? layout_layer_size(layout, k)
							       : widest;
	s.keys = mem_calloc(widest + 1, sizeof(*s.keys));
	s.spare = mem_calloc(widest + 1, sizeof(*s.spare));
	s.sorted = mem_calloc(widest + 1, sizeof(*s.sorted));
	if (layout->past != NULL)
		resume(&s);
	else
		improve(&s);
	layout_cross_release(&s.cross);
	free(s.keys);
	free(s.spare);
	free(s.sorted);
}
