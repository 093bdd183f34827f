/* SPDX-License-Identifier: MIT
 *
 * Checks of what a run left: commands that say by their exit whether an artifact is right. They
 * come after a run that ended well, when all of it is recorded, one after the other, each an
 * attempt of its own in the slot of the run. A check only looks, so one of which nobody knows how
 * it ended is made again, once. What does not pass fails a node that must have the file, and is
 * reported of one that need not.
 */
#include "model/decide.h"
#include "model/derive.h"

/* Whether the run left this file. Revisions that this very input brings are not folded yet. */
static bool is_there(const struct decision *decision, uint32_t node, uint32_t artifact)
{
	const struct input *input = decision->input;
	const struct revision *newest;

	for (uint32_t i = 0; input->kind == INPUT_CAPTURED && i < input->items_count; i++)
		if (input->items[i].number == artifact)
			return !input->items[i].absent;
	newest = execution_newest_revision(decision->execution, node, artifact);
	return newest && !newest->absent;
}

static void intend(struct decision *decision, uint32_t node, uint32_t artifact)
{
	struct event *event = decide_emit(decision, EVENT_INTENDED, node);

	event->attempt_kind = ATTEMPT_CHECK;
	event->attempt = decision->execution->nodes[node].check_attempt + 1;
	event->artifact = artifact;
}

static void intend_unless_cancelled(struct decision *decision, uint32_t node, uint32_t artifact)
{
	if (decision->cancelled)
		decide_failed(decision, node, REASON_CANCELLED, 0,
			      "it ran; its artifacts were not checked");
	else
		intend(decision, node, artifact);
}

/* The next check from an artifact on, or the end of the node. */
static void go_on(struct decision *decision, uint32_t node, uint32_t from, bool failed)
{
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];

	for (uint32_t i = from; i < spec->artifacts_count; i++) {
		if (!spec->artifacts[i].has_check || !is_there(decision, node, i))
			continue;
		intend_unless_cancelled(decision, node, i);
		return;
	}
	decide_completed(decision, node, failed ? REASON_TOLERATED : REASON_OK);
}

void decide_check_first(struct decision *decision, uint32_t node)
{
	go_on(decision, node, 0, false);
}

/* `wrong`: why it did not pass; NULL: it did. */
static void judge(struct decision *decision, uint32_t node, const char *wrong)
{
	const struct node_run *run = &decision->execution->nodes[node];
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];

	if (wrong && spec->artifacts[run->check].required)
		decide_failed(decision, node, REASON_CHECK, 0, wrong);
	else
		go_on(decision, node, run->check + 1, run->check_failed || wrong);
	decide_end(decision);
}

static const char *said(struct decision *decision, uint32_t node, const char *how)
{
	const uint32_t check = decision->execution->nodes[node].check;

	return decide_text(decision, "check of '%s': %s",
			   decision->execution->workflow->nodes[node].artifacts[check].path, how);
}

/* What an operator said meanwhile goes before what the check says. */
void decide_check_exited(struct decision *decision, struct event *exited)
{
	const struct input *input = decision->input;
	const uint32_t node = input->node;
	const bool passed = input->exit_kind == EXIT_STATUS && input->code == 0;
	const char *how =
		passed ? "passed" : decide_exit_text(decision, input->exit_kind, input->code);
	const char *text = said(decision, node, how);

	exited->text = text;
	if (input->exit_kind == EXIT_UNKILLABLE ||
	    decision->execution->nodes[node].verdict != VERDICT_NONE)
		decide_finish(decision, node, input->exit_kind, input->code);
	else
		judge(decision, node, passed ? NULL : text);
}

void decide_check_lost(struct decision *decision, uint32_t node, const char *text)
{
	const struct node_run *run = &decision->execution->nodes[node];
	const char *wrong = said(decision, node, text);

	decide_emit_attempt(decision, EVENT_LOST, node)->text = wrong;
	if (run->verdict != VERDICT_NONE) {
		decide_finish(decision, node, EXIT_NONE, 0);
	} else if (run->check_lost) {
		judge(decision, node, wrong);
	} else {
		intend_unless_cancelled(decision, node, run->check);
		decide_end(decision);
	}
}

void decide_check_unstarted(struct decision *decision, uint32_t node)
{
	const struct node_run *run = &decision->execution->nodes[node];

	if (run->verdict != VERDICT_NONE) {
		decide_finish(decision, node, EXIT_NONE, 0);
		return;
	}
	intend_unless_cancelled(decision, node, run->check);
	decide_end(decision);
}

void decide_check_cancel(struct decision *decision, uint32_t node)
{
	decide_revoke_one(decision, node, "cancelled");
	decide_failed(decision, node, REASON_CANCELLED, 0,
		      "it ran; its artifacts were not checked");
}
