/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a file: gathered while it is read, told in order of place. However many
 * there are, memory stays small: the first LIMIT_ERRORS_SHOWN by place are kept, the rest
 * counted.
 */
#ifndef HLP_MODEL_PROBLEMS_H
#define HLP_MODEL_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct problem {
	uint32_t line, column; /* from 1 */
	uint64_t number;       /* order of discovery, among equals of place */
	char *text;
};

/* Embedded; zero is a valid empty list. */
struct problems {
	struct problem *list;
	size_t count, capacity;
	uint64_t total;
};

void problems_add(struct problems *problems, uint32_t line, uint32_t column, const char *format,
		  ...) __attribute__((format(printf, 4, 5)));
/* Appends one "FILE:line:col: error: …" line each, safe for a terminal. */
void problems_print(struct problems *problems, const char *file, struct buf *out);
void problems_release(struct problems *problems);

#endif
