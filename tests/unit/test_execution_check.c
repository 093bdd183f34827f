/* SPDX-License-Identifier: MIT
 *
 * Checks of artifacts by commands: when they come, what their ends lead to, and what an operator's
 * word, a restart and a rollback make of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/rows.h"
#include "tests/unit/lab.h"

static const struct lab_node lenient[] = {
	{.id = "a", .artifact = "f", .check = true, .undo = true},
	{.id = "b", .needs = "a"},
};
static const struct lab_node strict[] = {
	{.id = "a", .artifact = "f", .check = true, .required = true},
	{.id = "b", .needs = "a"},
};
static const struct lab_node two[] = {
	{.id = "a", .artifact = "f", .second = "g", .check = true},
};

/* The run has ended well and left its file: the check is intended. */
static void run_well(struct lab *lab)
{
	lab_start(lab, "a");
	assert_int_equal(lab_exit(lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture(lab, "a", MOMENT_AFTER, 'b'), 0);
}

static void start_check(struct lab *lab)
{
	assert_int_equal(lab_say(lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_say(lab, INPUT_STARTED, "a"), 0);
}

#define OPEN_AFTER_RUN(lab, nodes)                                                                 \
	do {                                                                                       \
		LAB_OPEN(lab, nodes);                                                              \
		run_well(lab);                                                                     \
	} while (0)
#define OPEN_AT_CHECK(lab, nodes)                                                                  \
	do {                                                                                       \
		OPEN_AFTER_RUN(lab, nodes);                                                        \
		start_check(lab);                                                                  \
	} while (0)

static struct node_row row_of(const struct lab *lab)
{
	struct node_row row;

	rows_of_node(lab->execution, 0, &row);
	return row;
}

static void keep_row(void *ctx, const struct attempt_row *row)
{
	*(struct attempt_row *)ctx = *row;
}

static void drop_revision(void *ctx, const struct revision_row *row)
{
	(void)ctx;
	(void)row;
}

/* ---- the way of a check ------------------------------------------------------------------ */

static void it_comes_after_the_files_and_before_the_end(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	OPEN_AFTER_RUN(&lab, lenient);
	assert_string_equal(lab.said, "captured a, intended a");
	assert_state(&lab, "a", "RUNNING capturing");
	assert_int_equal(lab_node(&lab, "a")->live_kind, ATTEMPT_CHECK);
	assert_string_equal(lab_effects(&lab, "a", effects), "start");
	assert_string_equal(row_of(&lab).checking, "f");
	start_check(&lab);
	assert_state(&lab, "a", "RUNNING running");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab.said, "exited a, completed a");
	assert_state(&lab, "a", "COMPLETED ok");
	assert_null(row_of(&lab).checking);
	lab_close(&lab);
}

static void the_run_keeps_its_own_times_and_exit(void **state)
{
	struct attempt_row row = {0};
	const struct rows_sink sink = {.attempt = keep_row, .revision = drop_revision, .ctx = &row};
	struct node_run before;
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, lenient);
	before = *lab_node(&lab, "a");
	lab.now_us += 5000000;
	start_check(&lab);
	lab.now_us += 2000000;
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 9), 0);
	assert_int_equal(lab_node(&lab, "a")->started_us, before.started_us);
	assert_int_equal(lab_node(&lab, "a")->ended_us, before.ended_us);
	assert_int_equal(lab_node(&lab, "a")->attempt, 1);
	assert_int_equal(row_of(&lab).exit_code, 0);
	for (size_t i = 0; i < lab.journal.count; i++)
		if (lab.journal.events[i].kind == EVENT_EXITED)
			rows_of(lab.execution, &lab.journal.events[i], &sink);
	assert_int_equal(row.kind, ATTEMPT_CHECK);
	assert_int_equal(row.code, 9);
	assert_int_equal(row.ended_us - row.started_us, 2000000);
	lab_close(&lab);
}

static void what_need_not_be_there_is_reported(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, lenient);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 3), 0);
	assert_state(&lab, "a", "COMPLETED tolerated");
	assert_string_equal(lab_node(&lab, "a")->message, "check of 'f': exit 3");
	lab_complete(&lab, "b");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void what_must_be_there_fails_the_node(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, strict);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 3), 0);
	assert_state(&lab, "a", "FAILED check");
	assert_string_equal(lab_node(&lab, "a")->message, "check of 'f': exit 3");
	assert_state(&lab, "b", "PENDING waiting");
	assert_state(&lab, NULL, "FAILED nodes");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	run_well(&lab);
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	assert_int_equal(lab_node(&lab, "a")->check_attempt, 2);
	lab_close(&lab);
}

static void every_end_but_a_good_one_is_none(void **state)
{
	static const struct {
		enum exit_kind kind;
		int32_t code;
		const char *message;
	} ends[] = {
		{EXIT_SIGNAL, 9, "check of 'f': ended by signal 9"},
		{EXIT_TIMEOUT, 0, "check of 'f': ran out of time and was stopped"},
		{EXIT_LAUNCH, 127, "check of 'f': could not be started"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct lab lab;

		OPEN_AT_CHECK(&lab, strict);
		assert_int_equal(lab_exit(&lab, "a", ends[i].kind, ends[i].code), 0);
		assert_state(&lab, "a", "FAILED check");
		assert_string_equal(lab_node(&lab, "a")->message, ends[i].message);
		lab_close(&lab);
	}
}

/* How well a stop is proven does not stand in the place of why it was stopped. */
static void evidence_comes_after_the_cause(void **state)
{
	struct input input;
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, strict);
	input = lab_about(&lab, INPUT_EXITED, "a");
	input.exit_kind = EXIT_TIMEOUT;
	input.text = "no cgroup";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab_node(&lab, "a")->message,
			    "check of 'f': ran out of time and was stopped; no cgroup");
	lab_close(&lab);
	OPEN_AT_CHECK(&lab, strict);
	input = lab_about(&lab, INPUT_EXITED, "a");
	input.exit_kind = EXIT_LAUNCH;
	input.text = "no such program";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab_node(&lab, "a")->message, "check of 'f': no such program");
	lab_close(&lab);
}

static void processes_that_cannot_be_ended_are_said(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, lenient);
	assert_int_equal(lab_exit(&lab, "a", EXIT_UNKILLABLE, 0), 0);
	assert_state(&lab, "a", "FAILED unkillable");
	lab_close(&lab);
}

static void a_rule_decides_about_it(void **state)
{
	struct trigger_rule rules[TRIGGERS] = {
		[TRIGGER_VALIDATION] = {.action = TRIGGER_ROLLBACK, .level = TRIGGER_OF_NODE}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, strict, .triggers = rules);
	run_well(&lab);
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_non_null(strstr(lab.said, "policy a"));
	assert_int_equal(lab.execution->policy_trigger, TRIGGER_VALIDATION);
	assert_int_equal(execution_policy_work(lab.execution), POLICY_ROLL_BACK);
	lab_close(&lab);
}

static void only_a_good_run_and_what_is_there_are_checked(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, lenient);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "FAILED exit");
	lab_close(&lab);
	LAB_OPEN(&lab, lenient);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture_item(&lab, "a", (struct event_item){.absent = true}), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

static void outputs_come_first(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .artifact = "f", .check = true, .output = "x"}};
	struct event_item item = {.kind = "output", .name = "x", .value = "1"};
	struct input input;
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, nodes);
	assert_string_equal(lab.said, "captured a");
	input = lab_about(&lab, INPUT_COLLECTED, "a");
	input.items = &item;
	input.items_count = 1;
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab.said, "collected a, intended a");
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab_node(&lab, "a")->outputs[0].value, "1");
	lab_close(&lab);
}

static int capture_two(struct lab *lab)
{
	struct input input = lab_about(lab, INPUT_CAPTURED, "a");
	struct event_item items[2] = {{.kind = "artifact", .name = "f", .number = 0, .size = 1},
				      {.kind = "artifact", .name = "g", .number = 1, .size = 1}};

	input.moment = MOMENT_AFTER;
	input.items = items;
	input.items_count = 2;
	return lab_feed(lab, &input);
}

static void one_comes_after_the_other(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, two);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(capture_two(&lab), 0);
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_string_equal(lab.said, "exited a, intended a");
	assert_string_equal(row_of(&lab).checking, "g");
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED tolerated");
	assert_string_equal(lab_node(&lab, "a")->message, "check of 'f': exit 1");
	lab_close(&lab);
}

/* ---- its slot ---------------------------------------------------------------------------- */

static void it_has_the_slot_of_its_run(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .check = true},
						{.id = "b"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_false(execution_can_dispatch(lab.execution)); /* while its files are recorded */
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_false(execution_can_dispatch(lab.execution));
	assert_int_equal(execution_slots_taken(lab.execution), 1);
	start_check(&lab);
	assert_false(execution_can_dispatch(lab.execution));
	assert_int_equal(execution_slots_taken(lab.execution), 1);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_true(execution_can_dispatch(lab.execution));
	lab_close(&lab);
}

/* ---- what an operator says --------------------------------------------------------------- */

static void a_pause_lets_it_finish(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, lenient);
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_true(lab_node(&lab, "a")->intended);
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

static void cancel_takes_back_one_that_has_not_begun(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, lenient);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_int_equal(lab_node(&lab, "a")->check_attempt, 0);
	lab_close(&lab);
	OPEN_AFTER_RUN(&lab, lenient);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_state(&lab, NULL, "FAILED cancelled");
	lab_close(&lab);
}

static void cancel_stops_one_that_runs(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	OPEN_AT_CHECK(&lab, lenient);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_state(&lab, "a", "RUNNING stopping");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch stop");
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	lab_close(&lab);
}

static void nothing_begins_once_all_is_cancelled(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, lenient);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_string_equal(lab_node(&lab, "a")->message, "it ran; its artifacts were not checked");
	lab_close(&lab);
}

static void skip_and_done_settle_it(void **state)
{
	static const struct {
		enum verb verb;
		const char *state;
	} words[] = {{VERB_SKIP, "COMPLETED skipped"}, {VERB_DONE, "COMPLETED by_hand"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct lab lab;

		OPEN_AFTER_RUN(&lab, strict);
		assert_int_equal(lab_act(&lab, words[i].verb, "a"), 0);
		assert_state(&lab, "a", words[i].state);
		lab_close(&lab);
		OPEN_AT_CHECK(&lab, strict);
		assert_int_equal(lab_act(&lab, words[i].verb, "a"), 0);
		assert_state(&lab, "a", "RUNNING stopping");
		assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
		assert_state(&lab, "a", words[i].state);
		lab_close(&lab);
	}
}

static void it_can_be_frozen(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, lenient);
	assert_int_equal(lab_act(&lab, VERB_FREEZE, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_FROZEN, "a"), 0);
	assert_state(&lab, "a", "PAUSED frozen");
	assert_int_equal(lab_act(&lab, VERB_THAW, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_THAWED, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

/* ---- a rollback -------------------------------------------------------------------------- */

static void a_rollback_takes_it_in(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, lenient);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_state(&lab, "a", "RECOVERING undo_waiting");
	assert_int_equal(lab_node(&lab, "a")->check_attempt, 0);
	lab_close(&lab);
	OPEN_AT_CHECK(&lab, lenient);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_state(&lab, "a", "RUNNING stopping");
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "a", "RECOVERING undo_waiting");
	lab_close(&lab);
}

/* ---- nobody knows ------------------------------------------------------------------------ */

static void what_is_lost_is_made_again_once(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, strict);
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	assert_string_equal(lab.said, "lost a, intended a");
	assert_int_equal(lab_node(&lab, "a")->check_attempt, 2);
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	assert_string_equal(lab_node(&lab, "a")->message, "");
	lab_close(&lab);
	OPEN_AT_CHECK(&lab, strict);
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	start_check(&lab);
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	assert_state(&lab, "a", "FAILED check");
	assert_string_equal(lab_node(&lab, "a")->message,
			    "check of 'f': its processes are gone and nobody knows how it ended");
	lab_close(&lab);
}

static void each_file_may_be_lost_once(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, two);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(capture_two(&lab), 0);
	for (size_t i = 0; i < 2; i++) {
		start_check(&lab);
		assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
		start_check(&lab);
		assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	}
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

static void what_never_started_is_started_under_a_new_number(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, strict);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_NOT_STARTED, "a"), 0);
	assert_string_equal(lab.said, "revoked a, intended a");
	assert_int_equal(lab_node(&lab, "a")->check_attempt, 2);
	start_check(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

static void nobody_can_say_for_a_while(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AT_CHECK(&lab, strict);
	assert_int_equal(lab_say(&lab, INPUT_UNREACHABLE, "a"), 0);
	assert_state(&lab, "a", "RUNNING unreachable");
	assert_int_equal(lab_say(&lab, INPUT_REACHABLE, "a"), 0);
	assert_state(&lab, "a", "RUNNING running");
	lab_close(&lab);
}

static void late_reports_change_nothing(void **state)
{
	struct input run, check;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, strict);
	lab_start(&lab, "a");
	run = lab_about(&lab, INPUT_EXITED, "a");
	run.exit_kind = EXIT_STATUS;
	run.code = 1;
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_int_equal(lab_feed(&lab, &run), 0); /* of the run, while its check is intended */
	assert_string_equal(lab.said, "");
	start_check(&lab);
	check = lab_about(&lab, INPUT_EXITED, "a");
	check.exit_kind = EXIT_STATUS;
	check.code = 1;
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	assert_int_equal(lab_feed(&lab, &check), 0); /* of the one that is lost */
	assert_string_equal(lab.said, "");
	lab_close(&lab);
}

static void a_report_of_what_is_only_intended_proves_its_start(void **state)
{
	struct lab lab;

	(void)state;
	OPEN_AFTER_RUN(&lab, strict);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab.said, "dispatched a, exited a, completed a");
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_after_the_files_and_before_the_end),
		cmocka_unit_test(the_run_keeps_its_own_times_and_exit),
		cmocka_unit_test(what_need_not_be_there_is_reported),
		cmocka_unit_test(what_must_be_there_fails_the_node),
		cmocka_unit_test(every_end_but_a_good_one_is_none),
		cmocka_unit_test(evidence_comes_after_the_cause),
		cmocka_unit_test(processes_that_cannot_be_ended_are_said),
		cmocka_unit_test(a_rule_decides_about_it),
		cmocka_unit_test(only_a_good_run_and_what_is_there_are_checked),
		cmocka_unit_test(outputs_come_first),
		cmocka_unit_test(one_comes_after_the_other),
		cmocka_unit_test(it_has_the_slot_of_its_run),
		cmocka_unit_test(a_pause_lets_it_finish),
		cmocka_unit_test(cancel_takes_back_one_that_has_not_begun),
		cmocka_unit_test(cancel_stops_one_that_runs),
		cmocka_unit_test(nothing_begins_once_all_is_cancelled),
		cmocka_unit_test(skip_and_done_settle_it),
		cmocka_unit_test(it_can_be_frozen),
		cmocka_unit_test(a_rollback_takes_it_in),
		cmocka_unit_test(what_is_lost_is_made_again_once),
		cmocka_unit_test(each_file_may_be_lost_once),
		cmocka_unit_test(what_never_started_is_started_under_a_new_number),
		cmocka_unit_test(nobody_can_say_for_a_while),
		cmocka_unit_test(late_reports_change_nothing),
		cmocka_unit_test(a_report_of_what_is_only_intended_proves_its_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
