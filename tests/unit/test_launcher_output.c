/* SPDX-License-Identifier: MIT
 *
 * The launcher's side of output files: spares that the next attempt gets. How files grow, are cut
 * and go is in test_launcher.c.
 */
#include "launcher/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"

static void open_and_close(struct output_spares *spares, const char *path)
{
	const int fd = output_open(spares, path, NULL);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "", 0), 0);
	assert_int_equal(close(fd), 0);
}

static void finish(struct output_spares *spares, const char *path)
{
	struct output_watch watch = {0};

	output_finish(spares, path, 0, &watch);
}

static ino_t inode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_ino;
}

static void an_empty_file_becomes_the_next_one(void **state)
{
	const char *a = scratch_path(state, "a"), *b = scratch_path(state, "b");
	struct output_spares spares = {0};
	ino_t inode;

	open_and_close(&spares, a);
	inode = inode_of(a);
	finish(&spares, a);
	assert_int_equal(spares.count, 1);
	open_and_close(&spares, b);
	assert_int_equal(inode_of(b), inode);
	assert_false(file_exists(a));
	assert_int_equal(spares.count, 0);
}

static void one_with_output_or_without_leave_stays_or_goes(void **state)
{
	const char *full = scratch_write(state, "full", "x"), *empty = scratch_path(state, "empty");
	struct output_spares spares = {0};

	finish(&spares, full);
	assert_int_equal(spares.count, 0);
	assert_true(file_exists(full));
	open_and_close(&spares, empty);
	finish(NULL, empty);
	assert_false(file_exists(empty));
}

static void a_spare_replaces_nothing(void **state)
{
	const char *a = scratch_path(state, "a"), *b = scratch_write(state, "b", "kept");
	struct output_spares spares = {0};
	ino_t inode = inode_of(b);

	open_and_close(&spares, a);
	finish(&spares, a);
	open_and_close(&spares, b);
	assert_int_equal(inode_of(b), inode);
	assert_false(file_exists(a));
}

static void a_spare_that_vanished_is_not_missed(void **state)
{
	const char *a = scratch_path(state, "a"), *b = scratch_path(state, "new/b");
	struct output_spares spares = {0};

	open_and_close(&spares, a);
	finish(&spares, a);
	assert_int_equal(unlink(a), 0);
	open_and_close(&spares, b);
	assert_true(file_exists(b));
}

/* As many as there may be are kept, one more is not; none outlives being dropped. */
static void spares_are_bounded_and_dropped(void **state)
{
	struct output_spares spares = {0};
	const char *paths[OUTPUT_SPARES + 1];

	for (size_t i = 0; i <= OUTPUT_SPARES; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "f%zu", i);
		paths[i] = scratch_write(state, name, "");
		finish(&spares, paths[i]);
	}
	assert_int_equal(spares.count, OUTPUT_SPARES);
	assert_true(file_exists(paths[OUTPUT_SPARES - 1]));
	assert_false(file_exists(paths[OUTPUT_SPARES]));
	output_drop_spares(&spares);
	for (size_t i = 0; i < OUTPUT_SPARES; i++)
		assert_false(file_exists(paths[i]));
	output_drop_spares(&spares);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_file_becomes_the_next_one),
		TEST(one_with_output_or_without_leave_stays_or_goes),
		TEST(a_spare_replaces_nothing),
		TEST(a_spare_that_vanished_is_not_missed),
		TEST(spares_are_bounded_and_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
