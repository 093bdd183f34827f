/* SPDX-License-Identifier: MIT
 *
 * Params from words, files and answers. See params.h.
 */
#include "cli/params.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/limits.h"

static void add(struct params *params, const char *name, const char *value)
{
	params->given = mem_grow(params->given, &params->capacity, params->count + 1,
				 sizeof *params->given);
	params->given[params->count++] = (struct binding){name, value};
}

static int read_value(struct params *params, const char *text, const char **out, struct err *err)
{
	if (text[0] != '@') {
		*out = arena_strdup(&params->arena, text);
		return 0;
	}
	if (text[1] == '@') {
		*out = arena_strdup(&params->arena, text + 1);
		return 0;
	}
	char *data = NULL;
	size_t length = 0;
	int code = file_read(text + 1, LIMIT_YAML_SCALAR_BYTES, &data, &length, err);
	if (code < 0) {
		return code;
	}
	if (memchr(data, '\0', length) != NULL) {
		free(data);
		return err_set(err, ERR_INVALID, "'%s' holds a NUL byte", text + 1);
	}
	length -= length > 0 && data[length - 1] == '\n';
	*out = arena_strndup(&params->arena, data, length);
	free(data);
	return 0;
}

int params_parse(struct params *params, const char *word, struct err *err)
{
	const char *equals = strchr(word, '=');
	const char *value = NULL;
	if (equals == NULL || equals == word) {
		return err_set(err, ERR_INVALID, "'-p %s': write -p KEY=VALUE", word);
	}
	int code = read_value(params, equals + 1, &value, err);
	if (code < 0) {
		return code;
	}
	add(params, arena_strndup(&params->arena, word, (size_t)(equals - word)), value);
	return 0;
}

static bool is_given(const struct params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++) {
		if (strcmp(params->given[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

static void ask_for_missing(struct cli *cli, const struct workflow *workflow, struct params *params)
{
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		const struct param *param = &workflow->params[i];
		if (!param->required || is_given(params, param->name)) {
			continue;
		}
		say_printf(&cli->out, "%s%s%s%s: ", param->name,
			   param->description[0] != '\0' ? " (" : "", param->description,
			   param->description[0] != '\0' ? ")" : "");
		say_flush(&cli->out);
		char *line = cli_read_line();
		if (line != NULL) {
			add(params, param->name, arena_strdup(&params->arena, line));
		}
		free(line);
	}
}

int params_read(struct cli *cli, const struct workflow *workflow, struct params *out)
{
	struct err err = {0};
	struct params params = {0};
	size_t at = 0;
	const char *word;
	int code = 0;
	while (code >= 0 && (word = options_next(&cli->options, "param", &at)) != NULL) {
		code = params_parse(&params, word, &err);
	}
	if (code >= 0 && cli->interactive) {
		ask_for_missing(cli, workflow, &params);
	}
	if (code >= 0) {
		code = workflow_bind_params(workflow, params.given, params.count, &params.arena,
					    &params.bound, &err);
	}
	if (code < 0) {
		params_release(&params);
		return cli_refuse(cli, CLI_USAGE, "%s", err.message);
	}
	*out = params;
	return 0;
}

void params_release(struct params *params)
{
	free(params->given);
	arena_release(&params->arena);
	*params = (struct params){0};
}
