/* SPDX-License-Identifier: MIT
 *
 * What a terminal showed, as lines to read: what was typed over or rubbed out is gone, colours and
 * movements are left out. Pure.
 */
#ifndef HLP_DRAW_TRANSCRIPT_H
#define HLP_DRAW_TRANSCRIPT_H

#include "base/screen.h"

/* A line without its end; bytes from outside, so not yet for a terminal. */
typedef void transcript_line(void *ctx, const char *line, size_t length);

struct transcript {
	transcript_line *say;
	void *ctx;
	struct screen screen;
	struct buf said; /* the line that is handed out */
	uint32_t *line;	 /* code points; owned */
	size_t length, capacity, cursor;
	char bytes[4]; /* of the next one */
	size_t bytes_count;
};

void transcript_init(struct transcript *transcript, transcript_line *say, void *ctx);
void transcript_take(struct transcript *transcript, const char *data, size_t length);
/* Says the last line, if it has no end. */
void transcript_release(struct transcript *transcript);

#endif
