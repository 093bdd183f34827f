/* SPDX-License-Identifier: MIT
 *
 * Rows as messages. What the rows say is decided by the model, what the messages look like by
 * hlp.proto; nothing is computed here.
 */
#include "wire/convert.h"

#include <stdio.h>
#include <string.h>

#include "wire/message.h"

/* Field numbers of the messages that are written row by row. */
enum {
	STATUS_EXECUTION = 1,
	STATUS_NODES = 2,
	STATUS_SEQ = 3,
	UPDATE_SEQ = 1,
	UPDATE_SNAPSHOT = 2,
	UPDATE_RESYNC = 3,
	UPDATE_EXECUTION = 4,
	UPDATE_NODES = 5,
	UPDATE_ACTS = 6,
	UPDATE_LAST = 7,
	LIST_EXECUTIONS = 1,
	LIST_SEQ = 2,
	ATTEMPTS = 1,
	REVISIONS = 1,
};

/* ---- fields ------------------------------------------------------------------------------- */

static void add_varint(struct buf *out, uint64_t value)
{
	while (value >= 0x80) {
		buf_add_char(out, (char)(value | 0x80));
		value >>= 7;
	}
	buf_add_char(out, (char)value);
}

void convert_field_message(struct buf *out, unsigned number, const ProtobufCMessage *message)
{
	add_varint(out, (uint64_t)number << 3 | 2);
	add_varint(out, protobuf_c_message_get_packed_size(message));
	message_pack(message, out);
}

void convert_field_number(struct buf *out, unsigned number, uint64_t value)
{
	if (!value)
		return; /* as proto3 has it */
	add_varint(out, (uint64_t)number << 3);
	add_varint(out, value);
}

/* ---- words -------------------------------------------------------------------------------- */

const char *convert_exit_kind(enum exit_kind kind)
{
	switch (kind) {
	case EXIT_NONE:
		return "";
	case EXIT_STATUS:
		return "status";
	case EXIT_SIGNAL:
		return "signal";
	case EXIT_TIMEOUT:
		return "timeout";
	case EXIT_LAUNCH:
		return "launch";
	case EXIT_UNKILLABLE:
		return "unkillable";
	case EXIT_RESOURCE:
		return "resource";
	}
	return "";
}

const char *convert_moment(enum moment moment)
{
	switch (moment) {
	case MOMENT_NONE:
		return "";
	case MOMENT_BEFORE:
		return "before";
	case MOMENT_AFTER:
		return "after";
	case MOMENT_RESTORED:
		return "restored";
	}
	return "";
}

/* ---- rows --------------------------------------------------------------------------------- */

void convert_execution(const struct execution_row *row, Hlp__V1__Execution *out)
{
	hlp__v1__execution__init(out);
	out->id = (char *)row->id;
	out->name = (char *)row->name;
	out->workflow = (char *)row->workflow;
	out->number = row->number;
	out->revision = (char *)row->revision;
	out->dirty = row->dirty;
	out->folder = (char *)row->folder;
	out->actor = (char *)row->actor;
	out->note = (char *)row->note;
	out->state = (char *)state_name(row->state);
	out->reason = (char *)reason_name(row->reason);
	out->paused = row->paused;
	out->cancelled = row->cancelled;
	out->rolling_back = row->rolling_back;
	out->quarantined = row->quarantined;
	out->quarantine = (char *)(row->quarantine ? row->quarantine : "");
	out->policy = (char *)(row->policy ? row->policy : "");
	out->ended = row->ended;
	out->created_us = row->created_us;
	out->started_us = row->started_us;
	out->ended_us = row->ended_us;
	out->nodes_count = row->nodes_count;
	out->n_counts = STATES;
	out->counts = (uint32_t *)row->counts;
	out->seq = row->seq;
}

void convert_node(const struct node_row *row, Hlp__V1__Node *out)
{
	hlp__v1__node__init(out);
	out->index = row->index;
	out->id = (char *)row->id;
	out->phase = (char *)row->phase;
	out->risk = row->risk;
	out->state = (char *)state_name(row->state);
	out->reason = (char *)reason_name(row->reason);
	out->held = row->held;
	out->stale = row->stale;
	out->verdict_pending = row->verdict_pending;
	out->attempt = row->attempt;
	out->undo_attempt = row->undo_attempt;
	out->has_exit_code = row->has_exit_code;
	out->exit_code = row->exit_code;
	out->signal = row->signal;
	out->started_us = row->started_us;
	out->ended_us = row->ended_us;
	out->due_us = row->due_us;
	out->pid = row->pid;
	if (row->question != QUESTION_NONE)
		out->question = (char *)question_name(row->question);
	if (row->message) {
		out->message.len = strlen(row->message);
		out->message.data = (uint8_t *)row->message;
	}
	out->version = row->version;
	out->asked_us = row->asked_us;
	out->held_by = (char *)row->held_by;
	out->held_note = (char *)row->held_note;
	out->shells = row->shells;
	out->checking = (char *)(row->checking ? row->checking : "");
	out->held_until_us = row->held_until_us;
	out->freezing = row->freezing;
}

static void name_attempt(char *out, size_t size, enum attempt_kind kind, uint32_t number)
{
	if (kind == ATTEMPT_NONE)
		out[0] = '\0';
	else
		(void)snprintf(out, size, "%s %u", attempt_kind_name(kind), number);
}

void convert_revision(const struct revision_row *row, const char *node,
		      struct convert_standing standing, struct convert_texts *texts,
		      Hlp__V1__Revision *out)
{
	const struct revision *revision = &row->revision;

	(void)snprintf(texts->id, sizeof(texts->id), "r%llu", (unsigned long long)revision->seq);
	name_attempt(texts->attempt, sizeof(texts->attempt), revision->attempt_kind,
		     revision->attempt);
	hlp__v1__revision__init(out);
	out->id = texts->id;
	out->node = (char *)node;
	out->path = (char *)row->path;
	out->moment = (char *)convert_moment(revision->moment);
	out->attempt = texts->attempt;
	out->time_us = revision->time_us;
	out->absent = revision->absent;
	out->blob = (char *)revision->blob;
	out->size = revision->size;
	out->mode = revision->mode;
	out->current = standing.current;
	out->failed = standing.failed;
	out->execution = (char *)(standing.execution ? standing.execution : "");
	out->folder = (char *)(standing.folder ? standing.folder : "");
}

/* ---- status and updates -------------------------------------------------------------------- */

static void add_execution(struct buf *out, unsigned number, const struct execution_row *row)
{
	Hlp__V1__Execution message;

	convert_execution(row, &message);
	convert_field_message(out, number, &message.base);
}

/* What the question shows travels with the node; few nodes ask, so nothing is kept ready for it. */
static void add_asking_node(struct buf *out, unsigned number, const struct node_row *row,
			    Hlp__V1__Node *message)
{
	struct arena arena = {0};
	Hlp__V1__Pair *pairs = arena_alloc(&arena, row->shown_count * sizeof(*pairs));

	message->n_shown = row->shown_count;
	message->shown = arena_alloc(&arena, row->shown_count * sizeof(Hlp__V1__Pair *));
	for (uint32_t i = 0; i < row->shown_count; i++) {
		hlp__v1__pair__init(&pairs[i]);
		pairs[i].name = (char *)row->shown[i].name;
		pairs[i].missing = !row->shown[i].value;
		if (!pairs[i].missing)
			pairs[i].value = (char *)row->shown[i].value;
		message->shown[i] = &pairs[i];
	}
	convert_field_message(out, number, &message->base);
	arena_release(&arena);
}

static void add_node(struct buf *out, unsigned number, const struct node_row *row)
{
	Hlp__V1__Node message;

	convert_node(row, &message);
	if (row->shown_count)
		add_asking_node(out, number, row, &message);
	else
		convert_field_message(out, number, &message.base);
}

void convert_status_header(struct buf *out, const struct execution_row *row, uint64_t seq)
{
	add_execution(out, STATUS_EXECUTION, row);
	convert_field_number(out, STATUS_SEQ, seq);
}

void convert_status_node(struct buf *out, const struct node_row *row)
{
	add_node(out, STATUS_NODES, row);
}

void convert_update_header(struct buf *out, const struct convert_update *update,
			   const struct execution_row *row)
{
	convert_field_number(out, UPDATE_SEQ, update->seq);
	convert_field_number(out, UPDATE_SNAPSHOT, update->snapshot);
	convert_field_number(out, UPDATE_RESYNC, update->resync);
	if (row)
		add_execution(out, UPDATE_EXECUTION, row);
	convert_field_number(out, UPDATE_LAST, update->last);
}

void convert_update_node(struct buf *out, const struct node_row *row)
{
	add_node(out, UPDATE_NODES, row);
}

void convert_update_act(struct buf *out, const struct act_row *row, const char *node)
{
	Hlp__V1__ActRecord message = HLP__V1__ACT_RECORD__INIT;

	message.seq = row->seq;
	message.time_us = row->time_us;
	message.actor = (char *)row->actor;
	message.verb = (char *)row->verb;
	message.node = (char *)node;
	message.note = (char *)row->note;
	convert_field_message(out, UPDATE_ACTS, &message.base);
}

/* ---- lists -------------------------------------------------------------------------------- */

void convert_list_execution(struct buf *out, const struct execution_row *row)
{
	add_execution(out, LIST_EXECUTIONS, row);
}

void convert_list_seq(struct buf *out, uint64_t seq)
{
	convert_field_number(out, LIST_SEQ, seq);
}

void convert_attempt(struct buf *out, const struct attempt_row *row, const char *node,
		     int64_t output_bytes)
{
	Hlp__V1__Attempt message = HLP__V1__ATTEMPT__INIT;

	message.node = (char *)node;
	message.kind = (char *)attempt_kind_name(row->kind);
	message.number = row->number;
	message.exit_kind = (char *)convert_exit_kind(row->exit_kind);
	message.code = row->code;
	message.started_us = row->started_us;
	message.ended_us = row->ended_us;
	message.pid = row->pid;
	message.cpu_us = row->cpu_us;
	message.rss_kib = row->rss_kib;
	message.output_bytes = output_bytes;
	convert_field_message(out, ATTEMPTS, &message.base);
}

void convert_artifact(struct buf *out, const struct revision_row *row, const char *node,
		      struct convert_standing standing)
{
	Hlp__V1__Revision message;
	struct convert_texts texts;

	convert_revision(row, node, standing, &texts, &message);
	convert_field_message(out, REVISIONS, &message.base);
}

void convert_act_reply(struct buf *out, uint64_t seq, const struct execution_row *row,
		       const char *text)
{
	Hlp__V1__ActReply message = HLP__V1__ACT_REPLY__INIT;
	Hlp__V1__Execution execution;

	message.seq = seq;
	message.message = (char *)text;
	if (row) {
		convert_execution(row, &execution);
		message.execution = &execution;
	}
	message_pack(&message.base, out);
}
