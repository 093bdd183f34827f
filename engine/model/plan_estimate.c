/* SPDX-License-Identifier: MIT
 *
 * How long a plan will take, from how long it took before to take the same nodes back. Branches go
 * back beside each other: so the whole takes as long as the longest chain, or as all the work takes
 * that many at a time, whichever is more.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "model/plan.h"

struct plan_history {
	struct map by_name;	/* of struct past */
	struct past *by_number; /* of nodes of this very workflow */
	size_t numbers, capacity;
	struct arena arena;
};

enum { UNDO, HOOK, KINDS };

struct past {
	int64_t *took[KINDS];
	size_t count[KINDS], capacity[KINDS];
	int64_t median_us[KINDS]; /* -1: not asked for yet */
};

/* ---- history ------------------------------------------------------------------------------- */

struct plan_history *plan_history_new(void)
{
	return mem_zalloc(sizeof(struct plan_history));
}

/* Grown in the arena: a node was not taken back often. */
static void keep(struct plan_history *history, struct past *past, int kind, int64_t took_us)
{
	if (past->count[kind] == past->capacity[kind]) {
		size_t more = past->capacity[kind] * 2 + 2;
		int64_t *took = arena_alloc(&history->arena, more * sizeof(*took));

		if (past->count[kind])
			memcpy(took, past->took[kind], past->count[kind] * sizeof(*took));
		past->took[kind] = took;
		past->capacity[kind] = more;
	}
	past->took[kind][past->count[kind]++] = took_us;
	past->median_us[kind] = -1;
}

static struct past *past_of_name(struct plan_history *history, const char *node)
{
	const union map_value *known = map_find_text(&history->by_name, node);
	struct past *past;

	if (known)
		return known->pointer;
	past = arena_alloc(&history->arena, sizeof(*past));
	*past = (struct past){0};
	(void)map_add_text(&history->by_name, arena_strdup(&history->arena, node),
			   (union map_value){.pointer = past});
	return past;
}

static struct past *past_of_number(struct plan_history *history, uint32_t number)
{
	history->by_number = mem_grow(history->by_number, &history->capacity, number + (size_t)1,
				      sizeof(*history->by_number));
	while (history->numbers <= number)
		history->by_number[history->numbers++] = (struct past){0};
	return &history->by_number[number];
}

void plan_history_add(struct plan_history *history, const char *node, uint32_t number,
		      enum attempt_kind kind, int64_t took_us)
{
	if (kind == ATTEMPT_UNDO || kind == ATTEMPT_HOOK)
		keep(history, node ? past_of_name(history, node) : past_of_number(history, number),
		     kind == ATTEMPT_HOOK ? HOOK : UNDO, took_us);
}

void plan_history_free(struct plan_history *history)
{
	if (!history)
		return;
	map_release(&history->by_name);
	free(history->by_number);
	arena_release(&history->arena);
	free(history);
}

static int by_time(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t median_of(struct past *past, int kind)
{
	if (!past->count[kind])
		return 0;
	if (past->median_us[kind] < 0) {
		qsort(past->took[kind], past->count[kind], sizeof(int64_t), by_time);
		past->median_us[kind] = past->took[kind][past->count[kind] / 2];
	}
	return past->median_us[kind];
}

/* ---- the plan ------------------------------------------------------------------------------ */

/* What the same node took, or else one by its name in another version of the workflow. */
static void estimate_row(struct plan_row *row, const struct execution *execution,
			 const struct plan_history *history)
{
	const int kind = row->action == PLAN_HOOK ? HOOK : UNDO;
	const union map_value *known;

	if (row->action != PLAN_UNDO && row->action != PLAN_HOOK)
		return;
	if (row->node < history->numbers)
		row->estimate_us = median_of(&history->by_number[row->node], kind);
	if (row->estimate_us || !history->by_name.count)
		return;
	known = map_find_text(&history->by_name, execution->workflow->nodes[row->node].id);
	if (known)
		row->estimate_us = median_of(known->pointer, kind);
}

static int64_t longest_chain(const struct graph *graph, const double *weights)
{
	double *paths = mem_calloc(graph->vertices_count, sizeof(*paths)), longest = 0;

	graph_longest_path(graph, weights, paths);
	for (uint32_t i = 0; i < graph->vertices_count; i++)
		longest = paths[i] > longest ? paths[i] : longest;
	free(paths);
	return (int64_t)longest;
}

void plan_estimate(struct plan *plan, const struct execution *execution,
		   const struct plan_history *history)
{
	double *weights;
	int64_t sum_us = 0, side_by_side_us;

	if (!history || (!history->by_name.count && !history->numbers))
		return;
	weights = mem_calloc(execution->graph->nodes_count, sizeof(*weights));
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		struct plan_row *row = &plan->rows[i];

		estimate_row(row, execution, history);
		weights[row->node] += (double)row->estimate_us;
		sum_us += row->estimate_us;
	}
	plan->estimate_us = sum_us ? longest_chain(execution->graph, weights) : 0;
	side_by_side_us = sum_us / execution->workflow->max_parallel;
	if (plan->estimate_us < side_by_side_us)
		plan->estimate_us = side_by_side_us;
	free(weights);
}
