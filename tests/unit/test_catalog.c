/* SPDX-License-Identifier: MIT
 *
 * The catalog: rows come back as they were put in, reads between begin and end see one state, and
 * what a person types means one execution or is refused.
 */
#include "store/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/journal.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

struct fixture {
	struct home *home;
	struct journal *journal;
	struct catalog *catalog;
};

static struct fixture begin(void **state)
{
	struct fixture fixture = {.home = store_home(state)};
	struct err err = {0};
	uint64_t term;

	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &fixture.journal, NULL), 0);
	assert_int_equal(journal_begin_term(fixture.journal, &term, NULL), 0);
	if (catalog_open(fixture.home, &fixture.catalog, &err) < 0)
		fail_msg("%s", err.message);
	return fixture;
}

static void end(struct fixture *fixture)
{
	catalog_close(fixture->catalog);
	journal_close(fixture->journal);
	store_home_free(fixture->home);
}

/* ---- rows --------------------------------------------------------------------------------- */

static int see_execution(void *ctx, const struct execution_row *row, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%s %s %u %d %d %u %u;", row->name, row->workflow, row->number,
		   (int)row->state, row->ended, row->counts[STATE_PENDING],
		   row->counts[STATE_RUNNING]);
	return 0;
}

static void expect_executions(struct fixture *fixture, const char *workflow, uint32_t limit,
			      const char *expected)
{
	struct buf seen;

	buf_init(&seen, 1000);
	assert_int_equal(
		catalog_executions(fixture->catalog, workflow, limit, see_execution, &seen, NULL),
		0);
	assert_string_equal(buf_text(&seen), expected);
	buf_release(&seen);
}

static void executions_come_newest_first(void **state)
{
	struct fixture fixture = begin(state);

	expect_executions(&fixture, NULL, 0, "");
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_add_ended(fixture.journal, 2, 2, "b", 1, 5);
	store_add_execution(fixture.journal, 3, 3, "a", 2);
	expect_executions(&fixture, NULL, 0, "a#2 a 2 1 0 1 1;b#1 b 1 3 1 1 1;a#1 a 1 1 0 1 1;");
	expect_executions(&fixture, NULL, 1, "a#2 a 2 1 0 1 1;");
	expect_executions(&fixture, "a", 0, "a#2 a 2 1 0 1 1;a#1 a 1 1 0 1 1;");
	end(&fixture);
}

static void one_execution_comes_by_its_id(void **state)
{
	struct fixture fixture = begin(state);
	struct buf seen;
	char id[ULID_TEXT];

	buf_init(&seen, 100);
	store_id(1, id);
	assert_int_equal(catalog_execution(fixture.catalog, id, see_execution, &seen, NULL),
			 -ERR_NOT_FOUND);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	assert_int_equal(catalog_execution(fixture.catalog, id, see_execution, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "a#1 a 1 1 0 1 1;");
	buf_release(&seen);
	end(&fixture);
}

static int see_node(void *ctx, const struct node_row *row, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%u %s %s %.1f %d %d%d%d %d:%d %s %llu;", row->index, row->id, row->phase,
		   row->risk, (int)row->state, row->held, row->stale, row->verdict_pending,
		   row->has_exit_code, row->exit_code, row->message,
		   (unsigned long long)row->version);
	return 0;
}

static void a_node_row_comes_back_and_is_replaced(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct node_row row = store_node(1, 3, STATE_RUNNING);
	struct buf seen;

	buf_init(&seen, 1000);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	row.held = row.verdict_pending = true;
	journal_batch_node(&batch, &row);
	row = store_node(1, 3, STATE_FAILED);
	row.has_exit_code = true;
	row.exit_code = 3;
	row.message = "curl: (7)";
	row.stale = true;
	journal_batch_node(&batch, &row);
	row = store_node(1, 2, STATE_RUNNING);
	row.held = row.verdict_pending = true;
	journal_batch_node(&batch, &row);
	store_commit(fixture.journal, &batch);
	assert_int_equal(catalog_nodes(fixture.catalog, row.execution, see_node, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "2 node2 switch 0.4 1 101 0:0  7;"
					     "3 node3 switch 0.4 4 010 1:3 curl: (7) 7;");
	buf_release(&seen);
	end(&fixture);
}

static int see_attempt(void *ctx, const struct attempt_row *row, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%u/%d/%u exit %d %d at %lld-%lld;", row->node, (int)row->kind, row->number,
		   (int)row->exit_kind, row->code, (long long)row->started_us,
		   (long long)row->ended_us);
	return 0;
}

static void add_attempt_of(struct fixture *fixture, unsigned execution, uint32_t node,
			   enum attempt_kind kind, uint32_t number, int64_t started_us,
			   int64_t ended_us)
{
	struct journal_batch batch = {0};
	struct rows_sink sink = journal_batch_sink(&batch);
	struct attempt_row row = {.node = node,
				  .kind = kind,
				  .number = number,
				  .exit_kind = ended_us ? EXIT_STATUS : EXIT_NONE,
				  .started_us = started_us,
				  .ended_us = ended_us};

	store_id(execution, row.execution);
	sink.attempt(sink.ctx, &row);
	store_commit(fixture->journal, &batch);
}

static void add_attempt(struct fixture *fixture, uint32_t node, uint32_t number, int64_t started_us,
			int64_t ended_us)
{
	add_attempt_of(fixture, 1, node, ATTEMPT_RUN, number, started_us, ended_us);
}

static void an_attempt_is_written_when_it_starts_and_when_it_ends(void **state)
{
	struct fixture fixture = begin(state);
	struct buf seen;
	char id[ULID_TEXT];

	buf_init(&seen, 1000);
	store_id(1, id);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	add_attempt(&fixture, 1, 1, 10, 0);
	add_attempt(&fixture, 1, 1, 10, 30);
	add_attempt(&fixture, 2, 1, 40, 0);
	assert_int_equal(
		catalog_attempts(fixture.catalog, id, EVENT_NO_NODE, see_attempt, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "1/1/1 exit 1 0 at 10-30;2/1/1 exit 0 0 at 40-0;");
	buf_clear(&seen);
	assert_int_equal(catalog_attempts(fixture.catalog, id, 2, see_attempt, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "2/1/1 exit 0 0 at 40-0;");
	buf_release(&seen);
	end(&fixture);
}

static int see_revision(void *ctx, const struct revision_row *row, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%s r%llu %d %.4s %lld %o;", row->path,
		   (unsigned long long)row->revision.seq, row->revision.absent, row->revision.blob,
		   (long long)row->revision.size, row->revision.mode);
	return 0;
}

static void revisions_come_in_order(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct rows_sink sink = journal_batch_sink(&batch);
	struct revision_row row = {.path = "proxy.conf",
				   .revision = {.seq = 5, .absent = true, .node = 1}};
	struct buf seen;

	buf_init(&seen, 1000);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_id(1, row.execution);
	sink.revision(sink.ctx, &row);
	row.revision =
		(struct revision){.seq = 9, .node = 1, .blob = "abcdef", .size = 12, .mode = 0640};
	sink.revision(sink.ctx, &row);
	store_commit(fixture.journal, &batch);
	assert_int_equal(
		catalog_revisions(fixture.catalog, row.execution, 1, see_revision, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "proxy.conf r5 1  0 0;proxy.conf r9 0 abcd 12 640;");
	buf_release(&seen);
	end(&fixture);
}

/* By what stat says of the file: it is what a node left, or it is nobody's. */
static void who_left_a_file_as_it_is_is_known(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct rows_sink sink = journal_batch_sink(&batch);
	struct node_row node = store_node(1, 1, STATE_COMPLETED);
	struct revision_row row = {.path = "f"};
	struct event_item now = {.inode = 7, .mtime_ns = 100, .size = 12};
	struct arena arena = {0};
	const char *writer = "x";

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	journal_batch_node(&batch, &node);
	store_id(1, row.execution);
	row.revision = (struct revision){.seq = 5,
					 .node = 1,
					 .blob = "abcdef",
					 .size = 12,
					 .mtime_ns = 100,
					 .inode = 7,
					 .moment = MOMENT_BEFORE};
	sink.revision(sink.ctx, &row);
	row.revision.seq = 9;
	row.revision.mtime_ns = 200;
	row.revision.moment = MOMENT_AFTER;
	sink.revision(sink.ctx, &row);
	store_commit(fixture.journal, &batch);
	assert_int_equal(catalog_writer(fixture.catalog, &now, &arena, &writer, NULL), 0);
	assert_null(writer); /* it was found so, and not made so */
	now.mtime_ns = 200;
	assert_int_equal(catalog_writer(fixture.catalog, &now, &arena, &writer, NULL), 0);
	assert_string_equal(writer, "node1 of a#1");
	now.size = 13;
	assert_int_equal(catalog_writer(fixture.catalog, &now, &arena, &writer, NULL), 0);
	assert_null(writer);
	arena_release(&arena);
	end(&fixture);
}

static int see_event(void *ctx, const struct event *event, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%llu %d;", (unsigned long long)event->seq, (int)event->kind);
	return 0;
}

static void events_come_after_a_number_and_up_to_a_limit(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct buf seen;
	char id[ULID_TEXT];

	buf_init(&seen, 1000);
	store_id(1, id);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	for (uint64_t seq = 2; seq < 7; seq++) {
		struct event event = store_exited(1, seq, 0);

		journal_batch_event(&batch, &event);
	}
	store_commit(fixture.journal, &batch);
	assert_int_equal(catalog_events(fixture.catalog, id, 3, 2, see_event, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "4 25;5 25;");
	buf_clear(&seen);
	assert_int_equal(catalog_events(fixture.catalog, id, 0, 0, see_event, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "1 1;2 25;3 25;4 25;5 25;6 25;");
	buf_release(&seen);
	end(&fixture);
}

static void durations_are_of_completed_runs_newest_first(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct node_row row = store_node(1, 1, STATE_COMPLETED);
	int64_t durations[4] = {0};

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	journal_batch_node(&batch, &row);
	store_commit(fixture.journal, &batch);
	add_attempt(&fixture, 1, 1, 10, 30);
	add_attempt(&fixture, 1, 2, 100, 150);
	add_attempt(&fixture, 1, 3, 200, 0);
	assert_int_equal(
		catalog_durations(fixture.catalog, "a", "node1", ATTEMPT_RUN, durations, 4, NULL),
		2);
	assert_int_equal(durations[0], 50);
	assert_int_equal(durations[1], 20);
	assert_int_equal(
		catalog_durations(fixture.catalog, "a", "node1", ATTEMPT_RUN, durations, 1, NULL),
		1);
	assert_int_equal(
		catalog_durations(fixture.catalog, "a", "none", ATTEMPT_RUN, durations, 4, NULL),
		0);
	end(&fixture);
}

static void see_undo(void *ctx, const char *node, uint32_t number, enum attempt_kind kind,
		     int64_t took_us)
{
	buf_printf(ctx, "%s/%u %s %lld;", node ? node : "", number, attempt_kind_name(kind),
		   (long long)took_us);
}

static void add_ran(struct fixture *fixture, unsigned execution, bool rolled_back)
{
	struct execution_row header = store_execution(execution, "a", execution);
	struct node_row row = store_node(execution, 1, STATE_COMPLETED);
	struct journal_batch batch = {0};

	store_add_execution(fixture->journal, execution, execution, "a", execution);
	header.counts[STATE_RECOVERED] = rolled_back;
	header.blob = execution == 1 ? "another version" : "";
	journal_batch_execution(&batch, &header);
	journal_batch_node(&batch, &row);
	store_commit(fixture->journal, &batch);
	add_attempt_of(fixture, execution, 1, ATTEMPT_RUN, 1, 10, 20);
	add_attempt_of(fixture, execution, 1, ATTEMPT_UNDO, 1, 30, 30 + execution);
	add_attempt_of(fixture, execution, 1, ATTEMPT_HOOK, 1, 50, 55);
	add_attempt_of(fixture, execution, 1, ATTEMPT_UNDO, 2, 60, 0); /* under way */
}

static void undos_are_those_of_executions_that_were_rolled_back(void **state)
{
	struct fixture fixture = begin(state);
	struct buf seen;
	char id[ULID_TEXT];

	buf_init(&seen, 4096);
	add_ran(&fixture, 1, true);
	add_ran(&fixture, 2, false);
	add_ran(&fixture, 3, true);
	store_add_execution(fixture.journal, 4, 4, "b", 1);
	store_id(2, id);
	assert_int_equal(catalog_undos(fixture.catalog, id, see_undo, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen), "/1 undo 3;/1 hook 5;node1/1 undo 1;node1/1 hook 5;");
	buf_clear(&seen);
	store_id(4, id); /* another workflow's */
	assert_int_equal(catalog_undos(fixture.catalog, id, see_undo, &seen, NULL), 0);
	assert_int_equal(seen.length, 0);
	buf_release(&seen);
	end(&fixture);
}

/* ---- one state ---------------------------------------------------------------------------- */

static void reads_between_begin_and_end_see_one_state(void **state)
{
	struct fixture fixture = begin(state);
	uint64_t seq = 0;

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	assert_int_equal(catalog_begin(fixture.catalog, &seq, NULL), 0);
	assert_int_equal(seq, 1);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	expect_executions(&fixture, NULL, 0, "a#1 a 1 1 0 1 1;");
	catalog_end(fixture.catalog);
	expect_executions(&fixture, NULL, 0, "a#2 a 2 1 0 1 1;a#1 a 1 1 0 1 1;");
	assert_int_equal(catalog_begin(fixture.catalog, &seq, NULL), 0);
	assert_int_equal(seq, 2);
	catalog_end(fixture.catalog);
	end(&fixture);
}

static int ask_again(void *ctx, const struct execution_row *row, struct err *err)
{
	struct fixture *fixture = ctx;
	struct buf seen;

	(void)row;
	(void)err;
	buf_init(&seen, 1000);
	assert_int_equal(catalog_executions(fixture->catalog, NULL, 0, see_execution, &seen, NULL),
			 0);
	assert_string_equal(buf_text(&seen), "a#2 a 2 1 0 1 1;a#1 a 1 1 0 1 1;");
	buf_release(&seen);
	return 0;
}

static void a_question_can_be_asked_while_it_is_answered(void **state)
{
	struct fixture fixture = begin(state);

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	assert_int_equal(catalog_executions(fixture.catalog, NULL, 0, ask_again, &fixture, NULL),
			 0);
	end(&fixture);
}

static int refuse(void *ctx, const struct execution_row *row, struct err *err)
{
	++*(int *)ctx;
	return err_set(err, ERR_CANCELLED, "enough of %s", row->name);
}

static void a_callback_that_fails_ends_the_reading(void **state)
{
	struct fixture fixture = begin(state);
	struct err err = {0};
	int calls = 0;

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	assert_int_equal(catalog_executions(fixture.catalog, NULL, 0, refuse, &calls, &err),
			 -ERR_CANCELLED);
	assert_int_equal(calls, 1);
	expect_executions(&fixture, NULL, 1, "a#2 a 2 1 0 1 1;");
	end(&fixture);
}

static void there_is_nothing_to_open_before_the_journal(void **state)
{
	struct home *home = store_home(state);
	struct catalog *catalog;

	assert_true(catalog_open(home, &catalog, NULL) < 0);
	store_home_free(home);
}

/* ---- names -------------------------------------------------------------------------------- */

static void expect_name(struct fixture *fixture, const char *text, enum catalog_use use,
			unsigned execution)
{
	char id[ULID_TEXT], expected[ULID_TEXT];
	struct err err = {0};

	store_id(execution, expected);
	if (catalog_resolve(fixture->catalog, text, use, id, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(id, expected);
}

static void expect_no_name(struct fixture *fixture, const char *text, enum catalog_use use,
			   int code, const char *word)
{
	char id[ULID_TEXT] = "untouched";
	struct err err = {0};

	assert_int_equal(catalog_resolve(fixture->catalog, text, use, id, &err), -code);
	if (!strstr(err.message, word))
		fail_msg("'%s' does not say '%s'", err.message, word);
	assert_string_equal(id, "untouched");
}

static void an_execution_is_named_by_workflow_and_number(void **state)
{
	struct fixture fixture = begin(state);

	store_add_execution(fixture.journal, 1, 1, "edge-cert", 1);
	store_add_execution(fixture.journal, 2, 2, "edge-cert", 2);
	expect_name(&fixture, "edge-cert#1", CATALOG_ACT, 1);
	expect_name(&fixture, "edge-cert#2", CATALOG_ACT, 2);
	expect_no_name(&fixture, "edge-cert#3", CATALOG_LOOK, ERR_NOT_FOUND, "edge-cert#3");
	expect_no_name(&fixture, "edge-cert#", CATALOG_LOOK, ERR_NOT_FOUND, "edge-cert#");
	expect_no_name(&fixture, "edge-cert#1x", CATALOG_LOOK, ERR_NOT_FOUND, "edge-cert#1x");
	expect_no_name(&fixture, "edge-cert#99999999999999999999", CATALOG_LOOK, ERR_NOT_FOUND,
		       "no execution");
	end(&fixture);
}

static void a_bare_name_is_the_newest_of_it(void **state)
{
	struct fixture fixture = begin(state);

	store_add_ended(fixture.journal, 1, 1, "a", 1, 5);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	store_add_execution(fixture.journal, 3, 3, "b", 1);
	expect_name(&fixture, "a", CATALOG_LOOK, 2);
	expect_name(&fixture, "a", CATALOG_ACT, 2);
	expect_name(&fixture, "@latest", CATALOG_LOOK, 3);
	expect_no_name(&fixture, "c", CATALOG_LOOK, ERR_NOT_FOUND, "'c'");
	end(&fixture);
}

static void an_act_on_a_name_that_means_two_is_refused(void **state)
{
	struct fixture fixture = begin(state);

	expect_no_name(&fixture, "@latest", CATALOG_LOOK, ERR_NOT_FOUND, "no execution");
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	expect_name(&fixture, "@latest", CATALOG_ACT, 1);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	expect_no_name(&fixture, "a", CATALOG_ACT, ERR_INVALID, "a#2, a#1");
	expect_no_name(&fixture, "@latest", CATALOG_ACT, ERR_INVALID, "a#2, a#1");
	expect_name(&fixture, "a", CATALOG_LOOK, 2);
	end(&fixture);
}

static void an_id_or_its_end_names_an_execution(void **state)
{
	struct fixture fixture = begin(state);
	char id[ULID_TEXT];

	store_add_execution(fixture.journal, 12345, 1, "a", 1);
	store_add_execution(fixture.journal, 22345, 2, "a", 2);
	store_id(12345, id);
	expect_name(&fixture, id, CATALOG_ACT, 12345);
	expect_name(&fixture, "12345", CATALOG_ACT, 12345);
	expect_no_name(&fixture, "2345", CATALOG_LOOK, ERR_INVALID, "a#2, a#1");
	expect_no_name(&fixture, "345", CATALOG_LOOK, ERR_NOT_FOUND, "'345'");
	expect_no_name(&fixture, "", CATALOG_LOOK, ERR_NOT_FOUND, "''");
	end(&fixture);
}

static void many_candidates_are_named_in_part(void **state)
{
	struct fixture fixture = begin(state);

	for (unsigned i = 1; i <= 9; i++)
		store_add_execution(fixture.journal, i, i, "a", i);
	expect_no_name(&fixture, "a", CATALOG_ACT, ERR_INVALID, "a#9, a#8, a#7, a#6, a#5, …");
	end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(executions_come_newest_first),
		TEST(one_execution_comes_by_its_id),
		TEST(a_node_row_comes_back_and_is_replaced),
		TEST(an_attempt_is_written_when_it_starts_and_when_it_ends),
		TEST(revisions_come_in_order),
		TEST(who_left_a_file_as_it_is_is_known),
		TEST(events_come_after_a_number_and_up_to_a_limit),
		TEST(durations_are_of_completed_runs_newest_first),
		TEST(undos_are_those_of_executions_that_were_rolled_back),
		TEST(reads_between_begin_and_end_see_one_state),
		TEST(a_question_can_be_asked_while_it_is_answered),
		TEST(a_callback_that_fails_ends_the_reading),
		TEST(there_is_nothing_to_open_before_the_journal),
		TEST(an_execution_is_named_by_workflow_and_number),
		TEST(a_bare_name_is_the_newest_of_it),
		TEST(an_act_on_a_name_that_means_two_is_refused),
		TEST(an_id_or_its_end_names_an_execution),
		TEST(many_candidates_are_named_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
