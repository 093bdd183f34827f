/* SPDX-License-Identifier: MIT
 *
 * Files: bounds, atomic replacement, and that nothing leads out of a folder.
 */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

static void a_file_is_read_whole(void **state)
{
	const char *path = scratch_write(state, "a", "one\ntwo\n");
	size_t length;
	char *text;

	assert_int_equal(file_read(path, 8, &text, &length, NULL), 0);
	assert_int_equal(length, 8);
	assert_string_equal(text, "one\ntwo\n");
	free(text);
}

static void an_empty_file_is_an_empty_text(void **state)
{
	size_t length = 1;
	char *text;

	assert_int_equal(file_read(scratch_write(state, "a", ""), 8, &text, &length, NULL), 0);
	assert_int_equal(length, 0);
	assert_string_equal(text, "");
	free(text);
}

static void a_file_over_the_bound_is_refused_with_its_name(void **state)
{
	const char *path = scratch_write(state, "a", "12345678");
	char *text = NULL;
	struct err err;

	assert_int_equal(file_read(path, 7, &text, NULL, &err), -ERR_LIMIT);
	assert_null(text);
	assert_non_null(strstr(err.message, path));
	assert_int_equal(file_read(path, 7, &text, NULL, NULL), -ERR_LIMIT);
}

static void a_missing_file_is_not_found(void **state)
{
	char *text;
	struct err err;

	assert_int_equal(file_read(scratch_path(state, "no"), 8, &text, NULL, &err),
			 -ERR_NOT_FOUND);
}

static void a_replaced_file_has_its_mode_and_leaves_nothing_beside(void **state)
{
	const char *path = scratch_write(state, "a", "old");
	struct stat info;
	char *text;

	assert_int_equal(file_replace(path, "new", 3, 0751, NULL), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0751);
	assert_int_equal(file_read(path, 8, &text, NULL, NULL), 0);
	assert_string_equal(text, "new");
	free(text);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(*state), 0); /* empty, so nothing was left */
	assert_int_equal(mkdir(*state, 0700), 0);
}

static void a_failed_replacement_leaves_the_old_file(void **state)
{
	struct err err;

	assert_int_equal(mkdir(scratch_path(state, "d"), 0700), 0);
	(void)scratch_write(state, "d/inside", "x");
	assert_true(file_replace(scratch_path(state, "d"), "new", 3, 0600, &err) < 0);
	assert_true(file_exists(scratch_path(state, "d/inside")));
	assert_int_equal(file_replace(scratch_path(state, "no/a"), "new", 3, 0600, &err),
			 -ERR_NOT_FOUND);
}

static void folders_are_made_with_those_above(void **state)
{
	const char *path = scratch_path(state, "x/y//z");
	struct stat info;

	assert_int_equal(file_make_folders(path, 0700, NULL), 0);
	assert_int_equal(file_make_folders(path, 0700, NULL), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_true(S_ISDIR(info.st_mode));
	(void)scratch_write(state, "f", "");
	assert_int_equal(file_make_folders(scratch_path(state, "f/g"), 0700, NULL), -ERR_IO);
	assert_true(file_make_folders("", 0700, NULL) < 0);
}

static void writing_to_a_closed_pipe_is_an_error_number(void **state)
{
	(void)state;
	assert_int_equal(file_write_fd(-1, "x", 1), -EBADF);
	assert_int_equal(file_write_fd(-1, "", 0), 0);
}

static int beneath(void **state, const char *path, int flags)
{
	int folder = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = file_open_beneath(folder, path, flags, 0600, NULL);

	(void)close(folder);
	return fd;
}

static void what_lies_beneath_is_opened_close_on_exec(void **state)
{
	int fd;

	(void)scratch_write(state, "a", "x");
	assert_int_equal(symlink("a", scratch_path(state, "inner")), 0);
	fd = beneath(state, "inner", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	(void)close(fd);
	fd = beneath(state, "new", O_WRONLY | O_CREAT);
	assert_true(fd >= 0);
	(void)close(fd);
}

static void nothing_leads_out_of_the_folder(void **state)
{
	assert_int_equal(symlink("/etc", scratch_path(state, "absolute")), 0);
	assert_int_equal(symlink("../..", scratch_path(state, "upwards")), 0);
	assert_int_equal(mkdir(scratch_path(state, "d"), 0700), 0);
	assert_int_equal(beneath(state, "/etc/passwd", O_RDONLY), -ERR_DENIED);
	assert_int_equal(beneath(state, "../x", O_WRONLY | O_CREAT), -ERR_DENIED);
	assert_int_equal(beneath(state, "d/../../x", O_RDONLY), -ERR_DENIED);
	assert_int_equal(beneath(state, "absolute/passwd", O_RDONLY), -ERR_DENIED);
	assert_int_equal(beneath(state, "upwards/etc/passwd", O_RDONLY), -ERR_DENIED);
	assert_int_equal(beneath(state, "absolute/new", O_WRONLY | O_CREAT), -ERR_DENIED);
	assert_int_equal(beneath(state, "no", O_RDONLY), -ERR_NOT_FOUND);
}

static void assert_text(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void paths_are_joined_and_cut(void **state)
{
	(void)state;
	assert_text(file_join("a", "b"), "a/b");
	assert_text(file_join("a/", "b"), "a/b");
	assert_text(file_join("/", "b"), "/b");
	assert_text(file_join("", "b"), "b");
	assert_text(file_join("a", "/b"), "/b");
	assert_text(file_folder("a"), ".");
	assert_text(file_folder(""), ".");
	assert_text(file_folder("/"), "/");
	assert_text(file_folder("/a"), "/");
	assert_text(file_folder("a/b"), "a");
	assert_text(file_folder("a//b/"), "a");
	assert_text(file_folder("/a/b/c"), "/a/b");
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(a_file_is_read_whole),
		WITH_SCRATCH(an_empty_file_is_an_empty_text),
		WITH_SCRATCH(a_file_over_the_bound_is_refused_with_its_name),
		WITH_SCRATCH(a_missing_file_is_not_found),
		WITH_SCRATCH(a_replaced_file_has_its_mode_and_leaves_nothing_beside),
		WITH_SCRATCH(a_failed_replacement_leaves_the_old_file),
		WITH_SCRATCH(folders_are_made_with_those_above),
		cmocka_unit_test(writing_to_a_closed_pipe_is_an_error_number),
		WITH_SCRATCH(what_lies_beneath_is_opened_close_on_exec),
		WITH_SCRATCH(nothing_leads_out_of_the_folder),
		cmocka_unit_test(paths_are_joined_and_cut),
	};

	return cmocka_run_group_tests_name("base_file", tests, NULL, NULL);
}
