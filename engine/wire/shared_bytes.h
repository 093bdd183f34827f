/* SPDX-License-Identifier: MIT
 *
 * Bytes that several calls send: encoded once, shared by count, freed with the last holder.
 * Immutable after the making; ref and unref from any thread.
 */
#ifndef HLP_WIRE_SHARED_BYTES_H
#define HLP_WIRE_SHARED_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct shared_bytes {
	_Atomic unsigned references;
	size_t length;
	uint8_t *data;
};

/* Takes over what the buffer holds, which is empty afterwards; the caller holds one reference. The
 * buffer must not have overflown. */
struct shared_bytes *shared_bytes_take(struct buf *buf);
struct shared_bytes *shared_bytes_ref(struct shared_bytes *bytes);
void shared_bytes_unref(struct shared_bytes *bytes); /* accepts NULL */

#endif
