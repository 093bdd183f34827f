/* SPDX-License-Identifier: MIT
 *
 * One decision: which events follow from an input. This file hands inputs out and holds the steps
 * that many decisions share; facts are in decide_attempt.c and decide_undo.c, an operator's word in
 * decide_act.c.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/decide.h"
#include "model/derive.h"
#include "model/ready.h"

struct event *decide_emit(struct decision *decision, enum event_kind kind, uint32_t node)
{
	return event_list_add(decision->out, kind, node, decision->input->time_us);
}

struct event *decide_emit_attempt(struct decision *decision, enum event_kind kind, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event = decide_emit(decision, kind, node);

	event->attempt_kind = run->live_kind;
	event->attempt = derive_attempt_number(run);
	if (run->live_kind == ATTEMPT_HOOK)
		event->artifact = run->hook;
	else if (run->live_kind == ATTEMPT_CHECK)
		event->artifact = run->check;
	return event;
}

void decide_moved(struct decision *decision, uint32_t node, enum reason reason)
{
	decision->by_reason[decision->execution->nodes[node].reason]--;
	decision->by_reason[reason]++;
}

const char *decide_text(struct decision *decision, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cut at the size: for people */
	va_end(args);
	return arena_strdup(&decision->out->arena, text);
}

void decide_completed(struct decision *decision, uint32_t node, enum reason reason)
{
	decide_emit(decision, EVENT_COMPLETED, node)->reason = reason;
	decide_moved(decision, node, reason);
	decision->completed = node;
	decide_phase_passed(decision, node);
}

static enum reason reason_of(enum question question)
{
	switch (question) {
	case QUESTION_UNDO_FAILED:
	case QUESTION_UNDO_MANUAL:
		return REASON_UNDO_ASKING;
	case QUESTION_MANUAL:
		return REASON_MANUAL;
	case QUESTION_APPROVAL:
	case QUESTION_SECURITY:
		return REASON_APPROVAL;
	case QUESTION_LOST:
	case QUESTION_RISK:
	case QUESTION_POLICY:
	case QUESTION_NONE:
		break;
	}
	return REASON_ASKING;
}

struct event *decide_asked(struct decision *decision, uint32_t node, enum question question,
			   enum reason again, const char *text)
{
	struct event *event = decide_emit(decision, EVENT_ASKED, node);

	event->question = question;
	event->reason = again;
	event->text = text;
	decide_moved(decision, node, reason_of(question));
	return event;
}

void decide_verdict(struct decision *decision, uint32_t node, enum verdict verdict)
{
	decide_emit_attempt(decision, EVENT_VERDICT, node)->verdict = verdict;
}

void decide_revoke(struct decision *decision, enum revoke which, uint32_t except, const char *why)
{
	const struct execution *execution = decision->execution;
	uint32_t left = execution->intended_count;

	for (uint32_t i = 0; left && i < execution->graph->nodes_count; i++) {
		if (!execution->nodes[i].intended)
			continue;
		left--;
		if (i != except && !derive_check_intended(&execution->nodes[i]) &&
		    (which == REVOKE_ALL || execution->nodes[i].live_kind == ATTEMPT_RUN))
			decide_emit_attempt(decision, EVENT_REVOKED, i)->text = why;
	}
}

enum reason decide_exit_reason(enum exit_kind exit_kind)
{
	switch (exit_kind) {
	case EXIT_STATUS:
		return REASON_EXIT;
	case EXIT_SIGNAL:
		return REASON_SIGNAL;
	case EXIT_TIMEOUT:
		return REASON_TIMEOUT;
	case EXIT_LAUNCH:
		return REASON_LAUNCH;
	case EXIT_UNKILLABLE:
		return REASON_UNKILLABLE;
	case EXIT_RESOURCE:
		return REASON_RESOURCE;
	case EXIT_NONE:
		break;
	}
	return REASON_LOST;
}

enum reason decide_left_reason(const struct node_run *run)
{
	if (run->question == QUESTION_POLICY)
		return run->resume_reason; /* as it failed */
	return run->question == QUESTION_LOST ? REASON_LOST : decide_exit_reason(run->exit_kind);
}

/* A node that waits to be tried again will not be: its last failure stands. */
static void give_up(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event = decide_emit(decision, EVENT_FAILED, node);

	event->reason = decide_exit_reason(run->exit_kind);
	event->code = run->code;
	decide_moved(decision, node, event->reason);
}

void decide_close(struct decision *decision, uint32_t except, const char *why)
{
	const struct execution *execution = decision->execution;
	uint32_t left = execution->by_reason[REASON_BACKOFF];

	decide_revoke(decision, REVOKE_RUNS, except, why);
	for (uint32_t i = 0; left && i < execution->graph->nodes_count; i++) {
		if (execution->nodes[i].reason != REASON_BACKOFF)
			continue;
		left--;
		if (i != except)
			give_up(decision, i);
	}
	decide_withdraw(decision, except);
	decision->by_reason[REASON_READY] += decision->by_reason[REASON_HELD];
	decision->by_reason[REASON_HELD] = 0;
	decision->closed = true;
}

void decide_stop_live(struct decision *decision, uint32_t except)
{
	const struct execution *execution = decision->execution;
	bool any = execution->live_count || execution->reserved_count ||
		   execution->by_reason[REASON_MANUAL];

	for (uint32_t i = 0; any && i < execution->graph->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		if (i == except)
			continue;
		if (derive_runs(node) && derive_lives(node) && node->verdict == VERDICT_NONE)
			decide_verdict(decision, i, VERDICT_CANCEL);
		else if (derive_check_intended(node))
			decide_check_cancel(decision, i);
		else if (node->question == QUESTION_MANUAL)
			decide_dropped(decision, i);
	}
}

void decide_failed(struct decision *decision, uint32_t node, enum reason reason, int32_t code,
		   const char *text)
{
	struct event *event = decide_emit(decision, EVENT_FAILED, node);

	event->reason = reason;
	event->code = code;
	event->text = text;
	decide_moved(decision, node, reason);
	decide_policy(decision, node, reason, code, text);
}

/* ---- the end ------------------------------------------------------------------------------- */

static uint32_t sum(const struct decision *decision, enum state state)
{
	uint32_t count = 0;

	for (int i = 0; i < REASONS; i++)
		if (decision->by_reason[i] && reason_state((enum reason)i) == state)
			count += decision->by_reason[i];
	return count;
}

bool decide_is_over(const struct decision *decision)
{
	const uint32_t *by_reason = decision->by_reason;

	if (decision->ended || decision->rolling_back || decision->policy_due ||
	    (decision->rolled_back && !decision->cancelled))
		return false;
	if (!decision->closed && (by_reason[REASON_READY] || by_reason[REASON_BACKOFF]))
		return false;
	if (sum(decision, STATE_RUNNING) || sum(decision, STATE_RECOVERING) ||
	    sum(decision, STATE_PAUSED))
		return false;
	return decision->closed || decision->completed == EVENT_NO_NODE ||
	       !derive_would_free(decision->execution, decision->completed);
}

static enum reason how_recovered(const struct decision *decision)
{
	static const enum reason worst_first[] = {REASON_ACCEPTED, REASON_UNDONE, REASON_RESTORED};

	for (size_t i = 0; i < sizeof(worst_first) / sizeof(*worst_first); i++)
		if (decision->by_reason[worst_first[i]])
			return worst_first[i];
	return REASON_NOTHING_TO_UNDO;
}

void decide_end(struct decision *decision)
{
	struct event *event;
	bool undone;

	if (!decide_is_over(decision))
		return;
	event = decide_emit(decision, EVENT_ENDED, EVENT_NO_NODE);
	undone = sum(decision, STATE_RECOVERED) > 0 &&
		 (decision->rolled_back || sum(decision, STATE_FAILED) == 0);
	if (sum(decision, STATE_COMPLETED) == decision->execution->graph->nodes_count)
		event->reason = REASON_OK;
	else if (undone)
		event->reason = how_recovered(decision);
	else
		event->reason = decision->cancelled ? REASON_CANCELLED : REASON_NODES;
	event->state = reason_state(event->reason);
	decision->ended = true;
}

/* ---- inputs --------------------------------------------------------------------------------- */

static void admit(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	struct event *event;
	uint32_t node;

	if (!execution_can_admit(execution))
		return;
	if (execution->rolling_back) {
		decide_undo_next(decision, ready_first(execution, READY_UNDO));
		return;
	}
	node = ready_first(execution, READY_RUN);
	if (decide_gate(decision, node))
		return;
	event = decide_emit(decision, EVENT_INTENDED, node);
	event->attempt_kind = ATTEMPT_RUN;
	event->attempt = execution->nodes[node].attempt + 1;
}

static int decide_any(struct decision *decision, struct err *err)
{
	switch (decision->input->kind) {
	case INPUT_ACT:
		return decide_act(decision, err);
	case INPUT_ADMIT:
		admit(decision);
		return 0;
	case INPUT_DUE:
		decide_due(decision);
		return 0;
	case INPUT_BEGIN:
		decide_begin(decision);
		return 0;
	case INPUT_QUARANTINE:
		decide_emit(decision, EVENT_QUARANTINED, EVENT_NO_NODE)->text =
			decision->input->text;
		return 0;
	case INPUT_CHECKPOINTED:
	case INPUT_CHECKPOINT_FAILED:
		decide_checkpoint_fact(decision);
		return 0;
	case INPUT_POLICY_REFUSED:
		decide_policy_refused(decision);
		return 0;
	case INPUT_POLICY_ASK:
		decide_policy_ask(decision);
		return 0;
	case INPUT_DISPATCHED:
	case INPUT_CAPTURED:
	case INPUT_CAPTURE_FAILED:
	case INPUT_WAITS:
	case INPUT_STARTED:
	case INPUT_EXITED:
	case INPUT_COLLECTED:
	case INPUT_COLLECT_FAILED:
	case INPUT_RESTORED:
	case INPUT_RESTORE_FAILED:
	case INPUT_NOT_STARTED:
	case INPUT_LOST:
	case INPUT_UNREACHABLE:
	case INPUT_REACHABLE:
	case INPUT_FROZEN:
	case INPUT_THAWED:
		break;
	}
	if (decision->input->node < decision->execution->graph->nodes_count)
		decide_fact(decision);
	return 0;
}

int execution_decide(const struct execution *execution, const struct input *input,
		     struct event_list *out, struct err *err)
{
	struct decision decision = {.execution = execution,
				    .input = input,
				    .out = out,
				    .undo_left = execution->undo_left,
				    .completed = EVENT_NO_NODE,
				    .closed = derive_closed(execution),
				    .cancelled = execution->cancelled,
				    .ended = execution->ended,
				    .rolling_back = execution->rolling_back,
				    .rolled_back = execution->rolled_back,
				    .policy_due = execution->policy_step == POLICY_DUE};
	size_t before = out->count;
	int decided;

	if (execution->quarantined && input->kind != INPUT_ACT)
		return 0;
	memcpy(decision.by_reason, execution->by_reason, sizeof(decision.by_reason));
	decided = decide_any(&decision, err);
	if (decided < 0)
		out->count = before;
	return decided < 0 ? decided : 0;
}
