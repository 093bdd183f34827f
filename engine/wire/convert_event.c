/* SPDX-License-Identifier: MIT
 *
 * An event as a record: the fields that every reader wants by their place, the rest as pairs of
 * names and texts, so that a new field of an event needs no new message.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/limits.h"
#include "wire/convert.h"
#include "wire/message.h"

#define RECORD_FIELDS 11 /* the number of EventRecord.fields */

static void add_missing(struct buf *out, const char *name)
{
	Hlp__V1__Pair pair = HLP__V1__PAIR__INIT;

	pair.name = (char *)name;
	pair.missing = true;
	convert_field_message(out, RECORD_FIELDS, &pair.base);
}

static void add_pair(struct buf *out, const char *name, const char *value)
{
	Hlp__V1__Pair pair = HLP__V1__PAIR__INIT;

	if (!value || !value[0])
		return;
	pair.name = (char *)name;
	pair.value = (char *)value;
	convert_field_message(out, RECORD_FIELDS, &pair.base);
}

static void add_number(struct buf *out, const char *name, int64_t value)
{
	char text[24];

	if (!value)
		return;
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	add_pair(out, name, text);
}

static void add_time(struct buf *out, const char *name, int64_t wall_us)
{
	char text[CLOCK_TIME_TEXT];

	if (!wall_us)
		return;
	clock_format_time(wall_us, text);
	add_pair(out, name, text);
}

static void add_exit(struct buf *out, const struct event *event)
{
	char text[40];

	if (event->exit_kind == EXIT_NONE) {
		add_number(out, "code", event->code);
		return;
	}
	(void)snprintf(text, sizeof(text), "%s %d", convert_exit_kind(event->exit_kind),
		       event->code);
	add_pair(out, "exit", text);
}

static void add_words(struct buf *out, const struct event *event)
{
	if (event->verdict != VERDICT_NONE)
		add_pair(out, "verdict", verdict_name(event->verdict));
	if (event->question != QUESTION_NONE)
		add_pair(out, "question", question_name(event->question));
	if (event->answer != ANSWER_NONE)
		add_pair(out, "answer", answer_name(event->answer));
	add_pair(out, "moment", convert_moment(event->moment));
	add_pair(out, "origin", event->origin);
	add_pair(out, "note", event->note);
	add_pair(out, "request", event->request);
	add_pair(out, "revision", event->revision);
	add_pair(out, "folder", event->folder);
	add_pair(out, "blob", event->blob);
	if (event->flag)
		add_pair(out, "flag", "true");
}

static void add_numbers(struct buf *out, const struct event *event)
{
	add_number(out, "number", event->number);
	add_time(out, "until", event->until_us);
	add_number(out, "interval_us", event->interval_us);
	add_number(out, "pid", event->pid);
	add_number(out, "cpu_us", event->cpu_us);
	add_number(out, "rss_kib", event->rss_kib);
}

/* "param host" = "edge.local"; a file's contents are named by their blob. */
static void add_item(struct buf *out, const struct event_item *item)
{
	const char *value = item->value;
	struct buf name;

	if (strcmp(item->kind, "env") == 0)
		return;
	if (!value)
		value = item->absent ? "absent" : *item->blob ? item->blob : "not kept";
	buf_init(&name, LIMIT_EVENT_BYTES);
	buf_printf(&name, "%s %s", item->kind, item->name ? item->name : "");
	if (!item->value && strcmp(item->kind, "shown") == 0)
		add_missing(out, buf_text(&name));
	else
		add_pair(out, buf_text(&name), value);
	buf_release(&name);
}

static void add_header(struct buf *out, const struct event *event, const char *node)
{
	Hlp__V1__EventRecord record = HLP__V1__EVENT_RECORD__INIT;
	char attempt[24] = "";

	record.seq = event->seq;
	record.time_us = event->time_us;
	record.kind = (char *)event_kind_name(event->kind);
	record.node = (char *)node;
	if (event->attempt_kind != ATTEMPT_NONE)
		(void)snprintf(attempt, sizeof(attempt), "%s %u",
			       attempt_kind_name(event->attempt_kind), event->attempt);
	record.attempt = attempt;
	if (event->kind == EVENT_ENDED)
		record.state = (char *)state_name(event->state);
	else if (event->reason != REASON_NONE)
		record.state = (char *)state_name(reason_state(event->reason));
	record.reason = (char *)reason_name(event->reason);
	record.actor = (char *)event->actor;
	record.verb = (char *)event->verb;
	if (event->text) {
		record.text.len = strlen(event->text);
		record.text.data = (uint8_t *)event->text;
	}
	message_pack(&record.base, out);
}

void convert_event(struct buf *out, const struct event *event, const char *node)
{
	add_header(out, event, node);
	add_exit(out, event);
	add_words(out, event);
	add_numbers(out, event);
	for (uint32_t i = 0; i < event->items_count; i++)
		add_item(out, &event->items[i]);
}
