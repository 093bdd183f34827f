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

#include "tests/unit/lab.h"

static struct plan *plan_of(struct lab *lab, const char *id)
{
	struct plan *plan;

	assert_int_equal(plan_make(lab->execution, lab_index(lab, id), NULL, 0, &plan, &lab->err),
			 0);
	return plan;
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
	assert_int_equal(plan_make(lab.execution, 9, NULL, 0, &plan, &lab.err), -ERR_NOT_FOUND);
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
	assert_int_equal(plan_make(lab.execution, 0, &past, 1, &plan, &lab.err), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_stand_in_the_order_in_which_they_are_done),
		cmocka_unit_test(nothing_is_planned_for_what_never_started),
		cmocka_unit_test(a_file_that_did_not_change_needs_no_row),
		cmocka_unit_test(past_a_point_of_no_return_only_by_name),
		cmocka_unit_test(what_is_not_known_is_said),
		cmocka_unit_test(a_shown_plan_holds_until_it_gets_worse),
		cmocka_unit_test(equal_plans_have_equal_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
