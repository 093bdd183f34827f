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

/* A rollback that took only files back leaves what had ended ended, as it was. */
static void end_again(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	struct event *event = decide_emit(decision, EVENT_ENDED, EVENT_NO_NODE);

	event->state = execution->ended_state;
	event->reason = execution->ended_reason;
	decision->ended = true;
}

static void step_done(struct decision *decision)
{
	if (--decision->undo_left)
		return;
	decide_emit(decision, EVENT_ROLLBACK_ENDED, EVENT_NO_NODE);
	decision->rolling_back = false;
	if (!decision->execution->only_files)
		decision->rolled_back = true;
	else if (decision->execution->was_ended)
		end_again(decision);
}

void decide_recovered(struct decision *decision, uint32_t node, enum reason reason)
{
	decide_emit(decision, EVENT_RECOVERED, node)->reason = reason;
	decide_moved(decision, node, reason);
	step_done(decision);
}

static void kept(struct decision *decision, uint32_t node)
{
	enum reason reason = decision->execution->nodes[node].kept_reason;

	decide_emit(decision, EVENT_KEPT, node)->reason = reason;
	decide_moved(decision, node, reason);
	if (reason_state(reason) == STATE_COMPLETED)
		decision->completed = node; /* what waited for it may go on */
	step_done(decision);
}

/* All that the plan promised for this node is done. */
void decide_undone(struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct node_run *run = &decision->execution->nodes[node];

	if (run->keeps)
		kept(decision, node);
	else if (!run->start_order || spec->changes_nothing)
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
			decide_undone(decision, node);
	} else if (run->start_order && spec->undo_manual && !run->keeps) {
		decide_ask_undo(decision, node);
	} else if (run->start_order && spec->has_undo && !run->keeps) {
		intend(decision, node, ATTEMPT_UNDO, 0);
	} else if ((run->start_order || run->keeps) && execution_has_target(execution, node)) {
		decide_emit(decision, EVENT_RESTORING, node);
	} else {
		decide_undone(decision, node);
	}
}

static void undo_failed(struct decision *decision, uint32_t node, const char *text)
{
	const struct input *input = decision->input;
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct node_run *run = &decision->execution->nodes[node];
	int64_t wait_us = 0;
	bool again = run->verdict == VERDICT_NONE && /* whoever stops it is asked */
		     (input->exit_kind == EXIT_STATUS || input->exit_kind == EXIT_SIGNAL ||
		      input->exit_kind == EXIT_TIMEOUT || input->exit_kind == EXIT_RESOURCE);
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

	if (run->verdict != VERDICT_NONE)
		text = decide_text(decision, "it was stopped: %s", text);

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
			decide_undone(decision, node);
	} else if (!fine) {
		undo_failed(decision, node, text);
	} else if (!execution_has_target(execution, node)) {
		decide_undone(decision, node);
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
		decide_undone(decision, node);
}

void decide_undo_unstarted(struct decision *decision, uint32_t node)
{
	if (decision->execution->nodes[node].verdict != VERDICT_NONE)
		decide_asked(decision, node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING,
			     "it was stopped before it began");
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

	if (derive_runs(run) && !recorded) {
		decide_verdict(decision, node, VERDICT_UNDO);
	} else {
		if (derive_check_intended(run))
			decide_revoke_one(decision, node, "a rollback began");
		if (run->question != QUESTION_APPROVAL) /* those are withdrawn by now */
			decide_unask(decision, node);
		decide_emit(decision, EVENT_UNDO_WAITING, node);
		decide_moved(decision, node, REASON_UNDO_WAITING);
	}
	decision->undo_left++;
}

/* Taken in for its files only; what it is comes back with them. */
static void take_files(struct decision *decision, uint32_t node)
{
	decide_emit(decision, EVENT_UNDO_WAITING, node)->flag = true;
	decide_moved(decision, node, REASON_UNDO_WAITING);
	decision->undo_left++;
}

static struct event_item *add_item(struct event *event, const char *kind, const char *name)
{
	struct event_item *item = &event->items[event->items_count++];

	*item = (struct event_item){.kind = kind, .name = name};
	return item;
}

static void add_file(struct event *event, const struct execution *execution, uint32_t node,
		     uint32_t artifact, const struct revision *to)
{
	struct event_item *item =
		add_item(event, "file", execution->workflow->nodes[node].artifacts[artifact].path);

	item->node = node;
	item->number = artifact;
	item->absent = !to;
	item->revision = to ? to->seq : 0;
}

/* Where files do not simply go back to what their nodes found. */
static void add_files(struct event *event, const struct execution *execution,
		      const struct plan *plan)
{
	const struct plan_ask *ask = &plan->ask;

	if (ask->level == PLAN_OF_ARTIFACT)
		add_file(event, execution, ask->node, ask->artifact, plan->rows[0].to);
	for (size_t i = 0; ask->level != PLAN_OF_CHECKPOINT && i < ask->keep_count; i++)
		add_file(event, execution, ask->keep[i].node, ask->keep[i].artifact, NULL);
	for (uint32_t i = 0; ask->level == PLAN_OF_CHECKPOINT && i < plan->nodes_count; i++) {
		const uint32_t node = plan->nodes[i];

		for (uint32_t k = 0; k < execution->workflow->nodes[node].artifacts_count; k++)
			add_file(event, execution, node, k, plan_restores(execution, ask, node, k));
	}
}

static void add_items(struct event *event, const struct execution *execution,
		      const struct plan *plan)
{
	const struct plan_ask *ask = &plan->ask;
	const struct node_spec *nodes = execution->workflow->nodes;

	for (uint32_t i = 0; i < plan->nodes_count; i++)
		add_item(event, "node", nodes[plan->nodes[i]].id)->number = plan->nodes[i];
	for (size_t i = 0; i < ask->past_count; i++)
		add_item(event, "past", nodes[ask->past[i]].id)->number = ask->past[i];
	add_files(event, execution, plan);
}

static size_t files_of(const struct execution *execution, const struct plan *plan)
{
	size_t count = plan->ask.keep_count + 1;

	for (uint32_t i = 0; i < plan->nodes_count; i++)
		count += execution->workflow->nodes[plan->nodes[i]].artifacts_count;
	return count;
}

static void start_rollback(struct decision *decision, const struct plan *plan)
{
	const struct plan_ask *ask = &plan->ask;
	size_t room = plan->nodes_count + ask->past_count + files_of(decision->execution, plan);
	struct event *event = decide_emit(decision, EVENT_ROLLBACK_STARTED, EVENT_NO_NODE);

	event->text = arena_strdup(&decision->out->arena, plan->id);
	event->flag = ask->level == PLAN_OF_ARTIFACT;
	event->interval_us = plan->estimate_us;
	if (decision->input->act->by_policy)
		event->trigger = decision->execution->policy_trigger;
	event->items = arena_alloc(&decision->out->arena, room * sizeof(*event->items));
	add_items(event, decision->execution, plan);
	decision->rolling_back = true;
}

static void roll_file_back(struct decision *decision, const struct plan *plan)
{
	decide_revoke(decision, REVOKE_RUNS, EVENT_NO_NODE, "a file goes back first");
	start_rollback(decision, plan);
	take_files(decision, plan->ask.node);
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];

		if (row->action == PLAN_STALE && !decision->execution->nodes[row->node].stale)
			decide_emit(decision, EVENT_STALE, row->node)->flag = true;
	}
}

static bool takes_in(const struct execution *execution, const struct plan *plan, uint32_t node)
{
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		if (plan->nodes[i] == node)
			return plan_takes_part(execution, node);
	return false;
}

void decide_rollback(struct decision *decision, const struct plan *plan)
{
	const struct execution *execution = decision->execution;

	if (plan->ask.level == PLAN_OF_ARTIFACT) {
		roll_file_back(decision, plan);
		return;
	}
	if (execution->ended || execution->cancelled || execution->rolled_back)
		decide_emit(decision, EVENT_REOPENED, EVENT_NO_NODE);
	decide_revoke(decision, REVOKE_RUNS, EVENT_NO_NODE, "a rollback began");
	decide_withdraw(decision, EVENT_NO_NODE);
	if (!takes_in(execution, plan, execution->policy_node))
		decide_policy_unask(decision);
	start_rollback(decision, plan);
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		if (plan_takes_part(execution, plan->nodes[i]))
			take_in(decision, plan->nodes[i]);
}
