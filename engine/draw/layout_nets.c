/* SPDX-License-Identifier: MIT
 *
 * Nets and dummies. Layer by layer from the top, vertices with the same targets still to be
 * reached are joined into one net; what that net does not reach in the next layer goes on through
 * one dummy. So fan-in merges, fan-out shares a trunk, and a node that a thousand others lead to
 * costs a dummy a layer instead of a thousand.
 *
 * A set of targets is known by the sum of a random number a target: equal sums are taken as equal
 * sets (64 bits; the numbers are fixed, so equal graphs give equal drawings).
 */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "draw/layout_inner.h"

struct rest {		 /* of a vertex: the targets that it has still to reach */
	uint32_t source; /* whose list */
	uint32_t from;	 /* first of them in layout->deps */
	uint64_t sum;
};

struct weaver {
	struct layout *layout;
	uint64_t *number; /* per node */
	struct rest *rest;
	uint32_t *layer;
	size_t rest_capacity, layer_capacity;
	uint32_t vertices, budget;
	uint32_t *current, *following; /* vertices of this layer and dummies of the next */
	size_t current_capacity, following_capacity;
	uint32_t current_count, following_count;
	uint32_t *slots; /* hash table of this layer: net + 1 */
	uint32_t slots_size;
	uint64_t *net_sum;
	size_t net_sum_capacity, nets_capacity, tops_capacity, bottoms_capacity;
	uint32_t tops_count, bottoms_count;
	uint32_t *net_of; /* per vertex of this layer, in order */
	size_t net_of_capacity;
	/* grown on the heap, moved into the arena at the end */
	struct net *nets;
	uint32_t *tops, *bottoms;
};

static uint32_t deps_end(const struct weaver *w, uint32_t source)
{
	return w->layout->deps_start[source + 1];
}

static uint32_t add_vertex(struct weaver *w, struct rest rest, uint32_t layer)
{
	w->rest = mem_grow(w->rest, &w->rest_capacity, w->vertices + 1, sizeof *w->rest);
	w->layer = mem_grow(w->layer, &w->layer_capacity, w->vertices + 1, sizeof *w->layer);
	w->rest[w->vertices] = rest;
	w->layer[w->vertices] = layer;
	return w->vertices++;
}

static void add_bottom(struct weaver *w, struct net *net, uint32_t vertex)
{
	w->bottoms = mem_grow(w->bottoms, &w->bottoms_capacity, w->bottoms_count + 1,
			      sizeof *w->bottoms);
	w->bottoms[w->bottoms_count++] = vertex;
	net->bottoms++;
}

/* A dummy carries what lies beyond the next layer, unless the budget is spent. */
static void go_on_below(struct weaver *w, struct net *net, struct rest rest, uint32_t layer)
{
	if (w->vertices - w->layout->nodes >= w->budget) {
		w->layout->edges_cut += deps_end(w, rest.source) - rest.from;
		return;
	}
	uint32_t dummy = add_vertex(w, rest, layer + 1);
	add_bottom(w, net, dummy);
	w->following = mem_grow(w->following, &w->following_capacity, w->following_count + 1,
				sizeof *w->following);
	w->following[w->following_count++] = dummy;
}

static uint32_t begin_net(struct weaver *w, struct rest rest, uint32_t layer)
{
	uint32_t index = w->layout->nets_count++;
	w->nets = mem_grow(w->nets, &w->nets_capacity, index + 1, sizeof *w->nets);
	w->net_sum = mem_grow(w->net_sum, &w->net_sum_capacity, index + 1, sizeof *w->net_sum);
	w->net_sum[index] = rest.sum;
	struct net *net = &w->nets[index];
	*net = (struct net){.bottom = w->bottoms_count, .row = -1, .low_row = -1, .bend = -1};
	uint32_t end = deps_end(w, rest.source);
	while (rest.from < end && w->layer[w->layout->deps[rest.from]] == layer + 1) {
		uint32_t target = w->layout->deps[rest.from++];
		rest.sum -= w->number[target];
		add_bottom(w, net, target);
	}
	if (rest.from < end)
		go_on_below(w, net, rest, layer);
	return index;
}

static void size_slots(struct weaver *w)
{
	uint32_t size = 16;
	while (size < w->current_count * 2)
		size *= 2;
	if (size > w->slots_size) {
		free(w->slots);
		w->slots = mem_calloc(size, sizeof *w->slots);
		w->slots_size = size;
		return;
	}
	for (uint32_t i = 0; i < w->slots_size; i++)
		w->slots[i] = 0;
}

static uint32_t find_net(struct weaver *w, struct rest rest, uint32_t layer)
{
	uint32_t mask = w->slots_size - 1, slot = (uint32_t)(rest.sum >> 32) & mask;
	for (;; slot = (slot + 1) & mask) { /* ends: the table is at most half full */
		if (w->slots[slot] == 0) {
			uint32_t net = begin_net(w, rest, layer);
			w->slots[slot] = net + 1;
			return net;
		}
		if (w->net_sum[w->slots[slot] - 1] == rest.sum)
			return w->slots[slot] - 1;
	}
}

/* Tops lie together by net: counted first, then filled in. */
static void gather_tops(struct weaver *w, uint32_t first_net)
{
	w->tops = mem_grow(w->tops, &w->tops_capacity, w->tops_count + w->current_count + 1,
			   sizeof *w->tops);
	for (uint32_t net = first_net; net < w->layout->nets_count; net++) {
		w->nets[net].top = w->tops_count;
		w->tops_count += w->nets[net].tops;
		w->nets[net].tops = 0;
	}
	for (uint32_t i = 0; i < w->current_count; i++) {
		if (w->net_of[i] != LAYOUT_NONE) {
			struct net *net = &w->nets[w->net_of[i]];
			w->tops[net->top + net->tops++] = w->current[i];
		}
	}
}

static void weave_layer(struct weaver *w, uint32_t layer)
{
	uint32_t first_net = w->layout->nets_count;
	w->following_count = 0;
	w->net_of =
		mem_grow(w->net_of, &w->net_of_capacity, w->current_count + 1, sizeof *w->net_of);
	size_slots(w);
	for (uint32_t i = 0; i < w->current_count; i++) {
		struct rest rest = w->rest[w->current[i]];
		w->net_of[i] = LAYOUT_NONE;
		if (rest.from < deps_end(w, rest.source)) {
			w->net_of[i] = find_net(w, rest, layer);
			w->nets[w->net_of[i]].tops++;
		}
	}
	gather_tops(w, first_net);
}

/* The vertices of a layer: its nodes in file order, then the dummies that lead into it. */
static void enter_layer(struct weaver *w, const uint32_t *nodes, uint32_t count)
{
	w->current = mem_grow(w->current, &w->current_capacity, count + w->following_count + 1,
			      sizeof *w->current);
	w->current_count = 0;
	for (uint32_t i = 0; i < count; i++)
		w->current[w->current_count++] = nodes[i];
	for (uint32_t i = 0; i < w->following_count; i++)
		w->current[w->current_count++] = w->following[i];
}

static void *keep(struct arena *arena, const void *data, size_t count, size_t size)
{
	void *copy = arena_alloc(arena, (count + 1) * size);
	if (count > 0)
		memcpy(copy, data, count * size);
	return copy;
}

/* The nets that end at each vertex. */
static void link_bottoms(struct layout *layout, uint32_t bottoms_count)
{
	struct arena *arena = &layout->arena;
	uint32_t *start = arena_alloc(arena, (layout->vertices + 2) * sizeof *start);
	for (uint32_t i = 0; i < bottoms_count; i++)
		start[layout->bottoms[i] + 1]++;
	for (uint32_t v = 0; v < layout->vertices; v++)
		start[v + 1] += start[v];
	uint32_t *used = arena_alloc(arena, (layout->vertices + 1) * sizeof *used);
	layout->into_start = start;
	layout->into = arena_alloc(arena, (bottoms_count + 1) * sizeof *layout->into);
	layout->into_bottom = arena_alloc(arena, (bottoms_count + 1) * sizeof(uint32_t));
	layout->entry = arena_alloc(arena, (bottoms_count + 1) * sizeof(int));
	layout->net_below = arena_alloc(arena, (layout->vertices + 1) * sizeof(uint32_t));
	for (uint32_t v = 0; v < layout->vertices; v++)
		layout->net_below[v] = LAYOUT_NONE;
	for (uint32_t net = 0; net < layout->nets_count; net++) {
		const struct net *it = &layout->nets[net];
		for (uint32_t i = it->bottom; i < it->bottom + it->bottoms; i++) {
			uint32_t v = layout->bottoms[i];
			layout->into_bottom[start[v] + used[v]] = i;
			layout->into[start[v] + used[v]++] = net;
		}
		for (uint32_t i = it->top; i < it->top + it->tops; i++)
			layout->net_below[layout->tops[i]] = net;
	}
}

static void finish(struct weaver *w)
{
	struct layout *layout = w->layout;
	struct arena *arena = &layout->arena;
	layout->vertices = w->vertices;
	layout->layer = keep(arena, w->layer, w->vertices, sizeof *w->layer);
	layout->nets = keep(arena, w->nets, layout->nets_count, sizeof *w->nets);
	layout->tops = keep(arena, w->tops, w->tops_count, sizeof *w->tops);
	layout->bottoms = keep(arena, w->bottoms, w->bottoms_count, sizeof *w->bottoms);
	link_bottoms(layout, w->bottoms_count);
	free(w->layer);
	free(w->rest);
	free(w->nets);
	free(w->tops);
	free(w->bottoms);
	free(w->net_sum);
	free(w->net_of);
	free(w->slots);
	free(w->current);
	free(w->following);
	free(w->number);
}

static void begin(struct weaver *w)
{
	struct layout *layout = w->layout;
	struct rng rng = {.state = 0x1a70};
	w->number = mem_calloc(layout->nodes + 1, sizeof *w->number);
	for (uint32_t v = 0; v < layout->nodes; v++)
		w->number[v] = rng_next(&rng);
	for (uint32_t v = 0; v < layout->nodes; v++) {
		struct rest rest = {.source = v, .from = layout->deps_start[v]};
		for (uint32_t i = rest.from; i < layout->deps_start[v + 1]; i++)
			rest.sum += w->number[layout->deps[i]];
		add_vertex(w, rest, layout->node_layer[v]);
	}
	w->budget = 8 * (layout->nodes + layout->deps_start[layout->nodes]) + 10000;
}

/* No layer is narrower than its boxes and lines with a column between each two. */
static bool is_too_wide(const struct weaver *w, uint32_t boxes)
{
	uint64_t lines = w->current_count - boxes;
	uint64_t least = (uint64_t)boxes * ((unsigned)w->layout->box_width + 1) + lines * 2;
	return w->layout->width_most > 0 && least > (unsigned)w->layout->width_most + 1;
}

bool layout_nets(struct layout *layout)
{
	struct weaver w = {.layout = layout};
	begin(&w);
	uint32_t *first = mem_calloc(layout->layers + 2, sizeof *first);
	uint32_t *nodes = mem_calloc(layout->nodes + 1, sizeof *nodes);
	for (uint32_t v = 0; v < layout->nodes; v++)
		first[layout->node_layer[v] + 2]++;
	for (uint32_t k = 1; k <= layout->layers; k++)
		first[k + 1] += first[k];
	for (uint32_t v = 0; v < layout->nodes; v++)
		nodes[first[layout->node_layer[v] + 1]++] = v;
	layout->channel = arena_alloc(&layout->arena, (layout->layers + 1) * sizeof(uint32_t));
	bool fits = true;
	for (uint32_t k = 0; fits && k < layout->layers; k++) {
		enter_layer(&w, nodes + first[k], first[k + 1] - first[k]);
		fits = !is_too_wide(&w, first[k + 1] - first[k]);
		layout->channel[k] = layout->nets_count;
		weave_layer(&w, k);
	}
	layout->channel[layout->layers] = layout->nets_count;
	free(first);
	free(nodes);
	finish(&w);
	return fits;
}
