/* SPDX-License-Identifier: MIT
 *
 * States into words. See show.h.
 */
#include "cli/show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

struct show_node show_of_mirror(const struct mirror_node *node)
{
	return (struct show_node){
		.state = node->state,
		.reason = node->reason,
		.has_exit_code = node->has_exit_code,
		.held = node->held,
		.stale = node->stale,
		.exit_code = node->exit_code,
		.signal = node->signal,
		.attempt = node->attempt,
		.started_us = node->started_us,
		.ended_us = node->ended_us,
		.due_us = node->due_us,
		.question = node->question != NULL ? node->question : "",
		.message = node->message != NULL ? node->message : "",
	};
}

struct show_node show_of_row(const Hlp__V1__Node *row, char message[SHOW_TEXT])
{
	struct show_node node = {
		.has_exit_code = row->has_exit_code,
		.held = row->held,
		.stale = row->stale,
		.exit_code = row->exit_code,
		.signal = row->signal,
		.attempt = row->attempt,
		.started_us = row->started_us,
		.ended_us = row->ended_us,
		.due_us = row->due_us,
		.question = row->question,
		.message = message,
	};
	size_t length = row->message.len < SHOW_TEXT ? row->message.len : SHOW_TEXT - 1;
	if (length > 0)
		memcpy(message, row->message.data, length);
	message[length] = '\0';
	show_parse(row->state, row->reason, &node.state, &node.reason);
	return node;
}

void show_parse(const char *state, const char *reason, enum state *out_state,
		enum reason *out_reason)
{
	*out_state = STATE_PENDING;
	*out_reason = REASON_NONE;
	(void)state_parse(state, out_state); /* an engine newer than we: shown as pending */
	(void)reason_parse(reason, out_reason);
}

const char *show_word(enum state state, enum reason reason)
{
	return state_word(state, reason);
}

const char *show_execution_word(enum state state, enum reason reason)
{
	bool plain = reason == REASON_OK || reason == REASON_NODES;
	return state_word(state, plain ? REASON_NONE : reason);
}

int64_t show_now_us(void)
{
	return clock_wall_us(clock_system());
}

static void show_local(int64_t wall_us, const char *format, char out[16])
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND_US);
	struct tm local;
	localtime_r(&seconds, &local);
	if (strftime(out, 16, format, &local) == 0)
		out[0] = '\0';
}

void show_clock(int64_t wall_us, char out[16])
{
	show_local(wall_us, "%H:%M:%S", out);
}

void show_day(int64_t wall_us, char out[16])
{
	show_local(wall_us, "%Y-%m-%d", out);
}

void show_duration(int64_t duration_us, char out[16])
{
	clock_format_duration(duration_us < 0 ? 0 : duration_us, out);
}

void show_zone(int64_t wall_us, char out[16])
{
	show_local(wall_us, "%z", out);
}

static void show_failure(const struct show_node *node, char out[SHOW_TEXT])
{
	const char *word = show_word(node->state, node->reason);
	if (node->reason == REASON_EXIT && node->has_exit_code) {
		snprintf(out, SHOW_TEXT, "failed  exit %d", (int)node->exit_code);
	} else if (node->reason == REASON_SIGNAL && node->signal != 0) {
		snprintf(out, SHOW_TEXT, "failed  signal %d (%s)", (int)node->signal,
			 strsignal(node->signal));
	} else if (node->reason == REASON_LOST || node->reason == REASON_CANCELLED) {
		snprintf(out, SHOW_TEXT, "%s", word);
	} else if (node->message[0] != '\0') {
		snprintf(out, SHOW_TEXT, "failed  %s: %.200s", word, node->message);
	} else {
		snprintf(out, SHOW_TEXT, "failed  %s", word);
	}
}

/* ": exit 3"; "" when nobody said. */
static void show_ignored(const struct show_node *node, char out[SHOW_TEXT])
{
	out[0] = '\0';
	if (node->message[0] != '\0')
		snprintf(out, SHOW_TEXT, ": %.250s", node->message);
	else if (node->signal != 0)
		snprintf(out, SHOW_TEXT, ": signal %d (%s)", (int)node->signal,
			 strsignal(node->signal));
	else if (node->has_exit_code && node->exit_code != 0)
		snprintf(out, SHOW_TEXT, ": exit %d", (int)node->exit_code);
}

static void show_with_time(const struct show_node *node, int64_t now_us, char out[SHOW_TEXT])
{
	char time[16] = "";
	const char *word = show_word(node->state, node->reason);
	int64_t end = node->state == STATE_COMPLETED ? node->ended_us : now_us;
	if (node->started_us > 0 && end > node->started_us)
		show_duration(end - node->started_us, time);
	char ignored[SHOW_TEXT] = "";
	if (node->reason == REASON_TOLERATED)
		show_ignored(node, ignored);
	snprintf(out, SHOW_TEXT, "%s%.200s%s%s", word, ignored, time[0] != '\0' ? "  " : "", time);
}

/* What is asked, in a few words; then the message, where that is not all of it. */
static void show_question(const struct show_node *node, char out[SHOW_TEXT])
{
	static const char *const asks[][2] = {
		{"lost", "did it happen?"},	     {"undo_failed", "its undo failed:"},
		{"manual", "do it by hand:"},	     {"approval", "may it start?"},
		{"undo_manual", "undo it by hand:"}, {"policy", "its rollback cannot be as it is:"},
		{"security", "may it run again?"}};
	const char *before = "";
	for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
		before = strcmp(asks[i][0], node->question) == 0 ? asks[i][1] : before;
	if (node->message[0] == '\0' && before[0] == '\0')
		before = node->question;
	snprintf(out, SHOW_TEXT, "asks  %s%s%.250s", before,
		 before[0] != '\0' && node->message[0] != '\0' ? " " : "", node->message);
}

void show_how(const struct show_node *node, int64_t now_us, char out[SHOW_TEXT])
{
	char time[16];
	if (node->question[0] != '\0') {
		show_question(node, out);
	} else if (node->state == STATE_FAILED) {
		show_failure(node, out);
	} else if (node->reason == REASON_BACKOFF || node->reason == REASON_UNDO_BACKOFF) {
		show_duration(node->due_us - now_us, time);
		snprintf(out, SHOW_TEXT, "retry in %s  after attempt %u", time, node->attempt);
	} else if (node->state == STATE_RUNNING || node->state == STATE_COMPLETED) {
		show_with_time(node, now_us, out);
	} else if (node->state == STATE_RECOVERED) {
		snprintf(out, SHOW_TEXT, "%s  service not verified",
			 show_word(node->state, node->reason));
	} else if (node->state == STATE_PENDING && node->over) {
		snprintf(out, SHOW_TEXT, "not started");
	} else {
		snprintf(out, SHOW_TEXT, "%s%s", show_word(node->state, node->reason),
			 node->held && node->reason != REASON_HELD ? "  held" : "");
	}
}

void show_counts(const uint32_t counts[STATES], uint32_t total, char out[SHOW_TEXT])
{
	static const enum state order[] = {STATE_COMPLETED, STATE_RUNNING,    STATE_FAILED,
					   STATE_PAUSED,    STATE_RECOVERING, STATE_RECOVERED,
					   STATE_PENDING};
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof order / sizeof order[0] && used < SHOW_TEXT; i++) {
		if (counts[order[i]] > 0) {
			const char *word = order[i] == STATE_RECOVERED
						   ? "rolled back"
						   : state_word(order[i], REASON_NONE);
			used += (size_t)snprintf(out + used, SHOW_TEXT - used, "%s%u %s",
						 used > 0 ? ", " : "", counts[order[i]], word);
		}
	}
	if (used < SHOW_TEXT)
		snprintf(out + used, SHOW_TEXT - used, "%sof %u", used > 0 ? " " : "", total);
}
