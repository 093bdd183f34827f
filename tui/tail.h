/* SPDX-License-Identifier: MIT
 *
 * A window onto what an attempt printed: bytes come by range, at most TAIL_BYTES are kept, and the
 * window moves when somebody scrolls to its edge or goes elsewhere. Knows nothing of the engine: it
 * says which range it wants, and takes chunks. One thread.
 */
#ifndef HLP_TUI_TAIL_H
#define HLP_TUI_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "tui/page.h"

#define TAIL_BYTES ((size_t)256 * 1024)	 /* kept */
#define TAIL_STEP  ((uint32_t)64 * 1024) /* asked for at once */

/* What stands before each line. */
enum tail_times { TAIL_NO_TIMES, TAIL_CLOCK, TAIL_SINCE_START };

/* At that time so many bytes had been printed. */
struct tail_time {
	int64_t bytes, time_us;
};

struct tail {
	struct buf raw; /* bytes [start, start + raw.length) of the output */
	int64_t start;
	int64_t size;	  /* of the output, as last heard; -1 before */
	uint32_t attempt; /* that the bytes belong to */
	bool live;	  /* more may come */
	bool follow;	  /* stays at the end */
	bool terminal;	  /* it is the recording of a terminal: shown as lines to read */
	bool older;	  /* somebody scrolled to the top and more lies before it */
	bool newer;	  /* the same at the bottom */
	int64_t wanted;	  /* a place that was asked for; -1 none */
	int64_t anchor;	  /* the place that stays on top when the window moves; -1 none */
	int lead;	  /* lines to show above it */
	struct page page; /* the window, gated and wrapped for its width */
	int64_t *offsets; /* of each line of the page: where it begins in the output */
	size_t offsets_capacity;
	int built_width;
	bool changed; /* raw is newer than page */
	enum tail_times show_times;
	int64_t start_us; /* of the attempt, for TAIL_SINCE_START */
	int64_t end_us; /* of the attempt: when what came after the last sample came; 0: not yet */
	struct tail_time *times;
	size_t times_count, times_capacity;
};

struct tail_range {
	int64_t offset; /* negative: that many bytes before the end */
	uint32_t length;
};

void tail_init(struct tail *tail);
void tail_release(struct tail *tail);
void tail_restart(struct tail *tail); /* another node, or another attempt */

/* Whether there is something to ask for, and what. */
bool tail_wants(const struct tail *tail, struct tail_range *out);
bool tail_is_awaited(const struct tail *tail); /* a place that one went to is not here yet */
/* Takes a chunk as it came. One that does not fit the window starts a new window. */
struct tail_chunk {
	const void *data;
	size_t length;
	int64_t offset, size;
	uint32_t attempt;
	bool live;
};
void tail_take(struct tail *tail, const struct tail_chunk *chunk);
/* A sample of when bytes came. */
void tail_take_time(struct tail *tail, struct tail_time time);

void tail_to_end(struct tail *tail);		   /* and follows */
void tail_goto(struct tail *tail, int64_t offset); /* that place on top; ends following */
/* Where the first line in sight begins in the output. */
int64_t tail_top(const struct tail *tail);
void tail_scroll(struct tail *tail, int lines, int height);
void tail_draw(struct tail *tail, struct canvas *canvas, struct area area);

#endif
