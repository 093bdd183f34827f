/* SPDX-License-Identifier: MIT
 *
 * Params from words, files and answers. See params.h.
 */
#include "cli/params.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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
	const char *path = strcmp(text, "@-") == 0 ? "/dev/stdin" : text + 1;
	int code = file_read(path, LIMIT_YAML_SCALAR_BYTES, &data, &length, err);
	if (code < 0)
		return code;
	if (memchr(data, '\0', length) != NULL) {
		free(data);
		return err_set(err, ERR_INVALID, "'%s' holds a NUL byte", text + 1);
	}
	length -= length > 0 && data[length - 1] == '\n';
	*out = arena_strndup(&params->arena, data, length);
	explicit_bzero(data, length);
	free(data);
	return 0;
}

static bool is_secret(const struct workflow *workflow, const char *name)
{
	const struct param *param = workflow != NULL ? workflow_find_param(workflow, name) : NULL;
	return param != NULL && param->secret;
}

int params_parse(struct params *params, const struct workflow *workflow, const char *word,
		 struct err *err)
{
	const char *equals = strchr(word, '=');
	const char *value = NULL;
	if (equals == NULL || equals == word)
		return err_set(err, ERR_INVALID, "'-p %s': write -p KEY=VALUE", word);
	const char *name = arena_strndup(&params->arena, word, (size_t)(equals - word));
	if (is_secret(workflow, name) && (equals[1] != '@' || equals[2] == '@')) {
		return err_set(err, ERR_INVALID,
			       "secret '%s' cannot stand among the words of a command, where "
			       "everybody can read it: give it with -p %s=@FILE, or -p %s=@- from "
			       "standard input",
			       name, name, name);
	}
	int code = read_value(params, equals + 1, &value, err);
	if (code < 0)
		return code;
	add(params, name, value);
	return 0;
}

bool params_is_given(const struct params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++)
		if (strcmp(params->given[i].name, name) == 0)
			return true;
	return false;
}

/* ---- asking ------------------------------------------------------------------------------ */

static void say_type(struct say *say, const struct param *param)
{
	if (param->type == PARAM_BOOLEAN)
		say_printf(say, ", true or false");
	else if (param->type == PARAM_INTEGER)
		say_printf(say, ", a whole number");
	if (param->has_min)
		say_printf(say, ", at least %" PRId64, param->min);
	if (param->has_max)
		say_printf(say, ", at most %" PRId64, param->max);
}

/* Name, type and what Enter alone would mean. */
static void say_question(struct say *say, const struct param *param)
{
	if (param->description[0] != '\0')
		say_paragraph(say, param->description);
	say_printf(say, "  %s", param->name);
	say_type(say, param);
	if (param->secret)
		say_printf(say, ", secret: it is not shown");
	if (param->default_value != NULL)
		say_printf(say, " [%s]", param->default_value);
	else if (!param->required)
		say_printf(say, " [none]");
	say_printf(say, ": ");
	say_flush(say);
}

/* Whether the answer fits; then it is added. Nothing typed leaves a default as it is. */
static bool take_answer(struct cli *cli, const struct param *param, const char *line,
			struct params *params)
{
	struct err err = {0};
	const char *value;
	if (line[0] == '\0') {
		if (param->required)
			say_printf(&cli->out, "  it needs a value\n");
		return !param->required;
	}
	if (workflow_bind_param(param, line, &params->arena, &value, &err) < 0) {
		say_printf(&cli->out, "  %s\n", err.message);
		return false;
	}
	add(params, param->name, value);
	return true;
}

/* Until the answer fits. False when no more answers come. */
static bool ask_for(struct cli *cli, const struct param *param, struct params *params)
{
	bool fits = false;
	while (!fits) {
		say_question(&cli->out, param);
		char *line = param->secret ? cli_read_secret(&cli->out) : cli_read_line();
		if (line == NULL)
			return false;
		fits = take_answer(cli, param, line, params);
		explicit_bzero(line, strlen(line));
		free(line);
	}
	return true;
}

static void ask_person(struct cli *cli, const struct workflow *workflow, enum params_ask ask,
		       struct params *params)
{
	bool more = true;
	for (uint32_t i = 0; i < workflow->params_count && more; i++) {
		const struct param *param = &workflow->params[i];
		bool wanted = param->required || ask == PARAMS_ASK_ALL;
		if (wanted && !params_is_given(params, param->name))
			more = ask_for(cli, param, params);
	}
}

/* From here on they are on their way to the engine, and nothing that is shown has them. */
static void hide_secrets(const struct workflow *workflow, struct params *params)
{
	bool any = false;
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		if (workflow->params[i].secret) {
			params->bound[i].value = NULL;
			any = true;
		}
	}
	if (any) {
		const struct rlimit none = {0};
		(void)setrlimit(RLIMIT_CORE, &none);	  /* lowering is always allowed */
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* likewise */
	}
}

int params_read(struct cli *cli, const struct workflow *workflow, enum params_ask ask,
		struct params *out)
{
	struct err err = {0};
	struct params params = {0};
	size_t at = 0;
	const char *word;
	int code = 0;
	while (code >= 0 && (word = options_next(&cli->options, "param", &at)) != NULL)
		code = params_parse(&params, workflow, word, &err);
	if (code >= 0 && cli->interactive)
		ask_person(cli, workflow, ask, &params);
	if (code >= 0) {
		code = workflow_bind_params(workflow, params.given, params.count, &params.arena,
					    &params.bound, &err);
	}
	if (code < 0) {
		params_release(&params);
		return cli_refuse(cli, CLI_USAGE, "%s", err.message);
	}
	hide_secrets(workflow, &params);
	*out = params;
	return 0;
}

void params_release(struct params *params)
{
	for (size_t i = 0; i < params->count; i++)
		explicit_bzero((char *)params->given[i].value, strlen(params->given[i].value));
	free(params->given);
	arena_release(&params->arena);
	*params = (struct params){0};
}
