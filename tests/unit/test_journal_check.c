/* SPDX-License-Identifier: MIT
 *
 * Check and rebuild: a healthy journal has no problem, each kind of damage is one, and rebuilding
 * gives the rows that the events say.
 */
#include "store/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/db.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

static const char yaml[] = "name: lab\nnodes:\n  - {id: a, run: 'true'}\n"
			   "  - {id: b, run: 'true', needs: [a]}\n";

struct fixture {
	struct home *home;
	struct journal *journal;
	struct execution *execution;
	struct event_list events; /* all of them; the first is CREATED */
	struct buf problems;
};

static int create(void *ctx, const struct event *created, struct execution **out, struct err *err)
{
	struct workflow *workflow;
	struct graph *graph;
	struct buf problems;

	(void)ctx;
	buf_init(&problems, 4096);
	if (workflow_read("lab.yaml", yaml, strlen(yaml), &workflow, &problems) < 0)
		fail_msg("%s", buf_text(&problems));
	buf_release(&problems);
	assert_int_equal(graph_compile(workflow, &graph, err), 0);
	*out = execution_new(workflow, graph, created);
	return 0;
}

static const struct journal_loader loader = {.create = create};

/* Decides, numbers and folds. */
static void feed(struct fixture *fixture, const struct input *input)
{
	size_t i = fixture->events.count;
	struct err err = {0};

	if (execution_decide(fixture->execution, input, &fixture->events, &err) < 0)
		fail_msg("%s", err.message);
	for (; i < fixture->events.count; i++) {
		struct event *event = &fixture->events.events[i];

		event->seq = i + 1;
		memcpy(event->execution, fixture->execution->id, sizeof(event->execution));
		if (execution_fold(fixture->execution, event, &err) < 0)
			fail_msg("%s", err.message);
	}
}

static void feed_attempt(struct fixture *fixture, enum input_kind kind, int32_t code)
{
	struct input input = {.kind = kind,
			      .time_us = 5,
			      .attempt_kind = ATTEMPT_RUN,
			      .attempt = 1,
			      .exit_kind = kind == INPUT_EXITED ? EXIT_STATUS : EXIT_NONE,
			      .code = code};

	feed(fixture, &input);
}

static void run_and_fail(struct fixture *fixture)
{
	struct act act = {.verb = VERB_NOTE, .node = EVENT_NO_NODE, .actor = "ana", .note = "look"};
	struct event *created = event_list_add(&fixture->events, EVENT_CREATED, EVENT_NO_NODE, 1);

	created->seq = 1;
	created->text = "lab";
	created->number = 1;
	store_id(1, created->execution);
	assert_int_equal(create(NULL, created, &fixture->execution, NULL), 0);
	feed(fixture, &(struct input){.kind = INPUT_ADMIT, .time_us = 2});
	feed_attempt(fixture, INPUT_DISPATCHED, 0);
	feed_attempt(fixture, INPUT_STARTED, 0);
	feed_attempt(fixture, INPUT_EXITED, 3);
	feed(fixture,
	     &(struct input){.kind = INPUT_ACT, .time_us = 6, .node = EVENT_NO_NODE, .act = &act});
}

/* A journal with one execution: a ran and failed, an operator noted it. */
static void begin(void **state, struct fixture *fixture)
{
	struct journal_batch batch = {0};
	struct err err = {0};
	uint64_t term;

	*fixture = (struct fixture){.home = store_home(state)};
	buf_init(&fixture->problems, 1 << 20);
	assert_int_equal(journal_open(fixture->home, DURABILITY_FULL, &fixture->journal, NULL), 0);
	assert_int_equal(journal_begin_term(fixture->journal, &term, NULL), 0);
	run_and_fail(fixture);
	for (size_t i = 0; i < fixture->events.count; i++)
		journal_batch_event(&batch, &fixture->events.events[i]);
	store_commit(fixture->journal, &batch);
	if (journal_rebuild(fixture->journal, &loader, &err) < 0)
		fail_msg("%s", err.message);
}

static void end(struct fixture *fixture)
{
	execution_free(fixture->execution);
	event_list_release(&fixture->events);
	journal_close(fixture->journal);
	store_home_free(fixture->home);
	buf_release(&fixture->problems);
}

static int check(struct fixture *fixture)
{
	struct err err = {0};
	int count;

	buf_clear(&fixture->problems);
	count = journal_check(fixture->journal, &loader, &fixture->problems, &err);
	if (count < 0)
		fail_msg("%s", err.message);
	return count;
}

/* Damages the tables behind the journal's back. */
static void damage(struct fixture *fixture, const char *text)
{
	struct db db;
	struct err err = {0};

	assert_int_equal(db_open(&db, fixture->home->database, DB_WRITE, NULL), 0);
	if (db_exec(&db, text, &err) < 0)
		fail_msg("%s", err.message);
	db_close(&db);
}

static void expect_problem(struct fixture *fixture, const char *sql, const char *word)
{
	damage(fixture, sql);
	assert_int_equal(check(fixture), 1);
	if (!strstr(buf_text(&fixture->problems), word))
		fail_msg("'%s' is not in: %s", word, buf_text(&fixture->problems));
}

static void a_healthy_journal_has_no_problem(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	if (check(&fixture) != 0)
		fail_msg("%s", buf_text(&fixture.problems));
	end(&fixture);
}

static void a_changed_node_row_is_a_problem_and_rebuilt(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	expect_problem(&fixture, "UPDATE node SET state = 3 WHERE number = 0", "table node");
	assert_int_equal(journal_rebuild(fixture.journal, &loader, NULL), 0);
	assert_int_equal(check(&fixture), 0);
	end(&fixture);
}

static void a_missing_attempt_row_is_a_problem_and_rebuilt(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	expect_problem(&fixture, "DELETE FROM attempt", "table attempt");
	assert_int_equal(journal_rebuild(fixture.journal, &loader, NULL), 0);
	assert_int_equal(check(&fixture), 0);
	end(&fixture);
}

static void a_row_too_many_is_a_problem_and_rebuilt(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	expect_problem(
		&fixture,
		"INSERT INTO node SELECT execution, 99, id, phase, risk, state, reason, flags,"
		" attempt, undo_attempt, exit_code, signal, started_us, ended_us, due_us, pid,"
		" question, message, version, more FROM node LIMIT 1",
		"1 rows of table node");
	assert_int_equal(journal_rebuild(fixture.journal, &loader, NULL), 0);
	assert_int_equal(check(&fixture), 0);
	end(&fixture);
}

static void a_changed_execution_row_is_a_problem(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	expect_problem(&fixture, "UPDATE execution SET completed = 9", "table execution");
	end(&fixture);
}

static void a_changed_act_breaks_the_chain(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	damage(&fixture, "UPDATE chain SET digest = zeroblob(32) WHERE seq = 1");
	assert_true(check(&fixture) > 0);
	assert_non_null(strstr(buf_text(&fixture.problems), "act 1"));
	end(&fixture);
}

static void an_act_taken_out_of_the_chain_is_a_problem(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	damage(&fixture, "DELETE FROM chain WHERE seq = 1");
	assert_true(check(&fixture) > 0);
	assert_non_null(strstr(buf_text(&fixture.problems), "not in the chain"));
	end(&fixture);
}

static void rows_without_an_execution_are_a_problem(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	expect_problem(&fixture, "INSERT INTO request VALUES (77, 5, 'r')",
		       "request: rows of an execution that is not there: 77");
	end(&fixture);
}

static void an_event_that_cannot_be_read_is_a_problem_of_its_execution(void **state)
{
	struct fixture fixture;

	begin(state, &fixture);
	damage(&fixture, "UPDATE event SET payload = x'ffffffffff' WHERE seq = 3");
	assert_true(check(&fixture) > 0);
	assert_non_null(strstr(buf_text(&fixture.problems), "execution "));
	assert_true(journal_rebuild(fixture.journal, &loader, NULL) < 0);
	end(&fixture);
}

/* ---- the loader's own way ----------------------------------------------------------------- */

static int load_wrong(void *ctx, const char *execution, struct execution **out, struct err *err)
{
	struct fixture *fixture = ctx;

	(void)execution;
	return create(NULL, &fixture->events.events[0], out, err);
}

static void a_snapshot_that_leads_elsewhere_is_a_problem(void **state)
{
	struct fixture fixture;
	struct journal_loader wrong = {.create = create, .load = load_wrong, .ctx = &fixture};

	begin(state, &fixture);
	assert_int_equal(journal_check(fixture.journal, &wrong, &fixture.problems, NULL), 1);
	assert_non_null(strstr(buf_text(&fixture.problems), "loading it differs"));
	end(&fixture);
}

static void rebuilding_drops_snapshots(void **state)
{
	struct fixture fixture;
	struct buf image;
	uint64_t seq;

	begin(state, &fixture);
	damage(&fixture, "INSERT INTO snapshot (execution, seq, digest, image) SELECT row, 2,"
			 " x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', ''"
			 " FROM execution");
	buf_init(&image, 100);
	assert_int_equal(
		journal_snapshot(fixture.journal, fixture.execution->id, &seq, &image, NULL), 1);
	assert_int_equal(journal_rebuild(fixture.journal, &loader, NULL), 0);
	assert_int_equal(
		journal_snapshot(fixture.journal, fixture.execution->id, &seq, &image, NULL), 0);
	buf_release(&image);
	end(&fixture);
}

static int load_right(void *ctx, const char *execution, struct execution **out, struct err *err)
{
	struct fixture *fixture = ctx;
	int rc = load_wrong(ctx, execution, out, err);

	for (size_t i = 1; rc == 0 && i < fixture->events.count; i++)
		rc = execution_fold(*out, &fixture->events.events[i], err);
	return rc;
}

static void nodes_are_judged_even_without_the_first_event(void **state)
{
	struct fixture fixture;
	struct journal_loader only = {.load = load_right, .ctx = &fixture};

	begin(state, &fixture);
	assert_int_equal(journal_check(fixture.journal, &only, &fixture.problems, NULL), 0);
	damage(&fixture, "UPDATE node SET state = 3 WHERE number = 0");
	assert_int_equal(journal_check(fixture.journal, &only, &fixture.problems, NULL), 1);
	end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_healthy_journal_has_no_problem),
		TEST(a_changed_node_row_is_a_problem_and_rebuilt),
		TEST(a_missing_attempt_row_is_a_problem_and_rebuilt),
		TEST(a_row_too_many_is_a_problem_and_rebuilt),
		TEST(a_changed_execution_row_is_a_problem),
		TEST(a_changed_act_breaks_the_chain),
		TEST(an_act_taken_out_of_the_chain_is_a_problem),
		TEST(rows_without_an_execution_are_a_problem),
		TEST(an_event_that_cannot_be_read_is_a_problem_of_its_execution),
		TEST(a_snapshot_that_leads_elsewhere_is_a_problem),
		TEST(rebuilding_drops_snapshots),
		TEST(nodes_are_judged_even_without_the_first_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
