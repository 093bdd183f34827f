/* SPDX-License-Identifier: MIT
 *
 * What the events of a rollback change. One that takes only files back leaves no trace in the
 * states: what was paused or had ended before is so again afterwards, and each node is what it was.
 */
#include "model/fold_undo.h"

#include <string.h>

#include "model/execution_fields.h"

void fold_forget_attempt(struct node_run *node)
{
	node->live_kind = ATTEMPT_NONE;
	node->intended = node->captured_before = false;
	node->verdict = VERDICT_NONE;
	node->question = QUESTION_NONE;
	node->due_us = node->asked_us = 0;
	node->shown = NULL;
	node->shown_count = 0;
	node->freeze = FREEZE_NONE;
	node->pid = 0;
	node->resume_state = STATE_PENDING;
	node->resume_reason = REASON_NONE;
}

void fold_forget_hold(struct node_run *node)
{
	node->held = false;
	node->held_by = node->held_note = NULL;
	node->held_until_us = 0;
}

/* ---- the execution ------------------------------------------------------------------------ */

static void take_targets(struct execution *execution, const struct event *event)
{
	execution->targets_count = 0;
	for (uint32_t i = 0; i < event->items_count; i++) {
		const struct event_item *item = &event->items[i];

		if (item->kind && strcmp(item->kind, "file") == 0 &&
		    item->node < execution->graph->nodes_count)
			execution_add_target(execution,
					     &(struct file_target){.node = item->node,
								   .artifact = item->number,
								   .revision = item->revision});
	}
	execution_sort_targets(execution);
}

static void step_aside(struct execution *execution)
{
	execution->was_paused = execution->paused;
	execution->was_ended = execution->ended;
	execution->ended_state = execution->ended ? execution->state : STATE_PENDING;
	execution->ended_reason = execution->ended ? execution->reason : REASON_NONE;
	execution->ended = false;
}

/* An operator's rollback takes the place of the one that the workflow asks for. */
static void take_policy(struct execution *execution, const struct event *event)
{
	execution->rolled_back = false;
	execution->policy_step = event->trigger != TRIGGER_NONE ? POLICY_UNDER_WAY : POLICY_NONE;
}

void fold_undo_begin(struct execution *execution, const struct event *event)
{
	execution->only_files = event->flag;
	if (event->flag)
		step_aside(execution);
	else
		take_policy(execution, event);
	execution->rolling_back = true;
	execution->paused = false;
	execution->rollback_seq = event->seq;
	(void)memset(execution->plan_id, 0, sizeof(execution->plan_id));
	if (event->text)
		memcpy(execution->plan_id, event->text,
		       strnlen(event->text, sizeof(execution->plan_id) - 1));
	take_targets(execution, event);
}

void fold_undo_end(struct execution *execution)
{
	execution->rolling_back = false;
	execution->targets_count = 0;
	if (!execution->only_files) {
		if (execution->policy_step == POLICY_UNDER_WAY)
			execution->policy_step = POLICY_DONE;
		execution->rolled_back = true;
		return;
	}
	execution->only_files = false;
	execution->paused = execution->paused || execution->was_paused;
	execution->was_paused = false;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static void undo_waiting(struct node_run *node, const struct event *event)
{
	node->keeps = event->flag;
	node->kept_state = event->flag ? node->state : STATE_PENDING;
	node->kept_reason = event->flag ? node->reason : REASON_NONE;
	if (node->state != STATE_RECOVERING)
		node->undo_from = node->reason;
	fold_forget_attempt(node);
	node->state = STATE_RECOVERING;
	node->reason = REASON_UNDO_WAITING;
	node->undo_tries = 0;
	node->restored = false;
	if (!event->flag)
		fold_forget_hold(node);
	node->hook = 0;
}

static void recovered(struct node_run *node, const struct event *event)
{
	fold_forget_attempt(node);
	node->state = STATE_RECOVERED;
	node->reason = event->reason;
	node->fresh_attempt = node->attempt;
	node->start_order = 0;
	node->tries = node->undo_tries = node->reschedules = 0;
	node->backoff_us = 0;
	node->restored = node->stale = node->approved = false;
	node->undo_from = REASON_NONE;
	node->settled = node->taken_back = event->seq;
	node->outputs = NULL;
}

static void kept(struct node_run *node, const struct event *event)
{
	fold_forget_attempt(node);
	node->state = reason_state(event->reason);
	node->reason = event->reason;
	node->undo_tries = 0;
	node->restored = node->keeps = false;
	node->undo_from = REASON_NONE;
	node->kept_state = STATE_PENDING;
	node->kept_reason = REASON_NONE;
}

static void undo_backoff(struct node_run *node, const struct event *event)
{
	fold_forget_attempt(node);
	node->reason = REASON_UNDO_BACKOFF;
	node->due_us = event->until_us;
	node->backoff_us = event->interval_us;
}

void fold_undo_node(struct node_run *node, const struct event *event)
{
	switch (event->kind) {
	case EVENT_UNDO_WAITING:
		undo_waiting(node, event);
		break;
	case EVENT_UNDO_BACKOFF:
		undo_backoff(node, event);
		break;
	case EVENT_RECOVERED:
		recovered(node, event);
		break;
	case EVENT_RESTORING:
		node->reason = REASON_RESTORING;
		break;
	case EVENT_KEPT:
		kept(node, event);
		break;
	default:
		break;
	}
}
