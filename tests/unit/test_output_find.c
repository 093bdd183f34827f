/* SPDX-License-Identifier: MIT
 *
 * Finding lines in output files: both ways, across blocks, in bounded steps.
 */
#include "store/output_find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tests/unit/scratch.h"

struct hits {
	struct buf text; /* "OFFSET:LINE|" each */
	uint32_t count;
};

static int take(void *ctx, int64_t offset, const char *line, size_t length)
{
	struct hits *hits = ctx;

	buf_printf(&hits->text, "%lld:%.*s|", (long long)offset, (int)length, line);
	hits->count++;
	return 0;
}

static struct output_search find(const char *path, struct output_query query, const char *expected)
{
	struct output_search search;
	struct hits hits = {0};

	buf_init(&hits.text, 1 << 20);
	query.text = query.text ? query.text : "";
	query.bytes_most = query.bytes_most ? query.bytes_most : INT64_MAX;
	query.lines_most = query.lines_most ? query.lines_most : UINT32_MAX;
	assert_int_equal(output_find(path, &query, take, &hits, &search, NULL), 0);
	if (expected != NULL)
		assert_string_equal(buf_text(&hits.text), expected);
	buf_release(&hits.text);
	return search;
}

static void lines_are_found_both_ways(void **state)
{
	const char *path = scratch_write(state, "out", "one\ntwo Error\nthree\nerror four\nfive");

	find(path, (struct output_query){.text = "error"}, "4:two Error|20:error four|");
	find(path, (struct output_query){.text = "error", .backwards = true, .from = -1},
	     "20:error four|4:two Error|");
	find(path, (struct output_query){.text = "Error"}, "4:two Error|");
	find(path, (struct output_query){.text = "e", .from = 20}, "20:error four|31:five|");
	find(path, (struct output_query){.text = "e", .backwards = true, .from = 14},
	     "4:two Error|0:one|");
	find(path, (struct output_query){.text = "five"}, "31:five|");
	find(path, (struct output_query){.text = "nothing of it"}, "");
}

static void lines_that_tell_of_trouble_are_found(void **state)
{
	const char *path = scratch_write(
		state, "out",
		"ok\nPermission denied\nall is well\nFATAL: no\nconnection refused\n");

	find(path, (struct output_query){.errors = true},
	     "3:Permission denied|33:FATAL: no|43:connection refused|");
}

static void a_search_goes_on_where_it_stopped(void **state)
{
	const char *path = scratch_write(state, "out", "a1\nb\na2\nc\na3\n");
	struct output_search search;

	search = find(path, (struct output_query){.text = "a", .lines_most = 1}, "0:a1|");
	assert_false(search.done);
	search = find(path,
		      (struct output_query){.text = "a", .lines_most = 1, .from = search.scanned},
		      "5:a2|");
	search = find(path, (struct output_query){.text = "a", .from = search.scanned}, "10:a3|");
	assert_true(search.done);
	search = find(
		path,
		(struct output_query){.text = "a", .lines_most = 2, .backwards = true, .from = -1},
		"10:a3|5:a2|");
	search = find(path,
		      (struct output_query){.text = "a", .backwards = true, .from = search.scanned},
		      "0:a1|");
	assert_true(search.done);
}

/* Lines lie across the ends of blocks; and one is longer than a block. */
static void blocks_cut_no_line(void **state)
{
	struct buf text;
	struct hits down = {0}, up = {0};
	struct output_search search;
	const char *path;

	buf_init(&text, 8 << 20);
	for (int i = 0; i < 40000; i++)
		buf_printf(&text, "line %d of many, %s\n", i, i % 1000 == 7 ? "needle" : "hay");
	for (int i = 0; i < 600000; i++)
		buf_add_char(&text, 'x');
	buf_add_text(&text, "\nthe last needle\n");
	path = scratch_write(state, "out", buf_text(&text));
	buf_init(&down.text, 1 << 20);
	buf_init(&up.text, 1 << 20);
	struct output_query query = {
		.text = "needle", .bytes_most = INT64_MAX, .lines_most = UINT32_MAX};
	assert_int_equal(output_find(path, &query, take, &down, &search, NULL), 0);
	assert_int_equal(down.count, 41);
	query.backwards = true;
	query.from = -1;
	assert_int_equal(output_find(path, &query, take, &up, &search, NULL), 0);
	assert_int_equal(up.count, 41);
	assert_int_equal(down.text.length, up.text.length);
	buf_release(&down.text);
	buf_release(&up.text);
	buf_release(&text);
}

static void a_step_looks_through_no_more_than_it_may(void **state)
{
	struct buf text;
	struct output_search search;

	buf_init(&text, 8 << 20);
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "line %d\n", i);
	const char *path = scratch_write(state, "out", buf_text(&text));
	search = find(path, (struct output_query){.text = "zebra", .bytes_most = 300000}, "");
	assert_false(search.done);
	assert_in_range(search.scanned, 300000, 900000);
	buf_release(&text);
}

static void a_file_that_is_not_there_has_no_lines(void **state)
{
	struct output_search search =
		find(scratch_path(state, "none"), (struct output_query){.text = "a"}, "");

	assert_true(search.done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_found_both_ways, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(lines_that_tell_of_trouble_are_found, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(a_search_goes_on_where_it_stopped, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(blocks_cut_no_line, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(a_step_looks_through_no_more_than_it_may,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_file_that_is_not_there_has_no_lines,
						scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
