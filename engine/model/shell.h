/* SPDX-License-Identifier: MIT
 *
 * The quotes of sh and bash, as far as one must know them to put a value into a command as one word
 * and never as code. Where the scanner cannot be sure, it refuses the reference: it never
 * guesses. Private to template.c. Pure.
 */
#ifndef HLP_MODEL_SHELL_H
#define HLP_MODEL_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/limits.h"

struct template_reference {
	const char *kind;
	char path[LIMIT_REFERENCE];
	size_t length; /* of "${kind.path}" in the text */
};
/* 1 and *out if a reference of ours begins here, 0 if not, -ERR_INVALID if it is malformed. */
int template_reference_at(const char *text, struct template_reference *out, struct err *err);

/* How a value must be written where it goes. */
enum template_place {
	TEMPLATE_AS_IT_IS,
	TEMPLATE_WORD,	    /* outside quotes */
	TEMPLATE_IN_DOUBLE, /* between double quotes */
	TEMPLATE_IN_BODY    /* in a here-document whose end word is not quoted */
};

/* Lines of a here-document that hold values, as written: text[start …]. */
struct shell_body {
	const char *end_word;
	size_t end_length;
	bool strips_tabs;
	size_t start;
};

/* Who gets the text, piece by piece. */
struct template_sink {
	void (*raw)(void *ctx, const char *text, size_t length);
	int (*reference)(void *ctx, const struct template_reference *reference, size_t offset,
			 enum template_place place, struct err *err);
	int (*body)(void *ctx, const struct shell_body *body, struct err *err);
	size_t (*written)(void *ctx); /* bytes so far */
	size_t *offset;		      /* set to the place of a failure */
	void *ctx;
};

/* Goes through a command; fails at the first reference that cannot be followed. */
int shell_walk(const char *text, const struct template_sink *sink, struct err *err);

/* The value of an environment variable, as one word. */
void shell_add_variable(struct buf *out, const char *name, enum template_place place);
void shell_add_value(struct buf *out, const char *value, enum template_place place);
/* Whether values have made a line that ends the here-document, or one that it would change. */
int shell_check_body(const struct shell_body *body, const char *text, struct err *err);

#endif
