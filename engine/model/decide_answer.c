/* SPDX-License-Identifier: MIT
 *
 * Answers to questions about attempts and undos, and the word that starts a rollback.
 */
#include "model/decide.h"
#include "model/derive.h"
#include "model/plan.h"

struct event *decide_answered(struct decision *decision, uint32_t node, enum answer answer,
			      enum reason back_to)
{
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event;

	decide_act_event(decision);
	event = decide_emit(decision, EVENT_ANSWERED, node);
	event->question = run->question;
	event->answer = answer;
	event->reason = back_to;
	if (run->question == QUESTION_MANUAL) {
		event->attempt_kind = ATTEMPT_RUN;
		event->attempt = run->attempt;
	} else if (run->question == QUESTION_UNDO_MANUAL) {
		event->attempt_kind = ATTEMPT_UNDO;
		event->attempt = run->undo_attempt;
	}
	if (back_to != REASON_NONE)
		decide_moved(decision, node, back_to);
	return event;
}

int decide_refuse_answer(const struct decision *decision, enum answer answer, const char *answers,
			 struct err *err)
{
	return err_set(err, ERR_REFUSED, "'%s' does not answer this question about %s; answers: %s",
		       answer_name(answer), decide_name(decision, decision->input->act->node),
		       answers);
}

static void run_again(struct decision *decision, uint32_t node)
{
	decide_answered(decision, node, ANSWER_AGAIN, REASON_NONE);
	decide_reopen(decision);
	decide_emit(decision, EVENT_RESET, node);
	decide_moved(decision, node,
		     decision->execution->unmet[node] ? REASON_WAITING : REASON_READY);
}

static void leave_failed(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];

	decide_answered(decision, node, ANSWER_LEAVE, REASON_NONE);
	decide_failed(decision, node, decide_left_reason(run), run->code, NULL);
	decide_end(decision);
}

static int by_hand(struct decision *decision, uint32_t node, struct err *err)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];

	if (spec->outputs_count)
		return err_set(err, ERR_REFUSED,
			       "%s must have the output '%s': done … --output %s=VALUE", spec->id,
			       spec->outputs[0], spec->outputs[0]);
	if (spec->artifacts_count) {
		decide_answered(decision, node, ANSWER_BY_HAND, REASON_CAPTURING);
		return 0;
	}
	decide_answered(decision, node, ANSWER_BY_HAND, REASON_NONE);
	decide_completed(decision, node, REASON_BY_HAND);
	decide_end(decision);
	return 0;
}

/* It did happen: what it left is recorded, then it counts as completed. */
static void happened(struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];

	if (spec->outputs_count || spec->artifacts_count) {
		decide_answered(decision, node, ANSWER_HAPPENED, REASON_CAPTURING);
		return;
	}
	decide_answered(decision, node, ANSWER_HAPPENED, REASON_NONE);
	decide_completed(decision, node, REASON_BY_HAND);
	decide_end(decision);
}

/* An answer has no words for what must be named: then it is a rollback that can be told. */
static int undo_by_plan(struct decision *decision, const struct plan *plan, struct err *err)
{
	const uint32_t node = plan->ask.node;

	if (plan->refused)
		return err_set(err, ERR_REFUSED,
			       "%s ('hlp rollback %s --node %s' takes such words)", plan->refused,
			       decision->execution->name, decide_name(decision, node));
	decide_answered(decision, node, ANSWER_UNDO, REASON_NONE);
	decide_rollback(decision, plan);
	return 0;
}

/* A plan of this very state knows the files on disk, too. */
static int undo(struct decision *decision, uint32_t node, struct err *err)
{
	struct plan_ask ask = {.level = PLAN_OF_NODE, .node = node};
	const struct plan *given = decision->input->act->plan;
	struct plan *plan;
	int made;

	if (given && given->version == decision->execution->seq)
		return undo_by_plan(decision, given, err);
	made = plan_make(decision->execution, &ask, &plan, err);
	if (made < 0)
		return made;
	made = undo_by_plan(decision, plan, err);
	plan_free(plan);
	return made;
}

/* What becomes of a run attempt whose end says too little; a lost one may also have done it. */
static int answer_run(struct decision *decision, enum answer answer, bool lost, struct err *err)
{
	uint32_t node = decision->input->act->node;

	switch (answer) {
	case ANSWER_HAPPENED:
		if (!lost)
			break;
		happened(decision, node);
		return 0;
	case ANSWER_AGAIN:
		run_again(decision, node);
		return 0;
	case ANSWER_UNDO:
		return undo(decision, node, err);
	case ANSWER_BY_HAND:
		return by_hand(decision, node, err);
	case ANSWER_LEAVE:
		leave_failed(decision, node);
		return 0;
	case ANSWER_APPROVE:
	case ANSWER_REJECT:
	case ANSWER_DONE:
	case ANSWER_FAILED:
	case ANSWER_NONE:
		break;
	}
	return decide_refuse_answer(decision, answer,
				    lost ? "happened, again, undo, by-hand, leave"
					 : "again, undo, by-hand, leave",
				    err);
}

/* No more is done for it. One that only gives files back is what it was, whatever became of them.
 */
static void leave(struct decision *decision, uint32_t node, enum reason reason)
{
	if (decision->execution->nodes[node].keeps)
		decide_undone(decision, node);
	else
		decide_recovered(decision, node, reason);
	decide_end(decision);
}

/* A person did what failed: the rest of the node's steps follow. */
static void undone_by_hand(struct decision *decision, uint32_t node, enum answer answer)
{
	const struct node_run *run = &decision->execution->nodes[node];

	if (run->restored) {
		decide_answered(decision, node, answer, REASON_UNDO_WAITING)->flag = true;
	} else if (run->resume_reason == REASON_UNDO_WAITING &&
		   execution_has_target(decision->execution, node)) {
		decide_answered(decision, node, answer, REASON_RESTORING);
	} else {
		decide_answered(decision, node, answer, REASON_NONE);
		leave(decision, node, REASON_UNDONE);
	}
}

static void left_as_it_is(struct decision *decision, uint32_t node)
{
	decide_answered(decision, node, ANSWER_LEAVE, REASON_NONE);
	leave(decision, node, REASON_ACCEPTED);
}

static int answer_undo_failed(struct decision *decision, enum answer answer, struct err *err)
{
	uint32_t node = decision->input->act->node;

	switch (answer) {
	case ANSWER_AGAIN:
		decide_answered(decision, node, answer,
				decision->execution->nodes[node].resume_reason);
		return 0;
	case ANSWER_BY_HAND:
		undone_by_hand(decision, node, answer);
		return 0;
	case ANSWER_LEAVE:
		left_as_it_is(decision, node);
		return 0;
	case ANSWER_HAPPENED:
	case ANSWER_UNDO:
	case ANSWER_APPROVE:
	case ANSWER_REJECT:
	case ANSWER_DONE:
	case ANSWER_FAILED:
	case ANSWER_NONE:
		break;
	}
	return decide_refuse_answer(decision, answer, "again, by-hand, leave", err);
}

/* A person's undo that did not succeed stands like one of a command. */
static int answer_undo_manual(struct decision *decision, enum answer answer, struct err *err)
{
	const struct act *act = decision->input->act;

	if (answer == ANSWER_DONE) {
		undone_by_hand(decision, act->node, answer);
	} else if (answer == ANSWER_LEAVE) {
		left_as_it_is(decision, act->node);
	} else if (answer == ANSWER_FAILED) {
		decide_answered(decision, act->node, answer, REASON_NONE);
		decide_asked(decision, act->node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING,
			     act->note && act->note[0] ? act->note : "it was not done");
	} else {
		return decide_refuse_answer(decision, answer, "done, leave, failed", err);
	}
	return 0;
}

int decide_act_answer(struct decision *decision, enum answer answer, struct err *err)
{
	uint32_t node = decision->input->act->node;
	const struct node_run *run = &decision->execution->nodes[node];

	switch (run->question) {
	case QUESTION_LOST:
		return answer_run(decision, answer, true, err);
	case QUESTION_RISK:
		return answer_run(decision, answer, false, err);
	case QUESTION_UNDO_FAILED:
		return answer_undo_failed(decision, answer, err);
	case QUESTION_MANUAL:
		return decide_answer_manual(decision, answer, err);
	case QUESTION_APPROVAL:
		return decide_answer_approval(decision, answer, err);
	case QUESTION_UNDO_MANUAL:
		return answer_undo_manual(decision, answer, err);
	case QUESTION_POLICY:
		return decide_answer_policy(decision, answer, err);
	case QUESTION_SECURITY:
		return decide_answer_security(decision, answer, err);
	case QUESTION_NONE:
		break;
	}
	return err_set(err, ERR_REFUSED, "%s asks nothing: it %s", decide_name(decision, node),
		       decide_phrase(run));
}

/* A plan made of this very state is true, and knows the files on disk too. */
static int carry_out(struct decision *decision, const struct plan *plan, struct err *err)
{
	if (plan->refused)
		return err_set(err, ERR_REFUSED, "%s", plan->refused);
	decide_act_event(decision);
	decide_rollback(decision, plan);
	return 0;
}

int decide_act_rollback(struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	struct plan *now;
	int made;

	if (!act->plan)
		return err_set(err, ERR_INVALID, "a rollback needs the plan that was shown");
	if (act->plan->version == decision->execution->seq)
		return carry_out(decision, act->plan, err);
	made = plan_make(decision->execution, &act->plan->ask, &now, err);
	if (made < 0)
		return made;
	now->estimate_us = act->plan->estimate_us;
	if (!now->refused && !plan_covers(act->plan, now))
		made = err_set(err, ERR_CONFLICT,
			       "the plan changed since it was shown: look at it again");
	else
		made = carry_out(decision, now, err);
	plan_free(now);
	return made;
}
