/* SPDX-License-Identifier: MIT
 *
 * A comparison laid out in rows of a width: below each other, or side by side, long lines wrapped.
 * Console and command line show the same rows. Pure.
 */
#ifndef HLP_DRAW_DIFF_ROWS_H
#define HLP_DRAW_DIFF_ROWS_H

#include "draw/diff.h"

#define DIFF_NUMBER_WIDTH 5  /* of a line's number, with the blank behind it */
#define DIFF_SIDES_WIDTH  40 /* side by side needs that many columns */

/* Part of a line. */
struct diff_piece {
	const struct diff_line *line; /* NULL: nothing stands here */
	uint32_t from, to;	      /* bytes of its text */
};

struct diff_row {
	size_t line;		       /* index of the line that the row belongs to */
	bool first;		       /* of that line */
	bool whole;		       /* one text over the whole width: no numbers, no sign */
	struct diff_piece left, right; /* below each other, all is on the left */
};

struct diff_rows {
	struct diff_row *rows; /* owned; points into the diff, which must outlive it */
	size_t count, capacity;
	int width;
	bool sides;
	/* From a side's beginning: its numbers, its sign, its text. */
	int numbers_width;
	int left_text, right_text; /* columns for text */
	int right_at;		   /* column where the right side begins; a line stands before it */
};

void diff_rows_lay_out(struct diff_rows *out, const struct diff *diff, int width, bool sides);
void diff_rows_release(struct diff_rows *rows); /* accepts a zeroed one */

#endif
