/* SPDX-License-Identifier: MIT
 *
 * A window onto what an attempt printed: bytes come by range, at most TAIL_BYTES are kept, and
 * older or newer ones are asked for when somebody scrolls there. Knows nothing of the engine: it
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

struct tail {
	struct buf raw; /* bytes [start, start + raw.length) of the output */
	int64_t start;
	int64_t size;	  /* of the output, as last heard; -1 before */
	uint32_t attempt; /* that the bytes belong to */
	bool live;	  /* more may come */
	bool follow;	  /* stays at the end */
	bool older;	  /* somebody scrolled to the top and more lies before it */
	struct page page; /* the window, gated and wrapped for its width */
	int built_width;
	bool changed; /* raw is newer than page */
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
/* Takes a chunk as it came. One that does not fit the window starts a new window. */
struct tail_chunk {
	const void *data;
	size_t length;
	int64_t offset, size;
	uint32_t attempt;
	bool live;
};
void tail_take(struct tail *tail, const struct tail_chunk *chunk);

void tail_to_end(struct tail *tail); /* and follows */
void tail_scroll(struct tail *tail, int lines, int height);
void tail_draw(struct tail *tail, struct canvas *canvas, struct area area);

#endif
