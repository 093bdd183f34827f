/* SPDX-License-Identifier: MIT
 *
 * From needs to a compiled graph, and walks over it. Everything is a sweep over the topological
 * order or a walk with a stack of its own: no recursion, no more than a few passes over the edges.
 */
#include "model/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- edges ----------------------------------------------------------------------------------- */

static uint32_t barriers_of(const struct workflow *workflow)
{
	return workflow->phases_count > 1 ? workflow->phases_count - 1 : 0;
}

/* The barrier before a phase, or none. Barrier p stands between phases p and p + 1. */
static bool barrier_before(const struct workflow *workflow, int32_t phase, uint32_t *out)
{
	if (phase < 1 || (uint32_t)phase >= workflow->phases_count)
		return false;
	*out = workflow->nodes_count + (uint32_t)phase - 1;
	return true;
}

static bool barrier_after(const struct workflow *workflow, int32_t phase, uint32_t *out)
{
	if (phase < 0 || (uint32_t)phase + 1 >= workflow->phases_count)
		return false;
	*out = workflow->nodes_count + (uint32_t)phase;
	return true;
}

/* Counts what each vertex waits for into needs_start[v + 1], then sums up. */
static void count_needs(const struct workflow *workflow, struct graph *graph)
{
	uint32_t barrier;

	for (uint32_t v = 0; v < workflow->nodes_count; v++) {
		const struct node_spec *spec = &workflow->nodes[v];

		graph->needs_start[v + 1] +=
			spec->needs_count + barrier_before(workflow, spec->phase, &barrier);
		if (barrier_after(workflow, spec->phase, &barrier))
			graph->needs_start[barrier + 1]++;
	}
	for (uint32_t v = workflow->nodes_count + 1; v < graph->vertices_count; v++)
		graph->needs_start[v + 1]++; /* the barrier before it */
	for (uint32_t v = 0; v < graph->vertices_count; v++)
		graph->needs_start[v + 1] += graph->needs_start[v];
}

static void fill_needs(const struct workflow *workflow, struct graph *graph)
{
	uint32_t *at = mem_dup(graph->needs_start, graph->vertices_count * sizeof(*at));
	uint32_t barrier;

	for (uint32_t v = workflow->nodes_count + 1; v < graph->vertices_count; v++)
		graph->needs[at[v]++] = v - 1;
	for (uint32_t v = 0; v < workflow->nodes_count; v++) {
		const struct node_spec *spec = &workflow->nodes[v];

		if (spec->needs_count)
			memcpy(&graph->needs[at[v]], spec->needs,
			       spec->needs_count * sizeof(*spec->needs));
		at[v] += spec->needs_count;
		if (barrier_before(workflow, spec->phase, &barrier))
			graph->needs[at[v]++] = barrier;
		if (barrier_after(workflow, spec->phase, &barrier))
			graph->needs[at[barrier]++] = v;
	}
	free(at);
}

static void reverse_needs(struct graph *graph)
{
	uint32_t count = graph->vertices_count;
	uint32_t *at;

	for (uint32_t e = 0; e < graph->needs_start[count]; e++)
		graph->next_start[graph->needs[e] + 1]++;
	for (uint32_t v = 0; v < count; v++)
		graph->next_start[v + 1] += graph->next_start[v];
	at = mem_dup(graph->next_start, count * sizeof(*at));
	for (uint32_t v = 0; v < count; v++)
		for (uint32_t e = graph->needs_start[v]; e < graph->needs_start[v + 1]; e++)
			graph->next[at[graph->needs[e]]++] = v;
	free(at);
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Kahn's walk; fills levels[] (longest way from a start). Returns how many vertices it reached:
 * fewer than all when there is a cycle. */
static uint32_t find_levels(const struct graph *graph, uint32_t *levels)
{
	uint32_t count = graph->vertices_count, reached = 0, queued = 0;
	uint32_t *unmet = mem_alloc(count * sizeof(*unmet));
	uint32_t *queue = graph->order; /* its final contents come later */

	for (uint32_t v = 0; v < count; v++) {
		unmet[v] = graph->needs_start[v + 1] - graph->needs_start[v];
		levels[v] = 0;
		if (!unmet[v])
			queue[queued++] = v;
	}
	for (; reached < queued; reached++) {
		uint32_t v = queue[reached];

		for (uint32_t e = graph->next_start[v]; e < graph->next_start[v + 1]; e++) {
			uint32_t w = graph->next[e];

			if (levels[w] <= levels[v])
				levels[w] = levels[v] + 1;
			if (--unmet[w] == 0)
				queue[queued++] = w;
		}
	}
	free(unmet);
	return reached;
}

/* Sorts by level, file order within a level, by counting. */
static void order_by_level(struct graph *graph, const uint32_t *levels)
{
	uint32_t count = graph->vertices_count;
	uint32_t *start = mem_calloc((size_t)count + 1, sizeof(*start));

	for (uint32_t v = 0; v < count; v++)
		start[levels[v] + 1]++;
	for (uint32_t level = 0; level < count; level++)
		start[level + 1] += start[level];
	for (uint32_t v = 0; v < count; v++) {
		graph->rank[v] = start[levels[v]]++;
		graph->order[graph->rank[v]] = v;
	}
	free(start);
}

/* ---- cycles ---------------------------------------------------------------------------------- */

enum colour { WHITE, ON_PATH, DONE };

struct walk {
	const struct workflow *workflow;
	uint8_t *colours;
	uint32_t *path;	 /* from the start of the walk to where it stands */
	uint32_t *edges; /* per vertex of the path: which need is next */
	uint32_t depth;
};

/* Goes one edge on; true when that edge closes a cycle, which then is path[*out_from … depth). */
static bool step(struct walk *walk, uint32_t *out_from)
{
	uint32_t v = walk->path[walk->depth - 1];
	const struct node_spec *spec = &walk->workflow->nodes[v];
	uint32_t w;

	if (walk->edges[walk->depth - 1] == spec->needs_count) {
		walk->colours[v] = DONE;
		walk->depth--;
		return false;
	}
	w = spec->needs[walk->edges[walk->depth - 1]++];
	if (walk->colours[w] == ON_PATH) {
		*out_from = walk->depth - 1;
		while (walk->path[*out_from] != w)
			--*out_from;
		return true;
	}
	if (walk->colours[w] == WHITE) {
		walk->colours[w] = ON_PATH;
		walk->path[walk->depth] = w;
		walk->edges[walk->depth++] = 0;
	}
	return false;
}

void graph_find_cycles(const struct workflow *workflow,
		       bool (*found)(void *ctx, const uint32_t *path, uint32_t count,
				     uint32_t need),
		       void *ctx)
{
	uint32_t count = workflow->nodes_count;
	struct walk walk = {.workflow = workflow,
			    .colours = mem_zalloc(count),
			    .path = mem_alloc(count * sizeof(*walk.path)),
			    .edges = mem_alloc(count * sizeof(*walk.edges))};
	bool go_on = true;

	for (uint32_t v = 0; v < count && go_on; v++) {
		if (walk.colours[v] != WHITE)
			continue;
		walk.colours[v] = ON_PATH;
		walk.path[0] = v;
		walk.edges[0] = 0;
		walk.depth = 1;
		while (walk.depth && go_on) {
			uint32_t from;

			if (step(&walk, &from))
				go_on = found(ctx, &walk.path[from], walk.depth - from,
					      walk.edges[walk.depth - 1] - 1);
		}
	}
	free(walk.colours);
	free(walk.path);
	free(walk.edges);
}

void graph_format_cycle(const struct workflow *workflow, const uint32_t *path, uint32_t count,
			struct buf *out)
{
	const uint32_t shown = 12;

	for (uint32_t i = 0; i < count; i++) {
		if (count > shown && i == shown - 2) {
			buf_printf(out, "(%u more) -> ", count - shown + 1);
			i = count - 1;
		}
		buf_printf(out, "%s -> ", workflow->nodes[path[i]].id);
	}
	buf_add_text(out, workflow->nodes[path[0]].id);
}

struct telling {
	const struct workflow *workflow;
	struct buf buf;
};

static bool tell_cycle(void *ctx, const uint32_t *path, uint32_t count, uint32_t need)
{
	struct telling *telling = ctx;

	(void)need;
	graph_format_cycle(telling->workflow, path, count, &telling->buf);
	return false;
}

static int fail_with_cycle(const struct workflow *workflow, struct err *err)
{
	struct telling tell = {.workflow = workflow};
	int result;

	buf_init(&tell.buf, 2000);
	graph_find_cycles(workflow, tell_cycle, &tell);
	result = err_set(err, ERR_INVALID, "nodes wait for each other: %s",
			 tell.buf.length ? buf_text(&tell.buf) : "a phase needs a later one");
	buf_release(&tell.buf);
	return result;
}

/* ---- compiling ------------------------------------------------------------------------------- */

static struct graph *graph_new(const struct workflow *workflow)
{
	struct graph *graph = mem_zalloc(sizeof(*graph));
	size_t count = (size_t)workflow->nodes_count + barriers_of(workflow);
	uint32_t edges;

	graph->nodes_count = workflow->nodes_count;
	graph->vertices_count = (uint32_t)count;
	graph->needs_start = mem_calloc(count + 1, sizeof(*graph->needs_start));
	count_needs(workflow, graph);
	edges = graph->needs_start[count];
	graph->needs = mem_alloc(edges * sizeof(*graph->needs));
	fill_needs(workflow, graph);
	graph->next_start = mem_calloc(count + 1, sizeof(*graph->next_start));
	graph->next = mem_alloc(edges * sizeof(*graph->next));
	reverse_needs(graph);
	graph->order = mem_alloc(count * sizeof(*graph->order));
	graph->rank = mem_alloc(count * sizeof(*graph->rank));
	return graph;
}

int graph_compile(const struct workflow *workflow, struct graph **out, struct err *err)
{
	struct graph *graph = graph_new(workflow);
	uint32_t *levels = mem_alloc(graph->vertices_count * sizeof(*levels));
	bool complete = find_levels(graph, levels) == graph->vertices_count;

	if (complete)
		order_by_level(graph, levels);
	free(levels);
	if (!complete) {
		graph_free(graph);
		return fail_with_cycle(workflow, err);
	}
	*out = graph;
	return 0;
}

void graph_free(struct graph *graph)
{
	if (!graph)
		return;
	free(graph->needs_start);
	free(graph->needs);
	free(graph->next_start);
	free(graph->next);
	free(graph->order);
	free(graph->rank);
	free(graph);
}

/* ---- walks ----------------------------------------------------------------------------------- */

void graph_mark_dependents(const struct graph *graph, bool *marks)
{
	for (uint32_t i = 0; i < graph->vertices_count; i++) {
		uint32_t v = graph->order[i];

		for (uint32_t e = graph->needs_start[v]; e < graph->needs_start[v + 1]; e++)
			marks[v] = marks[v] || marks[graph->needs[e]];
	}
}

void graph_mark_needed(const struct graph *graph, bool *marks)
{
	for (uint32_t i = graph->vertices_count; i-- > 0;) {
		uint32_t v = graph->order[i];

		for (uint32_t e = graph->next_start[v]; e < graph->next_start[v + 1]; e++)
			marks[v] = marks[v] || marks[graph->next[e]];
	}
}

void graph_longest_path(const struct graph *graph, const double *weights, double *out)
{
	for (uint32_t i = graph->vertices_count; i-- > 0;) {
		uint32_t v = graph->order[i];
		double longest = 0;

		for (uint32_t e = graph->next_start[v]; e < graph->next_start[v + 1]; e++)
			if (out[graph->next[e]] > longest)
				longest = out[graph->next[e]];
		out[v] = longest + (graph_is_barrier(graph, v) ? 0 : weights[v]);
	}
}

/* The vertex with the longest way to an end among `count` candidates; the first among equals. */
static uint32_t longest_of(const uint32_t *candidates, uint32_t count, const double *lengths)
{
	uint32_t best = candidates[0];

	for (uint32_t i = 1; i < count; i++)
		if (lengths[candidates[i]] > lengths[best])
			best = candidates[i];
	return best;
}

void graph_critical_path(const struct graph *graph, const double *weights, uint32_t **out,
			 uint32_t *out_count)
{
	double *lengths = mem_alloc(graph->vertices_count * sizeof(*lengths));
	uint32_t *path = mem_alloc(graph->nodes_count * sizeof(*path));
	uint32_t count = 0, v;

	graph_longest_path(graph, weights, lengths);
	if (graph->vertices_count) {
		v = longest_of(graph->order, graph->vertices_count, lengths);
		for (;;) { /* ends at a vertex that nothing waits for */
			uint32_t next = graph->next_start[v];

			if (!graph_is_barrier(graph, v))
				path[count++] = v;
			if (next == graph->next_start[v + 1])
				break;
			v = longest_of(&graph->next[next], graph->next_start[v + 1] - next,
				       lengths);
		}
	}
	free(lengths);
	*out = path;
	*out_count = count;
}

/* ---- reachability ---------------------------------------------------------------------------- */

#define BATCH 64 /* targets that one sweep follows, a bit each */

static int compare_queries(const void *left, const void *right)
{
	const struct graph_query *a = left, *b = right;

	if (a->target_rank != b->target_rank)
		return a->target_rank < b->target_rank ? -1 : 1;
	return 0;
}

/* Sweeps once for queries[0 … count): up to BATCH different targets. */
static void sweep(const struct graph *graph, struct graph_query *queries, size_t count,
		  uint64_t *masks)
{
	uint32_t first = queries[0].target_rank, last = first, target = first;
	uint64_t bit = 1;

	for (size_t i = 0; i < count; i++)
		if (graph->rank[queries[i].from] > last)
			last = graph->rank[queries[i].from];
	memset(&masks[first], 0, ((size_t)last - first + 1) * sizeof(*masks));
	for (size_t i = 0; i < count; i++) {
		if (queries[i].target_rank != target) {
			target = queries[i].target_rank;
			bit <<= 1;
		}
		queries[i].bit = bit;
		if (target <= last)
			masks[target] |= bit;
	}
	for (uint32_t i = first; i <= last; i++) {
		uint32_t v = graph->order[i];

		for (uint32_t e = graph->needs_start[v]; e < graph->needs_start[v + 1]; e++)
			if (graph->rank[graph->needs[e]] >= first)
				masks[i] |= masks[graph->rank[graph->needs[e]]];
	}
	for (size_t i = 0; i < count; i++)
		queries[i].reached = graph->rank[queries[i].from] >= first &&
				     (masks[graph->rank[queries[i].from]] & queries[i].bit);
}

void graph_answer(const struct graph *graph, struct graph_query *queries, size_t count)
{
	uint64_t *masks;

	if (!count)
		return;
	masks = mem_alloc(graph->vertices_count * sizeof(*masks));
	for (size_t i = 0; i < count; i++)
		queries[i].target_rank = graph->rank[queries[i].to];
	qsort(queries, count, sizeof(*queries), compare_queries);
	for (size_t start = 0, end; start < count; start = end) {
		size_t targets = 1;

		for (end = start + 1; end < count; end++) {
			targets += queries[end].target_rank != queries[end - 1].target_rank;
			if (targets > BATCH)
				break;
		}
		sweep(graph, &queries[start], end - start, masks);
	}
	free(masks);
}
