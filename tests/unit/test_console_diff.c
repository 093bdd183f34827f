/* SPDX-License-Identifier: MIT
 *
 * Diffs taken apart: numbers, pairs, changed words; and what hostile bytes become.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tui/diff.h"

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
	assert_int_equal(diff->lines[0].kind, DIFF_NOTE);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_numbers_on_both_sides),
		cmocka_unit_test(lines_that_belong_together_are_pairs),
		cmocka_unit_test(only_the_words_that_changed_are_marked),
		cmocka_unit_test(lines_with_little_in_common_are_not_marked),
		cmocka_unit_test(hostile_bytes_are_shown_and_not_sent),
		cmocka_unit_test(a_line_longer_than_is_compared_is_shown),
		cmocka_unit_test(nothing_is_no_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
