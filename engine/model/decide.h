/* SPDX-License-Identifier: MIT
 *
 * Between the files that decide: one decision under way, and the steps they share. A decision reads
 * the execution as it was before; what its own events will have changed, it keeps in `by_reason`
 * and the flags here, so that the end of the execution is seen in the same decision that brings it.
 */
#ifndef HLP_MODEL_DECIDE_H
#define HLP_MODEL_DECIDE_H

#include "model/execution.h"
#include "model/policy.h"

struct decision {
	const struct execution *execution;
	const struct input *input;
	struct event_list *out;
	uint32_t by_reason[REASONS]; /* nodes per reason after the events so far */
	uint32_t undo_left;
	uint32_t completed; /* the node that this decision completes, or EVENT_NO_NODE */
	bool closed, cancelled, ended, rolling_back, rolled_back; /* after the events so far */
	bool policy_due; /* … a rollback that the workflow asks for */
};

static inline const char *decide_name(const struct decision *decision, uint32_t node)
{
	return decision->execution->workflow->nodes[node].id;
}

/* Adds an event; of an attempt, with the input's or the node's attempt. */
struct event *decide_emit(struct decision *decision, enum event_kind kind, uint32_t node);
struct event *decide_emit_attempt(struct decision *decision, enum event_kind kind, uint32_t node);
/* Says where a node will be; each node once per decision. */
void decide_moved(struct decision *decision, uint32_t node, enum reason reason);
/* A text that lives as long as the events. */
const char *decide_text(struct decision *decision, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void decide_completed(struct decision *decision, uint32_t node, enum reason reason);
/* FAILED, and what the workflow says then. */
void decide_failed(struct decision *decision, uint32_t node, enum reason reason, int32_t code,
		   const char *text);
struct event *decide_asked(struct decision *decision, uint32_t node, enum question question,
			   enum reason again, const char *text);
void decide_verdict(struct decision *decision, uint32_t node, enum verdict verdict);
/* A verdict of cancel on every live attempt that has none, but `except`'s. */
void decide_stop_live(struct decision *decision, uint32_t except);
enum reason decide_exit_reason(enum exit_kind exit_kind);
/* Why a node has failed whose question nobody answers: that makes no outcome known. */
enum reason decide_left_reason(const struct node_run *run);
/* Takes back intents, but not `except`'s. A pause takes back those of a rollback too. A check
 * belongs to a run that has begun, and goes on. */
enum revoke { REVOKE_RUNS, REVOKE_ALL };
void decide_revoke(struct decision *decision, enum revoke which, uint32_t except, const char *why);
/* Nothing starts any more: intents are taken back, waits for a retry are given up. */
void decide_close(struct decision *decision, uint32_t except, const char *why);
/* ENDED, if nothing is live, startable or paused any more. */
void decide_end(struct decision *decision);
bool decide_is_over(const struct decision *decision);

/* decide_attempt.c: what comes of facts about attempts. */
void decide_fact(struct decision *decision);
/* The attempt has ended and all is recorded: what becomes of the node. */
void decide_finish(struct decision *decision, uint32_t node, enum exit_kind exit_kind,
		   int32_t code);
const char *decide_exit_text(struct decision *decision, enum exit_kind exit_kind, int32_t code);

/* decide_check.c: checks of what a run left, one after the other. A run that ended well, and all of
 * which is recorded: its first one, or COMPLETED. */
void decide_check_first(struct decision *decision, uint32_t node);
/* One has ended; `exited` was just added. */
void decide_check_exited(struct decision *decision, struct event *exited);
void decide_check_lost(struct decision *decision, uint32_t node, const char *text);
/* It is proven that it never started. */
void decide_check_unstarted(struct decision *decision, uint32_t node);
/* One that is intended will not be: the node is cancelled. */
void decide_check_cancel(struct decision *decision, uint32_t node);

/* decide_undo.c: a rollback's steps. */
void decide_undo_fact(struct decision *decision);
void decide_undo_unstarted(struct decision *decision, uint32_t node);
void decide_undo_next(struct decision *decision, uint32_t node);
void decide_recovered(struct decision *decision, uint32_t node, enum reason reason);
void decide_undone(struct decision *decision, uint32_t node);
/* Starts a rollback of these nodes. */
void decide_rollback(struct decision *decision, const struct plan *plan);

/* decide_gate.c: what people are asked before and instead of a run. Of a ready node: true when it
 * asks or fails instead of being intended. */
bool decide_gate(struct decision *decision, uint32_t node);
/* A person's step whose files are recorded, or that has none, is handed over. */
void decide_hand_over(struct decision *decision, uint32_t node, uint32_t attempt);
/* A person's undo is asked for. */
void decide_ask_undo(struct decision *decision, uint32_t node);
/* Approvals that are asked for are not wanted now, but `except`'s. */
void decide_withdraw(struct decision *decision, uint32_t except);
/* A person's step that nobody waits for any more: its question ends; then, that it is cancelled. */
void decide_unask(struct decision *decision, uint32_t node);
void decide_dropped(struct decision *decision, uint32_t node);
/* Nobody answered in time. */
void decide_expired(struct decision *decision, uint32_t node);
int decide_answer_approval(struct decision *decision, enum answer answer, struct err *err);
int decide_answer_manual(struct decision *decision, enum answer answer, struct err *err);

/* decide_checkpoint.c: of a node that this decision completes: one at the end of its phase. */
void decide_phase_passed(struct decision *decision, uint32_t node);
int decide_act_checkpoint(struct decision *decision, struct err *err);
void decide_checkpoint_fact(struct decision *decision);

/* decide_policy.c: what a final failure leads to by itself; `text`: its evidence, or NULL. */
void decide_policy(struct decision *decision, uint32_t node, enum reason reason, int32_t code,
		   const char *text);
/* A failure by the reason that it would have: such an end admits no further try. */
bool decide_policy_forbids_retry(const struct decision *decision, enum reason reason, int32_t code);
/* Tries again later, by a rule: true when it does. */
bool decide_policy_reschedule(struct decision *decision, uint32_t node, enum reason reason,
			      int32_t code);
/* POLICY_REFUSED, POLICY_ASK. */
void decide_policy_refused(struct decision *decision);
void decide_policy_ask(struct decision *decision);
/* The workflow's rollback will not be: an operator says so. */
void decide_policy_left(struct decision *decision, uint32_t node, const char *why);
/* An operator's word takes its place: what its node asks is not asked any more, unless that word
 * says what becomes of the node. */
void decide_policy_unask(struct decision *decision);
/* The question after a security violation ends unanswered. */
void decide_policy_drop(struct decision *decision);
int decide_answer_policy(struct decision *decision, enum answer answer, struct err *err);
int decide_answer_security(struct decision *decision, enum answer answer, struct err *err);
/* Nothing runs again before the approval that is due is given. */
int decide_policy_check_again(const struct decision *decision, struct err *err);

/* decide_due.c: the one thing, or the waits, whose time has come. */
void decide_due(struct decision *decision);
/* decide_begin.c: the first holds and skips. */
void decide_begin(struct decision *decision);

/* decide_hold.c, decide_freeze.c */
int decide_act_hold(struct decision *decision, struct err *err);
int decide_act_release(struct decision *decision, struct err *err);
int decide_act_freeze(struct decision *decision, struct err *err);
int decide_act_thaw(struct decision *decision, struct err *err);
void decide_freeze_fact(struct decision *decision);

/* decide_shell.c: a person's shell of a node; and the ssh agent of whoever acts. */
int decide_act_shell(struct decision *decision, struct err *err);
int decide_act_left_shell(struct decision *decision, struct err *err);
int decide_act_attach(struct decision *decision, struct err *err);
/* After an act that may make something start: its agent, where it is of use and another one. */
void decide_agent(struct decision *decision);

/* decide_act.c, decide_redo.c, decide_answer.c: an operator's word. Each says its own EVENT_ACT
 * first, once it is clear that it applies. */
int decide_act(struct decision *decision, struct err *err);
void decide_act_event(struct decision *decision);
/* Opens an execution that has ended, drains, was cancelled or rolled back. */
void decide_reopen(struct decision *decision);
void decide_revoke_one(struct decision *decision, uint32_t node, const char *why);
int decide_retry_node(struct decision *decision, uint32_t node, struct err *err);
int decide_act_retry(struct decision *decision, struct err *err);
int decide_act_skip(struct decision *decision, struct err *err);
int decide_act_done(struct decision *decision, struct err *err);
int decide_act_answer(struct decision *decision, enum answer answer, struct err *err);
/* An answer's own events, before those of what follows: `back_to` where the node goes by it. */
struct event *decide_answered(struct decision *decision, uint32_t node, enum answer answer,
			      enum reason back_to);
int decide_refuse_answer(const struct decision *decision, enum answer answer, const char *answers,
			 struct err *err);
/* The outputs that came with an act, if it is of the kind that brings them. */
void decide_give_outputs(struct decision *decision, struct event *event);
/* All that the node declares was given, and nothing else. */
int decide_check_outputs(const struct decision *decision, struct err *err);
int decide_act_rollback(struct decision *decision, struct err *err);
/* "has completed", "runs", …: for refusals. */
const char *decide_phrase(const struct node_run *node);

#endif
