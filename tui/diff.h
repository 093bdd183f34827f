/* SPDX-License-Identifier: MIT
 *
 * A unified diff, taken apart for showing: lines with their numbers on both sides, removed and
 * added lines that belong together, and in those the words that changed. What lines hold has passed
 * the gate, with tabs as blanks. Pure.
 */
#ifndef HLP_TUI_DIFF_H
#define HLP_TUI_DIFF_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum diff_kind { DIFF_SAME, DIFF_ADDED, DIFF_REMOVED, DIFF_HUNK, DIFF_NOTE };

struct diff_span {
	uint32_t from, to; /* bytes of the line's text */
};

struct diff_line {
	enum diff_kind kind;
	uint32_t old_number, new_number; /* 0: not on that side */
	const char *text;		 /* without its sign */
	const struct diff_span *changed; /* what of it changed, when a partner has the rest */
	uint32_t changed_count;
	int64_t partner; /* of a removed or added line: its counterpart; -1 without */
};

struct diff {
	struct arena arena;
	struct diff_line *lines; /* owned */
	size_t count, capacity;
	uint32_t added, removed, hunks;
};

struct diff *diff_parse(const char *text, size_t length);
void diff_free(struct diff *diff); /* accepts NULL */

#endif
