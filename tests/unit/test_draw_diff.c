/* SPDX-License-Identifier: MIT
 *
 * Diffs taken apart: numbers, pairs, changed words; what hostile bytes become; and the rows that
 * are shown of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "draw/diff_rows.h"

static struct diff *parse(const char *text)
{
	return diff_parse(text, strlen(text));
}

static void assert_changed(const struct diff_line *line, uint32_t at, const char *text)
{
	char found[200];

	assert_in_range(at, 0, line->changed_count);
	(void)snprintf(found, sizeof(found), "%.*s",
		       (int)(line->changed[at].to - line->changed[at].from),
		       line->text + line->changed[at].from);
	assert_string_equal(found, text);
}

static void lines_have_their_numbers_on_both_sides(void **state)
{
	(void)state;
	struct diff *diff = parse("--- a/x\n+++ b/x\n@@ -7,3 +9,4 @@ section\n same\n-old\n+new\n"
				  "+more\n same\n");
	assert_int_equal(diff->count, 8);
	assert_int_equal(diff->hunks, 1);
	assert_int_equal(diff->added, 2);
	assert_int_equal(diff->removed, 1);
	assert_int_equal(diff->lines[0].kind, DIFF_HEAD);
	assert_int_equal(diff->lines[3].old_number, 7);
	assert_int_equal(diff->lines[3].new_number, 9);
	assert_int_equal(diff->lines[4].old_number, 8);
	assert_int_equal(diff->lines[4].new_number, 0);
	assert_int_equal(diff->lines[6].new_number, 11);
	assert_int_equal(diff->lines[7].old_number, 9);
	assert_int_equal(diff->lines[7].new_number, 12);
	diff_free(diff);
}

static void lines_that_belong_together_are_pairs(void **state)
{
	(void)state;
	struct diff *diff = parse("@@ -1,2 +1,3 @@\n-a one\n-b two\n+a 1\n+b 2\n+c 3\n");
	assert_int_equal(diff->lines[1].partner, 3);
	assert_int_equal(diff->lines[2].partner, 4);
	assert_int_equal(diff->lines[4].partner, 2);
	assert_int_equal(diff->lines[5].partner, -1);
	diff_free(diff);
}

static void only_the_words_that_changed_are_marked(void **state)
{
	(void)state;
	struct diff *diff = parse("@@ -1 +1 @@\n-  amount numeric(12,2) NOT NULL,\n"
				  "+  amount numeric(20,4) NOT NULL,\n");
	assert_int_equal(diff->lines[1].changed_count, 2);
	assert_changed(&diff->lines[1], 0, "12");
	assert_changed(&diff->lines[1], 1, "2");
	assert_changed(&diff->lines[2], 0, "20");
	assert_changed(&diff->lines[2], 1, "4");
	diff_free(diff);
}

static void lines_with_little_in_common_are_not_marked(void **state)
{
	(void)state;
	struct diff *diff = parse("@@ -1 +1 @@\n-alpha beta gamma delta\n+one two three four\n");
	assert_int_equal(diff->lines[1].partner, 2);
	assert_int_equal(diff->lines[1].changed_count, 0);
	diff_free(diff);
}

static void lines_of_base64_are_not_versions_of_each_other(void **state)
{
	(void)state;
	struct diff *diff =
		parse("@@ -1,2 +1,2 @@\n"
		      "-Y2VydGlmaWNhdGVvbGQxMjM0NTY3ODkwYWJjZGVmZ2hpamtsbW5v+x/dGhlZW5k\n"
		      "-A/b0xkQ2VydEtleTEyMzQ1Njc4OTBxd2VydHl1aW9wYXNkZmdoamts+m\n"
		      "+bmV3Y2VydGlmaWNhdGUwOTg3NjU0MzIxenl4d3Z1dHNycXBvbm1s+x/ZW5kb2ZpdA\n"
		      "+Q/bmV3Q2VydEtleTA5ODc2NTQzMjFwb2l1eXRyZXdxbGtqaGdmZHNh+m\n");
	for (size_t i = 1; i < 5; i++)
		assert_int_equal(diff->lines[i].changed_count, 0);
	assert_int_equal(diff->lines[1].partner, 3); /* it still stands beside the other */
	diff_free(diff);
}

static void a_value_is_marked_however_long_it_is(void **state)
{
	(void)state;
	struct diff *diff = parse("@@ -1 +1 @@\n-serial: 5A01F2B3C4D5E6F708192A3B4C5D6E7F\n"
				  "+serial: 77C0FFEE00112233445566778899AABB\n");
	assert_int_equal(diff->lines[1].changed_count, 1);
	assert_changed(&diff->lines[1], 0, "5A01F2B3C4D5E6F708192A3B4C5D6E7F");
	assert_changed(&diff->lines[2], 0, "77C0FFEE00112233445566778899AABB");
	diff_free(diff);
}

static void hostile_bytes_are_shown_and_not_sent(void **state)
{
	(void)state;
	struct diff *diff = parse("@@ -1 +1 @@\n-\033[31mred\tx\n+\033]52;c;AAAA\007\n");
	assert_string_equal(diff->lines[1].text, "\\e[31mred        x");
	assert_null(strchr(diff->lines[2].text, '\033'));
	assert_null(strchr(diff->lines[2].text, '\007'));
	diff_free(diff);
}

static void a_line_longer_than_is_compared_is_shown(void **state)
{
	(void)state;
	char text[8000] = "@@ -1 +1 @@\n-";
	size_t at = strlen(text);
	for (; at < 3000; at += 2)
		memcpy(text + at, "a ", 2);
	memcpy(text + at, "\n+", 3);
	at += 2;
	for (; at < 6000; at += 2)
		memcpy(text + at, "a ", 2);
	text[at] = '\0';
	struct diff *diff = parse(text);
	assert_int_equal(diff->lines[1].partner, 2);
	assert_int_equal(diff->lines[1].changed_count, 0);
	diff_free(diff);
}

static void nothing_is_no_lines(void **state)
{
	(void)state;
	struct diff *diff = parse("");
	assert_int_equal(diff->count, 0);
	diff_free(diff);
	diff_free(NULL);
}

static void what_stands_behind_a_hunk_is_no_line_of_it(void **state)
{
	(void)state;
	struct diff *diff =
		parse("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n"
		      "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -3,2 +3 @@\n same\n-gone\n");
	assert_int_equal(diff->lines[5].kind, DIFF_NOTE);
	assert_int_equal(diff->lines[6].kind, DIFF_HEAD);
	assert_int_equal(diff->lines[7].kind, DIFF_HEAD);
	assert_int_equal(diff->lines[10].kind, DIFF_REMOVED);
	assert_int_equal(diff->lines[10].old_number, 4);
	assert_int_equal(diff->removed, 2);
	diff_free(diff);
}

static void marks_can_be_written_into_the_lines(void **state)
{
	(void)state;
	struct diff *diff = parse("@@ -1 +1 @@\n-set workers 12 here\n+set workers 20 here\n");
	diff_write_marks(diff);
	assert_string_equal(diff->lines[1].text, "set workers [-12-] here");
	assert_string_equal(diff->lines[2].text, "set workers {+20+} here");
	diff_write_marks(diff); /* once is enough */
	assert_string_equal(diff->lines[2].text, "set workers {+20+} here");
	diff_free(diff);
}

static void changes_by_structure_are_a_line_each(void **state)
{
	static const struct tree_change changes[] = {
		{TREE_CHANGED, "spec.replicas", "2", "3"},
		{TREE_ADDED, "spec.paused", NULL, "true"},
		{TREE_REMOVED, "spec.old", "\033[31m", NULL},
		{TREE_MOVED, "steps[0]", "[2]", "[0]"},
	};
	bool marked;

	(void)state;
	struct diff *diff = diff_of_changes(changes, 4, true);
	assert_string_equal(diff->lines[0].text, "spec.replicas: 2 -> 3");
	assert_int_equal(diff_role_at(&diff->lines[0], 15, &marked), ROLE_diff_del);
	assert_int_equal(diff_role_at(&diff->lines[0], 20, &marked), ROLE_diff_add);
	assert_int_equal(diff_role_at(&diff->lines[0], 0, &marked), ROLE_text);
	assert_string_equal(diff->lines[1].text, "spec.paused: true");
	assert_string_equal(diff->lines[2].text, "spec.old: \\e[31m");
	assert_string_equal(diff->lines[3].text, "steps[0]: moved [2] -> [0]");
	assert_int_equal(diff->added, 1);
	assert_int_equal(diff->removed, 1);
	diff_add_note(diff, "and more");
	assert_int_equal(diff->lines[4].kind, DIFF_NOTE);
	diff_free(diff);
}

/* ---- rows -------------------------------------------------------------------------------- */

static void add_piece(struct buf *out, const struct diff_piece *piece)
{
	if (piece->line)
		buf_add(out, piece->line->text + piece->from, piece->to - piece->from);
}

static void expect_rows(const char *text, int width, bool sides, const char *expected)
{
	struct diff *diff = parse(text);
	struct diff_rows rows;
	struct buf out;

	buf_init(&out, 10000);
	diff_rows_lay_out(&rows, diff, width, sides);
	for (size_t i = 0; i < rows.count; i++) {
		buf_add_text(&out, rows.rows[i].first ? "" : "+");
		add_piece(&out, &rows.rows[i].left);
		if (rows.sides && !rows.rows[i].whole) {
			buf_add_text(&out, " | ");
			add_piece(&out, &rows.rows[i].right);
		}
		buf_add_text(&out, "\n");
	}
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	diff_rows_release(&rows);
	diff_free(diff);
}

static void long_lines_are_wrapped_by_columns(void **state)
{
	(void)state;
	expect_rows("@@ -1,2 +1,2 @@\n abcdefghijk\n\n", 6, false,
		    "@@ -1,\n+2 +1,2\n+ @@\nabcde\n+fghij\n+k\n\n");
	expect_rows("@@ -1 +1 @@\n \xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\n", 6, false,
		    "@@ -1 \n++1 @@\n\xe4\xb8\x80\xe4\xba\x8c\n+\xe4\xb8\x89\n");
}

static void partners_stand_beside_each_other(void **state)
{
	(void)state;
	expect_rows("--- old\n+++ new\n@@ -1,3 +1,4 @@\n same\n-a one two three four five six\n"
		    "-gone\n+a 1\n+new\n+more\n",
		    41, true,
		    "--- old | +++ new\n@@ -1,3 +1,4 @@\nsame | same\na one two thre | a 1\n"
		    "+e four five si | \n+x | \ngone | new\n | more\n");
	/* Too narrow for two. */
	expect_rows("@@ -1 +1 @@\n-a\n+b\n", 39, true, "@@ -1 +1 @@\na\nb\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_numbers_on_both_sides),
		cmocka_unit_test(lines_that_belong_together_are_pairs),
		cmocka_unit_test(only_the_words_that_changed_are_marked),
		cmocka_unit_test(lines_with_little_in_common_are_not_marked),
		cmocka_unit_test(lines_of_base64_are_not_versions_of_each_other),
		cmocka_unit_test(a_value_is_marked_however_long_it_is),
		cmocka_unit_test(hostile_bytes_are_shown_and_not_sent),
		cmocka_unit_test(a_line_longer_than_is_compared_is_shown),
		cmocka_unit_test(nothing_is_no_lines),
		cmocka_unit_test(what_stands_behind_a_hunk_is_no_line_of_it),
		cmocka_unit_test(marks_can_be_written_into_the_lines),
		cmocka_unit_test(changes_by_structure_are_a_line_each),
		cmocka_unit_test(long_lines_are_wrapped_by_columns),
		cmocka_unit_test(partners_stand_beside_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
