/* SPDX-License-Identifier: MIT
 *
 * A plan in lines, for people. See rollback_plan.h.
 */
#include "cli/rollback_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/json_out.h"
#include "cli/show.h"

static const char *words_of(const char *action)
{
	static const char *const words[][2] = {
		{"stop", "stop"},
		{"undo", "undo"},
		{"restore", "restore"},
		{"hook", "then run"},
		{"no_undo", "no undo"},
		{"nothing", "nothing to undo"},
		{"irreversible", "CANNOT BE UNDONE"},
		{"stale", "becomes stale"},
	};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], action) == 0)
			return words[i][1];
	return action;
}

static void say_row(struct cli *cli, const Hlp__V1__PlanRow *row)
{
	say_printf(&cli->out, row->worse ? "* " : "  ");
	say_cell(&cli->out, 16, words_of(row->action));
	say_printf(&cli->out, " %s", row->node);
	if (row->path[0] != '\0')
		say_printf(&cli->out, "  %s", row->path);
	if (row->from[0] != '\0' || row->to[0] != '\0')
		say_printf(&cli->out, "  %s -> %s", row->from, row->to);
	if (row->how[0] != '\0')
		say_printf(&cli->out, "  %s", row->how);
	if (row->estimate_us > 0) {
		char time[16];
		show_duration(row->estimate_us, time);
		say_printf(&cli->out, "  about %s", time);
	}
	say_printf(&cli->out, "\n");
}

static void say_warning(struct cli *cli, const Hlp__V1__PlanRow *row, const char *text)
{
	say_style(&cli->out, ROLE_warning);
	say_printf(&cli->out, "! %s%s%s: %s", row->node, row->path[0] != '\0' ? " " : "", row->path,
		   text);
	say_plain(&cli->out);
	say_printf(&cli->out, "\n");
}

/* What somebody did to it, and all that would go with that. A revision is found by the node that
 * recorded it. */
static void say_difference(struct cli *cli, const Hlp__V1__Plan *plan, const Hlp__V1__PlanRow *row)
{
	char *own = mem_printf("%s:%s", row->node, row->path);
	say_printf(&cli->out, "    what it holds now: hlp diff %s %s %s now\n", plan->execution,
		   row->writer[0] != '\0' ? row->writer : own, row->from);
	say_printf(&cli->out, "    what would go: hlp diff %s %s %s now\n", plan->execution, own,
		   row->to);
	free(own);
}

static void say_warnings(struct cli *cli, const Hlp__V1__Plan *plan)
{
	for (size_t i = 0; i < plan->n_rows; i++) {
		const Hlp__V1__PlanRow *row = plan->rows[i];
		if (strcmp(row->action, "no_undo") == 0 || strcmp(row->action, "irreversible") == 0)
			say_warning(cli, row, words_of(row->action));
		for (size_t k = 0; k < row->n_warnings; k++)
			say_warning(cli, row, row->warnings[k]);
		if (row->conflict[0] != '\0') {
			say_warning(cli, row, row->conflict);
			say_difference(cli, plan, row);
		}
	}
}

static void say_list(struct cli *cli, const char *what, char *const *names, size_t count)
{
	if (count == 0)
		return;
	say_printf(&cli->out, "  %s:", what);
	for (size_t i = 0; i < count; i++)
		say_printf(&cli->out, "%s %s", i > 0 ? "," : "", names[i]);
	say_printf(&cli->out, "\n");
}

char *rollback_plan_subject(const Hlp__V1__Plan *plan)
{
	if (strcmp(plan->level, "phase") == 0)
		return mem_printf("phase %s and those after it", plan->phase);
	if (strcmp(plan->level, "all") == 0)
		return mem_printf("all of %s", plan->execution);
	if (strcmp(plan->level, "checkpoint") == 0)
		return mem_printf("%s to the checkpoint %s", plan->execution, plan->checkpoint);
	if (strcmp(plan->level, "artifact") == 0)
		return mem_printf("the file %s", plan->artifact);
	return mem_strdup(plan->node);
}

const char *rollback_plan_target(const Hlp__V1__Plan *plan)
{
	const char *colon = strchr(plan->artifact, ':');
	if (strcmp(plan->level, "phase") == 0)
		return plan->phase;
	if (strcmp(plan->level, "checkpoint") == 0)
		return plan->checkpoint;
	if (strcmp(plan->level, "artifact") == 0)
		return colon != NULL ? colon + 1 : plan->artifact;
	return strcmp(plan->level, "node") == 0 ? plan->node : plan->execution;
}

void rollback_plan_say(struct cli *cli, const Hlp__V1__Plan *plan)
{
	if (cli->json) {
		struct buf out;
		json_out_begin(&out);
		json_plan(&out, plan);
		json_out(cli, &out);
		return;
	}
	char *subject = rollback_plan_subject(plan);
	say_printf(&cli->out, "plan %s: roll back %s\n", plan->id, subject);
	free(subject);
	say_warnings(cli, plan);
	for (size_t i = 0; i < plan->n_rows; i++)
		say_row(cli, plan->rows[i]);
	say_list(cli, "a retry would run again", plan->nodes, plan->n_nodes);
	say_list(cli, "stays as it is", plan->untouched, plan->n_untouched);
	say_list(cli, "left out", plan->excluded, plan->n_excluded);
	if (plan->estimate_us > 0) {
		char time[16];
		show_duration(plan->estimate_us, time);
		say_printf(&cli->out, "  in all about %s\n", time);
	}
	if (plan->refused[0] != '\0')
		say_printf(&cli->out, "  refused: %s\n", plan->refused);
}
