/* SPDX-License-Identifier: MIT
 *
 * Layers of a layout. Bands come first: every node of a phase stands below all nodes of earlier
 * phases. Inside a band the layer is the longest path that leads there; nodes that nothing in the
 * band leads to are then pulled down to what needs them. With a cap on the layer, nodes move down
 * to the next layer with room, so that a wide fan-out fits a narrow screen. Iterative, O(n + m).
 */
#include <stdlib.h>
#include <string.h>

#include "draw/layout_lengths.h"

#define SHORTEN 20

struct layering {
	const struct layout_graph *graph;
	struct layout *layout;
	uint32_t *order;	/* nodes in topological order */
	uint32_t *rank;		/* place in it */
	uint32_t *band;		/* per node */
	uint32_t *local;	/* per node: layer inside its band */
	uint32_t *start, *next; /* dependents in file order */
	uint32_t bands;
};

static void count_dependents(struct layering *l)
{
	const struct layout_graph *graph = l->graph;
	uint32_t n = graph->nodes_count;
	struct arena *arena = &l->layout->arena;
	l->start = arena_alloc(arena, (n + 2) * sizeof *l->start);
	l->next = arena_alloc(arena, (graph->needs_start[n] + 1) * sizeof *l->next);
	for (uint32_t i = 0; i < graph->needs_start[n]; i++)
		l->start[graph->needs[i] + 2]++;
	for (uint32_t v = 1; v <= n; v++)
		l->start[v + 1] += l->start[v];
	for (uint32_t v = 0; v < n; v++)
		for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++)
			l->next[l->start[graph->needs[i] + 1]++] = v;
}

/* Kahn's walk. What stands on a cycle is put at the end: it is drawn without the edges that go
 * back, which only a caller that did not validate can see. */
static void sort_topologically(struct layering *l)
{
	uint32_t n = l->graph->nodes_count, tail = 0;
	struct arena *arena = &l->layout->arena;
	l->order = arena_alloc(arena, (n + 1) * sizeof *l->order);
	l->rank = arena_alloc(arena, (n + 1) * sizeof *l->rank);
	uint32_t *unmet = arena_alloc(arena, (n + 1) * sizeof *unmet);
	for (uint32_t v = 0; v < n; v++) {
		unmet[v] = l->graph->needs_start[v + 1] - l->graph->needs_start[v];
		l->rank[v] = LAYOUT_NONE;
		if (unmet[v] == 0)
			l->order[tail++] = v;
	}
	for (uint32_t head = 0; head < tail; head++) {
		uint32_t v = l->order[head];
		l->rank[v] = head;
		for (uint32_t i = l->start[v]; i < l->start[v + 1]; i++)
			if (--unmet[l->next[i]] == 0)
				l->order[tail++] = l->next[i];
	}
	for (uint32_t v = 0; v < n && tail < n; v++) {
		if (l->rank[v] == LAYOUT_NONE) {
			l->rank[v] = tail;
			l->order[tail++] = v;
		}
	}
}

static void choose_bands(struct layering *l)
{
	const struct layout_graph *graph = l->graph;
	uint32_t n = graph->nodes_count;
	l->band = arena_alloc(&l->layout->arena, (n + 1) * sizeof *l->band);
	l->bands = graph->phases_count > 0 ? graph->phases_count : 1;
	for (uint32_t k = 0; k < n; k++) {
		uint32_t v = l->order[k];
		int32_t phase = graph->phase == NULL ? 0 : graph->phase[v];
		l->band[v] = phase < 0 || (uint32_t)phase >= l->bands ? 0 : (uint32_t)phase;
		for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++) {
			uint32_t u = graph->needs[i];
			if (l->rank[u] < k && l->band[u] > l->band[v])
				l->band[v] = l->band[u];
		}
	}
}

/* The layer that the needs of a node force on it inside its band. */
static uint32_t forced_layer(const struct layering *l, uint32_t v)
{
	uint32_t layer = 0;
	for (uint32_t i = l->graph->needs_start[v]; i < l->graph->needs_start[v + 1]; i++) {
		uint32_t u = l->graph->needs[i];
		if (l->rank[u] < l->rank[v] && l->band[u] == l->band[v] && l->local[u] + 1 > layer)
			layer = l->local[u] + 1;
	}
	return layer;
}

/* The layer in which a node stays, if what it needs lets it; LAYOUT_NONE: any. */
static uint32_t held_layer(const struct layering *l, uint32_t v)
{
	const struct layout_stood *stood = layout_held(l->layout, v);
	if (stood == NULL)
		return LAYOUT_NONE;
	return (uint32_t)stood->layer < l->graph->nodes_count ? (uint32_t)stood->layer
							      : l->graph->nodes_count;
}

/* The first layer with room, but what is held takes none from itself. */
static uint32_t layer_below_cap(struct layering *l, uint32_t v, uint32_t *filled)
{
	uint32_t layer = forced_layer(l, v), held = held_layer(l, v);
	if (held != LAYOUT_NONE) {
		filled[held]--;
		layer = layer < held ? held : layer;
	}
	while (held == LAYOUT_NONE && filled[layer] >= l->layout->layer_cap)
		layer++;
	filled[layer]++;
	return layer;
}

static void choose_layers_of_band(struct layering *l, uint32_t band, uint32_t *filled)
{
	uint32_t n = l->graph->nodes_count;
	for (uint32_t v = 0; v < n; v++)
		if (l->band[v] == band && held_layer(l, v) != LAYOUT_NONE)
			filled[held_layer(l, v)]++;
	for (uint32_t k = 0; k < n; k++)
		if (l->band[l->order[k]] == band)
			l->local[l->order[k]] = layer_below_cap(l, l->order[k], filled);
}

static void choose_layers(struct layering *l)
{
	uint32_t n = l->graph->nodes_count;
	struct arena *arena = &l->layout->arena;
	l->local = arena_alloc(arena, (n + 1) * sizeof *l->local);
	for (uint32_t k = 0; k < n && l->layout->layer_cap == 0; k++) {
		uint32_t v = l->order[k], held = held_layer(l, v), forced = forced_layer(l, v);
		l->local[v] = held != LAYOUT_NONE && held > forced ? held : forced;
	}
	if (l->layout->layer_cap == 0)
		return;
	size_t layers =
		2 * (size_t)n + 2; /* a held one is at most n, and then each below another */
	uint32_t *filled = mem_calloc(layers, sizeof *filled);
	for (uint32_t band = 0; band < l->bands; band++) {
		memset(filled, 0, layers * sizeof *filled);
		choose_layers_of_band(l, band, filled);
	}
	free(filled);
}

/* A source of its band comes down to just above what needs it: shorter lines. */
static void pull_sources_down(struct layering *l)
{
	for (uint32_t k = l->graph->nodes_count; k-- > 0;) {
		uint32_t v = l->order[k], lowest = LAYOUT_NONE;
		if (forced_layer(l, v) > 0 || held_layer(l, v) != LAYOUT_NONE)
			continue;
		for (uint32_t i = l->start[v]; i < l->start[v + 1]; i++) {
			uint32_t w = l->next[i];
			if (l->band[w] == l->band[v] && l->rank[w] > k && l->local[w] < lowest)
				lowest = l->local[w];
		}
		if (lowest != LAYOUT_NONE && lowest > 0)
			l->local[v] = lowest - 1;
	}
}

/* Layers that what was held left empty are none: afterwards each has a node, and the first of a
 * band is 0. */
static void close_gaps(struct layering *l)
{
	uint32_t n = l->layout->nodes;
	size_t stride = 2 * (size_t)n + 2;
	uint32_t *number = mem_calloc(stride, sizeof *number);
	for (uint32_t band = 0; band < l->bands; band++) {
		uint32_t used = 0;
		memset(number, 0, stride * sizeof *number);
		for (uint32_t v = 0; v < n; v++)
			if (l->band[v] == band)
				number[l->local[v]] = 1;
		for (size_t i = 0; i < stride; i++) {
			used += number[i];
			number[i] = used;
		}
		for (uint32_t v = 0; v < n; v++)
			if (l->band[v] == band)
				l->local[v] = number[l->local[v]] - 1;
	}
	free(number);
}

static uint32_t *depths(struct layering *l)
{
	uint32_t *depth = arena_alloc(&l->layout->arena, (l->bands + 1) * sizeof *depth);
	for (uint32_t v = 0; v < l->layout->nodes; v++)
		if (l->local[v] + 1 > depth[l->band[v]])
			depth[l->band[v]] = l->local[v] + 1;
	return depth;
}

static void shorten(struct layering *l)
{
	struct lengths lengths = {.graph = l->graph,
				  .start = l->start,
				  .next = l->next,
				  .band = l->band,
				  .depth = depths(l),
				  .local = l->local};
	layout_shorten(&lengths, SHORTEN);
	close_gaps(l);
}

/* Numbers the layers through all bands; an empty phase has none. */
static void number_layers(struct layering *l)
{
	struct layout *layout = l->layout;
	uint32_t n = layout->nodes, total = 0;
	uint32_t *depth = arena_alloc(&layout->arena, (l->bands + 1) * sizeof *depth);
	for (uint32_t v = 0; v < n; v++)
		if (l->local[v] + 1 > depth[l->band[v]])
			depth[l->band[v]] = l->local[v] + 1;
	uint32_t *base = arena_alloc(&layout->arena, (l->bands + 1) * sizeof *base);
	for (uint32_t band = 0; band < l->bands; band++) {
		base[band] = total;
		total += depth[band];
	}
	layout->layers = total;
	layout->layer_band = arena_alloc(&layout->arena, (total + 1) * sizeof *layout->layer_band);
	for (uint32_t k = 0; k < total; k++)
		layout->layer_band[k] = -1;
	for (uint32_t band = 0; band < l->bands && l->graph->phases_count > 0; band++)
		if (depth[band] > 0)
			layout->layer_band[base[band]] = (int32_t)band;
	layout->node_layer = arena_alloc(&layout->arena, (n + 1) * sizeof *layout->node_layer);
	for (uint32_t v = 0; v < n; v++)
		layout->node_layer[v] = base[l->band[v]] + l->local[v];
}

/* Dependents again, nearest layer first: visiting the nodes layer by layer appends them so. */
static void sort_dependents(struct layering *l)
{
	struct layout *layout = l->layout;
	uint32_t n = layout->nodes;
	uint32_t *first = arena_alloc(&layout->arena, (layout->layers + 2) * sizeof *first);
	uint32_t *by_layer = arena_alloc(&layout->arena, (n + 1) * sizeof *by_layer);
	for (uint32_t v = 0; v < n; v++)
		first[layout->node_layer[v] + 1]++;
	for (uint32_t k = 1; k <= layout->layers; k++)
		first[k] += first[k - 1];
	for (uint32_t v = 0; v < n; v++)
		by_layer[first[layout->node_layer[v]]++] = v;
	uint32_t *end = arena_alloc(&layout->arena, (n + 1) * sizeof *end);
	for (uint32_t v = 0; v < n; v++)
		end[v] = l->start[v];
	uint32_t *deps = arena_alloc(&layout->arena, (l->start[n] + 1) * sizeof *deps);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t v = by_layer[k];
		for (uint32_t i = l->graph->needs_start[v]; i < l->graph->needs_start[v + 1]; i++) {
			uint32_t u = l->graph->needs[i];
			bool again = end[u] > l->start[u] && deps[end[u] - 1] == v;
			if (layout->node_layer[u] < layout->node_layer[v] && !again)
				deps[end[u]++] = v;
		}
	}
	layout->deps_start = arena_alloc(&layout->arena, (n + 1) * sizeof *layout->deps_start);
	layout->deps = deps;
	uint32_t used = 0;
	for (uint32_t v = 0; v < n; v++) {
		uint32_t begin = l->start[v];
		layout->deps_start[v] = used;
		for (uint32_t i = begin; i < end[v]; i++)
			deps[used++] = deps[i];
	}
	layout->deps_start[n] = used;
}

void layout_layers(struct layout *layout, const struct layout_graph *graph)
{
	struct layering l = {.graph = graph, .layout = layout};
	count_dependents(&l);
	sort_topologically(&l);
	choose_bands(&l);
	choose_layers(&l);
	if (layout->layer_cap == 0)
		pull_sources_down(&l);
	if (layout->past != NULL && layout->past->hold != LAYOUT_HOLD_ORDER)
		close_gaps(&l);
	else if (layout->layer_cap == 0)
		shorten(&l);
	number_layers(&l);
	sort_dependents(&l);
}
