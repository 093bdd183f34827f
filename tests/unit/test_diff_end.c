/* SPDX-License-Identifier: MIT
 *
 * The ends of a comparison: what people may write, and which revision it means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "service/diff_end.h"

static void expect(const char *text, const char *execution, enum diff_when when, uint64_t number)
{
	struct arena arena = {0};
	struct diff_end end;
	struct err err = {0};

	if (diff_end_parse(text, DIFF_WHEN_BEFORE, &arena, &end, &err) < 0)
		fail_msg("'%s': %s", text, err.message);
	assert_string_equal(end.execution, execution);
	assert_int_equal(end.when, when);
	assert_int_equal(end.number, number);
	arena_release(&arena);
}

static void ends_are_read_as_people_write_them(void **state)
{
	(void)state;
	expect("", "", DIFF_WHEN_BEFORE, 0);
	expect("before", "", DIFF_WHEN_BEFORE, 0);
	expect("newest", "", DIFF_WHEN_NEWEST, 0);
	expect("now", "", DIFF_WHEN_NOW, 0);
	expect("r12", "", DIFF_WHEN_REVISION, 12);
	expect("2", "", DIFF_WHEN_ATTEMPT, 2);
	expect("@2", "", DIFF_WHEN_ATTEMPT, 2);
	expect("run-2", "", DIFF_WHEN_ATTEMPT, 2);
	expect("run 2", "", DIFF_WHEN_ATTEMPT, 2);
	expect("web#3", "web#3", DIFF_WHEN_NEWEST, 0);
	expect("web", "web", DIFF_WHEN_NEWEST, 0);
	expect("run-a", "run-a", DIFF_WHEN_NEWEST, 0);
	expect("@latest", "@latest", DIFF_WHEN_NEWEST, 0);
	expect("web#3@run-2", "web#3", DIFF_WHEN_ATTEMPT, 2);
	expect("web#3@now", "web#3", DIFF_WHEN_NOW, 0);
	expect("@latest@r7", "@latest", DIFF_WHEN_REVISION, 7);
}

static void what_is_no_moment_is_refused(void **state)
{
	struct arena arena = {0};
	struct diff_end end;
	struct err err;

	(void)state;
	assert_int_equal(diff_end_parse("web#3@yesterday", DIFF_WHEN_NEWEST, &arena, &end, &err),
			 -ERR_INVALID);
	assert_string_equal(err.message, "'yesterday' is no moment of a file: r12, run-2, before, "
					 "newest or now");
	arena_release(&arena);
}

/* Two attempts, a restore, and an attempt after it; with a file of another node between them. */
static struct file_revision rows[] = {
	{.row = {.path = "f", .revision = {.seq = 1, .attempt = 1, .moment = MOMENT_BEFORE}}},
	{.row = {.path = "f", .revision = {.seq = 2, .attempt = 1, .moment = MOMENT_AFTER}}},
	{.row = {.path = "f", .revision = {.seq = 3, .attempt = 2, .moment = MOMENT_BEFORE}}},
	{.row = {.path = "f", .revision = {.seq = 4, .attempt = 2, .moment = MOMENT_AFTER}}},
	{.row = {.path = "g",
		 .revision = {.seq = 5, .attempt = 2, .moment = MOMENT_AFTER, .node = 1}}},
	{.row = {.path = "f", .revision = {.seq = 6, .attempt = 2, .moment = MOMENT_RESTORED}}},
	{.row = {.path = "f", .revision = {.seq = 7, .attempt = 3, .moment = MOMENT_BEFORE}}},
	{.row = {.path = "f", .revision = {.seq = 8, .attempt = 3, .moment = MOMENT_AFTER}}},
};

static uint64_t find(const char *text, size_t count, const char *path, struct err *err)
{
	struct file_rows files = {.rows = rows, .count = count};
	const struct file_revision *found;
	struct arena arena = {0};
	struct diff_end end;
	uint64_t seq = 0;

	assert_int_equal(diff_end_parse(text, DIFF_WHEN_NEWEST, &arena, &end, NULL), 0);
	if (diff_end_find(&end, &files, path, &found, err) == 0)
		seq = found->row.revision.seq;
	arena_release(&arena);
	return seq;
}

static void an_end_means_one_revision(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		rows[i].row.revision.attempt_kind = ATTEMPT_RUN;
	assert_int_equal(find("newest", 4, "f", NULL), 4);
	assert_int_equal(find("now", 4, "f", NULL), 4);
	assert_int_equal(find("before", 4, "f", NULL), 1);
	assert_int_equal(find("before", 6, "f", NULL), 1); /* what was restored differs from that */
	assert_int_equal(find("before", 8, "f", NULL), 7);
	assert_int_equal(find("1", 8, "f", NULL), 2);
	assert_int_equal(find("run-2", 8, "f", NULL), 4);
	assert_int_equal(find("r3", 8, "f", NULL), 3);
	assert_int_equal(find("newest", 8, "g", NULL), 5);
}

static void what_is_not_there_is_told_with_what_is(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(find("9", 8, "f", &err), 0);
	assert_string_equal(err.message,
			    "'f' has no revision of run-9; the newest are run-3, run-2, run-1");
	assert_int_equal(find("r5", 8, "f", &err), 0); /* it is of another file */
	assert_string_equal(err.message,
			    "'f' has no revision r5; the newest are r8, r7, r6, r4, r3, r2");
	assert_int_equal(find("now", 8, "h", &err), 0);
	assert_string_equal(err.message, "no artifact 'h' in this execution");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_are_read_as_people_write_them),
		cmocka_unit_test(what_is_no_moment_is_refused),
		cmocka_unit_test(an_end_means_one_revision),
		cmocka_unit_test(what_is_not_there_is_told_with_what_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
