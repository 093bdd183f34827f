/* SPDX-License-Identifier: MIT
 *
 * Counted bytes.
 */
#include "wire/shared_bytes.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

struct shared_bytes *shared_bytes_take(struct buf *buf)
{
	struct shared_bytes *bytes = mem_alloc(sizeof(*bytes));

	assert(!buf->overflow);
	bytes->length = buf->length;
	bytes->data = (uint8_t *)buf_steal(buf);
	atomic_init(&bytes->references, 1);
	return bytes;
}

struct shared_bytes *shared_bytes_ref(struct shared_bytes *bytes)
{
	atomic_fetch_add_explicit(&bytes->references, 1, memory_order_relaxed);
	return bytes;
}

void shared_bytes_unref(struct shared_bytes *bytes)
{
	if (!bytes)
		return;
	if (atomic_fetch_sub_explicit(&bytes->references, 1, memory_order_acq_rel) != 1)
		return;
	free(bytes->data);
	free(bytes);
}
