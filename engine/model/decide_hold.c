/* SPDX-License-Identifier: MIT
 *
 * Hold and release: a node that has not started is kept from starting. A hold that comes after the
 * start is refused, so that it either holds or says that it came too late.
 */
#include "model/decide.h"
#include "model/derive.h"
#include "model/ready.h"

/* It starts no more, or has long started. */
static bool is_past_holding(const struct node_run *run)
{
	return derive_runs(run) || run->reason == REASON_MANUAL || run->state == STATE_COMPLETED ||
	       run->state == STATE_FAILED;
}

static int refuse_hold(const struct decision *decision, uint32_t node, struct err *err)
{
	const struct node_run *run = &decision->execution->nodes[node];
	const char *name = decide_name(decision, node);

	if (is_past_holding(run))
		return err_set(err, ERR_REFUSED,
			       "the hold came too late: %s %s; only a node that has not started "
			       "can be held",
			       name, decide_phrase(run));
	return err_set(err, ERR_REFUSED, "%s %s: only a node that has not started can be held",
		       name, decide_phrase(run));
}

int decide_act_hold(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct act *act = decision->input->act;
	uint32_t node = act->node;
	const struct node_run *run = &execution->nodes[node];
	bool asked = run->question == QUESTION_APPROVAL;
	struct event *event;

	if (run->held)
		return err_set(err, ERR_REFUSED, "%s is held already", decide_name(decision, node));
	if (run->state != STATE_PENDING && !asked)
		return refuse_hold(decision, node, err);
	if (execution->ended || derive_closed(execution))
		return err_set(err, ERR_REFUSED, "%s starts nothing any more: nothing to hold",
			       execution->name);
	if (act->until_us && act->until_us <= decision->input->time_us)
		return err_set(err, ERR_INVALID,
			       "a hold must end in the future; without a time it ends by release");
	decide_act_event(decision);
	decide_revoke_one(decision, node, "held");
	if (asked)
		decide_unask(decision, node);
	event = decide_emit(decision, EVENT_HELD, node);
	event->actor = act->actor;
	event->note = act->note;
	event->until_us = act->until_us;
	return 0;
}

/* The held node that would start first if it were let go; EVENT_NO_NODE when none could. */
static uint32_t next_held(const struct execution *execution)
{
	uint32_t left = execution->by_reason[REASON_HELD], found = EVENT_NO_NODE;

	for (uint32_t i = 0; left && i < execution->graph->nodes_count; i++) {
		if (execution->nodes[i].reason != REASON_HELD)
			continue;
		left--;
		if (found == EVENT_NO_NODE || ready_is_before(execution, i, found))
			found = i;
	}
	return found;
}

static int release_next(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	uint32_t node = next_held(execution);

	if (node == EVENT_NO_NODE)
		return err_set(err, ERR_REFUSED,
			       "no held node of %s could start now: name the one to release, "
			       "%s/NODE",
			       execution->name, execution->name);
	decide_act_event(decision);
	decide_emit(decision, EVENT_RELEASED, node);
	return 0;
}

/* What it asks for is taken up again when this is durable: the fold touches every node. */
static int lift_quarantine(struct decision *decision, struct err *err)
{
	if (!decision->execution->quarantined)
		return err_set(err, ERR_REFUSED, "%s is not quarantined: release needs a node",
			       decision->execution->name);
	decide_act_event(decision);
	decide_emit(decision, EVENT_QUARANTINE_LIFTED, EVENT_NO_NODE);
	return 0;
}

int decide_act_release(struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	uint32_t node = act->node;

	if (node == EVENT_NO_NODE)
		return act->next ? release_next(decision, err) : lift_quarantine(decision, err);
	if (!decision->execution->nodes[node].held)
		return err_set(err, ERR_REFUSED, "%s is not held", decide_name(decision, node));
	decide_act_event(decision);
	decide_emit(decision, EVENT_RELEASED, node);
	return 0;
}
