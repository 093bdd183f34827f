/* SPDX-License-Identifier: MIT
 *
 * What people are asked: an approval before a node starts, a step or an undo that somebody does.
 * An approval takes no slot and no attempt. A person's step is an attempt without a process: it is
 * dispatched and asked about in one decision, after its files were recorded as before any run.
 */
#include "model/decide.h"
#include "model/derive.h"
#include "model/order.h"

/* The text with its values, or NULL and why not. */
static const char *fill_in(struct decision *decision, uint32_t node, enum attempt_kind kind,
			   uint32_t attempt, const char *text, struct err *err)
{
	const char *filled = NULL;

	if (order_text(decision->execution, node, kind, attempt, decision->input->workspace, text,
		       &decision->out->arena, &filled, err) < 0)
		return NULL;
	return filled;
}

static void fail_invalid(struct decision *decision, uint32_t node, const struct err *err)
{
	decide_revoke_one(decision, node, "it cannot be asked for");
	decide_failed(decision, node, REASON_INVALID, 0, decide_text(decision, "%s", err->message));
	decide_end(decision);
}

static void emit_attempt(struct decision *decision, enum event_kind event_kind, uint32_t node,
			 enum attempt_kind kind, uint32_t attempt)
{
	struct event *event = decide_emit(decision, event_kind, node);

	event->attempt_kind = kind;
	event->attempt = attempt;
}

/* ---- asking ------------------------------------------------------------------------------ */

/* A value that is missing is shown as missing: whoever decides should know. */
static void add_shown(struct decision *decision, uint32_t node, struct event *event)
{
	const struct approval *approval = decision->execution->workflow->nodes[node].approval;
	struct event_item *items =
		arena_alloc(&decision->out->arena, approval->show_count * sizeof(*items));
	struct err err;

	for (uint32_t i = 0; i < approval->show_count; i++)
		items[i] = (struct event_item){
			.kind = "shown",
			.name = approval->show[i].name,
			.value = fill_in(decision, node, ATTEMPT_RUN,
					 decision->execution->nodes[node].attempt + 1,
					 approval->show[i].value, &err)};
	event->items = items;
	event->items_count = approval->show_count;
}

static void ask_approval(struct decision *decision, uint32_t node)
{
	const struct approval *approval = decision->execution->workflow->nodes[node].approval;
	uint32_t attempt = decision->execution->nodes[node].attempt + 1;
	struct event *event;
	struct err err;
	const char *text = fill_in(decision, node, ATTEMPT_RUN, attempt, approval->ask, &err);

	if (!text) {
		fail_invalid(decision, node, &err);
		return;
	}
	event = decide_asked(decision, node, QUESTION_APPROVAL, REASON_READY, text);
	if (approval->timeout_us)
		event->until_us = decision->input->time_us + approval->timeout_us;
	if (approval->show_count)
		add_shown(decision, node, event);
}

bool decide_gate(struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct node_run *run = &decision->execution->nodes[node];

	if (spec->approval && !run->approved) {
		ask_approval(decision, node);
		return true;
	}
	if (!spec->manual || spec->artifacts_count)
		return false; /* its files are recorded first, as those of a run */
	decide_hand_over(decision, node, run->attempt + 1);
	return true;
}

void decide_hand_over(struct decision *decision, uint32_t node, uint32_t attempt)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	struct err err;
	const char *text = fill_in(decision, node, ATTEMPT_RUN, attempt, spec->manual, &err);
	struct event *event;

	if (!text) {
		fail_invalid(decision, node, &err);
		return;
	}
	if (!decision->execution->nodes[node].intended)
		emit_attempt(decision, EVENT_INTENDED, node, ATTEMPT_RUN, attempt);
	emit_attempt(decision, EVENT_DISPATCHED, node, ATTEMPT_RUN, attempt);
	event = decide_asked(decision, node, QUESTION_MANUAL, REASON_READY, text);
	event->attempt_kind = ATTEMPT_RUN;
	event->attempt = attempt;
}

void decide_ask_undo(struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	uint32_t attempt = decision->execution->nodes[node].undo_attempt + 1;
	struct err err;
	const char *text = fill_in(decision, node, ATTEMPT_UNDO, attempt, spec->undo_manual, &err);
	struct event *event;

	if (!text) {
		decide_asked(decision, node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING,
			     decide_text(decision, "%s", err.message));
		return;
	}
	emit_attempt(decision, EVENT_INTENDED, node, ATTEMPT_UNDO, attempt);
	emit_attempt(decision, EVENT_DISPATCHED, node, ATTEMPT_UNDO, attempt);
	event = decide_asked(decision, node, QUESTION_UNDO_MANUAL, REASON_UNDO_WAITING, text);
	event->attempt_kind = ATTEMPT_UNDO;
	event->attempt = attempt;
}

/* ---- not asking any more ----------------------------------------------------------------- */

void decide_unask(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];

	if (run->question == QUESTION_APPROVAL)
		decide_emit(decision, EVENT_WITHDRAWN, node);
	else if (run->question == QUESTION_MANUAL)
		emit_attempt(decision, EVENT_WITHDRAWN, node, ATTEMPT_RUN, run->attempt);
}

void decide_withdraw(struct decision *decision, uint32_t except)
{
	const struct execution *execution = decision->execution;
	uint32_t left = execution->by_reason[REASON_APPROVAL];

	for (uint32_t i = 0; left && i < execution->graph->nodes_count; i++) {
		if (execution->nodes[i].question != QUESTION_APPROVAL)
			continue;
		left--;
		if (i == except)
			continue;
		decide_unask(decision, i);
		decide_moved(decision, i, REASON_READY);
	}
}

void decide_dropped(struct decision *decision, uint32_t node)
{
	decide_unask(decision, node);
	decide_failed(decision, node, REASON_CANCELLED, 0, NULL);
}

void decide_expired(struct decision *decision, uint32_t node)
{
	const struct approval *approval = decision->execution->workflow->nodes[node].approval;

	switch ((enum on_timeout)approval->on_timeout) {
	case ON_TIMEOUT_FAIL:
		decide_failed(decision, node, REASON_EXPIRED, 0, "nobody approved it in time");
		break;
	case ON_TIMEOUT_REJECT:
		decide_failed(decision, node, REASON_REJECTED, 0, "nobody approved it in time");
		break;
	case ON_TIMEOUT_SKIP:
		decide_completed(decision, node, REASON_SKIPPED);
		break;
	}
	decide_end(decision);
}

/* ---- answers ----------------------------------------------------------------------------- */

/* The operator's reason, or that there was none. */
static const char *reason_given(struct decision *decision, const char *what)
{
	const struct act *act = decision->input->act;

	if (act->note && act->note[0])
		return act->note;
	return decide_text(decision, "%s by %s", what, act->actor ? act->actor : "an operator");
}

int decide_answer_approval(struct decision *decision, enum answer answer, struct err *err)
{
	uint32_t node = decision->input->act->node;

	if (answer == ANSWER_APPROVE) {
		decide_answered(decision, node, answer, REASON_READY);
		return 0;
	}
	if (answer != ANSWER_REJECT)
		return decide_refuse_answer(decision, answer, "approve, reject", err);
	decide_answered(decision, node, answer, REASON_NONE);
	decide_failed(decision, node, REASON_REJECTED, 0, reason_given(decision, "rejected"));
	decide_end(decision);
	return 0;
}

static void answer_failed(struct decision *decision, uint32_t node, bool capture)
{
	const char *text = reason_given(decision, "given up");

	decide_answered(decision, node, ANSWER_FAILED, capture ? REASON_CAPTURING : REASON_NONE)
		->text = text;
	if (capture)
		return; /* what was done by hand until then can be taken back too */
	decide_failed(decision, node, REASON_REJECTED, 0, text);
	decide_end(decision);
}

int decide_answer_manual(struct decision *decision, enum answer answer, struct err *err)
{
	uint32_t node = decision->input->act->node;
	bool capture = decision->execution->workflow->nodes[node].artifacts_count > 0;
	int checked;

	if (answer == ANSWER_FAILED) {
		answer_failed(decision, node, capture);
		return 0;
	}
	if (answer != ANSWER_DONE)
		return decide_refuse_answer(decision, answer, "done, failed", err);
	checked = decide_check_outputs(decision, err);
	if (checked < 0)
		return checked;
	decide_give_outputs(decision, decide_answered(decision, node, answer,
						      capture ? REASON_CAPTURING : REASON_NONE));
	if (capture)
		return 0;
	decide_completed(decision, node, REASON_BY_HAND);
	decide_end(decision);
	return 0;
}
