/* SPDX-License-Identifier: MIT
 *
 * hlp workflows, and the list from which `hlp run` alone lets one choose.
 */
#include "cli/workflows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/listing.h"
#include "cli/show.h"
#include "client/sources.h"

#define LOOK	    1000 /* executions among which the last ones are looked for */
#define NAME_LEAST  12
#define LAST_COLUMN 26

struct shelf {
	struct cli *cli;
	struct arena arena;
	struct sources_entry *entries;
	size_t count;
	Hlp__V1__ExecutionList *list; /* NULL: nothing has been run, or nobody tells */
	int name_width;
};

/* ---- what is there ----------------------------------------------------------------------- */

/* Without a home nothing has been run, and none is made by looking. */
static void fetch_last(struct shelf *shelf)
{
	struct err err = {0};
	if (home_open(&shelf->cli->home, HOME_EXISTING, &err) < 0)
		return;
	shelf->cli->has_home = true;
	(void)listing_fetch(shelf->cli, NULL, LOOK, &shelf->list); /* without: no results, said */
}

static void open_shelf(struct shelf *shelf, struct cli *cli)
{
	*shelf = (struct shelf){.cli = cli, .name_width = NAME_LEAST};
	shelf->count = sources_list(&shelf->arena, &shelf->entries);
	for (size_t i = 0; i < shelf->count; i++) {
		int width = (int)text_width(shelf->entries[i].name);
		shelf->name_width = width > shelf->name_width ? width : shelf->name_width;
	}
	fetch_last(shelf);
}

static void close_shelf(struct shelf *shelf)
{
	if (shelf->list != NULL)
		hlp__v1__execution_list__free_unpacked(shelf->list, NULL);
	arena_release(&shelf->arena);
}

/* The newest execution of a workflow; the list is the newest first. */
static const Hlp__V1__Execution *last_of(const struct shelf *shelf, const char *name)
{
	for (size_t i = 0; shelf->list != NULL && i < shelf->list->n_executions; i++)
		if (strcmp(shelf->list->executions[i]->workflow, name) == 0)
			return shelf->list->executions[i];
	return NULL;
}

/* ---- lines ------------------------------------------------------------------------------- */

static void say_last(struct shelf *shelf, const Hlp__V1__Execution *last, int columns)
{
	struct say *out = &shelf->cli->out;
	enum state state;
	enum reason reason;
	char text[SHOW_TEXT], age[16];
	if (last == NULL) {
		say_cell(out, columns, "  not run yet");
		return;
	}
	show_parse(last->state, last->reason, &state, &reason);
	show_duration(show_now_us() - (last->ended_us > 0 ? last->ended_us : last->created_us),
		      age);
	snprintf(text, sizeof text, "%s %s%s", show_execution_word(state, reason), age,
		 last->ended_us > 0 ? " ago" : "");
	say_glyph(out, state, reason);
	say_printf(out, " ");
	say_cell(out, columns - 2, text);
}

static void say_entry(struct shelf *shelf, const struct sources_entry *entry, int used)
{
	struct say *out = &shelf->cli->out;
	say_cell(out, shelf->name_width, entry->name);
	say_printf(out, "  ");
	if (!entry->valid) {
		say_style(out, ROLE_error);
		say_printf(out, "not valid: hlp validate %s", entry->file);
		say_plain(out);
	} else {
		say_last(shelf, last_of(shelf, entry->name),
			 entry->description[0] != '\0' ? LAST_COLUMN : 2);
	}
	if (entry->description[0] != '\0') {
		int rest = say_columns(out) - used - shelf->name_width - LAST_COLUMN - 4;
		int line = (int)strcspn(entry->description, "\n");
		say_fit(out, rest, " %.*s", line, entry->description);
	}
	say_printf(out, "\n");
}

static void say_nothing(struct cli *cli)
{
	say_printf(&cli->out, "no workflows: looked in workflows/, here and in $HLP_WORKFLOWS\n");
}

/* ---- choosing ---------------------------------------------------------------------------- */

static const struct sources_entry *chosen(const struct shelf *shelf, const char *word)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);
	if (end != word && *end == '\0' && number >= 1 && number <= shelf->count)
		return &shelf->entries[number - 1];
	for (size_t i = 0; i < shelf->count; i++)
		if (strcmp(shelf->entries[i].name, word) == 0)
			return &shelf->entries[i];
	return NULL;
}

static int ask(struct shelf *shelf, char **out_file)
{
	struct cli *cli = shelf->cli;
	const struct sources_entry *entry = NULL;
	while (entry == NULL) {
		say_printf(&cli->out, "Which? (number or name, Enter leaves) ");
		say_flush(&cli->out);
		char *word = cli_read_line();
		bool left = word == NULL || word[0] == '\0';
		entry = left ? NULL : chosen(shelf, word);
		if (!left && entry == NULL)
			say_printf(&cli->out, "there is no '%s'\n", word);
		free(word);
		if (left)
			return cli_refuse(cli, CLI_OTHER, "not started");
	}
	*out_file = mem_strdup(entry->file);
	return 0;
}

int workflows_pick(struct cli *cli, char **out_file)
{
	struct shelf shelf;
	if (!cli->interactive)
		return cli_refuse(cli, CLI_USAGE, "usage: hlp run FILE|NAME (hlp workflows)");
	open_shelf(&shelf, cli);
	for (size_t i = 0; i < shelf.count; i++) {
		say_printf(&cli->out, "%3zu  ", i + 1);
		say_entry(&shelf, &shelf.entries[i], 5);
	}
	int code = CLI_OTHER;
	if (shelf.count == 0)
		say_nothing(cli);
	else
		code = ask(&shelf, out_file);
	close_shelf(&shelf);
	return code;
}

/* ---- the command ------------------------------------------------------------------------- */

static void json_entry(struct shelf *shelf, struct buf *out, const struct sources_entry *entry)
{
	const Hlp__V1__Execution *last = last_of(shelf, entry->name);
	const char *parts[][2] = {{"{\"name\": ", entry->name},
				  {", \"file\": ", entry->file},
				  {", \"description\": ", entry->description}};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		buf_add_text(out, parts[i][0]);
		text_json_quote(out, parts[i][1], strlen(parts[i][1]));
	}
	buf_printf(out, ", \"valid\": %s, \"last\": ", entry->valid ? "true" : "false");
	if (last != NULL)
		json_message(out, &last->base);
	else
		buf_add_text(out, "null");
	buf_add_text(out, "}");
}

static void print_json(struct shelf *shelf)
{
	struct buf out;
	json_out_begin(&out);
	buf_add_text(&out, "[");
	for (size_t i = 0; i < shelf->count; i++) {
		buf_add_text(&out, i > 0 ? ",\n" : "");
		json_entry(shelf, &out, &shelf->entries[i]);
	}
	buf_add_text(&out, "]");
	json_out(shelf->cli, &out);
}

static int exec(struct cli *cli)
{
	struct shelf shelf;
	open_shelf(&shelf, cli);
	if (cli->json) {
		print_json(&shelf);
	} else {
		for (size_t i = 0; i < shelf.count; i++)
			say_entry(&shelf, &shelf.entries[i], 0);
		if (shelf.count == 0)
			say_nothing(cli);
	}
	close_shelf(&shelf);
	return CLI_OK;
}

const struct cli_command workflows_command = {
	.name = "workflows",
	.arguments = "",
	.help = "what can be run by name, and how it ended last",
	.exec = exec,
};
