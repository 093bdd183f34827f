/* SPDX-License-Identifier: MIT
 *
 * Freeze and thaw of a live run attempt. The word is durable before the executor hears of it, and
 * the node is PAUSED `frozen` only when the executor has said so; an exit or a verdict in between
 * ends both.
 */
#include "model/decide.h"
#include "model/derive.h"

static int refuse_freeze(const struct decision *decision, uint32_t node, struct err *err)
{
	const struct node_run *run = &decision->execution->nodes[node];
	const char *name = decide_name(decision, node);

	if (run->freeze == FREEZE_FROZEN)
		return err_set(err, ERR_REFUSED, "%s is frozen already", name);
	if (run->freeze == FREEZE_ASKED)
		return err_set(err, ERR_REFUSED, "%s is being frozen already", name);
	if (run->freeze == FREEZE_THAWING)
		return err_set(err, ERR_REFUSED, "%s is being thawed: freeze it when it is", name);
	if (derive_recording(run))
		return err_set(err, ERR_REFUSED,
			       "%s has exited, its results are being recorded: nothing to freeze",
			       name);
	if (run->reason == REASON_UNDOING)
		return err_set(err, ERR_REFUSED,
			       "%s is being undone: only a run can be frozen, since an undo that "
			       "stands half way is worse than either end; pause starts no further "
			       "undo",
			       name);
	if (run->reason == REASON_UNREACHABLE)
		return err_set(err, ERR_REFUSED, "nobody reaches %s now: it cannot be frozen",
			       name);
	return err_set(err, ERR_REFUSED, "%s %s: only a node that runs can be frozen%s", name,
		       decide_phrase(run),
		       run->state == STATE_PENDING ? "; to keep it from starting: hold" : "");
}

int decide_act_freeze(struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	const struct node_run *run = &decision->execution->nodes[act->node];
	struct event *event;

	if (run->freeze != FREEZE_NONE ||
	    (run->reason != REASON_RUNNING && run->reason != REASON_STARTING))
		return refuse_freeze(decision, act->node, err);
	decide_act_event(decision);
	event = decide_emit_attempt(decision, EVENT_FREEZING, act->node);
	event->actor = act->actor;
	event->note = act->note;
	return 0;
}

int decide_act_thaw(struct decision *decision, struct err *err)
{
	uint32_t node = decision->input->act->node;
	const struct node_run *run = &decision->execution->nodes[node];

	if (run->freeze == FREEZE_THAWING)
		return err_set(err, ERR_REFUSED, "%s is being thawed already",
			       decide_name(decision, node));
	if (run->freeze == FREEZE_NONE)
		return err_set(err, ERR_REFUSED, "%s is not frozen%s", decide_name(decision, node),
			       run->held ? ", it is held: release lets it start" : "");
	decide_act_event(decision);
	decide_emit_attempt(decision, EVENT_THAWING, node);
	return 0;
}

/* A report that an earlier word was carried out, when a later one has been said, is late. */
void decide_freeze_fact(struct decision *decision)
{
	uint32_t node = decision->input->node;
	enum freeze freeze = decision->execution->nodes[node].freeze;

	if (decision->input->kind == INPUT_FROZEN && freeze == FREEZE_ASKED)
		decide_emit_attempt(decision, EVENT_FROZEN, node);
	else if (decision->input->kind == INPUT_THAWED && freeze == FREEZE_THAWING)
		decide_emit_attempt(decision, EVENT_THAWED, node);
}
