/* SPDX-License-Identifier: MIT
 *
 * The console's words. A node that was recovered is never called so: what was done is said, and
 * that nobody has verified the service since.
 */
#include "tui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/workflow.h"

enum role words_role(enum state state, enum reason reason)
{
	return role_of(state_role(state, reason));
}

const char *words_glyph(const struct canvas *canvas, enum state state, enum reason reason)
{
	return canvas->ascii ? state_ascii(state, reason) : state_glyph(state, reason);
}

static void words_failed(const struct mirror_node *node, char *out, size_t size)
{
	const char *word = state_word(node->state, node->reason);

	if (node->reason == REASON_LOST)
		(void)snprintf(out, size, "%s", word);
	else if (node->reason == REASON_EXIT && node->has_exit_code)
		(void)snprintf(out, size, "failed: exit %" PRId32, node->exit_code);
	else if (node->reason == REASON_SIGNAL && node->signal != 0)
		(void)snprintf(out, size, "failed: signal %" PRId32, node->signal);
	else if (node->reason == REASON_CANCELLED || node->reason == REASON_REJECTED)
		(void)snprintf(out, size, "%s", word);
	else if (node->reason == REASON_NONE)
		(void)snprintf(out, size, "failed");
	else
		(void)snprintf(out, size, "failed: %s", word);
}

void words_node(const struct mirror *mirror, const struct mirror_node *node, char *out, size_t size)
{
	if (node->state == STATE_FAILED)
		words_failed(node, out, size);
	else if (node->state == STATE_RECOVERED && node->reason == REASON_NONE)
		(void)snprintf(out, size, "undone");
	else if (node->state == STATE_PENDING && mirror->ended)
		(void)snprintf(out, size, "not started");
	else if (node->state == STATE_PENDING && node->held)
		(void)snprintf(out, size, "will be held");
	else
		(void)snprintf(out, size, "%s", state_word(node->state, node->reason));
}

void words_of_execution(enum state state, enum reason reason, char *out, size_t size)
{
	if (state == STATE_RECOVERED)
		(void)snprintf(out, size, "ROLLED BACK, service not verified");
	else if (reason == REASON_ROLLED_BACK)
		(void)snprintf(out, size, "PAUSED, rolled back; service not verified");
	else if (state == STATE_RECOVERING)
		(void)snprintf(out, size, "ROLLING BACK");
	else if (state == STATE_PAUSED && reason != REASON_NONE && reason != REASON_OPERATOR)
		(void)snprintf(out, size, "PAUSED, %s", state_word(state, reason));
	else if (state == STATE_FAILED && reason == REASON_CANCELLED)
		(void)snprintf(out, size, "FAILED, cancelled");
	else
		(void)snprintf(out, size, "%s", state_name(state));
}

void words_execution(const struct mirror *mirror, char *out, size_t size)
{
	words_of_execution(mirror->state, mirror->reason, out, size);
}

void words_elapsed(const struct mirror_node *node, int64_t wall_us, char *out, size_t size)
{
	char text[CLOCK_DURATION_TEXT];
	int64_t end_us = node->ended_us;

	if (node->started_us == 0) {
		(void)snprintf(out, size, "%s", "");
		return;
	}
	if (end_us < node->started_us)
		end_us = wall_us > node->started_us ? wall_us : node->started_us;
	clock_format_duration(end_us - node->started_us, text);
	(void)snprintf(out, size, "%s", text);
}

void words_clock(int64_t wall_us, char *out, size_t size)
{
	char text[CLOCK_TIME_TEXT];

	clock_format_time(wall_us, text);
	(void)snprintf(out, size, "%.8sZ", strlen(text) > 19 ? text + 11 : "--:--:--");
}

void words_bytes(int64_t bytes, char *out, size_t size)
{
	if (bytes < 1024)
		(void)snprintf(out, size, "%" PRId64 " B", bytes);
	else if (bytes < 1024 * 1024)
		(void)snprintf(out, size, "%.1f KiB", (double)bytes / 1024);
	else
		(void)snprintf(out, size, "%.1f MiB", (double)bytes / (1024 * 1024));
}

const char *words_risk(const struct mirror_node *node)
{
	return risk_name(risk_level(node->risk));
}

bool words_is_problem(const struct mirror_node *node)
{
	switch (node->reason) {
	case REASON_UNREACHABLE:
	case REASON_APPROVAL:
	case REASON_MANUAL:
	case REASON_ASKING:
	case REASON_UNDO_ASKING:
		return true;
	default: /* of the other reasons the state tells enough */
		return node->state == STATE_FAILED;
	}
}

bool words_is_live(const struct mirror_node *node)
{
	if (node->state == STATE_RUNNING || node->reason == REASON_FROZEN)
		return true;
	return node->reason == REASON_UNDOING || node->reason == REASON_UNDO_STOPPING;
}
