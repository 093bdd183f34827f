/* SPDX-License-Identifier: MIT
 *
 * What a terminal showed, as lines to read: what was typed over or rubbed out is gone, colours and
 * movements are left out. One thread.
 */
#ifndef HLP_CLI_TRANSCRIPT_H
#define HLP_CLI_TRANSCRIPT_H

#include "base/screen.h"
#include "cli/say.h"

struct transcript {
	struct say *out;
	struct screen screen;
	uint32_t *line; /* code points; owned */
	size_t length, capacity, cursor;
	char bytes[4]; /* of the next one */
	size_t bytes_count;
};

void transcript_init(struct transcript *transcript, struct say *out);
void transcript_take(struct transcript *transcript, const char *data, size_t length);
/* Says the last line, if it has no end. */
void transcript_release(struct transcript *transcript);

#endif
