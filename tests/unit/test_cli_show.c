/* SPDX-License-Identifier: MIT
 *
 * States in words, and when following is over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/follow.h"
#include "cli/show.h"

#define SECOND INT64_C(1000000)

static const char *how(struct show_node node)
{
	static char text[SHOW_TEXT];
	node.question = node.question != NULL ? node.question : "";
	node.message = node.message != NULL ? node.message : "";
	show_how(&node, 100 * SECOND, text);
	return text;
}

static void a_failed_node_shows_its_exit(void **state)
{
	(void)state;
	assert_string_equal(how((struct show_node){.state = STATE_FAILED,
						   .reason = REASON_EXIT,
						   .has_exit_code = true,
						   .exit_code = 3}),
			    "failed  exit 3");
	assert_non_null(
		strstr(how((struct show_node){
			       .state = STATE_FAILED, .reason = REASON_SIGNAL, .signal = 9}),
		       "signal 9"));
	assert_string_equal(how((struct show_node){.state = STATE_FAILED,
						   .reason = REASON_OUTPUT,
						   .message = "'serial' was not written"}),
			    "failed  output: 'serial' was not written");
}

static void an_ignored_failure_says_which(void **state)
{
	struct show_node node = {.state = STATE_COMPLETED,
				 .reason = REASON_TOLERATED,
				 .has_exit_code = true,
				 .exit_code = 3,
				 .started_us = 1,
				 .ended_us = 2000001,
				 .question = "",
				 .message = ""};
	char how[SHOW_TEXT];
	(void)state;
	show_how(&node, 0, how);
	assert_string_equal(how, "failure ignored: exit 3  2s");
	node.exit_code = 0;
	node.message = "check of 'f': exit 1";
	show_how(&node, 0, how);
	assert_string_equal(how, "failure ignored: check of 'f': exit 1  2s");
	node.message = "";
	show_how(&node, 0, how);
	assert_string_equal(how, "failure ignored  2s");
}

static void what_waits_in_a_run_that_ended_did_not_start(void **state)
{
	(void)state;
	struct show_node node = {.state = STATE_PENDING, .reason = REASON_WAITING};
	assert_string_equal(how(node), "waiting");
	node.over = true;
	assert_string_equal(how(node), "not started");
}

static void an_execution_that_failed_is_called_so(void **state)
{
	(void)state;
	assert_string_equal(show_execution_word(STATE_FAILED, REASON_NODES), "failed");
	assert_string_equal(show_execution_word(STATE_COMPLETED, REASON_OK), "completed");
	assert_string_equal(show_execution_word(STATE_FAILED, REASON_CANCELLED), "cancelled");
}

static void an_unknown_outcome_is_said_as_such(void **state)
{
	(void)state;
	assert_string_equal(how((struct show_node){.state = STATE_FAILED, .reason = REASON_LOST}),
			    "outcome unknown");
}

static void what_was_undone_is_never_called_recovered(void **state)
{
	(void)state;
	const char *text =
		how((struct show_node){.state = STATE_RECOVERED, .reason = REASON_UNDONE});
	assert_null(strstr(text, "recovered"));
	assert_string_equal(text, "undone  service not verified");
}

static void a_backoff_says_when_it_is_tried_again(void **state)
{
	(void)state;
	assert_string_equal(how((struct show_node){.state = STATE_PENDING,
						   .reason = REASON_BACKOFF,
						   .attempt = 1,
						   .due_us = 104 * SECOND}),
			    "retry in 4s  after attempt 1");
}

static void a_question_comes_before_everything(void **state)
{
	(void)state;
	assert_string_equal(how((struct show_node){.state = STATE_PAUSED,
						   .reason = REASON_ASKING,
						   .question = "lost"}),
			    "asks  did it happen?");
	assert_string_equal(how((struct show_node){.state = STATE_PAUSED,
						   .reason = REASON_ASKING,
						   .question = "lost",
						   .message = "nobody knows"}),
			    "asks  did it happen? nobody knows");
	assert_string_equal(how((struct show_node){.state = STATE_PAUSED,
						   .reason = REASON_ASKING,
						   .question = "risk",
						   .message = "exit 1: run it again?"}),
			    "asks  exit 1: run it again?");
	assert_string_equal(how((struct show_node){.state = STATE_PAUSED,
						   .reason = REASON_ASKING,
						   .question = "newer"}),
			    "asks  newer");
}

static void times_are_shown_where_they_mean_something(void **state)
{
	(void)state;
	assert_string_equal(how((struct show_node){.state = STATE_COMPLETED,
						   .reason = REASON_OK,
						   .started_us = 10 * SECOND,
						   .ended_us = 22 * SECOND}),
			    "ok  12s");
	assert_string_equal(how((struct show_node){.state = STATE_RUNNING,
						   .reason = REASON_RUNNING,
						   .started_us = 40 * SECOND}),
			    "running  1m00s");
	assert_string_equal(
		how((struct show_node){.state = STATE_COMPLETED, .reason = REASON_SKIPPED}),
		"skipped");
}

static void counts_name_only_states_that_occur(void **state)
{
	uint32_t counts[STATES] = {0};
	char text[SHOW_TEXT];
	(void)state;
	show_counts(counts, 0, text);
	assert_string_equal(text, "of 0");
	counts[STATE_COMPLETED] = 3;
	counts[STATE_PENDING] = 2;
	counts[STATE_RECOVERED] = 1;
	show_counts(counts, 6, text);
	assert_string_equal(text, "3 completed, 1 rolled back, 2 pending of 6");
}

static void an_unknown_state_does_not_break_us(void **state)
{
	enum state s;
	enum reason r;
	(void)state;
	show_parse("LEVITATING", "joy", &s, &r);
	assert_int_equal(s, STATE_PENDING);
	assert_int_equal(r, REASON_NONE);
}

/* ---- following --------------------------------------------------------------------------- */

static struct mirror mirror_in(enum state state, enum reason reason, bool ended)
{
	struct mirror mirror = {.state = state, .reason = reason, .ended = ended};
	return mirror;
}

static void an_end_decides_the_exit_status(void **state)
{
	struct mirror completed = mirror_in(STATE_COMPLETED, REASON_OK, true);
	struct mirror failed = mirror_in(STATE_FAILED, REASON_NODES, true);
	struct mirror undone = mirror_in(STATE_RECOVERED, REASON_UNDONE, true);
	struct mirror back = mirror_in(STATE_PAUSED, REASON_ROLLED_BACK, false);
	(void)state;
	assert_int_equal(follow_exit(&completed), CLI_OK);
	assert_int_equal(follow_exit(&failed), CLI_OTHER);
	assert_int_equal(follow_exit(&undone), CLI_OTHER);
	assert_int_equal(follow_exit(&back), CLI_OTHER);
}

static void it_waits_only_when_nothing_of_it_runs(void **state)
{
	struct mirror paused = mirror_in(STATE_PAUSED, REASON_OPERATOR, false);
	(void)state;
	assert_true(follow_is_waiting(&paused));
	assert_int_equal(follow_exit(&paused), CLI_WAITS);
	paused.counts[STATE_RUNNING] = 1;
	assert_false(follow_is_waiting(&paused));
	struct mirror running = mirror_in(STATE_RUNNING, REASON_RUNNING, false);
	assert_false(follow_is_waiting(&running));
	assert_false(follow_is_over(&running));
}

/* Frozen it waits for a person; with the thaw asked for it does not, though nothing runs yet. */
static void a_thaw_on_its_way_needs_nobody(void **state)
{
	struct mirror_more more = {.asked_us = 1};
	struct mirror_node node = {.state = STATE_PAUSED, .reason = REASON_FROZEN, .more = &more};
	struct mirror frozen = mirror_in(STATE_PAUSED, REASON_FROZEN, false);
	(void)state;
	frozen.nodes = &node;
	frozen.nodes_count = 1;
	assert_true(follow_is_waiting(&frozen));
	more.freezing = true;
	assert_false(follow_is_waiting(&frozen));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_node_shows_its_exit),
		cmocka_unit_test(an_ignored_failure_says_which),
		cmocka_unit_test(what_waits_in_a_run_that_ended_did_not_start),
		cmocka_unit_test(an_execution_that_failed_is_called_so),
		cmocka_unit_test(an_unknown_outcome_is_said_as_such),
		cmocka_unit_test(what_was_undone_is_never_called_recovered),
		cmocka_unit_test(a_backoff_says_when_it_is_tried_again),
		cmocka_unit_test(a_question_comes_before_everything),
		cmocka_unit_test(times_are_shown_where_they_mean_something),
		cmocka_unit_test(counts_name_only_states_that_occur),
		cmocka_unit_test(an_unknown_state_does_not_break_us),
		cmocka_unit_test(an_end_decides_the_exit_status),
		cmocka_unit_test(it_waits_only_when_nothing_of_it_runs),
		cmocka_unit_test(a_thaw_on_its_way_needs_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
