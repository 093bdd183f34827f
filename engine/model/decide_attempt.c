/* SPDX-License-Identifier: MIT
 *
 * Facts about run attempts: what an executor or the content store reports, and what becomes of the
 * node. A report about anything but the attempt that is intended or live now is late or known
 * already: it gives nothing, so that it can never overwrite an operator's word.
 */
#include "model/broken.h"
#include "model/decide.h"
#include "model/derive.h"
#include "model/exit_code.h"
#include "model/retry.h"

enum standing { STANDING_NONE, STANDING_INTENDED, STANDING_LIVE, STANDING_RECORDING };

static enum standing standing(const struct decision *decision)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];

	if (node->live_kind == ATTEMPT_NONE || input->attempt_kind != node->live_kind ||
	    input->attempt != derive_attempt_number(node))
		return STANDING_NONE;
	if (node->intended)
		return STANDING_INTENDED;
	if (derive_lives(node))
		return STANDING_LIVE;
	return derive_recording(node) ? STANDING_RECORDING : STANDING_NONE;
}

/* ---- what becomes of a node -------------------------------------------------------------- */

static const char *exit_words(struct decision *decision, enum exit_kind exit_kind, int32_t code)
{
	switch (exit_kind) {
	case EXIT_STATUS:
		return decide_text(decision, "exit %d", (int)code);
	case EXIT_SIGNAL:
		return decide_text(decision, "ended by signal %d", (int)code);
	case EXIT_TIMEOUT:
		return "ran out of time and was stopped";
	case EXIT_LAUNCH:
		return code == 126 ? "could not be executed" : "could not be started";
	case EXIT_RESOURCE:
		return decide_text(decision, "exit %d, for want of a resource", (int)code);
	case EXIT_UNKILLABLE:
		return "its processes could not be ended";
	case EXIT_NONE:
		break;
	}
	return "outcome unknown";
}

/* What the launcher says of a launch, or of a resource, is the cause; of what was stopped it says
 * how well that is proven, which is no cause. */
const char *decide_exit_text(struct decision *decision, enum exit_kind exit_kind, int32_t code)
{
	const struct input *input = decision->input;
	const char *said = input->kind == INPUT_EXITED && input->text ? input->text : "";

	if (!said[0])
		return exit_words(decision, exit_kind, code);
	if (exit_kind == EXIT_TIMEOUT || exit_kind == EXIT_SIGNAL)
		return decide_text(decision, "%s; %s", exit_words(decision, exit_kind, code), said);
	return said;
}

static void back_off(struct decision *decision, uint32_t node, int64_t wait_us)
{
	struct event *event = decide_emit(decision, EVENT_BACKOFF, node);

	event->until_us = decision->input->time_us + wait_us;
	event->interval_us = wait_us;
	decide_moved(decision, node, REASON_BACKOFF);
}

static bool may_retry(const struct decision *decision)
{
	const struct execution *execution = decision->execution;

	return !decision->closed && execution->retries_used < retry_budget(execution->workflow);
}

/* Tries again, or asks whether to: true when it did either. */
static bool retry(struct decision *decision, uint32_t node, enum exit_kind exit_kind, int32_t code)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct node_run *run = &decision->execution->nodes[node];
	int64_t elapsed_us = decision->input->time_us - run->first_try_us, wait_us = 0;

	if (exit_kind == EXIT_UNKILLABLE || !may_retry(decision))
		return false;
	/* A program that is missing will be missing again; a host may answer the next time. */
	if (exit_kind == EXIT_LAUNCH && !spec->host)
		return false;
	switch (retry_decide(&spec->retry, spec->risk, run->tries ? run->tries : 1,
			     exit_code_shell(exit_kind, code), elapsed_us, run->backoff_us,
			     decision->input->draw, &wait_us)) {
	case RETRY_NO:
		return false;
	case RETRY_WAIT:
		back_off(decision, node, wait_us);
		return true;
	case RETRY_ASK:
		decide_asked(decision, node, QUESTION_RISK, REASON_READY,
			     decide_text(decision, "%s; its risk is critical: run it again?",
					 decide_exit_text(decision, exit_kind, code)));
		return true;
	}
	return false;
}

/* What was told of its end; nothing told says no more than the reason does. */
static const char *evidence(struct decision *decision, enum exit_kind exit_kind, int32_t code)
{
	const struct input *input = decision->input;

	return input->kind == INPUT_EXITED && input->text
		       ? input->text
		       : decide_exit_text(decision, exit_kind, code);
}

static void finish_failed(struct decision *decision, uint32_t node, enum exit_kind exit_kind,
			  int32_t code)
{
	const struct continue_on *on = &decision->execution->workflow->nodes[node].continue_on;
	bool command = exit_kind == EXIT_STATUS || exit_kind == EXIT_SIGNAL ||
		       exit_kind == EXIT_TIMEOUT || exit_kind == EXIT_RESOURCE;

	enum reason reason = decide_exit_reason(exit_kind);
	bool final = decide_policy_forbids_retry(decision, reason, code);

	if (command && exit_code_listed(on->exit_codes, on->exit_codes_count, exit_kind, code))
		decide_completed(decision, node, REASON_TOLERATED);
	else if (!final && retry(decision, node, exit_kind, code))
		return;
	else if (may_retry(decision) && decide_policy_reschedule(decision, node, reason, code))
		return;
	else if (!final && command && on->failure)
		decide_completed(decision, node, REASON_TOLERATED);
	else
		decide_failed(decision, node, reason, code, evidence(decision, exit_kind, code));
}

static void undo_waits(struct decision *decision, uint32_t node)
{
	decide_emit(decision, EVENT_UNDO_WAITING, node);
	decide_moved(decision, node, REASON_UNDO_WAITING);
}

/* The operator's word, now that nothing of the attempt is left. */
static void apply_verdict(struct decision *decision, uint32_t node, int32_t code)
{
	switch (decision->execution->nodes[node].verdict) {
	case VERDICT_CANCEL:
		decide_failed(decision, node, REASON_CANCELLED, code, NULL);
		break;
	case VERDICT_SKIP:
		decide_completed(decision, node, REASON_SKIPPED);
		break;
	case VERDICT_DONE:
		decide_completed(decision, node, REASON_BY_HAND);
		break;
	case VERDICT_UNDO:
		undo_waits(decision, node);
		break;
	case VERDICT_RETRY:
		decide_emit(decision, EVENT_RESET, node);
		decide_moved(decision, node, REASON_READY);
		break;
	case VERDICT_REJECT:
		decide_failed(decision, node, REASON_REJECTED, 0, NULL);
		break;
	case VERDICT_NONE:
		break;
	}
}

/* Processes are left that nothing could end: no verdict may pretend otherwise. */
static void finish_unkillable(struct decision *decision, uint32_t node, int32_t code)
{
	const char *text = decide_exit_text(decision, EXIT_UNKILLABLE, code);

	if (decision->execution->nodes[node].verdict != VERDICT_UNDO) {
		decide_failed(decision, node, REASON_UNKILLABLE, code, text);
		return;
	}
	decide_emit(decision, EVENT_UNDO_WAITING, node);
	decide_asked(decision, node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING, text);
}

static void lost_by_policy(struct decision *decision, uint32_t node, const char *text)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];

	if (spec->on_lost == ON_LOST_FAIL)
		decide_failed(decision, node, REASON_LOST, 0, text);
	else if (spec->on_lost == ON_LOST_RETRY && may_retry(decision))
		back_off(decision, node, spec->retry.interval_us);
	else if (spec->on_lost == ON_LOST_RETRY && decision->closed)
		decide_failed(decision, node, REASON_LOST, 0, text);
	else
		decide_asked(decision, node, QUESTION_LOST, REASON_READY, text);
}

/* Its exit says nothing about what it did. */
static bool is_unknown(const struct decision *decision, uint32_t node, enum exit_kind exit_kind,
		       int32_t code)
{
	return exit_code_unknown(&decision->execution->workflow->nodes[node], exit_kind, code);
}

void decide_finish(struct decision *decision, uint32_t node, enum exit_kind exit_kind, int32_t code)
{
	if (exit_kind == EXIT_UNKILLABLE)
		finish_unkillable(decision, node, code);
	else if (decision->execution->nodes[node].verdict != VERDICT_NONE)
		apply_verdict(decision, node, code);
	else if (exit_kind == EXIT_NONE)
		lost_by_policy(decision, node, decision->execution->nodes[node].message);
	else if (is_unknown(decision, node, exit_kind, code))
		lost_by_policy(decision, node,
			       decide_text(decision, "%s: its outcome is unknown",
					   decide_exit_text(decision, exit_kind, code)));
	else if (exit_kind == EXIT_STATUS && code == 0)
		decide_check_first(decision, node);
	else
		finish_failed(decision, node, exit_kind, code);
	decide_end(decision);
}

/* ---- facts ------------------------------------------------------------------------------- */

/* A report about an attempt that is only intended proves that it was dispatched: we died between
 * the post and the commit. */
static void imply_dispatched(struct decision *decision, enum standing where)
{
	if (where == STANDING_INTENDED)
		decide_emit_attempt(decision, EVENT_DISPATCHED, decision->input->node);
}

static void dispatched(struct decision *decision, enum standing where)
{
	uint32_t index = decision->input->node;
	const struct node_run *node = &decision->execution->nodes[index];
	bool captures = node->live_kind == ATTEMPT_RUN &&
			decision->execution->workflow->nodes[index].artifacts_count;

	if (where == STANDING_INTENDED && (!captures || node->captured_before))
		decide_emit_attempt(decision, EVENT_DISPATCHED, index);
}

static void started(struct decision *decision, enum standing where)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];
	struct event *event;

	if (where != STANDING_INTENDED && where != STANDING_LIVE)
		return;
	if (where == STANDING_LIVE && node->pid && node->pid == input->pid &&
	    node->start_ticks == input->start_ticks && node->reason != REASON_UNREACHABLE)
		return;
	imply_dispatched(decision, where);
	event = decide_emit_attempt(decision, EVENT_STARTED, input->node);
	event->pid = input->pid;
	event->start_ticks = input->start_ticks;
	event->text = input->text;
}

/* The end of an attempt that was taken for lost, and that nobody has answered for since. */
static bool is_late_exit(const struct decision *decision)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];

	return input->attempt_kind == ATTEMPT_RUN && input->attempt == node->attempt &&
	       node->exit_kind == EXIT_NONE && node->ended_us != input->time_us /* known */ &&
	       (derive_recording(node) || node->question == QUESTION_LOST ||
		node->reason == REASON_LOST) &&
	       !node->intended;
}

/* It decides nothing: somebody may be acting on "outcome unknown" at this moment. */
static void exited_late(struct decision *decision)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];
	const int64_t minutes = input->time_us / 60000000 % (24 * 60);
	struct event *event = decide_emit(decision, EVENT_LATE_EXIT, input->node);

	event->attempt_kind = input->attempt_kind;
	event->attempt = input->attempt;
	event->exit_kind = input->exit_kind;
	event->code = input->code;
	event->cpu_us = input->cpu_us;
	event->rss_kib = input->rss_kib;
	event->text = decide_text(decision, "%s; after all: %s, at %02d:%02d UTC", node->message,
				  decide_exit_text(decision, input->exit_kind, input->code),
				  (int)(minutes / 60), (int)(minutes % 60));
}

static void exited(struct decision *decision, enum standing where)
{
	const struct input *input = decision->input;
	const struct execution *execution = decision->execution;
	uint32_t node = input->node;
	struct event *event;

	if (is_late_exit(decision)) {
		exited_late(decision);
		return;
	}
	if (where != STANDING_INTENDED && where != STANDING_LIVE &&
	    !(BROKEN_DUPLICATE && where == STANDING_RECORDING))
		return;
	imply_dispatched(decision, where);
	event = decide_emit_attempt(decision, EVENT_EXITED, node);
	event->exit_kind = input->exit_kind;
	event->code = input->code;
	event->cpu_us = input->cpu_us;
	event->rss_kib = input->rss_kib;
	event->text = input->text;
	if (execution->nodes[node].live_kind == ATTEMPT_CHECK) {
		decide_check_exited(decision, event);
		return;
	}
	if (execution->nodes[node].live_kind != ATTEMPT_RUN) {
		decide_undo_fact(decision);
		return;
	}
	if (execution->workflow->nodes[node].artifacts_count ||
	    (execution->workflow->nodes[node].outputs_count &&
	     execution->nodes[node].verdict == VERDICT_NONE && input->exit_kind == EXIT_STATUS &&
	     input->code == 0))
		return; /* its files and outputs are recorded first */
	decide_finish(decision, node, input->exit_kind, input->code);
}

/* What a run that ended well left, against what the workflow wants of it; NULL when it is right. */
static const char *wrong_artifact(struct decision *decision, uint32_t node)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	const struct input *input = decision->input;

	for (uint32_t i = 0; i < input->items_count; i++) {
		const struct event_item *item = &input->items[i];
		const struct artifact_spec *artifact = &spec->artifacts[item->number];

		if (artifact->required && item->absent)
			return decide_text(decision, "%s is required, and there is no such file",
					   artifact->path);
		if (artifact->max_size && item->size > artifact->max_size)
			return decide_text(decision, "%s has %lld bytes; its max_size is %lld",
					   artifact->path, (long long)item->size,
					   (long long)artifact->max_size);
	}
	return NULL;
}

/* True when the node failed for it. A failed, lost or unsettled run, and one that somebody has
 * decided about, ends as it would without. */
static bool fails_check(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];
	const char *wrong;

	if (run->verdict != VERDICT_NONE || run->exit_kind != EXIT_STATUS || run->code != 0 ||
	    is_unknown(decision, node, run->exit_kind, run->code))
		return false;
	wrong = wrong_artifact(decision, node);
	if (!wrong)
		return false;
	decide_failed(decision, node, REASON_CHECK, 0, wrong);
	decide_end(decision);
	return true;
}

static void captured(struct decision *decision, enum standing where)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];
	bool before = input->moment == MOMENT_BEFORE;
	struct event *event;

	if (before ? where != STANDING_INTENDED || node->captured_before
		   : where != STANDING_RECORDING || node->captured_after)
		return;
	event = decide_emit_attempt(decision, EVENT_CAPTURED, input->node);
	event->moment = input->moment;
	event->items = (struct event_item *)input->items;
	event->items_count = input->items_count;
	event->text = input->text;
	if (before && decision->execution->workflow->nodes[input->node].manual)
		decide_hand_over(decision, input->node, input->attempt);
	if (before || fails_check(decision, input->node) ||
	    derive_wants_collect(decision->execution, input->node, node->exit_kind, node->code))
		return;
	decide_finish(decision, input->node, node->exit_kind, node->code);
}

static void capture_failed(struct decision *decision, enum standing where)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];
	bool fine = node->exit_kind == EXIT_STATUS && node->code == 0;

	if (input->moment == MOMENT_BEFORE) {
		if (where != STANDING_INTENDED)
			return;
		decide_emit_attempt(decision, EVENT_REVOKED, input->node)->text = input->text;
		decide_failed(decision, input->node, REASON_CAPTURE, 0, input->text);
		decide_end(decision);
		return;
	}
	if (where != STANDING_RECORDING || node->captured_after)
		return;
	if (!fine || node->verdict != VERDICT_NONE) {
		captured(decision, where); /* its end is decided already; the files are unknown */
		return;
	}
	decide_failed(decision, input->node, REASON_CAPTURE, 0, input->text);
	decide_end(decision);
}

static void collected(struct decision *decision, enum standing where)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];
	struct event *event;

	if (where != STANDING_RECORDING || derive_wants_capture(decision->execution, input->node) ||
	    !derive_wants_collect(decision->execution, input->node, node->exit_kind, node->code))
		return;
	if (input->kind == INPUT_COLLECT_FAILED) {
		decide_failed(decision, input->node, REASON_OUTPUT, 0, input->text);
		decide_end(decision);
		return;
	}
	event = decide_emit_attempt(decision, EVENT_COLLECTED, input->node);
	event->items = (struct event_item *)input->items;
	event->items_count = input->items_count;
	decide_finish(decision, input->node, node->exit_kind, node->code);
}

static void not_started(struct decision *decision, enum standing where)
{
	uint32_t node = decision->input->node;
	struct event *event;

	if (where != STANDING_LIVE || decision->execution->nodes[node].pid)
		return; /* only intended: its start goes on; known to run: an old answer */
	event = decide_emit_attempt(decision, EVENT_REVOKED, node);
	event->text = "it was never started";
	event->flag = true;
	if (decision->execution->nodes[node].live_kind == ATTEMPT_CHECK) {
		decide_check_unstarted(decision, node);
		return;
	}
	if (decision->execution->nodes[node].live_kind != ATTEMPT_RUN) {
		decide_undo_unstarted(decision, node);
		return;
	}
	if (decision->execution->nodes[node].verdict != VERDICT_NONE)
		apply_verdict(decision, node, 0);
	else
		decide_moved(decision, node, REASON_READY);
	decide_end(decision);
}

static void lost(struct decision *decision, enum standing where)
{
	const struct input *input = decision->input;
	const struct node_run *node = &decision->execution->nodes[input->node];
	const char *text =
		input->text ? input->text : "its processes are gone and nobody knows how it ended";

	if (where != STANDING_INTENDED && where != STANDING_LIVE)
		return;
	imply_dispatched(decision, where);
	if (node->live_kind == ATTEMPT_CHECK) {
		decide_check_lost(decision, input->node, text);
		return;
	}
	decide_emit_attempt(decision, EVENT_LOST, input->node)->text = text;
	if (node->live_kind != ATTEMPT_RUN) {
		decide_asked(decision, input->node, QUESTION_UNDO_FAILED, REASON_UNDO_WAITING,
			     text);
		return;
	}
	if (decision->execution->workflow->nodes[input->node].artifacts_count)
		return; /* what it left is recorded first */
	if (node->verdict != VERDICT_NONE)
		apply_verdict(decision, input->node, 0);
	else
		lost_by_policy(decision, input->node, text);
	decide_end(decision);
}

static void unreachable(struct decision *decision, enum standing where)
{
	const struct node_run *node = &decision->execution->nodes[decision->input->node];
	bool runs = node->reason == REASON_STARTING || node->reason == REASON_RUNNING;

	if (where != STANDING_INTENDED && where != STANDING_LIVE)
		return;
	imply_dispatched(decision, where);
	if ((node->live_kind == ATTEMPT_RUN || node->live_kind == ATTEMPT_CHECK) &&
	    (where == STANDING_INTENDED || runs))
		decide_emit_attempt(decision, EVENT_UNREACHABLE, decision->input->node)->text =
			decision->input->text;
}

static void reachable(struct decision *decision, enum standing where)
{
	uint32_t node = decision->input->node;

	if (where == STANDING_LIVE && decision->execution->nodes[node].reason == REASON_UNREACHABLE)
		decide_emit_attempt(decision, EVENT_REACHABLE, node);
}

void decide_fact(struct decision *decision)
{
	enum standing where = standing(decision);

	switch (decision->input->kind) {
	case INPUT_DISPATCHED:
		dispatched(decision, where);
		break;
	case INPUT_CAPTURED:
		captured(decision, where);
		break;
	case INPUT_CAPTURE_FAILED:
		capture_failed(decision, where);
		break;
	case INPUT_WAITS:
		if (where == STANDING_INTENDED)
			decide_emit_attempt(decision, EVENT_WAITS, decision->input->node)->text =
				decision->input->text;
		break;
	case INPUT_STARTED:
		started(decision, where);
		break;
	case INPUT_EXITED:
		exited(decision, where);
		break;
	case INPUT_COLLECTED:
	case INPUT_COLLECT_FAILED:
		collected(decision, where);
		break;
	case INPUT_RESTORED:
	case INPUT_RESTORE_FAILED:
		decide_undo_fact(decision);
		break;
	case INPUT_NOT_STARTED:
		not_started(decision, where);
		break;
	case INPUT_LOST:
		lost(decision, where);
		break;
	case INPUT_UNREACHABLE:
		unreachable(decision, where);
		break;
	case INPUT_REACHABLE:
		reachable(decision, where);
		break;
	case INPUT_FROZEN:
	case INPUT_THAWED:
		if (where == STANDING_LIVE)
			decide_freeze_fact(decision);
		break;
	case INPUT_ACT:
	case INPUT_BEGIN:
	case INPUT_DUE:
	case INPUT_ADMIT:
	case INPUT_QUARANTINE:
	case INPUT_CHECKPOINTED:
	case INPUT_CHECKPOINT_FAILED:
	case INPUT_POLICY_REFUSED:
	case INPUT_POLICY_ASK:
		break; /* not about an attempt */
	}
}
