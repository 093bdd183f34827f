/* SPDX-License-Identifier: MIT
 *
 * Structs as flat tagged fields. A table says which members are stored under which number; one
 * encoder, decoder and comparison serve events, items, snapshots. Only members that are not
 * zero are stored, in the order of the table, so that equal structs give equal bytes; unknown
 * numbers are skipped, so that a newer writer does not stop an older reader. Numbers are never
 * reused. Pure.
 */
#ifndef HLP_MODEL_RECORD_H
#define HLP_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum record_type {
	RECORD_BOOL,
	RECORD_U32, /* and enums, which have no negative values */
	RECORD_I32,
	RECORD_U64,
	RECORD_I64,
	RECORD_TEXT,  /* const char *, NULL when absent */
	RECORD_CHARS, /* char[size] within the struct, NUL-ended */
};

struct record_field {
	uint32_t tag; /* from 1 */
	enum record_type type;
	size_t offset, size;
	const char *name;
};
#define RECORD_FIELD(tag, type, owner, member)                                                     \
	{                                                                                          \
		(tag), RECORD_##type, offsetof(struct owner, member),                              \
			sizeof(((struct owner *)NULL)->member), #member                            \
	}

struct record {
	const struct record_field *fields;
	size_t count;
};

/* Appends the members that are not zero. */
void record_encode(const struct record *record, const void *object, struct buf *out);
void record_add_number(struct buf *out, uint32_t tag, uint64_t value);
void record_add_bytes(struct buf *out, uint32_t tag, const void *data, size_t length);
void record_add_varint(struct buf *out, uint64_t value);

/* Reading: one field after the other. */
struct record_reader {
	const unsigned char *at, *end;
};
struct record_value {
	uint32_t tag;
	bool is_bytes;
	uint64_t number;
	const unsigned char *data;
	size_t length;
};
/* 1 and *out filled, 0 at the end, -ERR_CORRUPT on anything malformed. */
int record_next(struct record_reader *reader, struct record_value *out, struct err *err);
int record_read_varint(struct record_reader *reader, uint64_t *out);
/* Puts a value into the member with its tag, texts into the arena: 1 when there is one, 0 when the
 * tag is unknown, -ERR_CORRUPT when the value does not fit it. Values mostly come in the order of
 * the table: *place, 0 at first, is where it goes on looking. */
int record_store(const struct record *record, const struct record_value *value, struct arena *arena,
		 void *object, size_t *place, struct err *err);
/* The whole of a struct; unknown fields are skipped. */
int record_decode(const struct record *record, const void *data, size_t length, struct arena *arena,
		  void *object, struct err *err);
/* NULL when all members of the table are equal, else the name of the first that differs. */
const char *record_difference(const struct record *record, const void *a, const void *b);

#endif
