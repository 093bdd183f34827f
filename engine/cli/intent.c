/* SPDX-License-Identifier: MIT
 *
 * Before a start. See intent.h.
 */
#include "cli/intent.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/policy.h"
#include "cli/revision.h"
#include "model/hosts.h"

#define LINE_BYTES   ((size_t)256 * 1024)
#define COMMIT_SHOWN 12

struct intent {
	struct cli *cli;
	const struct source *source;
	const struct params *params;
	const enum fate *fates; /* NULL: all run */
	struct arena arena;
	struct git_state revision;
	bool grave;
};

bool intent_is_grave(const struct node_spec *node)
{
	return risk_level(node->risk) >= RISK_HIGH || node->irreversible != NULL;
}

/* What is skipped is not asked for. */
static bool matters(const struct intent *intent, uint32_t node)
{
	bool skipped = intent->fates != NULL && intent->fates[node] == FATE_SKIPPED;
	return !skipped && intent_is_grave(&intent->source->workflow->nodes[node]);
}

static bool is_grave(const struct intent *intent)
{
	for (uint32_t i = 0; i < intent->source->workflow->nodes_count; i++)
		if (matters(intent, i))
			return true;
	return false;
}

/* ---- what is said ------------------------------------------------------------------------ */

static void say_place(const struct intent *intent)
{
	char host[256] = "";
	const struct passwd *user = getpwuid(geteuid());
	const char *actor = getenv("HLP_ACTOR");
	bool other = actor != NULL && actor[0] != '\0' &&
		     (user == NULL || strcmp(actor, user->pw_name) != 0);
	gethostname(host, sizeof host - 1);
	say_printf(&intent->cli->out, "  on %s as %s%s%s, in %s\n", host,
		   user != NULL ? user->pw_name : "?", other ? " for " : "", other ? actor : "",
		   intent->source->folder);
}

/* Over ssh it is done elsewhere, which is the first thing to get wrong. */
static void say_hosts(const struct intent *intent)
{
	struct buf hosts;
	buf_init(&hosts, LINE_BYTES);
	hosts_say(intent->source->workflow, intent->params->bound, &hosts);
	if (hosts.length > 0) {
		say_printf(&intent->cli->out, "  over ssh on");
		say_wrapped(&intent->cli->out, 4, 13, buf_text(&hosts));
	}
	buf_release(&hosts);
}

static void say_revision(const struct intent *intent)
{
	const struct git_state *revision = &intent->revision;
	struct say *out = &intent->cli->out;
	if (revision->commit[0] == '\0') {
		say_printf(out, "  at no revision: %s is not in Git\n", intent->source->folder);
		return;
	}
	if (revision->changed_count == 0) {
		say_printf(out, "  at %.*s\n", COMMIT_SHOWN, revision->commit);
		return;
	}
	say_style(out, ROLE_warning);
	say_printf(out, "  DIRTY");
	say_plain(out);
	say_printf(out, ": not as %.*s has it: ", COMMIT_SHOWN, revision->commit);
	for (size_t i = 0; i < revision->changed_count; i++)
		say_printf(out, "%s%s", i > 0 ? ", " : "", revision->changed[i]);
	say_printf(out, "\n");
}

static void say_params(const struct intent *intent)
{
	struct say *out = &intent->cli->out;
	int columns = say_columns(out);
	for (uint32_t i = 0; i < intent->source->workflow->params_count; i++) {
		const struct binding *param = &intent->params->bound[i];
		if (intent->source->workflow->params[i].secret) {
			say_printf(out, "  %s = (secret)\n", param->name);
			continue;
		}
		if (param->value == NULL) {
			say_printf(out, "  %s has no value\n", param->name);
			continue;
		}
		say_fit(out, columns - 1, "  %s = %s%s", param->name, param->value,
			params_is_given(intent->params, param->name) ? "" : "  (default)");
		say_printf(out, "\n");
	}
}

static void add_phases(struct buf *line, const struct workflow *workflow, struct arena *arena)
{
	uint32_t *counts = arena_alloc(arena, (workflow->phases_count + 1) * sizeof *counts);
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		counts[workflow->nodes[i].phase + 1]++;
	for (uint32_t i = 0; i < workflow->phases_count; i++) {
		buf_printf(line, "%s %s %u", i == 0 ? ":" : ",", workflow->phases[i],
			   counts[i + 1]);
	}
}

static uint32_t count_fate(const struct intent *intent, enum fate fate)
{
	uint32_t count = 0;
	for (uint32_t i = 0; intent->fates != NULL && i < intent->source->workflow->nodes_count;
	     i++)
		count += intent->fates[i] == fate;
	return count;
}

static void add_count(struct buf *line, uint32_t count, const char *what)
{
	if (count > 0)
		buf_printf(line, "; %u %s", count, what);
}

static void say_amount(struct intent *intent)
{
	const struct workflow *workflow = intent->source->workflow;
	struct buf line;
	uint32_t undo = 0, by_hand = 0, approvals = 0;
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		undo += workflow->nodes[i].has_undo || workflow->nodes[i].artifacts_count > 0;
		by_hand += workflow->nodes[i].manual != NULL;
		approvals += workflow->nodes[i].approval != NULL;
	}
	buf_init(&line, LINE_BYTES);
	buf_printf(&line, "%u node%s", workflow->nodes_count,
		   workflow->nodes_count == 1 ? "" : "s");
	add_phases(&line, workflow, &intent->arena);
	buf_printf(&line, "; %u at a time; %u can be undone", workflow->max_parallel, undo);
	add_count(&line, by_hand, "by hand");
	add_count(&line, approvals, approvals == 1 ? "approval" : "approvals");
	add_count(&line, count_fate(intent, FATE_SKIPPED), "skipped");
	add_count(&line, count_fate(intent, FATE_HELD), "held");
	say_paragraph(&intent->cli->out, buf_text(&line));
	buf_release(&line);
}

static void say_grave(const struct intent *intent)
{
	const struct workflow *workflow = intent->source->workflow;
	struct say *out = &intent->cli->out;
	struct buf why;
	buf_init(&why, LINE_BYTES);
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *node = &workflow->nodes[i];
		if (!matters(intent, i))
			continue;
		say_style(out, ROLE_warning);
		say_printf(out, "  %s", node->id);
		say_plain(out);
		buf_clear(&why);
		if (risk_level(node->risk) >= RISK_HIGH)
			buf_printf(&why, " %s risk", risk_name(risk_level(node->risk)));
		if (node->irreversible != NULL)
			buf_printf(&why, " cannot be undone: %s", node->irreversible);
		say_wrapped(out, 4, 2 + (int)strlen(node->id), buf_text(&why));
	}
	buf_release(&why);
}

static void say_intent(struct intent *intent)
{
	const struct workflow *workflow = intent->source->workflow;
	struct say *out = &intent->cli->out;
	say_style(out, ROLE_title);
	say_printf(out, "%s", workflow->name);
	say_plain(out);
	say_printf(out, "\n");
	if (workflow->description[0] != '\0')
		say_paragraph(out, workflow->description);
	say_place(intent);
	say_hosts(intent);
	say_revision(intent);
	say_params(intent);
	say_amount(intent);
	say_grave(intent);
}

/* ---- the question ------------------------------------------------------------------------ */

static int ask(const struct intent *intent)
{
	bool dirty = intent->revision.changed_count > 0;
	for (;;) {
		say_printf(&intent->cli->out, "Start? [y/N%s] ",
			   dirty ? ", d shows what differs" : "");
		say_flush(&intent->cli->out);
		char *answer = cli_read_line();
		bool diff = answer != NULL && dirty && strcmp(answer, "d") == 0;
		bool yes = policy_is_yes(answer);
		free(answer);
		if (yes)
			return 0;
		if (!diff)
			return cli_refuse(intent->cli, CLI_OTHER, "not started");
		revision_say_diff(intent->cli, intent->source, &intent->revision);
	}
}

static int confirm_elsewhere(struct cli *cli, const struct workflow *workflow)
{
	char *what =
		mem_printf("run %s, which is of high risk or cannot be undone", workflow->name);
	int code = policy_ask(cli, POLICY_RUN, what, workflow->name);
	free(what);
	return code;
}

int intent_confirm(struct cli *cli, const struct source *source, const struct params *params,
		   const enum fate *fates)
{
	struct intent intent = {.cli = cli, .source = source, .params = params, .fates = fates};
	bool grave = is_grave(&intent);
	int code = 0;
	if (!cli->interactive)
		return grave ? confirm_elsewhere(cli, source->workflow) : 0;
	if (!cli->json) {
		revision_find(source, &intent.arena, &intent.revision);
		say_intent(&intent);
	}
	if (grave && !cli->yes)
		code = ask(&intent);
	arena_release(&intent.arena);
	return code;
}
