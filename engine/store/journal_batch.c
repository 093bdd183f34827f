/* SPDX-License-Identifier: MIT
 *
 * A batch as bytes: what one decision adds to the journal, detached from the execution that made
 * it. A record is the image of a struct as it lies in memory, followed by its texts; the pointers
 * in the image mean nothing and are set again on reading. That is enough, since a batch goes from
 * one thread to another and never to a disk, and it costs one copy instead of a codec a row type.
 */
#include "store/journal_batch.h"

#include <assert.h>
#include <string.h>

#define BATCH_MAX ((size_t)1024 * 1024 * 1024)
#define NO_TEXT	  UINT32_MAX

/* ---- writing ------------------------------------------------------------------------------ */

void journal_batch_init(struct journal_batch *batch)
{
	*batch = (struct journal_batch){0};
	buf_init(&batch->events, BATCH_MAX);
	buf_init(&batch->rows, BATCH_MAX);
}

void journal_batch_release(struct journal_batch *batch)
{
	buf_release(&batch->events);
	buf_release(&batch->rows);
	journal_batch_init(batch);
}

static void ensure_init(struct journal_batch *batch)
{
	if (!batch->events.max)
		journal_batch_init(batch);
}

static void put_bytes(struct buf *out, const void *data, size_t length)
{
	uint32_t size = (uint32_t)length;

	buf_add(out, &size, sizeof(size));
	buf_add(out, data, length);
	buf_add_char(out, '\0');
}

static void put_text(struct buf *out, const char *text)
{
	uint32_t none = NO_TEXT;

	if (text)
		put_bytes(out, text, strlen(text));
	else
		buf_add(out, &none, sizeof(none));
}

static void put_row(struct journal_batch *batch, enum batch_kind kind, const void *image,
		    size_t size)
{
	uint32_t number = kind;

	ensure_init(batch);
	buf_add(&batch->rows, &number, sizeof(number));
	buf_add(&batch->rows, image, size);
}

/* What is encoded in place begins with its length, which is filled in afterwards. */
static size_t begin_bytes(struct buf *out)
{
	uint32_t size = 0;

	buf_add(out, &size, sizeof(size));
	return out->length;
}

static void end_bytes(struct buf *out, size_t start)
{
	uint32_t size = (uint32_t)(out->length - start);

	if (out->overflow)
		return;
	memcpy(out->data + start - sizeof(size), &size, sizeof(size));
	buf_add_char(out, '\0');
}

static void put_payload(struct buf *out, const struct event *event)
{
	size_t start = begin_bytes(out);

	event_encode(event, out);
	end_bytes(out, start);
}

void journal_batch_event(struct journal_batch *batch, const struct event *event)
{
	bool created = event->kind == EVENT_CREATED;
	struct batch_event image = {.seq = event->seq, .kind = event->kind};

	ensure_init(batch);
	assert(event->seq > batch->last_seq);
	memcpy(image.execution, event->execution, sizeof(image.execution));
	image.number = event->number;
	buf_add(&batch->events, &image, sizeof(image));
	put_text(&batch->events, created || event->kind == EVENT_ACT ? event->request : NULL);
	put_text(&batch->events, created ? event->text : NULL);
	put_payload(&batch->events, event);
	if (batch->events_count++ == 0)
		batch->first_seq = event->seq;
	batch->last_seq = event->seq;
}

void journal_batch_execution(struct journal_batch *batch, const struct execution_row *row)
{
	put_row(batch, BATCH_EXECUTION, row, sizeof(*row));
	put_text(&batch->rows, row->name);
	put_text(&batch->rows, row->workflow);
	put_text(&batch->rows, row->revision);
	put_text(&batch->rows, row->folder);
	put_text(&batch->rows, row->actor);
	put_text(&batch->rows, row->note);
	put_text(&batch->rows, row->blob);
	put_text(&batch->rows, row->quarantine);
	put_text(&batch->rows, row->policy);
}

static void put_more(struct buf *out, const struct node_row *row)
{
	size_t start = begin_bytes(out);

	rows_pack_more(row, out);
	end_bytes(out, start);
}

void journal_batch_node(struct journal_batch *batch, const struct node_row *row)
{
	put_row(batch, BATCH_NODE, row, sizeof(*row));
	put_text(&batch->rows, row->id);
	put_text(&batch->rows, row->phase);
	put_text(&batch->rows, row->message);
	put_more(&batch->rows, row);
}

static void put_attempt(void *ctx, const struct attempt_row *row)
{
	put_row(ctx, BATCH_ATTEMPT, row, sizeof(*row));
}

static void put_revision(void *ctx, const struct revision_row *row)
{
	struct journal_batch *batch = ctx;

	put_row(batch, BATCH_REVISION, row, sizeof(*row));
	put_text(&batch->rows, row->path);
}

static void put_act(void *ctx, const struct act_row *row)
{
	struct journal_batch *batch = ctx;

	put_row(batch, BATCH_ACT, row, sizeof(*row));
	put_text(&batch->rows, row->actor);
	put_text(&batch->rows, row->verb);
	put_text(&batch->rows, row->note);
	put_text(&batch->rows, row->request);
}

struct rows_sink journal_batch_sink(struct journal_batch *batch)
{
	return (struct rows_sink){
		.attempt = put_attempt, .revision = put_revision, .act = put_act, .ctx = batch};
}

void journal_batch_snapshot(struct journal_batch *batch, const char *execution, uint64_t seq,
			    const struct buf *image)
{
	struct batch_snapshot snapshot = {.seq = seq};

	assert(strlen(execution) < sizeof(snapshot.execution));
	memcpy(snapshot.execution, execution, strlen(execution));
	put_row(batch, BATCH_SNAPSHOT, &snapshot, sizeof(snapshot));
	put_bytes(&batch->rows, image->data, image->length);
}

/* ---- reading ------------------------------------------------------------------------------ */

static struct batch_cursor cursor_of(const struct buf *buf)
{
	return (struct batch_cursor){buf_text(buf), buf_text(buf) + buf->length};
}

struct batch_cursor journal_batch_events(const struct journal_batch *batch)
{
	return cursor_of(&batch->events);
}

struct batch_cursor journal_batch_rows(const struct journal_batch *batch)
{
	return cursor_of(&batch->rows);
}

static void take(struct batch_cursor *cursor, void *out, size_t size)
{
	assert((size_t)(cursor->end - cursor->at) >= size);
	memcpy(out, cursor->at, size);
	cursor->at += size;
}

static const char *take_bytes(struct batch_cursor *cursor, size_t *out_length)
{
	const char *data;
	uint32_t size;

	take(cursor, &size, sizeof(size));
	if (size == NO_TEXT)
		return NULL;
	assert((size_t)(cursor->end - cursor->at) > size);
	data = cursor->at;
	cursor->at += (size_t)size + 1;
	*out_length = size;
	return data;
}

static const char *take_text(struct batch_cursor *cursor)
{
	size_t length;

	return take_bytes(cursor, &length);
}

bool journal_batch_next_event(struct batch_cursor *cursor, struct batch_event *out)
{
	if (cursor->at == cursor->end)
		return false;
	take(cursor, out, sizeof(*out));
	out->request = take_text(cursor);
	out->workflow = take_text(cursor);
	out->payload = take_bytes(cursor, &out->payload_length);
	return true;
}

static void take_execution(struct batch_cursor *cursor, struct execution_row *out)
{
	take(cursor, out, sizeof(*out));
	out->name = take_text(cursor);
	out->workflow = take_text(cursor);
	out->revision = take_text(cursor);
	out->folder = take_text(cursor);
	out->actor = take_text(cursor);
	out->note = take_text(cursor);
	out->blob = take_text(cursor);
	out->quarantine = take_text(cursor);
	out->policy = take_text(cursor);
}

static void take_node(struct batch_cursor *cursor, struct batch_row *out)
{
	take(cursor, &out->node, sizeof(out->node));
	out->node.id = take_text(cursor);
	out->node.phase = take_text(cursor);
	out->node.message = take_text(cursor);
	out->more = take_bytes(cursor, &out->more_length);
}

static void take_act(struct batch_cursor *cursor, struct act_row *out)
{
	take(cursor, out, sizeof(*out));
	out->actor = take_text(cursor);
	out->verb = take_text(cursor);
	out->note = take_text(cursor);
	out->request = take_text(cursor);
}

bool journal_batch_next_row(struct batch_cursor *cursor, struct batch_row *out)
{
	uint32_t kind;

	if (cursor->at == cursor->end)
		return false;
	take(cursor, &kind, sizeof(kind));
	out->kind = (enum batch_kind)kind;
	switch (out->kind) {
	case BATCH_EXECUTION:
		take_execution(cursor, &out->execution);
		break;
	case BATCH_NODE:
		take_node(cursor, out);
		break;
	case BATCH_ATTEMPT:
		take(cursor, &out->attempt, sizeof(out->attempt));
		break;
	case BATCH_REVISION:
		take(cursor, &out->revision, sizeof(out->revision));
		out->revision.path = take_text(cursor);
		break;
	case BATCH_ACT:
		take_act(cursor, &out->act);
		break;
	case BATCH_SNAPSHOT:
		take(cursor, &out->snapshot, sizeof(out->snapshot));
		out->snapshot.image = take_bytes(cursor, &out->snapshot.length);
		break;
	}
	return true;
}
