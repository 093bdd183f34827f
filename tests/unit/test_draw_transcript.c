/* SPDX-License-Identifier: MIT
 *
 * The recording of a terminal as lines to read.
 */
#include "draw/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void hear(void *ctx, const char *line, size_t length)
{
	buf_add(ctx, line, length);
	buf_add_char(ctx, '\n');
}
static void assert_reads(const char *text, const char *wanted)
{
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		struct transcript transcript;
		struct buf heard;

		buf_init(&heard, 1024);
		transcript_init(&transcript, hear, &heard);
		for (size_t at = 0; at < strlen(text); at += piece) {
			size_t rest = strlen(text) - at;
			transcript_take(&transcript, text + at, rest < piece ? rest : piece);
		}
		transcript_release(&transcript);
		assert_string_equal(buf_text(&heard), wanted);
		buf_release(&heard);
	}
}

static void colours_and_titles_are_left_out(void **state)
{
	(void)state;
	assert_reads("\033[8;24;80t\033]0;title\a\033[1mbold\033[m\r\nplain\r\n", "bold\nplain\n");
	assert_reads("gr\303\274n \xff!", "gr\303\274n !\n");
}

static void what_was_rubbed_out_is_gone(void **state)
{
	(void)state;
	assert_reads("lx\b\033[Ks\r\n", "ls\n");
	assert_reads("lx\b \bs -l\r\n", "ls -l\n");
	assert_reads("abc\b\b\033[1PZ", "aZ\n");
	assert_reads("ac\b\033[1@b\033[1C!", "abc!\n");
	assert_reads("10 %\r100 %\r\n", "100 %\n");
	assert_reads("\303\274\bu\r\n", "u\n");
	assert_reads("a\033[3Cb\033[9D\033[K", "");
}

static void a_line_that_the_terminal_broke_is_one(void **state)
{
	(void)state;
	assert_reads("$ echo aaaa \rbbbb\r\n", "$ echo aaaabbbb\n");
}

static void a_cleared_screen_loses_nothing(void **state)
{
	(void)state;
	assert_reads("before\033[H\033[2Jafter", "before\nafter\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_and_titles_are_left_out),
		cmocka_unit_test(what_was_rubbed_out_is_gone),
		cmocka_unit_test(a_line_that_the_terminal_broke_is_one),
		cmocka_unit_test(a_cleared_screen_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
