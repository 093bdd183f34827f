/* SPDX-License-Identifier: MIT
 *
 * A rollback plan as a message: its rows in the order in which they will be done.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "wire/convert.h"
#include "wire/message.h"

/* That there is no undo, or none is possible, the action of the row says itself. */
static const struct {
	enum plan_warning warning;
	const char *word;
} warnings[] = {
	{PLAN_WARN_PARTIAL, "ran only part way"},
	{PLAN_WARN_CHANGED, "changed by someone else since"},
	{PLAN_WARN_UNKNOWN, "outcome unknown"},
};

#define WARNINGS (sizeof(warnings) / sizeof(warnings[0]))

static char *name_revision(struct arena *arena, const struct revision *revision)
{
	char text[24];

	if (!revision)
		return NULL;
	(void)snprintf(text, sizeof(text), "r%llu", (unsigned long long)revision->seq);
	return arena_strdup(arena, text);
}

static void fill_warnings(struct arena *arena, const struct plan_row *row, Hlp__V1__PlanRow *out)
{
	if (!row->warnings)
		return;
	out->warnings = arena_alloc(arena, WARNINGS * sizeof(char *));
	for (size_t i = 0; i < WARNINGS; i++) {
		if (row->warnings & warnings[i].warning)
			out->warnings[out->n_warnings++] = (char *)warnings[i].word;
	}
}

static void fill_row(struct arena *arena, const struct execution *execution,
		     const struct plan_row *row, Hlp__V1__PlanRow *out)
{
	hlp__v1__plan_row__init(out);
	out->action = (char *)plan_action_name(row->action);
	out->node = (char *)execution->workflow->nodes[row->node].id;
	out->path = (char *)row->path;
	out->from = name_revision(arena, row->from);
	out->to = name_revision(arena, row->to);
	out->how = (char *)row->text;
	fill_warnings(arena, row, out);
}

static void fill_plan(struct arena *arena, const struct plan *plan,
		      const struct execution *execution, Hlp__V1__Plan *out)
{
	const struct node_spec *specs = execution->workflow->nodes;
	Hlp__V1__PlanRow *rows = arena_alloc(arena, plan->rows_count * sizeof(*rows));

	hlp__v1__plan__init(out);
	out->id = (char *)plan->id;
	out->version = plan->version;
	out->node = (char *)specs[plan->target].id;
	out->refused = (char *)plan->refused;
	out->n_rows = plan->rows_count;
	out->rows = arena_alloc(arena, plan->rows_count * sizeof(Hlp__V1__PlanRow *));
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		fill_row(arena, execution, &plan->rows[i], &rows[i]);
		out->rows[i] = &rows[i];
	}
	out->n_nodes = plan->nodes_count;
	out->nodes = arena_alloc(arena, plan->nodes_count * sizeof(char *));
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		out->nodes[i] = (char *)specs[plan->nodes[i]].id;
}

void convert_rollback_reply(struct buf *out, const struct plan *plan,
			    const struct execution *execution, bool started, uint64_t seq)
{
	Hlp__V1__RollbackReply reply = HLP__V1__ROLLBACK_REPLY__INIT;
	Hlp__V1__Plan message;
	struct arena arena = {0};

	fill_plan(&arena, plan, execution, &message);
	reply.plan = &message;
	reply.started = started;
	reply.seq = seq;
	message_pack(&reply.base, out);
	arena_release(&arena);
}
