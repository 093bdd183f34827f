/* SPDX-License-Identifier: MIT
 *
 * Options of a command from its argument vector: long and short, with values or without, mixed with
 * other arguments; "--" ends them. An unknown one is an error that names the nearest right one.
 */
#ifndef HLP_CLI_OPTIONS_H
#define HLP_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum option_kind { OPTION_FLAG, OPTION_VALUE };

struct option_spec {
	const char *name; /* without dashes; NULL ends a table */
	char letter;	  /* 0: none */
	enum option_kind kind;
	const char *value; /* what its value is called in help; NULL for a flag */
	const char *help;
};

struct option_given {
	const struct option_spec *spec;
	const char *value; /* borrowed from argv; NULL for a flag */
};

struct options {
	struct option_given *given; /* in their order */
	size_t given_count, given_capacity;
	const char **arguments; /* what is no option, in order */
	size_t arguments_count, arguments_capacity;
};

/* Reads argv[0 … count). `own` and `common` are tables; either may be NULL. ERR_INVALID. */
int options_parse(struct options *options, const struct option_spec *own,
		  const struct option_spec *common, int count, char *const *argv, struct err *err);
void options_release(struct options *options);

bool options_has(const struct options *options, const char *name);
/* The last value given, or NULL. */
const char *options_value(const struct options *options, const char *name);
/* The next value of an option that may be repeated: *at begins with 0. NULL after the last. */
const char *options_next(const struct options *options, const char *name, size_t *at);
/* A whole number of at least `least`; `otherwise` when not given. */
int options_number(const struct options *options, const char *name, int64_t least,
		   int64_t otherwise, int64_t *out, struct err *err);

#endif
