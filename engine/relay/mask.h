/* SPDX-License-Identifier: MIT
 *
 * Hides secrets in a stream: every form of every secret becomes ***, however the stream is cut
 * into pieces. What may be the beginning of one is held back until more comes, at most as many
 * bytes as the longest form has. Forms that overlap are hidden together. One thread.
 */
#ifndef HLP_RELAY_MASK_H
#define HLP_RELAY_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct mask_form {
	char *data; /* owned */
	size_t length;
};

struct mask {			 /* zeroed: hides nothing */
	struct mask_form *forms; /* by their first byte, then as bytes */
	size_t count, capacity;
	size_t begin[257]; /* forms that begin with byte b: begin[b] … begin[b + 1] */
};

/* All forms of a secret of at least FORMS_SHORTEST bytes. Before the first stream passes. */
void mask_add(struct mask *mask, const char *secret, size_t length);
void mask_release(struct mask *mask);

struct mask_stream {
	struct buf held; /* not decided yet */
	size_t hidden;	 /* bytes at the front of it that are part of a secret */
	bool hiding;	 /* the last byte that was decided was */
	size_t at;	 /* bytes at its front that are decided already */
};

void mask_stream_init(struct mask_stream *stream);
void mask_stream_release(struct mask_stream *stream);

/* Takes more of the stream and appends what is decided to `out`. With `last`, all is. */
enum mask_more { MASK_MORE, MASK_LAST };
void mask_pass(const struct mask *mask, struct mask_stream *stream, const char *data, size_t length,
	       enum mask_more more, struct buf *out);

/* The same byte by byte, for whoever must know what each one became: takes more of the stream, then
 * decides its next byte; false when too little has come to tell. */
void mask_put(struct mask_stream *stream, const char *data, size_t length);
bool mask_step(const struct mask *mask, struct mask_stream *stream, enum mask_more more,
	       struct buf *out);

#endif
