/* SPDX-License-Identifier: MIT
 *
 * Acts that change how a node ended: retry runs it again, skip and done let it count as completed.
 * A word about a live attempt is stored as a verdict and applies when its processes are proven
 * gone.
 */
#include <stdlib.h>
#include <string.h>

#include "model/decide.h"
#include "model/derive.h"
#include "model/output_use.h"

static int refuse_in_rollback(const struct decision *decision, struct err *err)
{
	return err_set(err, ERR_REFUSED,
		       "%s is being rolled back: wait for its end, or answer its questions",
		       decision->execution->name);
}

/* ---- retry ------------------------------------------------------------------------------- */

static void reset(struct decision *decision, uint32_t node)
{
	const struct execution *execution = decision->execution;

	decide_revoke_one(decision, node, "run again");
	decide_emit(decision, EVENT_RESET, node);
	decide_moved(decision, node, execution->unmet[node] ? REASON_WAITING : REASON_READY);
}

/* The execution goes step by step: what runs again waits for a word as it did the first time. */
static void reset_for_step(struct decision *decision, uint32_t node)
{
	struct event *event;

	reset(decision, node);
	if (!decision->execution->steps)
		return;
	event = decide_emit(decision, EVENT_HELD, node);
	event->actor = decision->input->act->actor;
	event->note = "step";
	event->flag = true;
}

/* What it still waits for, when running it again alone would start nothing. */
static int refuse_blocked(const struct decision *decision, uint32_t node, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct node_spec *spec = &execution->workflow->nodes[node];

	for (uint32_t i = 0; i < spec->needs_count; i++) {
		const struct node_run *need = &execution->nodes[spec->needs[i]];

		if (need->state != STATE_COMPLETED)
			return err_set(err, ERR_REFUSED, "%s needs %s, which %s: retry that first",
				       spec->id, decide_name(decision, spec->needs[i]),
				       decide_phrase(need));
	}
	return err_set(
		err, ERR_REFUSED,
		"%s waits for nodes of earlier phases that have not completed: retry those first",
		spec->id);
}

static bool can_reset(const struct node_run *node)
{
	return node->state == STATE_FAILED || node->state == STATE_RECOVERED ||
	       node->question == QUESTION_POLICY;
}

int decide_retry_node(struct decision *decision, uint32_t node, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct graph *graph = execution->graph;
	bool *marks = NULL;

	decide_act_event(decision);
	decide_reopen(decision);
	if (execution->nodes[node].state == STATE_RECOVERED) {
		marks = mem_calloc(graph->vertices_count, sizeof(*marks));
		marks[node] = true;
		graph_mark_dependents(graph, marks);
		for (uint32_t i = 0; i < graph->nodes_count; i++)
			if (marks[i] && can_reset(&execution->nodes[i]))
				reset_for_step(decision, i);
		free(marks);
	} else {
		reset(decision, node); /* the word is the step */
	}
	return decide_is_over(decision) ? refuse_blocked(decision, node, err) : 0;
}

static int retry_all(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	uint32_t found = 0;

	decide_act_event(decision);
	decide_reopen(decision);
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		if (!can_reset(&execution->nodes[i]))
			continue;
		reset_for_step(decision, i);
		found++;
	}
	if ((!found && !execution->ended && !derive_closed(execution)) || decide_is_over(decision))
		return err_set(err, ERR_REFUSED, "nothing to retry in %s: no node has failed",
			       execution->name);
	return 0;
}

int decide_act_retry(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	uint32_t node = decision->input->act->node;
	const struct node_run *run;
	int checked;

	if (node != EVENT_NO_NODE && execution->nodes[node].question != QUESTION_NONE &&
	    execution->nodes[node].question < QUESTION_POLICY) /* which is about more than it */
		return decide_act_answer(decision, ANSWER_AGAIN, err);

	if (execution->rolling_back)
		return refuse_in_rollback(decision, err);
	checked = decide_policy_check_again(decision, err);
	if (checked < 0)
		return checked;
	if (node == EVENT_NO_NODE)
		return retry_all(decision, err);
	run = &execution->nodes[node];
	if (!can_reset(run) && run->reason != REASON_BACKOFF)
		return err_set(err, ERR_REFUSED, "%s %s: nothing to retry%s",
			       decide_name(decision, node), decide_phrase(run),
			       run->state == STATE_COMPLETED ? "; to run it again: rollback first"
							     : "");
	return decide_retry_node(decision, node, err);
}

/* ---- skip and done ----------------------------------------------------------------------- */

/* Items of an event from the act's arguments. */
void decide_give_outputs(struct decision *decision, struct event *event)
{
	const struct act *act = decision->input->act;

	if ((act->verb != VERB_DONE && act->verb != VERB_ANSWER) || !act->arguments_count)
		return;
	event->items =
		arena_alloc(&decision->out->arena, act->arguments_count * sizeof(*event->items));
	for (uint32_t i = 0; i < act->arguments_count; i++)
		event->items[event->items_count++] =
			(struct event_item){.kind = "output",
					    .name = act->arguments[i].name,
					    .value = act->arguments[i].value};
}

static void settle_live(struct decision *decision, uint32_t node, enum verdict verdict)
{
	struct event *event;

	decide_act_event(decision);
	event = decide_emit_attempt(decision, EVENT_VERDICT, node);
	event->verdict = verdict;
	decide_give_outputs(decision, event);
}

/* Done without a process that must end first: files that it declares are recorded before it counts.
 */
static void settle_by_hand(struct decision *decision, uint32_t node)
{
	decide_give_outputs(decision, decide_emit(decision, EVENT_BY_HAND, node));
	decide_moved(decision, node, REASON_CAPTURING);
}

static void settle_now(struct decision *decision, uint32_t node, enum reason reason)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event;

	decide_act_event(decision);
	if (run->state == STATE_FAILED || run->question == QUESTION_POLICY || decision->ended)
		decide_reopen(decision);
	decide_revoke_one(decision, node, "not needed any more");
	decide_unask(decision, node);
	if (reason == REASON_BY_HAND && spec->artifacts_count && !derive_recording(run)) {
		settle_by_hand(decision, node);
		return;
	}
	event = decide_emit(decision, EVENT_COMPLETED, node);
	event->reason = reason;
	decide_give_outputs(decision, event);
	decide_moved(decision, node, reason);
	decision->completed = node;
	decide_end(decision);
}

static int settle(struct decision *decision, enum verdict verdict, enum reason reason,
		  struct err *err)
{
	const struct execution *execution = decision->execution;
	uint32_t node = decision->input->act->node;
	const struct node_run *run = &execution->nodes[node];
	const char *verb = verb_name(decision->input->act->verb);

	if (execution->rolling_back)
		return refuse_in_rollback(decision, err);
	if (run->state == STATE_COMPLETED)
		return err_set(err, ERR_REFUSED, "%s has completed: nothing to %s",
			       decide_name(decision, node),
			       verdict == VERDICT_SKIP ? "skip" : "do");
	if (run->question == QUESTION_SECURITY)
		return decide_policy_check_again(decision, err);
	if (run->state == STATE_RECOVERED)
		return err_set(err, ERR_REFUSED,
			       "%s was undone: %s does not apply; retry runs it again",
			       decide_name(decision, node), verb);
	if (derive_runs(run) && (!derive_recording(run) || derive_wants_capture(execution, node)))
		settle_live(decision, node, verdict);
	else
		settle_now(decision, node, reason);
	return 0;
}

static bool is_this(const void *ctx, uint32_t node)
{
	return ((const struct decision *)ctx)->input->act->node == node;
}

/* It has not started and may yet. */
static bool may_start(const void *ctx, uint32_t node)
{
	const struct node_run *run = &((const struct decision *)ctx)->execution->nodes[node];

	return run->state == STATE_PENDING || run->reason == REASON_HELD ||
	       run->reason == REASON_APPROVAL;
}

/* A later node could not start without what this one would have written: said before, not then. */
static int check_missing(const struct decision *decision, struct err *err)
{
	const struct workflow *workflow = decision->execution->workflow;
	uint32_t node = decision->input->act->node;
	struct output_use use;

	if (!workflow->nodes[node].outputs_count ||
	    decision->execution->nodes[node].state == STATE_COMPLETED ||
	    !output_use_find(workflow, may_start, is_this, decision, &use))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "%s uses the output '%s' of %s, which would be missing: say done with "
		       "--output %s=VALUE, or skip %s first",
		       workflow->nodes[use.user].id, use.name, workflow->nodes[node].id, use.name,
		       workflow->nodes[use.user].id);
}

int decide_act_skip(struct decision *decision, struct err *err)
{
	int checked = check_missing(decision, err);

	if (checked < 0)
		return checked;
	return settle(decision, VERDICT_SKIP, REASON_SKIPPED, err);
}

static bool declares(const struct node_spec *spec, const char *name)
{
	for (uint32_t i = 0; i < spec->outputs_count; i++)
		if (strcmp(spec->outputs[i], name) == 0)
			return true;
	return false;
}

static bool gives(const struct act *act, const char *name)
{
	for (uint32_t i = 0; i < act->arguments_count; i++)
		if (act->arguments[i].value && strcmp(act->arguments[i].name, name) == 0)
			return true;
	return false;
}

int decide_check_outputs(const struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	const struct node_spec *spec = &decision->execution->workflow->nodes[act->node];

	for (uint32_t i = 0; i < act->arguments_count; i++) {
		if (!declares(spec, act->arguments[i].name))
			return err_set(err, ERR_INVALID, "%s declares no output '%s'", spec->id,
				       act->arguments[i].name);
	}
	for (uint32_t i = 0; i < spec->outputs_count; i++) {
		if (!gives(act, spec->outputs[i]))
			return err_set(err, ERR_REFUSED,
				       "%s must have the output '%s': done … --output %s=VALUE",
				       spec->id, spec->outputs[i], spec->outputs[i]);
	}
	return 0;
}

int decide_act_done(struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	enum question question = decision->execution->nodes[act->node].question;
	int checked;

	if (question == QUESTION_MANUAL || question == QUESTION_UNDO_MANUAL)
		return decide_act_answer(decision, act->failed ? ANSWER_FAILED : ANSWER_DONE, err);
	if (act->failed)
		return err_set(err, ERR_REFUSED,
			       "only a person's step that is asked for can be answered failed; to "
			       "stop %s: cancel",
			       decide_name(decision, act->node));
	if (question == QUESTION_UNDO_FAILED)
		return decide_act_answer(decision, ANSWER_BY_HAND, err);
	checked = decide_check_outputs(decision, err);
	if (checked < 0)
		return checked;
	return settle(decision, VERDICT_DONE, REASON_BY_HAND, err);
}
