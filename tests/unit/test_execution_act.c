/* SPDX-License-Identifier: MIT
 *
 * An operator's word: each act where it applies and where it does not, verdicts, compare-and-set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lab.h"

static const struct lab_node chain[] = {
	{.id = "a"}, {.id = "b", .needs = "a"}, {.id = "c", .needs = "b"}};
static const struct lab_node pair[] = {{.id = "a"}, {.id = "b"}};

static void refused(struct lab *lab, enum verb verb, const char *id, const char *why)
{
	uint64_t seq = lab->execution->seq;

	assert_int_equal(lab_act(lab, verb, id), -ERR_REFUSED);
	if (!strstr(lab->err.message, why))
		fail_msg("'%s' does not say '%s'", lab->err.message, why);
	assert_int_equal(lab->execution->seq, seq);
}

static void pause_takes_back_intents_and_resume_gives_them_again(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, pair, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_true(lab_node(&lab, "b")->intended);
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_string_equal(lab.said, "act, paused, revoked b");
	assert_state(&lab, NULL, "PAUSED operator");
	assert_int_equal(lab_admit(&lab), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "COMPLETED ok");
	assert_false(lab.execution->ended);
	refused(&lab, VERB_PAUSE, NULL, "paused already");
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	refused(&lab, VERB_RESUME, NULL, "is not paused");
	lab_complete(&lab, "b");
	assert_int_equal(lab_node(&lab, "b")->attempt, 1);
	assert_state(&lab, NULL, "COMPLETED ok");
	refused(&lab, VERB_PAUSE, NULL, "has ended");
	refused(&lab, VERB_RESUME, NULL, "retry opens it again");
	refused(&lab, VERB_CANCEL, NULL, "has ended");
	lab_close(&lab);
}

static void an_execution_ends_although_it_is_paused(void **state)
{
	static const struct lab_node one[] = {{.id = "a"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, one, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void cancel_stops_what_runs_and_leaves_the_rest_pending(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_string_equal(lab.said, "act, cancelled, verdict a");
	assert_state(&lab, NULL, "RUNNING stopping");
	refused(&lab, VERB_CANCEL, NULL, "cancelled already");
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_int_equal(lab_node(&lab, "a")->exit_kind, EXIT_SIGNAL); /* kept as evidence */
	assert_state(&lab, "b", "PENDING waiting");
	assert_state(&lab, NULL, "FAILED cancelled");
	lab_close(&lab);
}

static void cancel_before_anything_started_ends_at_once(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_string_equal(lab.said, "act, cancelled, revoked a, ended");
	assert_state(&lab, NULL, "FAILED cancelled");
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), 0);
	assert_string_equal(lab.said, "act, reopened");
	lab_complete(&lab, "a");
	lab_close(&lab);
}

static void cancel_of_a_node_waits_for_the_proof(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, pair, .on_failure = ON_FAILURE_CONTINUE);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "a"), 0);
	assert_state(&lab, "a", "RUNNING stopping");
	refused(&lab, VERB_CANCEL, "a", "being stopped already");
	/* It ended well after all: the word stands, the exit is kept. */
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_state(&lab, "a", "FAILED cancelled");
	assert_int_equal(lab_node(&lab, "a")->exit_kind, EXIT_STATUS);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "b"), 0); /* only intended */
	assert_state(&lab, "b", "FAILED cancelled");
	assert_int_equal(lab_node(&lab, "b")->attempt, 0);
	refused(&lab, VERB_CANCEL, "b", "has failed: nothing to cancel");
	lab_close(&lab);
}

static void a_completed_node_is_not_cancelled_but_rolled_back(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_complete(&lab, "a");
	refused(&lab, VERB_CANCEL, "a",
		"a has completed: nothing to cancel; to take it back: rollback");
	refused(&lab, VERB_RETRY, "a", "has completed");
	refused(&lab, VERB_SKIP, "a", "has completed");
	refused(&lab, VERB_HOLD, "a",
		"the hold came too late: a has completed; only a node that has not started");
	refused(&lab, VERB_ANSWER, "a", "asks nothing");
	lab_close(&lab);
}

static void unkillable_stands_whatever_was_said(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_UNKILLABLE, 0), 0);
	assert_state(&lab, "a", "FAILED unkillable");
	assert_state(&lab, "b", "PENDING waiting");
	lab_close(&lab);
}

static void retry_opens_a_failed_execution(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	refused(&lab, VERB_RETRY, NULL, "nothing to retry");
	refused(&lab, VERB_RETRY, "a", "has not started");
	lab_start(&lab, "a");
	refused(&lab, VERB_RETRY, "a", "is running");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_true(lab.execution->draining);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	assert_string_equal(lab.said, "act a, reopened, reset a");
	assert_false(lab.execution->draining);
	assert_state(&lab, NULL, "RUNNING running");
	lab_complete(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->attempt, 2);
	lab_complete(&lab, "b");
	lab_complete(&lab, "c");
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void retry_of_what_is_still_blocked_says_by_what(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, "b"), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	refused(&lab, VERB_RETRY, "b", "b needs a, which has failed: retry that first");
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), 0); /* both */
	assert_state(&lab, "a", "PENDING ready");
	assert_state(&lab, "b", "PENDING waiting");
	lab_close(&lab);
}

static void retry_ends_a_wait(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .retries = 3}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_state(&lab, "a", "PENDING backoff");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	assert_state(&lab, "a", "PENDING ready");
	assert_int_equal(lab_node(&lab, "a")->tries, 0);
	lab_close(&lab);
}

static void skip_frees_what_waits(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	assert_string_equal(lab.said, "act a, revoked a, completed a");
	assert_state(&lab, "a", "COMPLETED skipped");
	assert_state(&lab, "b", "PENDING ready");
	lab_start(&lab, "b");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "b"), 0);
	assert_state(&lab, "b", "RUNNING stopping");
	assert_state(&lab, "c", "PENDING waiting"); /* never before the proof */
	assert_int_equal(lab_exit(&lab, "b", EXIT_SIGNAL, 9), 0);
	assert_state(&lab, "b", "COMPLETED skipped");
	lab_start(&lab, "c");
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 1), 0);
	assert_state(&lab, NULL, "FAILED nodes");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "c"), 0);
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void done_asks_for_the_outputs(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .output = "serial"}};
	static const struct binding good[] = {{"serial", "42"}}, wrong[] = {{"cereal", "42"}};
	struct act act = {.verb = VERB_DONE, .node = 0, .actor = "ana"};
	struct input input = {.kind = INPUT_ACT, .act = &act};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	refused(&lab, VERB_DONE, "a", "--output serial=VALUE");
	act.arguments = wrong;
	act.arguments_count = 1;
	assert_int_equal(lab_feed(&lab, &input), -ERR_INVALID);
	act.arguments = good;
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	assert_string_equal(lab_node(&lab, "a")->outputs[0].value, "42");
	lab_close(&lab);
}

static void done_of_a_live_node_keeps_the_outputs_said(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .output = "serial", .artifact = "f"}};
	static const struct binding said[] = {{"serial", "42"}};
	struct act act = {.verb = VERB_DONE,
			  .node = 0,
			  .actor = "ana",
			  .arguments = said,
			  .arguments_count = 1};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ACT, .act = &act}), 0);
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 15), 0);
	assert_state(&lab, "a", "RUNNING capturing");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	assert_string_equal(lab_node(&lab, "a")->outputs[0].value, "42");
	lab_close(&lab);
}

static void a_word_about_a_node_whose_outputs_are_awaited_applies_at_once(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .output = "serial"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	refused(&lab, VERB_CANCEL, "a", "has exited");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	assert_state(&lab, "a", "COMPLETED skipped");
	lab_close(&lab);
}

static void a_held_node_waits_and_then_stands_paused(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	assert_int_equal(lab_act(&lab, VERB_HOLD, "b"), 0);
	assert_state(&lab, "b", "PENDING waiting");
	refused(&lab, VERB_HOLD, "b", "held already");
	lab_complete(&lab, "a");
	assert_state(&lab, "b", "PAUSED held");
	assert_state(&lab, NULL, "PAUSED held");
	refused(&lab, VERB_RESUME, NULL, "release it");
	assert_int_equal(lab_act(&lab, VERB_RELEASE, "b"), 0);
	assert_state(&lab, "b", "PENDING ready");
	refused(&lab, VERB_RELEASE, "b", "not held");
	(void)lab_admit(&lab);
	assert_int_equal(lab_act(&lab, VERB_HOLD, "b"), 0); /* only intended: taken back */
	assert_string_equal(lab.said, "act b, revoked b, held b");
	assert_state(&lab, "b", "PAUSED held");
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_state(&lab, "b", "PENDING ready"); /* nothing starts any more: nothing is held up */
	assert_state(&lab, NULL, "FAILED cancelled");
	lab_close(&lab);
}

static void a_running_node_cannot_be_held(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	lab_start(&lab, "a");
	refused(&lab, VERB_HOLD, "a", "is running");
	assert_non_null(strstr(lab.err.message, "came too late"));
	lab_close(&lab);
}

static void a_node_in_backoff_can_be_held(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .retries = 3}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_act(&lab, VERB_HOLD, "a"), 0);
	assert_state(&lab, "a", "PENDING backoff");
	lab.now_us = lab_node(&lab, "a")->due_us;
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_DUE}), 0);
	assert_state(&lab, "a", "PAUSED held");
	lab_close(&lab);
}

static void acts_carry_who_why_and_what_was_seen(void **state)
{
	struct act act = {
		.verb = VERB_SKIP, .node = 0, .actor = "ana", .note = "why", .request = "r1"};
	struct input input = {.kind = INPUT_ACT, .act = &act};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	act.version = lab_node(&lab, "a")->version;
	(void)lab_admit(&lab); /* a moved on */
	assert_int_equal(lab_feed(&lab, &input), -ERR_CONFLICT);
	act.version = lab_node(&lab, "a")->version;
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab.list.events[0].verb, "skip");
	assert_string_equal(lab.list.events[0].actor, "ana");
	assert_string_equal(lab.list.events[0].note, "why");
	assert_string_equal(lab.list.events[0].request, "r1");
	lab_close(&lab);
}

static void an_execution_conflicts_only_when_it_changed_itself(void **state)
{
	struct act act = {.verb = VERB_CANCEL, .node = EVENT_NO_NODE, .actor = "ana"};
	struct input input = {.kind = INPUT_ACT, .act = &act};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	act.version = lab.execution->seq;
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_int_equal(lab_feed(&lab, &input), -ERR_CONFLICT);
	act.version = lab.execution->seq;
	assert_int_equal(lab_act(&lab, VERB_HOLD, "c"), 0); /* of one node */
	assert_int_equal(lab_feed(&lab, &input), 0);
	lab_close(&lab);
}

static void malformed_acts_are_refused(void **state)
{
	struct act act = {.verb = VERB_SKIP, .node = 99};
	struct input input = {.kind = INPUT_ACT, .act = &act};
	char note[5000];
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, chain, .max_parallel = 1);
	assert_int_equal(lab_feed(&lab, &input), -ERR_NOT_FOUND);
	assert_int_equal(lab_act(&lab, VERB_SKIP, NULL), -ERR_INVALID);
	assert_int_equal(lab_act(&lab, VERB_PAUSE, "a"), -ERR_INVALID);
	assert_int_equal(lab_act(&lab, VERB_NONE, NULL), -ERR_INVALID);
	act = (struct act){.verb = VERB_NOTE, .node = EVENT_NO_NODE};
	assert_int_equal(lab_feed(&lab, &input), -ERR_INVALID);
	memset(note, 'x', sizeof(note));
	note[4097] = '\0';
	act.note = note;
	assert_int_equal(lab_feed(&lab, &input), -ERR_LIMIT);
	note[4096] = '\0';
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab.said, "act");
	lab_close(&lab);
}

static void secrets_are_forgotten_when_nothing_needs_them(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "key", .secret = true},
						{.id = "b", .artifact = "plain"}};
	struct binding which = {"artifact", "plain"};
	struct act act = {.verb = VERB_FORGET, .node = EVENT_NO_NODE};
	struct input input = {.kind = INPUT_ACT, .act = &act, .node = EVENT_NO_NODE};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	lab_complete(&lab, "a");
	refused(&lab, VERB_FORGET, NULL, "has not ended");
	lab_complete(&lab, "b");
	assert_int_equal(lab_act(&lab, VERB_FORGET, "a"), -ERR_INVALID);
	act.arguments = &which;
	act.arguments_count = 1;
	assert_int_equal(lab_feed(&lab, &input), -ERR_NOT_FOUND);
	which.value = "key";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_string_equal(lab.said, "act");
	assert_int_equal(lab_act(&lab, VERB_FORGET, NULL), 0);
	assert_state(&lab, NULL, "COMPLETED ok");
	lab_close(&lab);
}

static void ask_lost(struct lab *lab, const struct lab_node *nodes)
{
	lab_open(lab, nodes, 1, &(const struct lab_options){.max_parallel = 1});
	lab_start(lab, "a");
	assert_int_equal(lab_say(lab, INPUT_LOST, "a"), 0);
	if (nodes[0].artifact) { /* what it left is recorded first */
		assert_state(lab, "a", "RUNNING capturing");
		assert_int_equal(lab_capture(lab, "a", MOMENT_AFTER, 'l'), 0);
	}
	assert_state(lab, "a", "PAUSED asking");
	assert_state(lab, NULL, "PAUSED asking");
	refused(lab, VERB_RESUME, NULL, "answer it");
}

static void every_answer_to_lost(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true}};
	static const struct {
		enum answer answer;
		const char *becomes;
	} ways[] = {{ANSWER_HAPPENED, "COMPLETED by_hand"},
		    {ANSWER_AGAIN, "PENDING ready"},
		    {ANSWER_UNDO, "RECOVERING undo_waiting"},
		    {ANSWER_BY_HAND, "COMPLETED by_hand"},
		    {ANSWER_LEAVE, "FAILED lost"}};
	struct lab lab;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		ask_lost(&lab, nodes);
		assert_int_equal(lab_answer(&lab, "a", ways[i].answer), 0);
		assert_state(&lab, "a", ways[i].becomes);
		lab_close(&lab);
	}
	ask_lost(&lab, nodes);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_NONE), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0); /* answers too */
	assert_state(&lab, "a", "PENDING ready");
	lab_close(&lab);
	ask_lost(&lab, nodes);
	assert_int_equal(lab_act(&lab, VERB_DONE, "a"), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	lab_close(&lab);
	ask_lost(&lab, nodes);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_state(&lab, "a", "FAILED lost"); /* its outcome is still unknown */
	assert_state(&lab, NULL, "FAILED cancelled");
	lab_close(&lab);
}

static void what_happened_is_recorded(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .output = "serial"}};
	struct lab lab;
	char effects[100];

	(void)state;
	ask_lost(&lab, nodes);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_BY_HAND), -ERR_REFUSED);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_HAPPENED), 0);
	assert_state(&lab, "a", "RUNNING capturing");
	assert_string_equal(lab_effects(&lab, "a", effects), "capture_after");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_string_equal(lab_effects(&lab, "a", effects), "collect");
	assert_int_equal(lab_say(&lab, INPUT_COLLECTED, "a"), 0);
	assert_state(&lab, "a", "COMPLETED by_hand");
	lab_close(&lab);
}

static void verbs_and_answers_have_names(void **state)
{
	enum verb verb;
	enum answer answer;

	(void)state;
	for (int i = 1; i < VERBS; i++) {
		assert_true(verb_parse(verb_name((enum verb)i), &verb));
		assert_int_equal(verb, i);
	}
	assert_false(verb_parse("explode", &verb));
	assert_false(verb_parse("", &verb));
	assert_true(answer_parse("by-hand", &answer));
	assert_int_equal(answer, ANSWER_BY_HAND);
	assert_false(answer_parse("perhaps", &answer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pause_takes_back_intents_and_resume_gives_them_again),
		cmocka_unit_test(an_execution_ends_although_it_is_paused),
		cmocka_unit_test(cancel_stops_what_runs_and_leaves_the_rest_pending),
		cmocka_unit_test(cancel_before_anything_started_ends_at_once),
		cmocka_unit_test(cancel_of_a_node_waits_for_the_proof),
		cmocka_unit_test(a_completed_node_is_not_cancelled_but_rolled_back),
		cmocka_unit_test(unkillable_stands_whatever_was_said),
		cmocka_unit_test(retry_opens_a_failed_execution),
		cmocka_unit_test(retry_of_what_is_still_blocked_says_by_what),
		cmocka_unit_test(retry_ends_a_wait),
		cmocka_unit_test(skip_frees_what_waits),
		cmocka_unit_test(done_asks_for_the_outputs),
		cmocka_unit_test(done_of_a_live_node_keeps_the_outputs_said),
		cmocka_unit_test(a_word_about_a_node_whose_outputs_are_awaited_applies_at_once),
		cmocka_unit_test(a_held_node_waits_and_then_stands_paused),
		cmocka_unit_test(a_running_node_cannot_be_held),
		cmocka_unit_test(a_node_in_backoff_can_be_held),
		cmocka_unit_test(acts_carry_who_why_and_what_was_seen),
		cmocka_unit_test(an_execution_conflicts_only_when_it_changed_itself),
		cmocka_unit_test(malformed_acts_are_refused),
		cmocka_unit_test(every_answer_to_lost),
		cmocka_unit_test(what_happened_is_recorded),
		cmocka_unit_test(secrets_are_forgotten_when_nothing_needs_them),
		cmocka_unit_test(verbs_and_answers_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
