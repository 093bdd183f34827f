/* SPDX-License-Identifier: MIT
 *
 * Which words of a workflow's commands may name a file beside it: those files are pinned with a
 * run, and looked at when somebody asks whether it runs what Git holds.
 */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "model/template.h"
#include "model/workflow.h"

struct named_files {
	struct arena *arena;
	struct map seen, commands; /* words, and whole texts: many nodes run the same */
	const char **words;
	size_t count, capacity;
};

/* "./x" is "x". */
static const char *without_dot(const char *word)
{
	return text_starts_with(word, "./") ? word + 2 : word;
}

static void add_word(struct named_files *files, const char *word)
{
	if (!*word || word[0] == '/' || word[0] == '-' || strchr(word, '$'))
		return;
	if (!map_add_text(&files->seen, without_dot(word), (union map_value){0}))
		return;
	if (files->count == files->capacity) {
		size_t capacity = files->capacity * 2 + 16;
		const char **more = arena_alloc(files->arena, capacity * sizeof(*more));

		if (files->count)
			memcpy(more, files->words, files->count * sizeof(*more));
		files->words = more;
		files->capacity = capacity;
	}
	files->words[files->count++] = word;
}

static void add_command(struct named_files *files, const struct command *command)
{
	const char **words = command->list;
	size_t count = command->list_count;

	if (command->text && !map_add_text(&files->commands, command->text, (union map_value){0}))
		return;
	if (command->text)
		count = template_plain_words(command->text, files->arena, &words);
	if (command->text && !count) { /* a shell's text: its first word is the likely script */
		add_word(files, arena_strndup(files->arena, command->text,
					      strcspn(command->text, " \t\n;|&<>()")));
		return;
	}
	for (size_t i = 0; i < count; i++)
		add_word(files, words[i]);
}

static void add_commands_of(struct named_files *files, const struct artifact_spec *artifact)
{
	if (artifact->has_check)
		add_command(files, &artifact->check);
	if (artifact->has_on_restore)
		add_command(files, &artifact->on_restore);
}

/* A file that a node writes is none of the workflow's own. */
static void pass_over_artifacts(struct named_files *files, const struct workflow *workflow)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *spec = &workflow->nodes[i];

		for (uint32_t k = 0; k < spec->artifacts_count; k++)
			(void)map_add_text(&files->seen, without_dot(spec->artifacts[k].path),
					   (union map_value){0}); /* several may write it */
	}
}

size_t workflow_named_files(const struct workflow *workflow, struct arena *arena, const char ***out)
{
	struct named_files files = {.arena = arena};

	pass_over_artifacts(&files, workflow);
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *spec = &workflow->nodes[i];

		if (spec->host)
			continue; /* its files lie there */
		add_command(&files, &spec->run);
		if (spec->has_undo)
			add_command(&files, &spec->undo);
		for (uint32_t k = 0; k < spec->artifacts_count; k++)
			add_commands_of(&files, &spec->artifacts[k]);
	}
	map_release(&files.seen);
	map_release(&files.commands);
	*out = files.words;
	return files.count;
}
