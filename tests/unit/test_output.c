/* SPDX-License-Identifier: MIT
 *
 * Output files: byte ranges from either end, files that are not there, and removal.
 */
#include "store/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"

static void expect_range(const char *path, int64_t offset, size_t length, const char *expected,
			 int64_t expected_offset)
{
	int64_t at = -1, size = -1;
	struct buf out;

	buf_init(&out, 100);
	assert_int_equal(output_read(path, offset, length, &out, &at, &size, NULL), 0);
	assert_string_equal(buf_text(&out), expected);
	assert_int_equal(at, expected_offset);
	assert_int_equal(size, 10);
	buf_release(&out);
}

static void a_range_is_read_from_either_end(void **state)
{
	const char *path = scratch_write(state, "out", "0123456789");

	assert_int_equal(output_size(path), 10);
	expect_range(path, 0, 100, "0123456789", 0);
	expect_range(path, 3, 4, "3456", 3);
	expect_range(path, 8, 4, "89", 8);
	expect_range(path, 10, 4, "", 10);
	expect_range(path, 50, 4, "", 10);
	expect_range(path, -3, 100, "789", 7);
	expect_range(path, -3, 2, "78", 7);
	expect_range(path, -50, 2, "01", 0);
	expect_range(path, INT64_MIN, 1, "0", 0);
	expect_range(path, INT64_MAX, 1, "", 10);
}

static void a_file_that_is_not_there_is_empty(void **state)
{
	int64_t at = -1, size = -1;
	struct buf out;

	assert_int_equal(output_size(scratch_path(state, "none")), 0);
	buf_init(&out, 100);
	assert_int_equal(output_read(scratch_path(state, "none"), 0, 10, &out, &at, &size, NULL),
			 0);
	assert_int_equal(size, 0);
	assert_int_equal(out.length, 0);
	buf_release(&out);
}

static void what_is_no_file_is_an_error(void **state)
{
	int64_t at = -1, size = -1;
	struct buf out;

	buf_init(&out, 100);
	assert_int_equal(mkfifo(scratch_path(state, "pipe"), 0600), 0);
	assert_true(output_read(scratch_path(state, "pipe"), 0, 10, &out, &at, &size, NULL) < 0);
	assert_true(output_read(scratch_path(state, "."), 0, 10, &out, &at, &size, NULL) < 0);
	assert_int_equal(at, -1);
	buf_release(&out);
}

static void removal_takes_the_folder_and_follows_no_link(void **state)
{
	const char *folder = scratch_path(state, "output");

	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(scratch_path(state, "output/sub"), 0700), 0);
	(void)scratch_write(state, "output/sub/a", "x");
	(void)scratch_write(state, "kept", "x");
	assert_int_equal(symlink("../kept", scratch_path(state, "output/link")), 0);
	assert_int_equal(symlink("..", scratch_path(state, "output/up")), 0);
	assert_int_equal(output_remove(folder, NULL), 0);
	assert_false(file_exists(folder));
	assert_true(file_exists(scratch_path(state, "kept")));
	assert_int_equal(output_remove(folder, NULL), 0); /* again: nothing to do */
}

static void samples_tell_when_bytes_came(void **state)
{
	static const int64_t PAIRS[] = {10, 1000, 20, 2000, 30, 3000, 40, 4000};
	const char *path = scratch_write(state, "out", "x");
	struct output_time *times = NULL;

	assert_int_equal(output_times(path, 0, 100, &times), 0); /* none is no failure */
	free(times);
	int fd = open(scratch_path(state, "out.times"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(file_write_fd(fd, PAIRS, sizeof(PAIRS)), 0);
	(void)close(fd);
	assert_int_equal(output_times(path, 15, 25, &times), 2);
	assert_int_equal(times[0].bytes, 20);
	assert_int_equal(times[1].time_us, 3000);
	free(times);
	assert_int_equal(output_times(path, 0, 1000, &times), 4);
	free(times);
	assert_int_equal(output_times(path, 50, 1000, &times), 0);
	free(times);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_range_is_read_from_either_end),
		TEST(a_file_that_is_not_there_is_empty),
		TEST(what_is_no_file_is_an_error),
		TEST(samples_tell_when_bytes_came),
		TEST(removal_takes_the_folder_and_follows_no_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
