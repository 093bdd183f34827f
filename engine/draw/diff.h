/* SPDX-License-Identifier: MIT
 *
 * A comparison of two files, taken apart for showing: of a unified diff lines with their numbers on
 * both sides, removed and added lines that belong together, and in those the words that changed; of
 * two documents compared by structure a line for each change. What lines hold has passed the gate,
 * with tabs as blanks. Pure.
 */
#ifndef HLP_DRAW_DIFF_H
#define HLP_DRAW_DIFF_H

#include "base/mem.h"
#include "draw/role.h"
#include "model/tree_diff.h"

#include <stdbool.h>
#include <stdint.h>

enum diff_kind {
	DIFF_SAME,
	DIFF_ADDED,
	DIFF_REMOVED,
	DIFF_HUNK,
	DIFF_NOTE,
	DIFF_HEAD,    /* which revision a side is */
	DIFF_CHANGED, /* by structure: both values on one line, which are what is marked */
	DIFF_MOVED,
};

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
	bool by_structure;
};

struct diff *diff_parse(const char *text, size_t length);
/* "spec.replicas: 2 → 3", with an ASCII arrow if need be. */
struct diff *diff_of_changes(const struct tree_change *changes, size_t count, bool ascii);
/* Adds a line of ours at the end. */
void diff_add_note(struct diff *diff, const char *text);
/* Writes what is marked into the lines, for where there is no colour: [-old-] and {+new+}. */
void diff_write_marks(struct diff *diff);
void diff_free(struct diff *diff); /* accepts NULL */

char diff_sign(enum diff_kind kind); /* '+', '-', '~', '>' or ' ' */
enum role diff_role(enum diff_kind kind);
/* The role of a byte of a line's text; *out_marked is whether it is among what changed. */
enum role diff_role_at(const struct diff_line *line, size_t byte, bool *out_marked);

#endif
