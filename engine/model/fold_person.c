/* SPDX-License-Identifier: MIT
 *
 * Folding what people are asked and say of a node: questions and answers, holds, freezes. What
 * follows from an answer comes in further events.
 */
#include <string.h>

#include "model/derive.h"
#include "model/fold.h"
#include "model/fold_undo.h"

static const char *keep(struct execution *execution, const char *text)
{
	return text && text[0] ? arena_strdup(&execution->arena, text) : NULL;
}

/* ---- holds ------------------------------------------------------------------------------- */

static void set_holder(struct execution *execution, struct node_run *node,
		       const struct event *event)
{
	node->held_by = keep(execution, event->actor);
	node->held_note = keep(execution, event->note);
	node->held_until_us = event->until_us;
}

/* ---- questions --------------------------------------------------------------------------- */

static void set_shown(struct execution *execution, struct node_run *node, const struct event *event)
{
	struct binding *shown;

	if (!event->items_count)
		return;
	shown = arena_alloc(&execution->arena, event->items_count * sizeof(*shown));
	for (uint32_t i = 0; i < event->items_count; i++) {
		shown[i].name = arena_strdup(&execution->arena, event->items[i].name);
		shown[i].value = event->items[i].value
					 ? arena_strdup(&execution->arena, event->items[i].value)
					 : NULL;
	}
	node->shown = shown;
	node->shown_count = event->items_count;
}

static enum reason reason_of(enum question question)
{
	if (question == QUESTION_MANUAL)
		return REASON_MANUAL;
	return question == QUESTION_APPROVAL || question == QUESTION_SECURITY ? REASON_APPROVAL
									      : REASON_ASKING;
}

static void asked(struct execution *execution, struct node_run *node, const struct event *event)
{
	enum state state = node->state;

	fold_forget_attempt(node);
	node->question = event->question;
	node->asked_us = event->time_us;
	node->due_us = event->until_us;
	fold_message(execution, node, event->text);
	set_shown(execution, node, event);
	node->resume_state = state == STATE_RECOVERING ? STATE_RECOVERING : STATE_PENDING;
	node->resume_reason = event->reason;
	if (event->question == QUESTION_POLICY)
		execution->policy_step = POLICY_ASKED;
	if (state == STATE_RECOVERING) {
		node->reason = REASON_UNDO_ASKING;
	} else {
		node->state = STATE_PAUSED;
		node->reason = reason_of(event->question);
	}
}

static void end_question(struct node_run *node)
{
	node->question = QUESTION_NONE;
	node->asked_us = node->due_us = 0;
	node->shown = NULL;
	node->shown_count = 0;
}

/* What a person did, or did not: the end of the attempt, whose files may still be recorded. */
static void answered_manual(struct execution *execution, struct node_run *node,
			    const struct event *event)
{
	node->ended_us = event->time_us;
	fold_outputs(execution, event);
	fold_message(execution, node, event->text);
}

static void answered(struct execution *execution, struct node_run *node, const struct event *event)
{
	if (node->question == QUESTION_MANUAL)
		answered_manual(execution, node, event);
	if (node->question == QUESTION_APPROVAL && event->answer == ANSWER_APPROVE)
		node->approved = true;
	if (node->question == QUESTION_POLICY && event->answer == ANSWER_UNDO)
		execution->policy_step = POLICY_DUE;
	if (node->question == QUESTION_SECURITY)
		execution->policy_step = POLICY_NONE;
	end_question(node);
	if (event->reason == REASON_NONE)
		return; /* further events say where it goes */
	node->state = reason_state(event->reason);
	node->reason = event->reason;
	if (event->reason == REASON_CAPTURING) {
		node->live_kind = ATTEMPT_RUN;
		node->collected = node->captured_after = false; /* as they are now */
		node->verdict = event->answer == ANSWER_FAILED ? VERDICT_REJECT : VERDICT_DONE;
	}
	if (event->reason == REASON_UNDO_WAITING)
		node->undo_tries = 0;
	if (event->flag)
		node->hook++;
}

/* Of an approval, it waits again; a person's step goes where the next event says. */
static void withdrawn(struct node_run *node, const struct event *event)
{
	bool approval = node->question == QUESTION_APPROVAL;

	end_question(node);
	if (approval) {
		node->state = STATE_PENDING;
		node->reason = REASON_WAITING;
	} else {
		node->ended_us = event->time_us;
	}
}

/* ---- freezes ----------------------------------------------------------------------------- */

static void frozen(struct node_run *node, const struct event *event)
{
	node->freeze = FREEZE_FROZEN;
	node->state = STATE_PAUSED;
	node->reason = REASON_FROZEN;
	node->resume_state = STATE_RUNNING;
	node->resume_reason = REASON_RUNNING;
	node->asked_us = event->time_us;
}

void fold_person_unfreeze(struct node_run *node)
{
	if (node->freeze == FREEZE_NONE)
		return;
	if (node->state == STATE_PAUSED) {
		node->state = STATE_RUNNING;
		node->reason = REASON_RUNNING;
	}
	node->freeze = FREEZE_NONE;
	node->resume_state = STATE_PENDING;
	node->resume_reason = REASON_NONE;
	node->asked_us = 0;
	fold_forget_hold(node);
}

/* ---- all of them ------------------------------------------------------------------------- */

void fold_person(struct execution *execution, struct node_run *node, const struct event *event)
{
	switch (event->kind) { /* only kinds that fold_person_objection knows come here */
	case EVENT_HELD:
		node->held = true;
		execution->steps = execution->steps || event->flag;
		set_holder(execution, node, event);
		break;
	case EVENT_RELEASED:
		fold_forget_hold(node);
		break;
	case EVENT_ASKED:
		asked(execution, node, event);
		break;
	case EVENT_ANSWERED:
		answered(execution, node, event);
		break;
	case EVENT_WITHDRAWN:
		withdrawn(node, event);
		break;
	case EVENT_FREEZING:
		node->freeze = FREEZE_ASKED;
		set_holder(execution, node, event);
		break;
	case EVENT_FROZEN:
		frozen(node, event);
		break;
	case EVENT_THAWING:
		node->freeze = FREEZE_THAWING;
		break;
	case EVENT_THAWED:
		fold_person_unfreeze(node);
		break;
	case EVENT_SHELL_OPENED:
		node->shells = event->attempt;
		break;
	default: /* a shell that was left changes nothing here */
		break;
	}
}

const char *fold_person_objection(const struct node_run *node, enum event_kind kind)
{
	switch (kind) {
	case EVENT_ANSWERED:
	case EVENT_WITHDRAWN:
		return node->question != QUESTION_NONE ? NULL : "nothing was asked";
	case EVENT_FREEZING:
		return node->state == STATE_RUNNING && derive_lives(node) ? NULL
									  : "no attempt is live";
	case EVENT_FROZEN:
	case EVENT_THAWING:
	case EVENT_THAWED:
		return node->freeze != FREEZE_NONE ? NULL : "no freeze was asked for";
	default:
		return NULL;
	}
}
