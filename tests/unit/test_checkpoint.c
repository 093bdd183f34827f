/* SPDX-License-Identifier: MIT
 *
 * Checkpoints: when one is taken, what it holds, how long it is kept, and the way back to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/checkpoint.h"
#include "model/limits.h"
#include "model/plan_words.h"
#include "tests/unit/lab.h"

static const struct lab_node nodes[] = {
	{.id = "a", .phase = 0, .undo = true, .artifact = "f"},
	{.id = "b", .phase = 1, .undo = true, .artifact = "g"},
	{.id = "c", .phase = 1, .undo = true, .needs = "b", .artifact = "h"}};

static size_t wants(const struct lab *lab)
{
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(lab->execution, EVENT_NO_NODE, effects);

	assert_true(!count || effects[0].kind == EFFECT_CHECKPOINT);
	return count;
}

static void recorded(struct lab *lab, const char *name)
{
	struct checkpoint checkpoint = {.name = name, .digest = "abcd"};

	memset(checkpoint.commit, 'c', sizeof(checkpoint.commit) - 1);
	assert_int_equal(lab_feed(lab, &(struct input){.kind = INPUT_CHECKPOINTED,
						       .node = EVENT_NO_NODE,
						       .checkpoint = &checkpoint}),
			 0);
}

static int take(struct lab *lab, const char *name)
{
	struct binding said = {"name", name};

	return lab_act_as(lab, &(struct act){.verb = VERB_CHECKPOINT,
					     .node = EVENT_NO_NODE,
					     .arguments = &said,
					     .arguments_count = name != NULL});
}

static void open_phases(struct lab *lab)
{
	LAB_OPEN(lab, nodes, .phases = 2, .on_failure = ON_FAILURE_CONTINUE);
}

static const struct checkpoint *find(const struct lab *lab, const char *name)
{
	const struct checkpoint *found = checkpoint_find(lab->execution, name);

	assert_non_null(found);
	return found;
}

static struct plan *plan_to(struct lab *lab, const char *name)
{
	struct plan_words words = {.checkpoint = name};
	struct arena arena = {0};
	struct plan_ask ask;
	struct plan *plan;

	assert_int_equal(plan_ask_from_words(lab->execution, &words, &arena, &ask, &lab->err), 0);
	assert_string_equal(plan_ask_to_words(lab->execution, &ask, &arena).value, name);
	assert_int_equal(plan_make(lab->execution, &ask, &plan, &lab->err), 0);
	arena_release(&arena);
	return plan;
}

static void roll_back_to(struct lab *lab, const char *name)
{
	struct plan *plan = plan_to(lab, name);

	assert_null(plan->refused);
	assert_int_equal(lab_act_as(lab, &(struct act){.verb = VERB_ROLLBACK,
						       .node = EVENT_NO_NODE,
						       .plan = plan}),
			 0);
	plan_free(plan);
}

/* The undo of a node, and its file if something is to be brought back. */
static void undo(struct lab *lab, const char *id)
{
	uint32_t node = lab_index(lab, id);

	lab_start(lab, id);
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, 0), 0);
	if (execution_has_target(lab->execution, node))
		assert_int_equal(lab_capture(lab, id, MOMENT_RESTORED,
					     execution_target(lab->execution, node, 0)->blob[0]),
				 0);
	assert_int_equal(lab_node(lab, id)->state, STATE_RECOVERED);
}

static void fail_once(struct lab *lab, const char *id, char left)
{
	lab_start(lab, id);
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, 1), 0);
	assert_int_equal(lab_capture(lab, id, MOMENT_AFTER, left), 0);
	assert_int_equal(lab_node(lab, id)->state, STATE_FAILED);
}

/* ---- taking one -------------------------------------------------------------------------- */

static void each_phase_ends_with_one(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	assert_int_equal(wants(&lab), 0);
	lab_complete(&lab, "a");
	assert_string_equal(lab.said, "captured a, completed a, checkpointing");
	assert_int_equal(wants(&lab), 1);
	assert_state(&lab, "b", "PENDING ready"); /* the next phase waits for nothing */
	recorded(&lab, "one");
	assert_int_equal(wants(&lab), 0);
	lab_complete(&lab, "b");
	assert_int_equal(wants(&lab), 0);
	lab_complete(&lab, "c");
	assert_string_equal(lab.said, "captured c, completed c, checkpointing, ended");
	assert_int_equal(wants(&lab), 1); /* even of one that has ended */
	recorded(&lab, "two");
	assert_int_equal(find(&lab, "two")->state, CHECKPOINT_KEPT);
	assert_string_equal(find(&lab, "two")->digest, "abcd");
	lab_close(&lab);
}

static void without_phases_there_is_none(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	lab_complete(&lab, "c");
	assert_int_equal(lab.execution->checkpoints_count, 0);
	lab_close(&lab);
}

static void it_holds_the_moment_that_it_was_asked_for(void **state)
{
	const struct checkpoint *one;
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	one = find(&lab, "one");
	assert_int_equal(one->nodes[0].state, STATE_COMPLETED);
	assert_int_equal(one->nodes[0].attempt, 1);
	assert_int_equal(one->nodes[1].state, STATE_PENDING);
	assert_int_equal(one->nodes[1].attempt, 0);
	assert_int_equal(checkpoint_revision(lab.execution, one, 0, 0)->blob[0], 'b');
	assert_null(checkpoint_revision(lab.execution, one, 1, 0));
	lab_close(&lab);
}

static void a_phase_that_is_passed_again_has_another(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	recorded(&lab, "one");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	undo(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	lab_complete(&lab, "a");
	assert_string_equal(checkpoint_wanted(lab.execution)->name, "one-2");
	lab_close(&lab);
}

static void by_hand_it_has_a_name_of_its_own(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	assert_int_equal(take(&lab, "lunch"), 0);
	assert_string_equal(lab.said, "act, checkpointing");
	assert_int_equal(take(&lab, "lunch"), -ERR_REFUSED);
	assert_int_equal(take(&lab, "Lunch"), -ERR_INVALID);
	assert_int_equal(take(&lab, "../x"), -ERR_INVALID);
	assert_int_equal(take(&lab, ""), -ERR_INVALID);
	assert_int_equal(take(&lab, NULL), 0);
	assert_int_equal(take(&lab, NULL), 0);
	assert_non_null(checkpoint_find(lab.execution, "by-hand-2"));
	assert_string_equal(checkpoint_wanted(lab.execution)->name, "lunch"); /* in their order */
	recorded(&lab, "by-hand"); /* late or wrong: nothing */
	assert_string_equal(lab.said, "");
	recorded(&lab, "lunch");
	assert_string_equal(checkpoint_wanted(lab.execution)->name, "by-hand");
	assert_int_equal(lab_act(&lab, VERB_CHECKPOINT, "a"), -ERR_INVALID);
	lab_close(&lab);
}

static void there_is_none_of_a_rollback_under_way(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	assert_int_equal(take(&lab, "x"), -ERR_REFUSED);
	lab_close(&lab);
}

static void one_that_failed_is_not_asked_for_again(void **state)
{
	struct lab lab;
	struct checkpoint checkpoint = {.name = "one"};
	struct input failed = {.kind = INPUT_CHECKPOINT_FAILED,
			       .node = EVENT_NO_NODE,
			       .checkpoint = &checkpoint,
			       .text = "the disk refused"};
	struct plan_ask ask = {.level = PLAN_OF_CHECKPOINT, .checkpoint = "one"};
	struct plan *plan;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	assert_int_equal(plan_make(lab.execution, &ask, &plan, &lab.err), -ERR_REFUSED);
	assert_non_null(strstr(lab.err.message, "being recorded"));
	assert_int_equal(lab_feed(&lab, &failed), 0);
	assert_string_equal(lab.said, "checkpoint_failed");
	assert_int_equal(wants(&lab), 0);
	assert_string_equal(find(&lab, "one")->message, "the disk refused");
	assert_int_equal(plan_make(lab.execution, &ask, &plan, &lab.err), -ERR_REFUSED);
	assert_non_null(strstr(lab.err.message, "the disk refused"));
	lab_close(&lab);
}

/* ---- keeping them ------------------------------------------------------------------------ */

static uint32_t count_kept(const struct lab *lab)
{
	uint32_t count = 0;

	for (size_t i = 0; i < lab->execution->checkpoints_count; i++)
		count += lab->execution->checkpoints[i].state == CHECKPOINT_KEPT;
	return count;
}

static void take_many(struct lab *lab, int count)
{
	for (int i = 0; i < count; i++) {
		char name[20];

		(void)snprintf(name, sizeof(name), "c%d", i);
		assert_int_equal(take(lab, name), 0);
		recorded(lab, name);
	}
}

static void only_the_newest_are_kept(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	take_many(&lab, CHECKPOINTS_KEPT);
	assert_int_equal(count_kept(&lab), CHECKPOINTS_KEPT);
	assert_int_equal(take(&lab, "more"), 0);
	recorded(&lab, "more");
	assert_string_equal(lab.said, "checkpointed, checkpoint_dropped");
	assert_int_equal(count_kept(&lab), CHECKPOINTS_KEPT);
	assert_int_equal(find(&lab, "c0")->state, CHECKPOINT_DROPPED);
	assert_null(find(&lab, "c0")->nodes);
	assert_int_equal(take(&lab, "c0"), -ERR_REFUSED); /* a name means one moment for ever */
	lab_close(&lab);
}

static void old_ones_go_when_a_new_one_comes(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	take_many(&lab, 3);
	lab.now_us += CHECKPOINTS_AGE_US + 1;
	assert_int_equal(count_kept(&lab), 3); /* the last that there are stay */
	assert_int_equal(take(&lab, "new"), 0);
	recorded(&lab, "new");
	assert_int_equal(count_kept(&lab), 1);
	lab_close(&lab);
}

static void there_is_a_limit(void **state)
{
	struct lab lab;

	(void)state;
	open_phases(&lab);
	while (lab.execution->checkpoints_count < LIMIT_CHECKPOINTS - 1) { /* as if */
		checkpoint_add(lab.execution)->state = CHECKPOINT_DROPPED;
		checkpoint_forget_nodes(
			&lab.execution->checkpoints[lab.execution->checkpoints_count - 1]);
	}
	assert_int_equal(take(&lab, "last"), 0);
	assert_int_equal(take(&lab, "one-more"), -ERR_LIMIT);
	lab_complete(&lab, "a");
	assert_int_equal(lab.execution->checkpoints_count, LIMIT_CHECKPOINTS);
	lab_close(&lab);
}

/* ---- going back to one ------------------------------------------------------------------- */

static void what_started_since_goes_back(void **state)
{
	struct plan *plan;
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	recorded(&lab, "one");
	lab_complete(&lab, "b");
	fail_once(&lab, "c", 'x');
	plan = plan_to(&lab, "one");
	assert_int_equal(plan->nodes_count, 2);
	assert_int_equal(plan->nodes[0], 2);
	assert_int_equal(plan->nodes[1], 1);
	assert_int_equal(plan->untouched_count, 1);
	assert_int_equal(plan->rows_count, 4); /* undo and restore of each */
	assert_int_equal(plan->rows[0].action, PLAN_UNDO);
	assert_int_equal(plan->rows[0].warnings, PLAN_WARN_PARTIAL);
	assert_int_equal(plan->rows[1].action, PLAN_RESTORE);
	assert_int_equal(plan->rows[1].to->blob[0], 'a');
	plan_free(plan);
	roll_back_to(&lab, "one");
	undo(&lab, "c");
	undo(&lab, "b");
	assert_state(&lab, "a", "COMPLETED ok");
	assert_state(&lab, "b", "RECOVERED undone");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), 0);
	lab_complete(&lab, "b");
	lab_close(&lab);
}

/* A checkpoint of what the first attempt of "a" left when it failed; then "a" is completed. */
static void fail_then_complete(struct lab *lab, const char *name, char left)
{
	open_phases(lab);
	fail_once(lab, "a", left);
	assert_int_equal(take(lab, name), 0);
	recorded(lab, name);
	assert_int_equal(lab_act(lab, VERB_RETRY, "a"), 0);
	lab_complete(lab, "a");
}

static void a_file_goes_to_what_it_was_then_not_to_what_its_node_found(void **state)
{
	struct plan *plan;
	struct lab lab;

	(void)state;
	fail_then_complete(&lab, "broken", 'x');
	plan = plan_to(&lab, "broken");
	assert_int_equal(plan->rows_count, 2);
	assert_int_equal(plan->rows[1].to->blob[0], 'x');
	assert_int_equal(plan->rows[1].from->blob[0], 'b');
	plan_free(plan);
	roll_back_to(&lab, "broken");
	assert_int_equal(execution_target(lab.execution, 0, 0)->blob[0], 'x');
	undo(&lab, "a");
	assert_int_equal(execution_newest_revision(lab.execution, 0, 0)->blob[0], 'x');
	lab_close(&lab);
}

static void a_file_that_is_as_it_was_then_stays(void **state)
{
	struct plan *plan;
	struct lab lab;

	(void)state;
	fail_then_complete(&lab, "same", 'b');
	plan = plan_to(&lab, "same");
	assert_int_equal(plan->rows_count, 1);
	assert_int_equal(plan->rows[0].action, PLAN_UNDO);
	plan_free(plan);
	roll_back_to(&lab, "same");
	assert_false(execution_has_target(lab.execution, 0)); /* not its pre-image either */
	undo(&lab, "a");
	lab_close(&lab);
}

static void what_ran_at_the_time_goes_back_too(void **state)
{
	struct plan *plan;
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_start(&lab, "a");
	assert_int_equal(take(&lab, "meanwhile"), 0);
	recorded(&lab, "meanwhile");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	recorded(&lab, "one");
	plan = plan_to(&lab, "meanwhile");
	assert_int_equal(plan->nodes_count, 1);
	assert_int_equal(plan->rows[1].to->blob[0], 'a');
	plan_free(plan);
	plan = plan_to(&lab, "one");
	assert_int_equal(plan->nodes_count, 0);
	assert_non_null(strstr(plan->refused, "nothing to undo"));
	plan_free(plan);
	lab_close(&lab);
}

static void what_was_taken_back_since_cannot_come_back(void **state)
{
	struct plan *plan;
	struct lab lab;

	(void)state;
	open_phases(&lab);
	assert_int_equal(take(&lab, "empty"), 0);
	recorded(&lab, "empty");
	lab_complete(&lab, "a");
	recorded(&lab, "one");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	undo(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	lab_complete(&lab, "a");
	plan = plan_to(&lab, "one");
	assert_non_null(strstr(plan->refused, "a was taken back since the checkpoint one"));
	assert_non_null(strstr(plan->refused, "--to empty"));
	plan_free(plan);
	roll_back_to(&lab, "empty");
	lab_close(&lab);
}

static void a_damaged_one_is_refused_and_the_one_before_it_offered(void **state)
{
	struct plan *plan;
	struct lab lab;

	(void)state;
	open_phases(&lab);
	assert_int_equal(take(&lab, "empty"), 0);
	recorded(&lab, "empty");
	lab_complete(&lab, "a");
	recorded(&lab, "one");
	lab_complete(&lab, "b");
	plan = plan_to(&lab, "one");
	plan_mark_damaged(plan, lab.execution, "artifacts/a/f: its SHA-256 differs");
	plan_judge(plan, lab.execution);
	assert_string_equal(plan->refused, "the checkpoint one is damaged: artifacts/a/f: its "
					   "SHA-256 differs; the one before it is empty: --to "
					   "empty");
	plan_free(plan);
	plan = plan_to(&lab, "empty");
	plan_mark_damaged(plan, lab.execution, "x");
	plan_judge(plan, lab.execution);
	assert_non_null(strstr(plan->refused, "there is none before it"));
	plan_free(plan);
	lab_close(&lab);
}

static void names_are_suggested(void **state)
{
	struct plan_words words = {.checkpoint = "onne"};
	struct arena arena = {0};
	struct plan_ask ask;
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_NOT_FOUND);
	assert_non_null(strstr(lab.err.message, "no checkpoint 'onne'"));
	assert_non_null(strstr(lab.err.message, "one"));
	words.phase = "one";
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_INVALID);
	arena_release(&arena);
	lab_close(&lab);
}

static void a_damaged_journal_is_refused(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *text;
	} wrong[] = {{EVENT_CHECKPOINTING, NULL},
		     {EVENT_CHECKPOINTING, "one"},
		     {EVENT_CHECKPOINTED, "none"},
		     {EVENT_CHECKPOINT_DROPPED, "one"},
		     {EVENT_CHECKPOINT_FAILED, NULL}};
	struct lab lab;

	(void)state;
	open_phases(&lab);
	lab_complete(&lab, "a");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct event event = {.kind = wrong[i].kind,
				      .text = wrong[i].text,
				      .node = EVENT_NO_NODE,
				      .seq = lab.seq + 1};

		assert_int_equal(execution_fold(lab.execution, &event, &lab.err), -ERR_CORRUPT);
	}
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_phase_ends_with_one),
		cmocka_unit_test(without_phases_there_is_none),
		cmocka_unit_test(it_holds_the_moment_that_it_was_asked_for),
		cmocka_unit_test(a_phase_that_is_passed_again_has_another),
		cmocka_unit_test(by_hand_it_has_a_name_of_its_own),
		cmocka_unit_test(there_is_none_of_a_rollback_under_way),
		cmocka_unit_test(one_that_failed_is_not_asked_for_again),
		cmocka_unit_test(only_the_newest_are_kept),
		cmocka_unit_test(old_ones_go_when_a_new_one_comes),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(what_started_since_goes_back),
		cmocka_unit_test(a_file_goes_to_what_it_was_then_not_to_what_its_node_found),
		cmocka_unit_test(a_file_that_is_as_it_was_then_stays),
		cmocka_unit_test(what_ran_at_the_time_goes_back_too),
		cmocka_unit_test(what_was_taken_back_since_cannot_come_back),
		cmocka_unit_test(a_damaged_one_is_refused_and_the_one_before_it_offered),
		cmocka_unit_test(names_are_suggested),
		cmocka_unit_test(a_damaged_journal_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
