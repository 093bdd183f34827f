/* SPDX-License-Identifier: MIT
 *
 * How long runs took: order statistics, and what is seen of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tui/durations.h"

static const char *draw(int64_t *values, size_t count, int64_t own_us, bool ascii, struct buf *out)
{
	struct durations durations;
	struct canvas canvas;
	struct area area = {0, 0, 78, DURATIONS_ROWS};

	durations_of(values, count, &durations);
	canvas_init(&canvas, 78, DURATIONS_ROWS);
	canvas.ascii = ascii;
	durations_draw(&durations, &canvas, area, own_us);
	buf_clear(out);
	canvas_to_text(&canvas, out);
	canvas_release(&canvas);
	return buf_text(out);
}

static void the_middle_and_nine_of_ten_are_runs_that_happened(void **state)
{
	(void)state;
	int64_t values[] = {30, 10, 20, 50, 40, 60, 70, 80, 100, 90};
	struct durations durations;
	durations_of(values, 10, &durations);
	assert_int_equal(durations.least_us, 10);
	assert_int_equal(durations.median_us, 50);
	assert_int_equal(durations.nine_of_ten_us, 90);
	assert_int_equal(durations.most_us, 100);
	assert_int_equal(durations_faster(values, 10, 55), 5);
	assert_int_equal(durations_faster(values, 10, 10), 0);
	assert_int_equal(durations_faster(values, 10, 1000), 10);
}

static void every_run_is_in_a_bucket(void **state)
{
	(void)state;
	int64_t values[200];
	struct durations durations;
	size_t sum = 0;
	for (int i = 0; i < 200; i++)
		values[i] = (int64_t)i * i * 7919 % 100003 + 5;
	durations_of(values, 200, &durations);
	for (size_t i = 0; i < DURATIONS_BUCKETS; i++)
		sum += durations.buckets[i];
	assert_int_equal(sum, 200);
	assert_true(durations.buckets[0] > 0);
	assert_true(durations.buckets[DURATIONS_BUCKETS - 1] > 0);
}

static void none_and_one_are_no_trouble(void **state)
{
	(void)state;
	struct durations durations;
	struct buf text;
	int64_t one = 3 * CLOCK_SECOND_US;
	durations_of(NULL, 0, &durations);
	assert_int_equal(durations.count, 0);
	buf_init(&text, 1 << 16);
	assert_non_null(strstr(draw(&one, 1, -1, false, &text), "fastest 3s   median 3s"));
	assert_non_null(strstr(buf_text(&text), "     3s █ 3s"));
	buf_release(&text);
}

static void a_single_slow_run_is_seen_and_ones_own_is_marked(void **state)
{
	(void)state;
	int64_t values[101];
	struct buf text;
	buf_init(&text, 1 << 16);
	for (int i = 0; i < 100; i++)
		values[i] = 10 * CLOCK_SECOND_US;
	values[100] = 50 * CLOCK_SECOND_US;
	assert_string_equal(draw(values, 101, 50 * CLOCK_SECOND_US, false, &text),
			    "fastest 10s   median 10s   nine of ten within 10s   slowest 50s\n"
			    "    10s █                                      ▁ 50s\n"
			    "                                               ^\n"
			    "\n");
	assert_null(strchr(draw(values, 101, -1, false, &text), '^'));
	draw(values, 101, -1, true, &text);
	assert_non_null(
		strstr(buf_text(&text), "    10s #                                      1 50s"));
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_middle_and_nine_of_ten_are_runs_that_happened),
		cmocka_unit_test(every_run_is_in_a_bucket),
		cmocka_unit_test(none_and_one_are_no_trouble),
		cmocka_unit_test(a_single_slow_run_is_seen_and_ones_own_is_marked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
