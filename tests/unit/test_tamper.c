/* SPDX-License-Identifier: MIT
 *
 * One changed byte is found and named: each byte of a checkpoint's commit, trees and blobs as they
 * lie on the disk, of its ref, of what lies beside the repository, and of the journal's rows that
 * it and the acts stand on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "store/chain_check.h"
#include "store/content_checkpoint.h"
#include "store/digest.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

#define FILES 3
#define LARGE ((size_t)8 * 1024 * 1024 + 1) /* beside the repository */

struct fixture {
	struct home *home;
	struct content *content;
	const char *folder;
	struct revision revisions[FILES];
	struct content_checkpoint_file files[FILES];
	struct checkpoint checkpoint;
	struct node_spec node;
	struct workflow workflow;
	struct content_checkpoint wanted;
	char commit[41], digest[CONTENT_CHECKPOINT_DIGEST];
	struct content_checkpoint_id id;
	const char *names; /* what a change must be said to be in */
};

static void capture(struct fixture *fixture, size_t i, const char *path)
{
	struct event_item item = {.kind = "artifact", .name = path};
	struct revision *revision = &fixture->revisions[i];
	struct err err = {0};

	if (content_add_file(fixture->content, path, fixture->folder, NULL, 0, path, &item, &err) <
	    0)
		fail_msg("%s", err.message);
	*revision = (struct revision){.seq = i + 1,
				      .absent = item.absent,
				      .size = item.size,
				      .mode = item.mode,
				      .mtime_ns = item.mtime_ns};
	memcpy(revision->blob, item.blob, sizeof(revision->blob));
	fixture->files[i] = (struct content_checkpoint_file){.path = path, .revision = revision};
}

static void write_files(void **state)
{
	char *large = mem_zalloc(LARGE), *path;

	memset(large, 'x', LARGE);
	path = mem_strdup(scratch_path(state, "work/large"));
	assert_int_equal(file_replace(path, large, LARGE, 0644, NULL), 0);
	free(path);
	free(large);
	(void)scratch_write(state, "work/small", "what it held\n");
}

static void record(struct fixture *fixture)
{
	struct err err = {0};

	if (content_checkpoint_record(fixture->content, &fixture->wanted, fixture->commit,
				      fixture->digest, &err) < 0)
		fail_msg("%s", err.message);
}

/* A repository with one checkpoint of a small file, a large one, and one that is absent. */
static void begin(void **state, struct fixture *fixture)
{
	static struct checkpoint_node then = {.state = STATE_COMPLETED, .reason = REASON_OK};

	*fixture = (struct fixture){.home = store_home(state)};
	fixture->folder = scratch_path(state, "work");
	assert_int_equal(mkdir(fixture->folder, 0755), 0);
	write_files(state);
	assert_int_equal(content_open(fixture->home, CONTENT_WRITE, &fixture->content, NULL), 0);
	capture(fixture, 0, "small");
	capture(fixture, 1, "large");
	capture(fixture, 2, "absent");
	assert_int_equal(content_commit(fixture->content, "capture", NULL), 0);
	fixture->node = (struct node_spec){.id = "a", .phase = -1};
	fixture->workflow = (struct workflow){.nodes = &fixture->node, .nodes_count = 1};
	fixture->checkpoint = (struct checkpoint){.name = "here", .seq = 9, .nodes = &then};
	fixture->wanted = (struct content_checkpoint){.execution = "lab#1",
						      .workflow = &fixture->workflow,
						      .checkpoint = &fixture->checkpoint,
						      .files = fixture->files,
						      .files_count = FILES,
						      .kept = &fixture->checkpoint.name,
						      .kept_count = 1};
	record(fixture);
	fixture->id =
		(struct content_checkpoint_id){"lab#1", "here", fixture->commit, fixture->digest};
}

static void end(struct fixture *fixture)
{
	content_close(fixture->content);
	store_home_free(fixture->home);
}

static int verify(struct fixture *fixture, struct err *err)
{
	return content_checkpoint_verify(fixture->home, &fixture->id, err);
}

/* ---- what is on the disk ------------------------------------------------------------------ */

struct span {
	size_t from, length; /* 0: to the end */
	size_t step;
};

/* Changes one byte after the other; every one must be found, and then be whole again. */
static unsigned flip_file(struct fixture *fixture, const char *path, const struct span *span)
{
	struct stat info;
	unsigned flips = 0;
	size_t end;

	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(chmod(path, 0600), 0);
	end = span->length ? span->from + span->length : (size_t)info.st_size;
	for (size_t at = span->from; at < end; at += span->step, flips++) {
		FILE *file = fopen(path, "r+b");
		struct err err = {0};
		int byte;

		assert_non_null(file);
		assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
		byte = fgetc(file);
		assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
		assert_int_equal(fputc(byte ^ 0xff, file), byte ^ 0xff);
		assert_int_equal(fflush(file), 0);
		if (verify(fixture, &err) != -ERR_CORRUPT)
			fail_msg("byte %zu of %s was changed, and nothing is said", at, path);
		if (!strstr(err.message, fixture->names))
			fail_msg("%s is not named: %s", fixture->names, err.message);
		assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
		assert_int_equal(fputc(byte, file), byte);
		assert_int_equal(fclose(file), 0);
	}
	assert_int_equal(verify(fixture, NULL), 0);
	return flips;
}

/* One pack with the checkpoint's objects and no others, none as the difference to another; prints a
 * line for each: its place in the pack, its length there, and its path. */
static const char pack_only[] =
	"set -e; cd \"$0\"; git rev-list --objects $1 >list;"
	"git pack-objects -q --window=0 one <list >name; rm -f objects/pack/*;"
	"mv one-* objects/pack/; git update-ref -d refs/hlp/log;"
	"git verify-pack -v objects/pack/*.idx | while read -r id type size length at rest; do"
	"  case $type in commit) echo \"$at $length commit\";;"
	"  tree|blob) echo \"$at $length $(sed -n \"s/^$id //p\" list)\";; esac; done";

static void pack(struct fixture *fixture, struct buf *out)
{
	char *argv[] = {(char *)"/bin/sh",	(char *)"-c",	 (char *)pack_only,
			fixture->home->content, fixture->commit, NULL};

	buf_init(out, 64 * 1024);
	if (proc_run(argv, NULL, out, NULL) != 0)
		fail_msg("%s", buf_text(out));
}

static char *pack_path(const struct fixture *fixture)
{
	char *name, *path;
	size_t length;

	path = file_join(fixture->home->content, "name");
	assert_int_equal(file_read(path, 100, &name, &length, NULL), 0);
	free(path);
	path = mem_printf("%s/objects/pack/one-%.40s.pack", fixture->home->content, name);
	free(name);
	return path;
}

static void every_byte_of_every_object_counts(void **state)
{
	struct fixture fixture;
	unsigned objects = 0;
	char *line, *rest, *path;
	struct buf list;

	begin(state, &fixture);
	pack(&fixture, &list);
	path = pack_path(&fixture);
	assert_int_equal(verify(&fixture, NULL), 0);
	rest = buf_steal(&list);
	for (char *at = rest; (line = strsep(&at, "\n"));) {
		struct span span = {.step = 1};
		int used = 0;

		if (sscanf(line, "%zu %zu %n", &span.from, &span.length, &used) < 2)
			continue;
		fixture.names = line[used] ? line + used : "its tree";
		assert_int_equal(flip_file(&fixture, path, &span), span.length);
		objects++;
	}
	assert_int_equal(objects, 7); /* commit, three trees, the text, a file, a pointer */
	free(rest);
	free(path);
	end(&fixture);
}

static void the_ref_counts(void **state)
{
	struct fixture fixture;
	char *path;

	begin(state, &fixture);
	path = mem_printf("%s/refs/hlp/checkpoints/lab#1/here", fixture.home->content);
	fixture.names = "refs/hlp/checkpoints/lab#1/here";
	assert_int_equal(flip_file(&fixture, path, &(struct span){.step = 1}), 41);
	free(path);
	end(&fixture);
}

static void what_lies_beside_the_repository_counts(void **state)
{
	char name[DIGEST_TEXT], *data, *path;
	uint8_t digest[DIGEST_SIZE];
	struct fixture fixture;
	size_t length;

	begin(state, &fixture);
	assert_int_equal(content_read(fixture.content, fixture.revisions[1].blob, LARGE, &data,
				      &length, NULL),
			 0);
	digest_of(data, length, digest);
	digest_text(digest, name);
	free(data);
	path = mem_printf("%s/large/%s", fixture.home->path, name);
	fixture.names = "artifacts/a/large";
	assert_true(flip_file(&fixture, path, &(struct span){.step = 999983}) >= 8);
	free(path);
	end(&fixture);
}

static void a_journal_that_says_another_thing_is_found(void **state)
{
	struct fixture fixture;
	struct err err = {0};

	begin(state, &fixture);
	for (size_t i = 0; i < 64; i++) {
		fixture.digest[i] = fixture.digest[i] == 'a' ? 'b' : 'a';
		assert_int_equal(verify(&fixture, &err), -ERR_CORRUPT);
		assert_non_null(strstr(err.message, "state: its SHA-256"));
		record(&fixture);
	}
	for (size_t i = 0; i < 40; i++) {
		fixture.commit[i] = fixture.commit[i] == 'a' ? 'b' : 'a';
		assert_int_equal(verify(&fixture, &err), -ERR_CORRUPT);
		record(&fixture); /* again it is the very same commit */
	}
	assert_int_equal(verify(&fixture, NULL), 0);
	end(&fixture);
}

static void what_is_kept_no_longer_loses_its_ref(void **state)
{
	struct checkpoint later = {0};
	struct fixture fixture;
	struct err err = {0};

	begin(state, &fixture);
	later = fixture.checkpoint;
	later.name = "later";
	fixture.wanted.checkpoint = &later;
	fixture.wanted.kept = &later.name;
	record(&fixture);
	assert_int_equal(verify(&fixture, &err), -ERR_CORRUPT); /* "here" is gone */
	fixture.id.name = "later";
	assert_int_equal(verify(&fixture, &err), 0);
	end(&fixture);
}

/* ---- the journal -------------------------------------------------------------------------- */

static void add_events(struct journal *journal)
{
	struct event act = store_act(1, 2, "checkpoint", "r1");
	struct event asked = {.kind = EVENT_CHECKPOINTING, .seq = 3, .text = "here"};
	struct event done = {
		.kind = EVENT_CHECKPOINTED, .seq = 4, .text = "here", .digest = "abcd"};
	struct journal_batch batch = {0};

	asked.node = done.node = EVENT_NO_NODE;
	memset(done.blob, 'c', sizeof(done.blob) - 1);
	store_id(1, asked.execution);
	store_id(1, done.execution);
	journal_batch_event(&batch, &act);
	journal_batch_event(&batch, &asked);
	journal_batch_event(&batch, &done);
	store_commit(journal, &batch);
}

static int check(struct db *db, struct buf *problems)
{
	int count;

	buf_clear(problems);
	count = chain_check(db, 0, problems, NULL);
	assert_true(count >= 0);
	return count;
}

static void put_blob(struct db *db, const char *sql, int64_t seq, const uint8_t *data,
		     size_t length)
{
	sqlite3_stmt *statement;

	assert_int_equal(db_prepare(db, sql, &statement, NULL), 0);
	db_bind_blob(statement, 1, data, length);
	(void)sqlite3_bind_int64(statement, 2, seq);
	assert_int_equal(db_run(db, statement, NULL), 0);
	(void)sqlite3_finalize(statement);
}

struct column {
	const char *read, *write;
};

/* Every byte of one value of one act's row. */
static unsigned flip_column(struct db *db, const struct column *column, int64_t seq)
{
	sqlite3_stmt *statement;
	uint8_t *data;
	size_t length;
	struct buf problems;
	char act[32];

	(void)snprintf(act, sizeof(act), "act %d of ", (int)seq);
	assert_int_equal(db_prepare(db, column->read, &statement, NULL), 0);
	(void)sqlite3_bind_int64(statement, 1, seq);
	assert_int_equal(db_step(db, statement, NULL), 1);
	length = (size_t)sqlite3_column_bytes(statement, 0);
	data = mem_dup(sqlite3_column_blob(statement, 0), length);
	(void)sqlite3_finalize(statement);
	buf_init(&problems, 1 << 16);
	for (size_t i = 0; i < length; i++) {
		data[i] ^= 0x01;
		put_blob(db, column->write, seq, data, length);
		if (check(db, &problems) < 1 || !strstr(buf_text(&problems), act))
			fail_msg("byte %zu of %s was changed, and act %d is not named: %s", i,
				 column->write, (int)seq, buf_text(&problems));
		data[i] ^= 0x01;
		put_blob(db, column->write, seq, data, length);
	}
	assert_int_equal(check(db, &problems), 0);
	buf_release(&problems);
	free(data);
	return (unsigned)length;
}

static void every_byte_of_the_chain_counts(void **state)
{
	static const struct column columns[] = {
		{"SELECT digest FROM chain WHERE seq = ?1",
		 "UPDATE chain SET digest = ?1 WHERE seq = ?2"},
		{"SELECT link FROM chain WHERE seq = ?1",
		 "UPDATE chain SET link = ?1 WHERE seq = ?2"},
		{"SELECT payload FROM event WHERE seq = ?1",
		 "UPDATE event SET payload = ?1 WHERE seq = ?2"},
		{"SELECT execution FROM chain WHERE seq = ?1",
		 "UPDATE chain SET execution = CAST(?1 AS TEXT) WHERE seq = ?2"},
	};
	struct home *home = store_home(state);
	struct journal *journal;
	unsigned flips = 0;
	struct db db;

	assert_int_equal(journal_open(home, DURABILITY_FULL, &journal, NULL), 0);
	store_add_execution(journal, 1, 1, "lab", 1);
	add_events(journal);
	assert_int_equal(db_open(&db, home->database, DB_WRITE, NULL), 0);
	for (int64_t seq = 1; seq <= 4; seq++)
		for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
			flips += flip_column(&db, &columns[i], seq);
	assert_true(flips >= 400);
	flips = flip_column(&db,
			    &(struct column){"SELECT chain_anchor FROM instance WHERE ?1",
					     "UPDATE instance SET chain_anchor = ?1 WHERE ?2"},
			    1);
	assert_int_equal(flips, DIGEST_SIZE);
	db_close(&db);
	journal_close(journal);
	store_home_free(home);
}

static void a_row_that_says_another_thing_is_named(void **state)
{
	static const char *const changes[][2] = {
		{"UPDATE chain SET pruned = 1 WHERE seq = 4", "act 4"},
		{"UPDATE chain SET seq = 9 WHERE seq = 4", "act 9"},
		{"UPDATE event SET kind = 63 WHERE seq = 2", "act 2"},
		{"UPDATE event SET seq = 9 WHERE seq = 3", "act 3"},
		{"DELETE FROM event WHERE seq = 4", "act 4"},
		{"DELETE FROM chain WHERE seq = 2", "act 3"},
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		char *path = mem_printf("%s/%zu", (const char *)*state, i);
		struct home *home = store_home_at(path);
		struct journal *journal;
		struct buf problems;
		struct db db;

		buf_init(&problems, 1 << 16);
		assert_int_equal(journal_open(home, DURABILITY_FULL, &journal, NULL), 0);
		store_add_execution(journal, 1, 1, "lab", 1);
		add_events(journal);
		assert_int_equal(db_open(&db, home->database, DB_WRITE, NULL), 0);
		assert_int_equal(db_exec(&db, changes[i][0], NULL), 0);
		assert_true(check(&db, &problems) > 0);
		if (!strstr(buf_text(&problems), changes[i][1]))
			fail_msg("%s: %s", changes[i][0], buf_text(&problems));
		buf_release(&problems);
		db_close(&db);
		journal_close(journal);
		store_home_free(home);
		free(path);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_byte_of_every_object_counts),
		TEST(the_ref_counts),
		TEST(what_lies_beside_the_repository_counts),
		TEST(a_journal_that_says_another_thing_is_found),
		TEST(what_is_kept_no_longer_loses_its_ref),
		TEST(every_byte_of_the_chain_counts),
		TEST(a_row_that_says_another_thing_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
