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
	return node->state == STATE_FAILED || node->state == STATE_RECOVERED;
}

static int retry_node(struct decision *decision, uint32_t node, struct err *err)
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
		for (uint32_t i = 0; i < graph->nodes_count; i++) {
			if (marks[i] && can_reset(&execution->nodes[i]))
				reset(decision, i);
		}
		free(marks);
	} else {
		reset(decision, node);
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
		reset(decision, i);
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

	if (node != EVENT_NO_NODE && execution->nodes[node].question != QUESTION_NONE)
		return decide_act_answer(decision, ANSWER_AGAIN, err);
	if (execution->rolling_back)
		return refuse_in_rollback(decision, err);
	if (node == EVENT_NO_NODE)
		return retry_all(decision, err);
	run = &execution->nodes[node];
	if (!can_reset(run) && run->reason != REASON_BACKOFF)
		return err_set(err, ERR_REFUSED, "%s %s: nothing to retry%s",
			       decide_name(decision, node), decide_phrase(run),
			       run->state == STATE_COMPLETED ? "; to run it again: rollback first"
							     : "");
	return retry_node(decision, node, err);
}

/* ---- skip and done ----------------------------------------------------------------------- */

/* Items of an event from the act's arguments. */
static void give_outputs(struct decision *decision, struct event *event)
{
	const struct act *act = decision->input->act;

	if (act->verb != VERB_DONE || !act->arguments_count)
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
	give_outputs(decision, event);
}

static void settle_now(struct decision *decision, uint32_t node, enum reason reason)
{
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event;

	decide_act_event(decision);
	if (run->state == STATE_FAILED || decision->ended)
		decide_reopen(decision);
	decide_revoke_one(decision, node, "not needed any more");
	event = decide_emit(decision, EVENT_COMPLETED, node);
	event->reason = reason;
	give_outputs(decision, event);
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
	if (run->state == STATE_RECOVERED)
		return err_set(err, ERR_REFUSED,
			       "%s was undone: %s does not apply; retry runs it again",
			       decide_name(decision, node), verb);
	if (run->state == STATE_RUNNING &&
	    (!derive_recording(run) || derive_wants_capture(execution, node)))
		settle_live(decision, node, verdict);
	else
		settle_now(decision, node, reason);
	return 0;
}

int decide_act_skip(struct decision *decision, struct err *err)
{
	return settle(decision, VERDICT_SKIP, REASON_SKIPPED, err);
}

static bool declares(const struct node_spec *spec, const char *name)
{
	for (uint32_t i = 0; i < spec->outputs_count; i++) {
		if (strcmp(spec->outputs[i], name) == 0)
			return true;
	}
	return false;
}

static bool gives(const struct act *act, const char *name)
{
	for (uint32_t i = 0; i < act->arguments_count; i++) {
		if (act->arguments[i].value && strcmp(act->arguments[i].name, name) == 0)
			return true;
	}
	return false;
}

static int check_outputs(const struct decision *decision, struct err *err)
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
	uint32_t node = decision->input->act->node;
	int checked = check_outputs(decision, err);

	if (decision->execution->nodes[node].question == QUESTION_UNDO_FAILED)
		return decide_act_answer(decision, ANSWER_BY_HAND, err);
	if (checked < 0)
		return checked;
	return settle(decision, VERDICT_DONE, REASON_BY_HAND, err);
}
