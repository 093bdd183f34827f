/* SPDX-License-Identifier: MIT
 *
 * What a final failure leads to by itself: on_failure, and the rules of `triggers`. The rule that
 * decides is said in an event of its own, in the same commit as the failure; that a rollback is due
 * is part of the state from then on, until one has begun, it is refused, or an operator's word
 * takes its place. Carrying it out is the runtime's, which looks at the files first.
 */
#include "model/decide.h"
#include "model/limits.h"
#include "model/retry.h"

/* ---- a failure --------------------------------------------------------------------------- */

static enum on_failure as_on_failure(const struct trigger_rule *rule)
{
	switch (rule->action) {
	case TRIGGER_CONTINUE:
		return ON_FAILURE_CONTINUE;
	case TRIGGER_STOP:
		return ON_FAILURE_STOP;
	case TRIGGER_ROLLBACK:
	case TRIGGER_RESCHEDULE:
		return rule->stops ? ON_FAILURE_STOP : ON_FAILURE_DRAIN;
	case TRIGGER_DRAIN:
	case TRIGGER_AS_ON_FAILURE:
		break;
	}
	return ON_FAILURE_DRAIN;
}

static bool rolls_back(const struct trigger_rule *rule)
{
	return rule->action == TRIGGER_ROLLBACK || rule->action == TRIGGER_RESCHEDULE;
}

static const char *rule_text(struct decision *decision, enum trigger trigger, uint32_t target,
			     uint32_t node)
{
	const char *text;
	struct buf words;

	buf_init(&words, LIMIT_TEXT);
	policy_say(decision->execution->workflow, trigger, target, node, &words);
	text = arena_strdup(&decision->out->arena, buf_text(&words));
	buf_release(&words);
	return text;
}

static void say_rule(struct decision *decision, enum trigger trigger,
		     const struct trigger_rule *rule, uint32_t node, const char *how)
{
	const struct workflow *workflow = decision->execution->workflow;
	uint32_t target = rolls_back(rule) ? policy_target(workflow, rule, node) : 0;
	struct event *event = decide_emit(decision, EVENT_POLICY, node);

	event->trigger = trigger;
	event->policy_target = target;
	event->text = rule_text(decision, trigger, target, node);
	event->note = how;
	decision->policy_due = target != POLICY_TARGET_NONE;
}

static void close(struct decision *decision, uint32_t node, enum on_failure how)
{
	struct event *event = decide_emit(decision, EVENT_DRAINING, node);

	event->code = (int32_t)how;
	decide_close(decision, node, "a node failed: nothing new starts");
	if (how == ON_FAILURE_STOP)
		decide_stop_live(decision, node);
}

/* A violation does not wait for what a failure before it let finish. */
static bool is_worse(const struct decision *decision, enum trigger trigger)
{
	return trigger == TRIGGER_SECURITY && !decision->cancelled && !decision->rolling_back &&
	       !decision->rolled_back && decision->execution->policy_trigger != TRIGGER_SECURITY;
}

/* In a few words, how the node failed. */
static const char *how_failed(struct decision *decision, enum reason reason, int32_t code,
			      const char *text)
{
	if (text && *text)
		return text;
	if (reason == REASON_EXIT || reason == REASON_SIGNAL)
		return decide_text(decision, "%s %d", state_word(STATE_FAILED, reason), (int)code);
	return state_word(STATE_FAILED, reason);
}

void decide_policy(struct decision *decision, uint32_t node, enum reason reason, int32_t code,
		   const char *text)
{
	const struct workflow *workflow = decision->execution->workflow;
	const enum trigger trigger = policy_classify(workflow, reason, code);
	const struct trigger_rule *rule = policy_rule(workflow, trigger);
	enum on_failure how = rule ? as_on_failure(rule) : workflow->on_failure;

	if (decision->ended || (decision->closed && !(rule && is_worse(decision, trigger))))
		return;
	if (how != ON_FAILURE_CONTINUE)
		close(decision, node, how);
	if (rule)
		say_rule(decision, trigger, rule, node, how_failed(decision, reason, code, text));
}

bool decide_policy_forbids_retry(const struct decision *decision, enum reason reason, int32_t code)
{
	const struct workflow *workflow = decision->execution->workflow;
	const enum trigger trigger = policy_classify(workflow, reason, code);

	return trigger == TRIGGER_SECURITY && policy_rule(workflow, trigger);
}

/* Of a critical node nobody but a person decides that it runs again. */
bool decide_policy_reschedule(struct decision *decision, uint32_t node, enum reason reason,
			      int32_t code)
{
	const struct workflow *workflow = decision->execution->workflow;
	const struct node_run *run = &decision->execution->nodes[node];
	const enum trigger trigger = policy_classify(workflow, reason, code);
	const struct trigger_rule *rule = policy_rule(workflow, trigger);
	int64_t wait_us = 0;
	struct event *event;

	if (!rule || rule->action != TRIGGER_RESCHEDULE ||
	    retry_decide(&rule->retry, workflow->nodes[node].risk, run->reschedules + 1, 0,
			 decision->input->time_us - run->first_try_us, run->backoff_us,
			 decision->input->draw, &wait_us) != RETRY_WAIT)
		return false;
	event = decide_emit(decision, EVENT_BACKOFF, node);
	event->until_us = decision->input->time_us + wait_us;
	event->interval_us = wait_us;
	event->trigger = trigger;
	event->text = rule_text(decision, trigger, POLICY_TARGET_NONE, node);
	decide_moved(decision, node, REASON_BACKOFF);
	return true;
}

/* ---- it cannot be as it is --------------------------------------------------------------- */

void decide_policy_left(struct decision *decision, uint32_t node, const char *why)
{
	decide_emit(decision, EVENT_POLICY_LEFT, node)->text = why;
	decision->policy_due = false;
}

void decide_policy_refused(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	const uint32_t node = execution->policy_node;
	const char *text = decision->input->text;

	if (execution->policy_step != POLICY_DUE)
		return;
	if (decision->input->failed ||
	    reason_state(execution->nodes[node].reason) != STATE_FAILED) {
		decide_policy_left(decision, node, text);
		decide_end(decision);
		return;
	}
	(void)decide_asked(
		decision, node, QUESTION_POLICY, execution->nodes[node].reason,
		decide_text(decision, "%s: %s", execution->policy ? execution->policy : "", text));
}

static void failed_again(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];
	struct event *event = decide_emit(decision, EVENT_FAILED, node);

	event->reason = decide_left_reason(run);
	event->code = run->code;
	event->text = decide_exit_text(decision, run->exit_kind, run->code);
	decide_moved(decision, node, event->reason);
}

void decide_policy_unask(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	const uint32_t node = execution->policy_node;
	struct event *event;

	if (execution->policy_step != POLICY_ASKED)
		return;
	event = decide_emit(decision, EVENT_ANSWERED, node);
	event->question = QUESTION_POLICY;
	event->answer = ANSWER_LEAVE;
	failed_again(decision, node);
}

int decide_answer_policy(struct decision *decision, enum answer answer, struct err *err)
{
	uint32_t node = decision->input->act->node;

	if (answer == ANSWER_UNDO) { /* the runtime looks again */
		decide_answered(decision, node, answer, REASON_NONE);
		failed_again(decision, node);
		decision->policy_due = true;
	} else if (answer == ANSWER_LEAVE) {
		decide_answered(decision, node, answer, REASON_NONE);
		failed_again(decision, node);
		decide_policy_left(decision, node, "left as it is");
		decide_end(decision);
	} else if (answer == ANSWER_AGAIN) {
		return decide_retry_node(decision, node, err);
	} else {
		return decide_refuse_answer(decision, answer, "undo, again, leave", err);
	}
	return 0;
}

/* ---- after a violation ------------------------------------------------------------------- */

void decide_policy_ask(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	const uint32_t node = execution->policy_node;

	if (execution_policy_work(execution) != POLICY_ASK)
		return;
	(void)decide_asked(decision, node, QUESTION_SECURITY, execution->nodes[node].reason,
			   decide_text(decision, "%s: rolled back; may anything of %s run again?",
				       policy_trigger_name(execution->policy_trigger),
				       execution->name));
}

int decide_answer_security(struct decision *decision, enum answer answer, struct err *err)
{
	uint32_t node = decision->input->act->node;
	enum reason back_to = decision->execution->nodes[node].resume_reason;

	if (answer != ANSWER_APPROVE && answer != ANSWER_REJECT)
		return decide_refuse_answer(decision, answer, "approve, reject", err);
	decide_answered(decision, node, answer, back_to);
	if (answer == ANSWER_APPROVE)
		return 0;
	decide_emit(decision, EVENT_CANCELLED, EVENT_NO_NODE);
	decision->cancelled = true;
	decide_end(decision);
	return 0;
}

void decide_policy_drop(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	const struct node_run *run = &execution->nodes[execution->policy_node];
	struct event *event;

	if (run->question != QUESTION_SECURITY)
		return;
	event = decide_emit(decision, EVENT_ANSWERED, execution->policy_node);
	event->question = run->question;
	event->answer = ANSWER_REJECT;
	event->reason = run->resume_reason;
	decide_moved(decision, execution->policy_node, run->resume_reason);
}

int decide_policy_check_again(const struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	const char *name = decide_name(decision, execution->policy_node);

	if (execution->nodes[execution->policy_node].question != QUESTION_SECURITY &&
	    execution_policy_work(execution) != POLICY_ASK)
		return 0;
	return err_set(err, ERR_REFUSED,
		       "%s was rolled back after a %s of %s: nothing runs again before somebody "
		       "approves it: hlp approve %s/%s",
		       execution->name, policy_trigger_name(execution->policy_trigger), name,
		       execution->name, name);
}
