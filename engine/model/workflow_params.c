/* SPDX-License-Identifier: MIT
 *
 * Params: reading their declarations, and binding what somebody gave to them.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/limits.h"
#include "model/suggest.h"
#include "model/workflow_parts.h"

/* ---- values ---------------------------------------------------------------------------------- */

static int bind_integer(const struct param *param, const char *text, struct arena *arena,
			const char **out, struct err *err)
{
	char written[24];
	struct buf buf;
	int64_t number;

	if (!fields_parse_integer(text, &number))
		return err_set(err, ERR_INVALID, "param '%s' must be a whole number, not '%.60s'",
			       param->name, text);
	if (param->has_min && number < param->min)
		return err_set(err, ERR_INVALID,
			       "param '%s' must be at least %" PRId64 ", not %.60s", param->name,
			       param->min, text);
	if (param->has_max && number > param->max)
		return err_set(err, ERR_INVALID,
			       "param '%s' must be at most %" PRId64 ", not %.60s", param->name,
			       param->max, text);
	buf_init(&buf, sizeof(written));
	buf_printf(&buf, "%" PRId64,
		   number); /* one way to write a number: no '+', no zeros before */
	*out = arena_strdup(arena, buf_text(&buf));
	buf_release(&buf);
	return 0;
}

static int bind_boolean(const struct param *param, const char *text, const char **out,
			struct err *err)
{
	bool yes = !strcmp(text, "true") || !strcmp(text, "True") || !strcmp(text, "TRUE");

	if (!yes && strcmp(text, "false") != 0 && strcmp(text, "False") != 0 &&
	    strcmp(text, "FALSE") != 0)
		return err_set(err, ERR_INVALID, "param '%s' must be true or false, not '%.60s'",
			       param->name, text);
	*out = yes ? "true" : "false";
	return 0;
}

int workflow_bind_param(const struct param *param, const char *text, struct arena *arena,
			const char **out, struct err *err)
{
	size_t length = strlen(text);

	if (param->secret && length < LIMIT_SECRET_SHORTEST)
		return err_set(err, ERR_INVALID,
			       "secret '%s' has fewer than %d bytes: what is so short cannot be "
			       "hidden in output",
			       param->name, LIMIT_SECRET_SHORTEST);
	if (length > LIMIT_OUTPUT_VALUE_BYTES)
		return err_set(err, ERR_INVALID,
			       "param '%s' has %zu bytes, at most %zu are allowed: pass the path "
			       "of a file instead",
			       param->name, length, LIMIT_OUTPUT_VALUE_BYTES);
	if (!text_is_utf8(text, length))
		return err_set(err, ERR_INVALID, "param '%s' is not UTF-8 text", param->name);
	if (param->type == PARAM_INTEGER)
		return bind_integer(param, text, arena, out, err);
	if (param->type == PARAM_BOOLEAN)
		return bind_boolean(param, text, out, err);
	*out = arena_strndup(arena, text, length);
	return 0;
}

/* ---- secrets --------------------------------------------------------------------------------- */

const char *workflow_secret_variable(const char *param, struct arena *arena)
{
	char *text = mem_printf("HLP_SECRET_%s", param);
	char *name = arena_strdup(arena, text);

	free(text);
	for (char *at = name; *at; at++)
		if (*at == '-') /* no byte of a variable's name */
			*at = '_';
	return name;
}

const struct param *workflow_find_param(const struct workflow *workflow, const char *name)
{
	for (uint32_t i = 0; i < workflow->params_count; i++)
		if (!strcmp(workflow->params[i].name, name))
			return &workflow->params[i];
	return NULL;
}

/* ---- binding --------------------------------------------------------------------------------- */

static const char *param_name_at(const void *ctx, size_t i)
{
	return ((const struct workflow *)ctx)->params[i].name;
}

static int unknown_param(const struct workflow *workflow, const char *name, struct err *err)
{
	const char *nearest =
		suggest_nearest(name, workflow->params_count, param_name_at, workflow);

	if (!workflow->params_count)
		return err_set(err, ERR_INVALID, "workflow '%s' has no params, so no '%.60s'",
			       workflow->name, name);
	if (nearest)
		return err_set(err, ERR_INVALID,
			       "workflow '%s' has no param '%.60s': did you mean '%s'?",
			       workflow->name, name, nearest);
	return err_set(err, ERR_INVALID, "workflow '%s' has no param '%.60s'", workflow->name,
		       name);
}

static int bind_given(const struct workflow *workflow, const struct binding *given,
		      struct arena *arena, struct binding *bound, struct err *err)
{
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		if (strcmp(workflow->params[i].name, given->name) != 0)
			continue;
		if (bound[i].value)
			return err_set(err, ERR_INVALID, "param '%s' is given twice", given->name);
		return workflow_bind_param(&workflow->params[i], given->value, arena,
					   &bound[i].value, err);
	}
	return unknown_param(workflow, given->name, err);
}

static int bind_default(const struct param *param, struct binding *bound, struct err *err)
{
	if (bound->value)
		return 0;
	if (param->secret)
		return err_set(err, ERR_INVALID,
			       "secret '%s' is missing: give it with -p %s=@FILE, or -p %s=@- from "
			       "standard input%s%s%s",
			       param->name, param->name, param->name,
			       *param->description ? " (" : "", param->description,
			       *param->description ? ")" : "");
	if (param->required)
		return err_set(err, ERR_INVALID,
			       "param '%s' is missing: give it with -p %s=VALUE%s%s%s", param->name,
			       param->name, *param->description ? " (" : "", param->description,
			       *param->description ? ")" : "");
	bound->value = param->default_value;
	return 0;
}

int workflow_bind_params(const struct workflow *workflow, const struct binding *given,
			 size_t given_count, struct arena *arena, struct binding **out,
			 struct err *err)
{
	struct binding *bound = arena_alloc(arena, (size_t)workflow->params_count * sizeof(*bound));
	int result;

	for (uint32_t i = 0; i < workflow->params_count; i++)
		bound[i].name = workflow->params[i].name;
	for (size_t i = 0; i < given_count; i++) {
		result = bind_given(workflow, &given[i], arena, bound, err);
		if (result < 0)
			return result;
	}
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		result = bind_default(&workflow->params[i], &bound[i], err);
		if (result < 0)
			return result;
	}
	*out = bound;
	return 0;
}

/* ---- declarations ---------------------------------------------------------------------------- */

static void read_type(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"string", "integer", "boolean"};
	struct param *param = target;
	uint32_t word;

	if (fields_word(reader, value, "type", words, 3, &word))
		param->type = (enum param_type)word;
}

static void read_required(struct reader *reader, uint32_t value, void *target)
{
	struct param *param = target;

	(void)fields_boolean(reader, value, "required", &param->required); /* noted */
}

static void read_secret(struct reader *reader, uint32_t value, void *target)
{
	struct param *param = target;

	(void)fields_boolean(reader, value, "secret", &param->secret); /* noted */
}

static void read_min(struct reader *reader, uint32_t value, void *target)
{
	struct param *param = target;

	param->has_min = fields_integer(reader, value, "min", INT64_MIN, INT64_MAX, &param->min);
}

static void read_max(struct reader *reader, uint32_t value, void *target)
{
	struct param *param = target;

	param->has_max = fields_integer(reader, value, "max", INT64_MIN, INT64_MAX, &param->max);
}

static void read_default(struct reader *reader, uint32_t value, void *target)
{
	struct param *param = target;
	struct err err;
	const char *text;

	if (!fields_text(reader, value, "default", &text))
		return;
	if (workflow_bind_param(param, text, reader->arena, &param->default_value, &err) < 0)
		fields_problem(reader, value, "the default of %s", err.message);
}

static void read_description(struct reader *reader, uint32_t value, void *target)
{
	struct param *param = target;

	(void)fields_text(reader, value, "description", &param->description); /* noted */
}

/* The default last: it is checked against the others. */
static const struct field param_list[] = {
	FIELD("type", read_type),
	FIELD("required", read_required),
	FIELD("min", read_min),
	FIELD("max", read_max),
	FIELD("description", read_description),
	FIELD("secret", read_secret),
	FIELD("default", read_default),
};
enum {
	PARAM_TYPE = 0,
	PARAM_REQUIRED = 1,
	PARAM_MIN = 2,
	PARAM_MAX = 3,
	PARAM_DEFAULT = 6,
	PARAM_FIELDS = 7
};
static const struct fields param_fields = {"a param", param_list, PARAM_FIELDS};

static bool has(uint64_t seen, unsigned field)
{
	return seen >> field & 1;
}

static void check_secret(struct reader *reader, const struct param *param, uint64_t seen,
			 const uint32_t *values)
{
	if (param->type != PARAM_STRING)
		fields_problem(reader, values[PARAM_TYPE], "a secret is of type string");
	if (has(seen, PARAM_DEFAULT))
		fields_problem(reader, values[PARAM_DEFAULT],
			       "a secret has no default: whoever reads this file could read it");
	if (has(seen, PARAM_REQUIRED) && !param->required)
		fields_problem(reader, values[PARAM_REQUIRED], "a secret is always required");
}

static void check_param(struct reader *reader, const struct param *param, uint64_t seen,
			const uint32_t *values)
{
	if (param->secret)
		check_secret(reader, param, seen, values);
	if (has(seen, PARAM_MIN) && param->type != PARAM_INTEGER)
		fields_problem(reader, values[PARAM_MIN], "'min' is for params of type integer");
	if (has(seen, PARAM_MAX) && param->type != PARAM_INTEGER)
		fields_problem(reader, values[PARAM_MAX], "'max' is for params of type integer");
	if (param->has_min && param->has_max && param->min > param->max)
		fields_problem(reader, values[PARAM_MAX], "'max' is less than 'min'");
	if (has(seen, PARAM_DEFAULT) && has(seen, PARAM_REQUIRED) && param->required)
		fields_problem(reader, values[PARAM_REQUIRED],
			       "a param with a default is never missing: leave out 'required' or "
			       "the default");
}

static void read_param(struct reader *reader, uint32_t value, struct param *param)
{
	uint32_t values[64];
	uint64_t seen;

	param->description = "";
	param->required = true;
	if (yaml_is_scalar(yaml_at(reader->tree, value))) {
		fields_problem(reader, value,
			       "a param is declared with its type: write %s: {type: string, "
			       "default: …}",
			       param->name);
		return;
	}
	seen = fields_read(reader, value, &param_fields, param, values);
	check_param(reader, param, seen, values);
	if (has(seen, PARAM_DEFAULT))
		param->required = false;
}

static bool is_declared(const struct param *params, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(params[i].name, name))
			return true;
	return false;
}

static bool read_param_name(struct reader *reader, uint32_t key, const struct param *params,
			    uint32_t count, const char **out)
{
	const char *name;

	if (yaml_at(reader->tree, key)->kind == YAML_KIND_BAD)
		return false;
	name = yaml_text(reader->tree, key);
	if (!fields_is_identifier(name, true)) {
		fields_problem(reader, key,
			       "'%.60s' cannot be the name of a param: letters, digits, '_' and "
			       "'-', at most %d",
			       name, LIMIT_NAME);
		return false;
	}
	if (is_declared(params, count, name)) {
		fields_problem(reader, key, "param '%s' stands here twice", name);
		return false;
	}
	*out = name;
	return true;
}

/* Two secrets whose names differ in '-' and '_' only would be one variable. */
static void check_variables(struct reader *reader, uint32_t value, const struct param *params,
			    uint32_t count)
{
	struct map names = {0};

	for (uint32_t i = 0; i < count; i++) {
		const char *name = workflow_secret_variable(params[i].name, reader->arena);

		if (params[i].secret && !map_add_text(&names, name, (union map_value){0}))
			fields_problem(reader, value,
				       "secret '%s' and another would both be the variable %s: "
				       "name one of them differently",
				       params[i].name, name);
	}
	map_release(&names);
}

void workflow_params_read(struct reader *reader, uint32_t value)
{
	const struct yaml_value *map = yaml_at(reader->tree, value);
	struct param *params;
	uint32_t count = 0;

	if (map->kind != YAML_KIND_MAP || map->count > LIMIT_PARAMS) {
		if (map->kind == YAML_KIND_MAP)
			fields_problem(reader, value, "%u params are declared, at most %d may be",
				       map->count, LIMIT_PARAMS);
		else
			fields_problem(reader, value,
				       "'params' is a map: host: {type: string, default: …}");
		return;
	}
	params = arena_alloc(reader->arena, (size_t)map->count * sizeof(*params));
	for (uint32_t key = value + 1; key < map->text_or_end;) {
		uint32_t member = yaml_next(reader->tree, key);

		if (read_param_name(reader, key, params, count, &params[count].name))
			read_param(reader, member, &params[count++]);
		key = yaml_next(reader->tree, member);
	}
	check_variables(reader, value, params, count);
	reader->workflow->params = params;
	reader->workflow->params_count = count;
}
