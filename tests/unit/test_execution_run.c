/* SPDX-License-Identifier: MIT
 *
 * From created to ended: admission, attempts, retries, failures, barriers, reports out of turn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/unit/lab.h"

static void one_node_runs_to_completed(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	assert_state(&lab, "a", "PENDING ready");
	assert_state(&lab, NULL, "RUNNING starting");
	assert_int_equal(lab_admit(&lab), 1);
	assert_string_equal(lab.said, "intended a");
	assert_string_equal(lab_effects(&lab, "a", effects), "start");
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_state(&lab, "a", "RUNNING starting");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch");
	assert_int_equal(lab_say(&lab, INPUT_STARTED, "a"), 0);
	assert_state(&lab, "a", "RUNNING running");
	assert_int_equal(lab_node(&lab, "a")->pid, 4711);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab.said, "exited a, completed a, ended");
	assert_state(&lab, "a", "COMPLETED ok");
	assert_state(&lab, NULL, "COMPLETED ok");
	assert_string_equal(lab_effects(&lab, "a", effects), "");
	assert_int_equal(lab_node(&lab, "a")->attempt, 1);
	lab_close(&lab);
}

static void exit_without_started_is_enough(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab.said, "dispatched a, exited a, completed a, ended");
	lab_close(&lab);
}

static void a_dependent_waits_for_all_it_needs(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a"}, {.id = "b"}, {.id = "c", .needs = "a b"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 4);
	lab_complete(&lab, "a");
	assert_state(&lab, "c", "PENDING waiting");
	assert_int_equal(lab_node(&lab, "c")->unmet, 1);
	lab_complete(&lab, "b");
	assert_state(&lab, "c", "PENDING ready");
	lab_complete(&lab, "c");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void a_phase_waits_for_all_of_the_earlier_one(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"},
						{.id = "b"},
						{.id = "c", .phase = 1, .needs = "a"},
						{.id = "d", .phase = 1},
						{.id = "e", .phase = 3}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .phases = 4);
	lab_complete(&lab, "a");
	assert_state(&lab, "c", "PENDING waiting");
	assert_state(&lab, "d", "PENDING waiting");
	lab_complete(&lab, "b");
	assert_state(&lab, "c", "PENDING ready");
	assert_state(&lab, "d", "PENDING ready");
	lab_complete(&lab, "c");
	assert_state(&lab, "e", "PENDING waiting");
	lab_complete(&lab, "d");
	assert_state(&lab, "e", "PENDING ready");
	lab_complete(&lab, "e");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

/* Two may live, and sixteen may be intended ahead of them. */
static void intents_ahead_are_bounded(void **state)
{
	struct lab_node nodes[24] = {{0}};
	char names[24][16];
	struct lab lab;

	(void)state;
	for (int i = 0; i < 24; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "n%d", i);
		nodes[i].id = names[i];
	}
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	assert_int_equal(lab_admit(&lab), 18);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "n0"), 0);
	assert_true(execution_can_dispatch(lab.execution));
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "n1"), 0);
	assert_false(execution_can_dispatch(lab.execution));
	assert_int_equal(lab_admit(&lab), 0);
	assert_int_equal(lab_exit(&lab, "n0", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_admit(&lab), 1);
	lab_close(&lab);
}

static void outputs_and_files_are_recorded_before_completed(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .output = "serial"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_before");
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_string_equal(lab.said, ""); /* never before its pre-image */
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'a'), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "start");
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "RUNNING capturing");
	assert_int_equal(lab.execution->live_count, 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_after");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "collect");
	assert_int_equal(lab_say(&lab, INPUT_COLLECTED, "a"), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	assert_int_equal(execution_pre_image(lab.execution, 0, 0)->blob[0], 'a');
	assert_int_equal(execution_newest_revision(lab.execution, 0, 0)->blob[0], 'b');
	lab_close(&lab);
}

static void a_missing_output_fails_the_node(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .output = "serial"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_say(&lab, INPUT_COLLECT_FAILED, "a"), 0);
	assert_state(&lab, "a", "FAILED output");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

/* Runs a node that leaves its one file as `item` says. */
static void leave(struct lab *lab, const struct lab_node *node, int32_t code,
		  struct event_item item)
{
	lab_open(lab, node, 1, &(struct lab_options){.max_parallel = 1});
	lab_start(lab, "a");
	assert_int_equal(lab_exit(lab, "a", EXIT_STATUS, code), 0);
	assert_int_equal(lab_capture_item(lab, "a", item), 0);
}

static void a_required_file_that_is_missing_fails_the_node(void **state)
{
	static const struct lab_node plain = {.id = "a", .artifact = "f"};
	static const struct lab_node required = {
		.id = "a", .artifact = "f", .output = "serial", .required = true};
	struct lab lab;

	(void)state;
	leave(&lab, &plain, 0, (struct event_item){.absent = true});
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
	leave(&lab, &required, 0, (struct event_item){.absent = true});
	assert_state(&lab, "a", "FAILED check");
	assert_string_equal(lab_node(&lab, "a")->message,
			    "f is required, and there is no such file");
	assert_string_equal(lab.said, "captured a, failed a, draining a, ended");
	lab_close(&lab);
	leave(&lab, &required, 3, (struct event_item){.absent = true});
	assert_state(&lab, "a", "FAILED exit"); /* it says more than what is missing for it */
	lab_close(&lab);
	leave(&lab, &required, 0, (struct event_item){.blob = "b", .size = 0});
	assert_state(&lab, "a", "RUNNING capturing"); /* its outputs come next */
	lab_close(&lab);
}

static void a_file_over_its_max_size_fails_the_node(void **state)
{
	static const struct lab_node node = {.id = "a", .artifact = "f", .max_size = 10};
	struct lab lab;

	(void)state;
	leave(&lab, &node, 0, (struct event_item){.blob = "b", .size = 10});
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
	leave(&lab, &node, 0, (struct event_item){.absent = true});
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
	leave(&lab, &node, 0, (struct event_item){.size = 11});
	assert_state(&lab, "a", "FAILED check");
	assert_string_equal(lab_node(&lab, "a")->message, "f has 11 bytes; its max_size is 10");
	lab_close(&lab);
}

static void files_of_a_failed_attempt_are_kept_and_outputs_not_asked_for(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .output = "serial"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 3), 0);
	assert_state(&lab, "a", "RUNNING capturing");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "FAILED exit");
	assert_int_equal(lab_node(&lab, "a")->code, 3);
	assert_int_equal(lab.execution->revisions_count, 2);
	lab_close(&lab);
}

static void a_capture_that_fails_before_the_start_fails_the_node(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct input input;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	input = lab_about(&lab, INPUT_CAPTURE_FAILED, "a");
	input.moment = MOMENT_BEFORE;
	input.text = "the disk is full";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab.said, "revoked a, failed a, draining a, ended");
	assert_state(&lab, "a", "FAILED capture");
	assert_string_equal(lab_node(&lab, "a")->message, "the disk is full");
	assert_int_equal(lab_node(&lab, "a")->attempt, 0);
	lab_close(&lab);
}

static void every_way_to_exit_has_its_reason(void **state)
{
	static const struct {
		enum exit_kind kind;
		int32_t code;
		const char *ends;
	} ways[] = {
		{EXIT_STATUS, 1, "FAILED exit"},	   {EXIT_SIGNAL, 9, "FAILED signal"},
		{EXIT_TIMEOUT, 0, "FAILED timeout"},	   {EXIT_LAUNCH, 127, "FAILED launch"},
		{EXIT_UNKILLABLE, 0, "FAILED unkillable"},
	};
	static const struct lab_node nodes[] = {{.id = "a"}};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct lab lab;

		LAB_OPEN(&lab, nodes, .max_parallel = 1);
		lab_start(&lab, "a");
		assert_int_equal(lab_exit(&lab, "a", ways[i].kind, ways[i].code), 0);
		assert_state(&lab, "a", ways[i].ends);
		assert_state(&lab, NULL, "FAILED nodes");
		assert_true(lab_node(&lab, "a")->message[0]);
		lab_close(&lab);
	}
}

static void a_failure_is_tolerated_where_the_workflow_says_so(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .tolerated = true},
						{.id = "b", .needs = "a"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "COMPLETED tolerated");
	lab_complete(&lab, "b");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void a_failed_try_waits_and_is_tried_again(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .retries = 1}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_string_equal(lab.said, "exited a, backoff a");
	assert_state(&lab, "a", "PENDING backoff");
	assert_state(&lab, NULL, "RUNNING running");
	assert_int_equal(lab_admit(&lab), 0);
	assert_int_equal(execution_next_due(lab.execution), lab_node(&lab, "a")->due_us);
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_DUE}), 0);
	assert_string_equal(lab.said, ""); /* not yet */
	lab.now_us = execution_next_due(lab.execution);
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_DUE}), 0);
	assert_string_equal(lab.said, "due a");
	assert_true(execution_next_due(lab.execution) == INT64_MAX);
	lab_start(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->attempt, 2);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "FAILED exit");
	lab_close(&lab);
}

static void a_launch_failure_is_not_tried_again_blindly(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .retries = 5}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_LAUNCH, 127), 0);
	assert_state(&lab, "a", "FAILED launch");
	lab_close(&lab);
}

static void a_critical_node_asks_before_it_runs_again(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .retries = 3, .risk = 0.95}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "PAUSED asking");
	assert_state(&lab, NULL, "PAUSED asking");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_HAPPENED), -ERR_REFUSED);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	assert_state(&lab, "a", "PENDING ready");
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_LEAVE), 0);
	assert_state(&lab, "a", "FAILED exit");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

static void drain_lets_finish_what_runs_and_starts_nothing_more(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a"}, {.id = "b"}, {.id = "c"}, {.id = "d", .retries = 2}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 4);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "b"), 0);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "d"), 0);
	assert_int_equal(lab_exit(&lab, "d", EXIT_STATUS, 9), 0);
	assert_state(&lab, "d", "PENDING backoff");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_string_equal(lab.said, "exited a, failed a, draining a, revoked c, failed d");
	assert_state(&lab, "d", "FAILED exit");
	assert_int_equal(lab_node(&lab, "d")->code, 9);
	assert_state(&lab, "c", "PENDING ready");
	assert_int_equal(lab_node(&lab, "c")->attempt, 0);
	assert_int_equal(lab_admit(&lab), 0);
	assert_state(&lab, NULL, "RUNNING running");
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 0), 0);
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

static void stop_ends_what_runs(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}, {.id = "b"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .on_failure = ON_FAILURE_STOP);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "b"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_string_equal(lab.said, "exited a, failed a, draining a, verdict b");
	assert_state(&lab, "b", "RUNNING stopping");
	assert_string_equal(lab_effects(&lab, "b", effects), "watch stop");
	assert_int_equal(lab_exit(&lab, "b", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "b", "FAILED cancelled");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

static void continue_lets_independent_branches_go_on(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a"}, {.id = "b", .needs = "a"}, {.id = "c"}, {.id = "d", .needs = "c"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .on_failure = ON_FAILURE_CONTINUE);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	lab_complete(&lab, "c");
	lab_complete(&lab, "d");
	assert_state(&lab, "b", "PENDING waiting");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

static void the_same_report_again_gives_nothing(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct input exited;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_STARTED, "a"), 0);
	assert_string_equal(lab.said, "");
	exited = lab_about(&lab, INPUT_EXITED, "a");
	exited.exit_kind = EXIT_STATUS;
	assert_int_equal(lab_feed(&lab, &exited), 0);
	assert_string_equal(lab.said, "exited a");
	assert_int_equal(lab_feed(&lab, &exited), 0);
	assert_string_equal(lab.said, "");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_int_equal(lab_feed(&lab, &exited), 0);
	assert_string_equal(lab.said, "");
	lab_close(&lab);
}

static void what_was_never_started_is_started_again_under_a_new_number(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_say(&lab, INPUT_NOT_STARTED, "a"), 0);
	assert_string_equal(lab.said, ""); /* only intended: its start goes on */
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	assert_int_equal(lab_say(&lab, INPUT_NOT_STARTED, "a"), 0);
	assert_string_equal(lab.said, "revoked a");
	assert_state(&lab, "a", "PENDING ready");
	lab_complete(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->attempt, 2);
	assert_int_equal(lab_node(&lab, "a")->tries, 1);
	lab_close(&lab);
}

static void an_old_answer_is_not_taken_for_a_new_one(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct input old;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_BEFORE, 'x'), 0);
	assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
	old = lab_about(&lab, INPUT_NOT_STARTED, "a");
	assert_int_equal(lab_feed(&lab, &old), 0);
	lab_start(&lab, "a"); /* pre-image a */
	assert_int_equal(lab_feed(&lab, &old), 0);
	assert_string_equal(lab.said, "");
	assert_state(&lab, "a", "RUNNING running");
	/* Nothing had changed the file before: what counts is how it was before the real start. */
	assert_int_equal(execution_pre_image(lab.execution, 0, 0)->blob[0], 'a');
	lab_close(&lab);
}

static void silence_is_unreachable_and_passes(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_UNREACHABLE, "a"), 0);
	assert_state(&lab, "a", "RUNNING unreachable");
	assert_string_equal(lab_effects(&lab, "a", effects), "watch");
	assert_int_equal(lab_say(&lab, INPUT_UNREACHABLE, "a"), 0);
	assert_string_equal(lab.said, "");
	assert_int_equal(lab_say(&lab, INPUT_REACHABLE, "a"), 0);
	assert_state(&lab, "a", "RUNNING running");
	lab_close(&lab);
}

static void lost_asks_fails_or_tries_again(void **state)
{
	static const struct {
		enum on_lost on_lost;
		const char *becomes;
	} ways[] = {{ON_LOST_ASK, "PAUSED asking"},
		    {ON_LOST_FAIL, "FAILED lost"},
		    {ON_LOST_RETRY, "PENDING backoff"}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct lab_node nodes[] = {{.id = "a", .on_lost = ways[i].on_lost}};
		struct lab lab;

		LAB_OPEN(&lab, nodes, .max_parallel = 1);
		lab_start(&lab, "a");
		assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
		assert_state(&lab, "a", ways[i].becomes);
		assert_int_equal(lab.execution->live_count, 0);
		lab_close(&lab);
	}
}

static void what_a_lost_attempt_left_is_recorded_before_its_policy_applies(void **state)
{
	static const struct {
		enum on_lost on_lost;
		const char *becomes;
	} ways[] = {{ON_LOST_ASK, "PAUSED asking"},
		    {ON_LOST_FAIL, "FAILED lost"},
		    {ON_LOST_RETRY, "PENDING backoff"}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct lab_node nodes[] = {
			{.id = "a", .on_lost = ways[i].on_lost, .artifact = "f"}};
		struct lab lab;
		char effects[100];

		LAB_OPEN(&lab, nodes, .max_parallel = 1);
		lab_start(&lab, "a");
		assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
		assert_state(&lab, "a", "RUNNING capturing");
		assert_string_equal(lab_effects(&lab, "a", effects), "capture_after");
		assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'l'), 0);
		assert_state(&lab, "a", ways[i].becomes);
		assert_int_equal(execution_newest_revision(lab.execution, 0, 0)->moment,
				 MOMENT_AFTER);
		lab_close(&lab);
	}
}

static void a_late_exit_is_evidence_and_decides_nothing(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct input late = {.kind = INPUT_EXITED,
			     .time_us = (int64_t)(3 * 60 + 12) * 60000000,
			     .attempt_kind = ATTEMPT_RUN,
			     .attempt = 1,
			     .exit_kind = EXIT_STATUS};
	struct lab lab;
	char message[200];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	assert_int_equal(lab_feed(&lab, &late), 0);
	assert_string_equal(lab.said, "late_exit a");
	assert_state(&lab, "a", "PAUSED asking");
	assert_int_equal(lab_node(&lab, "a")->question, QUESTION_LOST);
	(void)snprintf(message, sizeof(message), "%s", lab_node(&lab, "a")->message);
	assert_non_null(strstr(message, "; after all: exit 0, at 03:12 UTC"));
	assert_int_equal(lab_feed(&lab, &late), 0); /* said again until it is acknowledged */
	assert_string_equal(lab.said, "");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	late.time_us++;
	assert_int_equal(lab_feed(&lab, &late), 0); /* answered: of no use any more */
	assert_string_equal(lab.said, "");
	lab_close(&lab);
}

static void a_quarantined_execution_stands_still(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_QUARANTINE, .text = "SEGV"}),
			 0);
	assert_true(lab.execution->quarantined);
	assert_string_equal(lab_effects(&lab, "a", effects), "");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab.said, "");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_NOTE, NULL), -ERR_REFUSED);
	assert_string_equal(lab.execution->quarantine, "SEGV");
	lab_close(&lab);
}

static void a_released_execution_goes_on_where_it_stood(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}, {.id = "b", .needs = "a"}};
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	assert_int_equal(lab_act(&lab, VERB_RELEASE, NULL), -ERR_REFUSED);
	lab_start(&lab, "a");
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_QUARANTINE, .text = "SEGV"}),
			 0);
	assert_int_equal(lab_act(&lab, VERB_RELEASE, "a"), -ERR_REFUSED);
	execution_touched_clear(lab.execution);
	assert_int_equal(lab_act(&lab, VERB_RELEASE, NULL), 0);
	assert_false(lab.execution->quarantined);
	assert_null(lab.execution->quarantine);
	assert_int_equal(lab.execution->touched_count, 2);
	assert_string_not_equal(lab_effects(&lab, "a", effects), "");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	lab_close(&lab);
}

static bool give(void *ctx, struct execution *execution)
{
	struct lab *lab = ctx;

	assert_ptr_equal(lab->execution, execution);
	assert_int_equal(lab_feed(lab, &(struct input){.kind = INPUT_ADMIT}), 0);
	return lab->list.count > 0;
}

static void admission_hands_out_no_more_than_the_slots(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}, {.id = "b"}, {.id = "c"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 8);
	assert_int_equal(admission_decide(&lab.execution, 1, 2, give, &lab), 2);
	assert_int_equal(lab.execution->intended_count, 2);
	assert_int_equal(admission_decide(&lab.execution, 1, 5, give, &lab), 1);
	lab_close(&lab);
}

static void attempt_ids_are_read_back(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a_b-c"}};
	char id[ATTEMPT_ID_TEXT], execution[ULID_TEXT], node[64];
	enum attempt_kind kind;
	uint32_t number;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	attempt_id(lab.execution, 0, ATTEMPT_UNDO, 12, id);
	assert_string_equal(id, "01hzzzzzzzzzzzzzzzzzzzzzzz-a.b-c-undo-12");
	assert_true(attempt_id_parse(id, execution, node, &kind, &number));
	assert_string_equal(execution, lab.execution->id);
	assert_string_equal(node, "a_b-c");
	assert_int_equal(kind, ATTEMPT_UNDO);
	assert_int_equal(number, 12);
	assert_false(attempt_id_parse("short", execution, node, &kind, &number));
	assert_false(attempt_id_parse("01hzzzzzzzzzzzzzzzzzzzzzzz-a-run-0", execution, node, &kind,
				      &number));
	assert_false(attempt_id_parse("01hzzzzzzzzzzzzzzzzzzzzzzz-run-1", execution, node, &kind,
				      &number));
	assert_false(attempt_id_parse("01hzzzzzzzzzzzzzzzzzzzzzzz-a-walk-1", execution, node, &kind,
				      &number));
	lab_close(&lab);
}

static void an_event_that_cannot_follow_is_refused_unchanged(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a"}};
	static const enum event_kind kinds[] = {EVENT_DISPATCHED, EVENT_STARTED,   EVENT_EXITED,
						EVENT_LOST,	  EVENT_COLLECTED, EVENT_RESTORED,
						EVENT_ANSWERED,	  EVENT_DUE,	   EVENT_RECOVERED,
						EVENT_REVOKED,	  EVENT_VERDICT,   EVENT_CAPTURED};
	struct lab lab;
	struct err err;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct event event = {.kind = kinds[i], .node = 0, .seq = 50};

		assert_int_equal(execution_fold(lab.execution, &event, &err), -ERR_CORRUPT);
	}
	assert_int_equal(execution_fold(lab.execution,
					&(struct event){.kind = EVENT_HELD, .node = 9, .seq = 50},
					&err),
			 -ERR_CORRUPT);
	assert_int_equal(execution_fold(lab.execution,
					&(struct event){.kind = EVENT_HELD, .node = 0, .seq = 1},
					&err),
			 -ERR_CORRUPT);
	assert_int_equal(lab.execution->seq, 1);
	assert_state(&lab, "a", "PENDING ready");
	lab_close(&lab);
}

/* A program that is missing will be missing again; a host may answer the next time. */
static void a_host_that_was_not_reached_is_tried_again(void **state)
{
	static const struct lab_node there[] = {{.id = "a", .retries = 1, .host = true}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, there);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_LAUNCH, 255), 0);
	assert_state(&lab, "a", "PENDING backoff");
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_node_runs_to_completed),
		cmocka_unit_test(exit_without_started_is_enough),
		cmocka_unit_test(a_dependent_waits_for_all_it_needs),
		cmocka_unit_test(a_phase_waits_for_all_of_the_earlier_one),
		cmocka_unit_test(intents_ahead_are_bounded),
		cmocka_unit_test(outputs_and_files_are_recorded_before_completed),
		cmocka_unit_test(a_missing_output_fails_the_node),
		cmocka_unit_test(a_required_file_that_is_missing_fails_the_node),
		cmocka_unit_test(a_file_over_its_max_size_fails_the_node),
		cmocka_unit_test(files_of_a_failed_attempt_are_kept_and_outputs_not_asked_for),
		cmocka_unit_test(a_capture_that_fails_before_the_start_fails_the_node),
		cmocka_unit_test(every_way_to_exit_has_its_reason),
		cmocka_unit_test(a_failure_is_tolerated_where_the_workflow_says_so),
		cmocka_unit_test(a_failed_try_waits_and_is_tried_again),
		cmocka_unit_test(a_launch_failure_is_not_tried_again_blindly),
		cmocka_unit_test(a_critical_node_asks_before_it_runs_again),
		cmocka_unit_test(drain_lets_finish_what_runs_and_starts_nothing_more),
		cmocka_unit_test(stop_ends_what_runs),
		cmocka_unit_test(continue_lets_independent_branches_go_on),
		cmocka_unit_test(the_same_report_again_gives_nothing),
		cmocka_unit_test(what_was_never_started_is_started_again_under_a_new_number),
		cmocka_unit_test(an_old_answer_is_not_taken_for_a_new_one),
		cmocka_unit_test(silence_is_unreachable_and_passes),
		cmocka_unit_test(lost_asks_fails_or_tries_again),
		cmocka_unit_test(what_a_lost_attempt_left_is_recorded_before_its_policy_applies),
		cmocka_unit_test(a_late_exit_is_evidence_and_decides_nothing),
		cmocka_unit_test(a_quarantined_execution_stands_still),
		cmocka_unit_test(a_released_execution_goes_on_where_it_stood),
		cmocka_unit_test(admission_hands_out_no_more_than_the_slots),
		cmocka_unit_test(attempt_ids_are_read_back),
		cmocka_unit_test(a_host_that_was_not_reached_is_tried_again),
		cmocka_unit_test(an_event_that_cannot_follow_is_refused_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
