/* SPDX-License-Identifier: MIT
 *
 * All lines are read before any is bound, so that two keys may change places.
 */
#include "tui/keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tui/action.h"

#define KEYS_BYTES ((size_t)64 * 1024)

struct binding {
	bool set;
	int line;
	uint32_t key, other;
};

static bool is_upper(uint32_t key)
{
	return key >= 'A' && key <= 'Z';
}

/* What is wrong with a line, or NULL; an empty one has ACTION_NONE. */
static const char *read_line(char *line, enum action *out_action, struct binding *out)
{
	char *rest = NULL;

	line[strcspn(line, "#")] = '\0';
	const char *name = strtok_r(line, " \t\r", &rest);
	*out_action = ACTION_NONE;
	if (name == NULL)
		return NULL;
	const char *equals = strtok_r(NULL, " \t\r", &rest);
	const char *first = strtok_r(NULL, " \t\r", &rest);
	const char *second = strtok_r(NULL, " \t\r", &rest);
	*out_action = action_of_name(name);
	if (*out_action == ACTION_NONE)
		return "no such action; the help has their names";
	if (equals == NULL || strcmp(equals, "=") != 0 || first == NULL)
		return "write ACTION = KEY";
	out->key = action_key_of(first);
	out->other = second != NULL ? action_key_of(second) : 0;
	if (out->key == 0 || (second != NULL && out->other == 0))
		return "no such key";
	bool acts = action_info(*out_action)->group == ACTION_GROUP_ACT;
	if (acts && (!is_upper(out->key) || (out->other != 0 && !is_upper(out->other))))
		return "what acts stays on upper case letters";
	out->set = true;
	return NULL;
}

static uint32_t key_of(const struct binding *bindings, int action, bool other)
{
	const struct action_info *info = action_info((enum action)action);

	if (bindings[action].set)
		return other ? bindings[action].other : bindings[action].key;
	return other ? info->other : info->key;
}

static bool is_taken(const struct binding *bindings, int action, uint32_t key)
{
	for (int i = 1; key != 0 && i < ACTIONS; i++)
		if (i != action &&
		    (key_of(bindings, i, false) == key || key_of(bindings, i, true) == key))
			return true;
	return false;
}

static int bind_all(const char *file, struct binding *bindings, struct buf *problems)
{
	int wrong = 0;

	for (int i = 1; i < ACTIONS; i++) {
		struct binding *it = &bindings[i];
		if (!it->set)
			continue;
		if (is_taken(bindings, i, it->key) || is_taken(bindings, i, it->other)) {
			buf_printf(problems, "%s:%d: that key does something else already\n", file,
				   it->line);
			it->set = false;
			wrong++;
			continue;
		}
	}
	for (int i = 1; i < ACTIONS; i++)
		if (bindings[i].set)
			action_bind((enum action)i, bindings[i].key, bindings[i].other);
	return wrong;
}

int keys_parse(const char *file, const char *text, size_t length, struct buf *problems)
{
	struct binding bindings[ACTIONS] = {0};
	char *copy = mem_strndup(text, length);
	char *rest = copy;
	int number = 0, wrong = 0;

	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		enum action action;
		struct binding binding = {.line = ++number};
		const char *problem = read_line(line, &action, &binding);
		if (problem != NULL) {
			buf_printf(problems, "%s:%d: %s\n", file, number, problem);
			wrong++;
		} else if (action != ACTION_NONE) {
			bindings[action] = binding;
		}
	}
	free(copy);
	return wrong + bind_all(file, bindings, problems);
}

static char *keys_file(void)
{
	const char *named = getenv("HLP_KEYS"), *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (named != NULL && named[0] != '\0')
		return mem_strdup(named);
	if (config != NULL && config[0] == '/')
		return mem_printf("%s/hlp/keys", config);
	return home != NULL ? mem_printf("%s/.config/hlp/keys", home) : NULL;
}

int keys_load(struct buf *problems, struct err *err)
{
	const char *named = getenv("HLP_KEYS");
	char *file = keys_file(), *text = NULL;
	size_t length = 0;
	int status = 0;

	if (file != NULL && (file_exists(file) || (named != NULL && named[0] != '\0')))
		status = file_read(file, KEYS_BYTES, &text, &length, err);
	if (status >= 0 && text != NULL)
		(void)keys_parse(file, text, length, problems);
	free(text);
	free(file);
	return status < 0 ? status : 0;
}
