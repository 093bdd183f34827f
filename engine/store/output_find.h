/* SPDX-License-Identifier: MIT
 *
 * Finding lines in what an attempt printed, however large: a bounded part of the file is looked
 * through, and it is said where to go on. Any thread.
 */
#ifndef HLP_STORE_OUTPUT_FIND_H
#define HLP_STORE_OUTPUT_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define OUTPUT_FIND_LINE 4096 /* bytes of a line that are handed out */

struct output_query {
	const char
		*text; /* without regard to case, unless it has a capital letter; "" every line */
	bool errors;   /* instead: lines that tell of something going wrong */
	bool backwards;
	int64_t from;	    /* the place to look on from: a line's beginning; -1: the end */
	int64_t bytes_most; /* looked through */
	uint32_t lines_most;
};

/* Where a search stands. */
struct output_search {
	int64_t scanned; /* the next query goes on from here */
	bool done;	 /* the file's end (or beginning) was reached */
};

/* A line that matches, without its newline; 0 goes on, anything else ends the search with it. */
typedef int output_hit(void *ctx, int64_t offset, const char *line, size_t length);

/* A file that is not there has no lines. */
int output_find(const char *path, const struct output_query *query, output_hit *hit, void *ctx,
		struct output_search *out, struct err *err);

#endif
