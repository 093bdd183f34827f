/* SPDX-License-Identifier: MIT
 *
 * The members of a node's row that are rarely there, packed into one value: the store keeps it as
 * it is, so that a new one is a line here and no change of tables. The numbers below are on disk:
 * never change one, never reuse one.
 */
#include <string.h>

#include "model/execution_fields.h"
#include "model/limits.h"
#include "model/rows.h"

#define MORE(tag, type, member) RECORD_FIELD(tag, type, node_row, member)
enum { TAG_SHOWN = 100 }; /* repeated */

static const struct record_field more_fields[] = {
	MORE(1, I64, asked_us),	     MORE(2, TEXT, held_by),  MORE(3, TEXT, held_note),
	MORE(4, I64, held_until_us), MORE(5, BOOL, freezing), MORE(70, U32, shells),
	MORE(6, TEXT, checking),
};
static const struct record more_record = {more_fields, sizeof(more_fields) / sizeof(*more_fields)};

void rows_pack_more(const struct node_row *row, struct buf *out)
{
	struct buf one;

	record_encode(&more_record, row, out);
	if (!row->shown_count)
		return;
	buf_init(&one, LIMIT_EVENT_BYTES);
	for (uint32_t i = 0; i < row->shown_count; i++) {
		buf_clear(&one);
		record_encode(&execution_binding_record, &row->shown[i], &one);
		record_add_bytes(out, TAG_SHOWN, buf_text(&one), one.length);
	}
	buf_release(&one);
}

static uint32_t count_shown(struct record_reader reader)
{
	struct record_value value;
	uint32_t count = 0;

	while (record_next(&reader, &value, NULL) > 0)
		count += value.tag == TAG_SHOWN && value.is_bytes;
	return count;
}

static int unpack_field(const struct record_value *value, struct arena *arena, struct node_row *row,
			struct binding *shown, size_t *place, struct err *err)
{
	if (value->tag != TAG_SHOWN || !value->is_bytes)
		return record_store(&more_record, value, arena, row, place, err);
	return record_decode(&execution_binding_record, value->data, value->length, arena,
			     &shown[row->shown_count++], err);
}

int rows_unpack_more(const void *data, size_t length, struct arena *arena, struct node_row *row,
		     struct err *err)
{
	struct record_reader reader = {.at = data};
	struct record_value value;
	struct binding *shown = NULL;
	size_t place = 0;
	uint32_t count;
	int more = 0;

	row->shown = NULL;
	row->shown_count = 0;
	row->held_by = row->held_note = NULL;
	row->asked_us = row->held_until_us = 0;
	row->freezing = false;
	row->shells = 0;
	row->checking = NULL;
	if (!length)
		return 0;
	reader.end = reader.at + length;
	count = count_shown(reader);
	if (count)
		shown = arena_alloc(arena, count * sizeof(*shown));
	row->shown = shown;
	while ((more = record_next(&reader, &value, err)) > 0) {
		more = unpack_field(&value, arena, row, shown, &place, err);
		if (more < 0)
			return more;
	}
	return more;
}
