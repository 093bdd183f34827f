/* SPDX-License-Identifier: MIT
 *
 * A growing byte buffer with a bound that nobody can forget: buf_init takes it. Appending past
 * the bound sets `overflow` and drops the data; the user checks once, at the end. The bytes
 * are always followed by a NUL that does not count. One thread at a time.
 */
#ifndef HLP_BASE_BUF_H
#define HLP_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* owned; never NULL after the first append */
	size_t length;
	size_t capacity;
	size_t max; /* most bytes it may hold */
	bool overflow;
};

void buf_init(struct buf *buf, size_t max);
void buf_release(struct buf *buf); /* accepts a zeroed one */
void buf_clear(struct buf *buf);   /* keeps the memory */

void buf_add(struct buf *buf, const void *data, size_t length);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `length` bytes at the end, which the caller fills and then counts with buf_commit;
 * NULL when over the bound. */
char *buf_reserve(struct buf *buf, size_t length);
void buf_commit(struct buf *buf, size_t length);

void buf_consume(struct buf *buf, size_t length); /* drops bytes from the front */
const char *buf_text(const struct buf *buf);	  /* "" when empty */
char *buf_steal(struct buf *buf);		  /* the caller frees it; the buffer is empty */

#endif
