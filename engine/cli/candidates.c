/* SPDX-License-Identifier: MIT
 *
 * The table of commands says what each argument is; that text is for people, and is all there is to
 * know here too. Names come from 'hlpd --names'. See candidates.h.
 */
#include "cli/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"
#include "cli/commands.h"
#include "client/sources.h"

#define NAMES_BYTES ((size_t)4 * 1024 * 1024)
#define WORD_BYTES  64

struct typing {
	struct say *out;
	const struct cli_command *command;
	const char *current;		  /* half typed */
	const char *first;		  /* argument of the command; NULL: none yet */
	size_t arguments;		  /* whole ones before the current */
	const struct option_spec *option; /* whose value is being typed; NULL: none */
};

static void offer(const struct typing *t, const char *word, const char *meaning)
{
	if (text_starts_with(word, t->current))
		say_printf(t->out, meaning != NULL ? "%s\t%s\n" : "%s\n", word, meaning);
}

/* ---- what is there ----------------------------------------------------------------------- */

/* Calls `each` for a line of what hlpd knows; nothing when that cannot be asked. */
static void each_name(const struct typing *t, const char *execution,
		      void (*each)(const struct typing *t, const char *execution, const char *line))
{
	struct buf names;
	struct err err;
	char *path, *option;
	if (proc_find_program("hlpd", &path, &err) < 0)
		return;
	option = execution != NULL ? mem_printf("--names=%s", execution) : mem_strdup("--names");
	char *argv[] = {path, option, NULL};
	buf_init(&names, NAMES_BYTES);
	if (proc_ask(argv, NULL, &names, &err) == 0 && names.length > 0) {
		char *rest = names.data;
		for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
			if (line[0] != '\0')
				each(t, execution, line);
	}
	buf_release(&names);
	free(option);
	free(path);
}

static void offer_execution(const struct typing *t, const char *execution, const char *line)
{
	(void)execution;
	offer(t, line, NULL);
}

/* One that a node has to follow. */
static void offer_execution_of_node(const struct typing *t, const char *execution, const char *line)
{
	(void)execution;
	char *word = mem_printf("%s/", line);
	offer(t, word, NULL);
	free(word);
}

static void offer_node(const struct typing *t, const char *execution, const char *line)
{
	if (!text_starts_with(line, "node "))
		return;
	char *word = mem_printf("%s/%s", execution, line + strlen("node "));
	offer(t, word, NULL);
	free(word);
}

static void offer_bare_node(const struct typing *t, const char *execution, const char *line)
{
	(void)execution;
	if (text_starts_with(line, "node "))
		offer(t, line + strlen("node "), NULL);
}

static void offer_artifact(const struct typing *t, const char *execution, const char *line)
{
	(void)execution;
	if (text_starts_with(line, "artifact "))
		offer(t, line + strlen("artifact "), NULL);
}

static void offer_workflows(const struct typing *t)
{
	struct sources_entry *entries;
	struct arena arena = {0};
	size_t count = sources_list(&arena, &entries);
	for (size_t i = 0; i < count; i++)
		if (entries[i].valid)
			offer(t, entries[i].name, NULL);
	arena_release(&arena);
}

static void offer_of_execution(const struct typing *t, const char *typed,
			       void (*each)(const struct typing *t, const char *execution,
					    const char *line))
{
	if (typed != NULL && typed[0] != '\0') {
		char *execution = mem_strndup(typed, strcspn(typed, "/"));
		each_name(t, execution, each);
		free(execution);
	}
}

static void offer_targets(const struct typing *t, bool node_must)
{
	if (strchr(t->current, '/') != NULL)
		offer_of_execution(t, t->current, offer_node);
	else
		each_name(t, NULL, node_must ? offer_execution_of_node : offer_execution);
}

/* ---- words of ours ----------------------------------------------------------------------- */

static void offer_words(const struct typing *t, const char *words)
{
	char *copy = mem_strdup(words), *rest = copy;
	for (char *word = strsep(&rest, " |"); word != NULL; word = strsep(&rest, " |"))
		if (word[0] != '\0')
			offer(t, word, NULL);
	free(copy);
}

static void offer_commands(const struct typing *t)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		offer(t, commands[i]->name, commands[i]->help);
}

static void offer_options(const struct typing *t, const struct option_spec *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char *word = mem_printf("--%s", options->name);
		offer(t, word, options->help);
		free(word);
	}
}

/* ---- what an argument is ----------------------------------------------------------------- */

/* The argument at this place as its command writes it, brackets and all; "" beyond the last. What
 * begins with an option is none. */
static void argument_at(const struct cli_command *command, size_t place, char out[WORD_BYTES])
{
	const char *at = command->arguments;
	for (size_t i = 0;; i++) {
		at += strspn(at, " ");
		size_t length = strcspn(at, " ");
		bool none = length == 0 || length >= WORD_BYTES || text_starts_with(at, "--");
		if (none || i == place) {
			memcpy(out, at, none ? 0 : length);
			out[none ? 0 : length] = '\0';
			return;
		}
		at += length;
	}
}

static void offer_argument(const struct typing *t)
{
	char word[WORD_BYTES];
	argument_at(t->command, t->arguments, word);
	if (strcmp(t->command->name, "engine") == 0 && t->arguments == 0)
		offer_words(t, "start stop status check rebuild prune forget upgrade release");
	else if (strstr(word, "EXECUTION") != NULL)
		offer_targets(t, strstr(word, "EXECUTION/NODE") != NULL);
	else if (strstr(word, "ARTIFACT") != NULL || (t->arguments > 0 && strstr(word, "FILE")))
		offer_of_execution(t, t->first, offer_artifact);
	else if (strstr(word, "ANSWER") != NULL)
		offer_words(t, "happened again undo by-hand leave approve reject done failed");
	else if (strstr(word, "COMMAND") != NULL)
		offer_commands(t);
	else if (strstr(word, "bash|") != NULL)
		offer_words(t, word);
	if (strstr(word, "NAME") != NULL || strstr(word, "WORKFLOW") != NULL)
		offer_workflows(t);
}

static void offer_value(const struct typing *t)
{
	const char *value = t->option->value;
	if (strcmp(value, "NODE") == 0)
		offer_of_execution(t, t->first, offer_bare_node);
	else if (strcmp(t->option->name, "artifact") == 0)
		offer_of_execution(t, t->first, offer_artifact);
	else if (strcmp(t->option->name, "kind") == 0)
		offer_words(t, "run undo hook check shell");
	else if (strchr(value, '|') != NULL && value[0] >= 'a' && value[0] <= 'z')
		offer_words(t, value);
}

/* ---- what has been typed ----------------------------------------------------------------- */

static const struct option_spec *find_in(const struct option_spec *options, const char *word)
{
	bool is_letter = word[1] != '-';
	for (; options != NULL && options->name != NULL; options++)
		if (is_letter ? options->letter != 0 && options->letter == word[1] && word[2] == 0
			      : strcmp(options->name, word + 2) == 0)
			return options;
	return NULL;
}

static const struct option_spec *find_option(const struct cli_command *command, const char *word)
{
	const struct option_spec *found = NULL;
	if (word[0] != '-' || word[1] == '\0')
		return NULL;
	found = find_in(command->options, word);
	return found != NULL ? found : find_in(cli_common_options, word);
}

static void take_word(struct typing *t, const char *word)
{
	if (t->option != NULL) {
		t->option = NULL; /* this is its value */
	} else if (word[0] == '-') {
		t->option = find_option(t->command, word);
		t->option = t->option != NULL && t->option->value != NULL ? t->option : NULL;
	} else {
		t->first = t->first != NULL ? t->first : word;
		t->arguments++;
	}
}

void candidates_say(struct say *out, const char *const *words, size_t count)
{
	struct typing t = {.out = out, .current = count > 0 ? words[count - 1] : ""};
	if (count < 2) {
		offer_commands(&t);
		return;
	}
	t.command = commands_find(words[0]);
	if (t.command == NULL)
		return;
	for (size_t i = 1; i + 1 < count; i++)
		take_word(&t, words[i]);
	if (t.option != NULL) {
		offer_value(&t);
	} else if (t.current[0] == '-') {
		offer_options(&t, t.command->options);
		offer_options(&t, cli_common_options);
	} else {
		offer_argument(&t);
	}
}
