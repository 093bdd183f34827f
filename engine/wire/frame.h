/* SPDX-License-Identifier: MIT
 *
 * gRPC's framing of messages: a byte that says "compressed" (never, here), four bytes of length,
 * the message. Pure; one thread at a time.
 */
#ifndef HLP_WIRE_FRAME_H
#define HLP_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define FRAME_PREFIX 5

/* Largest message that either side takes: a workflow's text and what comes with it, or the status
 * of LIMIT_NODES nodes. */
#define FRAME_MESSAGE_MAX ((size_t)96 * 1024 * 1024)

void frame_write_prefix(uint8_t out[FRAME_PREFIX], size_t length);

/* Takes bytes as they come and gives messages as they are complete. */
struct frame_reader {
	struct buf buf;
	size_t start; /* of what has not been given out yet */
	size_t message_max;
};

void frame_reader_init(struct frame_reader *reader, size_t message_max);
void frame_reader_release(struct frame_reader *reader);
/* ERR_LIMIT as soon as a prefix announces too much, ERR_UNSUPPORTED for a compressed message,
 * ERR_PROTOCOL for any other flag; the reader is then of no further use. */
int frame_reader_feed(struct frame_reader *reader, const void *data, size_t length,
		      struct err *err);
/* 1 and a message, borrowed until the next feed; 0 when there is none; errors as above. */
int frame_reader_next(struct frame_reader *reader, const uint8_t **out, size_t *out_length,
		      struct err *err);
/* Bytes taken and not given out. */
size_t frame_reader_pending(const struct frame_reader *reader);

#endif
