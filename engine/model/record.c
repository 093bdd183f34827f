/* SPDX-License-Identifier: MIT
 *
 * Flat tagged fields. A field is a varint holding its number and whether bytes follow, then a
 * varint (signed ones in zigzag), or a length and that many bytes.
 */
#include "model/record.h"

#include <assert.h>
#include <string.h>

#define VARINT_BYTES 10

void record_add_varint(struct buf *out, uint64_t value)
{
	unsigned char bytes[VARINT_BYTES];
	size_t length = 0;

	while (value >= 0x80) {
		bytes[length++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	bytes[length++] = (unsigned char)value;
	buf_add(out, bytes, length);
}

void record_add_number(struct buf *out, uint32_t tag, uint64_t value)
{
	record_add_varint(out, (uint64_t)tag << 1);
	record_add_varint(out, value);
}

void record_add_bytes(struct buf *out, uint32_t tag, const void *data, size_t length)
{
	record_add_varint(out, (uint64_t)tag << 1 | 1);
	record_add_varint(out, length);
	buf_add(out, data, length);
}

static uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t value)
{
	return (int64_t)((value >> 1) ^ (value & 1 ? UINT64_MAX : 0));
}

/* A numeric member as it is stored. */
static uint64_t number_of(const struct record_field *field, const void *object)
{
	const void *at = (const char *)object + field->offset;
	uint32_t small;
	uint64_t large;

	if (field->type == RECORD_BOOL)
		return *(const bool *)at;
	if (field->type == RECORD_U32 || field->type == RECORD_I32) {
		memcpy(&small, at, sizeof(small));
		return field->type == RECORD_I32 ? zigzag((int32_t)small) : small;
	}
	memcpy(&large, at, sizeof(large));
	return field->type == RECORD_I64 ? zigzag((int64_t)large) : large;
}

static const char *text_of(const struct record_field *field, const void *object)
{
	const char *at = (const char *)object + field->offset;
	const char *text;

	if (field->type == RECORD_CHARS)
		return at[0] ? at : NULL;
	memcpy(&text, at, sizeof(text));
	return text;
}

static bool is_text(const struct record_field *field)
{
	return field->type == RECORD_TEXT || field->type == RECORD_CHARS;
}

void record_encode(const struct record *record, const void *object, struct buf *out)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct record_field *field = &record->fields[i];

		if (is_text(field)) {
			const char *text = text_of(field, object);

			if (text)
				record_add_bytes(out, field->tag, text, strlen(text));
		} else {
			uint64_t number = number_of(field, object);

			if (number)
				record_add_number(out, field->tag, number);
		}
	}
}

int record_read_varint(struct record_reader *reader, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (reader->at == reader->end)
			return -ERR_CORRUPT;
		byte = *reader->at++;
		if (shift == 63 && byte > 1)
			return -ERR_CORRUPT;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*out = value;
			return 0;
		}
	}
	return -ERR_CORRUPT;
}

/* Most are one byte. */
static int read_varint(struct record_reader *reader, uint64_t *out)
{
	if (reader->at == reader->end || *reader->at >= 0x80)
		return record_read_varint(reader, out);
	*out = *reader->at++;
	return 0;
}

int record_next(struct record_reader *reader, struct record_value *out, struct err *err)
{
	struct record_value value = {0};
	uint64_t head;

	if (reader->at == reader->end)
		return 0;
	if (read_varint(reader, &head) < 0 || head >> 1 == 0 || head >> 1 > UINT32_MAX ||
	    read_varint(reader, &value.number) < 0)
		return err_set(err, ERR_CORRUPT, "a stored record is damaged: a field is cut");
	value.tag = (uint32_t)(head >> 1);
	value.is_bytes = head & 1;
	if (value.is_bytes) {
		if (value.number > (uint64_t)(reader->end - reader->at))
			return err_set(err, ERR_CORRUPT,
				       "a stored record is damaged: field %u is cut", value.tag);
		value.data = reader->at;
		value.length = (size_t)value.number;
		reader->at += value.length;
	}
	*out = value;
	return 1;
}

static int damaged(const struct record_field *field, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "a stored record is damaged: field '%s' does not fit",
		       field->name);
}

static int store_text(const struct record_field *field, const struct record_value *value,
		      struct arena *arena, void *object, struct err *err)
{
	char *at = (char *)object + field->offset;

	if (!value->is_bytes || memchr(value->data, '\0', value->length))
		return damaged(field, err);
	if (field->type == RECORD_TEXT) {
		char *text = arena_strndup(arena, (const char *)value->data, value->length);

		memcpy(at, &text, sizeof(text));
		return 1;
	}
	if (value->length >= field->size)
		return damaged(field, err);
	memcpy(at, value->data, value->length);
	at[value->length] = '\0';
	return 1;
}

static int store_number(const struct record_field *field, const struct record_value *value,
			void *object, struct err *err)
{
	char *at = (char *)object + field->offset;
	uint64_t number = value->number;
	bool small = field->type == RECORD_U32 || field->type == RECORD_I32;

	if (value->is_bytes || (small && number > UINT32_MAX) ||
	    (field->type == RECORD_BOOL && number > 1))
		return damaged(field, err);
	if (field->type == RECORD_I32 || field->type == RECORD_I64)
		number = (uint64_t)unzigzag(number);
	if (field->type == RECORD_BOOL) {
		*(bool *)at = number;
	} else if (small) {
		uint32_t narrow = (uint32_t)number;

		memcpy(at, &narrow, sizeof(narrow));
	} else {
		memcpy(at, &number, sizeof(number));
	}
	return 1;
}

/* The field with a tag, looked for from *place on and then from the beginning, or NULL. */
static const struct record_field *find_field(const struct record *record, uint32_t tag,
					     size_t *place)
{
	for (size_t i = 0; i < record->count; i++, ++*place) {
		if (*place >= record->count)
			*place = 0;
		if (record->fields[*place].tag == tag)
			return &record->fields[(*place)++];
	}
	return NULL;
}

int record_store(const struct record *record, const struct record_value *value, struct arena *arena,
		 void *object, size_t *place, struct err *err)
{
	const struct record_field *field = find_field(record, value->tag, place);

	if (!field)
		return 0;
	return is_text(field) ? store_text(field, value, arena, object, err)
			      : store_number(field, value, object, err);
}

int record_decode(const struct record *record, const void *data, size_t length, struct arena *arena,
		  void *object, struct err *err)
{
	struct record_reader reader = {.at = data};
	struct record_value value;
	size_t place = 0;
	int more;

	reader.end = reader.at + length;
	while ((more = record_next(&reader, &value, err)) > 0) {
		int stored = record_store(record, &value, arena, object, &place, err);

		if (stored < 0)
			return stored;
	}
	return more;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const char *record_difference(const struct record *record, const void *a, const void *b)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct record_field *field = &record->fields[i];
		bool same = is_text(field) ? same_text(text_of(field, a), text_of(field, b))
					   : number_of(field, a) == number_of(field, b);

		if (!same)
			return field->name;
	}
	return NULL;
}
