/* SPDX-License-Identifier: MIT
 *
 * What people are asked: steps that they do, undos that they do, approvals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lab.h"

#define MINUTE_US INT64_C(60000000)

static void refused(struct lab *lab, int done, const char *why)
{
	if (done >= 0)
		fail_msg("accepted: %s", lab->said);
	if (!strstr(lab->err.message, why))
		fail_msg("wanted '%s', got '%s'", why, lab->err.message);
}

/* ---- a person's step --------------------------------------------------------------------- */

static const struct lab_node flip[] = {
	{.id = "a", .manual = "Flip ${run.node} of ${run.name}", .output = "change"},
	{.id = "b", .needs = "a"},
};

static void a_persons_step_is_asked_for_and_takes_no_slot(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, flip, .max_parallel = 1);
	assert_int_equal(lab_admit(&lab), 1);
	assert_string_equal(lab.said, "intended a, dispatched a, asked a");
	assert_state(&lab, "a", "PAUSED manual");
	assert_state(&lab, NULL, "PAUSED manual");
	assert_string_equal(lab_node(&lab, "a")->message, "Flip a of lab#7");
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_MANUAL);
	assert_int_equal(lab_node(&lab, "a")->attempt, 1);
	assert_int_equal(lab_node(&lab, "a")->asked_us, lab.now_us);
	assert_int_equal(lab.execution->live_count, 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "");
	lab_close(&lab);
}

static void done_needs_the_outputs_and_is_by_hand(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, flip, .max_parallel = 1);
	(void)lab_admit(&lab);
	refused(&lab, lab_done(&lab, "a", NULL, NULL), "must have the output 'change'");
	refused(&lab, lab_done(&lab, "a", "other", "1"), "declares no output 'other'");
	refused(&lab, lab_answer(&lab, "a", ANSWER_AGAIN), "answers: done, failed");
	assert_int_equal(lab_done(&lab, "a", "change", "CHG42"), 0);
	assert_string_equal(lab.said, "act a, answered a, completed a");
	assert_state(&lab, "a", "COMPLETED by_hand");
	assert_state(&lab, "b", "PENDING ready");
	assert_string_equal(lab_node(&lab, "a")->outputs[0].value, "CHG42");
	lab_close(&lab);
}

static void a_persons_step_that_failed_is_rejected_and_asked_again_by_retry(void **state)
{
	struct act act = {.verb = VERB_DONE, .failed = true, .note = "the zone is locked"};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, flip, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act_as(&lab, &act), 0);
	assert_state(&lab, "a", "FAILED rejected");
	assert_string_equal(lab_node(&lab, "a")->message, "the zone is locked");
	assert_state(&lab, NULL, "FAILED nodes");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "a", "PAUSED manual");
	assert_int_equal(lab_node(&lab, "a")->attempt, 2);
	lab_close(&lab);
}

static void failed_is_only_for_a_persons_step(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct act act = {.verb = VERB_DONE, .failed = true};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	refused(&lab, lab_act_as(&lab, &act), "only a person's step");
	lab_close(&lab);
}

static const struct lab_node edit[] = {
	{.id = "a", .manual = "Edit f", .artifact = "f", .undo_manual = "Take it back"},
	{.id = "b", .needs = "a"},
};

static void files_are_recorded_before_it_is_asked_and_after(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, edit, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_state(&lab, "a", "PENDING ready");
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_before");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'a'), 0);
	assert_string_equal(lab.said, "captured a, dispatched a, asked a");
	assert_state(&lab, "a", "PAUSED manual");
	assert_int_equal(lab_done(&lab, "a", NULL, NULL), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_after");
	assert_state(&lab, "b", "PENDING waiting");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	assert_state(&lab, "b", "PENDING ready");
	lab_close(&lab);
}

static void what_was_given_up_is_recorded_too(void **state)
{
	struct act act = {.verb = VERB_ANSWER, .answer = ANSWER_FAILED, .note = "half way"};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, edit, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'a'), 0);
	assert_int_equal(lab_act_as(&lab, &act), 0);
	assert_state(&lab, "a", "RUNNING capturing");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "FAILED rejected");
	assert_string_equal(lab_node(&lab, "a")->message, "half way");
	lab_close(&lab);
}

static void cancel_skip_and_pause_of_a_persons_step(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, edit, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0); /* the intent is taken back */
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'a'), 0);
	refused(&lab, lab_act(&lab, VERB_HOLD, "a"), "came too late");
	refused(&lab, lab_act(&lab, VERB_FREEZE, "a"), "waits for a person");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	lab_close(&lab);
	LAB_OPEN(&lab, flip, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	assert_string_equal(lab.said, "act a, withdrawn a, completed a");
	assert_state(&lab, "a", "COMPLETED skipped");
	lab_close(&lab);
	LAB_OPEN(&lab, flip, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_state(&lab, NULL, "FAILED cancelled");
	lab_close(&lab);
}

static void a_text_that_cannot_be_filled_in_fails_the_node(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .manual = "Look into ${run.workspace}"},
		{.id = "b", .ask = "Is ${run.workspace} fine?"},
		{.id = "c", .manual = "Clean ${run.workspace}", .artifact = "f"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1, .on_failure = ON_FAILURE_CONTINUE);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "c", MOMENT_BEFORE, 'a'), 0);
	assert_state(&lab, "a", "FAILED invalid");
	assert_state(&lab, "b", "FAILED invalid");
	assert_state(&lab, "c", "FAILED invalid");
	assert_int_equal(lab_node(&lab, "c")->attempt, 0); /* nobody began */
	assert_non_null(strstr(lab_node(&lab, "a")->message, "run.workspace"));
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

static void a_text_names_the_workspace_that_the_input_brings(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .manual = "Look into ${run.workspace}"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ADMIT, .workspace = "/w"}),
			 0);
	assert_string_equal(lab_node(&lab, "a")->message, "Look into /w");
	lab_close(&lab);
}

static void skip_says_before_which_output_would_be_missing(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .output = "x"},
		{.id = "b", .needs = "a", .manual = "Use ${nodes.a.outputs.x}"},
	};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	refused(&lab, lab_act(&lab, VERB_SKIP, "a"), "b uses the output 'x' of a");
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_done(&lab, "a", "x", "1"), 0);
	(void)lab_admit(&lab);
	assert_string_equal(lab_node(&lab, "b")->message, "Use 1");
	lab_close(&lab);
}

static void a_policy_of_stop_ends_a_persons_step(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .manual = "Do it"}, {.id = "b"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2, .on_failure = ON_FAILURE_STOP);
	lab_start(&lab, "b");
	assert_state(&lab, "a", "PAUSED manual");
	assert_state(&lab, NULL, "RUNNING running");
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

/* ---- a person's undo --------------------------------------------------------------------- */

static void undo_by_hand(struct lab *lab)
{
	LAB_OPEN(lab, edit, .max_parallel = 1);
	(void)lab_admit(lab);
	assert_int_equal(lab_capture(lab, "a", MOMENT_BEFORE, 'a'), 0);
	assert_int_equal(lab_done(lab, "a", NULL, NULL), 0);
	assert_int_equal(lab_capture(lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_int_equal(lab_rollback(lab, "a"), 0);
	(void)lab_admit(lab);
	assert_state(lab, "a", "RECOVERING undo_asking");
	assert_int_equal(lab_node(lab, "a")->question, QUESTION_UNDO_MANUAL);
	assert_string_equal(lab_node(lab, "a")->message, "Take it back");
}

static void a_persons_undo_is_asked_for_then_the_files_go_back(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	undo_by_hand(&lab);
	refused(&lab, lab_answer(&lab, "a", ANSWER_AGAIN), "answers: done, leave, failed");
	assert_int_equal(lab_done(&lab, "a", NULL, NULL), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "restore");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	assert_state(&lab, "a", "RECOVERED undone");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void a_persons_undo_can_be_left_or_fail(void **state)
{
	struct lab lab;

	(void)state;
	undo_by_hand(&lab);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_LEAVE), 0);
	assert_state(&lab, "a", "RECOVERED accepted");
	lab_close(&lab);
	undo_by_hand(&lab);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_FAILED), 0);
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_UNDO_FAILED);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_UNDO_MANUAL);
	assert_int_equal(lab_node(&lab, "a")->undo_attempt, 2);
	lab_close(&lab);
}

static void a_rollback_takes_in_a_step_that_is_being_done(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, edit, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'a'), 0);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_UNDO_MANUAL);
	assert_int_equal(lab_done(&lab, "a", NULL, NULL), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'a'), 0);
	assert_state(&lab, "a", "PAUSED manual"); /* asked again */
	lab_close(&lab);
}

/* ---- done by hand ------------------------------------------------------------------------ */

static void done_records_files_of_a_node_that_never_ran_or_failed(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	assert_int_equal(lab_done(&lab, "a", NULL, NULL), 0);
	assert_string_equal(lab.said, "act a, by_hand a");
	assert_state(&lab, "a", "RUNNING capturing");
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_after");
	refused(&lab, lab_act(&lab, VERB_CANCEL, "a"), "being recorded");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	assert_int_equal(execution_newest_revision(lab.execution, 0, 0)->moment, MOMENT_AFTER);
	lab_close(&lab);
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_UNKILLABLE, 0), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "FAILED unkillable");
	assert_int_equal(lab_done(&lab, "a", NULL, NULL), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'c'), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

/* ---- approvals --------------------------------------------------------------------------- */

static const struct lab_node gated[] = {
	{.id = "a", .output = "serial"},
	{.id = "b",
	 .needs = "a",
	 .ask = "Replace ${nodes.a.outputs.serial}?",
	 .show = "nodes.a.outputs.serial",
	 .ask_timeout_us = 15 * MINUTE_US,
	 .retries = 1},
};

static void open_gated(struct lab *lab)
{
	LAB_OPEN(lab, gated, .max_parallel = 1);
	lab_complete(lab, "a");
	(void)lab_admit(lab);
	assert_state(lab, "b", "PAUSED approval");
}

static void an_approval_is_asked_with_its_values_before_the_start(void **state)
{
	struct lab lab;

	(void)state;
	open_gated(&lab);
	assert_string_equal(lab.said, "asked b");
	assert_state(&lab, NULL, "PAUSED approval");
	assert_string_equal(lab_node(&lab, "b")->message, "Replace value?");
	assert_int_equal(lab_node(&lab, "b")->shown_count, 1);
	assert_string_equal(lab_node(&lab, "b")->shown[0].name, "nodes.a.outputs.serial");
	assert_string_equal(lab_node(&lab, "b")->shown[0].value, "value");
	assert_int_equal(lab_node(&lab, "b")->attempt, 0);
	assert_int_equal(execution_next_due(lab.execution), lab.now_us + 15 * MINUTE_US);
	refused(&lab, lab_answer(&lab, "b", ANSWER_DONE), "answers: approve, reject");
	assert_int_equal(lab_answer(&lab, "b", ANSWER_APPROVE), 0);
	assert_string_equal(lab.list.events[0].verb, "approve");
	assert_state(&lab, "b", "PENDING ready");
	assert_int_equal(lab_node(&lab, "b")->shown_count, 0);
	lab_start(&lab, "b");
	lab_close(&lab);
}

static void a_shown_value_that_nobody_wrote_is_missing_and_not_empty(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .output = "serial"},
		{.id = "b", .needs = "a", .ask = "Go on?", .show = "nodes.a.outputs.serial"},
	};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "b", "PAUSED approval");
	assert_int_equal(lab_node(&lab, "b")->shown_count, 1);
	assert_null(lab_node(&lab, "b")->shown[0].value);
	lab_close(&lab);
}

static void it_is_asked_again_after_an_operators_retry_only(void **state)
{
	struct lab lab;

	(void)state;
	open_gated(&lab);
	assert_int_equal(lab_answer(&lab, "b", ANSWER_APPROVE), 0);
	lab_start(&lab, "b");
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 1), 0);
	assert_state(&lab, "b", "PENDING backoff");
	lab_wait_until(&lab, execution_next_due(lab.execution));
	lab_start(&lab, "b"); /* unasked */
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 1), 0);
	assert_state(&lab, "b", "FAILED exit");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "b"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "b", "PAUSED approval");
	assert_int_equal(lab_answer(&lab, "b", ANSWER_APPROVE), 0);
	lab_complete(&lab, "b");
	assert_int_equal(lab_rollback(&lab, "b"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "b"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "b", "PAUSED approval");
	lab_close(&lab);
}

static void reject_fails_and_skip_goes_on(void **state)
{
	struct act act = {.verb = VERB_ANSWER, .node = 1, .answer = ANSWER_REJECT};
	struct lab lab;

	(void)state;
	open_gated(&lab);
	assert_int_equal(lab_act_as(&lab, &act), 0);
	assert_state(&lab, "b", "FAILED rejected");
	assert_string_equal(lab_node(&lab, "b")->message, "rejected by ana");
	lab_close(&lab);
	open_gated(&lab);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "b"), 0);
	assert_state(&lab, "b", "COMPLETED skipped");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void silence_is_no_approval(void **state)
{
	struct lab_node nodes[] = {{.id = "a", .ask = "?", .ask_timeout_us = MINUTE_US},
				   {.id = "b", .needs = "a"},
				   {.id = "c"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "c");
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
	lab_wait_until(&lab, lab.now_us + MINUTE_US - 1);
	assert_state(&lab, "a", "PAUSED approval");
	lab_wait_until(&lab, lab.now_us + 1);
	assert_state(&lab, "a", "FAILED expired");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
	nodes[0].on_timeout = ON_TIMEOUT_SKIP;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	lab_wait_until(&lab, lab.now_us + MINUTE_US);
	assert_state(&lab, "a", "COMPLETED skipped");
	lab_close(&lab);
	nodes[0].on_timeout = ON_TIMEOUT_REJECT;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	lab_wait_until(&lab, lab.now_us + MINUTE_US);
	assert_state(&lab, "a", "FAILED rejected");
	lab_close(&lab);
}

/* One of the waits that are due closes the execution; the others are not due any more. */
static void what_expires_comes_alone(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .ask = "?", .ask_timeout_us = 500000},
						{.id = "b", .ask = "?", .ask_timeout_us = 700000},
						{.id = "c", .retries = 3}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 3);
	lab_start(&lab, "c");
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 1), 0);
	lab_wait_until(&lab, lab.now_us + 5000000);
	assert_state(&lab, "a", "FAILED expired");
	assert_state(&lab, "b", "PENDING ready"); /* not asked any more: nothing starts */
	assert_state(&lab, "c", "FAILED exit");
	assert_state(&lab, NULL, "FAILED nodes");
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "a", "PAUSED approval");
	assert_state(&lab, "b", "PAUSED approval");
	lab_close(&lab);
}

/* A node that has run, failed, and waits for the approval of its retry. */
static void a_rollback_takes_in_a_node_that_waits_for_approval_again(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true, .ask = "Shall it?"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	(void)lab_admit(&lab);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_APPROVE), 0);
	(void)lab_admit(&lab);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "a", "PAUSED approval");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_state(&lab, "a", "RECOVERING undo_waiting");
	lab_close(&lab);
}

static void a_rollback_withdraws_what_is_asked(void **state)
{
	struct lab lab;

	(void)state;
	open_gated(&lab);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_state(&lab, "b", "PENDING waiting");
	(void)lab_admit(&lab);
	assert_state(&lab, NULL, "PAUSED rolled_back");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	lab_complete(&lab, "a");
	(void)lab_admit(&lab);
	assert_state(&lab, "b", "PAUSED approval");
	lab_close(&lab);
}

static void a_node_that_is_asked_about_can_be_held(void **state)
{
	struct lab lab;

	(void)state;
	open_gated(&lab);
	assert_int_equal(lab_act(&lab, VERB_HOLD, "b"), 0);
	assert_string_equal(lab.said, "act b, withdrawn b, held b");
	assert_state(&lab, "b", "PAUSED held");
	assert_int_equal(lab_act(&lab, VERB_RELEASE, "b"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "b", "PAUSED approval");
	lab_close(&lab);
}

/* ---- unknown codes ----------------------------------------------------------------------- */

static void an_unknown_code_asks_as_a_lost_attempt_does(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .unknown_code = 255, .artifact = "f", .retries = 3}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 255), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_string_equal(lab.said, "captured a, asked a");
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_LOST);
	assert_string_equal(lab_node(&lab, "a")->message, "exit 255: its outcome is unknown");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_HAPPENED), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_after");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	lab_close(&lab);
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 255), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_LEAVE), 0);
	assert_state(&lab, "a", "FAILED lost"); /* leaving it makes nothing known */
	lab_close(&lab);
}

/* Executors tell an empty text where there is no more to say than the code. */
static void a_question_about_an_exit_names_it(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .unknown_code = 9}};
	struct lab lab;
	struct input input;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	input = lab_about(&lab, INPUT_EXITED, "a");
	input.exit_kind = EXIT_STATUS;
	input.code = 9;
	input.text = "";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab_node(&lab, "a")->message, "exit 9: its outcome is unknown");
	lab_close(&lab);
}

static void unknown_codes_follow_on_lost(void **state)
{
	struct lab_node nodes[] = {{.id = "a", .unknown_code = 255, .on_lost = ON_LOST_FAIL}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 255), 0);
	assert_state(&lab, "a", "FAILED lost");
	lab_close(&lab);
	nodes[0].on_lost = ON_LOST_RETRY;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 255), 0);
	assert_state(&lab, "a", "PENDING backoff");
	lab_close(&lab);
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 255), 0);
	assert_state(&lab, "a", "FAILED cancelled"); /* an operator's word comes first */
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_persons_step_is_asked_for_and_takes_no_slot),
		cmocka_unit_test(done_needs_the_outputs_and_is_by_hand),
		cmocka_unit_test(a_persons_step_that_failed_is_rejected_and_asked_again_by_retry),
		cmocka_unit_test(failed_is_only_for_a_persons_step),
		cmocka_unit_test(files_are_recorded_before_it_is_asked_and_after),
		cmocka_unit_test(what_was_given_up_is_recorded_too),
		cmocka_unit_test(cancel_skip_and_pause_of_a_persons_step),
		cmocka_unit_test(a_text_that_cannot_be_filled_in_fails_the_node),
		cmocka_unit_test(a_text_names_the_workspace_that_the_input_brings),
		cmocka_unit_test(skip_says_before_which_output_would_be_missing),
		cmocka_unit_test(a_policy_of_stop_ends_a_persons_step),
		cmocka_unit_test(a_persons_undo_is_asked_for_then_the_files_go_back),
		cmocka_unit_test(a_persons_undo_can_be_left_or_fail),
		cmocka_unit_test(a_rollback_takes_in_a_step_that_is_being_done),
		cmocka_unit_test(done_records_files_of_a_node_that_never_ran_or_failed),
		cmocka_unit_test(an_approval_is_asked_with_its_values_before_the_start),
		cmocka_unit_test(a_shown_value_that_nobody_wrote_is_missing_and_not_empty),
		cmocka_unit_test(it_is_asked_again_after_an_operators_retry_only),
		cmocka_unit_test(reject_fails_and_skip_goes_on),
		cmocka_unit_test(silence_is_no_approval),
		cmocka_unit_test(what_expires_comes_alone),
		cmocka_unit_test(a_rollback_takes_in_a_node_that_waits_for_approval_again),
		cmocka_unit_test(a_rollback_withdraws_what_is_asked),
		cmocka_unit_test(a_node_that_is_asked_about_can_be_held),
		cmocka_unit_test(an_unknown_code_asks_as_a_lost_attempt_does),
		cmocka_unit_test(unknown_codes_follow_on_lost),
		cmocka_unit_test(a_question_about_an_exit_names_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
