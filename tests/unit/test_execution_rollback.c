/* SPDX-License-Identifier: MIT
 *
 * Rollbacks: who takes part, in which order, what fails, how it goes on afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lab.h"

static const struct lab_node chain[] = {{.id = "a", .undo = true},
					{.id = "b", .needs = "a", .undo = true},
					{.id = "c", .needs = "b", .undo = true}};

static void open_completed(struct lab *lab, const struct lab_node *nodes, size_t count)
{
	lab_open(lab, nodes, count, &(const struct lab_options){.max_parallel = 4});
	for (size_t i = 0; i < count; i++)
		lab_complete(lab, nodes[i].id);
}

static void undo(struct lab *lab, const char *id)
{
	lab_start(lab, id);
	assert_state(lab, id, "RECOVERING undoing");
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, 0), 0);
}

static void it_goes_backwards_along_the_edges(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	open_completed(&lab, chain, 3);
	assert_int_equal(lab_rollback(&lab, "b"), 0);
	assert_string_equal(lab.said,
			    "act b, reopened, rollback_started, undo_waiting c, undo_waiting b");
	assert_state(&lab, NULL, "RECOVERING undoing");
	assert_int_equal(lab_admit(&lab), 1);
	assert_true(lab_node(&lab, "c")->intended);
	assert_false(lab_node(&lab, "b")->intended);
	assert_string_equal(lab_effects(&lab, "c", effects), "start");
	undo(&lab, "c");
	assert_string_equal(lab.said, "exited c, recovered c");
	assert_state(&lab, "c", "RECOVERED undone");
	undo(&lab, "b");
	assert_string_equal(lab.said, "exited b, recovered b, rollback_ended");
	assert_state(&lab, "a", "COMPLETED ok");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	assert_int_equal(lab_admit(&lab), 0);
	lab_close(&lab);
}

static void independent_branches_go_in_parallel_last_started_first(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .needs = "a", .undo = true},
						{.id = "c", .needs = "a", .undo = true}};
	struct lab lab;

	(void)state;
	open_completed(&lab, nodes, 3);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ADMIT}), 0);
	assert_string_equal(lab.said, "intended c");
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ADMIT}), 0);
	assert_string_equal(lab.said, "intended b");
	assert_false(execution_can_admit(lab.execution));
	lab_close(&lab);
}

static void phases_count_as_edges(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .undo = true},
						{.id = "c", .phase = 1, .undo = true}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .phases = 2);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	lab_complete(&lab, "c");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_admit(&lab), 1);
	assert_true(lab_node(&lab, "c")->intended);
	undo(&lab, "c");
	undo(&lab, "a");
	assert_state(&lab, "b", "COMPLETED ok");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void undo_then_files_then_their_commands(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .undo = true, .artifact = "f", .hook = true}};
	struct lab lab;
	char effects[100];

	(void)state;
	open_completed(&lab, nodes, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	undo(&lab, "a");
	assert_state(&lab, "a", "RECOVERING restoring");
	assert_string_equal(lab_effects(&lab, "a", effects), "restore");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	assert_string_equal(lab.said, "restored a");
	assert_state(&lab, "a", "RECOVERING undo_waiting");
	lab_start(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->live_kind, ATTEMPT_HOOK);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "RECOVERED undone");
	lab_close(&lab);
}

static void only_commands_of_restored_files_run(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .hook = true}};
	struct input input;
	struct lab lab;

	(void)state;
	open_completed(&lab, nodes, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_admit(&lab), 1);
	assert_string_equal(lab.said, "restoring a");
	input = lab_about(&lab, INPUT_RESTORED, "a"); /* it was as it should be already */
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_state(&lab, "a", "RECOVERED restored");
	lab_close(&lab);
}

static void a_file_that_is_left_out_stays(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true, .artifact = "f"}};
	const struct plan_file file = {.node = 0, .artifact = 0};
	const struct plan_ask ask = {.level = PLAN_OF_NODE, .keep = &file, .keep_count = 1};
	struct act act = {.verb = VERB_ROLLBACK, .node = 0};
	struct plan *plan;
	struct lab lab;

	(void)state;
	open_completed(&lab, nodes, 1);
	assert_int_equal(plan_make(lab.execution, &ask, &plan, &lab.err), 0);
	act.plan = plan;
	assert_int_equal(lab_act_as(&lab, &act), 0);
	plan_free(plan);
	undo(&lab, "a");
	assert_null(execution_target(lab.execution, 0, 0));
	assert_state(&lab, "a", "RECOVERED undone");
	lab_close(&lab);
}

static void what_changes_nothing_has_nothing_to_undo(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .changes_nothing = true}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_admit(&lab), 1);
	assert_state(&lab, "a", "RECOVERED nothing_to_undo");
	lab_close(&lab);
}

static void without_undo_it_is_left_as_it_is(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}, {.id = "b", .needs = "a"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "b"), 0);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_admit(&lab), 2);
	assert_state(&lab, "a", "RECOVERED accepted");
	assert_state(&lab, "b", "RECOVERED nothing_to_undo");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void what_runs_is_stopped_first(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 4);
	lab_complete(&lab, "a");
	lab_start(&lab, "b");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_state(&lab, "b", "RUNNING stopping");
	assert_string_equal(lab_effects(&lab, "b", effects), "watch stop");
	assert_int_equal(lab_admit(&lab), 0); /* a waits for b */
	assert_int_equal(lab_exit(&lab, "b", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "b", "RECOVERING undo_waiting");
	undo(&lab, "b");
	undo(&lab, "a");
	assert_state(&lab, "c", "PENDING waiting");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void what_cannot_be_stopped_asks(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 4);
	lab_start(&lab, "a");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_UNKILLABLE, 0), 0);
	assert_state(&lab, "a", "RECOVERING undo_asking");
	assert_state(&lab, NULL, "RECOVERING undo_asking");
	lab_close(&lab);
}

static void a_failed_undo_is_tried_again_and_then_asks(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true, .undo_retries = 1}};
	struct lab lab;

	(void)state;
	open_completed(&lab, nodes, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "RECOVERING undo_backoff");
	lab.now_us = execution_next_due(lab.execution);
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_DUE}), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->undo_attempt, 2);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "RECOVERING undo_asking");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_HAPPENED), -ERR_REFUSED);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	undo(&lab, "a");
	assert_state(&lab, "a", "RECOVERED undone");
	lab_close(&lab);
}

/* Else one that hangs would hold the rollback for ever. */
static void an_undo_that_runs_can_be_stopped_and_then_asks(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true, .undo_retries = 1}};
	struct lab lab;
	char effects[100];

	(void)state;
	open_completed(&lab, nodes, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "a");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_state(&lab, "a", "RECOVERING undo_stopping");
	assert_state(&lab, NULL, "RECOVERING undoing");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch stop");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), -ERR_REFUSED);
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "a", "RECOVERING undo_asking"); /* not tried again by itself */
	assert_string_equal(lab_node(&lab, "a")->message, "it was stopped: ended by signal 15");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "RECOVERING undo_backoff"); /* the word is used up */
	lab_close(&lab);
}

static void a_stopped_undo_that_ended_well_is_done(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "RECOVERED undone");
	lab_close(&lab);
}

/* Its start was lost with a launcher: it must not come again behind the operator's back. */
static void a_stopped_undo_that_never_began_asks_too(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_NOT_STARTED, "a"), 0);
	assert_state(&lab, "a", "RECOVERING undo_asking");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	undo(&lab, "a");
	assert_state(&lab, "a", "RECOVERED undone");
	lab_close(&lab);
}

static void every_answer_to_a_failed_step(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .undo = true, .artifact = "f", .hook = true}};
	struct input input;
	struct lab lab;

	(void)state;
	open_completed(&lab, nodes, 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_BY_HAND), 0);
	assert_state(&lab, "a", "RECOVERING restoring"); /* its files still go back */
	input = lab_about(&lab, INPUT_RESTORE_FAILED, "a");
	input.text = "read-only";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_state(&lab, "a", "RECOVERING undo_asking");
	assert_string_equal(lab_node(&lab, "a")->message, "read-only");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	assert_state(&lab, "a", "RECOVERING restoring");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0); /* the hook */
	assert_state(&lab, "a", "RECOVERING undo_asking");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->hook_attempt, 2);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_act(&lab, VERB_DONE, "a"), 0); /* by hand */
	assert_int_equal(lab_admit(&lab), 1);
	assert_state(&lab, "a", "RECOVERED undone");
	lab_close(&lab);
}

static void leaving_it_goes_on_with_the_rest(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 3);
	assert_int_equal(lab_rollback(&lab, "b"), 0);
	lab_start(&lab, "c");
	assert_int_equal(lab_say(&lab, INPUT_LOST, "c"), 0);
	assert_state(&lab, "c", "RECOVERING undo_asking");
	assert_int_equal(lab_admit(&lab), 0); /* its branch stands */
	assert_int_equal(lab_answer(&lab, "c", ANSWER_LEAVE), 0);
	assert_state(&lab, "c", "RECOVERED accepted");
	undo(&lab, "b");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void pause_and_cancel_stop_between_undos(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 3);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "c");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_string_equal(lab.said, "act, paused");
	assert_state(&lab, NULL, "RECOVERING undoing"); /* the one that runs goes on */
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
	assert_state(&lab, NULL, "PAUSED operator");
	assert_int_equal(lab_admit(&lab), 0);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "b"), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_string_equal(lab.said, "act, paused, revoked b");
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0); /* nor does what was only intended */
	assert_string_equal(lab.said, "act, paused, revoked b");
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	undo(&lab, "b");
	assert_int_equal(lab_node(&lab, "b")->undo_attempt, 1);
	undo(&lab, "a");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void retry_runs_the_node_and_its_dependents_again(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 3);
	assert_int_equal(lab_rollback(&lab, "b"), 0);
	undo(&lab, "c");
	undo(&lab, "b");
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), -ERR_REFUSED);
	assert_non_null(strstr(lab.err.message, "retry"));
	assert_int_equal(lab_act(&lab, VERB_SKIP, "b"), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "c"), -ERR_REFUSED);
	assert_non_null(strstr(lab.err.message, "c needs b"));
	assert_int_equal(lab_act(&lab, VERB_RETRY, "b"), 0);
	assert_state(&lab, "b", "PENDING ready");
	assert_state(&lab, "c", "PENDING waiting");
	lab_complete(&lab, "b");
	assert_int_equal(lab_node(&lab, "b")->attempt, 2);
	lab_complete(&lab, "c");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void cancel_ends_it_recovered(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 3);
	assert_int_equal(lab_rollback(&lab, "b"), 0);
	undo(&lab, "c");
	undo(&lab, "b");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_string_equal(lab.said, "act, cancelled, ended");
	assert_state(&lab, NULL, "RECOVERED undone");
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), 0); /* even then */
	assert_state(&lab, "b", "PENDING ready");
	lab_close(&lab);
}

static void a_second_rollback_takes_what_the_first_left(void **state)
{
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 3);
	assert_int_equal(lab_rollback(&lab, "c"), 0);
	assert_int_equal(lab_rollback(&lab, "a"), -ERR_REFUSED); /* one at a time */
	undo(&lab, "c");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_string_equal(lab.said,
			    "act a, reopened, rollback_started, undo_waiting b, undo_waiting a");
	undo(&lab, "b");
	undo(&lab, "a");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	lab_close(&lab);
}

static void the_pre_image_is_of_the_first_attempt_since_fresh(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a"); /* pre-image a */
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'c'), 0);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'c'), 0);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'd'), 0);
	assert_int_equal(execution_pre_image(lab.execution, 0, 0)->blob[0], 'a');
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	assert_state(&lab, "a", "RECOVERED restored");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'e'), 0);
	assert_int_equal(execution_pre_image(lab.execution, 0, 0)->blob[0], 'e');
	lab_close(&lab);
}

static void a_late_exit_of_a_rolled_back_node_changes_nothing(void **state)
{
	struct input late;
	struct lab lab;

	(void)state;
	open_completed(&lab, chain, 1);
	late = (struct input){.kind = INPUT_EXITED,
			      .node = 0,
			      .attempt_kind = ATTEMPT_RUN,
			      .attempt = 1,
			      .exit_kind = EXIT_STATUS,
			      .code = 1};
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(lab_feed(&lab, &late), 0);
	assert_string_equal(lab.said, "");
	undo(&lab, "a");
	assert_int_equal(lab_feed(&lab, &late), 0);
	assert_string_equal(lab.said, "");
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_goes_backwards_along_the_edges),
		cmocka_unit_test(independent_branches_go_in_parallel_last_started_first),
		cmocka_unit_test(phases_count_as_edges),
		cmocka_unit_test(undo_then_files_then_their_commands),
		cmocka_unit_test(only_commands_of_restored_files_run),
		cmocka_unit_test(a_file_that_is_left_out_stays),
		cmocka_unit_test(what_changes_nothing_has_nothing_to_undo),
		cmocka_unit_test(without_undo_it_is_left_as_it_is),
		cmocka_unit_test(what_runs_is_stopped_first),
		cmocka_unit_test(what_cannot_be_stopped_asks),
		cmocka_unit_test(a_failed_undo_is_tried_again_and_then_asks),
		cmocka_unit_test(an_undo_that_runs_can_be_stopped_and_then_asks),
		cmocka_unit_test(a_stopped_undo_that_ended_well_is_done),
		cmocka_unit_test(a_stopped_undo_that_never_began_asks_too),
		cmocka_unit_test(every_answer_to_a_failed_step),
		cmocka_unit_test(leaving_it_goes_on_with_the_rest),
		cmocka_unit_test(pause_and_cancel_stop_between_undos),
		cmocka_unit_test(retry_runs_the_node_and_its_dependents_again),
		cmocka_unit_test(cancel_ends_it_recovered),
		cmocka_unit_test(a_second_rollback_takes_what_the_first_left),
		cmocka_unit_test(the_pre_image_is_of_the_first_attempt_since_fresh),
		cmocka_unit_test(a_late_exit_of_a_rolled_back_node_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
