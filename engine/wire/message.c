/* SPDX-License-Identifier: MIT
 *
 * Checked unpacking, packing. protobuf-c accepts texts that are no UTF-8 or that hide bytes behind
 * a NUL, and keeps unknown fields: so the bytes are walked first, along the descriptor.
 */
#include "wire/message.h"

#include <string.h>

#include "base/text.h"
#include "wire/frame.h"

struct walk {
	const uint8_t *at, *end;
};

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_LENGTH = 2, WIRE_FIXED32 = 5 };

static int read_varint(struct walk *walk, uint64_t *out)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (walk->at == walk->end)
			return -ERR_PROTOCOL;
		byte = *walk->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*out = value;
			return 0;
		}
	}
	return -ERR_PROTOCOL;
}

/* Steps over one value; for a length-delimited one gives its bytes. */
static int read_value(struct walk *walk, unsigned type, struct walk *out)
{
	size_t left = (size_t)(walk->end - walk->at);
	uint64_t length;

	switch (type) {
	case WIRE_VARINT:
		return read_varint(walk, &length);
	case WIRE_FIXED64:
		length = 8;
		break;
	case WIRE_FIXED32:
		length = 4;
		break;
	case WIRE_LENGTH:
		if (read_varint(walk, &length) < 0)
			return -ERR_PROTOCOL;
		left = (size_t)(walk->end - walk->at);
		break;
	default: /* groups are long gone, the rest never was */
		return -ERR_PROTOCOL;
	}
	if (length > left)
		return -ERR_PROTOCOL;
	*out = (struct walk){.at = walk->at, .end = walk->at + length};
	walk->at += length;
	return 0;
}

static int check_text(const ProtobufCFieldDescriptor *field, const struct walk *value,
		      enum message_source source, struct err *err)
{
	size_t length = (size_t)(value->end - value->at);

	if (memchr(value->at, 0, length))
		return err_set(err, ERR_PROTOCOL, "'%s' contains a NUL byte", field->name);
	if (source == MESSAGE_FROM_CLIENT && !text_is_utf8((const char *)value->at, length))
		return err_set(err, ERR_PROTOCOL, "'%s' is not valid UTF-8", field->name);
	return 0;
}

static int check(const ProtobufCMessageDescriptor *descriptor, enum message_source source,
		 struct walk walk, int depth, struct err *err);

static int check_field(const ProtobufCMessageDescriptor *descriptor, enum message_source source,
		       struct walk *walk, int depth, struct err *err)
{
	const ProtobufCFieldDescriptor *field;
	struct walk value = {0};
	uint64_t tag;

	if (read_varint(walk, &tag) < 0 || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
		return err_set(err, ERR_PROTOCOL, "a %s has a malformed field",
			       descriptor->short_name);
	field = protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(tag >> 3));
	if (read_value(walk, tag & 7, &value) < 0)
		return err_set(err, ERR_PROTOCOL, "'%s' of a %s is malformed or cut",
			       field ? field->name : "a field", descriptor->short_name);
	if (!field || (tag & 7) != WIRE_LENGTH)
		return 0;
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return check_text(field, &value, source, err);
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return check(field->descriptor, source, value, depth + 1, err);
	return 0;
}

/* Recursion is bounded by MESSAGE_DEPTH_MAX. */
static int check(const ProtobufCMessageDescriptor *descriptor, enum message_source source,
		 struct walk walk, int depth, struct err *err)
{
	if (depth > MESSAGE_DEPTH_MAX)
		return err_set(err, ERR_PROTOCOL, "a %s is nested too deeply",
			       descriptor->short_name);
	while (walk.at < walk.end) {
		int rc = check_field(descriptor, source, &walk, depth, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int message_unpack(const ProtobufCMessageDescriptor *descriptor, enum message_source source,
		   const void *data, size_t length, ProtobufCMessage **out, struct err *err)
{
	static const uint8_t nothing[1];
	const uint8_t *bytes = length ? data : nothing;
	ProtobufCMessage *message;
	int rc = check(descriptor, source, (struct walk){.at = bytes, .end = bytes + length}, 0,
		       err);

	if (rc < 0)
		return rc;
	message = protobuf_c_message_unpack(descriptor, NULL, length, bytes);
	if (!message)
		return err_set(err, ERR_PROTOCOL, "cannot read a %s", descriptor->short_name);
	*out = message;
	return 0;
}

void message_pack(const ProtobufCMessage *message, struct buf *out)
{
	size_t length = protobuf_c_message_get_packed_size(message);
	char *room = buf_reserve(out, length);

	if (!room)
		return;
	protobuf_c_message_pack(message, (uint8_t *)room);
	buf_commit(out, length);
}

struct shared_bytes *message_share(const ProtobufCMessage *message)
{
	struct buf buf;

	buf_init(&buf, SIZE_MAX / 2); /* our own message: bounded by what it was made of */
	message_pack(message, &buf);
	return shared_bytes_take(&buf);
}
