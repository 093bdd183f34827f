/* SPDX-License-Identifier: MIT
 *
 * Tails: windows onto output, bounded, and what they ask for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/tail.h"

static void take(struct tail *tail, const char *text, int64_t offset, int64_t size, bool live)
{
	struct tail_chunk chunk = {.data = text,
				   .length = strlen(text),
				   .offset = offset,
				   .size = size,
				   .attempt = 1,
				   .live = live};
	tail_take(tail, &chunk);
}

static const char *screen(struct tail *tail, int width, int height, struct buf *out)
{
	struct canvas canvas;
	struct area area = {0, 0, width, height};

	canvas_init(&canvas, width, height);
	tail_draw(tail, &canvas, area);
	buf_clear(out);
	canvas_to_text(&canvas, out);
	canvas_release(&canvas);
	return buf_text(out);
}

static void a_new_tail_asks_for_the_end(void **state)
{
	(void)state;
	struct tail tail;
	struct tail_range range;
	tail_init(&tail);
	assert_true(tail_wants(&tail, &range));
	assert_true(range.offset < 0);
	tail_release(&tail);
}

static void live_output_is_asked_for_where_it_ended(void **state)
{
	(void)state;
	struct tail tail;
	struct tail_range range;
	tail_init(&tail);
	take(&tail, "one\n", 0, 4, true);
	assert_true(tail_wants(&tail, &range));
	assert_int_equal(range.offset, 4);
	take(&tail, "two\n", 4, 8, false);
	assert_false(tail_wants(&tail, &range));
	tail_release(&tail);
}

static void the_end_far_away_is_asked_for_anew(void **state)
{
	(void)state;
	struct tail tail;
	struct tail_range range;
	tail_init(&tail);
	take(&tail, "a\nb\n", 0, 100000000, false);
	tail_to_end(&tail);
	assert_true(tail.size <
		    0); /* which tells the view that what is under way is for another place */
	assert_true(tail_wants(&tail, &range) && range.offset < 0);
	tail_release(&tail);
}

static void what_a_key_asked_for_is_awaited_until_it_is_there(void **state)
{
	(void)state;
	struct tail tail;
	tail_init(&tail);
	assert_true(tail_is_awaited(&tail));
	take(&tail, "1\n2\n", 996, 1000, true);
	assert_false(tail_is_awaited(&tail)); /* what is only printed meanwhile is not */
	tail_goto(&tail, 0);
	assert_true(tail_is_awaited(&tail));
	take(&tail, "a\nb\n", 0, 1000, true);
	assert_false(tail_is_awaited(&tail));
	tail_release(&tail);
}

static void following_shows_the_last_lines(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "1\n2\n3\n4\n", 0, 8, true);
	assert_string_equal(screen(&tail, 10, 2, &text), "3\n4\n");
	take(&tail, "5\n", 8, 10, true);
	assert_string_equal(screen(&tail, 10, 2, &text), "4\n5\n");
	buf_release(&text);
	tail_release(&tail);
}

static void scrolling_up_stops_following_until_the_end_is_reached(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "1\n2\n3\n4\n", 0, 8, true);
	(void)screen(&tail, 10, 2, &text);
	tail_scroll(&tail, -1, 2);
	assert_false(tail.follow);
	take(&tail, "5\n6\n", 8, 12, true);
	assert_string_equal(screen(&tail, 10, 2, &text), "2\n3\n");
	tail_scroll(&tail, 100, 2);
	assert_true(tail.follow);
	buf_release(&text);
	tail_release(&tail);
}

static void older_output_is_asked_for_at_the_top_and_keeps_the_place(void **state)
{
	(void)state;
	struct tail tail;
	struct tail_range range;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "c\nd\n", 4, 8, false);
	(void)screen(&tail, 10, 2, &text);
	tail_scroll(&tail, -1, 2);
	assert_true(tail_wants(&tail, &range));
	assert_int_equal(range.offset, 0);
	assert_int_equal(range.length, 4);
	take(&tail, "a\nb\n", 0, 8, false);
	assert_string_equal(screen(&tail, 10, 2, &text), "c\nd\n");
	tail_scroll(&tail, -2, 2);
	assert_string_equal(screen(&tail, 10, 2, &text), "a\nb\n");
	buf_release(&text);
	tail_release(&tail);
}

static void memory_stays_bounded_however_much_comes(void **state)
{
	(void)state;
	static char block[TAIL_STEP];
	struct tail tail;
	tail_init(&tail);
	memset(block, 'x', sizeof(block));
	block[sizeof(block) - 1] = '\n';
	for (int64_t at = 0; at < 40; at++) {
		struct tail_chunk chunk = {.data = block,
					   .length = sizeof(block),
					   .offset = at * (int64_t)sizeof(block),
					   .size = (at + 1) * (int64_t)sizeof(block),
					   .attempt = 1,
					   .live = true};
		tail_take(&tail, &chunk);
		assert_true(tail.raw.length <= TAIL_BYTES);
	}
	assert_int_equal(tail.start + (int64_t)tail.raw.length, 40 * (int64_t)sizeof(block));
	tail_release(&tail);
}

static void who_reads_an_earlier_place_is_not_pushed_on(void **state)
{
	(void)state;
	static char block[TAIL_STEP];
	struct tail tail;
	struct tail_range range;
	tail_init(&tail);
	memset(block, '\n', sizeof(block));
	for (int64_t at = 0; at < 4; at++) {
		struct tail_chunk chunk = {.data = block,
					   .length = sizeof(block),
					   .offset = at * (int64_t)sizeof(block),
					   .size = 100 * (int64_t)sizeof(block),
					   .attempt = 1,
					   .live = true};
		tail_take(&tail, &chunk);
	}
	tail.follow = false;
	assert_false(tail_wants(&tail, &range));
	tail_to_end(&tail);
	assert_true(tail_wants(&tail, &range));
	assert_true(range.offset < 0);
	tail_release(&tail);
}

static void colours_are_taken_out_and_controls_shown(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "\x1b[31;1mred\x1b[0m\r\n\x1b[2Jx\n10%\r20%\n", 0, 1, false);
	assert_string_equal(screen(&tail, 20, 4, &text), "red\n\\e[2Jx\n10%\\r\n20%\n");
	buf_release(&text);
	tail_release(&tail);
}

static void long_lines_wrap_and_lose_nothing(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "the key does not match\nabcdefghijkl\n", 0, 1, false);
	assert_string_equal(screen(&tail, 9, 6, &text),
			    "the key\ndoes not\nmatch\nabcdefghi\njkl\n\n");
	buf_release(&text);
	tail_release(&tail);
}

static void another_attempt_starts_anew(void **state)
{
	(void)state;
	struct tail tail;
	struct tail_chunk second = {
		.data = "new\n", .length = 4, .offset = 0, .size = 4, .attempt = 2, .live = true};
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "old\n", 0, 4, false);
	tail_take(&tail, &second);
	assert_string_equal(screen(&tail, 9, 1, &text), "new\n");
	buf_release(&text);
	tail_release(&tail);
}

/* Ten thousand lines of "line NNNNN", 11 bytes each. */
static void take_lines(struct tail *tail, int64_t from, uint32_t length)
{
	static char all[110001];
	if (all[0] == '\0')
		for (int i = 0; i < 10000; i++)
			(void)snprintf(all + i * 11, 12, "line %05d\n", i);
	if (from < 0)
		from += 110000;
	if (from + length > 110000)
		length = (uint32_t)(110000 - from);
	struct tail_chunk chunk = {
		.data = all + from, .length = length, .offset = from, .size = 110000, .attempt = 1};
	tail_take(tail, &chunk);
}

static void answer(struct tail *tail)
{
	struct tail_range range;
	assert_true(tail_wants(tail, &range));
	take_lines(tail, range.offset, range.length);
}

static void a_place_far_away_is_gone_to_with_a_little_before_it(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	answer(&tail);
	(void)screen(&tail, 20, 4, &text);
	assert_true(tail.start > 0);
	tail_goto(&tail, 11 * 1000);
	answer(&tail);
	assert_string_equal(screen(&tail, 20, 4, &text),
			    "line 00998\nline 00999\nline 01000\nline 01001\n");
	assert_false(tail.follow);
	tail_goto(&tail, 0);
	if (tail.wanted >= 0)
		answer(&tail);
	assert_string_equal(screen(&tail, 20, 2, &text), "line 00000\nline 00001\n");
	buf_release(&text);
	tail_release(&tail);
}

static void the_window_moves_down_and_what_is_read_stays(void **state)
{
	(void)state;
	struct tail tail;
	struct tail_range range;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	answer(&tail);
	tail_goto(&tail, 0);
	answer(&tail);
	(void)screen(&tail, 20, 4, &text);
	tail_scroll(&tail, 100000, 4);
	char *before = strdup(screen(&tail, 20, 4, &text));
	assert_false(tail.follow);
	assert_true(tail_wants(&tail, &range));
	assert_true(range.offset == 65536);
	answer(&tail);
	/* the last line was cut by the window's end and is whole now */
	assert_memory_equal(screen(&tail, 20, 4, &text), before, 33);
	tail_scroll(&tail, 100000, 4);
	assert_string_equal(screen(&tail, 20, 1, &text), "line 09999\n");
	free(before);
	buf_release(&text);
	tail_release(&tail);
}

static void lines_have_the_time_of_the_sample_after_them(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	buf_init(&text, 1 << 16);
	take(&tail, "one\ntwo\nthree\n", 0, 14, false);
	tail_take_time(&tail, (struct tail_time){8, (int64_t)3725 * 1000000});
	tail_take_time(&tail, (struct tail_time){4, (int64_t)3723 * 1000000});
	tail_take_time(&tail, (struct tail_time){4, (int64_t)9999 * 1000000});
	tail.show_times = TAIL_CLOCK;
	assert_string_equal(screen(&tail, 60, 3, &text),
			    "01:02:03  one\n01:02:05  two\n          three\n");
	tail.show_times = TAIL_SINCE_START;
	tail.start_us = (int64_t)3720 * 1000000;
	assert_string_equal(screen(&tail, 60, 3, &text),
			    "      3s  one\n      5s  two\n          three\n");
	buf_release(&text);
	tail_release(&tail);
}

static void a_recorded_terminal_is_lines_to_read(void **state)
{
	(void)state;
	struct tail tail;
	struct buf text;
	tail_init(&tail);
	tail.terminal = true;
	buf_init(&text, 4096);
	take(&tail, "\033]0;title\a$ lx\b\033[Ks\r\na.crt\r\n$ ", 100, 130, false);
	assert_string_equal(screen(&tail, 20, 4, &text), "$ ls\na.crt\n$\n\n");
	assert_int_equal(tail.offsets[0], 100);
	assert_int_equal(tail.offsets[1], 100 + 21);
	buf_release(&text);
	tail_release(&tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_tail_asks_for_the_end),
		cmocka_unit_test(live_output_is_asked_for_where_it_ended),
		cmocka_unit_test(the_end_far_away_is_asked_for_anew),
		cmocka_unit_test(what_a_key_asked_for_is_awaited_until_it_is_there),
		cmocka_unit_test(following_shows_the_last_lines),
		cmocka_unit_test(scrolling_up_stops_following_until_the_end_is_reached),
		cmocka_unit_test(older_output_is_asked_for_at_the_top_and_keeps_the_place),
		cmocka_unit_test(memory_stays_bounded_however_much_comes),
		cmocka_unit_test(who_reads_an_earlier_place_is_not_pushed_on),
		cmocka_unit_test(colours_are_taken_out_and_controls_shown),
		cmocka_unit_test(long_lines_wrap_and_lose_nothing),
		cmocka_unit_test(another_attempt_starts_anew),
		cmocka_unit_test(a_place_far_away_is_gone_to_with_a_little_before_it),
		cmocka_unit_test(the_window_moves_down_and_what_is_read_stays),
		cmocka_unit_test(lines_have_the_time_of_the_sample_after_them),
		cmocka_unit_test(a_recorded_terminal_is_lines_to_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
