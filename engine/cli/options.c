/* SPDX-License-Identifier: MIT
 *
 * Reading options. See options.h.
 */
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define FAR 3 /* edits beyond which a name is no guess */

static const struct option_spec *find(const struct option_spec *table, const char *name,
				      size_t length)
{
	for (; table != NULL && table->name != NULL; table++)
		if (strlen(table->name) == length && memcmp(table->name, name, length) == 0)
			return table;
	return NULL;
}

static const struct option_spec *find_letter(const struct option_spec *table, char letter)
{
	for (; table != NULL && table->name != NULL; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

static void nearest(const struct option_spec *table, const char *name, const char **best,
		    size_t *distance)
{
	for (; table != NULL && table->name != NULL; table++) {
		size_t far = text_distance(name, table->name, FAR);
		if (far < *distance) {
			*distance = far;
			*best = table->name;
		}
	}
}

static int refuse_unknown(const struct option_spec *own, const struct option_spec *common,
			  const char *name, size_t length, struct err *err)
{
	const char *best = NULL;
	size_t distance = FAR + 1;
	char *copy = mem_strndup(name, length);
	nearest(own, copy, &best, &distance);
	nearest(common, copy, &best, &distance);
	int code = best != NULL ? err_set(err, ERR_INVALID,
					  "no option '--%s'; did you mean '--%s'?", copy, best)
				: err_set(err, ERR_INVALID, "no option '--%s'", copy);
	free(copy);
	return code;
}

static void add(struct options *options, const struct option_spec *spec, const char *value)
{
	options->given = mem_grow(options->given, &options->given_capacity,
				  options->given_count + 1, sizeof *options->given);
	options->given[options->given_count++] = (struct option_given){spec, value};
}

struct reader {
	struct options *options;
	const struct option_spec *own, *common;
	int count, at;
	char *const *argv;
};

/* The value of an option: what stands behind it in the same word, else the next word. */
static int take(struct reader *r, const struct option_spec *spec, const char *attached,
		struct err *err)
{
	if (spec->kind == OPTION_FLAG) {
		if (attached != NULL) {
			return err_set(err, ERR_INVALID, "option '--%s' takes no value",
				       spec->name);
		}
		add(r->options, spec, NULL);
		return 0;
	}
	if (attached == NULL && r->at + 1 >= r->count) {
		return err_set(err, ERR_INVALID, "option '--%s' needs a value: --%s %s", spec->name,
			       spec->name, spec->value);
	}
	add(r->options, spec, attached != NULL ? attached : r->argv[++r->at]);
	return 0;
}

static int read_long(struct reader *r, const char *word, struct err *err)
{
	const char *equals = strchr(word, '=');
	size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
	const struct option_spec *spec = find(r->own, word, length);
	if (spec == NULL)
		spec = find(r->common, word, length);
	if (spec == NULL)
		return refuse_unknown(r->own, r->common, word, length, err);
	return take(r, spec, equals != NULL ? equals + 1 : NULL, err);
}

static int read_short(struct reader *r, const char *word, struct err *err)
{
	const struct option_spec *spec = find_letter(r->own, word[0]);
	if (spec == NULL)
		spec = find_letter(r->common, word[0]);
	if (spec == NULL)
		return err_set(err, ERR_INVALID, "no option '-%c'", word[0]);
	return take(r, spec, word[1] != '\0' ? word + 1 : NULL, err);
}

int options_parse(struct options *options, const struct option_spec *own,
		  const struct option_spec *common, int count, char *const *argv, struct err *err)
{
	struct reader r = {options, own, common, count, 0, argv};
	bool ended = false;
	for (; r.at < count; r.at++) {
		const char *word = argv[r.at];
		int code = 0;
		if (!ended && strcmp(word, "--") == 0) {
			ended = true;
		} else if (!ended && word[0] == '-' && word[1] == '-') {
			code = read_long(&r, word + 2, err);
		} else if (!ended && word[0] == '-' && word[1] != '\0') {
			code = read_short(&r, word + 1, err);
		} else {
			options->arguments =
				mem_grow(options->arguments, &options->arguments_capacity,
					 options->arguments_count + 1, sizeof *options->arguments);
			options->arguments[options->arguments_count++] = word;
		}
		if (code < 0)
			return code;
	}
	return 0;
}

void options_release(struct options *options)
{
	free(options->given);
	free(options->arguments);
	*options = (struct options){0};
}

bool options_has(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (strcmp(options->given[i].spec->name, name) == 0)
			return true;
	return false;
}

const char *options_value(const struct options *options, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < options->given_count; i++)
		if (strcmp(options->given[i].spec->name, name) == 0)
			value = options->given[i].value;
	return value;
}

const char *options_next(const struct options *options, const char *name, size_t *at)
{
	while (*at < options->given_count) {
		const struct option_given *given = &options->given[(*at)++];
		if (strcmp(given->spec->name, name) == 0)
			return given->value;
	}
	return NULL;
}

int options_number(const struct options *options, const char *name, int64_t least,
		   int64_t otherwise, int64_t *out, struct err *err)
{
	const char *text = options_value(options, name);
	if (text == NULL) {
		*out = otherwise;
		return 0;
	}
	char *end = NULL;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < least) {
		return err_set(err, ERR_INVALID, "'--%s %s' is not a number of %lld or more", name,
			       text, (long long)least);
	}
	*out = number;
	return 0;
}
