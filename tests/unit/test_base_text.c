/* SPDX-License-Identifier: MIT
 *
 * The gate against hostile bytes, widths, distances and quoting.
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/rng.h"

#define ROOM ((size_t)64 * 1024)

static void assert_gate(const char *in, size_t length, enum text_gate mode, const char *expected)
{
	struct buf out;

	buf_init(&out, ROOM);
	text_gate(&out, in, length, mode);
	assert_string_equal(buf_text(&out), expected);
	assert_int_equal(out.length, strlen(expected));
	buf_release(&out);
}

#define GATE(in, expected)  assert_gate(in, sizeof(in) - 1, TEXT_ONE_LINE, expected)
#define LINES(in, expected) assert_gate(in, sizeof(in) - 1, TEXT_KEEP_LINES, expected)

static void plain_text_passes_unchanged(void **state)
{
	(void)state;
	GATE("", "");
	GATE("drain: ok, 12 % (a\\b)", "drain: ok, 12 % (a\\b)");
	GATE("Größe 漢字 😀", "Größe 漢字 😀");
}

static void terminal_sequences_become_visible(void **state)
{
	(void)state;
	GATE("\x1b[2J\x1b[1;1H", "\\e[2J\\e[1;1H");
	GATE("\x1b]0;owned\a", "\\e]0;owned\\a");
	GATE("\x1bP1;1|0a/\x1b\\", "\\eP1;1|0a/\\e\\");
	GATE("\x9b"
	     "31m",
	     "\\x9b31m");
	GATE("\xc2\x9b"
	     "31m",
	     "\\u{9b}31m");
	GATE("100%\r  0%", "100%\\r  0%");
	GATE("\b\b\v\f\x7f\0x", "\\b\\b\\v\\f\\x7f\\0x");
}

static void lines_and_tabs_pass_only_where_asked(void **state)
{
	(void)state;
	GATE("a\tb\nc", "a\\tb\\nc");
	LINES("a\tb\nc\r\n", "a\tb\nc\\r\n");
}

static void what_hides_or_reorders_text_becomes_visible(void **state)
{
	(void)state;
	GATE("a\u202e\u2066b", "a\\u{202e}\\u{2066}b");
	GATE("a\u200bb\u200dc\ufeff", "a\\u{200b}b\\u{200d}c\\u{feff}");
	GATE("\u2028\u00ad\U000e0041", "\\u{2028}\\u{ad}\\u{e0041}");
	GATE("\u3164\uffff", "\\u{3164}\\u{ffff}");
}

static void invalid_utf8_becomes_visible_byte_by_byte(void **state)
{
	(void)state;
	GATE("\xff\xfe", "\\xff\\xfe");
	GATE("\xc0\xaf", "\\xc0\\xaf");
	GATE("\xed\xa0\x80", "\\xed\\xa0\\x80");
	GATE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	GATE("\xe6\xbc", "\\xe6\\xbc");
	GATE("\xe6"
	     "a",
	     "\\xe6a");
}

static void marks_need_a_base_and_are_bounded(void **state)
{
	(void)state;
	GATE("e\u0301", "e\u0301");
	GATE("\u0301e", "\\u{301}e");
	LINES("a\n\u0301", "a\n\\u{301}");
	GATE("a\u0300\u0301\u0302\u0303\u0304", "a\u0300\u0301\u0302\u0303\\u{304}");
}

/* Whatever comes in: valid UTF-8 comes out, and nothing that a terminal would obey. */
static void random_bytes_never_pass_a_control(void **state)
{
	struct rng rng = {3};
	struct buf out;

	(void)state;
	buf_init(&out, ROOM);
	for (int round = 0; round < 3000; round++) {
		size_t length = (size_t)rng_below(&rng, 64);
		char bytes[64];

		for (size_t i = 0; i < length; i++)
			bytes[i] =
				(char)(rng_below(&rng, 3) ? rng_next(&rng) : rng_below(&rng, 32));
		buf_clear(&out);
		text_gate(&out, bytes, length, TEXT_ONE_LINE);
		assert_true(text_is_utf8(buf_text(&out), out.length));
		for (size_t at = 0, step; at < out.length; at += step) {
			uint32_t code_point;

			step = text_decode(out.data + at, out.length - at, &code_point);
			assert_true(text_columns(code_point) >= 0);
		}
	}
	buf_release(&out);
}

static void every_code_point_survives_encoding(void **state)
{
	(void)state;
	for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
		uint32_t back = 0;
		char bytes[4];
		size_t length;

		if (code_point >= 0xd800 && code_point <= 0xdfff)
			continue;
		length = text_encode(code_point, bytes);
		assert_int_equal(text_decode(bytes, length, &back), length);
		assert_int_equal(back, code_point);
		assert_int_equal(text_decode(bytes, length - 1, &back), 0);
	}
}

static void widths_are_those_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(text_columns('a'), 1);
	assert_int_equal(text_columns(0x6f22), 2);
	assert_int_equal(text_columns(0x1f600), 2);
	assert_int_equal(text_columns(0xff21), 2);
	assert_int_equal(text_columns(0x0301), 0);
	assert_int_equal(text_columns(0x2500), 1); /* box drawing */
	assert_int_equal(text_columns(0xe9), 1);
	assert_int_equal(text_columns(0xac00), 2);
	assert_int_equal(text_columns(0x1b), -1);
	assert_int_equal(text_columns(0xd800), -1);
	assert_int_equal(text_columns(0x110000), -1);
	assert_int_equal(text_width("漢字 e\u0301"), 6);
	assert_int_equal(text_width(""), 0);
}

static void distance_counts_single_edits(void **state)
{
	(void)state;
	assert_int_equal(text_distance("needs", "needs", 3), 0);
	assert_int_equal(text_distance("neds", "needs", 3), 1);
	assert_int_equal(text_distance("nedes", "needs", 3), 1);
	assert_int_equal(text_distance("timeuot", "timeout", 3), 1);
	assert_int_equal(text_distance("", "abc", 5), 3);
	assert_int_equal(text_distance("abc", "", 5), 3);
	assert_int_equal(text_distance("kitten", "sitting", 5), 3);
	assert_int_equal(text_distance("ca", "abc", 5), 3); /* no edit inside a swapped pair */
}

static void distance_stops_at_the_limit(void **state)
{
	char longest[1000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(text_distance("approval", "artifacts", 2), 3);
	assert_int_equal(text_distance(longest, "x", 2), 3);
}

static void a_shell_reads_back_what_was_quoted(void **state)
{
	static const char hostile[] = "it's $(rm) `x` \"\\\" \n*?~ \xff;&|<>#";
	char *argv[] = {"/bin/sh", "-c", NULL, NULL};
	struct buf command, out;

	(void)state;
	buf_init(&command, ROOM);
	buf_init(&out, ROOM);
	buf_add_text(&command, "printf %s ");
	text_shell_quote(&command, hostile, sizeof(hostile) - 1);
	argv[2] = command.data;
	assert_int_equal(proc_run(argv, NULL, &out, NULL), 0);
	assert_string_equal(buf_text(&out), hostile);
	buf_release(&command);
	buf_release(&out);
}

static void json_strings_are_escaped(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, ROOM);
	text_json_quote(&out, "a\"b\\\n\t\x01\x7fé\xff", 11);
	assert_string_equal(buf_text(&out), "\"a\\\"b\\\\\\n\\t\\u0001\\u007fé\xef\xbf\xbd\"");
	buf_release(&out);
}

static void starts_and_ends(void **state)
{
	(void)state;
	assert_true(text_starts_with("tls/edge.crt", "tls/"));
	assert_false(text_starts_with("tls", "tls/"));
	assert_true(text_ends_with("edge.crt", ".crt"));
	assert_false(text_ends_with("rt", "crt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_passes_unchanged),
		cmocka_unit_test(terminal_sequences_become_visible),
		cmocka_unit_test(lines_and_tabs_pass_only_where_asked),
		cmocka_unit_test(what_hides_or_reorders_text_becomes_visible),
		cmocka_unit_test(invalid_utf8_becomes_visible_byte_by_byte),
		cmocka_unit_test(marks_need_a_base_and_are_bounded),
		cmocka_unit_test(random_bytes_never_pass_a_control),
		cmocka_unit_test(every_code_point_survives_encoding),
		cmocka_unit_test(widths_are_those_of_a_terminal),
		cmocka_unit_test(distance_counts_single_edits),
		cmocka_unit_test(distance_stops_at_the_limit),
		cmocka_unit_test(a_shell_reads_back_what_was_quoted),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(starts_and_ends),
	};

	return cmocka_run_group_tests_name("base_text", tests, NULL, NULL);
}
