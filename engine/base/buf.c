/* SPDX-License-Identifier: MIT
 *
 * The bounded byte buffer.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->overflow = false;
	if (buf->data)
		buf->data[0] = '\0';
}

char *buf_reserve(struct buf *buf, size_t length)
{
	if (length > buf->max - buf->length) {
		buf->overflow = true;
		return NULL;
	}
	buf->data = mem_grow(buf->data, &buf->capacity, buf->length + length + 1, 1);
	buf->data[buf->length] = '\0'; /* also when nothing is ever committed */
	return buf->data + buf->length;
}

void buf_commit(struct buf *buf, size_t length)
{
	assert(buf->length + length < buf->capacity);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void buf_add(struct buf *buf, const void *data, size_t length)
{
	char *room = buf_reserve(buf, length);

	if (!room)
		return;
	if (length)
		memcpy(room, data, length);
	buf_commit(buf, length);
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int length;
	char *room;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	room = length < 0 ? NULL : buf_reserve(buf, (size_t)length);
	if (room) {
		(void)vsnprintf(room, (size_t)length + 1, format, again); /* measured above */
		buf_commit(buf, (size_t)length);
	}
	va_end(again);
}

void buf_consume(struct buf *buf, size_t length)
{
	assert(length <= buf->length);
	if (!length)
		return;
	memmove(buf->data, buf->data + length, buf->length - length + 1);
	buf->length -= length;
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

char *buf_steal(struct buf *buf)
{
	char *data = buf->data ? buf->data : mem_strdup("");

	*buf = (struct buf){.max = buf->max};
	return data;
}
