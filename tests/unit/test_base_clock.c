/* SPDX-License-Identifier: MIT
 *
 * Times and durations as text, and ULIDs, which carry a time.
 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "base/ulid.h"

static void a_time_is_written_in_utc_with_six_decimals(void **state)
{
	char text[CLOCK_TIME_TEXT];

	(void)state;
	clock_format_time(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
	clock_format_time(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
	clock_format_time(INT64_C(1709210096000007), text);
	assert_string_equal(text, "2024-02-29T12:34:56.000007Z");
}

static void a_time_out_of_four_digit_years_shows_the_nearest(void **state)
{
	char text[CLOCK_TIME_TEXT];

	(void)state;
	clock_format_time(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
	clock_format_time(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00.000000Z");
}

static void dates_agree_with_the_c_library(void **state)
{
	struct rng rng = {7};

	(void)state;
	for (int i = 0; i < 20000; i++) {
		time_t seconds = (time_t)rng_below(&rng, 250000000000u);
		char ours[CLOCK_TIME_TEXT], theirs[64];
		int64_t back;
		struct tm tm;

		clock_format_time((int64_t)seconds * CLOCK_SECOND_US + i, ours);
		assert_int_equal(clock_parse_time(ours, &back, NULL), 0);
		assert_int_equal(back, (int64_t)seconds * CLOCK_SECOND_US + i);
		(void)gmtime_r(&seconds, &tm);
		(void)strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%S", &tm);
		assert_memory_equal(ours, theirs, 19);
	}
}

static void a_time_with_fewer_decimals_is_read(void **state)
{
	int64_t time_us;

	(void)state;
	assert_int_equal(clock_parse_time("1970-01-01T00:00:01Z", &time_us, NULL), 0);
	assert_int_equal(time_us, 1000000);
	assert_int_equal(clock_parse_time("1970-01-01T00:00:01.5Z", &time_us, NULL), 0);
	assert_int_equal(time_us, 1500000);
}

static void what_is_not_a_time_is_refused_and_leaves_the_output_alone(void **state)
{
	static const char *const bad[] = {
		"",
		"now",
		"1970-01-01",
		"1970-01-01T00:00:00",
		"1970-01-01T00:00:00+01:00",
		"1970-01-01T00:00:00.Z",
		"1970-01-01T00:00:00.0000000Z",
		"1970-01-01T00:00:00Zx",
		"1970-13-01T00:00:00Z",
		"2023-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"1970-01-01T24:00:00Z",
		"1970-01-01T00:60:00Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int64_t time_us = 77;

		assert_int_equal(clock_parse_time(bad[i], &time_us, NULL), -ERR_INVALID);
		assert_int_equal(time_us, 77);
	}
}

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {
		{"0s", 0},
		{"300ms", 300000},
		{"20s", 20000000},
		{"1m30s", 90000000},
		{"2h", INT64_C(7200000000)},
		{"1d", INT64_C(86400000000)},
		{"1d2h3m4s5ms", INT64_C(93784005000)},
		{"90m", INT64_C(5400000000)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		int64_t us = -1;

		assert_int_equal(clock_parse_duration(good[i].text, &us, NULL), 0);
		assert_int_equal(us, good[i].us);
	}
}

static void what_is_not_a_duration_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"s",
		"ten",
		"-5s",
		"5 s",
		"5s ",
		"5s5",
		"1s1m",
		"1s1s",
		"1.5h",
		"5weeks",
		"99999999999999999999s",
		"200000000000d",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int64_t us = 77;

		assert_int_equal(clock_parse_duration(bad[i], &us, NULL), -ERR_INVALID);
		assert_int_equal(us, 77);
	}
}

static void a_duration_without_a_unit_says_the_way_out(void **state)
{
	struct err err;
	int64_t us;

	(void)state;
	assert_int_equal(clock_parse_duration("300", &us, &err), -ERR_INVALID);
	assert_string_equal(err.message,
			    "'300' has no unit; write 300s for seconds, or use ms, m, h or d");
}

static void durations_are_shown_in_seven_columns(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} good[] = {
		{-5, "0s"},
		{999, "0s"},
		{850000, "850ms"},
		{58999999, "58s"},
		{INT64_C(192000000), "3m12s"},
		{INT64_C(7500000000), "2h05m"},
		{INT64_C(273600000000), "3d04h"},
		{INT64_C(86400000000) * 1234, "1234d"},
		{INT64_MAX, "999999d"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		char text[CLOCK_DURATION_TEXT];

		clock_format_duration(good[i].us, text);
		assert_string_equal(text, good[i].text);
		assert_true(strlen(text) <= 7);
	}
}

static void the_systems_clocks_run(void **state)
{
	const struct clock *clock = clock_system();
	int64_t before_us = clock_monotonic_us(clock);

	(void)state;
	assert_true(clock_monotonic_us(clock) >= before_us);
	assert_true(clock_wall_us(clock) > INT64_C(1700000000) * CLOCK_SECOND_US);
}

static void ulids_sort_by_time_and_are_lower_case(void **state)
{
	static const uint8_t low[10] = {0},
			     high[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	char first[ULID_TEXT], second[ULID_TEXT];

	(void)state;
	ulid_make(INT64_C(1469918176385000), high, first);
	ulid_make(INT64_C(1469918176386000), low, second);
	assert_string_equal(first, "01aryz6s41zzzzzzzzzzzzzzzz");
	assert_string_equal(second, "01aryz6s420000000000000000");
	assert_true(strcmp(first, second) < 0);
	assert_true(ulid_is_valid(first) && ulid_is_valid(second));
}

static void ulids_are_read_in_either_case_and_checked(void **state)
{
	(void)state;
	assert_true(ulid_is_valid("01ARYKJG81ZZZZZZZZZZZZZZZZ"));
	assert_false(ulid_is_valid(""));
	assert_false(ulid_is_valid("01aryz6s41zzzzzzzzzzzzzzz"));
	assert_false(ulid_is_valid("01aryz6s41zzzzzzzzzzzzzzzzz"));
	assert_false(ulid_is_valid("81arykjg81zzzzzzzzzzzzzzzz"));
	assert_false(ulid_is_valid("01aryz6s41zzzzzzzzzzzzzzzi"));
	assert_false(ulid_is_valid("01aryz6s41zzzzzzzzzzzzzz-z"));
}

static void random_numbers_are_the_published_ones(void **state)
{
	struct rng rng = {1234567};

	(void)state;
	assert_true(rng_next(&rng) == 6457827717110365317u);
	assert_true(rng_next(&rng) == 3203168211198807973u);
	for (int i = 0; i < 1000; i++) {
		double unit = rng_unit(&rng);

		assert_true(rng_below(&rng, 7) < 7);
		assert_true(unit >= 0 && unit < 1);
	}
	assert_int_equal(rng_below(&rng, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_written_in_utc_with_six_decimals),
		cmocka_unit_test(a_time_out_of_four_digit_years_shows_the_nearest),
		cmocka_unit_test(dates_agree_with_the_c_library),
		cmocka_unit_test(a_time_with_fewer_decimals_is_read),
		cmocka_unit_test(what_is_not_a_time_is_refused_and_leaves_the_output_alone),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(what_is_not_a_duration_is_refused),
		cmocka_unit_test(a_duration_without_a_unit_says_the_way_out),
		cmocka_unit_test(durations_are_shown_in_seven_columns),
		cmocka_unit_test(the_systems_clocks_run),
		cmocka_unit_test(ulids_sort_by_time_and_are_lower_case),
		cmocka_unit_test(ulids_are_read_in_either_case_and_checked),
		cmocka_unit_test(random_numbers_are_the_published_ones),
	};

	return cmocka_run_group_tests_name("base_clock", tests, NULL, NULL);
}
