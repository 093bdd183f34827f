/* SPDX-License-Identifier: MIT
 *
 * The plan of a rollback, from the state alone. What has started since it was fresh takes part,
 * last started first, which honours every edge; a node that counts as done without having run only
 * has that taken back. Whose a file is says plan_places.c, what may be done plan_judge.c.
 */
#include "model/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/checkpoint.h"
#include "model/derive.h"

bool plan_takes_part(const struct execution *execution, uint32_t index)
{
	const struct node_run *node = &execution->nodes[index];

	return node->start_order || node->state == STATE_COMPLETED || node->state == STATE_FAILED;
}

const char *plan_say(struct plan *plan, const char *format, ...)
{
	char text[600];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cut at the size: for people */
	va_end(args);
	return arena_strdup(&plan->arena, text);
}

/* ---- who takes part, in which order ------------------------------------------------------ */

static bool is_asked(const struct plan_ask *ask, const struct execution *execution, uint32_t node)
{
	switch (ask->level) {
	case PLAN_OF_NODE:
		return node == ask->node;
	case PLAN_OF_PHASE:
		return execution->workflow->nodes[node].phase >= ask->phase;
	case PLAN_OF_ALL:
		return true;
	case PLAN_OF_CHECKPOINT: /* one that never ran pulls in none that did */
		return plan_takes_part(execution, node) &&
		       checkpoint_misses(execution, checkpoint_find(execution, ask->checkpoint),
					 node);
	case PLAN_OF_ARTIFACT:
		break;
	}
	return false;
}

static void mark_asked(const struct plan_ask *ask, const struct execution *execution, bool *marks)
{
	for (uint32_t i = 0; i < execution->workflow->nodes_count; i++)
		marks[i] = is_asked(ask, execution, i);
	graph_mark_dependents(execution->graph, marks);
	for (size_t i = 0; i < ask->exclude_count; i++)
		marks[ask->exclude[i]] = false;
}

struct place {
	uint64_t start_order;
	uint32_t rank, node;
};

static int last_started_first(const void *a, const void *b)
{
	const struct place *first = a, *second = b;

	if (first->start_order != second->start_order)
		return first->start_order > second->start_order ? -1 : 1;
	return first->rank > second->rank ? -1 : first->rank < second->rank;
}

static void gather(struct plan *plan, const struct execution *execution)
{
	const struct graph *graph = execution->graph;
	bool *marks = mem_calloc(graph->vertices_count, sizeof(*marks));
	struct place *places = mem_calloc(graph->nodes_count, sizeof(*places));
	size_t count = 0, rest = 0;

	mark_asked(&plan->ask, execution, marks);
	plan->untouched = arena_alloc(&plan->arena,
				      (graph->nodes_count + (size_t)1) * sizeof(*plan->untouched));
	for (uint32_t i = 0; i < graph->nodes_count; i++) {
		if (!plan_takes_part(execution, i))
			continue;
		if (marks[i])
			places[count++] =
				(struct place){.start_order = execution->nodes[i].start_order,
					       .rank = graph->rank[i],
					       .node = i};
		else
			plan->untouched[rest++] = i;
	}
	plan->untouched_count = (uint32_t)rest;
	qsort(places, count, sizeof(*places), last_started_first);
	plan->nodes = arena_alloc(&plan->arena, (count + 1) * sizeof(*plan->nodes));
	for (size_t i = 0; i < count; i++)
		plan->nodes[plan->nodes_count++] = places[i].node;
	free(places);
	free(marks);
}

/* ---- rows -------------------------------------------------------------------------------- */

struct rows {
	struct plan_row *rows;
	size_t count, capacity;
};

static struct plan_row *add(struct rows *rows, enum plan_action action, uint32_t node,
			    unsigned warnings, const char *text)
{
	struct plan_row *row;

	rows->rows = mem_grow(rows->rows, &rows->capacity, rows->count + 1, sizeof(*row));
	row = &rows->rows[rows->count++];
	*row = (struct plan_row){
		.action = action, .node = node, .warnings = warnings, .text = text};
	return row;
}

static unsigned doubts(const struct node_run *node)
{
	unsigned warnings = 0;

	if (node->reason == REASON_LOST || node->reason == REASON_UNREACHABLE ||
	    node->question == QUESTION_LOST)
		warnings |= PLAN_WARN_UNKNOWN;
	if (node->state != STATE_COMPLETED)
		warnings |= PLAN_WARN_PARTIAL;
	return warnings;
}

static bool is_kept(const struct plan_ask *ask, uint32_t node, uint32_t artifact)
{
	for (size_t i = 0; i < ask->keep_count; i++)
		if (ask->keep[i].node == node && ask->keep[i].artifact == artifact)
			return true;
	return false;
}

static void add_file(struct rows *rows, const struct execution *execution, uint32_t node,
		     uint32_t artifact, const struct revision *to, unsigned warnings)
{
	const struct artifact_spec *spec = &execution->workflow->nodes[node].artifacts[artifact];
	struct plan_row *row = add(rows, PLAN_RESTORE, node, warnings,
				   to->absent ? "the file goes away: there was none then"
					      : "the file goes back to what it was then");

	row->artifact = artifact;
	row->path = spec->path;
	row->from = execution_last_seen(execution, node, artifact, UINT64_MAX);
	if (!row->from) /* only looked at, for an attempt that never began */
		row->from = to;
	row->to = to;
	row->writes = execution->nodes[node].state == STATE_RUNNING;
	row->excludable = true;
}

static void add_hooks(struct rows *rows, const struct execution *execution, size_t first)
{
	for (size_t i = first, end = rows->count; i < end; i++) {
		struct plan_row restore = rows->rows[i], *row;

		if (!execution->workflow->nodes[restore.node]
			     .artifacts[restore.artifact]
			     .has_on_restore)
			continue;
		row = add(rows, PLAN_HOOK, restore.node, restore.warnings,
			  "its on_restore command runs");
		row->artifact = restore.artifact;
		row->path = restore.path;
	}
}

/* A node that was fresh at a checkpoint goes back to what it found, which is as new as that: what a
 * person did before it comes back too. */
static const struct revision *target_of(const struct execution *execution,
					const struct plan_ask *ask, uint32_t node,
					uint32_t artifact)
{
	const struct checkpoint *checkpoint;
	const struct revision *then;

	if (ask->level != PLAN_OF_CHECKPOINT)
		return execution_pre_image(execution, node, artifact);
	checkpoint = checkpoint_find(execution, ask->checkpoint);
	if (checkpoint->nodes[node].fresh)
		return execution_pre_image(execution, node, artifact);
	then = checkpoint_revision(execution, checkpoint, node, artifact);
	return then ? then : execution_pre_image(execution, node, artifact);
}

static bool is_as_before(const struct revision *from, const struct revision *to)
{
	return from && from->moment == MOMENT_AFTER && execution_same_file(from, to);
}

const struct revision *plan_restores(const struct execution *execution, const struct plan_ask *ask,
				     uint32_t node, uint32_t artifact)
{
	const struct revision *to = target_of(execution, ask, node, artifact);

	if (!to || is_kept(ask, node, artifact) ||
	    is_as_before(execution_last_seen(execution, node, artifact, UINT64_MAX), to))
		return NULL;
	return to;
}

static void add_files(struct rows *rows, const struct execution *execution,
		      const struct plan_ask *ask, uint32_t node, unsigned warnings)
{
	size_t first = rows->count;

	for (uint32_t i = 0; i < execution->workflow->nodes[node].artifacts_count; i++) {
		const struct revision *to = plan_restores(execution, ask, node, i);

		if (to)
			add_file(rows, execution, node, i, to, warnings);
	}
	add_hooks(rows, execution, first);
}

static void add_node(struct rows *rows, const struct execution *execution,
		     const struct plan_ask *ask, uint32_t index)
{
	const struct node_spec *spec = &execution->workflow->nodes[index];
	const struct node_run *node = &execution->nodes[index];
	unsigned warnings = doubts(node);

	if (!node->start_order) {
		add(rows, PLAN_NOTHING, index, 0, "it never started: nothing to undo");
		return;
	}
	if (derive_lives(node))
		add(rows, PLAN_STOP, index, warnings, "it is running: it is stopped first");
	if (spec->irreversible && (node->state == STATE_COMPLETED || warnings & PLAN_WARN_UNKNOWN))
		add(rows, PLAN_IRREVERSIBLE, index, warnings | PLAN_WARN_IRREVERSIBLE,
		    spec->irreversible);
	if (spec->has_undo)
		add(rows, PLAN_UNDO, index, warnings,
		    spec->undo_manual ? "a person is asked to take it back"
				      : "its undo command runs");
	add_files(rows, execution, ask, index, warnings);
	if (spec->changes_nothing)
		add(rows, PLAN_NOTHING, index, warnings & PLAN_WARN_UNKNOWN,
		    "it changes nothing: nothing to undo");
	else if (!spec->has_undo && !spec->artifacts_count)
		add(rows, PLAN_NO_UNDO, index, warnings | PLAN_WARN_NO_UNDO,
		    "it has no undo: what it did stays");
}

/* One file, and those that have read what is now taken back. */
static void add_artifact(struct rows *rows, const struct execution *execution,
			 const struct plan_ask *ask)
{
	const struct graph *graph = execution->graph;
	const struct revision *to =
		ask->revision ? execution_find_revision(execution, ask->node, ask->artifact,
							ask->revision)
			      : execution_pre_image(execution, ask->node, ask->artifact);
	bool *marks;

	if (!to)
		return;
	add_file(rows, execution, ask->node, ask->artifact, to, 0);
	rows->rows[0].excludable = false;
	add_hooks(rows, execution, 0);
	marks = mem_calloc(graph->vertices_count, sizeof(*marks));
	marks[ask->node] = true;
	graph_mark_dependents(graph, marks);
	for (uint32_t i = 0; i < graph->nodes_count; i++) {
		if (marks[i] && i != ask->node && execution->nodes[i].start_order > to->seq)
			add(rows, PLAN_STALE, i, 0,
			    "it ran with what the file held: its own work stays as it is");
	}
	free(marks);
}

/* ---- what may be left out ---------------------------------------------------------------- */

/* A node may stay if nothing that it stands on is taken back. */
static void find_excludable(struct plan *plan, const struct execution *execution)
{
	const struct graph *graph = execution->graph;
	bool *taken = mem_calloc(graph->vertices_count, sizeof(*taken));
	bool *below = mem_calloc(graph->vertices_count, sizeof(*below));

	for (uint32_t i = 0; i < plan->nodes_count; i++)
		taken[plan->nodes[i]] = true;
	for (uint32_t i = 0; i < graph->vertices_count; i++) {
		uint32_t vertex = graph->order[i];

		for (uint32_t e = graph->needs_start[vertex]; e < graph->needs_start[vertex + 1];
		     e++)
			below[vertex] |= taken[graph->needs[e]] || below[graph->needs[e]];
	}
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		struct plan_row *row = &plan->rows[i];

		if (!row->path)
			row->excludable =
				plan->nodes_count > 1 && taken[row->node] && !below[row->node] &&
				!(plan->ask.level == PLAN_OF_NODE && row->node == plan->ask.node);
	}
	for (size_t i = 0; i < plan->ask.exclude_count && !plan->exclusion; i++) {
		uint32_t node = plan->ask.exclude[i];

		if (below[node])
			plan->exclusion = plan_say(plan,
						   "%s stands on what would be taken back: leave "
						   "that out too, or roll it back as well",
						   execution->workflow->nodes[node].id);
	}
	free(taken);
	free(below);
}

/* ---- the plan ---------------------------------------------------------------------------- */

static const void *copy(struct arena *arena, const void *items, size_t count, size_t size)
{
	void *own = arena_alloc(arena, count * size + 1);

	if (count)
		memcpy(own, items, count * size);
	return own;
}

static void copy_ask(struct plan *plan, const struct plan_ask *ask)
{
	plan->ask = *ask;
	plan->ask.past = copy(&plan->arena, ask->past, ask->past_count, sizeof(*ask->past));
	plan->ask.exclude =
		copy(&plan->arena, ask->exclude, ask->exclude_count, sizeof(*ask->exclude));
	plan->ask.overwrite =
		copy(&plan->arena, ask->overwrite, ask->overwrite_count, sizeof(*ask->overwrite));
	plan->ask.keep = copy(&plan->arena, ask->keep, ask->keep_count, sizeof(*ask->keep));
}

static bool may_start(const struct execution *execution)
{
	return !execution->ended && !execution->paused && !execution->rolled_back &&
	       !derive_closed(execution) &&
	       (execution->by_reason[REASON_READY] || execution->by_reason[REASON_BACKOFF]);
}

static int check_checkpoint(const struct execution *execution, const char *name, struct err *err)
{
	const struct checkpoint *checkpoint = checkpoint_find(execution, name);

	if (!checkpoint)
		return err_set(err, ERR_NOT_FOUND, "%s has no checkpoint '%s'", execution->name,
			       name);
	switch (checkpoint->state) {
	case CHECKPOINT_KEPT:
		return 0;
	case CHECKPOINT_WANTED:
		return err_set(err, ERR_REFUSED, "the checkpoint %s is being recorded: in a moment",
			       name);
	case CHECKPOINT_FAILED:
		return err_set(err, ERR_REFUSED, "the checkpoint %s was not recorded: %s", name,
			       checkpoint->message);
	case CHECKPOINT_DROPPED:
		break;
	}
	return err_set(err, ERR_REFUSED, "the checkpoint %s is kept no longer", name);
}

static int check(const struct execution *execution, const struct plan_ask *ask, struct err *err)
{
	bool names_node = ask->level == PLAN_OF_NODE || ask->level == PLAN_OF_ARTIFACT;

	if (names_node && ask->node >= execution->graph->nodes_count)
		return err_set(err, ERR_NOT_FOUND, "%s has no such node", execution->name);
	if (ask->level == PLAN_OF_ARTIFACT &&
	    ask->artifact >= execution->workflow->nodes[ask->node].artifacts_count)
		return err_set(err, ERR_NOT_FOUND, "%s has no such artifact", execution->name);
	if (ask->level == PLAN_OF_PHASE &&
	    (ask->phase < 0 || ask->phase >= (int32_t)execution->workflow->phases_count))
		return err_set(err, ERR_NOT_FOUND, "%s has no such phase", execution->name);
	if (ask->level == PLAN_OF_CHECKPOINT)
		return check_checkpoint(execution, ask->checkpoint, err);
	return 0;
}

int plan_make(const struct execution *execution, const struct plan_ask *ask, struct plan **out,
	      struct err *err)
{
	struct rows rows = {0};
	struct plan *plan;
	int checked = check(execution, ask, err);

	if (checked < 0)
		return checked;
	plan = mem_zalloc(sizeof(*plan));
	plan->version = execution->seq;
	plan->live = execution->live_count || may_start(execution);
	copy_ask(plan, ask);
	gather(plan, execution);
	if (ask->level == PLAN_OF_ARTIFACT)
		add_artifact(&rows, execution, ask);
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		add_node(&rows, execution, ask, plan->nodes[i]);
	plan->rows = arena_alloc(&plan->arena, (rows.count + 1) * sizeof(*plan->rows));
	if (rows.count)
		memcpy(plan->rows, rows.rows, rows.count * sizeof(*plan->rows));
	plan->rows_count = (uint32_t)rows.count;
	free(rows.rows);
	plan_find_writers(plan, execution);
	find_excludable(plan, execution);
	plan_judge(plan, execution);
	*out = plan;
	return 0;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	arena_release(&plan->arena);
	free(plan);
}
