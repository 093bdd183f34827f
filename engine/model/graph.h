/* SPDX-License-Identifier: MIT
 *
 * The compiled graph: edges both ways in compressed rows, phase barriers as virtual nodes,
 * a topological order. Immutable after graph_compile; iterative walks only; pure.
 *
 * Vertices 0 … nodes_count-1 are the workflow's nodes. Between two phases that follow each other
 * stands one virtual vertex (a barrier): every node of the earlier phase leads to it, it leads to
 * every node of the later one and to the next barrier. Barriers have no state of their own: one is
 * met when all vertices before it are.
 */
#ifndef HLP_MODEL_GRAPH_H
#define HLP_MODEL_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/workflow.h"

struct graph {
	uint32_t nodes_count;	 /* real ones */
	uint32_t vertices_count; /* with barriers */
	uint32_t *needs_start,
		*needs; /* needs[needs_start[v] … needs_start[v+1]) : what v waits for */
	uint32_t *next_start, *next; /* … : what waits for v */
	uint32_t *order;	     /* vertices in topological order, file order among equals */
	uint32_t *rank;		     /* place of a vertex in `order` */
};

/* Fails only on a cycle (ERR_INVALID, "a -> b -> a"); *out is then untouched. */
int graph_compile(const struct workflow *workflow, struct graph **out, struct err *err);
void graph_free(struct graph *graph); /* accepts NULL */

static inline bool graph_is_barrier(const struct graph *graph, uint32_t vertex)
{
	return vertex >= graph->nodes_count;
}

/* All real nodes that depend on any marked one, the marked ones included: sets marks[node] for
 * each. `marks` has vertices_count entries. Phase barriers count as edges. */
void graph_mark_dependents(const struct graph *graph, bool *marks);
void graph_mark_needed(const struct graph *graph, bool *marks);

/* Longest path from each vertex to an end, weights given per real node (barriers weigh 0), its own
 * weight included: out[vertices_count]. The base of priority and critical path. */
void graph_longest_path(const struct graph *graph, const double *weights, double *out);
/* The critical path: real nodes from a start to an end, *out_count of them, caller frees *out. */
void graph_critical_path(const struct graph *graph, const double *weights, uint32_t **out,
			 uint32_t *out_count);

/* Calls `found` for each cycle that a walk over the needs closes, until it returns false: the nodes
 * of the cycle in the order of their needs, and which need of the last one closes it. Works on a
 * workflow that cannot be compiled; phases are not looked at. */
void graph_find_cycles(const struct workflow *workflow,
		       bool (*found)(void *ctx, const uint32_t *path, uint32_t count,
				     uint32_t need),
		       void *ctx);
/* "a -> b -> a"; a long one is cut in the middle. */
void graph_format_cycle(const struct workflow *workflow, const uint32_t *path, uint32_t count,
			struct buf *out);

/* Whether `from` waits for `to`, through any number of others. */
struct graph_query {
	uint32_t from, to;    /* vertices */
	size_t tag;	      /* the caller's */
	bool reached;	      /* the answer */
	uint32_t target_rank; /* scratch */
	uint64_t bit;	      /* scratch */
};
/* Answers many at once, and brings them into another order: the edges are swept once per 64
 * different targets, and only between the ranks that matter. */
void graph_answer(const struct graph *graph, struct graph_query *queries, size_t count);

#endif
