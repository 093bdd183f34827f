/* SPDX-License-Identifier: MIT
 *
 * What a person would see: the cells of a terminal, from the bytes that were sent to it. Knows the
 * sequences of TERM=xterm-256color as curses uses them; whatever else comes is counted, since a
 * picture made by guessing would prove nothing. One thread.
 */
#ifndef HLP_TESTS_BENCH_PTY_CELLS_H
#define HLP_TESTS_BENCH_PTY_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cells {
	int width, height;
	uint32_t *codes; /* width x height; owned */
	int x, y;
	int top, bottom;   /* what scrolls: the lines from top on, before bottom */
	bool wrapped;	   /* a character stands in the last column: the next one begins a line */
	uint32_t last;	   /* the last character, which may be repeated */
	char pending[256]; /* a sequence or character that has not come whole */
	size_t pending_length;
	bool alternate, hidden_cursor, keypad, synchronized, coloured;
	uint64_t unknown; /* sequences that are not known here */
	char odd[64];	  /* the last of them, in hexadecimal */
	uint64_t frames;  /* synchronized ones that ended */
};

void cells_init(struct cells *cells, int width, int height);
void cells_release(struct cells *cells);
void cells_feed(struct cells *cells, const char *bytes, size_t length);

/* A line as UTF-8 without the blanks at its end; `out` has room for width x 4 + 1 bytes. */
void cells_line(const struct cells *cells, int y, char *out);
bool cells_have(const struct cells *cells, const char *text); /* within one line */
/* How many lines differ, without the first, which has the clock; each goes to `to` as it was and
 * is.
 */
int cells_compare(const struct cells *was, const struct cells *is, FILE *to);
void cells_copy(struct cells *to, const struct cells *from);

#endif
