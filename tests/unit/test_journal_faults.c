/* SPDX-License-Identifier: MIT
 *
 * The journal when things go wrong beneath it: a sync that fails, a disk that is full, a SIGKILL at
 * any moment. This program has an fdatasync of its own, which SQLite then calls; and started with
 * "--write HOME" it is the writer that is killed: it commits events without end and prints the
 * number of each one that was acknowledged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/rng.h"
#include "store/journal.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

/* ---- syncs ---------------------------------------------------------------------------------- */

static int syncs, fail_at; /* fail_at: which sync from now fails; 0: none */

int fdatasync(int fd)
{
	syncs++;
	if (fail_at > 0 && --fail_at == 0) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

struct fixture {
	struct home *home;
	struct journal *journal;
	uint64_t seq;
};

static void open_journal(struct fixture *fixture)
{
	struct err err = {0};
	uint64_t term;

	if (journal_open(fixture->home, DURABILITY_FULL, &fixture->journal, &err) < 0 ||
	    journal_begin_term(fixture->journal, &term, &err) < 0)
		fail_msg("%s", err.message);
	fixture->seq = journal_last_seq(fixture->journal);
}

/* A journal in a home of its own, by name. */
static struct fixture begin_at(void **state, const char *name)
{
	struct fixture fixture = {.home = store_home_at(scratch_path(state, name))};

	fail_at = 0;
	open_journal(&fixture);
	store_add_execution(fixture.journal, 1, ++fixture.seq, "a", 1);
	return fixture;
}

static struct fixture begin(void **state)
{
	return begin_at(state, "home");
}

static void end(struct fixture *fixture)
{
	journal_close(fixture->journal);
	store_home_free(fixture->home);
}

static int commit_next(struct fixture *fixture, struct err *err)
{
	struct journal_batch batch = {0};
	const struct journal_batch *batches[] = {&batch};
	struct event event = store_exited(1, fixture->seq + 1, 0);
	struct node_row row = store_node(1, (uint32_t)(fixture->seq % 50), STATE_RUNNING);
	int rc;

	journal_batch_event(&batch, &event);
	journal_batch_node(&batch, &row);
	rc = journal_commit(fixture->journal, batches, 1, err);
	if (rc == 0)
		fixture->seq++;
	journal_batch_release(&batch);
	return rc;
}

static int count_event(void *ctx, const struct event *event, struct err *err)
{
	uint64_t *last = ctx;

	(void)err;
	assert_int_equal(event->seq, *last + 1); /* in order and without a gap */
	*last = event->seq;
	return 0;
}

static uint64_t count_events(struct fixture *fixture)
{
	uint64_t last = 0;
	char id[ULID_TEXT];

	store_id(1, id);
	assert_int_equal(journal_each_event(fixture->journal, id, 0, count_event, &last, NULL), 0);
	return last;
}

static void a_commit_is_one_sync(void **state)
{
	struct fixture fixture = begin(state);

	assert_int_equal(commit_next(&fixture, NULL), 0);
	syncs = 0;
	for (int i = 0; i < 50; i++)
		assert_int_equal(commit_next(&fixture, NULL), 0);
	assert_int_equal(syncs, 50);
	end(&fixture);
}

static void process_durability_does_not_sync_commits(void **state)
{
	struct fixture fixture = begin(state);

	journal_close(fixture.journal);
	assert_int_equal(journal_open(fixture.home, DURABILITY_PROCESS, &fixture.journal, NULL), 0);
	assert_int_equal(commit_next(&fixture, NULL), 0);
	syncs = 0;
	for (int i = 0; i < 50; i++)
		assert_int_equal(commit_next(&fixture, NULL), 0);
	assert_int_equal(syncs, 0);
	end(&fixture);
}

static void a_failed_sync_breaks_the_journal_for_good(void **state)
{
	struct fixture fixture = begin(state);
	struct err err = {0};
	uint64_t acknowledged = fixture.seq;

	fail_at = 1;
	assert_int_equal(commit_next(&fixture, &err), -ERR_IO);
	assert_true(journal_is_broken(fixture.journal));
	/* The disk would take it now, and yet nothing is tried again. */
	syncs = 0;
	assert_int_equal(commit_next(&fixture, &err), -ERR_IO);
	assert_int_equal(journal_idle(fixture.journal, &err), -ERR_IO);
	journal_close(fixture.journal);
	assert_int_equal(syncs, 0);
	open_journal(&fixture);
	assert_true(count_events(&fixture) >= acknowledged);
	assert_int_equal(commit_next(&fixture, NULL), 0);
	end(&fixture);
}

/* Every sync of a run that checkpoints fails once: commits, the log's restart, the database. */
static void whichever_sync_fails_nothing_acknowledged_is_lost(void **state)
{
	int broken = 0;

	for (int k = 1; k < 340; k = k < 20 ? k + 1 : k + 13) {
		struct fixture fixture;
		char name[20];
		int rc = 0;

		(void)snprintf(name, sizeof(name), "home-%d", (int)k);
		fixture = begin_at(state, name);

		fail_at = k;
		for (int i = 0; rc == 0 && i < 320; i++)
			rc = commit_next(&fixture, NULL);
		broken += rc < 0;
		assert_int_equal(rc < 0, journal_is_broken(fixture.journal));
		fail_at = 0;
		journal_close(fixture.journal);
		open_journal(&fixture);
		assert_true(count_events(&fixture) == fixture.seq);
		end(&fixture);
	}
	assert_true(broken > 20);
}

/* ---- a full disk ---------------------------------------------------------------------------- */

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_refuses_and_goes_on_when_there_is_room(void **state)
{
	struct fixture fixture = begin(state);
	struct err err = {0};

	assert_true(journal_has_ballast(fixture.journal));
	limit_files(0);
	assert_int_equal(commit_next(&fixture, &err), -ERR_FULL);
	assert_non_null(strstr(err.message, "no space"));
	assert_false(journal_is_broken(fixture.journal));
	assert_false(journal_has_ballast(fixture.journal));
	assert_int_equal(commit_next(&fixture, &err), -ERR_FULL);
	limit_files(RLIM_INFINITY);
	assert_int_equal(commit_next(&fixture, &err), 0);
	assert_int_equal(journal_idle(fixture.journal, &err), 0);
	assert_true(journal_has_ballast(fixture.journal));
	assert_int_equal(count_events(&fixture), fixture.seq);
	end(&fixture);
}

static void a_disk_that_fills_anywhere_loses_nothing(void **state)
{
	for (rlim_t kib = 8; kib < 512; kib += 56) {
		struct fixture fixture;
		char name[20];
		int rc = 0;

		(void)snprintf(name, sizeof(name), "home-%d", (int)kib);
		fixture = begin_at(state, name);

		limit_files(kib * 1024);
		for (int i = 0; rc == 0 && i < 300; i++)
			rc = commit_next(&fixture, NULL);
		assert_true(rc == 0 || rc == -ERR_FULL);
		limit_files(RLIM_INFINITY);
		assert_int_equal(commit_next(&fixture, NULL), 0);
		journal_close(fixture.journal);
		open_journal(&fixture);
		assert_int_equal(count_events(&fixture), fixture.seq);
		end(&fixture);
	}
}

/* ---- SIGKILL -------------------------------------------------------------------------------- */

/* The writer: never returns. */
static int write_for_ever(const char *path)
{
	struct fixture fixture = {.home = store_home_at(path)};

	open_journal(&fixture);
	if (fixture.seq == 0)
		store_add_execution(fixture.journal, 1, ++fixture.seq, "a", 1);
	for (;;)
		if (commit_next(&fixture, NULL) < 0 ||
		    write(STDOUT_FILENO, &fixture.seq, sizeof(fixture.seq)) < 0)
			return 1;
}

/* Runs the writer until it has acknowledged `count` commits, then kills it. The last number. */
static uint64_t write_and_kill(const char *path, unsigned count)
{
	char self[] = "/proc/self/exe", flag[] = "--write";
	struct proc_spawn how = {.argv = (char *[]){self, flag, (char *)path, NULL},
				 .stdin_fd = -1,
				 .stderr_fd = STDERR_FILENO};
	uint64_t last = 0;
	int pipe_fds[2], status;
	pid_t pid;

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	how.stdout_fd = pipe_fds[1];
	assert_int_equal(proc_spawn(&how, &pid, NULL), 0);
	(void)close(pipe_fds[1]);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(read(pipe_fds[0], &last, sizeof(last)), sizeof(last));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	while (read(pipe_fds[0], &last, sizeof(last)) == sizeof(last))
		; /* acknowledged before it died */
	(void)close(pipe_fds[0]);
	return last;
}

static void every_acknowledged_event_outlives_a_kill(void **state)
{
	const char *path = scratch_path(state, "home");
	struct fixture fixture = {0};
	struct rng rng = {.state = 7};
	struct buf problems;

	buf_init(&problems, 4096);
	for (int i = 0; i < 30; i++) {
		unsigned count = 1 + (unsigned)rng_below(&rng, i % 5 == 0 ? 600 : 60);
		uint64_t last = write_and_kill(path, count);

		fixture.home = store_home_at(path);
		open_journal(&fixture);
		assert_true(count_events(&fixture) >= last);
		assert_true(count_events(&fixture) <=
			    last + 1); /* one may be committed and unsaid */
		assert_int_equal(journal_check(fixture.journal, NULL, &problems, NULL), 0);
		end(&fixture);
	}
	buf_release(&problems);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_commit_is_one_sync),
		TEST(process_durability_does_not_sync_commits),
		TEST(a_failed_sync_breaks_the_journal_for_good),
		TEST(whichever_sync_fails_nothing_acknowledged_is_lost),
		TEST(a_full_disk_refuses_and_goes_on_when_there_is_room),
		TEST(a_disk_that_fills_anywhere_loses_nothing),
		TEST(every_acknowledged_event_outlives_a_kill),
	};

	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_for_ever(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
