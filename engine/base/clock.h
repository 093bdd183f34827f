/* SPDX-License-Identifier: MIT
 *
 * Time. All points in time and all durations in HLP are int64_t microseconds and carry `_us`
 * in their name; wall time counts from the Unix epoch in UTC. `struct clock` is the seam:
 * the pure core never asks for the time, threads ask their clock, tests wind it by hand.
 */
#ifndef HLP_BASE_CLOCK_H
#define HLP_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CLOCK_SECOND_US	    ((int64_t)1000000)
#define CLOCK_TIME_TEXT	    28 /* "2026-11-22T03:14:07.123456Z" and its NUL */
#define CLOCK_DURATION_TEXT 16 /* "119m59s" and its NUL */

struct clock {
	int64_t (*wall_us)(void *ctx);	    /* for records and for people */
	int64_t (*monotonic_us)(void *ctx); /* for deadlines; CLOCK_BOOTTIME */
	void *ctx;
};

/* The machine's clock. Any thread. */
const struct clock *clock_system(void);
int64_t clock_wall_us(const struct clock *clock);
int64_t clock_monotonic_us(const struct clock *clock);

/* RFC 3339 in UTC with six decimals. */
void clock_format_time(int64_t wall_us, char out[CLOCK_TIME_TEXT]);
/* Reads what clock_format_time wrote, or fewer decimals. ERR_INVALID. */
int clock_parse_time(const char *text, int64_t *out_us, struct err *err);

/* For people, at most seven columns: "0s", "850ms", "58s", "3m12s", "2h05m", "3d04h". */
void clock_format_duration(int64_t duration_us, char out[CLOCK_DURATION_TEXT]);
/* Reads "300ms", "20s", "1m30s", "2h", "1d": one or more numbers with a unit (ms s m h d), largest
 * first; a number without a unit is ERR_INVALID with a message that gives the way out. */
int clock_parse_duration(const char *text, int64_t *out_us, struct err *err);

#endif
