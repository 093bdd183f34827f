/* SPDX-License-Identifier: MIT
 *
 * Why a node does not run now, in one line for people. Everything is derived from the mirror: the
 * engine stores no such words.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "client/mirror.h"

#define NEEDS_NAMED 3 /* the others are counted */

static void add_wait(struct buf *out, const char *what, int64_t due_us, int64_t now_us)
{
	char text[CLOCK_DURATION_TEXT];

	if (due_us <= now_us) {
		buf_printf(out, "%s now", what);
		return;
	}
	clock_format_duration(due_us - now_us, text);
	buf_printf(out, "%s in %s", what, text);
}

/* "needs issue (running), swap (pending) and 2 more"; false when all needs are met. */
static bool add_needs(struct buf *out, const struct mirror *mirror, const struct mirror_node *node)
{
	uint32_t unmet = 0;

	for (uint32_t i = 0; i < node->needs_count; i++) {
		const struct mirror_node *need = &mirror->nodes[node->needs[i]];

		if (need->state == STATE_COMPLETED)
			continue;
		if (unmet++ >= NEEDS_NAMED)
			continue;
		buf_printf(out, "%s%s (%s)", unmet == 1 ? "needs " : ", ", need->id,
			   state_word(need->state, need->reason));
	}
	if (unmet > NEEDS_NAMED)
		buf_printf(out, " and %u more", unmet - NEEDS_NAMED);
	return unmet > 0;
}

/* "waits for phase prepare (2 nodes left)"; false when no earlier phase is open. */
static bool add_phase(struct buf *out, const struct mirror *mirror, const struct mirror_node *node)
{
	for (int32_t phase = 0; phase < node->phase_index; phase++) {
		uint32_t open = mirror->phase_open[phase];

		if (!open)
			continue;
		buf_printf(out, "waits for phase %s (%u %s left)", mirror->phases[phase], open,
			   open == 1 ? "node" : "nodes");
		return true;
	}
	return false;
}

/* "held by ana: not before the backup: release it to let it start", "held until 03:30 …" */
static void add_held(struct buf *out, const struct mirror_node *node, int64_t now_us)
{
	const struct mirror_more *more = node->more;

	buf_add_text(out, node->reason == REASON_FROZEN ? "frozen" : "held");
	if (more && more->held_by[0])
		buf_printf(out, " by %s", more->held_by);
	if (more && more->held_note[0])
		buf_printf(out, " (%s)", more->held_note);
	if (node->reason == REASON_FROZEN)
		buf_add_text(out, ": its processes stand still until it is thawed");
	else if (more && more->held_until_us)
		add_wait(out, ": it is released", more->held_until_us, now_us);
	else
		buf_add_text(out, ": release it to let it start");
}

static void add_pending(struct buf *out, const struct mirror *mirror,
			const struct mirror_node *node, int64_t now_us)
{
	if (node->held)
		add_held(out, node, now_us);
	else if (mirror->ended)
		buf_add_text(out, "did not start: the run has ended");
	else if (mirror->cancelled)
		buf_add_text(out, "will not start: the run was cancelled");
	else if (add_needs(out, mirror, node) || add_phase(out, mirror, node))
		return;
	else if (mirror->paused)
		buf_add_text(out, "the run is paused");
	else if (node->reason == REASON_BACKOFF)
		add_wait(out, "retries", node->due_us, now_us);
	else if (mirror->rolling_back)
		buf_add_text(out, "waits for the rollback to end");
	else if (node->message && strncmp(node->message, "waits: ", 7) == 0)
		buf_add_text(out, node->message); /* for files that somebody else writes */
	else if (mirror->counts[STATE_FAILED])
		buf_add_text(out, "not started after the failure of another node");
	else if (mirror->max_parallel && mirror->counts[STATE_RUNNING] >= mirror->max_parallel)
		buf_printf(out, "waits for a free slot (max_parallel %u)", mirror->max_parallel);
	else
		buf_add_text(out, "ready: starts when a slot is free");
}

static void add_running(struct buf *out, const struct mirror_node *node, int64_t now_us)
{
	char text[CLOCK_DURATION_TEXT];

	if (node->reason == REASON_STOPPING) {
		buf_add_text(out, "is being stopped");
	} else if (node->reason == REASON_UNREACHABLE) {
		buf_add_text(out, "nobody can say: the launcher does not answer");
	} else if (node->more && node->more->checking[0]) {
		buf_printf(out, "ended; its %s is being checked", node->more->checking);
	} else if (node->reason == REASON_STARTING) {
		buf_add_text(out, "starts");
	} else if (node->reason == REASON_CAPTURING) {
		buf_add_text(out, "ended; its files are being recorded");
	} else if (node->started_us && node->started_us <= now_us) {
		clock_format_duration(now_us - node->started_us, text);
		buf_printf(out, "runs for %s", text);
	} else {
		buf_add_text(out, "runs");
	}
}

static void add_question(struct buf *out, const struct mirror_node *node)
{
	if (strcmp(node->question, "lost") == 0)
		buf_add_text(out, "asks: nobody saw it end. Answer happened, again or undo");
	else if (strcmp(node->question, "undo_failed") == 0)
		buf_add_text(out, "asks: its undo failed. Answer again, by-hand or leave");
	else if (strcmp(node->question, "risk") == 0)
		buf_add_text(out, "asks: it failed and is critical. Answer again or leave");
	else if (strcmp(node->question, "policy") == 0)
		buf_add_text(out, "asks: it cannot be rolled back as it is. Answer undo, again or "
				  "leave");
	else if (strcmp(node->question, "security") == 0)
		buf_add_text(out, "asks after a security violation: approve or reject");
	else if (strcmp(node->question, "undo_manual") == 0)
		buf_add_text(out, "a person undoes it: do it, then answer done");
	else
		buf_add_text(out, "asks: answer it");
}

/* With what is asked, as far as it is one line. */
static void add_asked(struct buf *out, const char *what, const struct mirror_node *node)
{
	const char *asked = node->message != NULL ? node->message : "";

	buf_add_text(out, what);
	if (asked[0] != '\0')
		buf_printf(out, ": %.*s", (int)strcspn(asked, "\n"), asked);
}

static void add_paused(struct buf *out, const struct mirror_node *node, int64_t now_us)
{
	if (node->reason == REASON_HELD || node->reason == REASON_FROZEN)
		add_held(out, node, now_us);
	else if (node->reason == REASON_APPROVAL && node->due_us)
		add_wait(out, "waits for an approval; the time for it ends", node->due_us, now_us);
	else if (node->reason == REASON_APPROVAL)
		add_asked(out, "waits for an approval", node);
	else if (node->reason == REASON_MANUAL)
		add_asked(out, "a person does it, then answers", node);
	else if (node->reason == REASON_ASKING)
		add_question(out, node);
	else
		buf_add_text(out, state_word(node->state, node->reason));
}

/* What went wrong, and did not matter. */
static void add_ignored(struct buf *out, const struct mirror_node *node)
{
	if (node->message != NULL && node->message[0] != '\0')
		buf_add_text(out, node->message);
	else if (node->signal)
		buf_printf(out, "signal %d", node->signal);
	else if (node->has_exit_code)
		buf_printf(out, "exit %d", node->exit_code);
	else
		buf_add_text(out, "it failed");
	buf_add_text(out, ", which is ignored");
}

static void add_failed(struct buf *out, const struct mirror_node *node)
{
	buf_printf(out, "failed: %s", state_word(node->state, node->reason));
	if (node->reason == REASON_EXIT && node->has_exit_code)
		buf_printf(out, " %d", node->exit_code);
	if (node->reason == REASON_SIGNAL && node->signal)
		buf_printf(out, " %d", node->signal);
	if (node->attempt > 1)
		buf_printf(out, " (attempt %u)", node->attempt);
}

static void add_recovering(struct buf *out, const struct mirror_node *node, int64_t now_us)
{
	if (node->reason == REASON_UNDO_WAITING)
		buf_add_text(out, "will be undone after what depends on it");
	else if (node->reason == REASON_UNDOING)
		buf_add_text(out, "its undo runs");
	else if (node->reason == REASON_UNDO_STOPPING)
		buf_add_text(out, "its undo is being stopped; then it asks");
	else if (node->reason == REASON_RESTORING)
		buf_add_text(out, "its files are being restored");
	else if (node->reason == REASON_UNDO_BACKOFF)
		add_wait(out, "its undo is tried again", node->due_us, now_us);
	else if (node->reason == REASON_UNDO_ASKING)
		add_question(out, node);
	else
		buf_add_text(out, state_word(node->state, node->reason));
}

void mirror_why(const struct mirror *mirror, uint32_t index, int64_t now_us, char *out, size_t size)
{
	const struct mirror_node *node = &mirror->nodes[index];
	struct buf text;

	buf_init(&text, 1000);
	switch (node->state) {
	case STATE_PENDING:
		add_pending(&text, mirror, node, now_us);
		break;
	case STATE_RUNNING:
		add_running(&text, node, now_us);
		break;
	case STATE_PAUSED:
		add_paused(&text, node, now_us);
		break;
	case STATE_COMPLETED:
		if (node->reason == REASON_TOLERATED)
			add_ignored(&text, node);
		else
			buf_printf(&text, "completed: %s", state_word(node->state, node->reason));
		break;
	case STATE_FAILED:
		add_failed(&text, node);
		break;
	case STATE_RECOVERING:
		add_recovering(&text, node, now_us);
		break;
	case STATE_RECOVERED:
		buf_printf(&text, "%s: service not verified",
			   state_word(node->state, node->reason));
		break;
	case STATES:
		break;
	}
	(void)snprintf(out, size, "%s", buf_text(&text)); /* cut on purpose */
	buf_release(&text);
}
