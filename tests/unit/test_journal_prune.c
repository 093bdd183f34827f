/* SPDX-License-Identifier: MIT
 *
 * Retention: what ended and is old, or is not among the newest, leaves whole; what runs stays, and
 * the chain of acts can still be followed.
 */
#include "store/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

#define NOW ((int64_t)1000000)

struct fixture {
	struct home *home;
	struct journal *journal;
};

static struct fixture begin(void **state)
{
	struct fixture fixture = {.home = store_home(state)};
	uint64_t term;

	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &fixture.journal, NULL), 0);
	assert_int_equal(journal_begin_term(fixture.journal, &term, NULL), 0);
	return fixture;
}

static void end(struct fixture *fixture)
{
	journal_close(fixture->journal);
	store_home_free(fixture->home);
}

static int see(void *ctx, const char *execution, struct err *err)
{
	(void)err;
	buf_add_text(ctx, execution + ULID_TEXT - 2);
	return 0;
}

/* The last digits of the executions that are left. */
static void expect_left(struct fixture *fixture, const char *expected)
{
	struct buf left;

	buf_init(&left, 100);
	assert_int_equal(journal_each_execution(fixture->journal, true, see, &left, NULL), 0);
	assert_string_equal(buf_text(&left), expected);
	buf_release(&left);
}

struct found {
	char ids[20][ULID_TEXT];
	int count;
};

static int note(void *ctx, const struct prunable *row, struct err *err)
{
	struct found *found = ctx;

	(void)err;
	memcpy(found->ids[found->count++], row->id, ULID_TEXT);
	return 0;
}

static void prune(struct fixture *fixture, int64_t age_us, uint32_t keep, int expected)
{
	struct found found = {0};
	struct err err = {0};

	assert_int_equal(
		journal_each_prunable(fixture->journal, NOW, age_us, keep, note, &found, &err), 0);
	assert_int_equal(found.count, expected);
	for (int i = 0; i < found.count; i++)
		if (journal_remove(fixture->journal, found.ids[i], &err) < 0)
			fail_msg("%s", err.message);
	assert_int_equal(journal_give_back(fixture->journal, &err), 0);
}

static void what_is_older_than_the_age_goes(void **state)
{
	struct fixture fixture = begin(state);

	store_add_ended(fixture.journal, 1, 1, "a", 1, NOW - 101);
	store_add_ended(fixture.journal, 2, 2, "a", 2, NOW - 100);
	store_add_ended(fixture.journal, 3, 3, "a", 3, NOW - 1);
	prune(&fixture, 100, 0, 1);
	expect_left(&fixture, "23");
	end(&fixture);
}

static void the_newest_of_each_workflow_stay_however_old(void **state)
{
	struct fixture fixture = begin(state);

	for (unsigned i = 1; i <= 4; i++)
		store_add_ended(fixture.journal, i, i, "a", i, 1);
	store_add_ended(fixture.journal, 5, 5, "b", 1, 1);
	prune(&fixture, 100, 2, 2);
	expect_left(&fixture, "345");
	end(&fixture);
}

static void the_young_stay_however_many(void **state)
{
	struct fixture fixture = begin(state);

	for (unsigned i = 1; i <= 4; i++)
		store_add_ended(fixture.journal, i, i, "a", i, NOW - 50);
	prune(&fixture, 100, 1, 0);
	expect_left(&fixture, "1234");
	end(&fixture);
}

static void what_has_not_ended_stays(void **state)
{
	struct fixture fixture = begin(state);

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_add_ended(fixture.journal, 2, 2, "a", 2, 1);
	store_add_ended(fixture.journal, 3, 3, "a", 3, NOW);
	prune(&fixture, 100, 1, 1);
	expect_left(&fixture, "13");
	end(&fixture);
}

static void without_a_rule_nothing_that_ended_is_kept(void **state)
{
	struct fixture fixture = begin(state);

	store_add_ended(fixture.journal, 1, 1, "a", 1, NOW);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	prune(&fixture, 0, 0, 1);
	expect_left(&fixture, "2");
	end(&fixture);
}

static void numbers_are_not_given_again(void **state)
{
	struct fixture fixture = begin(state);
	uint32_t number = 0;

	store_add_ended(fixture.journal, 1, 1, "a", 1, 1);
	prune(&fixture, 100, 0, 1);
	assert_int_equal(journal_next_number(fixture.journal, "a", &number, NULL), 0);
	assert_int_equal(number, 2);
	assert_int_equal(journal_last_seq(fixture.journal), 1);
	end(&fixture);
}

static void nothing_of_an_execution_is_left(void **state)
{
	static const char *const tables[] = {"event",	"node",	    "attempt",	"revision", "act",
					     "request", "snapshot", "recovery", "execution"};
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct event act = store_act(1, 2, "pause", "r-1");
	struct node_row node = store_node(1, 0, STATE_COMPLETED);
	struct db db;

	store_add_ended(fixture.journal, 1, 1, "a", 1, 1);
	journal_batch_event(&batch, &act);
	journal_batch_node(&batch, &node);
	store_commit(fixture.journal, &batch);
	prune(&fixture, 100, 0, 1);
	assert_int_equal(db_open(&db, fixture.home->database, DB_READ, NULL), 0);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char sql[80];
		int64_t count = -1;

		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", tables[i]);
		assert_int_equal(db_number(&db, sql, 0, &count, NULL), 0);
		assert_int_equal(count, 0);
	}
	db_close(&db);
	end(&fixture);
}

static void expect_whole_chain(struct fixture *fixture)
{
	struct buf problems;

	buf_init(&problems, 4096);
	if (journal_check(fixture->journal, NULL, &problems, NULL) != 0)
		fail_msg("%s", buf_text(&problems));
	buf_release(&problems);
}

static void the_chain_can_be_followed_after_each_prune(void **state)
{
	struct fixture fixture = begin(state);

	store_add_ended(fixture.journal, 1, 1, "a", 1, 1); /* oldest: shortens the chain */
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	store_add_ended(fixture.journal, 3, 3, "a", 3, 1); /* leaves a gap */
	store_add_ended(fixture.journal, 4, 4, "a", 4, NOW);
	prune(&fixture, 100, 0, 2);
	expect_whole_chain(&fixture);
	journal_close(fixture.journal);
	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &fixture.journal, NULL), 0);
	store_add_ended(fixture.journal, 5, 5, "a", 5, 1);
	expect_whole_chain(&fixture);
	end(&fixture);
}

static void the_chain_goes_on_after_everything_is_pruned(void **state)
{
	struct fixture fixture = begin(state);

	store_add_ended(fixture.journal, 1, 1, "a", 1, 1);
	prune(&fixture, 100, 0, 1);
	journal_close(fixture.journal);
	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &fixture.journal, NULL), 0);
	store_add_ended(fixture.journal, 2, 2, "a", 2, 1);
	expect_whole_chain(&fixture);
	end(&fixture);
}

static void an_execution_after_a_prune_gets_rows_of_its_own(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct event event = store_exited(2, 3, 0);

	store_add_ended(fixture.journal, 1, 1, "a", 1, 1);
	prune(&fixture, 100, 0, 1);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	journal_batch_event(&batch, &event);
	store_commit(fixture.journal, &batch);
	expect_left(&fixture, "2");
	end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_older_than_the_age_goes),
		TEST(the_newest_of_each_workflow_stay_however_old),
		TEST(the_young_stay_however_many),
		TEST(what_has_not_ended_stays),
		TEST(without_a_rule_nothing_that_ended_is_kept),
		TEST(numbers_are_not_given_again),
		TEST(nothing_of_an_execution_is_left),
		TEST(the_chain_can_be_followed_after_each_prune),
		TEST(the_chain_goes_on_after_everything_is_pruned),
		TEST(an_execution_after_a_prune_gets_rows_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
