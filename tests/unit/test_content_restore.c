/* SPDX-License-Identifier: MIT
 *
 * Putting files back: byte for byte, with mode, owner and time, whatever has happened since, and as
 * often as one likes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/bigfile.h"
#include "store/content.h"
#include "tests/unit/content_fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

static struct event_item capture(struct fixture *fixture, const char *path)
{
	struct event_item item = {.kind = "artifact", .name = path};
	struct err err = {0};

	if (content_add_file(fixture->content, path, fixture->folder, NULL, 0, path, &item, &err) <
		    0 ||
	    content_commit(fixture->content, "capture", &err) < 0)
		fail_msg("%s", err.message);
	return item;
}

static struct event_item restore(struct fixture *fixture, const char *path,
				 const struct event_item *recorded)
{
	struct event_item now = {.kind = "artifact", .name = "kept"};
	struct err err = {0};

	if (content_restore(fixture->content, fixture->folder, NULL, 0, path, recorded, &now,
			    &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(now.name, "kept");
	return now;
}

static void expect_file(struct fixture *fixture, const char *path, const char *text)
{
	size_t length;
	char *data;

	assert_int_equal(
		file_read(scratch_path(fixture->state, path), 1 << 20, &data, &length, NULL), 0);
	assert_string_equal(data, text);
	free(data);
}

static struct stat look(struct fixture *fixture, const char *path)
{
	struct stat info;

	assert_int_equal(lstat(scratch_path(fixture->state, path), &info), 0);
	return info;
}

static size_t count_files(const char *folder)
{
	DIR *entries = opendir(folder);
	size_t count = 0;

	assert_non_null(entries);
	while (readdir(entries))
		count++;
	(void)closedir(entries);
	return count - 2;
}

static void a_changed_file_comes_back_as_it_was(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before, now;
	struct stat old, new;

	assert_int_equal(chmod(scratch_write(state, "work/a", "old"), 0640), 0);
	before = capture(&fixture, "a");
	old = look(&fixture, "work/a");
	assert_int_equal(chmod(scratch_write(state, "work/a", "new and longer"), 0777), 0);
	now = restore(&fixture, "a", &before);
	new = look(&fixture, "work/a");
	expect_file(&fixture, "work/a", "old");
	assert_int_equal(new.st_mode & 07777, 0640);
	assert_int_equal(new.st_mtim.tv_sec, old.st_mtim.tv_sec);
	assert_int_equal(new.st_mtim.tv_nsec, old.st_mtim.tv_nsec);
	assert_int_equal(now.inode, new.st_ino);
	assert_string_equal(now.blob, before.blob);
	assert_int_equal(count_files(fixture.folder), 1);
	fixture_end(&fixture);
}

static void a_time_before_1970_comes_back(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const struct timespec times[2] = {{.tv_sec = -5, .tv_nsec = 250000000},
					  {.tv_sec = -5, .tv_nsec = 250000000}};
	struct event_item before;
	struct stat info;

	assert_int_equal(utimensat(AT_FDCWD, scratch_write(state, "work/a", "old"), times, 0), 0);
	before = capture(&fixture, "a");
	(void)scratch_write(state, "work/a", "new");
	(void)restore(&fixture, "a", &before);
	expect_file(&fixture, "work/a", "old");
	info = look(&fixture, "work/a");
	assert_int_equal(info.st_mtim.tv_sec, -5);
	assert_int_equal(info.st_mtim.tv_nsec, 250000000);
	fixture_end(&fixture);
}

static void a_removed_file_comes_back_with_its_folder(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before;

	assert_int_equal(mkdir(scratch_path(state, "work/tls"), 0755), 0);
	(void)scratch_write(state, "work/tls/edge.crt", "certificate");
	before = capture(&fixture, "tls/edge.crt");
	assert_int_equal(unlink(scratch_path(state, "work/tls/edge.crt")), 0);
	assert_int_equal(rmdir(scratch_path(state, "work/tls")), 0);
	(void)restore(&fixture, "tls/edge.crt", &before);
	expect_file(&fixture, "work/tls/edge.crt", "certificate");
	fixture_end(&fixture);
}

static void absent_removes_the_file(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before = capture(&fixture, "a"), now;
	struct stat info;

	(void)scratch_write(state, "work/a", "made since");
	now = restore(&fixture, "a", &before);
	assert_true(now.absent);
	assert_int_not_equal(lstat(scratch_path(state, "work/a"), &info), 0);
	/* Again, and with the folder gone too. */
	now = restore(&fixture, "a", &before);
	assert_true(now.absent);
	before = capture(&fixture, "none/b");
	now = restore(&fixture, "none/b", &before);
	assert_true(now.absent);
	fixture_end(&fixture);
}

static void what_is_the_same_is_not_touched(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before;
	struct stat old, new;

	(void)scratch_write(state, "work/a", "same");
	before = capture(&fixture, "a");
	old = look(&fixture, "work/a");
	(void)restore(&fixture, "a", &before);
	new = look(&fixture, "work/a");
	assert_int_equal(old.st_ino, new.st_ino);
	assert_int_equal(old.st_ctim.tv_nsec, new.st_ctim.tv_nsec);
	fixture_end(&fixture);
}

static void what_a_death_left_behind_does_no_harm(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before;
	char id[41];

	(void)scratch_write(state, "work/a", "old");
	before = capture(&fixture, "a");
	(void)scratch_write(state, "work/a", "new");
	/* The temporary file of a restore of 'a' that died half way. */
	assert_int_equal(content_add(fixture.content, "x", "a", 1, id, NULL), 0);
	id[16] = '\0';
	{
		char left[64];

		(void)snprintf(left, sizeof(left), "work/.hlp-restore-%s", id);
		(void)scratch_write(state, left, "half");
	}
	assert_int_equal(count_files(fixture.folder), 2);
	(void)restore(&fixture, "a", &before);
	expect_file(&fixture, "work/a", "old");
	assert_int_equal(count_files(fixture.folder), 1);
	fixture_end(&fixture);
}

static void a_link_put_in_its_place_is_replaced_not_followed(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before;

	(void)scratch_write(state, "work/a", "old");
	before = capture(&fixture, "a");
	(void)scratch_write(state, "outside", "not ours");
	assert_int_equal(unlink(scratch_path(state, "work/a")), 0);
	assert_int_equal(symlink("../outside", scratch_path(state, "work/a")), 0);
	(void)restore(&fixture, "a", &before);
	assert_true(S_ISREG(look(&fixture, "work/a").st_mode));
	expect_file(&fixture, "work/a", "old");
	expect_file(&fixture, "outside", "not ours");
	fixture_end(&fixture);
}

static void nothing_is_written_outside_the_folder(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before, now = {0};
	struct err err = {0};

	(void)scratch_write(state, "work/a", "old");
	before = capture(&fixture, "a");
	assert_int_equal(mkdir(scratch_path(state, "other"), 0755), 0);
	assert_int_equal(symlink("../other", scratch_path(state, "work/way")), 0);
	assert_int_equal(content_restore(fixture.content, fixture.folder, NULL, 0, "way/a", &before,
					 &now, &err),
			 -ERR_DENIED);
	assert_int_equal(content_restore(fixture.content, fixture.folder, NULL, 0, "../other/a",
					 &before, &now, &err),
			 -ERR_DENIED);
	assert_int_equal(content_restore(fixture.content, fixture.folder, NULL, 0, "/etc/a",
					 &before, &now, &err),
			 -ERR_DENIED);
	assert_int_equal(count_files(scratch_path(state, "other")), 0);
	fixture_end(&fixture);
}

static void a_folder_in_its_place_is_an_error_that_names_it(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before, now = {0};
	struct err err = {0};

	(void)scratch_write(state, "work/a", "old");
	before = capture(&fixture, "a");
	assert_int_equal(unlink(scratch_path(state, "work/a")), 0);
	assert_int_equal(mkdir(scratch_path(state, "work/a"), 0755), 0);
	assert_true(content_restore(fixture.content, fixture.folder, NULL, 0, "a", &before, &now,
				    &err) < 0);
	assert_non_null(strstr(err.message, "'a'"));
	assert_int_equal(count_files(fixture.folder), 1);
	fixture_end(&fixture);
}

static void a_revision_that_is_gone_leaves_the_file_alone(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item before, now = {0};
	struct err err = {0};

	(void)scratch_write(state, "work/a", "old");
	before = capture(&fixture, "a");
	memcpy(before.blob, "0123456789012345678901234567890123456789", 41);
	assert_int_equal(
		content_restore(fixture.content, fixture.folder, NULL, 0, "a", &before, &now, &err),
		-ERR_NOT_FOUND);
	expect_file(&fixture, "work/a", "old");
	assert_int_equal(count_files(fixture.folder), 1);
	fixture_end(&fixture);
}

static void a_large_file_comes_back(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const char *path = scratch_write(state, "work/dump", "begin");
	struct event_item before;
	char data[6] = "";
	int fd;

	assert_int_equal(truncate(path, BIGFILE_FROM + 5), 0);
	before = capture(&fixture, "dump");
	(void)scratch_write(state, "work/dump", "gone");
	(void)restore(&fixture, "dump", &before);
	assert_int_equal(look(&fixture, "work/dump").st_size, BIGFILE_FROM + 5);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, data, 5), 5);
	assert_string_equal(data, "begin");
	(void)close(fd);
	fixture_end(&fixture);
}

static void the_owner_comes_back_where_that_is_allowed(void **state)
{
	struct fixture fixture = fixture_begin(state);
	const char *path = scratch_write(state, "work/a", "old");
	struct event_item before;

	if (geteuid() == 0)
		assert_int_equal(chown(path, 1, 2), 0);
	before = capture(&fixture, "a");
	assert_int_equal(unlink(path), 0);
	(void)scratch_write(state, "work/a", "new");
	(void)restore(&fixture, "a", &before);
	assert_int_equal(look(&fixture, "work/a").st_uid, before.uid);
	assert_int_equal(look(&fixture, "work/a").st_gid, before.gid);
	fixture_end(&fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_changed_file_comes_back_as_it_was),
		TEST(a_time_before_1970_comes_back),
		TEST(a_removed_file_comes_back_with_its_folder),
		TEST(absent_removes_the_file),
		TEST(what_is_the_same_is_not_touched),
		TEST(what_a_death_left_behind_does_no_harm),
		TEST(a_link_put_in_its_place_is_replaced_not_followed),
		TEST(nothing_is_written_outside_the_folder),
		TEST(a_folder_in_its_place_is_an_error_that_names_it),
		TEST(a_revision_that_is_gone_leaves_the_file_alone),
		TEST(a_large_file_comes_back),
		TEST(the_owner_comes_back_where_that_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
