/* SPDX-License-Identifier: MIT
 *
 * The journal: what is committed is there again, in order; terms; requests; numbers; snapshots; a
 * newer or a damaged file.
 */
#include "store/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/schema.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

struct fixture {
	struct home *home;
	struct journal *journal;
	uint64_t term;
};

static void open_journal(struct fixture *fixture)
{
	struct err err = {0};

	if (journal_open(fixture->home, DURABILITY_FULL, &fixture->journal, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(journal_begin_term(fixture->journal, &fixture->term, NULL), 0);
}

static struct fixture begin(void **state)
{
	struct fixture fixture = {0};

	fixture.home = store_home(state);
	open_journal(&fixture);
	return fixture;
}

static void end(struct fixture *fixture)
{
	journal_close(fixture->journal);
	store_home_free(fixture->home);
}

static void reopen(struct fixture *fixture)
{
	journal_close(fixture->journal);
	open_journal(fixture);
}

static void sql(struct fixture *fixture, const char *text)
{
	struct db db;
	struct err err = {0};

	assert_int_equal(db_open(&db, fixture->home->database, DB_WRITE, NULL), 0);
	if (db_exec(&db, text, &err) < 0)
		fail_msg("%s", err.message);
	db_close(&db);
}

struct seen {
	uint64_t seqs[32];
	enum event_kind kinds[32];
	char last_actor[32];
	size_t count;
};

static int see_event(void *ctx, const struct event *event, struct err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->kinds[seen->count] = event->kind;
	seen->seqs[seen->count++] = event->seq;
	seen->last_actor[0] = '\0';
	if (event->actor)
		memcpy(seen->last_actor, event->actor, strlen(event->actor) + 1);
	return 0;
}

static struct seen events_after(struct fixture *fixture, unsigned execution, uint64_t after)
{
	struct seen seen = {0};
	struct err err = {0};
	char id[ULID_TEXT];

	store_id(execution, id);
	if (journal_each_event(fixture->journal, id, after, see_event, &seen, &err) < 0)
		fail_msg("%s", err.message);
	return seen;
}

/* ---- what is committed ------------------------------------------------------------------- */

static void a_committed_event_is_there_after_reopening(void **state)
{
	struct fixture fixture = begin(state);
	struct seen seen;

	store_add_execution(fixture.journal, 1, 1, "edge-cert", 1);
	reopen(&fixture);
	seen = events_after(&fixture, 1, 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.kinds[0], EVENT_CREATED);
	assert_string_equal(seen.last_actor, "ana");
	assert_int_equal(journal_last_seq(fixture.journal), 1);
	end(&fixture);
}

static void events_come_in_order_and_after_a_number(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct seen seen;

	store_add_execution(fixture.journal, 1, 1, "edge-cert", 1);
	for (uint64_t seq = 2; seq < 12; seq++)
		journal_batch_event(&batch, &(struct event[]){store_exited(1, seq, 0)}[0]);
	assert_int_equal(batch.first_seq, 2);
	assert_int_equal(batch.last_seq, 11);
	store_commit(fixture.journal, &batch);
	seen = events_after(&fixture, 1, 5);
	assert_int_equal(seen.count, 6);
	for (size_t i = 0; i < seen.count; i++)
		assert_int_equal(seen.seqs[i], 6 + i);
	end(&fixture);
}

static int see_one(void *ctx, const struct event *event, struct err *err)
{
	(void)see_event(ctx, event, err);
	return 1;
}

static void whoever_reads_events_may_stop(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct event second = store_exited(1, 2, 0);
	struct seen seen = {0};
	char id[ULID_TEXT];

	store_add_execution(fixture.journal, 1, 1, "edge-cert", 1);
	journal_batch_event(&batch, &second);
	store_commit(fixture.journal, &batch);
	store_id(1, id);
	assert_int_equal(journal_each_event(fixture.journal, id, 0, see_one, &seen, NULL), 0);
	assert_int_equal(seen.count, 1);
	end(&fixture);
}

static void many_batches_are_one_commit(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch a = {0}, b = {0};
	const struct journal_batch *batches[] = {&a, &b};
	struct event created = store_created(1, 1, "edge-cert", 1), exited = store_exited(1, 2, 0);

	journal_batch_event(&a, &created);
	journal_batch_event(&b, &exited);
	assert_int_equal(journal_commit(fixture.journal, batches, 2, NULL), 0);
	assert_int_equal(events_after(&fixture, 1, 0).count, 2);
	journal_batch_release(&a);
	journal_batch_release(&b);
	end(&fixture);
}

static void an_event_of_an_unknown_execution_rolls_everything_back(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	const struct journal_batch *batches[] = {&batch};
	struct event created = store_created(1, 1, "edge-cert", 1), other = store_exited(2, 2, 0);
	struct err err = {0};
	char id[ULID_TEXT];

	journal_batch_event(&batch, &created);
	journal_batch_event(&batch, &other);
	assert_int_equal(journal_commit(fixture.journal, batches, 1, &err), -ERR_NOT_FOUND);
	assert_int_equal(journal_last_seq(fixture.journal), 0);
	store_id(1, id);
	assert_int_equal(journal_each_event(fixture.journal, id, 0, see_event, NULL, &err),
			 -ERR_NOT_FOUND);
	journal_batch_release(&batch);
	/* And the journal goes on: the same numbers can be used. */
	store_add_execution(fixture.journal, 1, 1, "edge-cert", 1);
	reopen(&fixture);
	assert_int_equal(events_after(&fixture, 1, 0).count, 1);
	end(&fixture);
}

static void numbers_that_do_not_grow_are_refused(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	const struct journal_batch *batches[] = {&batch};
	struct event again = store_exited(1, 1, 0);

	store_add_execution(fixture.journal, 1, 1, "edge-cert", 1);
	journal_batch_event(&batch, &again);
	assert_int_equal(journal_commit(fixture.journal, batches, 1, NULL), -ERR_INTERNAL);
	journal_batch_release(&batch);
	end(&fixture);
}

static int see_execution(void *ctx, const char *execution, struct err *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_add_text(out, execution + ULID_TEXT - 2);
	return 0;
}

static void executions_that_have_not_ended_come_oldest_first(void **state)
{
	struct fixture fixture = begin(state);
	struct buf seen;

	buf_init(&seen, 100);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_add_ended(fixture.journal, 2, 2, "a", 2, 5);
	store_add_execution(fixture.journal, 3, 3, "b", 1);
	assert_int_equal(journal_each_execution(fixture.journal, false, see_execution, &seen, NULL),
			 0);
	assert_string_equal(seen.data, "13");
	buf_clear(&seen);
	assert_int_equal(journal_each_execution(fixture.journal, true, see_execution, &seen, NULL),
			 0);
	assert_string_equal(seen.data, "123");
	buf_release(&seen);
	end(&fixture);
}

/* ---- numbers and requests ----------------------------------------------------------------- */

static void each_workflow_counts_its_own_executions(void **state)
{
	struct fixture fixture = begin(state);
	uint32_t number = 0;

	assert_int_equal(journal_next_number(fixture.journal, "a", &number, NULL), 0);
	assert_int_equal(number, 1);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	store_add_execution(fixture.journal, 2, 2, "a", 2);
	assert_int_equal(journal_next_number(fixture.journal, "a", &number, NULL), 0);
	assert_int_equal(number, 3);
	assert_int_equal(journal_next_number(fixture.journal, "b", &number, NULL), 0);
	assert_int_equal(number, 1);
	end(&fixture);
}

static void a_request_is_found_after_reopening(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct event act = store_act(1, 2, "pause", "r-77");
	char execution[ULID_TEXT], expected[ULID_TEXT];
	uint64_t seq = 0;

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	journal_batch_event(&batch, &act);
	store_commit(fixture.journal, &batch);
	reopen(&fixture);
	assert_int_equal(journal_find_request(fixture.journal, "r-77", &seq, execution, NULL), 1);
	store_id(1, expected);
	assert_int_equal(seq, 2);
	assert_string_equal(execution, expected);
	assert_int_equal(journal_find_request(fixture.journal, "r-78", &seq, execution, NULL), 0);
	end(&fixture);
}

static void a_run_request_is_found_too(void **state)
{
	struct fixture fixture = begin(state);
	struct journal_batch batch = {0};
	struct event created = store_created(1, 1, "a", 1);
	char execution[ULID_TEXT];
	uint64_t seq = 0;

	created.request = "run-1";
	journal_batch_event(&batch, &created);
	store_commit(fixture.journal, &batch);
	assert_int_equal(journal_find_request(fixture.journal, "run-1", &seq, execution, NULL), 1);
	assert_int_equal(seq, 1);
	end(&fixture);
}

/* ---- terms -------------------------------------------------------------------------------- */

static void a_later_term_fences_the_earlier_one(void **state)
{
	struct fixture first = begin(state), second = {0};
	struct journal_batch batch = {0};
	const struct journal_batch *batches[] = {&batch};
	struct event event = store_exited(1, 2, 0);
	struct err err = {0};

	store_add_execution(first.journal, 1, 1, "a", 1);
	second.home = store_home(state);
	open_journal(&second);
	assert_int_equal(second.term, first.term + 1);
	journal_batch_event(&batch, &event);
	assert_int_equal(journal_commit(first.journal, batches, 1, &err), -ERR_CONFLICT);
	assert_int_equal(journal_commit(second.journal, batches, 1, &err), 0);
	assert_int_equal(events_after(&second, 1, 0).count, 2);
	journal_batch_release(&batch);
	end(&second);
	end(&first);
}

/* ---- snapshots ---------------------------------------------------------------------------- */

static void add_snapshot(struct fixture *fixture, uint64_t seq, const char *text)
{
	struct journal_batch batch = {0};
	struct buf image;
	char id[ULID_TEXT];

	buf_init(&image, 100);
	buf_add_text(&image, text);
	store_id(1, id);
	journal_batch_snapshot(&batch, id, seq, &image);
	store_commit(fixture->journal, &batch);
	buf_release(&image);
}

static void expect_snapshot(struct fixture *fixture, int found, uint64_t seq, const char *text)
{
	uint64_t got = 0;
	struct buf image;
	char id[ULID_TEXT];

	buf_init(&image, 100);
	store_id(1, id);
	assert_int_equal(journal_snapshot(fixture->journal, id, &got, &image, NULL), found);
	assert_int_equal(got, seq);
	assert_string_equal(buf_text(&image), text);
	buf_release(&image);
}

static void the_newest_snapshot_is_given(void **state)
{
	struct fixture fixture = begin(state);

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	expect_snapshot(&fixture, 0, 0, "");
	add_snapshot(&fixture, 10, "ten");
	add_snapshot(&fixture, 20, "twenty");
	add_snapshot(&fixture, 30, "thirty");
	expect_snapshot(&fixture, 1, 30, "thirty");
	end(&fixture);
}

static void a_damaged_snapshot_is_passed_over(void **state)
{
	struct fixture fixture = begin(state);

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	add_snapshot(&fixture, 10, "ten");
	add_snapshot(&fixture, 20, "twenty");
	sql(&fixture, "UPDATE snapshot SET image = x'00' WHERE seq = 20");
	expect_snapshot(&fixture, 1, 10, "ten");
	end(&fixture);
}

/* ---- recovery ----------------------------------------------------------------------------- */

static void deaths_in_a_row_are_counted_until_they_are_forgotten(void **state)
{
	struct fixture fixture = begin(state);
	uint32_t deaths = 9;
	char id[ULID_TEXT], other[ULID_TEXT];

	store_id(1, id);
	store_id(2, other);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	for (uint32_t expected = 1; expected <= 3; expected++) {
		assert_int_equal(journal_add_death(fixture.journal, id, &deaths, NULL), 0);
		assert_int_equal(deaths, expected);
		reopen(&fixture);
	}
	assert_int_equal(journal_add_death(fixture.journal, other, &deaths, NULL), -ERR_NOT_FOUND);
	assert_int_equal(journal_forget_deaths(fixture.journal, NULL), 0);
	assert_int_equal(journal_add_death(fixture.journal, id, &deaths, NULL), 0);
	assert_int_equal(deaths, 1);
	end(&fixture);
}

static int take_quarantined(void *ctx, const struct quarantined *row, struct err *err)
{
	char(*out)[100] = ctx;

	(void)err;
	(void)snprintf(*out, sizeof(*out), "%.4s %s %s", row->id + 22, row->name, row->cause);
	return 0;
}

static int count_execution(void *ctx, const char *execution, struct err *err)
{
	(void)execution;
	(void)err;
	(*(int *)ctx)++;
	return 0;
}

static void a_quarantined_execution_is_not_taken_up_and_keeps_its_cause(void **state)
{
	struct fixture fixture = begin(state);
	char id[ULID_TEXT], said[100] = "";
	int count = 0;

	store_id(1, id);
	store_add_execution(fixture.journal, 1, 1, "a", 1);
	assert_int_equal(journal_quarantine(fixture.journal, id, 5, "it kills", NULL), 0);
	assert_int_equal(journal_last_seq(fixture.journal), 2);
	reopen(&fixture);
	assert_int_equal(journal_last_seq(fixture.journal), 2);
	assert_int_equal(
		journal_each_execution(fixture.journal, false, count_execution, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(journal_each_quarantined(fixture.journal, take_quarantined, &said, NULL),
			 0);
	assert_string_equal(said, "0001 a#1 it kills");
	end(&fixture);
}

/* ---- opening ------------------------------------------------------------------------------ */

static void a_newer_schema_is_refused(void **state)
{
	struct fixture fixture = begin(state);
	struct journal *journal;
	struct err err = {0};
	char text[60];

	journal_close(fixture.journal);
	(void)snprintf(text, sizeof(text), "PRAGMA user_version = %d", schema_version() + 1);
	sql(&fixture, text);
	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &journal, &err),
			 -ERR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "newer"));
	store_home_free(fixture.home);
}

static void a_file_of_another_program_is_refused(void **state)
{
	struct fixture fixture = {0};
	struct journal *journal;
	struct err err = {0};

	fixture.home = store_home(state);
	sql(&fixture, "CREATE TABLE song (title)");
	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &journal, &err), -ERR_INVALID);
	store_home_free(fixture.home);
}

static void a_file_that_is_no_database_is_corrupt(void **state)
{
	struct fixture fixture = {0};
	struct journal *journal;
	struct err err = {0};

	fixture.home = store_home(state);
	(void)scratch_write(state, "home/state.db",
			    "this is not a database, though it is long enough to be read as one: "
			    "a header of SQLite has a hundred bytes, and these are more than that");
	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &journal, &err), -ERR_CORRUPT);
	assert_non_null(strstr(err.message, "hlp engine check"));
	store_home_free(fixture.home);
}

static void a_changed_act_is_noticed_at_opening(void **state)
{
	struct fixture fixture = begin(state);
	struct journal *journal;
	struct err err = {0};

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	journal_close(fixture.journal);
	sql(&fixture, "UPDATE event SET payload = x'0102' WHERE seq = 1");
	assert_int_equal(journal_open(fixture.home, DURABILITY_FULL, &journal, &err), -ERR_CORRUPT);
	assert_non_null(strstr(err.message, "event 1"));
	assert_int_equal(journal_open_damaged(fixture.home, &journal, &err), 0);
	journal_close(journal);
	store_home_free(fixture.home);
}

static void nobody_else_may_read_the_database(void **state)
{
	struct fixture fixture = begin(state);
	struct stat info;

	assert_int_equal(stat(fixture.home->database, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	end(&fixture);
}

static void the_ballast_is_taken_and_released(void **state)
{
	struct fixture fixture = begin(state);

	assert_true(journal_has_ballast(fixture.journal));
	journal_release_ballast(fixture.journal);
	assert_false(journal_has_ballast(fixture.journal));
	assert_int_equal(journal_idle(fixture.journal, NULL), 0);
	assert_true(journal_has_ballast(fixture.journal));
	end(&fixture);
}

static void a_long_log_is_checkpointed_and_starts_over(void **state)
{
	struct fixture fixture = begin(state);
	struct stat info;

	store_add_execution(fixture.journal, 1, 1, "a", 1);
	for (uint64_t seq = 2; seq < 1200; seq++) {
		struct journal_batch batch = {0};
		struct event event = store_exited(1, seq, (uint32_t)seq);
		struct node_row row = store_node(1, (uint32_t)seq, STATE_RUNNING);

		journal_batch_event(&batch, &event);
		journal_batch_node(&batch, &row);
		store_commit(fixture.journal, &batch);
	}
	assert_int_equal(stat(scratch_path(state, "home/state.db-wal"), &info), 0);
	assert_true(info.st_size < 6 * 1024 * 1024);
	assert_int_equal(stat(fixture.home->database, &info), 0);
	assert_true(info.st_size > 64 * 1024);
	end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_committed_event_is_there_after_reopening),
		TEST(events_come_in_order_and_after_a_number),
		TEST(whoever_reads_events_may_stop),
		TEST(many_batches_are_one_commit),
		TEST(an_event_of_an_unknown_execution_rolls_everything_back),
		TEST(numbers_that_do_not_grow_are_refused),
		TEST(executions_that_have_not_ended_come_oldest_first),
		TEST(each_workflow_counts_its_own_executions),
		TEST(a_request_is_found_after_reopening),
		TEST(a_run_request_is_found_too),
		TEST(a_later_term_fences_the_earlier_one),
		TEST(the_newest_snapshot_is_given),
		TEST(a_damaged_snapshot_is_passed_over),
		TEST(deaths_in_a_row_are_counted_until_they_are_forgotten),
		TEST(a_quarantined_execution_is_not_taken_up_and_keeps_its_cause),
		TEST(a_newer_schema_is_refused),
		TEST(a_file_of_another_program_is_refused),
		TEST(a_file_that_is_no_database_is_corrupt),
		TEST(a_changed_act_is_noticed_at_opening),
		TEST(nobody_else_may_read_the_database),
		TEST(the_ballast_is_taken_and_released),
		TEST(a_long_log_is_checkpointed_and_starts_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
