/* SPDX-License-Identifier: MIT
 *
 * A rollback plan as a message: its rows in the order in which they will be done.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "wire/convert.h"
#include "wire/message.h"

#define WARNINGS 5 /* bits of enum plan_warning */

static char *name_revision(struct arena *arena, const struct revision *revision)
{
	char text[24];

	if (!revision)
		return NULL;
	(void)snprintf(text, sizeof(text), "r%llu", (unsigned long long)revision->seq);
	return arena_strdup(arena, text);
}

static char *name_file(struct arena *arena, const struct node_spec *specs,
		       const struct plan_file *file)
{
	char *text = mem_printf("%s:%s", specs[file->node].id,
				specs[file->node].artifacts[file->artifact].path);
	char *kept = arena_strdup(arena, text);

	free(text);
	return kept;
}

/* That there is no undo, or none is possible, the action of the row says itself. */
static void fill_warnings(struct arena *arena, const struct plan_row *row, Hlp__V1__PlanRow *out)
{
	if (!row->warnings)
		return;
	out->warnings = arena_alloc(arena, WARNINGS * sizeof(char *));
	for (unsigned i = 0; i < WARNINGS; i++) {
		const char *word = plan_warning_word((enum plan_warning)(1U << i));

		if (*word && row->warnings & 1U << i)
			out->warnings[out->n_warnings++] = (char *)word;
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
	if (row->from && row->from->node != row->node)
		out->writer = name_file(arena, execution->workflow->nodes,
					&(struct plan_file){row->from->node, row->from->artifact});
	out->how = (char *)row->text;
	out->reversible = row->action == PLAN_RESTORE; /* what it overwrites is a revision too */
	out->conflict = (char *)row->conflict;
	out->excludable = row->excludable;
	out->worse = row->worse;
	out->estimate_us = row->estimate_us;
	fill_warnings(arena, row, out);
}

static char **name_nodes(struct arena *arena, const struct node_spec *specs, const uint32_t *nodes,
			 size_t count)
{
	char **names = arena_alloc(arena, (count + 1) * sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = (char *)specs[nodes[i]].id;
	return names;
}

static char **name_files(struct arena *arena, const struct node_spec *specs,
			 const struct plan_file *files, size_t count)
{
	char **names = arena_alloc(arena, (count + 1) * sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = name_file(arena, specs, &files[i]);
	return names;
}

/* What was asked for. */
static void fill_ask(struct arena *arena, const struct plan_ask *ask,
		     const struct execution *execution, Hlp__V1__Plan *out)
{
	const struct workflow *workflow = execution->workflow;
	const struct node_spec *specs = workflow->nodes;

	out->level = (char *)plan_level_name(ask->level);
	if (ask->level == PLAN_OF_NODE || ask->level == PLAN_OF_ARTIFACT)
		out->node = (char *)specs[ask->node].id;
	if (ask->level == PLAN_OF_PHASE)
		out->phase = (char *)workflow->phases[ask->phase];
	if (ask->level == PLAN_OF_CHECKPOINT)
		out->checkpoint = (char *)ask->checkpoint;
	if (ask->level == PLAN_OF_ARTIFACT)
		out->artifact =
			name_file(arena, specs, &(struct plan_file){ask->node, ask->artifact});
	out->n_past = ask->past_count;
	out->past = name_nodes(arena, specs, ask->past, ask->past_count);
	out->n_overwrite = ask->overwrite_count;
	out->overwrite = name_files(arena, specs, ask->overwrite, ask->overwrite_count);
	out->n_excluded = ask->exclude_count;
	out->excluded = name_nodes(arena, specs, ask->exclude, ask->exclude_count);
	if (!ask->keep_count)
		return;
	out->n_excluded += ask->keep_count;
	out->excluded = arena_alloc(arena, out->n_excluded * sizeof(char *));
	for (size_t i = 0; i < ask->exclude_count; i++)
		out->excluded[i] = (char *)specs[ask->exclude[i]].id;
	for (size_t i = 0; i < ask->keep_count; i++)
		out->excluded[ask->exclude_count + i] = name_file(arena, specs, &ask->keep[i]);
}

static void fill_rows(struct arena *arena, const struct plan *plan,
		      const struct execution *execution, Hlp__V1__Plan *out)
{
	Hlp__V1__PlanRow *rows = arena_alloc(arena, (plan->rows_count + 1) * sizeof(*rows));

	out->n_rows = plan->rows_count;
	out->rows = arena_alloc(arena, (plan->rows_count + 1) * sizeof(Hlp__V1__PlanRow *));
	out->stale = arena_alloc(arena, (plan->rows_count + 1) * sizeof(char *));
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		fill_row(arena, execution, &plan->rows[i], &rows[i]);
		out->rows[i] = &rows[i];
		if (plan->rows[i].action == PLAN_STALE)
			out->stale[out->n_stale++] = rows[i].node;
	}
}

static void fill_plan(struct arena *arena, const struct plan *plan,
		      const struct execution *execution, Hlp__V1__Plan *out)
{
	const struct node_spec *specs = execution->workflow->nodes;

	hlp__v1__plan__init(out);
	out->id = (char *)plan->id;
	out->version = plan->version;
	out->refused = (char *)plan->refused;
	out->live = plan->live;
	out->estimate_us = plan->estimate_us;
	out->execution = execution->name;
	fill_ask(arena, &plan->ask, execution, out);
	fill_rows(arena, plan, execution, out);
	out->n_nodes = plan->nodes_count;
	out->nodes = name_nodes(arena, specs, plan->nodes, plan->nodes_count);
	out->n_untouched = plan->untouched_count;
	out->untouched = name_nodes(arena, specs, plan->untouched, plan->untouched_count);
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
