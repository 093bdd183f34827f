/* SPDX-License-Identifier: MIT
 *
 * hlp alone: what needs me now. Executions that wait, that failed since I last looked, and that
 * run, each with what can be done next; and how to begin when there are none. When a person last
 * looked is remembered in the home, a file for each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/listing.h"
#include "cli/questions.h"
#include "cli/show.h"
#include "cli/snapshot.h"
#include "cli/status.h"
#include "client/identity.h"

#define LOOK		 1000
#define NEVER_LOOKED_US	 ((int64_t)24 * 3600 * 1000000)
#define LOOKED_BYTES_MAX 64

/* What needs somebody comes first; each execution is of one kind. */
enum need { NEED_ANSWER, NEED_REPAIR, NEED_WATCH, NEED_NOTHING };

/* ---- when I last looked ------------------------------------------------------------------ */

static char *looked_path(const struct cli *cli)
{
	char name[IDENTITY_TEXT_MAX];
	identity_name(name);
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '/' ? '_' : *c;
	return mem_printf("%s/looked/%s", cli->home.path, name);
}

static int64_t last_look_us(const struct cli *cli)
{
	char *path = looked_path(cli), *text = NULL;
	int64_t at_us = show_now_us() - NEVER_LOOKED_US;
	if (file_read(path, LOOKED_BYTES_MAX, &text, NULL, NULL) == 0)
		at_us = strtoll(text, NULL, 10);
	free(text);
	free(path);
	return at_us;
}

/* A script that looks takes no news away from a person. */
static void remember_look(const struct cli *cli)
{
	char *path = looked_path(cli), *folder = file_folder(path), text[32];
	int length = snprintf(text, sizeof text, "%" PRId64 "\n", show_now_us());
	if (cli->interactive && file_make_folders(folder, 0700, NULL) == 0)
		(void)file_replace(path, text, (size_t)length, 0600, NULL); /* told again then */
	free(folder);
	free(path);
}

/* ---- what needs me ----------------------------------------------------------------------- */

static enum need need_of(const Hlp__V1__Execution *execution, int64_t looked_us)
{
	if (!execution->ended) {
		bool waits = strcmp(execution->state, "PAUSED") == 0 || execution->quarantined;
		return waits ? NEED_ANSWER : NEED_WATCH;
	}
	bool failed = strcmp(execution->state, "FAILED") == 0;
	return failed && execution->ended_us > looked_us ? NEED_REPAIR : NEED_NOTHING;
}

static void say_answers(struct cli *cli, const Hlp__V1__Execution *execution)
{
	struct mirror mirror;
	if (execution->quarantined) {
		say_way(&cli->out, "what happened", "hlp events %s", execution->name);
	} else if (strcmp(execution->reason, "rolled_back") == 0) {
		say_way(&cli->out, "run it again", "hlp retry %s", execution->name);
		say_way(&cli->out, "end it", "hlp cancel %s", execution->name);
	} else if (snapshot_take(cli, execution->id, &mirror) == 0) {
		(void)questions_say(cli, &mirror);
		mirror_release(&mirror);
	}
}

static void say_next(struct cli *cli, const Hlp__V1__Execution *execution, enum need need)
{
	switch (need) {
	case NEED_ANSWER:
		say_answers(cli, execution);
		break;
	case NEED_REPAIR:
		say_way(&cli->out, "how it failed, and the ways out", "hlp attach %s",
			execution->name);
		break;
	case NEED_WATCH:
		say_way(&cli->out, "follow it", "hlp attach %s", execution->name);
		break;
	case NEED_NOTHING:
		break;
	}
}

static size_t say_needs(struct cli *cli, const Hlp__V1__ExecutionList *list, int64_t looked_us)
{
	size_t shown = 0;
	for (enum need need = NEED_ANSWER; need < NEED_NOTHING; need++) {
		for (size_t i = 0; i < list->n_executions; i++) {
			if (need_of(list->executions[i], looked_us) == need) {
				status_print_line(cli, list->executions[i]);
				say_next(cli, list->executions[i], need);
				shown++;
			}
		}
	}
	return shown;
}

/* ---- the command ------------------------------------------------------------------------- */

static void say_beginning(struct cli *cli)
{
	say_printf(&cli->out, "nothing has been run yet\n");
	say_way(&cli->out, "choose a workflow and start it", "hlp run");
	say_way(&cli->out, "check one of your own", "hlp validate FILE");
	say_way(&cli->out, "all commands", "hlp help");
}

/* Of the list only what needs somebody, in its order. */
static void print_json(struct cli *cli, Hlp__V1__ExecutionList *list, int64_t looked_us)
{
	struct buf document;
	Hlp__V1__ExecutionList wanted = *list;
	wanted.executions = mem_calloc(list->n_executions + 1, sizeof *wanted.executions);
	wanted.n_executions = 0;
	for (size_t i = 0; i < list->n_executions; i++)
		if (need_of(list->executions[i], looked_us) != NEED_NOTHING)
			wanted.executions[wanted.n_executions++] = list->executions[i];
	json_out_begin(&document);
	json_list(&document, &wanted);
	json_out(cli, &document);
	free(wanted.executions);
}

static void print(struct cli *cli, Hlp__V1__ExecutionList *list)
{
	int64_t looked_us = last_look_us(cli);
	if (cli->json) {
		print_json(cli, list, looked_us);
		return;
	}
	if (list->n_executions == 0) {
		say_beginning(cli);
	} else if (say_needs(cli, list, looked_us) == 0) {
		say_printf(&cli->out, "nothing runs or waits, and nothing failed since you last "
				      "looked\n  what ran: hlp list   what there is: hlp help\n");
	}
	remember_look(cli);
}

static int exec(struct cli *cli)
{
	Hlp__V1__ExecutionList *list;
	struct err err = {0};
	if (home_open(&cli->home, HOME_EXISTING, &err) < 0) {
		if (err.code != ERR_NOT_FOUND)
			return cli_refuse(cli, CLI_NO_ENGINE, "no engine: %s", err.message);
		say_beginning(cli);
		return CLI_OK;
	}
	cli->has_home = true;
	int code = listing_fetch(cli, NULL, LOOK, &list);
	if (code != 0)
		return code;
	print(cli, list);
	hlp__v1__execution_list__free_unpacked(list, NULL);
	return CLI_OK;
}

const struct cli_command now_command = {
	.name = "",
	.arguments = "",
	.help = "what needs you now",
	.exec = exec,
};
