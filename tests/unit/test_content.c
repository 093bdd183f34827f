/* SPDX-License-Identifier: MIT
 *
 * Revisions of files: what is captured is there again by its id, plain git can read it, and nothing
 * outside a node's folder or roots is ever taken.
 */
#include "store/content.h"

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

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "store/bigfile.h"
#include "tests/unit/content_fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

static int add_file(struct fixture *fixture, const char *name, const char *path,
		    struct event_item *out, struct err *err)
{
	return content_add_file(fixture->content, name, fixture->folder, NULL, 0, path, out, err);
}

static struct event_item capture(struct fixture *fixture, const char *path)
{
	struct event_item item = {.kind = "artifact", .name = path};
	struct err err = {0};

	if (add_file(fixture, path, path, &item, &err) < 0)
		fail_msg("%s", err.message);
	return item;
}

/* ---- adding and reading ------------------------------------------------------------------- */

static void bytes_come_back_by_their_id(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char blob[41];

	assert_int_equal(content_add(fixture.content, "x#1/pin/x.yaml", "name: x\n", 8, blob, NULL),
			 0);
	fixture_expect_text(fixture.content, blob, "name: x\n");
	fixture_commit(&fixture);
	fixture_expect_text(fixture.content, blob, "name: x\n");
	fixture_end(&fixture);
}

static void another_reader_sees_what_is_committed(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct content *reader;
	char blob[41];

	assert_int_equal(content_open(fixture.home, CONTENT_READ, &reader, NULL), 0);
	assert_int_equal(content_add(fixture.content, "a", "hello", 5, blob, NULL), 0);
	fixture_commit(&fixture);
	fixture_expect_text(reader, blob, "hello");
	content_close(reader);
	fixture_end(&fixture);
}

/* As an engine leaves one that is killed while it moves the ref. */
static void a_lock_that_was_left_is_no_obstacle(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char *folder = mem_printf("%s/refs/hlp", fixture.home->content);
	char *lock = mem_printf("%s/log.lock", folder), blob[41];

	for (int i = 0; i < 2; i++) { /* the first commit, and one that follows */
		assert_int_equal(file_make_folders(folder, 0700, NULL), 0);
		assert_int_equal(file_replace(lock, "", 0, 0600, NULL), 0);
		assert_int_equal(content_add(fixture.content, "a", &i, sizeof(i), blob, NULL), 0);
		fixture_commit(&fixture);
		assert_false(file_exists(lock));
	}
	free(lock);
	free(folder);
	fixture_end(&fixture);
}

static void a_repository_that_is_half_made_is_finished(void **state)
{
	struct home *home = store_home(state);
	char *lock = mem_printf("%s/config.lock", home->content);
	struct content *content;
	struct err err = {0};

	assert_int_equal(file_make_folders(home->content, 0700, NULL), 0);
	assert_int_equal(file_replace(lock, "", 0, 0600, NULL), 0);
	if (content_open(home, CONTENT_WRITE, &content, &err) < 0)
		fail_msg("%s", err.message);
	content_close(content);
	free(lock);
	store_home_free(home);
}

static void a_reader_may_be_the_first_to_come(void **state)
{
	struct fixture fixture = {0};
	struct content *reader;
	char *data;
	size_t length;

	fixture.home = store_home(state);
	assert_int_equal(content_open(fixture.home, CONTENT_READ, &reader, NULL), 0);
	assert_int_equal(content_read(reader, "0123456789012345678901234567890123456789", 10, &data,
				      &length, NULL),
			 -ERR_NOT_FOUND);
	content_close(reader);
	store_home_free(fixture.home);
}

static void reading_is_bounded(void **state)
{
	struct fixture fixture = fixture_begin(state);
	size_t length;
	char blob[41], *data;

	assert_int_equal(content_add(fixture.content, "a", "12345678", 8, blob, NULL), 0);
	fixture_commit(&fixture);
	assert_int_equal(content_read(fixture.content, blob, 8, &data, &length, NULL), 0);
	free(data);
	assert_int_equal(content_read(fixture.content, blob, 7, &data, &length, NULL), -ERR_LIMIT);
	assert_int_equal(content_read(fixture.content, "zz", 7, &data, &length, NULL),
			 -ERR_INVALID);
	fixture_end(&fixture);
}

static void an_empty_batch_does_nothing(void **state)
{
	struct fixture fixture = fixture_begin(state);

	fixture_commit(&fixture);
	assert_int_equal(content_packs_count(fixture.content), 0);
	fixture_end(&fixture);
}

static void a_batch_is_one_pack(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char blob[41], name[40], text[40];

	for (int i = 0; i < 50; i++) {
		(void)snprintf(name, sizeof(name), "x#1/n%d/run-1/after/f", i);
		(void)snprintf(text, sizeof(text), "contents %d\n", i);
		assert_int_equal(content_add(fixture.content, name, text, strlen(text), blob, NULL),
				 0);
	}
	fixture_commit(&fixture);
	assert_int_equal(content_packs_count(fixture.content), 1);
	fixture_end(&fixture);
}

static void plain_git_reads_the_log_and_finds_no_fault(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char blob[41];
	struct buf out;

	(void)content_add(fixture.content, "x#1/swap/run-1/before/proxy.conf", "old\n", 4, blob,
			  NULL);
	fixture_commit(&fixture);
	(void)content_add(fixture.content, "x#1/swap/run-1/after/proxy.conf", "new\n", 4, blob,
			  NULL);
	fixture_commit(&fixture);
	assert_int_equal(fixture_git(&fixture, &out, "fsck", "--strict"), 0);
	buf_release(&out);
	assert_int_equal(fixture_git(&fixture, &out, "log", "refs/hlp/log"), 0);
	assert_non_null(strstr(buf_text(&out), "record revisions"));
	buf_release(&out);
	assert_int_equal(fixture_git(&fixture, &out, "show", "refs/hlp/log"), 0);
	assert_non_null(strstr(buf_text(&out), "+new"));
	assert_null(strstr(buf_text(&out), "-old"));
	buf_release(&out);
	fixture_end(&fixture);
}

static void a_tree_carries_on_what_came_before_while_it_is_small(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct buf out;
	char blob[41], name[60];

	for (int i = 0; i < 40; i++) {
		(void)snprintf(name, sizeof(name), "x#%d/n%d/f", i, i);
		(void)content_add(fixture.content, name, name, strlen(name), blob, NULL);
		(void)content_add(fixture.content, "x#0/again", name, strlen(name), blob, NULL);
		fixture_commit(&fixture);
		if (i == 20 || i == 39) {
			assert_int_equal(fixture_git(&fixture, &out, "ls-tree", "refs/hlp/log"), 0);
			assert_int_equal(strstr(buf_text(&out), "x#1\n") != NULL, i == 20);
			assert_non_null(strstr(buf_text(&out), "x#0\n"));
			buf_release(&out);
		}
	}
	assert_int_equal(fixture_git(&fixture, &out, "fsck", "--strict"), 0);
	buf_release(&out);
	fixture_end(&fixture);
}

static void a_file_may_become_a_folder_and_back(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct buf out;
	char blob[41];

	(void)content_add(fixture.content, "x/f", "1", 1, blob, NULL);
	(void)content_add(fixture.content, "x/f-b", "2", 1, blob, NULL);
	fixture_commit(&fixture);
	(void)content_add(fixture.content, "x/f/below", "3", 1, blob, NULL);
	(void)content_add(fixture.content, "x/f.c", "4", 1, blob, NULL);
	fixture_commit(&fixture);
	(void)content_add(fixture.content, "x/f", "5", 1, blob, NULL);
	fixture_commit(&fixture);
	assert_int_equal(fixture_git(&fixture, &out, "fsck", "--strict"), 0);
	buf_release(&out);
	assert_int_equal(fixture_git(&fixture, &out, "show", "refs/hlp/log:x/f"), 0);
	assert_string_equal(buf_text(&out), "5");
	buf_release(&out);
	fixture_end(&fixture);
}

static void names_that_git_refuses_are_made_fit(void **state)
{
	static const char *const names[] = {"/etc//nginx/x.conf",
					    "a/../../b",
					    ".git/config",
					    "x/.GIT/y",
					    ".",
					    "",
					    "f",
					    "f/below",
					    "f/below/it"};
	struct fixture fixture = fixture_begin(state);
	struct buf out;
	char blob[41];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct err err = {0};

		if (content_add(fixture.content, names[i], names[i], strlen(names[i]), blob, &err) <
		    0)
			fail_msg("%s", err.message);
	}
	fixture_commit(&fixture);
	fixture_expect_text(fixture.content, blob, "f/below/it");
	assert_int_equal(fixture_git(&fixture, &out, "fsck", "--strict"), 0);
	buf_release(&out);
	fixture_end(&fixture);
}

static void the_same_contents_are_kept_once(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char a[41], b[41];

	assert_int_equal(content_add(fixture.content, "a", "same", 4, a, NULL), 0);
	fixture_commit(&fixture);
	assert_int_equal(content_add(fixture.content, "b", "same", 4, b, NULL), 0);
	fixture_commit(&fixture);
	assert_string_equal(a, b);
	fixture_expect_text(fixture.content, b, "same");
	fixture_end(&fixture);
}

/* ---- files -------------------------------------------------------------------------------- */

static void a_file_is_captured_with_all_that_describes_it(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const char *path = scratch_write(state, "work/proxy.conf", "listen 443\n");
	struct event_item item;
	struct stat info;

	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(stat(path, &info), 0);
	item = capture(&fixture, "proxy.conf");
	fixture_commit(&fixture);
	assert_false(item.absent);
	assert_string_equal(item.kind, "artifact");
	assert_string_equal(item.name, "proxy.conf");
	assert_int_equal(item.size, 11);
	assert_int_equal(item.mode, 0640);
	assert_int_equal(item.uid, geteuid());
	assert_int_equal(item.inode, info.st_ino);
	assert_int_equal(item.mtime_ns, info.st_mtim.tv_sec * 1000000000LL + info.st_mtim.tv_nsec);
	fixture_expect_text(fixture.content, item.blob, "listen 443\n");
	fixture_end(&fixture);
}

static void a_missing_file_is_absent(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item item = capture(&fixture, "none/at/all.conf");

	assert_true(item.absent);
	assert_string_equal(item.blob, "");
	assert_string_equal(item.name, "none/at/all.conf");
	fixture_end(&fixture);
}

static void an_empty_file_is_not_absent(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item item;

	(void)scratch_write(state, "work/empty", "");
	item = capture(&fixture, "empty");
	fixture_commit(&fixture);
	assert_false(item.absent);
	assert_int_equal(strlen(item.blob), 40);
	fixture_expect_text(fixture.content, item.blob, "");
	fixture_end(&fixture);
}

static void expect_refused(struct fixture *fixture, const char *path, int code, const char *word)
{
	struct event_item item = {0};
	struct err err = {0};

	assert_int_equal(add_file(fixture, path, path, &item, &err), -code);
	if (!strstr(err.message, word))
		fail_msg("'%s' does not say '%s'", err.message, word);
}

static void what_is_no_regular_file_is_named_and_refused(void **state)
{
	struct fixture fixture = fixture_begin(state);

	assert_int_equal(mkdir(scratch_path(state, "work/folder"), 0755), 0);
	assert_int_equal(mkfifo(scratch_path(state, "work/pipe"), 0644), 0);
	(void)scratch_write(state, "work/file", "x");
	assert_int_equal(symlink("file", scratch_path(state, "work/link")), 0);
	expect_refused(&fixture, "folder", ERR_INVALID, "a folder");
	expect_refused(&fixture, "pipe", ERR_INVALID, "a named pipe");
	expect_refused(&fixture, "link", ERR_INVALID, "a symbolic link");
	fixture_end(&fixture);
}

static void nothing_outside_the_folder_is_read(void **state)
{
	struct fixture fixture = fixture_begin(state);

	(void)scratch_write(state, "secret", "do not read");
	assert_int_equal(symlink("..", scratch_path(state, "work/up")), 0);
	assert_int_equal(symlink("/etc", scratch_path(state, "work/etc")), 0);
	expect_refused(&fixture, "../secret", ERR_DENIED, "leads out");
	expect_refused(&fixture, "up/secret", ERR_DENIED, "leads out");
	expect_refused(&fixture, "etc/passwd", ERR_DENIED, "leads out");
	expect_refused(&fixture, "/etc/passwd", ERR_DENIED, "roots");
	fixture_end(&fixture);
}

static void an_absolute_path_lies_in_the_folder_or_a_root(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const char *root = scratch_path(state, "etc"), *near = scratch_path(state, "etc-other");
	const char *roots[] = {root};
	struct event_item item = {0};
	struct err err = {0};

	assert_int_equal(mkdir(root, 0755), 0);
	assert_int_equal(mkdir(near, 0755), 0);
	(void)scratch_write(state, "etc/site.conf", "site");
	(void)scratch_write(state, "etc-other/site.conf", "other");
	(void)scratch_write(state, "work/own", "own");
	assert_int_equal(content_add_file(fixture.content, "a", fixture.folder, roots, 1,
					  scratch_path(state, "etc/site.conf"), &item, &err),
			 0);
	fixture_expect_text(fixture.content, item.blob, "site");
	assert_int_equal(content_add_file(fixture.content, "b", fixture.folder, roots, 1,
					  scratch_path(state, "work/own"), &item, &err),
			 0);
	assert_int_equal(content_add_file(fixture.content, "c", fixture.folder, roots, 1,
					  scratch_path(state, "etc-other/site.conf"), &item, &err),
			 -ERR_DENIED);
	fixture_end(&fixture);
}

/* ---- large files -------------------------------------------------------------------------- */

static void write_large(struct fixture *fixture, const char *name, int64_t size)
{
	const char *path = scratch_write(fixture->state, name, "begin");
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(pwrite(fd, "end", 3, size - 3), 3);
	(void)close(fd);
}

static void a_large_file_lies_beside_the_repository(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item item;
	struct stat info;
	size_t length;
	char *data;

	write_large(&fixture, "work/dump", BIGFILE_FROM + 1);
	item = capture(&fixture, "dump");
	fixture_commit(&fixture);
	assert_int_equal(item.size, BIGFILE_FROM + 1);
	assert_int_equal(stat(scratch_path(state, "home/large"), &info), 0);
	assert_int_equal(content_read(fixture.content, item.blob, (size_t)BIGFILE_FROM + 1, &data,
				      &length, NULL),
			 0);
	assert_int_equal(length, BIGFILE_FROM + 1);
	assert_memory_equal(data, "begin", 5);
	assert_memory_equal(data + length - 3, "end", 3);
	free(data);
	assert_int_equal(content_read(fixture.content, item.blob, (size_t)BIGFILE_FROM, &data,
				      &length, NULL),
			 -ERR_LIMIT);
	fixture_end(&fixture);
}

static void a_file_at_the_limit_is_a_blob(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct stat info;

	write_large(&fixture, "work/dump", BIGFILE_FROM);
	(void)capture(&fixture, "dump");
	fixture_commit(&fixture);
	assert_int_not_equal(stat(scratch_path(state, "home/large"), &info), 0);
	fixture_end(&fixture);
}

static void contents_that_look_like_a_pointer_come_back_as_they_are(void **state)
{
	static const char text[] =
		"hlp large file 1\nsha256 "
		"0123456789012345678901234567890123456789012345678901234567890123"
		"\nsize 99\n";
	struct fixture fixture = fixture_begin(state);
	struct event_item item;

	(void)scratch_write(state, "work/odd", text);
	item = capture(&fixture, "odd");
	fixture_commit(&fixture);
	fixture_expect_text(fixture.content, item.blob, text);
	assert_int_equal(
		content_compare(fixture.content, fixture.folder, NULL, 0, "odd", &item, NULL), 0);
	fixture_end(&fixture);
}

/* ---- comparing ---------------------------------------------------------------------------- */

static int compare(struct fixture *fixture, const char *path, const struct event_item *recorded)
{
	struct err err = {0};
	int rc = content_compare(fixture->content, fixture->folder, NULL, 0, path, recorded, &err);

	if (rc < 0)
		fail_msg("%s", err.message);
	return rc;
}

static void only_real_changes_are_different(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const char *path = scratch_write(state, "work/a", "one");
	struct event_item item = capture(&fixture, "a");
	struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

	assert_int_equal(compare(&fixture, "a", &item), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(compare(&fixture, "a", &item), 0);
	(void)scratch_write(state, "work/a", "two");
	assert_int_equal(compare(&fixture, "a", &item), 1);
	(void)scratch_write(state, "work/a", "one");
	assert_int_equal(compare(&fixture, "a", &item), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(compare(&fixture, "a", &item), 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(compare(&fixture, "a", &item), 1);
	fixture_end(&fixture);
}

static void a_write_within_the_same_tick_is_noticed(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const char *path = scratch_write(state, "work/a", "one");
	struct event_item item = capture(&fixture, "a");
	struct timespec times[2] = {
		{.tv_nsec = UTIME_OMIT},
		{.tv_sec = item.mtime_ns / 1000000000, .tv_nsec = item.mtime_ns % 1000000000}};

	(void)scratch_write(state, "work/a", "two");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(compare(&fixture, "a", &item), 1);
	fixture_end(&fixture);
}

static void of_what_is_too_large_only_the_looks_are_kept(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item small, large = {0}, now;
	struct err err = {0};

	content_keep_up_to(fixture.content, 10);
	(void)scratch_write(state, "work/f", "ten bytes.");
	small = capture(&fixture, "f");
	fixture_expect_text(fixture.content, small.blob, "ten bytes.");
	(void)scratch_write(state, "work/f", "more than 10");
	assert_int_equal(add_file(&fixture, "f", "f", &large, &err), 0);
	assert_false(large.absent);
	assert_string_equal(large.blob, "");
	assert_int_equal(large.size, 12);
	assert_int_equal(compare(&fixture, "f", &large), 0);
	assert_int_equal(
		content_restore(fixture.content, fixture.folder, NULL, 0, "g", &large, &now, &err),
		-ERR_NOT_FOUND);
	assert_non_null(strstr(err.message, "no contents were kept"));
	(void)scratch_write(state, "work/f", "more than 11 bytes");
	assert_int_equal(compare(&fixture, "f", &large), 1);
	content_keep_up_to(fixture.content, 0);
	fixture_expect_text(fixture.content, capture(&fixture, "f").blob, "more than 11 bytes");
	fixture_end(&fixture);
}

static void absent_is_compared_too(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item item = capture(&fixture, "a");

	assert_int_equal(compare(&fixture, "a", &item), 0);
	(void)scratch_write(state, "work/a", "");
	assert_int_equal(compare(&fixture, "a", &item), 1);
	fixture_end(&fixture);
}

/* ---- where a workflow file stands --------------------------------------------------------- */

static void run(const char *folder, const char *line)
{
	char shell[] = "/bin/sh", flag[] = "-ec";
	struct buf out;

	buf_init(&out, 1 << 16);
	assert_int_equal(proc_run((char *[]){shell, flag, (char *)line, NULL}, folder, &out, NULL),
			 0);
	buf_release(&out);
}

static void a_workflow_file_is_described_by_its_commit(void **state)
{
	/* One outside the repository, of which git would not hear, must not hide the others. */
	static const char *const named[] = {"../outside", "/etc/passwd", "x.sh", "not-there.sh"};
	const char *folder = scratch_path(state, "books"), *path;
	bool dirty = true;
	char commit_id[41];

	assert_int_equal(mkdir(folder, 0755), 0);
	path = scratch_write(state, "books/x.yaml", "name: x\n");
	(void)scratch_write(state, "books/x.sh", "old\n");
	(void)scratch_write(state, "outside", "");
	run(folder, "git init -q . && git add . && git -c user.name=a -c user.email=a@b commit "
		    "-q -m x");
	content_describe(path, named, 4, commit_id, &dirty);
	assert_int_equal(strlen(commit_id), 40);
	assert_false(dirty);
	(void)scratch_write(state, "books/x.sh", "new\n");
	content_describe(path, named, 4, commit_id, &dirty);
	assert_true(dirty);
	content_describe(path, NULL, 0, commit_id, &dirty);
	assert_false(dirty);
	(void)scratch_write(state, "books/x.yaml", "name: y\n");
	content_describe(path, NULL, 0, commit_id, &dirty);
	assert_true(dirty);
	path = scratch_write(state, "books/new.yaml", "name: z\n");
	content_describe(path, NULL, 0, commit_id, &dirty);
	assert_true(dirty);
}

static void a_file_outside_git_has_no_commit(void **state)
{
	const char *path = scratch_write(state, "x.yaml", "name: x\n");
	char commit_id[41] = "unset";
	bool dirty = true;

	content_describe(path, NULL, 0, commit_id, &dirty);
	assert_string_equal(commit_id, "");
	assert_false(dirty);
}

/* A writer that is killed leaves Git's guard of a ref behind. */
static void a_guard_left_by_a_killed_writer_stops_nobody(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char *guard = mem_printf("%s/refs/hlp/log.lock", fixture.home->content);
	char blob[41];
	struct err err = {0};

	assert_int_equal(content_add(fixture.content, "a", "1", 1, blob, &err), 0);
	fixture_commit(&fixture);
	content_close(fixture.content);
	assert_int_equal(file_replace(guard, "", 0, 0600, &err), 0);
	assert_int_equal(content_open(fixture.home, CONTENT_WRITE, &fixture.content, &err), 0);
	assert_int_equal(content_add(fixture.content, "b", "2", 1, blob, &err), 0);
	fixture_commit(&fixture);
	assert_false(file_exists(guard));
	free(guard);
	fixture_end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(bytes_come_back_by_their_id),
		TEST(another_reader_sees_what_is_committed),
		TEST(a_lock_that_was_left_is_no_obstacle),
		TEST(a_repository_that_is_half_made_is_finished),
		TEST(a_reader_may_be_the_first_to_come),
		TEST(reading_is_bounded),
		TEST(an_empty_batch_does_nothing),
		TEST(a_batch_is_one_pack),
		TEST(plain_git_reads_the_log_and_finds_no_fault),
		TEST(a_tree_carries_on_what_came_before_while_it_is_small),
		TEST(a_file_may_become_a_folder_and_back),
		TEST(names_that_git_refuses_are_made_fit),
		TEST(the_same_contents_are_kept_once),
		TEST(a_file_is_captured_with_all_that_describes_it),
		TEST(a_missing_file_is_absent),
		TEST(an_empty_file_is_not_absent),
		TEST(what_is_no_regular_file_is_named_and_refused),
		TEST(nothing_outside_the_folder_is_read),
		TEST(an_absolute_path_lies_in_the_folder_or_a_root),
		TEST(a_large_file_lies_beside_the_repository),
		TEST(of_what_is_too_large_only_the_looks_are_kept),
		TEST(a_file_at_the_limit_is_a_blob),
		TEST(contents_that_look_like_a_pointer_come_back_as_they_are),
		TEST(only_real_changes_are_different),
		TEST(a_write_within_the_same_tick_is_noticed),
		TEST(absent_is_compared_too),
		TEST(a_workflow_file_is_described_by_its_commit),
		TEST(a_file_outside_git_has_no_commit),
		TEST(a_guard_left_by_a_killed_writer_stops_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
