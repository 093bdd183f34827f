/* SPDX-License-Identifier: MIT
 *
 * Recordings: what is written is read back, and what is played holds nothing that the console would
 * not send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "scratch.h"
#include "tui/action.h"
#include "tui/cast.h"

static void filter(const char *bytes, const char *expected)
{
	struct buf out;

	buf_init(&out, 4096);
	cast_filter(&out, bytes, strlen(bytes));
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void a_frame_is_read_back_as_it_was(void **state)
{
	static const char FRAME[] = "\033[?25l\033[1;1H\033[31m✗ \"quoted\" \\ tab\t\033[m";
	const char *path = scratch_path(state, "s.cast");
	struct cast *cast = NULL;
	struct buf data;
	double time = -1;
	char *text = NULL;
	size_t length = 0;

	assert_int_equal(cast_open(path, 80, 24, &cast, NULL), 0);
	cast_frame(cast, FRAME, strlen(FRAME));
	assert_int_equal(cast_close(cast, NULL), 0);
	assert_int_equal(file_read(path, 1 << 20, &text, &length, NULL), 0);
	assert_non_null(strstr(text, "\"width\": 80"));
	buf_init(&data, 4096);
	assert_false(cast_read_line(text, &time, &data)); /* the header is no frame */
	assert_true(cast_read_line(strchr(text, '\n') + 1, &time, &data));
	assert_string_equal(buf_text(&data), FRAME);
	assert_true(time >= 0);
	buf_release(&data);
	free(text);
	assert_int_equal(cast_close(NULL, NULL), 0);
}

static void lines_that_are_no_frames_are_passed_over(void **state)
{
	(void)state;
	static const char *const LINES[] = {"",
					    "{}",
					    "[1.0, \"i\", \"q\"]",
					    "[1.0, \"o\", \"cut",
					    "[1.0, \"o\", \"\\q\"]",
					    "[1.0, \"o\", \"\\u12\"]"};
	for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
		struct buf data;
		double time = 0;
		buf_init(&data, 4096);
		assert_false(cast_read_line(LINES[i], &time, &data));
		buf_release(&data);
	}
}

static void code_points_beyond_the_first_plane_are_read(void **state)
{
	(void)state;
	struct buf data;
	double time = 0;
	buf_init(&data, 4096);
	assert_true(cast_read_line("[0.5, \"o\", \"\\u00e9\\ud83d\\ude00\"]", &time, &data));
	assert_string_equal(buf_text(&data), "é😀");
	buf_release(&data);
}

static void only_what_the_console_sends_is_played(void **state)
{
	(void)state;
	filter("\033[31;1mred\033[m\r\n", "\033[31;1mred\033[m\r\n");
	filter("\033[?1049h\033[H\033[2J", "\033[?1049h\033[H\033[2J");
	filter("a\033]52;c;AAAA\ab", "a]52;c;AAAAb"); /* no clipboard */
	filter("a\033]0;title\033\\b", "a]0;title\\b");
	filter("a\033P1$r\033\\b", "aP1$r\\b");
	filter("a\033[6nb", "a[6nb"); /* no questions to the terminal */
	filter("a\033[5ib", "a[5ib"); /* no printing */
	filter("a\x7f\a\x05"
	       "b",
	       "ab");
}

static void keys_are_known_by_their_names(void **state)
{
	(void)state;
	char text[ACTION_KEY_TEXT];
	assert_int_equal(action_key_of("Enter"), PRESS_ENTER);
	assert_int_equal(action_key_of("PgDn"), PRESS_PAGE_DOWN);
	assert_int_equal(action_key_of("^C"), PRESS_BREAK);
	assert_int_equal(action_key_of("q"), 'q');
	assert_int_equal(action_key_of("é"), 0xe9);
	assert_int_equal(action_key_of("Ent"), PRESS_NONE);
	assert_int_equal(action_key_of(""), PRESS_NONE);
	for (int a = 1; a < ACTIONS; a++) { /* what the help says is what a script may press */
		if (action_info((enum action)a)->key > ACTION_AFTER_Z(0))
			continue; /* two keys, one after the other */
		action_key_text(action_info((enum action)a)->key, text);
		assert_int_equal(action_key_of(text), action_info((enum action)a)->key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_frame_is_read_back_as_it_was, scratch_setup,
						scratch_teardown),
		cmocka_unit_test(lines_that_are_no_frames_are_passed_over),
		cmocka_unit_test(code_points_beyond_the_first_plane_are_read),
		cmocka_unit_test(only_what_the_console_sends_is_played),
		cmocka_unit_test(keys_are_known_by_their_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
