/* SPDX-License-Identifier: MIT
 *
 * The plan of a rollback, from the state alone. What has started since it was fresh takes part,
 * last started first, which honours every edge; a node that counts as done without having run only
 * has that taken back. Files on disk are compared by whoever shows the plan.
 */
#include "model/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/derive.h"

bool plan_takes_part(const struct execution *execution, uint32_t index)
{
	const struct node_run *node = &execution->nodes[index];

	return node->start_order || node->state == STATE_COMPLETED || node->state == STATE_FAILED;
}

const char *plan_action_name(enum plan_action action)
{
	static const char *const names[] = {
		[PLAN_STOP] = "stop",
		[PLAN_UNDO] = "undo",
		[PLAN_RESTORE] = "restore",
		[PLAN_HOOK] = "hook",
		[PLAN_NO_UNDO] = "no_undo",
		[PLAN_NOTHING] = "nothing",
		[PLAN_IRREVERSIBLE] = "irreversible",
	};

	return (size_t)action < sizeof(names) / sizeof(*names) ? names[action] : "";
}

/* ---- who takes part, in which order ------------------------------------------------------ */

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
	size_t count = 0;

	marks[plan->target] = true;
	graph_mark_dependents(graph, marks);
	for (uint32_t i = 0; i < graph->nodes_count; i++) {
		if (marks[i] && plan_takes_part(execution, i))
			places[count++] =
				(struct place){.start_order = execution->nodes[i].start_order,
					       .rank = graph->rank[i],
					       .node = i};
	}
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

static bool same_file(const struct revision *a, const struct revision *b)
{
	return a->absent == b->absent && strcmp(a->blob, b->blob) == 0 && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid;
}

static void add_files(struct rows *rows, const struct execution *execution, uint32_t node,
		      unsigned warnings)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	size_t first = rows->count;

	for (uint32_t i = 0; i < spec->artifacts_count; i++) {
		const struct revision *to = execution_pre_image(execution, node, i);
		const struct revision *from = execution_newest_revision(execution, node, i);
		struct plan_row *row;

		if (!to || (from->moment == MOMENT_AFTER && same_file(from, to)))
			continue;
		row = add(rows, PLAN_RESTORE, node, warnings,
			  to->absent ? "the file goes away: there was none before"
				     : "the file goes back to what it was before");
		row->artifact = i;
		row->path = spec->artifacts[i].path;
		row->from = from;
		row->to = to;
	}
	for (size_t i = first, end = rows->count; i < end; i++) {
		uint32_t artifact = rows->rows[i].artifact;
		struct plan_row *row;

		if (!spec->artifacts[artifact].has_on_restore)
			continue;
		row = add(rows, PLAN_HOOK, node, warnings, "its on_restore command runs");
		row->artifact = artifact;
		row->path = spec->artifacts[artifact].path;
	}
}

static void add_node(struct rows *rows, const struct execution *execution, uint32_t index)
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
	if (spec->irreversible && node->state == STATE_COMPLETED)
		add(rows, PLAN_IRREVERSIBLE, index, warnings | PLAN_WARN_IRREVERSIBLE,
		    spec->irreversible);
	if (spec->has_undo)
		add(rows, PLAN_UNDO, index, warnings, "its undo command runs");
	add_files(rows, execution, index, warnings);
	if (!spec->has_undo && !spec->artifacts_count)
		add(rows, PLAN_NO_UNDO, index, warnings | PLAN_WARN_NO_UNDO,
		    "it has no undo: what it did stays");
}

/* ---- the plan ---------------------------------------------------------------------------- */

static uint32_t mix(uint32_t hash, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		hash = (hash ^ (uint8_t)value) * 16777619u; /* FNV-1a */
	return hash;
}

static void name_it(struct plan *plan)
{
	uint32_t hash = mix(2166136261u, plan->target);

	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];

		hash = mix(hash, (uint64_t)row->action << 32 | row->node);
		hash = mix(hash, (uint64_t)row->warnings << 32 | row->artifact);
		hash = mix(hash, row->to ? row->to->seq : 0);
	}
	(void)snprintf(plan->id, sizeof(plan->id), "%08x", hash); /* eight digits and NUL fit */
}

static bool is_named(uint32_t node, const uint32_t *past, size_t past_count)
{
	for (size_t i = 0; i < past_count; i++) {
		if (past[i] == node)
			return true;
	}
	return false;
}

static const char *say(struct plan *plan, const char *format, const char *a, const char *b)
{
	char text[400];

	(void)snprintf(text, sizeof(text), format, a, b); /* cut at the size: for people */
	return arena_strdup(&plan->arena, text);
}

static const char *objection(struct plan *plan, const struct execution *execution,
			     const uint32_t *past, size_t past_count)
{
	const char *target = execution->workflow->nodes[plan->target].id;

	if (execution->rolling_back)
		return say(plan, "%s is being rolled back already%s", execution->name, "");
	if (!plan->nodes_count)
		return say(plan, "%s %s: nothing to undo", target,
			   execution->nodes[plan->target].state == STATE_RECOVERED
				   ? "was undone already"
				   : "has not started");
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];

		if (row->action == PLAN_IRREVERSIBLE && !is_named(row->node, past, past_count))
			return say(plan,
				   "%s is past its point of no return (%s): "
				   "name it with --past to go on",
				   execution->workflow->nodes[row->node].id, row->text);
	}
	return NULL;
}

int plan_make(const struct execution *execution, uint32_t node, const uint32_t *past,
	      size_t past_count, struct plan **out, struct err *err)
{
	struct rows rows = {0};
	struct plan *plan;

	if (node >= execution->graph->nodes_count)
		return err_set(err, ERR_NOT_FOUND, "%s has no such node", execution->name);
	plan = mem_zalloc(sizeof(*plan));
	plan->version = execution->seq;
	plan->target = node;
	gather(plan, execution);
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		add_node(&rows, execution, plan->nodes[i]);
	plan->rows = arena_alloc(&plan->arena, (rows.count + 1) * sizeof(*plan->rows));
	if (rows.count)
		memcpy(plan->rows, rows.rows, rows.count * sizeof(*plan->rows));
	plan->rows_count = (uint32_t)rows.count;
	free(rows.rows);
	name_it(plan);
	plan->refused = objection(plan, execution, past, past_count);
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

static bool shows(const struct plan *plan, const struct plan_row *wanted)
{
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];

		if (row->action == wanted->action && row->node == wanted->node &&
		    row->artifact == wanted->artifact && !(wanted->warnings & ~row->warnings))
			return true;
	}
	return false;
}

bool plan_covers(const struct plan *shown, const struct plan *now)
{
	if (strcmp(shown->id, now->id) == 0)
		return true;
	if (shown->target != now->target)
		return false;
	for (uint32_t i = 0; i < now->rows_count; i++) {
		if (!shows(shown, &now->rows[i]))
			return false;
	}
	return true;
}
