/* SPDX-License-Identifier: MIT
 *
 * The plan of a rollback: rows, order, warnings, what is refused, when a shown plan still holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/plan_words.h"
#include "tests/unit/lab.h"

static struct plan *plan_for(struct lab *lab, const struct plan_ask *ask)
{
	struct plan *plan;

	assert_int_equal(plan_make(lab->execution, ask, &plan, &lab->err), 0);
	return plan;
}

static struct plan *plan_of(struct lab *lab, const char *id)
{
	return plan_for(lab, &(struct plan_ask){.node = lab_index(lab, id)});
}

/* "undo b, restore a f, …" */
static void assert_rows(struct lab *lab, const struct plan *plan, const char *wanted)
{
	char text[500] = "";

	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];
		size_t length = strlen(text);

		(void)snprintf(text + length, sizeof(text) - length, "%s%s %s%s%s", i ? ", " : "",
			       plan_action_name(row->action),
			       lab->execution->workflow->nodes[row->node].id, row->path ? " " : "",
			       row->path ? row->path : "");
	}
	assert_string_equal(text, wanted);
}

static void rows_stand_in_the_order_in_which_they_are_done(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .undo = true, .artifact = "f", .hook = true},
		{.id = "b", .needs = "a", .artifact = "g"},
		{.id = "c", .needs = "a"},
		{.id = "d", .needs = "b c"}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 4);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	lab_start(&lab, "c");
	plan = plan_of(&lab, "a");
	assert_null(plan->refused);
	assert_int_equal(plan->nodes_count, 3);
	assert_rows(&lab, plan, "stop c, no_undo c, restore b g, undo a, restore a f, hook a f");
	assert_int_equal(plan->rows[0].warnings, PLAN_WARN_PARTIAL);
	assert_true(plan->rows[1].warnings & PLAN_WARN_NO_UNDO);
	assert_int_equal(plan->rows[3].warnings, 0);
	assert_int_equal(plan->rows[2].from->blob[0], 'b');
	assert_int_equal(plan->rows[2].to->blob[0], 'a');
	assert_int_equal(plan->version, lab.execution->seq);
	plan_free(plan);
	lab_close(&lab);
}

static void nothing_is_planned_for_what_never_started(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .needs = "a", .undo = true}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	plan = plan_of(&lab, "a");
	assert_string_equal(plan->refused, "a has not started: nothing to undo");
	assert_int_equal(plan->rows_count, 0);
	plan_free(plan);
	assert_int_equal(lab_rollback(&lab, "a"), -ERR_REFUSED);
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	plan = plan_of(&lab, "a");
	assert_rows(&lab, plan, "nothing a");
	assert_null(plan->refused);
	plan_free(plan);
	assert_int_equal(plan_make(lab.execution, &(struct plan_ask){.node = 9}, &plan, &lab.err),
			 -ERR_NOT_FOUND);
	lab_close(&lab);
}

static void what_changes_nothing_needs_no_undo(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .changes_nothing = true},
						{.id = "b", .needs = "a", .changes_nothing = true}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	lab_start(&lab, "b");
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 1), 0);
	plan = plan_of(&lab, "a");
	assert_rows(&lab, plan, "nothing b, nothing a");
	assert_int_equal(plan->rows[0].warnings, 0); /* it failed, and still changed nothing */
	assert_int_equal(plan->rows[1].warnings, 0);
	assert_null(plan->refused);
	plan_free(plan);
	lab_close(&lab);
}

static void a_file_that_did_not_change_needs_no_row(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'a'), 0);
	plan = plan_of(&lab, "a");
	assert_int_equal(plan->rows_count, 0);
	assert_int_equal(plan->nodes_count, 1);
	assert_null(plan->refused);
	plan_free(plan);
	lab_close(&lab);
}

static void past_a_point_of_no_return_only_by_name(void **state)
{
	static const struct lab_node nodes[] = {
		{.id = "a", .undo = true},
		{.id = "b", .needs = "a", .undo = true, .irreversible = "mail is out"}};
	uint32_t past = 1;
	struct plan *plan;
	struct act act = {.verb = VERB_ROLLBACK, .node = 0, .actor = "ana"};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	plan = plan_of(&lab, "a");
	assert_rows(&lab, plan, "irreversible b, undo b, undo a");
	assert_non_null(strstr(plan->refused, "mail is out"));
	act.plan = plan;
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ACT, .act = &act}),
			 -ERR_REFUSED);
	plan_free(plan);
	plan = plan_for(&lab, &(struct plan_ask){.past = &past, .past_count = 1});
	assert_null(plan->refused);
	act.plan = plan;
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ACT, .act = &act}), 0);
	plan_free(plan);
	assert_state(&lab, "b", "RECOVERING undo_waiting");
	lab_close(&lab);
}

static void what_is_not_known_is_said(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true, .on_lost = ON_LOST_FAIL}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	plan = plan_of(&lab, "a");
	assert_int_equal(plan->rows[0].warnings, PLAN_WARN_UNKNOWN | PLAN_WARN_PARTIAL);
	plan_free(plan);
	lab_close(&lab);
}

static void a_shown_plan_holds_until_it_gets_worse(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .needs = "a", .undo = true},
						{.id = "c", .needs = "b", .undo = true}};
	struct act act = {.verb = VERB_ROLLBACK, .node = 0, .actor = "ana"};
	struct input input = {.kind = INPUT_ACT, .act = &act};
	struct plan *shown, *later;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	assert_int_equal(lab_feed(&lab, &input), -ERR_INVALID); /* none was shown */
	lab_complete(&lab, "a");
	shown = plan_of(&lab, "a");
	lab_start(&lab, "b");
	later = plan_of(&lab, "a");
	assert_false(plan_covers(shown, later));
	assert_true(plan_covers(later, later));
	assert_string_not_equal(shown->id, later->id);
	act.plan = shown;
	assert_int_equal(lab_feed(&lab, &input), -ERR_CONFLICT);
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 0), 0); /* fewer rows: still covered */
	act.plan = later;
	assert_int_equal(lab_feed(&lab, &input), 0);
	plan_free(shown);
	plan_free(later);
	lab_close(&lab);
}

static void equal_plans_have_equal_ids(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true}, {.id = "b"}};
	struct plan *first, *second;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	first = plan_of(&lab, "a");
	lab_complete(&lab, "b"); /* it has no part in it */
	second = plan_of(&lab, "a");
	assert_string_equal(first->id, second->id);
	assert_int_equal(strlen(first->id), 8);
	plan_free(first);
	plan_free(second);
	lab_close(&lab);
}

/* ---- levels ------------------------------------------------------------------------------ */

static void a_phase_goes_back_with_those_after_it(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .phase = 1, .undo = true},
						{.id = "c", .phase = 1, .undo = true},
						{.id = "d", .phase = 2, .undo = true}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1, .phases = 3);
	lab_complete(&lab, "a");
	plan = plan_for(&lab, &(struct plan_ask){.level = PLAN_OF_PHASE, .phase = 1});
	assert_non_null(strstr(plan->refused, "no node of phase"));
	plan_free(plan);
	lab_complete(&lab, "b");
	lab_complete(&lab, "c");
	lab_start(&lab, "d");
	plan = plan_for(&lab, &(struct plan_ask){.level = PLAN_OF_PHASE, .phase = 1});
	assert_rows(&lab, plan, "stop d, undo d, undo c, undo b");
	assert_int_equal(plan->untouched_count, 1);
	assert_int_equal(plan->untouched[0], 0);
	assert_true(plan->live);
	plan_free(plan);
	plan = plan_for(&lab, &(struct plan_ask){.level = PLAN_OF_ALL});
	assert_rows(&lab, plan, "stop d, undo d, undo c, undo b, undo a");
	plan_free(plan);
	assert_int_equal(plan_make(lab.execution,
				   &(struct plan_ask){.level = PLAN_OF_PHASE, .phase = 3}, &plan,
				   &lab.err),
			 -ERR_NOT_FOUND);
	lab_close(&lab);
}

static void what_stands_on_what_goes_cannot_be_left_out(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .undo = true},
						{.id = "c", .phase = 1, .undo = true}};
	uint32_t b = 1, c = 2;
	struct plan_ask ask = {.level = PLAN_OF_PHASE, .exclude = &c, .exclude_count = 1};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1, .phases = 2);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	lab_complete(&lab, "c");
	plan = plan_for(&lab, &ask);
	assert_string_equal(plan->refused, "c stands on what would be taken back: leave that out "
					   "too, or roll it back as well");
	plan_free(plan);
	ask.exclude = &b;
	plan = plan_for(&lab, &ask);
	assert_null(plan->refused);
	assert_rows(&lab, plan, "undo c, undo a");
	assert_false(plan->rows[0].excludable);
	assert_true(plan->rows[1].excludable);
	plan_free(plan);
	lab_close(&lab);
}

static void one_file_goes_back_and_its_node_stays(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .hook = true},
						{.id = "b", .needs = "a"},
						{.id = "c", .needs = "a"}};
	struct plan_ask ask = {.level = PLAN_OF_ARTIFACT};
	struct act act = {.verb = VERB_ROLLBACK, .node = 0, .actor = "ana"};
	struct plan *plan;
	struct lab lab;
	char effects[100];

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	lab_complete(&lab, "c");
	assert_state(&lab, NULL, "COMPLETED ok");
	plan = plan_for(&lab, &ask);
	assert_null(plan->refused);
	assert_rows(&lab, plan, "restore a f, hook a f, stale b, stale c");
	act.plan = plan;
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ACT, .act = &act}), 0);
	plan_free(plan);
	assert_string_equal(lab.said, "act a, rollback_started, undo_waiting a, stale b, stale c");
	assert_state(&lab, NULL, "RECOVERING undoing");
	(void)lab_admit(&lab);
	assert_string_equal(lab_effects(&lab, "a", effects), "restore");
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_node(&lab, "a")->live_kind, ATTEMPT_HOOK);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_string_equal(lab.said, "exited a, kept a, rollback_ended, ended");
	assert_state(&lab, "a", "COMPLETED ok");
	assert_true(lab_node(&lab, "b")->stale);
	assert_state(&lab, NULL, "COMPLETED ok");
	assert_int_equal(lab_rollback(&lab, "b"), 0); /* and it can be taken back as before */
	lab_close(&lab);
}

static void one_file_goes_back_to_any_revision_but_not_under_a_live_node(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct plan_ask ask = {.level = PLAN_OF_ARTIFACT};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	lab_start(&lab, "a");
	plan = plan_for(&lab, &ask);
	assert_non_null(strstr(plan->refused, "a has not ended and may write f"));
	plan_free(plan);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 1), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	ask.revision = execution_newest_revision(lab.execution, 0, 0)->seq;
	plan = plan_for(&lab, &ask);
	assert_null(plan->refused);
	assert_int_equal(plan->rows[0].to->blob[0], 'b');
	plan_mark(plan, 0, PLAN_AS_WANTED, NULL);
	plan_judge(plan, lab.execution);
	assert_non_null(strstr(plan->refused, "already"));
	plan_free(plan);
	ask.revision = 999;
	plan = plan_for(&lab, &ask);
	assert_string_equal(plan->refused, "f of a has no revision r999");
	plan_free(plan);
	lab_close(&lab);
}

/* ---- files of others --------------------------------------------------------------------- */

static void a_changed_file_needs_a_word_of_its_own(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"}};
	struct plan_file file = {0, 0};
	struct plan_ask ask = {.level = PLAN_OF_NODE};
	struct plan *plan, *shown;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	lab_complete(&lab, "a");
	shown = plan_for(&lab, &ask);
	plan = plan_for(&lab, &ask);
	plan_mark(plan, 0, PLAN_CHANGED, NULL);
	plan_judge(plan, lab.execution);
	assert_non_null(strstr(plan->refused, "--overwrite a:f"));
	assert_string_not_equal(plan->id, shown->id);
	assert_false(plan_covers(shown, plan)); /* it got worse */
	assert_true(plan->rows[0].worse);
	assert_true(plan_covers(plan, shown)); /* better is fine */
	plan_free(plan);
	ask.overwrite = &file;
	ask.overwrite_count = 1;
	plan = plan_for(&lab, &ask);
	plan_mark(plan, 0, PLAN_CHANGED, NULL);
	plan_judge(plan, lab.execution);
	assert_null(plan->refused);
	plan_free(plan);
	ask = (struct plan_ask){.level = PLAN_OF_NODE, .keep = &file, .keep_count = 1};
	plan = plan_for(&lab, &ask); /* left as it is */
	assert_int_equal(plan->rows_count, 0);
	assert_null(plan->refused);
	plan_free(plan);
	plan_free(shown);
	lab_close(&lab);
}

static void complete_with(struct lab *lab, const char *id, char before, char after)
{
	(void)lab_admit(lab);
	assert_int_equal(lab_capture(lab, id, MOMENT_BEFORE, before), 0);
	assert_int_equal(lab_say(lab, INPUT_DISPATCHED, id), 0);
	assert_int_equal(lab_say(lab, INPUT_STARTED, id), 0);
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture(lab, id, MOMENT_AFTER, after), 0);
}

/* Else it would be found out half way, with the file as it is. */
static void what_was_not_kept_is_said_before(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .max_size = 10}};
	struct event_item large = {.kind = "artifact", .name = "f", .mode = 0100644, .size = 11};
	struct plan_ask ask = {.level = PLAN_OF_ARTIFACT};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	assert_int_equal(lab_capture_item(&lab, "a", large), 0);
	assert_state(&lab, "a", "FAILED check");
	ask.revision = execution_newest_revision(lab.execution, 0, 0)->seq;
	plan = plan_for(&lab, &ask);
	assert_non_null(strstr(plan->refused, "were kept, it had 11 bytes: name another revision"));
	plan_free(plan);
	ask.revision = 0; /* as it was before */
	plan = plan_for(&lab, &ask);
	assert_null(plan->refused);
	plan_free(plan);
	lab_close(&lab);
}

static void two_nodes_of_one_file_give_it_back_in_turn(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"},
						{.id = "b", .needs = "a", .artifact = "f"}};
	struct plan_ask one = {.level = PLAN_OF_ARTIFACT};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	complete_with(&lab, "a", 'a', 'b');
	complete_with(&lab, "b", 'b', 'c');
	plan = plan_of(&lab, "a");
	assert_rows(&lab, plan, "restore b f, restore a f");
	assert_false(plan->rows[0].later);
	assert_true(plan->rows[1].later);
	assert_null(plan->refused);
	plan_free(plan);
	plan = plan_for(&lab, &one); /* b wrote it last, and is no part of it */
	assert_string_equal(plan->rows[0].conflict, "b wrote it since");
	assert_int_equal(plan->rows[0].from->blob[0], 'c');
	plan_free(plan);
	lab_close(&lab);
}

static void an_edit_between_two_nodes_is_seen(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"},
						{.id = "b", .needs = "a", .artifact = "f"}};
	struct plan *plan;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	complete_with(&lab, "a", 'a', 'b');
	complete_with(&lab, "b", 'x', 'c');
	plan = plan_of(&lab, "a");
	assert_non_null(strstr(plan->refused, "somebody changed it after a and before b"));
	assert_true(plan->rows[1].warnings & PLAN_WARN_CHANGED);
	plan_free(plan);
	lab_close(&lab);
}

/* ---- words ------------------------------------------------------------------------------- */

static void words_say_what_goes_back(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .artifact = "f"},
						{.id = "b", .needs = "a", .artifact = "f"}};
	static const char *const files[] = {"a:f"}, *const both[] = {"b", "f"};
	struct plan_words words = {.artifact = "f", .overwrite = files, .overwrite_count = 1};
	struct arena arena = {0};
	struct plan_ask ask;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	complete_with(&lab, "a", 'a', 'b');
	complete_with(&lab, "b", 'b', 'c');
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err), 0);
	assert_int_equal(ask.level, PLAN_OF_ARTIFACT);
	assert_int_equal(ask.node, 1); /* who wrote it last */
	assert_int_equal(ask.overwrite[0].node, 0);
	assert_string_equal(plan_ask_to_words(lab.execution, &ask, &arena).value, "b:f");
	words = (struct plan_words){.all = true, .exclude = both, .exclude_count = 2};
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err), 0);
	assert_int_equal(ask.exclude_count, 1);
	assert_int_equal(ask.keep_count, 1);
	words = (struct plan_words){.node = "a", .all = true};
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_INVALID);
	words = (struct plan_words){.node = "a", .revision = "r1"};
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_INVALID);
	words = (struct plan_words){.artifact = "f", .revision = "x1"};
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_INVALID);
	words = (struct plan_words){.artifact = "nowhere"};
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_NOT_FOUND);
	words = (struct plan_words){.phase = "nowhere"};
	assert_int_equal(plan_ask_from_words(lab.execution, &words, &arena, &ask, &lab.err),
			 -ERR_NOT_FOUND);
	arena_release(&arena);
	lab_close(&lab);
}

static void a_saved_plan_holds_by_what_it_said(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .needs = "a", .undo = true}};
	static const char *const partial[] = {"ran only part way"};
	const struct plan_said said[] = {{"undo", "b", "", "", partial, 1, false},
					 {"undo", "a", "", "", NULL, 0, false},
					 {"undo", "gone", "", "", NULL, 0, false}};
	struct plan *shown, *now;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 2);
	lab_complete(&lab, "a");
	lab_complete(&lab, "b");
	shown = plan_recall(lab.execution, said, 3);
	assert_int_equal(shown->rows_count, 2);
	now = plan_of(&lab, "a");
	assert_true(plan_covers(shown, now));
	plan_free(shown);
	shown = plan_recall(lab.execution, said + 1, 1);
	assert_false(plan_covers(shown, now));
	assert_true(now->rows[0].worse);
	assert_false(now->rows[1].worse);
	plan_free(shown);
	plan_free(now);
	lab_close(&lab);
}

static int64_t estimate_of(struct lab *lab, const struct plan_history *history, int64_t *row_us)
{
	struct plan_ask ask = {.level = PLAN_OF_ALL};
	struct plan *plan = plan_for(lab, &ask);
	int64_t estimate_us;

	plan_estimate(plan, lab->execution, history);
	estimate_us = plan->estimate_us;
	for (uint32_t i = 0; i < plan->rows_count; i++)
		row_us[i] = plan->rows[i].estimate_us;
	plan_free(plan);
	return estimate_us;
}

static void a_plan_takes_as_long_as_its_longest_chain_or_its_slots(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true},
						{.id = "b", .needs = "a", .undo = true},
						{.id = "c", .needs = "a", .undo = true}};
	struct plan_history *history = plan_history_new();
	int64_t row_us[3] = {0};

	(void)state;
	for (uint32_t slots = 1; slots <= 2; slots++) {
		struct lab lab;

		LAB_OPEN(&lab, nodes, .max_parallel = slots);
		lab_complete(&lab, "a");
		lab_complete(&lab, "b");
		lab_complete(&lab, "c");
		if (slots == 1) {
			assert_int_equal(estimate_of(&lab, NULL, row_us), 0);
			assert_int_equal(estimate_of(&lab, history, row_us), 0);
			plan_history_add(history, "a", 0, ATTEMPT_UNDO, 1);
			plan_history_add(history, "b", 0, ATTEMPT_UNDO, 9);
			plan_history_add(history, "b", 0, ATTEMPT_UNDO, 2);
			plan_history_add(history, "b", 0, ATTEMPT_UNDO, 3);
			plan_history_add(history, "b", 0, ATTEMPT_RUN, 100);
			plan_history_add(history, "b", 0, ATTEMPT_HOOK, 100); /* it has none */
			plan_history_add(history, NULL, 2, ATTEMPT_UNDO, 5);
			plan_history_add(history, "c", 0, ATTEMPT_UNDO, 50); /* another version */
		}
		assert_int_equal(estimate_of(&lab, history, row_us), slots == 1 ? 9 : 6);
		assert_int_equal(row_us[0], 5); /* c, b, a */
		assert_int_equal(row_us[1], 3);
		assert_int_equal(row_us[2], 1);
		lab_close(&lab);
	}
	plan_history_free(history);
}

static void the_estimate_is_on_record(void **state)
{
	static const struct lab_node nodes[] = {{.id = "a", .undo = true}};
	struct plan_history *history = plan_history_new();
	struct act act = {.verb = VERB_ROLLBACK, .node = 0, .actor = "ana"};
	const struct event *began = NULL;
	struct plan *plan;
	struct lab lab;

	(void)state;
	plan_history_add(history, "a", 0, ATTEMPT_UNDO, 7000000);
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	plan = plan_of(&lab, "a");
	plan_estimate(plan, lab.execution, history);
	act.plan = plan;
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_ACT, .act = &act}), 0);
	for (size_t i = 0; i < lab.journal.count; i++)
		if (lab.journal.events[i].kind == EVENT_ROLLBACK_STARTED)
			began = &lab.journal.events[i];
	assert_non_null(began);
	assert_int_equal(began->interval_us, 7000000);
	plan_free(plan);
	plan_history_free(history);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_stand_in_the_order_in_which_they_are_done),
		cmocka_unit_test(nothing_is_planned_for_what_never_started),
		cmocka_unit_test(what_changes_nothing_needs_no_undo),
		cmocka_unit_test(a_file_that_did_not_change_needs_no_row),
		cmocka_unit_test(past_a_point_of_no_return_only_by_name),
		cmocka_unit_test(what_is_not_known_is_said),
		cmocka_unit_test(a_shown_plan_holds_until_it_gets_worse),
		cmocka_unit_test(equal_plans_have_equal_ids),
		cmocka_unit_test(a_phase_goes_back_with_those_after_it),
		cmocka_unit_test(what_stands_on_what_goes_cannot_be_left_out),
		cmocka_unit_test(one_file_goes_back_and_its_node_stays),
		cmocka_unit_test(one_file_goes_back_to_any_revision_but_not_under_a_live_node),
		cmocka_unit_test(a_changed_file_needs_a_word_of_its_own),
		cmocka_unit_test(what_was_not_kept_is_said_before),
		cmocka_unit_test(two_nodes_of_one_file_give_it_back_in_turn),
		cmocka_unit_test(an_edit_between_two_nodes_is_seen),
		cmocka_unit_test(words_say_what_goes_back),
		cmocka_unit_test(a_saved_plan_holds_by_what_it_said),
		cmocka_unit_test(a_plan_takes_as_long_as_its_longest_chain_or_its_slots),
		cmocka_unit_test(the_estimate_is_on_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
