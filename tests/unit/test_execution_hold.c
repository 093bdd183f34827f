/* SPDX-License-Identifier: MIT
 *
 * Holds and freezes: who, why, until when; what ends them and what does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/consequence.h"
#include "tests/unit/lab.h"

#define MINUTE_US INT64_C(60000000)

static const struct lab_node chain[] = {
	{.id = "a", .retries = 3},
	{.id = "b", .needs = "a"},
	{.id = "c"},
};

static void refused(struct lab *lab, int done, const char *why)
{
	if (done >= 0)
		fail_msg("accepted: %s", lab->said);
	if (!strstr(lab->err.message, why))
		fail_msg("wanted '%s', got '%s'", why, lab->err.message);
}

static int hold_until(struct lab *lab, const char *id, int64_t until_us)
{
	return lab_act_as(lab, &(struct act){.verb = VERB_HOLD,
					     .node = lab_index(lab, id),
					     .actor = "bo",
					     .note = "the lag",
					     .until_us = until_us});
}

/* ---- holds ------------------------------------------------------------------------------- */

static void a_hold_says_who_and_why_and_ends_by_itself(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	refused(&lab, hold_until(&lab, "a", lab.now_us), "in the future");
	assert_int_equal(hold_until(&lab, "a", lab.now_us + MINUTE_US), 0);
	assert_state(&lab, "a", "PAUSED held");
	assert_string_equal(lab_node(&lab, "a")->held_by, "bo");
	assert_string_equal(lab_node(&lab, "a")->held_note, "the lag");
	assert_int_equal(execution_next_due(lab.execution), lab.now_us + MINUTE_US);
	lab_wait_until(&lab, lab.now_us + MINUTE_US - 1);
	assert_state(&lab, "a", "PAUSED held");
	lab_wait_until(&lab, lab.now_us + 1);
	assert_string_equal(lab.said, "released a");
	assert_string_equal(lab.list.events[0].text, "its time has come");
	assert_state(&lab, "a", "PENDING ready");
	assert_null(lab_node(&lab, "a")->held_by);
	assert_int_equal(execution_next_due(lab.execution), INT64_MAX);
	lab_close(&lab);
}

static void a_hold_outlasts_a_backoff_and_a_resume(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(hold_until(&lab, "a", 0), 0);
	assert_state(&lab, "a", "PENDING backoff");
	lab_wait_until(&lab, execution_next_due(lab.execution));
	assert_state(&lab, "a", "PAUSED held");
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "a", "PAUSED held");
	assert_string_equal(lab_node(&lab, "a")->held_by, "bo");
	lab_close(&lab);
}

/* The earlier of two times comes first, and neither loses the other. */
static void a_hold_may_end_before_the_backoff_or_after(void **state)
{
	struct lab lab;
	int64_t due_us;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	due_us = execution_next_due(lab.execution);
	assert_int_equal(hold_until(&lab, "a", due_us - 1), 0);
	lab_wait_until(&lab, due_us - 1);
	assert_state(&lab, "a", "PENDING backoff");
	assert_false(lab_node(&lab, "a")->held);
	assert_int_equal(hold_until(&lab, "a", due_us + 5), 0);
	lab_wait_until(&lab, due_us);
	assert_state(&lab, "a", "PAUSED held");
	lab_wait_until(&lab, due_us + 5);
	assert_state(&lab, "a", "PENDING ready");
	lab_close(&lab);
}

static void a_hold_of_a_node_that_waits_holds_it_when_it_could_start(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	assert_int_equal(hold_until(&lab, "b", 0), 0);
	assert_state(&lab, "b", "PENDING waiting");
	lab_complete(&lab, "a");
	assert_state(&lab, "b", "PAUSED held");
	lab_close(&lab);
}

static void release_lets_the_next_one_go(void **state)
{
	struct act next = {.verb = VERB_RELEASE, .node = EVENT_NO_NODE, .next = true};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 3);
	refused(&lab, lab_act_as(&lab, &next), "no held node");
	assert_int_equal(hold_until(&lab, "a", 0), 0);
	assert_int_equal(hold_until(&lab, "b", 0), 0);
	assert_int_equal(hold_until(&lab, "c", 0), 0);
	assert_int_equal(lab_act_as(&lab, &next), 0);
	assert_string_equal(lab.said, "act, released a"); /* the longer path */
	assert_int_equal(lab_act_as(&lab, &next), 0);
	assert_string_equal(lab.said, "act, released c");
	refused(&lab, lab_act_as(&lab, &next), "could start now"); /* b waits for a */
	next.next = false;
	refused(&lab, lab_act_as(&lab, &next), "not quarantined");
	lab_close(&lab);
}

static void a_held_node_that_ends_otherwise_is_not_held_any_more(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	assert_int_equal(hold_until(&lab, "a", lab.now_us + MINUTE_US), 0);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	assert_false(lab_node(&lab, "a")->held);
	assert_int_equal(execution_next_due(lab.execution), INT64_MAX);
	lab_close(&lab);
}

static void begin_stepping(struct lab *lab)
{
	const struct beginning step = {.step = true};
	const struct input input = {
		.kind = INPUT_BEGIN, .time_us = lab->now_us, .beginning = &step};

	assert_int_equal(lab_feed(lab, &input), 0);
}

static void who_steps_steps_on_after_a_rollback(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	begin_stepping(&lab);
	assert_string_equal(lab.said, "held a, held b, held c");
	assert_int_equal(lab_act(&lab, VERB_RELEASE, "a"), 0);
	lab_complete(&lab, "a");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	(void)lab_admit(&lab);
	assert_state(&lab, "a", "RECOVERED accepted");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	assert_string_equal(lab_node(&lab, "a")->held_note, "step");
	assert_int_equal(lab_admit(&lab), 0);
	assert_state(&lab, "a", "PAUSED held");
	/* The word for one failed node is its step. */
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	assert_false(lab_node(&lab, "a")->held);
	lab_close(&lab);
}

/* ---- freezes ----------------------------------------------------------------------------- */

static void frozen(struct lab *lab)
{
	LAB_OPEN(lab, chain, .max_parallel = 1);
	lab_start(lab, "a");
	assert_int_equal(lab_act(lab, VERB_FREEZE, "a"), 0);
	assert_int_equal(lab_say(lab, INPUT_FROZEN, "a"), 0);
	assert_state(lab, "a", "PAUSED frozen");
}

/* A freeze is of an attempt; the next one is frozen by nobody. */
static void a_freeze_ends_with_an_attempt_that_never_started(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_act(&lab, VERB_FREEZE, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_NOT_STARTED, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "watch");
	lab_close(&lab);
}

static void a_freeze_is_asked_for_then_reported(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_FREEZE, "a"), 0);
	assert_string_equal(lab.said, "act a, freezing a");
	assert_state(&lab, "a", "RUNNING running");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch freeze");
	refused(&lab, lab_act(&lab, VERB_FREEZE, "a"), "being frozen already");
	assert_int_equal(lab_say(&lab, INPUT_FROZEN, "a"), 0);
	assert_state(&lab, "a", "PAUSED frozen");
	assert_state(&lab, NULL, "RUNNING running"); /* c could start */
	assert_int_equal(hold_until(&lab, "c", 0), 0);
	assert_state(&lab, NULL, "PAUSED frozen");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch");
	assert_string_equal(lab_node(&lab, "a")->held_by, "ana");
	assert_int_equal(lab.execution->live_count, 1); /* it keeps its slot */
	refused(&lab, lab_act(&lab, VERB_FREEZE, "a"), "frozen already");
	refused(&lab, lab_act(&lab, VERB_HOLD, "a"), "came too late");
	refused(&lab, lab_act(&lab, VERB_RETRY, "a"), "is frozen");
	refused(&lab, lab_act(&lab, VERB_RESUME, NULL), "thaw it");
	lab_close(&lab);
}

static void a_thaw_lets_it_go_on(void **state)
{
	struct lab lab;
	char effects[100];

	(void)state;
	frozen(&lab);
	assert_int_equal(lab_act(&lab, VERB_THAW, "a"), 0);
	assert_state(&lab, "a", "PAUSED frozen");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch thaw");
	refused(&lab, lab_act(&lab, VERB_THAW, "a"), "being thawed already");
	refused(&lab, lab_act(&lab, VERB_FREEZE, "a"), "being thawed");
	assert_int_equal(lab_say(&lab, INPUT_FROZEN, "a"), 0); /* an old report */
	assert_string_equal(lab.said, "");
	assert_int_equal(lab_say(&lab, INPUT_THAWED, "a"), 0);
	assert_state(&lab, "a", "RUNNING running");
	assert_null(lab_node(&lab, "a")->held_by);
	refused(&lab, lab_act(&lab, VERB_THAW, "a"), "is not frozen");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

/* Thawed before the executor has frozen it: the last word counts, whatever is reported between. */
static void a_thaw_overtakes_a_freeze(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_FREEZE, "a"), 0);
	assert_int_equal(lab_act(&lab, VERB_THAW, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_FROZEN, "a"), 0);
	assert_state(&lab, "a", "RUNNING running");
	assert_int_equal(lab_say(&lab, INPUT_THAWED, "a"), 0);
	assert_state(&lab, "a", "RUNNING running");
	assert_int_equal(lab_act(&lab, VERB_FREEZE, "a"), 0);
	lab_close(&lab);
}

static void an_exit_while_it_is_frozen_is_honoured(void **state)
{
	struct lab lab;

	(void)state;
	frozen(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
	frozen(&lab);
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_LOST);
	assert_int_equal(lab_node(&lab, "a")->freeze, FREEZE_NONE);
	lab_close(&lab);
}

static void a_frozen_node_can_be_cancelled_skipped_done_and_rolled_back(void **state)
{
	static const enum verb verbs[] = {VERB_CANCEL, VERB_SKIP, VERB_DONE};
	static const char *const ends[] = {"FAILED cancelled", "COMPLETED skipped",
					   "COMPLETED by_hand"};
	struct lab lab;
	char effects[100];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		frozen(&lab);
		assert_int_equal(lab_act(&lab, verbs[i], "a"), 0);
		assert_state(&lab, "a", "RUNNING stopping");
		assert_string_equal(lab_effects(&lab, "a", effects), "watch stop");
		assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
		assert_state(&lab, "a", ends[i]);
		lab_close(&lab);
	}
	frozen(&lab);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_state(&lab, "a", "RUNNING stopping");
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "a", "RECOVERING undo_waiting");
	lab_close(&lab);
}

static void a_frozen_node_is_stopped_with_the_execution(void **state)
{
	struct lab lab;

	(void)state;
	frozen(&lab);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_state(&lab, "a", "RUNNING stopping");
	assert_state(&lab, NULL, "RUNNING stopping");
	lab_close(&lab);
}

static void a_silent_executor_leaves_a_frozen_node_frozen(void **state)
{
	struct lab lab;

	(void)state;
	frozen(&lab);
	assert_int_equal(lab_say(&lab, INPUT_UNREACHABLE, "a"), 0);
	assert_state(&lab, "a", "PAUSED frozen");
	assert_int_equal(lab_say(&lab, INPUT_STARTED, "a"), 0); /* said again after a restart */
	assert_state(&lab, "a", "PAUSED frozen");
	lab_close(&lab);
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_UNREACHABLE, "a"), 0);
	refused(&lab, lab_act(&lab, VERB_FREEZE, "a"), "nobody reaches");
	refused(&lab, lab_act(&lab, VERB_FREEZE, "b"), "to keep it from starting: hold");
	refused(&lab, lab_act(&lab, VERB_FREEZE, NULL), "needs a node");
	lab_close(&lab);
}

static void an_undo_is_not_frozen_and_says_why(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "a");
	assert_state(&lab, "a", "RECOVERING undoing");
	refused(&lab, lab_act(&lab, VERB_FREEZE, "a"), "only a run can be frozen");
	lab_close(&lab);
}

/* ---- what is said of it ------------------------------------------------------------------- */

static const char *said_of(struct lab *lab, const struct act *act, uint64_t before)
{
	static char text[500];
	struct buf out;

	buf_init(&out, sizeof(text) - 1);
	consequence_say(lab->execution, act, before, &out);
	(void)strncpy(text, buf_text(&out), sizeof(text) - 1);
	buf_release(&out);
	return text;
}

static void acts_say_what_comes_of_them(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .output = "x"},
						{.id = "b", .needs = "a"},
						{.id = "c", .needs = "a"},
						{.id = "d", .needs = "b", .artifact = "f"}};
	struct act skip = {.verb = VERB_SKIP, .node = 0}, done = {.verb = VERB_DONE, .node = 3};
	struct act freeze = {.verb = VERB_FREEZE, .node = 1};
	struct lab lab;
	uint64_t before;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	before = lab.execution->seq;
	assert_int_equal(lab_act_as(&lab, &skip), 0);
	assert_string_equal(said_of(&lab, &skip, before),
			    "a counts as skipped; starts now: b, c; it has no output x");
	lab_start(&lab, "b");
	before = lab.execution->seq;
	assert_int_equal(lab_act_as(&lab, &freeze), 0);
	assert_non_null(strstr(said_of(&lab, &freeze, before), "locks and connections stay open"));
	skip.node = 1;
	before = lab.execution->seq;
	assert_int_equal(lab_act_as(&lab, &skip), 0);
	assert_string_equal(said_of(&lab, &skip, before),
			    "b is being stopped; it counts as skipped when nothing of it is left");
	before = lab.execution->seq;
	assert_int_equal(lab_act_as(&lab, &done), 0);
	assert_string_equal(said_of(&lab, &done, before),
			    "the files of d are recorded, then it counts as done by hand");
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hold_says_who_and_why_and_ends_by_itself),
		cmocka_unit_test(a_hold_outlasts_a_backoff_and_a_resume),
		cmocka_unit_test(a_hold_may_end_before_the_backoff_or_after),
		cmocka_unit_test(a_hold_of_a_node_that_waits_holds_it_when_it_could_start),
		cmocka_unit_test(release_lets_the_next_one_go),
		cmocka_unit_test(a_held_node_that_ends_otherwise_is_not_held_any_more),
		cmocka_unit_test(who_steps_steps_on_after_a_rollback),
		cmocka_unit_test(a_freeze_ends_with_an_attempt_that_never_started),
		cmocka_unit_test(a_freeze_is_asked_for_then_reported),
		cmocka_unit_test(a_thaw_lets_it_go_on),
		cmocka_unit_test(a_thaw_overtakes_a_freeze),
		cmocka_unit_test(an_exit_while_it_is_frozen_is_honoured),
		cmocka_unit_test(a_frozen_node_can_be_cancelled_skipped_done_and_rolled_back),
		cmocka_unit_test(a_frozen_node_is_stopped_with_the_execution),
		cmocka_unit_test(a_silent_executor_leaves_a_frozen_node_frozen),
		cmocka_unit_test(an_undo_is_not_frozen_and_says_why),
		cmocka_unit_test(acts_say_what_comes_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
