/* SPDX-License-Identifier: MIT
 *
 * Folding: the only thing that changes an execution. Each event says all that is needed; nothing is
 * decided here. An event that cannot follow on this state means a damaged journal, and is refused
 * before anything has changed.
 */
#include <stdlib.h>
#include <string.h>

#include "model/checkpoint.h"
#include "model/derive.h"
#include "model/environment.h"
#include "model/execution.h"
#include "model/fold.h"
#include "model/fold_revision.h"
#include "model/fold_undo.h"
#include "model/limits.h"

static int corrupt(const struct execution *execution, const struct event *event, const char *why,
		   struct err *err)
{
	const char *node = event->node < execution->workflow->nodes_count
				   ? execution->workflow->nodes[event->node].id
				   : "the execution";

	return err_set(err, ERR_CORRUPT, "event %llu (%s of %s) cannot follow: %s",
		       (unsigned long long)event->seq, event_kind_name(event->kind), node, why);
}

/* ---- texts and lists ---------------------------------------------------------------------- */

void fold_message(struct execution *execution, struct node_run *node, const char *text)
{
	if (text && strcmp(text, node->message) != 0)
		node->message = arena_strdup(&execution->arena, text);
}

void fold_outputs(struct execution *execution, const struct event *event)
{
	const struct node_spec *spec = &execution->workflow->nodes[event->node];
	struct node_run *node = &execution->nodes[event->node];

	if (!spec->outputs_count || !event->items_count)
		return;
	node->outputs =
		arena_alloc(&execution->arena, spec->outputs_count * sizeof(*node->outputs));
	for (uint32_t i = 0; i < spec->outputs_count; i++) {
		node->outputs[i].name = spec->outputs[i];
		for (uint32_t j = 0; j < event->items_count; j++) {
			const struct event_item *item = &event->items[j];

			if (item->name && item->value && strcmp(item->name, spec->outputs[i]) == 0)
				node->outputs[i].value =
					arena_strdup(&execution->arena, item->value);
		}
	}
}

/* ---- the execution ------------------------------------------------------------------------ */

static void reopen(struct execution *execution)
{
	execution->ended = execution->draining = execution->cancelled = false;
	execution->rolled_back = false;
	execution->policy_step = POLICY_NONE; /* the operator's word goes before the workflow's */
	execution->policy_trigger = TRIGGER_NONE;
	execution->policy = NULL;
	execution->ended_us = 0;
	derive_settle_all(execution);
}

/* "triggers: timeout → rollback of all, after check: ran out of time" */
static char *policy_text(struct execution *execution, const struct event *event)
{
	struct buf text;
	char *kept;

	buf_init(&text, LIMIT_EVENT_BYTES);
	buf_add_text(&text, event->text ? event->text : "");
	if (event->note)
		buf_printf(&text, ", after %s: %s", execution->workflow->nodes[event->node].id,
			   event->note);
	kept = arena_strdup(&execution->arena, buf_text(&text));
	buf_release(&text);
	return kept;
}

/* A rule decided. Without a target it said no more than how the others go on. */
static void fold_policy(struct execution *execution, const struct event *event)
{
	execution->policy_trigger = (enum trigger)event->trigger;
	execution->policy_node = event->node;
	execution->policy = policy_text(execution, event);
	execution->policy_step = event->policy_target ? POLICY_DUE : POLICY_NONE;
	if (event->node < execution->graph->nodes_count)
		execution->nodes[event->node].policy_target = event->policy_target;
}

static void fold_policy_left(struct execution *execution, const struct event *event)
{
	struct buf text;

	buf_init(&text, LIMIT_EVENT_BYTES);
	buf_printf(&text, "%s; not done: %s", execution->policy ? execution->policy : "",
		   event->text ? event->text : "");
	execution->policy = arena_strdup(&execution->arena, buf_text(&text));
	execution->policy_step = POLICY_NONE;
	buf_release(&text);
}

/* Everything is looked at again: what it asks for has waited all the time. */
static void lift_quarantine(struct execution *execution)
{
	execution->quarantined = false;
	execution->quarantine = NULL;
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++)
		derive_touch(execution, i);
}

/* The list grows once at most: the arena keeps the shorter one. */
static void fold_agent(struct execution *execution, const char *agent)
{
	const size_t bytes = (execution->env_count + (size_t)1) * sizeof(*execution->env);
	struct binding *env = execution->env, *grown;

	for (uint32_t i = 0; i < execution->env_count; i++) {
		if (!strcmp(env[i].name, ENVIRONMENT_AGENT)) {
			env[i].value = arena_strdup(&execution->arena, agent);
			return;
		}
	}
	grown = arena_alloc(&execution->arena, bytes);
	if (execution->env_count)
		memcpy(grown, env, bytes - sizeof(*grown));
	grown[execution->env_count++] =
		(struct binding){ENVIRONMENT_AGENT, arena_strdup(&execution->arena, agent)};
	execution->env = grown;
}

static void fold_header(struct execution *execution, const struct event *event)
{
	execution->header_touched = true;
	if (event->kind != EVENT_ACT)
		execution->header_version = event->seq;
	switch (event->kind) { /* only kinds of the execution come here; see fold_any */
	case EVENT_PAUSED:
		execution->paused = true;
		break;
	case EVENT_RESUMED:
		execution->paused = false;
		break;
	case EVENT_CANCELLED:
		execution->cancelled = true;
		execution->paused = false;
		execution->policy_step = POLICY_NONE;
		derive_settle_all(execution);
		break;
	case EVENT_DRAINING:
		execution->draining = true;
		derive_settle_all(execution);
		break;
	case EVENT_ENDED:
		execution->ended = true;
		execution->paused = execution->rolled_back = false;
		if (!execution->was_ended) /* only files went back: it ended when it ended */
			execution->ended_us = event->time_us;
		execution->was_ended = false;
		execution->state = event->state;
		execution->reason = event->reason;
		break;
	case EVENT_REOPENED:
		reopen(execution);
		break;
	case EVENT_QUARANTINED:
		execution->quarantined = true;
		execution->quarantine =
			arena_strdup(&execution->arena, event->text ? event->text : "");
		break;
	case EVENT_QUARANTINE_LIFTED:
		lift_quarantine(execution);
		break;
	case EVENT_AGENT:
		fold_agent(execution, event->text ? event->text : "");
		break;
	case EVENT_POLICY:
		fold_policy(execution, event);
		break;
	case EVENT_POLICY_LEFT:
		fold_policy_left(execution, event);
		break;
	case EVENT_ROLLBACK_STARTED:
		fold_undo_begin(execution, event);
		break;
	case EVENT_ROLLBACK_ENDED:
		fold_undo_end(execution);
		break;
	default: /* EVENT_ACT changes nothing by itself */
		break;
	}
}

/* ---- attempts ------------------------------------------------------------------------------ */

static void fold_intended(struct node_run *node, const struct event *event)
{
	node->intended = true;
	node->live_kind = event->attempt_kind;
	node->captured_before = false;
	if (event->attempt_kind == ATTEMPT_RUN) {
		node->attempt = event->attempt;
	} else if (event->attempt_kind == ATTEMPT_UNDO) {
		node->undo_attempt = event->attempt;
	} else if (event->attempt_kind == ATTEMPT_CHECK) {
		node->check_attempt = event->attempt;
		node->check = event->artifact;
	} else {
		node->hook_attempt = event->attempt;
		node->hook = event->artifact;
	}
}

/* An intent that was never posted gives its number back, so that `attempt` counts attempts. */
static void fold_intent_revoked(struct node_run *node)
{
	if (node->live_kind == ATTEMPT_RUN)
		node->attempt--;
	else if (node->live_kind == ATTEMPT_UNDO)
		node->undo_attempt--;
	else if (node->live_kind == ATTEMPT_CHECK)
		node->check_attempt--;
	else
		node->hook_attempt--;
}

/* One that was posted and proves never to have started has spent its number: an old answer about it
 * must not be taken for one about the next. If it was the first, the node is as fresh as before. */
static void fold_start_revoked(struct node_run *node)
{
	if (node->live_kind == ATTEMPT_RUN) {
		node->tries--;
		node->started_us = 0;
		if (node->attempt == node->fresh_attempt + 1) {
			node->fresh_attempt = node->attempt;
			node->start_order = 0;
		}
	} else if (node->live_kind == ATTEMPT_UNDO) {
		node->undo_tries--;
	}
}

/* A check is over: the node is again what it was when its run had ended. */
static void fold_check_over(struct node_run *node)
{
	node->live_kind = ATTEMPT_RUN;
	node->reason = REASON_CAPTURING;
}

static void fold_revoked(struct node_run *node)
{
	bool check = node->live_kind == ATTEMPT_CHECK;

	fold_person_unfreeze(node); /* it was of the attempt that never was */
	if (node->intended)
		fold_intent_revoked(node);
	else
		fold_start_revoked(node);
	node->intended = node->captured_before = false;
	node->pid = 0;
	if (check) {
		fold_check_over(node);
		return;
	}
	node->live_kind = ATTEMPT_NONE;
	if (node->state == STATE_RUNNING) {
		node->state = STATE_PENDING;
		node->reason = REASON_READY;
	} else if (node->state == STATE_RECOVERING) {
		node->reason = REASON_UNDO_WAITING;
		node->verdict = VERDICT_NONE;
	}
}

static void fold_run_dispatched(struct execution *execution, struct node_run *node,
				const struct event *event)
{
	node->state = STATE_RUNNING;
	node->reason = REASON_STARTING;
	node->collected = node->captured_after = false;
	node->check_failed = node->check_lost = false;
	node->exit_kind = EXIT_NONE;
	node->code = 0;
	node->verdict = VERDICT_NONE;
	node->message = "";
	node->started_us = event->time_us;
	node->ended_us = 0;
	node->stale = false;
	node->outputs = NULL;
	if (!node->tries++)
		node->first_try_us = event->time_us;
	node->last_start = event->seq;
	if (!node->start_order)
		node->start_order = event->seq;
	if (!execution->started_us)
		execution->started_us = event->time_us;
}

static void fold_dispatched(struct execution *execution, struct node_run *node,
			    const struct event *event)
{
	node->intended = false;
	node->pid = 0;
	node->start_ticks = 0;
	if (event->attempt_kind == ATTEMPT_RUN) {
		fold_run_dispatched(execution, node, event);
		return;
	}
	if (event->attempt_kind == ATTEMPT_CHECK) {
		node->reason = REASON_STARTING;
		node->check_started_us = event->time_us;
		return;
	}
	node->state = STATE_RECOVERING;
	node->reason = REASON_UNDOING;
	node->undo_started_us = event->time_us;
	if (event->attempt_kind == ATTEMPT_UNDO)
		node->undo_tries++;
}

static void fold_started(struct node_run *node, const struct event *event)
{
	node->pid = event->pid;
	node->start_ticks = event->start_ticks;
	if (event->attempt_kind == ATTEMPT_CHECK) {
		node->check_started_us = event->time_us;
	} else if (event->attempt_kind == ATTEMPT_RUN) {
		node->started_us = event->time_us;
	} else {
		node->undo_started_us = event->time_us;
		return;
	}
	if (node->state == STATE_RUNNING && node->reason != REASON_STOPPING)
		node->reason = REASON_RUNNING; /* else it is frozen */
}

/* After the undo its files are next; after a hook the next hook. A failure's event follows. */
static void fold_undo_exited(struct node_run *node, const struct event *event)
{
	node->live_kind = ATTEMPT_NONE;
	node->verdict = VERDICT_NONE;
	if (event->attempt_kind == ATTEMPT_UNDO) {
		node->reason = REASON_RESTORING;
		return;
	}
	node->reason = REASON_UNDO_WAITING;
	if (event->exit_kind == EXIT_STATUS && event->code == 0)
		node->hook++;
}

/* What the run's own exit said stands beside it. */
static void fold_check_exited(struct execution *execution, struct node_run *node,
			      const struct event *event)
{
	if (event->exit_kind != EXIT_STATUS || event->code != 0) {
		node->check_failed = true;
		fold_message(execution, node, event->text);
	}
	node->check_lost = false;
	fold_check_over(node);
}

/* The first time it is made again, which a further event says; the second time it did not pass. */
static void fold_check_lost(struct execution *execution, struct node_run *node,
			    const struct event *event)
{
	if (node->check_lost) {
		node->check_failed = true;
		fold_message(execution, node, event->text);
	}
	node->check_lost = !node->check_lost;
	fold_check_over(node);
}

static void fold_exited(struct execution *execution, struct node_run *node,
			const struct event *event)
{
	node->pid = 0;
	fold_person_unfreeze(node);
	if (event->attempt_kind == ATTEMPT_CHECK) {
		fold_check_exited(execution, node, event);
		return;
	}
	fold_message(execution, node, event->text);
	if (event->attempt_kind != ATTEMPT_RUN) {
		fold_undo_exited(node, event);
		return;
	}
	node->reason = REASON_CAPTURING;
	node->exit_kind = event->exit_kind;
	node->code = event->code;
	node->ended_us = event->time_us;
}

static void fold_lost(struct execution *execution, struct node_run *node, const struct event *event)
{
	node->pid = 0;
	fold_person_unfreeze(node);
	if (event->attempt_kind == ATTEMPT_CHECK) {
		fold_check_lost(execution, node, event);
		return;
	}
	fold_message(execution, node, event->text);
	if (event->attempt_kind != ATTEMPT_RUN) {
		node->live_kind = ATTEMPT_NONE;
		node->verdict = VERDICT_NONE;
		node->reason = REASON_RESTORING;
		return;
	}
	node->reason = REASON_CAPTURING;
	node->exit_kind = EXIT_NONE;
	node->ended_us = event->time_us;
}

static void fold_verdict(struct execution *execution, struct node_run *node,
			 const struct event *event)
{
	fold_person_unfreeze(node); /* whoever stops it lets it go on first */
	node->verdict = event->verdict;
	fold_outputs(execution, event);
	if (node->state == STATE_RECOVERING)
		node->reason = REASON_UNDO_STOPPING;
	else if (node->reason != REASON_CAPTURING)
		node->reason = REASON_STOPPING;
}

static void fold_captured(struct execution *execution, struct node_run *node,
			  const struct event *event)
{
	fold_revision_add(execution, event);
	if (event->moment == MOMENT_BEFORE)
		node->captured_before = true;
	else
		node->captured_after = true;
}

/* ---- nodes --------------------------------------------------------------------------------- */

static void set_terminal(struct execution *execution, struct node_run *node,
			 const struct event *event, enum state state)
{
	fold_forget_attempt(node);
	node->state = state;
	node->reason = event->reason;
	fold_forget_hold(node);
	node->settled = event->seq;
	fold_message(execution, node, event->text);
}

static void fold_backoff(struct execution *execution, struct node_run *node,
			 const struct event *event)
{
	fold_forget_attempt(node);
	node->state = STATE_PENDING;
	node->reason = REASON_BACKOFF;
	node->due_us = event->until_us;
	node->backoff_us = event->interval_us;
	node->reschedules += event->trigger != TRIGGER_NONE;
	execution->retries_used++;
}

static void fold_reset(struct node_run *node)
{
	fold_forget_attempt(node);
	node->state = STATE_PENDING;
	node->reason = REASON_WAITING;
	node->tries = node->reschedules = 0;
	node->backoff_us = 0;
	node->exit_kind = EXIT_NONE;
	node->code = 0;
	node->message = "";
	node->approved = false;
}

/* Its files are recorded as after a run, if it ever ran or not; then the verdict applies. */
static void fold_by_hand(struct execution *execution, struct node_run *node,
			 const struct event *event)
{
	fold_forget_attempt(node);
	fold_forget_hold(node);
	node->state = STATE_RUNNING;
	node->reason = REASON_CAPTURING;
	node->live_kind = ATTEMPT_RUN;
	node->verdict = VERDICT_DONE;
	node->collected = node->captured_after = false;
	node->exit_kind = EXIT_NONE;
	node->code = 0;
	fold_outputs(execution, event);
}

static void fold_due(struct node_run *node)
{
	node->due_us = 0;
	node->reason = node->state == STATE_RECOVERING ? REASON_UNDO_WAITING : REASON_WAITING;
}

/* Files are back: hooks, if any, wait for their turn like undo attempts do. */
static void fold_restored(struct execution *execution, struct node_run *node,
			  const struct event *event)
{
	fold_revision_add(execution, event);
	node->restored = true;
	node->hook = 0;
	node->reason = REASON_UNDO_WAITING;
}

static void fold_attempt(struct execution *execution, struct node_run *node,
			 const struct event *event)
{
	switch (event->kind) { /* only kinds of an attempt come here; see fold_any */
	case EVENT_INTENDED:
		fold_intended(node, event);
		break;
	case EVENT_REVOKED:
		fold_revoked(node);
		break;
	case EVENT_CAPTURED:
		fold_captured(execution, node, event);
		break;
	case EVENT_DISPATCHED:
		fold_dispatched(execution, node, event);
		break;
	case EVENT_STARTED:
		fold_started(node, event);
		break;
	case EVENT_EXITED:
		fold_exited(execution, node, event);
		break;
	case EVENT_COLLECTED:
		fold_outputs(execution, event);
		node->collected = true;
		break;
	case EVENT_UNREACHABLE:
		node->reason = REASON_UNREACHABLE;
		break;
	case EVENT_REACHABLE:
		node->reason = node->pid ? REASON_RUNNING : REASON_STARTING;
		break;
	case EVENT_LOST:
		fold_lost(execution, node, event);
		break;
	case EVENT_VERDICT:
		fold_verdict(execution, node, event);
		break;
	case EVENT_RESTORED:
		fold_restored(execution, node, event);
		break;
	default:
		break;
	}
}

static void fold_node(struct execution *execution, struct node_run *node, const struct event *event)
{
	switch (event->kind) { /* only kinds of a node come here; see fold_any */
	case EVENT_COMPLETED:
		set_terminal(execution, node, event, STATE_COMPLETED);
		fold_outputs(execution, event);
		break;
	case EVENT_FAILED:
		set_terminal(execution, node, event, STATE_FAILED);
		break;
	case EVENT_BACKOFF:
		fold_backoff(execution, node, event);
		break;
	case EVENT_BY_HAND:
		fold_by_hand(execution, node, event);
		break;
	case EVENT_RESET:
		fold_reset(node);
		break;
	case EVENT_LATE_EXIT: /* evidence: whoever answers decides */
		fold_message(execution, node, event->text);
		node->ended_us = event->time_us;
		break;
	case EVENT_WAITS:
		fold_message(execution, node, event->text);
		break;
	case EVENT_STALE:
		node->stale = event->flag;
		break;
	case EVENT_DUE:
		fold_due(node);
		break;
	default:
		fold_undo_node(node, event);
		fold_person(execution, node, event);
		break;
	}
}

/* ---- what may follow ------------------------------------------------------------------------ */

static bool is_of_execution(enum event_kind kind)
{
	return kind <= EVENT_QUARANTINED || kind == EVENT_QUARANTINE_LIFTED ||
	       kind == EVENT_AGENT || kind == EVENT_ROLLBACK_STARTED ||
	       kind == EVENT_ROLLBACK_ENDED || kind == EVENT_POLICY || kind == EVENT_POLICY_LEFT;
}

static bool is_of_checkpoint(enum event_kind kind)
{
	return kind >= EVENT_CHECKPOINTING && kind <= EVENT_CHECKPOINT_DROPPED;
}

static bool is_of_attempt(enum event_kind kind)
{
	return kind >= EVENT_INTENDED && kind <= EVENT_RESTORED;
}

/* Which attempt events the node's state admits: what decisions prove, a damaged journal breaks. */
static const char *attempt_objection(const struct node_run *node, const struct event *event)
{
	bool live = derive_lives(node);

	if (event->attempt_kind == ATTEMPT_SHELL)
		return "the engine starts no shells";
	switch (event->kind) {
	case EVENT_INTENDED:
		if (event->attempt_kind == ATTEMPT_RUN)
			return node->state == STATE_PENDING && !node->intended
				       ? NULL
				       : "it is not waiting";
		if (event->attempt_kind == ATTEMPT_CHECK)
			return derive_recording(node) && !node->intended ? NULL
									 : "no run of it has ended";
		return node->reason == REASON_UNDO_WAITING && !node->intended
			       ? NULL
			       : "nothing is to be undone";
	case EVENT_REVOKED:
		return node->intended || live ? NULL : "no attempt is intended";
	case EVENT_DISPATCHED:
		return node->intended ? NULL : "no attempt is intended";
	case EVENT_STARTED:
	case EVENT_EXITED:
	case EVENT_UNREACHABLE:
	case EVENT_REACHABLE:
	case EVENT_LOST:
		return live ? NULL : "no attempt is live";
	case EVENT_VERDICT:
		return node->state == STATE_RUNNING || live ? NULL : "no attempt is live";
	case EVENT_CAPTURED:
		return node->intended || derive_recording(node) ? NULL : "there is no attempt";
	case EVENT_COLLECTED:
		return derive_recording(node) ? NULL : "there is no attempt";
	case EVENT_RESTORED:
		return node->reason == REASON_RESTORING ? NULL : "nothing is being restored";
	default:
		return NULL;
	}
}

static const char *node_objection(const struct node_run *node, enum event_kind kind)
{
	bool recovering = node->state == STATE_RECOVERING;

	switch (kind) {
	case EVENT_DUE:
		return node->reason == REASON_BACKOFF || node->reason == REASON_UNDO_BACKOFF
			       ? NULL
			       : "it does not wait for a time";
	case EVENT_UNDO_BACKOFF:
	case EVENT_RECOVERED:
	case EVENT_RESTORING:
	case EVENT_KEPT:
		return recovering ? NULL : "it takes no part in a rollback";
	case EVENT_FAILED:
	case EVENT_COMPLETED:
	case EVENT_BACKOFF:
	case EVENT_BY_HAND:
	case EVENT_RESET:
		return recovering ? "a rollback is under way" : NULL;
	default:
		return fold_person_objection(node, kind);
	}
}

/* Of the execution, but said with the node whose failure it follows from. */
static bool names_cause(enum event_kind kind)
{
	return kind == EVENT_DRAINING || kind == EVENT_POLICY || kind == EVENT_POLICY_LEFT;
}

static int fold_any(struct execution *execution, const struct event *event, struct err *err)
{
	struct node_run *node;
	struct derive_mark was;
	const char *objection;

	if (event->node == EVENT_NO_NODE && is_of_checkpoint(event->kind)) {
		objection = checkpoint_fold(execution, event);
		return objection ? corrupt(execution, event, objection, err) : 0;
	}
	if (event->node == EVENT_NO_NODE || names_cause(event->kind)) {
		if (!is_of_execution(event->kind) || event->kind == EVENT_CREATED)
			return corrupt(execution, event, "it names no node", err);
		execution->seq = event->seq;
		fold_header(execution, event);
		return 0;
	}
	if (event->node >= execution->graph->nodes_count)
		return corrupt(execution, event, "there is no such node", err);
	node = &execution->nodes[event->node];
	objection = is_of_attempt(event->kind) ? attempt_objection(node, event)
					       : node_objection(node, event->kind);
	if (objection)
		return corrupt(execution, event, objection, err);
	was = derive_mark(execution, event->node);
	execution->seq = event->seq; /* the age of a node that becomes ready now */
	fold_revision_judge(execution, event);
	if (is_of_attempt(event->kind))
		fold_attempt(execution, node, event);
	else if (is_of_execution(event->kind))
		fold_header(execution, event); /* an act on a node, a rollback's target */
	else
		fold_node(execution, node, event);
	node->version = event->seq;
	derive_update(execution, event->node, &was);
	return 0;
}

int execution_fold(struct execution *execution, const struct event *event, struct err *err)
{
	int folded;

	if (event->seq <= execution->seq)
		return corrupt(execution, event, "its number is not newer", err);
	folded = fold_any(execution, event, err);
	if (folded < 0)
		return folded;
	execution->seq = event->seq;
	execution->events_count++;
	execution->header_touched = true;
	derive_state(execution);
	return 0;
}
