/* SPDX-License-Identifier: MIT
 *
 * A rollback's steps. Each node goes its own way: stopped if it lives, then its turn comes when all
 * that depends on it is RECOVERED; its undo command, its files, the commands of restored files, and
 * then RECOVERED. Steps without an attempt are handed out by admission like those with one, so that
 * each has an event of its own before anything is touched. What fails asks a person.
 */
#include "model/decide.h"
#include "model/derive.h"
#include "model/plan.h"
#include "model/retry.h"

void decide_recovered(struct decision *decision, uint32_t node, enum reason reason)
{
	decide_emit(decision, EVENT_RECOVERED, node)->reason = reason;
	decide_moved(decision, node, reason);
	if (--decision->undo_left)
		return;
	decide_emit(decision, EVENT_ROLLBACK_ENDED, EVENT_NO_NODE);
	decision->rolling_back = false;
	decision->rolled_back = true;
}

static bool has_pre_image(const struct decision *decision, uint32_t node)
{
	const struct execution *execution = decision->execution;

	for (uint32_t i = 0; i < execution->workflow->nodes[node].artifacts_count; i++) {
		if (execution_pre_image(execution, node, i))
			return true;
	}
	return false;
}

/* All that the plan promised for this node is done. */
static void finish(struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];

	if (!decision->execution->nodes[node].start_order)
		decide_recovered(decision, node, REASON_NOTHING_TO_UNDO);
	else if (spec->has_undo)
		decide_recovered(decision, node, REASON_UNDONE);
	else if (spec->artifacts_count)
		decide_recovered(decision, node, REASON_RESTORED);
	else
		decide_recovered(decision, node, REASON_ACCEPTED);
}

static void intend(struct decision *decision, uint32_t node, enum attempt_kind kind,
		   uint32_t artifact)
{
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event = decide_emit(decision, EVENT_INTENDED, node);

	event->attempt_kind = kind;
	event->attempt = (kind == ATTEMPT_UNDO ? run->undo_attempt : run->hook_attempt) + 1;
	event->artifact = artifact;
}

/* The next step of a node whose turn it is. */
void decide_undo_next(struct decision *decision, uint32_t node)
{
	const struct execution *execution = decision->execution;
	const struct node_spec *spec = &execution->workflow->nodes[node];
	const struct node_run *run = &execution->nodes[node];
	uint32_t hook;

	if (run->restored) {
		hook = derive_next_hook(execution, node, run->hook);
		if (hook < spec->artifacts_count)
			intend(decision, node, ATTEMPT_HOOK, hook);
		else
			finish(decision, node);
	} else if (run->start_order && spec->has_undo) {
		intend(decision, node, ATTEMPT_UNDO, 0);
	} else if (run->start_order && has_pre_image(decision, node)) {
		decide_emit(decision, EVENT_RESTORING, node);
	} else {
		finish(decision, node);
	}
}

static void undo_failed(struct decision *decision, uint32_t node, const char *text)
{
	const struct input *input = decision->input;
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct node_run *run = &decision->execution->nodes[node];
	int64_t wait_us = 0;
	bool again = input->exit_kind == EXIT_STATUS || input->exit_kind == EXIT_SIGNAL ||
		     input->exit_kind == EXIT_TIMEOUT;
	struct event *event;

	/* Without its risk: whoever asked for the rollback has answered that question. */
	if (!again ||
	    retry_decide(&spec->undo_retry, 0, run->undo_tries ? run->undo_tries : 1, input->code,
			 0, run->backoff_us, input->draw, &wait_us) != RETRY_WAIT) {
		decide_asked(decision, node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING, text);
		return;
	}
	event = decide_emit(decision, EVENT_UNDO_BACKOFF, node);
	event->until_us = input->time_us + wait_us;
	event->interval_us = wait_us;
	decide_moved(decision, node, REASON_UNDO_BACKOFF);
}

static void exited(struct decision *decision, uint32_t node)
{
	const struct execution *execution = decision->execution;
	const struct node_run *run = &execution->nodes[node];
	const struct input *input = decision->input;
	const char *text = decide_exit_text(decision, input->exit_kind, input->code);
	bool fine = input->exit_kind == EXIT_STATUS && input->code == 0;

	if (run->live_kind == ATTEMPT_HOOK) {
		if (!fine)
			decide_asked(
				decision, node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING,
				decide_text(
					decision, "on_restore of '%s': %s",
					execution->workflow->nodes[node].artifacts[run->hook].path,
					text));
		else if (derive_next_hook(execution, node, run->hook + 1) ==
			 execution->workflow->nodes[node].artifacts_count)
			finish(decision, node);
	} else if (!fine) {
		undo_failed(decision, node, text);
	} else if (!has_pre_image(decision, node)) {
		finish(decision, node);
	}
}

static bool brings_hook(const struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct input *input = decision->input;

	for (uint32_t i = 0; i < input->items_count; i++) {
		uint32_t artifact = input->items[i].number;

		if (artifact < spec->artifacts_count && spec->artifacts[artifact].has_on_restore)
			return true;
	}
	return false;
}

static void restored(struct decision *decision, uint32_t node)
{
	struct event *event = decide_emit(decision, EVENT_RESTORED, node);

	event->attempt_kind = ATTEMPT_RUN;
	event->attempt = decision->execution->nodes[node].attempt;
	event->moment = MOMENT_RESTORED;
	event->items = (struct event_item *)decision->input->items;
	event->items_count = decision->input->items_count;
	if (!brings_hook(decision, node))
		finish(decision, node);
}

void decide_undo_fact(struct decision *decision)
{
	uint32_t node = decision->input->node;
	bool restoring = decision->execution->nodes[node].reason == REASON_RESTORING;

	if (decision->input->kind == INPUT_EXITED)
		exited(decision, node);
	else if (decision->input->kind == INPUT_RESTORED && restoring)
		restored(decision, node);
	else if (decision->input->kind == INPUT_RESTORE_FAILED && restoring)
		decide_asked(decision, node, QUESTION_UNDO_FAILED, REASON_RESTORING,
			     decision->input->text);
	decide_end(decision);
}

/* ---- the start of a rollback ------------------------------------------------------------- */

static void take_in(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];

	bool recorded = derive_recording(run) && !derive_wants_capture(decision->execution, node);

	if (run->state == STATE_RUNNING && !recorded) {
		decide_verdict(decision, node, VERDICT_UNDO);
	} else {
		decide_emit(decision, EVENT_UNDO_WAITING, node);
		decide_moved(decision, node, REASON_UNDO_WAITING);
	}
	decision->undo_left++;
}

void decide_rollback(struct decision *decision, const struct plan *plan)
{
	const struct execution *execution = decision->execution;
	struct event *event;

	if (execution->ended || execution->cancelled || execution->rolled_back)
		decide_emit(decision, EVENT_REOPENED, EVENT_NO_NODE);
	decide_revoke(decision, REVOKE_RUNS, EVENT_NO_NODE, "a rollback began");
	event = decide_emit(decision, EVENT_ROLLBACK_STARTED, EVENT_NO_NODE);
	event->text = arena_strdup(&decision->out->arena, plan->id);
	event->items =
		arena_alloc(&decision->out->arena, plan->nodes_count * sizeof(*event->items));
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		event->items[event->items_count++] =
			(struct event_item){.kind = "node",
					    .name = execution->workflow->nodes[plan->nodes[i]].id,
					    .number = plan->nodes[i]};
	decision->rolling_back = true;
	for (uint32_t i = 0; i < plan->nodes_count; i++) {
		if (plan_takes_part(execution, plan->nodes[i]))
			take_in(decision, plan->nodes[i]);
	}
}
