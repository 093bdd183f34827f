/* SPDX-License-Identifier: MIT
 *
 * Reading what is to be run: a string for a shell, or a list that is started as it is; and `undo`,
 * which is one of these or a map around it.
 */
#include <string.h>

#include "model/limits.h"
#include "model/workflow_parts.h"

static void note_use(struct reader *reader, const struct template_use *use)
{
	reader->uses = mem_grow(reader->uses, &reader->uses_capacity, reader->uses_count + 1,
				sizeof(*reader->uses));
	reader->uses[reader->uses_count] = *use;
	reader->uses[reader->uses_count++].node = reader->node;
}

void workflow_note_template(struct reader *reader, uint32_t value, enum use use, bool shell)
{
	if (yaml_is_scalar(yaml_at(reader->tree, value)) &&
	    strstr(yaml_text(reader->tree, value), "${"))
		note_use(reader,
			 &(struct template_use){.value = value, .use = use, .shell = shell});
}

void workflow_note_reference(struct reader *reader, uint32_t value, enum use use)
{
	note_use(reader, &(struct template_use){.value = value, .use = use, .bare = true});
}

static bool read_string(struct reader *reader, uint32_t value, const char *name, enum shell shell,
			struct command *out)
{
	const char *text = yaml_text(reader->tree, value);
	enum yaml_type type = yaml_type(reader->tree, value);

	if (type == YAML_TYPE_BOOLEAN || type == YAML_TYPE_NUMBER) {
		fields_problem(reader, value,
			       "%s: %s is a YAML %s, not a command: write %s: \"%s\" to run the "
			       "program of that name",
			       name, text, type == YAML_TYPE_NUMBER ? "number" : "boolean", name,
			       text);
		return false;
	}
	if (!text[strspn(text, " \t\n")]) {
		fields_problem(reader, value, "'%s' has nothing to run", name);
		return false;
	}
	out->text = text;
	out->shell = (uint8_t)shell;
	workflow_note_template(reader, value, reader->use, true);
	return true;
}

static bool read_word(struct reader *reader, uint32_t value, const char *name, const char **out)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);

	if (at->kind == YAML_KIND_BAD)
		return false;
	if (!yaml_is_scalar(at) || yaml_type(reader->tree, value) == YAML_TYPE_NULL) {
		fields_problem(reader, value, "a word of '%s' must be text", name);
		return false;
	}
	*out = yaml_text(reader->tree, value);
	workflow_note_template(reader, value, reader->use, false);
	return true;
}

static bool read_list(struct reader *reader, uint32_t value, const char *name, struct command *out)
{
	uint32_t count = fields_list(reader, value, LIMIT_WORDS),
		 member = fields_first(reader, value);
	const char **list = arena_alloc(reader->arena, ((size_t)count + 1) * sizeof(*list));

	if (!yaml_at(reader->tree, value)->count)
		fields_problem(reader, value, "'%s' has nothing to run", name);
	for (uint32_t i = 0; i < count; i++, member = yaml_next(reader->tree, member))
		if (!read_word(reader, member, name, &list[i]))
			return false;
	if (count && !*list[0]) {
		fields_problem(reader, value,
			       "the first word of '%s' names the program: it is empty", name);
		return false;
	}
	out->list = list;
	out->list_count = (uint16_t)count;
	out->shell = SHELL_NONE;
	return count > 0;
}

bool workflow_command_read(struct reader *reader, uint32_t value, const char *name,
			   enum shell shell, struct command *out)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);

	out->line = at->line;
	if (yaml_is_scalar(at))
		return read_string(reader, value, name, shell, out);
	if (at->kind == YAML_KIND_LIST)
		return read_list(reader, value, name, out);
	if (at->kind == YAML_KIND_MAP)
		fields_problem(reader, value,
			       "'%s' is a string for the shell, or a list of words started as they "
			       "are",
			       name);
	return false;
}

void workflow_shell_read(struct reader *reader, uint32_t value, uint8_t *out)
{
	static const char *const words[] = {"sh", "bash"};
	uint32_t word;

	if (fields_word(reader, value, "shell", words, 2, &word))
		*out = word ? SHELL_BASH : SHELL_SH;
}

/* ---- undo ------------------------------------------------------------------------------------ */

static void read_undo_shell(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	workflow_shell_read(reader, value, &spec->undo.shell);
}

static void read_undo_run(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	spec->has_undo =
		workflow_command_read(reader, value, "undo", spec->undo.shell, &spec->undo);
}

static void read_undo_manual(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	spec->has_undo = workflow_manual_read(reader, value, USE_UNDO, &spec->undo_manual);
}

static void read_undo_timeout(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_duration(reader, value, "timeout", 0, &spec->undo_timeout_us); /* noted */
}

static void read_undo_retry(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	workflow_retry_read(reader, value, &spec->undo_retry);
}

static const struct field undo_list[] = {
	FIELD("shell", read_undo_shell),     FIELD("run", read_undo_run),
	FIELD("timeout", read_undo_timeout), FIELD("retry", read_undo_retry),
	FIELD("manual", read_undo_manual),
};
enum { UNDO_RUN = 1, UNDO_MANUAL = 4, UNDO_FIELDS = 5 };
static const struct fields undo_fields = {"'undo'", undo_list, UNDO_FIELDS};

/* A person's undo has neither a shell nor tries. */
static void check_undo(struct reader *reader, uint32_t value, uint64_t seen)
{
	const uint64_t manual = UINT64_C(1) << UNDO_MANUAL, run = UINT64_C(1) << UNDO_RUN;

	if (!(seen & (run | manual)))
		fields_problem(reader, value, "'undo' has no 'run'");
	else if ((seen & manual) && (seen & ~manual))
		fields_problem(
			reader, value,
			"'undo' has 'manual' beside '%s': a person does it, and nothing runs",
			seen & run ? "run" : "shell, timeout or retry");
}

static bool is_word(const struct reader *reader, uint32_t value, const char *word)
{
	return yaml_is_scalar(yaml_at(reader->tree, value)) &&
	       !strcmp(yaml_text(reader->tree, value), word);
}

void workflow_undo_read(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	uint64_t seen;

	reader->use = USE_UNDO;
	spec->undo.shell = spec->run.shell;
	spec->changes_nothing = is_word(reader, value, "none");
	if (spec->changes_nothing)
		return;
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_MAP) {
		spec->has_undo =
			workflow_command_read(reader, value, "undo", spec->run.shell, &spec->undo);
		return;
	}
	seen = fields_read(reader, value, &undo_fields, spec, NULL);
	check_undo(reader, value, seen);
}
