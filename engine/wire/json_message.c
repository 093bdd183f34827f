/* SPDX-License-Identifier: MIT
 *
 * Any message as JSON, by its descriptor: for replies that have no document of their own. Adding a
 * field to hlp.proto needs no line here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/json.h"
#include "wire/json_value.h"
#include "wire/message.h"

static json_t *message_object(const ProtobufCMessage *message, int depth);

/* created_us, started_us, ended_us, due_us, time_us are points in time; others are durations. */
static bool is_time(const char *name)
{
	static const char *const times[] = {"created_us", "started_us", "ended_us", "due_us",
					    "time_us"};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (strcmp(name, times[i]) == 0)
			return true;
	return false;
}

static json_t *int64_value(const ProtobufCFieldDescriptor *field, const void *at)
{
	int64_t number = *(const int64_t *)at;

	return is_time(field->name) ? json_value_time(number) : json_value_number(number);
}

static json_t *bytes_value(const ProtobufCBinaryData *bytes)
{
	return bytes->len ? json_value_bytes(bytes->data, bytes->len) : json_null();
}

/* One value of a field; `at` points to it. Recursion is bounded by MESSAGE_DEPTH_MAX. */
static json_t *field_value(const ProtobufCFieldDescriptor *field, const void *at, int depth)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_ENUM:
		return json_value_number(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_value_number(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return int64_value(field, at);
	case PROTOBUF_C_TYPE_FLOAT:
		return json_real((double)*(const float *)at);
	case PROTOBUF_C_TYPE_DOUBLE:
		return json_real(*(const double *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_STRING:
		return json_value_text(*(const char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return bytes_value(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return message_object(*(const ProtobufCMessage *const *)at, depth + 1);
	}
	return json_null();
}

static size_t size_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	default:
		return 4;
	}
}

static json_t *repeated_value(const ProtobufCFieldDescriptor *field, const char *base, int depth)
{
	size_t count = *(const size_t *)(base + field->quantifier_offset);
	const char *items = *(char *const *)(base + field->offset);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(array,
					    field_value(field, items + i * size_of(field->type),
							depth)); /* fails only without memory */
	return array;
}

static void set_field(json_t *object, const ProtobufCFieldDescriptor *field, const char *base,
		      int depth)
{
	char *name = mem_strdup(field->name);
	size_t length = strlen(name);

	if (is_time(name)) /* "started_us" is "started_at" */
		memcpy(name + length - 2, "at", 2);
	json_value_set(object, strcmp(name, "time_at") == 0 ? "time" : name,
		       field->label == PROTOBUF_C_LABEL_REPEATED
			       ? repeated_value(field, base, depth)
			       : field_value(field, base + field->offset, depth));
	free(name);
}

static json_t *message_object(const ProtobufCMessage *message, int depth)
{
	json_t *object;

	if (!message || depth > MESSAGE_DEPTH_MAX)
		return json_null();
	object = json_object();
	for (unsigned i = 0; i < message->descriptor->n_fields; i++)
		set_field(object, &message->descriptor->fields[i], (const char *)message, depth);
	return object;
}

void json_message(struct buf *out, const ProtobufCMessage *message)
{
	json_value_write(out, message_object(message, 0));
}
