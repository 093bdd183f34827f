/* SPDX-License-Identifier: MIT
 *
 * gRPC's framing of messages. What is in a message, and whose it is, is for others.
 */
#include "wire/frame.h"

#include "base/mem.h"

void frame_write_prefix(uint8_t out[FRAME_PREFIX], size_t length)
{
	out[0] = 0;
	out[1] = (uint8_t)(length >> 24);
	out[2] = (uint8_t)(length >> 16);
	out[3] = (uint8_t)(length >> 8);
	out[4] = (uint8_t)length;
}

void frame_reader_init(struct frame_reader *reader, size_t message_max)
{
	*reader = (struct frame_reader){.message_max = message_max};
	/* A message and the piece of the next that came with it. */
	buf_init(&reader->buf, 2 * (message_max + FRAME_PREFIX) + 1024 * 1024);
}

void frame_reader_release(struct frame_reader *reader)
{
	buf_release(&reader->buf);
}

size_t frame_reader_pending(const struct frame_reader *reader)
{
	return reader->buf.length - reader->start;
}

/* Looks at the prefix of the next message: 1 when it is there and in order. */
static int read_prefix(const struct frame_reader *reader, size_t *out_length, struct err *err)
{
	const uint8_t *prefix = (const uint8_t *)buf_text(&reader->buf) + reader->start;
	size_t length;

	if (frame_reader_pending(reader) < FRAME_PREFIX)
		return 0;
	if (prefix[0] == 1)
		return err_set(err, ERR_UNSUPPORTED, "compressed messages are not supported");
	if (prefix[0] != 0)
		return err_set(err, ERR_PROTOCOL, "a message begins with the unknown flag %u",
			       prefix[0]);
	length = (size_t)prefix[1] << 24 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 8 |
		 (size_t)prefix[4];
	if (length > reader->message_max)
		return err_set(err, ERR_LIMIT, "a message of %zu bytes is larger than %zu", length,
			       reader->message_max);
	*out_length = length;
	return 1;
}

int frame_reader_feed(struct frame_reader *reader, const void *data, size_t length, struct err *err)
{
	size_t announced;
	int rc;

	if (reader->start) {
		buf_consume(&reader->buf, reader->start);
		reader->start = 0;
	}
	buf_add(&reader->buf, data, length);
	if (reader->buf.overflow)
		return err_set(err, ERR_LIMIT, "more than %zu bytes wait to be read",
			       reader->buf.max);
	rc = read_prefix(reader, &announced, err);
	return rc < 0 ? rc : 0;
}

int frame_reader_next(struct frame_reader *reader, const uint8_t **out, size_t *out_length,
		      struct err *err)
{
	size_t length;
	int rc = read_prefix(reader, &length, err);

	if (rc <= 0)
		return rc;
	if (frame_reader_pending(reader) - FRAME_PREFIX < length)
		return 0;
	*out = (const uint8_t *)reader->buf.data + reader->start + FRAME_PREFIX;
	*out_length = length;
	reader->start += FRAME_PREFIX + length;
	return 1;
}
