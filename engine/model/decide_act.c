/* SPDX-License-Identifier: MIT
 *
 * An operator's word: pause, resume, cancel, note. Holds are in decide_hold.c, freezes in
 * decide_freeze.c, acts that make nodes run again or count as done in decide_redo.c, answers and
 * rollbacks in decide_answer.c. What does not apply is refused in words that say what would.
 */
#include "model/decide.h"
#include "model/derive.h"
#include "model/limits.h"

#include <string.h>

static void add_arguments(struct decision *decision, struct event *event)
{
	const struct act *act = decision->input->act;

	if (!act->arguments_count)
		return;
	event->items =
		arena_alloc(&decision->out->arena, act->arguments_count * sizeof(*event->items));
	for (uint32_t i = 0; i < act->arguments_count; i++)
		event->items[event->items_count++] =
			(struct event_item){.kind = "argument",
					    .name = act->arguments[i].name,
					    .value = act->arguments[i].value};
}

void decide_act_event(struct decision *decision)
{
	const struct act *act = decision->input->act;
	struct event *event = decide_emit(decision, EVENT_ACT, act->node);

	event->verb = act->verb == VERB_ANSWER && (act->answer == ANSWER_APPROVE ||
						   act->answer == ANSWER_REJECT)
			      ? answer_name(act->answer)
			      : verb_name(act->verb);
	event->actor = act->actor;
	event->origin = act->origin;
	event->note = act->note;
	event->request = act->request;
	event->answer = act->answer;
	event->flag = act->failed;
	add_arguments(decision, event);
	decide_agent(decision);
}

void decide_reopen(struct decision *decision)
{
	const struct act *act = decision->input->act;

	if (!decision->ended && !decision->closed && !decision->rolled_back)
		return;
	if (act->node != decision->execution->policy_node &&
	    (act->verb != VERB_RETRY || act->node != EVENT_NO_NODE))
		decide_policy_unask(decision);
	decide_emit(decision, EVENT_REOPENED, EVENT_NO_NODE);
	decision->ended = decision->closed = false;
	decision->cancelled = decision->rolled_back = decision->policy_due = false;
}

void decide_revoke_one(struct decision *decision, uint32_t node, const char *why)
{
	if (decision->execution->nodes[node].intended)
		decide_emit_attempt(decision, EVENT_REVOKED, node)->text = why;
}

static const char *paused_phrase(enum reason reason)
{
	switch (reason) {
	case REASON_HELD:
		return "is held";
	case REASON_FROZEN:
		return "is frozen";
	case REASON_APPROVAL:
		return "waits for an approval";
	case REASON_MANUAL:
		return "waits for a person to do it";
	default:
		return "waits for an answer";
	}
}

const char *decide_phrase(const struct node_run *node)
{
	switch (node->state) {
	case STATE_PENDING:
		return node->reason == REASON_BACKOFF ? "waits to be tried again"
						      : "has not started";
	case STATE_RUNNING:
		return node->reason == REASON_STOPPING ? "is being stopped" : "is running";
	case STATE_PAUSED:
		return paused_phrase(node->reason);
	case STATE_COMPLETED:
		return "has completed";
	case STATE_FAILED:
		return "has failed";
	case STATE_RECOVERING:
		return node->reason == REASON_UNDO_ASKING ? "waits for an answer about its undo"
							  : "is being undone";
	case STATE_RECOVERED:
		return "was undone";
	case STATES:
		break;
	}
	return "is in no known state";
}

/* ---- the execution ----------------------------------------------------------------------- */

static int act_pause(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;

	if (execution->ended)
		return err_set(err, ERR_REFUSED, "%s has ended: nothing to pause", execution->name);
	if (execution->paused)
		return err_set(err, ERR_REFUSED, "%s is paused already", execution->name);
	if (execution->rolled_back)
		return err_set(err, ERR_REFUSED,
			       "%s was rolled back and starts nothing: nothing to pause",
			       execution->name);
	decide_act_event(decision);
	decide_emit(decision, EVENT_PAUSED, EVENT_NO_NODE);
	decide_revoke(decision, REVOKE_ALL, EVENT_NO_NODE, "paused");
	return 0;
}

static uint32_t first_paused(const struct execution *execution)
{
	uint32_t found = EVENT_NO_NODE;

	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		if (node->question != QUESTION_NONE)
			return i;
		if (node->state == STATE_PAUSED && found == EVENT_NO_NODE)
			found = i;
	}
	return found;
}

static const char *way_out(const struct node_run *node)
{
	if (node->question != QUESTION_NONE)
		return "answer it";
	return node->reason == REASON_FROZEN ? "thaw it" : "release it";
}

static int act_resume(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	uint32_t node = first_paused(execution);

	if (execution->ended)
		return err_set(err, ERR_REFUSED, "%s has ended: retry opens it again",
			       execution->name);
	if (execution->rolled_back)
		return err_set(err, ERR_REFUSED,
			       "%s was rolled back: retry runs its nodes again, cancel ends it",
			       execution->name);
	if (!execution->paused && node != EVENT_NO_NODE)
		return err_set(err, ERR_REFUSED, "%s is not paused, but %s %s: %s", execution->name,
			       decide_name(decision, node), decide_phrase(&execution->nodes[node]),
			       way_out(&execution->nodes[node]));
	if (!execution->paused)
		return err_set(err, ERR_REFUSED, "%s is not paused", execution->name);
	decide_act_event(decision);
	decide_emit(decision, EVENT_RESUMED, EVENT_NO_NODE);
	return 0;
}

/* Questions that only the rest of the run would have needed an answer to. */
static void drop_questions(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	uint32_t left = execution->by_reason[REASON_ASKING];

	for (uint32_t i = 0; left && i < execution->graph->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		if (node->reason != REASON_ASKING)
			continue;
		left--;
		decide_failed(decision, i, decide_left_reason(node), node->code, NULL);
	}
	decide_policy_drop(decision);
}

static int cancel_rollback(struct decision *decision, struct err *err)
{
	if (decision->execution->paused)
		return err_set(err, ERR_REFUSED,
			       "the rollback of %s is stopped already: resume goes on with it",
			       decision->execution->name);
	decide_act_event(decision);
	decide_emit(decision, EVENT_PAUSED, EVENT_NO_NODE);
	decide_revoke(decision, REVOKE_ALL, EVENT_NO_NODE, "the rollback is stopped");
	return 0;
}

static int cancel_execution(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;

	if (execution->ended)
		return err_set(err, ERR_REFUSED, "%s has ended: nothing to cancel",
			       execution->name);
	if (execution->rolling_back)
		return cancel_rollback(decision, err);
	if (execution->cancelled)
		return err_set(err, ERR_REFUSED, "%s is being cancelled already", execution->name);
	decide_act_event(decision);
	decide_emit(decision, EVENT_CANCELLED, EVENT_NO_NODE);
	decision->cancelled = true;
	decision->policy_due = false;
	decide_close(decision, EVENT_NO_NODE, "cancelled");
	drop_questions(decision);
	decide_stop_live(decision, EVENT_NO_NODE);
	decide_end(decision);
	return 0;
}

/* ---- one node ---------------------------------------------------------------------------- */

static int cancel_live(struct decision *decision, uint32_t node, struct err *err)
{
	const struct node_run *run = &decision->execution->nodes[node];
	const char *name = decide_name(decision, node);

	if (derive_check_intended(run)) {
		decide_act_event(decision);
		decide_check_cancel(decision, node);
		decide_end(decision);
		return 0;
	}
	if (derive_recording(run))
		return err_set(err, ERR_REFUSED,
			       "%s has exited, its results are being recorded: "
			       "nothing to cancel",
			       name);
	if (run->verdict == VERDICT_CANCEL || run->verdict == VERDICT_UNDO)
		return err_set(err, ERR_REFUSED, "%s is being stopped already", name);
	decide_act_event(decision);
	decide_verdict(decision, node, VERDICT_CANCEL);
	return 0;
}

/* Else one that hangs could be ended by nobody: the rollback waits for it. It then asks. */
static int cancel_undo(struct decision *decision, uint32_t node, struct err *err)
{
	if (decision->execution->nodes[node].verdict != VERDICT_NONE)
		return err_set(err, ERR_REFUSED, "the undo of %s is being stopped already",
			       decide_name(decision, node));
	decide_act_event(decision);
	decide_verdict(decision, node, VERDICT_CANCEL);
	return 0;
}

static int cancel_node(struct decision *decision, uint32_t node, struct err *err)
{
	const struct node_run *run = &decision->execution->nodes[node];
	enum reason reason = REASON_CANCELLED;

	if (derive_undoes(run))
		return cancel_undo(decision, node, err);
	if (derive_runs(run))
		return cancel_live(decision, node, err);
	if (run->state != STATE_PENDING && run->state != STATE_PAUSED)
		return err_set(err, ERR_REFUSED, "%s %s: nothing to cancel%s",
			       decide_name(decision, node), decide_phrase(run),
			       run->state == STATE_COMPLETED ? "; to take it back: rollback" : "");
	if (decision->ended)
		return err_set(err, ERR_REFUSED, "%s has ended: nothing to cancel",
			       decision->execution->name);
	if (run->question == QUESTION_SECURITY)
		return decide_answer_security(decision, ANSWER_REJECT, err);
	if (run->question == QUESTION_LOST || run->question == QUESTION_POLICY)
		reason = decide_left_reason(run); /* cancelling does not make its outcome known */
	decide_act_event(decision);
	if (run->question == QUESTION_POLICY)
		decide_policy_left(decision, node, "cancelled");
	decide_revoke_one(decision, node, "cancelled");
	decide_unask(decision, node);
	decide_failed(decision, node, reason, run->question == QUESTION_POLICY ? run->code : 0,
		      NULL);
	decide_end(decision);
	return 0;
}

static int act_cancel(struct decision *decision, struct err *err)
{
	uint32_t node = decision->input->act->node;

	if (node == EVENT_NO_NODE)
		return cancel_execution(decision, err);
	return cancel_node(decision, node, err);
}

/* ---- all of them ------------------------------------------------------------------------- */

static bool needs_node(enum verb verb)
{
	return verb == VERB_SKIP || verb == VERB_DONE || verb == VERB_HOLD || verb == VERB_FREEZE ||
	       verb == VERB_THAW || verb == VERB_ANSWER || verb == VERB_SHELL ||
	       verb == VERB_LEFT_SHELL;
}

static bool lifts_quarantine(const struct act *act)
{
	return act->verb == VERB_RELEASE && act->node == EVENT_NO_NODE && !act->next;
}

static bool is_only_of_execution(enum verb verb)
{
	return verb == VERB_PAUSE || verb == VERB_RESUME || verb == VERB_FORGET ||
	       verb == VERB_ATTACH || verb == VERB_CHECKPOINT;
}

/* Compare-and-set: what the client saw must still be so. */
static int check_version(const struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct act *act = decision->input->act;
	uint64_t now = act->node == EVENT_NO_NODE ? execution->header_version
						  : execution->nodes[act->node].version;

	if (!act->version || now <= act->version || act->verb == VERB_NOTE ||
	    act->verb == VERB_LEFT_SHELL || act->verb == VERB_CHECKPOINT)
		return 0;
	if (act->node == EVENT_NO_NODE)
		return err_set(err, ERR_CONFLICT, "%s changed since you saw it: look again",
			       execution->name);
	return err_set(err, ERR_CONFLICT, "%s changed since you saw it: it %s now",
		       decide_name(decision, act->node),
		       decide_phrase(&execution->nodes[act->node]));
}

static int check_act(const struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct act *act = decision->input->act;

	if (act->node != EVENT_NO_NODE && act->node >= execution->graph->nodes_count)
		return err_set(err, ERR_NOT_FOUND, "%s has no such node", execution->name);
	if (act->node == EVENT_NO_NODE && needs_node(act->verb))
		return err_set(err, ERR_INVALID, "%s needs a node: %s/NODE", verb_name(act->verb),
			       execution->name);
	if (act->node != EVENT_NO_NODE && is_only_of_execution(act->verb))
		return err_set(err, ERR_INVALID, "%s is of a whole execution%s",
			       verb_name(act->verb),
			       act->verb == VERB_PAUSE	  ? "; for one node there is hold"
			       : act->verb == VERB_RESUME ? "; for one node there is release"
							  : "");
	if (act->note && strlen(act->note) > LIMIT_TEXT)
		return err_set(err, ERR_LIMIT, "the reason is longer than %d bytes", LIMIT_TEXT);
	if (execution->quarantined && !lifts_quarantine(act))
		return err_set(err, ERR_REFUSED,
			       "%s is quarantined: it can be read, not changed, until 'hlp engine "
			       "release %s'",
			       execution->name, execution->name);
	return check_version(decision, err);
}

static bool has_secret_artifact(const struct workflow *workflow, const char *path)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		for (uint32_t k = 0; k < workflow->nodes[i].artifacts_count; k++)
			if (workflow->nodes[i].artifacts[k].secret &&
			    !strcmp(workflow->nodes[i].artifacts[k].path, path))
				return true;
	return false;
}

/* The word is recorded, then the files go. While anything may still run they are needed. */
static int act_forget(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct act *act = decision->input->act;
	const char *path = act->arguments_count ? act->arguments[0].value : NULL;

	if (!decision->ended)
		return err_set(err, ERR_REFUSED,
			       "%s has not ended: what it may still run needs its secrets",
			       execution->name);
	if (path && !has_secret_artifact(execution->workflow, path))
		return err_set(err, ERR_NOT_FOUND, "%s has no secret artifact '%s'",
			       execution->name, path);
	decide_act_event(decision);
	return 0;
}

int decide_act(struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	int checked = check_act(decision, err);

	if (checked < 0)
		return checked;
	switch (act->verb) {
	case VERB_PAUSE:
		return act_pause(decision, err);
	case VERB_RESUME:
		return act_resume(decision, err);
	case VERB_CANCEL:
		return act_cancel(decision, err);
	case VERB_RETRY:
		return decide_act_retry(decision, err);
	case VERB_SKIP:
		return decide_act_skip(decision, err);
	case VERB_DONE:
		return decide_act_done(decision, err);
	case VERB_HOLD:
		return decide_act_hold(decision, err);
	case VERB_RELEASE:
		return decide_act_release(decision, err);
	case VERB_ANSWER:
		return decide_act_answer(decision, act->answer, err);
	case VERB_ROLLBACK:
		return decide_act_rollback(decision, err);
	case VERB_NOTE:
		if (!act->note || !act->note[0])
			return err_set(err, ERR_INVALID, "a note needs a text");
		decide_act_event(decision);
		return 0;
	case VERB_FORGET:
		return act_forget(decision, err);
	case VERB_CHECKPOINT:
		return decide_act_checkpoint(decision, err);
	case VERB_FREEZE:
		return decide_act_freeze(decision, err);
	case VERB_THAW:
		return decide_act_thaw(decision, err);
	case VERB_SHELL:
		return decide_act_shell(decision, err);
	case VERB_LEFT_SHELL:
		return decide_act_left_shell(decision, err);
	case VERB_ATTACH:
		return decide_act_attach(decision, err);
	case VERB_NONE:
	case VERBS:
		break;
	}
	return err_set(err, ERR_INVALID, "there is no such act");
}
