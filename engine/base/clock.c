/* SPDX-License-Identifier: MIT
 *
 * The machine's clock, and times and durations as text. Reading and writing of text is pure.
 */
#include "base/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MILLISECOND_US ((int64_t)1000)
#define MINUTE_US      (60 * CLOCK_SECOND_US)
#define HOUR_US	       (60 * MINUTE_US)
#define DAY_US	       (24 * HOUR_US)
#define SECONDS_OF_DAY 86400

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now); /* cannot fail for these clocks */
	return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

static int64_t system_wall_us(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_monotonic_us(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_BOOTTIME);
}

const struct clock *clock_system(void)
{
	static const struct clock system = {.wall_us = system_wall_us,
					    .monotonic_us = system_monotonic_us};

	return &system;
}

int64_t clock_wall_us(const struct clock *clock)
{
	return clock->wall_us(clock->ctx);
}

int64_t clock_monotonic_us(const struct clock *clock)
{
	return clock->monotonic_us(clock->ctx);
}

/* Days since 1970-01-01 ↔ a date of the Gregorian calendar, by counting years from a March, so
 * that the leap day is a year's last. An era is 400 years, 146097 days. */
static int64_t days_of_date(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void date_of_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t m = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

void clock_format_time(int64_t wall_us, char out[CLOCK_TIME_TEXT])
{
	/* Four digits of a year: what lies outside shows the nearest time that can be written. */
	const int64_t first = days_of_date(0, 1, 1) * DAY_US;
	const int64_t last = days_of_date(10000, 1, 1) * DAY_US - 1;
	int64_t time_us = wall_us < first ? first : wall_us > last ? last : wall_us;
	int64_t days = time_us / DAY_US, rest = time_us % DAY_US, year;
	unsigned seconds, micros;
	int month, day;

	if (rest < 0) {
		days--;
		rest += DAY_US;
	}
	date_of_days(days, &year, &month, &day);
	seconds = (unsigned)(rest / CLOCK_SECOND_US);
	micros = (unsigned)(rest % CLOCK_SECOND_US);
	/* The remainders change nothing; they show the compiler that the text fits. */
	(void)snprintf(out, CLOCK_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
		       (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100,
		       seconds / 3600 % 100, seconds / 60 % 60, seconds % 60, micros % 1000000);
}

/* Reads exactly `count` digits; false if others stand there. */
static bool take_digits(const char **at, int count, int *out)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (c - '0');
	}
	*at += count;
	*out = number;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool take_fraction(const char **at, int *out_us)
{
	int scale = 100000, number = 0;

	if (!take_char(at, '.'))
		return true;
	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		number += (**at - '0') * scale;
		if (scale == 0)
			return false;
		scale /= 10;
	}
	*out_us = number;
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

int clock_parse_time(const char *text, int64_t *out_us, struct err *err)
{
	int year, month, day, hour, minute, second, fraction = 0;
	const char *at = text;
	bool good =
		take_digits(&at, 4, &year) && take_char(&at, '-') && take_digits(&at, 2, &month) &&
		take_char(&at, '-') && take_digits(&at, 2, &day) && take_char(&at, 'T') &&
		take_digits(&at, 2, &hour) && take_char(&at, ':') && take_digits(&at, 2, &minute) &&
		take_char(&at, ':') && take_digits(&at, 2, &second) &&
		take_fraction(&at, &fraction) && take_char(&at, 'Z') && *at == '\0';

	if (!good || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
	    hour > 23 || minute > 59 || second > 59)
		return err_set(err, ERR_INVALID,
			       "'%s' is not a time; write it as 2026-11-22T03:14:07Z", text);
	*out_us = (days_of_date(year, month, day) * SECONDS_OF_DAY + hour * 3600 + minute * 60 +
		   second) *
			  CLOCK_SECOND_US +
		  fraction;
	return 0;
}

void clock_format_duration(int64_t duration_us, char out[CLOCK_DURATION_TEXT])
{
	int64_t us = duration_us < 0 ? 0 : duration_us;

	if (us < MILLISECOND_US)
		(void)snprintf(out, CLOCK_DURATION_TEXT, "0s");
	else if (us < CLOCK_SECOND_US)
		(void)snprintf(out, CLOCK_DURATION_TEXT, "%" PRId64 "ms", us / MILLISECOND_US);
	else if (us < MINUTE_US)
		(void)snprintf(out, CLOCK_DURATION_TEXT, "%" PRId64 "s", us / CLOCK_SECOND_US);
	else if (us < HOUR_US)
		(void)snprintf(out, CLOCK_DURATION_TEXT, "%" PRId64 "m%02" PRId64 "s",
			       us / MINUTE_US, us % MINUTE_US / CLOCK_SECOND_US);
	else if (us < DAY_US)
		(void)snprintf(out, CLOCK_DURATION_TEXT, "%" PRId64 "h%02" PRId64 "m", us / HOUR_US,
			       us % HOUR_US / MINUTE_US);
	else if (us < 1000 * DAY_US)
		(void)snprintf(out, CLOCK_DURATION_TEXT, "%" PRId64 "d%02" PRId64 "h", us / DAY_US,
			       us % DAY_US / HOUR_US);
	else
		(void)snprintf(out, CLOCK_DURATION_TEXT, "%" PRId64 "d",
			       us / DAY_US < 999999 ? us / DAY_US : 999999);
}

/* Reads a unit at *at; 0 if there is none. */
static int64_t take_unit(const char **at)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {{"ms", MILLISECOND_US},
		     {"s", CLOCK_SECOND_US},
		     {"m", MINUTE_US},
		     {"h", HOUR_US},
		     {"d", DAY_US}};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t length = strlen(units[i].name);

		if (strncmp(*at, units[i].name, length) == 0) {
			*at += length;
			return units[i].us;
		}
	}
	return 0;
}

static bool take_number(const char **at, int64_t *out)
{
	const char *start = *at;
	int64_t number = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, **at - '0', &number))
			return false;
	*out = number;
	return *at > start;
}

int clock_parse_duration(const char *text, int64_t *out_us, struct err *err)
{
	int64_t total = 0, number, unit, before = INT64_MAX;
	const char *at = text;

	do {
		if (!take_number(&at, &number))
			goto invalid;
		unit = take_unit(&at);
		if (unit == 0 && *at == '\0')
			return err_set(err, ERR_INVALID,
				       "'%s' has no unit; write %" PRId64 "s for seconds, or use "
				       "ms, m, h or d",
				       text, number);
		if (unit == 0 || unit >= before)
			goto invalid;
		if (__builtin_mul_overflow(number, unit, &number) ||
		    __builtin_add_overflow(total, number, &total))
			return err_set(err, ERR_INVALID, "duration '%s' is too long", text);
		before = unit;
	} while (*at != '\0');
	*out_us = total;
	return 0;
invalid:
	return err_set(err, ERR_INVALID,
		       "'%s' is not a duration; write it like 300ms, 20s, 1m30s, 2h or 1d", text);
}
