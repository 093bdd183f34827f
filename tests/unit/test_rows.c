/* SPDX-License-Identifier: MIT
 *
 * The projection: rows of executions, nodes, attempts, revisions and acts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/rows.h"
#include "tests/unit/lab.h"

static const struct lab_node nodes[] = {{.id = "a", .artifact = "f", .undo = true, .risk = 0.7},
					{.id = "b", .needs = "a"}};

static void an_execution_row_says_where_it_stands(void **state)
{
	struct execution_row row;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	rows_of_execution(lab.execution, &row);
	assert_string_equal(row.name, "lab#7");
	assert_string_equal(row.workflow, "lab");
	assert_string_equal(row.actor, "ana");
	assert_string_equal(row.id, lab.execution->id);
	assert_int_equal(row.state, STATE_RUNNING);
	assert_int_equal(row.nodes_count, 2);
	assert_int_equal(row.counts[STATE_COMPLETED], 1);
	assert_int_equal(row.counts[STATE_PENDING], 1);
	assert_int_equal(row.created_us, 1000000);
	assert_true(row.started_us > 0);
	assert_int_equal(row.seq, lab.execution->seq);
	assert_false(row.ended);
	lab_close(&lab);
}

static void attempts_count_from_the_start_not_from_the_intent(void **state)
{
	struct node_row row;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	(void)lab_admit(&lab);
	rows_of_node(lab.execution, 0, &row);
	assert_int_equal(row.attempt, 0);
	assert_int_equal(row.reason, REASON_READY);
	lab_start(&lab, "a");
	rows_of_node(lab.execution, 0, &row);
	assert_int_equal(row.attempt, 1);
	assert_int_equal(row.pid, 4711);
	assert_string_equal(row.id, "a");
	assert_string_equal(row.phase, "");
	assert_true(row.risk > 0.6);
	assert_int_equal(row.version, lab_node(&lab, "a")->version);
	lab_close(&lab);
}

static void an_exit_is_shown_as_what_it_was(void **state)
{
	static const struct lab_node one[] = {{.id = "a"}};
	struct node_row row;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, one, .max_parallel = 1);
	rows_of_node(lab.execution, 0, &row);
	assert_false(row.has_exit_code);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 3), 0);
	rows_of_node(lab.execution, 0, &row);
	assert_true(row.has_exit_code);
	assert_int_equal(row.exit_code, 3);
	assert_int_equal(row.signal, 0);
	assert_string_equal(row.message, "exit 3");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_SIGNAL, 9), 0);
	rows_of_node(lab.execution, 0, &row);
	assert_false(row.has_exit_code);
	assert_int_equal(row.signal, 9);
	lab_close(&lab);
}

static void a_stored_word_is_shown_as_pending(void **state)
{
	struct node_row row;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	rows_of_node(lab.execution, 0, &row);
	assert_true(row.verdict_pending);
	lab_close(&lab);
}

struct gathered {
	struct attempt_row attempts[20];
	struct revision_row revisions[20];
	struct act_row acts[20];
	int attempts_count, revisions_count, acts_count;
};

static void add_attempt(void *ctx, const struct attempt_row *row)
{
	struct gathered *all = ctx;

	all->attempts[all->attempts_count++] = *row;
}

static void add_revision(void *ctx, const struct revision_row *row)
{
	struct gathered *all = ctx;

	all->revisions[all->revisions_count++] = *row;
}

static void add_act(void *ctx, const struct act_row *row)
{
	struct gathered *all = ctx;

	all->acts[all->acts_count++] = *row;
}

static void events_bring_attempts_revisions_and_acts(void **state)
{
	struct gathered all = {0};
	struct rows_sink sink = {add_attempt, add_revision, add_act, &all};
	const struct attempt_row *last;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_complete(&lab, "a");
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	lab_start(&lab, "a");
	lab.now_us += 5;
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	/* The whole journal on the last state: revisions are found by their event. */
	for (size_t i = 0; i < lab.journal.count; i++)
		rows_of(lab.execution, &lab.journal.events[i], &sink);
	assert_int_equal(all.acts_count, 1);
	assert_string_equal(all.acts[0].verb, "rollback");
	assert_string_equal(all.acts[0].actor, "ana");
	assert_int_equal(all.revisions_count, 2);
	assert_string_equal(all.revisions[0].path, "f");
	assert_int_equal(all.revisions[0].revision.moment, MOMENT_BEFORE);
	assert_int_equal(all.revisions[1].revision.moment, MOMENT_AFTER);
	assert_int_equal(all.attempts_count, 6); /* dispatched, started, exited; twice */
	last = &all.attempts[5];
	assert_int_equal(last->kind, ATTEMPT_UNDO);
	assert_int_equal(last->number, 1);
	assert_int_equal(last->exit_kind, EXIT_STATUS);
	assert_int_equal(last->ended_us, last->started_us + 5);
	assert_int_equal(all.attempts[0].exit_kind, EXIT_NONE);
	assert_int_equal(all.attempts[0].ended_us, 0);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_execution_row_says_where_it_stands),
		cmocka_unit_test(attempts_count_from_the_start_not_from_the_intent),
		cmocka_unit_test(an_exit_is_shown_as_what_it_was),
		cmocka_unit_test(a_stored_word_is_shown_as_pending),
		cmocka_unit_test(events_bring_attempts_revisions_and_acts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
