/* SPDX-License-Identifier: MIT
 *
 * Maps by table, scalars by kind. What the fields mean is in workflow*.c; which other word
 * somebody may have meant is in suggest.c.
 */
#include "model/fields.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/limits.h"
#include "model/suggest.h"

#define SHOWN 60 /* bytes of a foreign word that a message repeats */

void fields_problem(struct reader *reader, uint32_t value, const char *format, ...)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);
	char text[500];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cut on purpose */
	va_end(args);
	problems_add(reader->problems, at->line, at->column, "%s", text);
}

void fields_planned(struct reader *reader, uint32_t value, const char *word)
{
	fields_problem(reader, value, "'%s' is not supported yet", word);
}

/* ---- maps ------------------------------------------------------------------------------------ */

static const char *field_name_at(const void *ctx, size_t i)
{
	const struct fields *fields = ctx;

	return i < fields->count ? fields->list[i].name : suggest_planned_at(i - fields->count);
}

static bool has_field(const struct fields *fields, const char *name)
{
	for (uint32_t i = 0; i < fields->count; i++)
		if (!strcmp(fields->list[i].name, name))
			return true;
	return false;
}

/* What was meant by an unknown key of this map, or NULL. */
static const char *meant_by(const struct fields *fields, const char *key)
{
	size_t at = 0;

	for (const char *meant; (meant = suggest_synonym(key, &at));)
		if (has_field(fields, meant) || suggest_is_planned(meant))
			return meant;
	if (suggest_home(key))
		return NULL;
	return suggest_nearest(key, fields->count + suggest_planned_count(), field_name_at, fields);
}

/* What is written elsewhere for a key of ours that belongs into another map, or NULL. */
static const char *home_of_meant(const char *key)
{
	size_t at = 0;

	for (const char *meant; (meant = suggest_synonym(key, &at));)
		if (suggest_home(meant))
			return meant;
	return NULL;
}

static void unknown_key(struct reader *reader, uint32_t key, const struct fields *fields)
{
	const char *text = yaml_text(reader->tree, key);
	const char *meant;

	if (suggest_is_planned(text)) {
		fields_planned(reader, key, text);
		return;
	}
	if (!strcmp(text, "<<")) {
		fields_problem(reader, key,
			       "merge keys ('<<') are not supported: write the "
			       "values out, or use 'defaults'");
		return;
	}
	meant = meant_by(fields, text);
	if (meant && has_field(fields, meant))
		fields_problem(reader, key, "unknown key '%.*s' in %s: did you mean '%s'?", SHOWN,
			       text, fields->what, meant);
	else if (meant)
		fields_problem(reader, key,
			       "unknown key '%.*s' in %s: '%s' would be meant, but is not "
			       "supported yet",
			       SHOWN, text, fields->what, meant);
	else if (home_of_meant(text))
		fields_problem(reader, key,
			       "unknown key '%.*s' in %s: '%s' would be meant, a key of %s", SHOWN,
			       text, fields->what, home_of_meant(text),
			       suggest_home(home_of_meant(text)));
	else if (suggest_home(text))
		fields_problem(reader, key, "'%s' does not belong into %s: it is a key of %s", text,
			       fields->what, suggest_home(text));
	else
		fields_problem(reader, key, "unknown key '%.*s' in %s", SHOWN, text, fields->what);
}

static uint32_t find_field(const struct fields *fields, const char *text, size_t length)
{
	for (uint32_t i = 0; i < fields->count; i++)
		if (fields->list[i].length == length &&
		    memcmp(fields->list[i].name, text, length) == 0)
			return i;
	return fields->count;
}

/* Notes one pair; 0 or the field's bit. */
static uint64_t note_pair(struct reader *reader, uint32_t key, uint32_t value,
			  const struct fields *fields, uint64_t seen, uint32_t *values)
{
	const struct yaml_value *at = yaml_at(reader->tree, key);
	const char *text;
	uint32_t i;

	if (at->kind == YAML_KIND_BAD)
		return 0;
	text = yaml_text(reader->tree, key);
	i = find_field(fields, text, at->count);
	if (i == fields->count) {
		unknown_key(reader, key, fields);
		return 0;
	}
	if (seen & UINT64_C(1) << i) {
		fields_problem(reader, key, "'%s' stands here twice, first in line %u", text,
			       yaml_at(reader->tree, values[i])->line);
		return 0;
	}
	values[i] = value;
	return UINT64_C(1) << i;
}

static bool has_value(struct reader *reader, uint32_t value, const char *name)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);

	if (at->kind == YAML_KIND_BAD)
		return false;
	if (at->kind != YAML_KIND_PLAIN || yaml_type(reader->tree, value) != YAML_TYPE_NULL)
		return true;
	fields_problem(reader, value, "'%s' has no value: give it one or leave it out", name);
	return false;
}

uint64_t fields_read(struct reader *reader, uint32_t value, const struct fields *fields,
		     void *target, uint32_t *values)
{
	const struct yaml_value *map = yaml_at(reader->tree, value);
	uint32_t own[64];
	uint64_t seen = 0;

	if (map->kind == YAML_KIND_BAD)
		return 0;
	if (map->kind != YAML_KIND_MAP) {
		fields_problem(reader, value, "%s is written as keys and values here",
			       fields->what);
		return 0;
	}
	values = values ? values : own;
	for (uint32_t key = value + 1, end = map->text_or_end; key < end;) {
		uint32_t member = yaml_next(reader->tree, key);

		seen |= note_pair(reader, key, member, fields, seen, values);
		key = yaml_next(reader->tree, member);
	}
	for (uint64_t rest = seen; rest; rest &= rest - 1) {
		const struct field *field = &fields->list[__builtin_ctzll(rest)];

		if (has_value(reader, values[field - fields->list], field->name))
			field->read(reader, values[field - fields->list], target);
	}
	return seen;
}

static bool has_key(struct map *seen, const char *text, size_t length)
{
	return !map_add(seen, text, length, (union map_value){.number = 1});
}

/* One pair of a map of names to texts. */
static bool read_binding(struct reader *reader, uint32_t key, const char *name,
			 const char *(*check)(const char *name), struct binding *out)
{
	uint32_t value = yaml_next(reader->tree, key);
	const char *wrong;

	if (yaml_at(reader->tree, key)->kind == YAML_KIND_BAD)
		return false;
	out->name = yaml_text(reader->tree, key);
	wrong = check(out->name);
	if (wrong) {
		fields_problem(reader, key, "'%.*s' cannot be a name in '%s': %s", SHOWN, out->name,
			       name, wrong);
		return false;
	}
	if (!yaml_is_scalar(yaml_at(reader->tree, value))) {
		if (yaml_at(reader->tree, value)->kind != YAML_KIND_BAD)
			fields_problem(reader, value, "the value of '%s' must be text", out->name);
		return false;
	}
	if (yaml_type(reader->tree, value) == YAML_TYPE_NULL) {
		fields_problem(reader, value, "'%s' has no value: write \"\" for an empty one",
			       out->name);
		return false;
	}
	out->value = yaml_text(reader->tree, value);
	return true;
}

uint32_t fields_bindings(struct reader *reader, uint32_t value, const char *name,
			 const char *(*check)(const char *name), const struct binding **out,
			 uint32_t *out_first)
{
	const struct yaml_value *map = yaml_at(reader->tree, value);
	struct binding *bindings;
	struct map seen = {0};
	uint32_t count = 0;

	if (map->kind != YAML_KIND_MAP || map->count > LIMIT_ENV) {
		if (map->kind != YAML_KIND_MAP)
			fields_problem(reader, value, "'%s' is a map of names to texts", name);
		else
			fields_problem(reader, value, "'%s' has %u entries, at most %d are allowed",
				       name, map->count, LIMIT_ENV);
		return 0;
	}
	bindings = arena_alloc(reader->arena, map->count * sizeof(*bindings));
	for (uint32_t key = value + 1; key < map->text_or_end;) {
		if (!read_binding(reader, key, name, check, &bindings[count]))
			bindings[count] = (struct binding){0};
		else if (has_key(&seen, bindings[count].name, strlen(bindings[count].name)))
			fields_problem(reader, key, "'%s' stands here twice", bindings[count].name);
		else
			count++;
		key = yaml_next(reader->tree, yaml_next(reader->tree, key));
	}
	map_release(&seen);
	*out = bindings;
	*out_first = value + 1;
	return count;
}

/* ---- lists ----------------------------------------------------------------------------------- */

uint32_t fields_list(struct reader *reader, uint32_t value, uint32_t max)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);

	if (yaml_is_scalar(at) || at->kind == YAML_KIND_MAP)
		return 1;
	if (at->kind == YAML_KIND_BAD)
		return 0;
	if (at->count > max) {
		fields_problem(reader, value, "%u entries stand here, at most %u are allowed",
			       at->count, max);
		return 0;
	}
	return at->count;
}

uint32_t fields_first(const struct reader *reader, uint32_t value)
{
	return yaml_at(reader->tree, value)->kind == YAML_KIND_LIST ? value + 1 : value;
}

/* ---- scalars --------------------------------------------------------------------------------- */

static bool is_scalar(struct reader *reader, uint32_t value, const char *name, const char *wanted)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);

	if (yaml_is_scalar(at))
		return true;
	if (at->kind != YAML_KIND_BAD)
		fields_problem(reader, value, "'%s' must be %s, not a %s", name, wanted,
			       at->kind == YAML_KIND_LIST ? "list" : "map");
	return false;
}

bool fields_text(struct reader *reader, uint32_t value, const char *name, const char **out)
{
	if (!is_scalar(reader, value, name, "text"))
		return false;
	if (yaml_type(reader->tree, value) == YAML_TYPE_NULL) {
		fields_problem(reader, value, "'%s' has no value: write \"\" for an empty text",
			       name);
		return false;
	}
	*out = yaml_text(reader->tree, value);
	return true;
}

bool fields_parse_integer(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	int64_t number = 0;

	text += negative || *text == '+';
	if (!*text)
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_sub_overflow(number, *text - '0', &number))
			return false; /* gathered below zero, where there is one number more */
	if (*text || (!negative && number == INT64_MIN))
		return false;
	*out = negative ? number : -number;
	return true;
}

bool fields_integer(struct reader *reader, uint32_t value, const char *name, int64_t min,
		    int64_t max, int64_t *out)
{
	const char *text;
	int64_t number;

	if (!is_scalar(reader, value, name, "a whole number"))
		return false;
	text = yaml_text(reader->tree, value);
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_PLAIN ||
	    !fields_parse_integer(text, &number)) {
		fields_problem(reader, value, "'%s' must be a whole number, not '%.*s'", name,
			       SHOWN, text);
		return false;
	}
	if (number < min || number > max) {
		fields_problem(reader, value, "'%s' must be from %lld to %lld", name,
			       (long long)min, (long long)max);
		return false;
	}
	*out = number;
	return true;
}

/* A decimal number, independent of the locale. */
static bool parse_number(const char *text, double *out)
{
	bool negative = *text == '-';
	double whole = 0, scale = 1;
	size_t digits = 0;

	text += negative || *text == '+';
	for (; isdigit((unsigned char)*text); text++, digits++)
		whole = whole * 10 + (*text - '0');
	if (*text == '.')
		for (text++; isdigit((unsigned char)*text); text++, digits++) {
			whole = whole * 10 + (*text - '0');
			scale *= 10;
		}
	*out = (negative ? -whole : whole) / scale;
	return digits && digits < 18 && !*text;
}

bool fields_number(struct reader *reader, uint32_t value, const char *name, double min, double max,
		   double *out)
{
	double number;

	if (!is_scalar(reader, value, name, "a number"))
		return false;
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_PLAIN ||
	    !parse_number(yaml_text(reader->tree, value), &number) || number < min ||
	    number > max) {
		fields_problem(reader, value, "'%s' must be a number from %g to %g", name, min,
			       max);
		return false;
	}
	*out = number;
	return true;
}

bool fields_boolean(struct reader *reader, uint32_t value, const char *name, bool *out)
{
	const char *text;

	if (!is_scalar(reader, value, name, "true or false"))
		return false;
	text = yaml_text(reader->tree, value);
	if (yaml_type(reader->tree, value) == YAML_TYPE_BOOLEAN) {
		*out = tolower((unsigned char)text[0]) == 't';
		return true;
	}
	if (!strcasecmp(text, "yes") || !strcasecmp(text, "on"))
		fields_problem(reader, value, "'%s' must be true or false: write true for '%s'",
			       name, text);
	else if (!strcasecmp(text, "no") || !strcasecmp(text, "off"))
		fields_problem(reader, value, "'%s' must be true or false: write false for '%s'",
			       name, text);
	else
		fields_problem(reader, value, "'%s' must be true or false, without quotes", name);
	return false;
}

static void missing_unit(struct reader *reader, uint32_t value, const char *name, int64_t number)
{
	if (number > 0 && number % 60 == 0)
		fields_problem(reader, value, "'%s' needs a unit: write %llds or %lldm", name,
			       (long long)number, (long long)number / 60);
	else
		fields_problem(reader, value,
			       "'%s' needs a unit: write %llds for seconds (or ms, m, h, d)", name,
			       (long long)number);
}

bool fields_duration(struct reader *reader, uint32_t value, const char *name, int64_t min_us,
		     int64_t *out_us)
{
	const int64_t max_us = 366 * 24 * 3600 * CLOCK_SECOND_US;
	struct err err;
	const char *text;
	int64_t number;

	if (!is_scalar(reader, value, name, "a duration like 30s"))
		return false;
	text = yaml_text(reader->tree, value);
	if (fields_parse_integer(text, &number)) {
		missing_unit(reader, value, name, number);
		return false;
	}
	if (clock_parse_duration(text, &number, &err) < 0) {
		fields_problem(reader, value, "'%s': %s", name, err.message);
		return false;
	}
	if (number < min_us || number > max_us) {
		fields_problem(reader, value, "'%s' must be %s, and at most 366d", name,
			       min_us ? "longer than nothing" : "a duration");
		return false;
	}
	*out_us = number;
	return true;
}

bool fields_bytes(struct reader *reader, uint32_t value, const char *name, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = {{"B", 1},
		     {"KB", 1000},
		     {"kB", 1000},
		     {"MB", 1000000},
		     {"GB", 1000000000},
		     {"KiB", 1024},
		     {"MiB", 1024 * 1024},
		     {"GiB", 1024 * 1024 * 1024}};
	const char *text, *unit;
	int64_t number = 0;

	if (!is_scalar(reader, value, name, "a size like 64MiB"))
		return false;
	text = yaml_text(reader->tree, value);
	unit = text + strspn(text, "0123456789");
	for (const char *at = text; at < unit && unit - text < 13; at++)
		number = number * 10 + (*at - '0');
	for (size_t i = 0; number > 0 && i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit, units[i].unit) && number <= (INT64_C(1) << 40) / units[i].bytes) {
			*out = number * units[i].bytes;
			return true;
		}
	fields_problem(reader, value,
		       "'%s' must be a size with its unit, from 1B to 1024GiB, like 64MiB", name);
	return false;
}

struct words {
	const char *const *list;
};

static const char *word_at(const void *ctx, size_t i)
{
	return ((const struct words *)ctx)->list[i];
}

static void list_words(const char *const words[], uint32_t count, struct buf *out)
{
	for (uint32_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", words[i]);
}

bool fields_word(struct reader *reader, uint32_t value, const char *name, const char *const words[],
		 uint32_t count, uint32_t *out)
{
	struct words ctx = {.list = words};
	const char *text, *nearest;
	struct buf all;

	if (!is_scalar(reader, value, name, "one word"))
		return false;
	text = yaml_text(reader->tree, value);
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(text, words[i])) {
			*out = i;
			return true;
		}
	buf_init(&all, 300);
	list_words(words, count, &all);
	nearest = suggest_nearest(text, count, word_at, &ctx);
	if (nearest)
		fields_problem(reader, value, "'%s' is one of %s, not '%.*s': did you mean '%s'?",
			       name, buf_text(&all), SHOWN, text, nearest);
	else
		fields_problem(reader, value, "'%s' is one of %s, not '%.*s'", name, buf_text(&all),
			       SHOWN, text);
	buf_release(&all);
	return false;
}

static bool is_name(const char *text, size_t length)
{
	if (!length || length > LIMIT_NAME || text[0] < 'a' || text[0] > 'z')
		return false;
	for (size_t i = 1; i < length; i++) {
		char c = text[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return true;
}

bool fields_name(struct reader *reader, uint32_t value, const char *name, const char **out)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);
	const char *text;

	if (!is_scalar(reader, value, name, "a name"))
		return false;
	text = yaml_text(reader->tree, value);
	if (!is_name(text, at->count)) {
		fields_problem(reader, value,
			       "'%.*s' cannot be a name: lower-case letters, digits, '_' and '-', "
			       "a letter first, at most %d of them",
			       SHOWN, text, LIMIT_NAME);
		return false;
	}
	if (yaml_type(reader->tree, value) != YAML_TYPE_TEXT) {
		fields_problem(reader, value, "'%s' is a YAML value of its own: write \"%s\"", text,
			       text);
		return false;
	}
	*out = text;
	return true;
}

bool fields_is_identifier(const char *text, bool dash)
{
	size_t length = strlen(text);

	if (!length || length > LIMIT_NAME || isdigit((unsigned char)text[0]) || text[0] == '-')
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_' && !(dash && c == '-'))
			return false;
	}
	return true;
}
