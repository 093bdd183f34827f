/* SPDX-License-Identifier: MIT
 *
 * How an event is stored: flat tagged fields, items as nested records. The numbers below are on
 * disk in every journal: never change one, never reuse one, add at the end.
 */
#include "model/event.h"

#include <string.h>

#include "model/limits.h"
#include "model/record.h"
#include "model/workflow.h"

#define FIELD(tag, type, member) RECORD_FIELD(tag, type, event, member)
#define ITEM(tag, type, member)	 RECORD_FIELD(tag, type, event_item, member)

#define TAG_NODE 2  /* the index plus one, so that node 0 is stored and none is not */
#define TAG_ITEM 40 /* repeated */

static const struct record_field fields[] = {
	FIELD(1, I64, time_us),	     FIELD(3, U32, attempt),	    FIELD(4, U32, attempt_kind),
	FIELD(5, U32, state),	     FIELD(6, U32, reason),	    FIELD(7, U32, exit_kind),
	FIELD(8, U32, verdict),	     FIELD(9, U32, question),	    FIELD(10, U32, answer),
	FIELD(11, U32, moment),	     FIELD(12, I32, code),	    FIELD(13, U32, artifact),
	FIELD(14, BOOL, flag),	     FIELD(15, U32, number),	    FIELD(16, I64, until_us),
	FIELD(17, I64, interval_us), FIELD(18, I64, pid),	    FIELD(19, U64, start_ticks),
	FIELD(20, I64, cpu_us),	     FIELD(21, I64, rss_kib),	    FIELD(22, TEXT, text),
	FIELD(23, TEXT, note),	     FIELD(24, TEXT, actor),	    FIELD(25, TEXT, verb),
	FIELD(26, TEXT, request),    FIELD(27, TEXT, revision),	    FIELD(28, TEXT, folder),
	FIELD(29, CHARS, blob),	     FIELD(30, TEXT, origin),	    FIELD(76, TEXT, digest),
	FIELD(80, U32, trigger),     FIELD(81, U32, policy_target),
};
static const struct record event_record = {fields, sizeof(fields) / sizeof(*fields)};

static const struct record_field item_fields[] = {
	ITEM(1, TEXT, kind),	 ITEM(2, TEXT, name),	  ITEM(3, TEXT, value),
	ITEM(4, U32, number),	 ITEM(5, BOOL, absent),	  ITEM(6, CHARS, blob),
	ITEM(7, I64, size),	 ITEM(8, U32, mode),	  ITEM(9, U32, uid),
	ITEM(10, U32, gid),	 ITEM(11, I64, mtime_ns), ITEM(12, U64, inode),
	ITEM(16, U32, node),	 ITEM(17, U64, device),	  ITEM(18, U64, folder),
	ITEM(19, U64, revision),
};
static const struct record item_record = {item_fields, sizeof(item_fields) / sizeof(*item_fields)};

static void encode_items(const struct event *event, struct buf *out)
{
	struct buf one;

	if (!event->items_count)
		return;
	buf_init(&one, LIMIT_EVENT_BYTES);
	for (uint32_t i = 0; i < event->items_count; i++) {
		buf_clear(&one);
		record_encode(&item_record, &event->items[i], &one);
		record_add_bytes(out, TAG_ITEM, buf_text(&one), one.length);
	}
	buf_release(&one);
}

void event_encode(const struct event *event, struct buf *out)
{
	if (event->node != EVENT_NO_NODE)
		record_add_number(out, TAG_NODE, (uint64_t)event->node + 1);
	record_encode(&event_record, event, out);
	encode_items(event, out);
}

static uint32_t count_items(const void *data, size_t length)
{
	struct record_reader reader = {.at = data};
	struct record_value value;
	uint32_t count = 0;

	reader.end = reader.at + length;
	while (record_next(&reader, &value, NULL) > 0)
		count += value.tag == TAG_ITEM && value.is_bytes;
	return count;
}

static int decode_item(const struct record_value *value, struct arena *arena, struct event *event,
		       struct err *err)
{
	struct event_item *item = &event->items[event->items_count];
	int got;

	if (!value->is_bytes)
		return err_set(err, ERR_CORRUPT, "a stored event is damaged: an item is no record");
	got = record_decode(&item_record, value->data, value->length, arena, item, err);
	if (got < 0)
		return got;
	event->items_count++;
	return 0;
}

static int decode_field(const struct record_value *value, struct arena *arena, struct event *event,
			size_t *place, struct err *err)
{
	if (value->tag == TAG_ITEM)
		return decode_item(value, arena, event, err);
	if (value->tag == TAG_NODE) {
		if (value->is_bytes || value->number == 0 || value->number > EVENT_NO_NODE)
			return err_set(err, ERR_CORRUPT, "a stored event is damaged: its node");
		event->node = (uint32_t)(value->number - 1);
		return 0;
	}
	return record_store(&event_record, value, arena, event, place, err);
}

static int check_words(const struct event *event, struct err *err)
{
	if (event->state >= STATES || !reason_is_known((int)event->reason) ||
	    event->attempt_kind > ATTEMPT_SHELL || event->exit_kind > EXIT_RESOURCE ||
	    event->verdict > VERDICT_REJECT || event->question > QUESTION_SECURITY ||
	    event->trigger >= TRIGGERS || event->answer > ANSWER_FAILED ||
	    event->moment > MOMENT_RESTORED)
		return err_set(err, ERR_CORRUPT,
			       "a stored event says what this version cannot know");
	return 0;
}

int event_decode(const void *data, size_t length, int format, struct arena *arena,
		 struct event *out, struct err *err)
{
	struct event event = {.node = EVENT_NO_NODE};
	struct record_reader reader = {.at = data};
	struct record_value value;
	size_t place = 0;
	uint32_t count;
	int more;

	if (format < 1 || format > EVENT_FORMAT)
		return err_set(err, ERR_CORRUPT,
			       "a stored event has format %d; this version reads up to %d", format,
			       EVENT_FORMAT);
	reader.end = reader.at + length;
	count = count_items(data, length);
	if (count)
		event.items = arena_alloc(arena, count * sizeof(*event.items));
	while ((more = record_next(&reader, &value, err)) > 0) {
		more = decode_field(&value, arena, &event, &place, err);
		if (more < 0)
			return more;
	}
	if (more < 0)
		return more;
	more = check_words(&event, err);
	if (more < 0)
		return more;
	event.kind = out->kind;
	event.seq = out->seq;
	memcpy(event.execution, out->execution, sizeof(event.execution));
	*out = event;
	return 0;
}
