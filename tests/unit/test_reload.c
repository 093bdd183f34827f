/* SPDX-License-Identifier: MIT
 *
 * Reading an execution back: by a snapshot and the events after it, from journal and catalog alike;
 * and by all its events when the snapshot is damaged.
 */
#include "runtime/reload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "runtime/load.h"
#include "store/db.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

static const char yaml[] = "name: lab\nnodes:\n  - {id: a, run: 'true'}\n"
			   "  - {id: b, run: 'true', needs: [a]}\n";

struct fixture {
	struct home *home;
	struct journal *journal;
	struct content *content;
	struct execution *folded; /* by all events */
	char id[ULID_TEXT];
	uint64_t seq;
};

static void keep(struct fixture *fixture, struct event *event)
{
	struct journal_batch batch = {0};
	struct load_fold fold = {.content = fixture->content, .execution = fixture->folded};

	event->seq = ++fixture->seq;
	memcpy(event->execution, fixture->id, ULID_TEXT);
	journal_batch_event(&batch, event);
	store_commit(fixture->journal, &batch);
	assert_int_equal(load_event(&fold, event, NULL), 0);
	fixture->folded = fold.execution;
}

static void feed(struct fixture *fixture, struct input input)
{
	struct event_list events = {0};

	assert_true(execution_decide(fixture->folded, &input, &events, NULL) >= 0);
	for (size_t i = 0; i < events.count; i++)
		keep(fixture, &events.events[i]);
	event_list_release(&events);
}

static void feed_attempt(struct fixture *fixture, enum input_kind kind)
{
	feed(fixture, (struct input){.kind = kind,
				     .time_us = 5,
				     .attempt_kind = ATTEMPT_RUN,
				     .attempt = 1,
				     .exit_kind = kind == INPUT_EXITED ? EXIT_STATUS : EXIT_NONE,
				     .code = 3});
}

/* An execution of which the first node is about to start. */
static struct fixture begin(void **state)
{
	struct fixture fixture = {.home = store_home(state)};
	struct event created = store_created(1, 1, "lab", 1);
	uint64_t term;

	store_id(1, fixture.id);
	assert_int_equal(journal_open(fixture.home, DURABILITY_PROCESS, &fixture.journal, NULL), 0);
	assert_int_equal(journal_begin_term(fixture.journal, &term, NULL), 0);
	assert_int_equal(content_open(fixture.home, CONTENT_WRITE, &fixture.content, NULL), 0);
	assert_int_equal(content_add(fixture.content, "lab#1/workflow.yaml", yaml, strlen(yaml),
				     created.blob, NULL),
			 0);
	assert_int_equal(content_commit(fixture.content, "pin", NULL), 0);
	keep(&fixture, &created);
	feed(&fixture, (struct input){.kind = INPUT_ADMIT, .time_us = 2});
	feed_attempt(&fixture, INPUT_DISPATCHED);
	return fixture;
}

static void end(struct fixture *fixture)
{
	execution_free(fixture->folded);
	content_close(fixture->content);
	journal_close(fixture->journal);
	store_home_free(fixture->home);
}

static void store_image(struct fixture *fixture, const struct buf *image)
{
	struct journal_batch batch = {0};

	journal_batch_snapshot(&batch, fixture->id, fixture->seq, image);
	store_commit(fixture->journal, &batch);
}

/* A snapshot, and what happens after it. */
static void take_snapshot(struct fixture *fixture)
{
	struct buf image;

	buf_init(&image, 1 << 20);
	execution_snapshot(fixture->folded, &image);
	store_image(fixture, &image);
	buf_release(&image);
	feed_attempt(fixture, INPUT_STARTED);
	feed_attempt(fixture, INPUT_EXITED);
}

static void damage(const struct fixture *fixture, const char *sql)
{
	struct db db;

	assert_int_equal(db_open(&db, fixture->home->database, DB_WRITE, NULL), 0);
	assert_int_equal(db_exec(&db, sql, NULL), 0);
	db_close(&db);
}

/* Before the snapshot, so that only a load of all events meets it. */
static void damage_old_event(const struct fixture *fixture)
{
	damage(fixture, "UPDATE event SET payload = x'ffffffffff' WHERE seq = 2");
}

static void expect_loaded(const struct fixture *fixture, const struct reload_source *source,
			  uint64_t snapshot_events)
{
	struct reloaded loaded;
	struct err err = {0};
	const char *where = "";

	if (reload_execution(source, fixture->id, &loaded, &err) < 0)
		fail_msg("%s", err.message);
	if (!execution_equal(loaded.execution, fixture->folded, &where))
		fail_msg("what is loaded differs in %s", where);
	assert_int_equal(loaded.snapshot_events, snapshot_events);
	assert_int_equal(loaded.execution->touched_count, 0);
	execution_free(loaded.execution);
}

/* From both places. */
static void expect_load(const struct fixture *fixture, uint64_t snapshot_events)
{
	struct catalog *catalog;
	struct reload_source source = reload_from_journal(fixture->journal, fixture->content);

	expect_loaded(fixture, &source, snapshot_events);
	assert_int_equal(catalog_open(fixture->home, &catalog, NULL), 0);
	source = reload_from_catalog(catalog, fixture->content);
	expect_loaded(fixture, &source, snapshot_events);
	catalog_close(catalog);
}

static void all_events_make_it_without_a_snapshot(void **state)
{
	struct fixture fixture = begin(state);

	expect_load(&fixture, 0);
	end(&fixture);
}

static void a_snapshot_spares_the_events_before_it(void **state)
{
	struct fixture fixture = begin(state);
	uint64_t before = fixture.seq;

	take_snapshot(&fixture);
	damage_old_event(&fixture);
	expect_load(&fixture, before);
	end(&fixture);
}

static void a_rotten_snapshot_costs_only_time(void **state)
{
	struct fixture fixture = begin(state);

	take_snapshot(&fixture);
	damage(&fixture, "UPDATE snapshot SET image = zeroblob(length(image))");
	expect_load(&fixture, 0);
	end(&fixture);
}

/* Stored as it was written, and yet no image of this execution. */
static void a_snapshot_that_cannot_be_read_costs_only_time(void **state)
{
	struct fixture fixture = begin(state);
	struct buf image;

	buf_init(&image, 100);
	buf_add_text(&image, "HLPS of another time");
	store_image(&fixture, &image);
	buf_release(&image);
	expect_load(&fixture, 0);
	end(&fixture);
}

static int fail_to_reload(const struct fixture *fixture, const char *id)
{
	const struct reload_source source = reload_from_journal(fixture->journal, fixture->content);
	struct reloaded loaded;

	return reload_execution(&source, id, &loaded, NULL);
}

static void a_damaged_event_is_told(void **state)
{
	struct fixture fixture = begin(state);

	damage_old_event(&fixture);
	assert_int_equal(fail_to_reload(&fixture, fixture.id), -ERR_CORRUPT);
	end(&fixture);
}

static void what_is_not_there_is_told(void **state)
{
	struct fixture fixture = begin(state);

	assert_int_equal(fail_to_reload(&fixture, "00000000000000000000000009"), -ERR_NOT_FOUND);
	end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(all_events_make_it_without_a_snapshot),
		TEST(a_snapshot_spares_the_events_before_it),
		TEST(a_rotten_snapshot_costs_only_time),
		TEST(a_snapshot_that_cannot_be_read_costs_only_time),
		TEST(a_damaged_event_is_told),
		TEST(what_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
