/* SPDX-License-Identifier: MIT
 *
 * A moment as people say it. See until.h.
 */
#include "cli/until.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"

/* Today at that time, or tomorrow when that is over. */
static int parse_clock(const char *text, int64_t now_us, int64_t *out_us, struct err *err)
{
	time_t now = (time_t)(now_us / CLOCK_SECOND_US);
	struct tm when;
	localtime_r(&now, &when);
	when.tm_sec = 0;
	const char *end = strptime(text, strlen(text) > 5 ? "%H:%M:%S" : "%H:%M", &when);
	if (end == NULL || *end != '\0') {
		return err_set(err, ERR_INVALID,
			       "'%.40s' is no time: write 10m for a while, or 03:30", text);
	}
	when.tm_isdst = -1;
	struct tm tomorrow = when;
	tomorrow.tm_mday++;
	int64_t at_us = (int64_t)mktime(&when) * CLOCK_SECOND_US;
	*out_us = at_us > now_us ? at_us : (int64_t)mktime(&tomorrow) * CLOCK_SECOND_US;
	return 0;
}

int until_parse(const char *text, int64_t now_us, int64_t *out_us, struct err *err)
{
	int64_t duration_us;
	if (strchr(text, ':') != NULL)
		return parse_clock(text, now_us, out_us, err);
	int code = clock_parse_duration(text, &duration_us, err);
	if (code < 0)
		return code;
	if (duration_us == 0)
		return err_set(err, ERR_INVALID, "'%.40s' is no time: it is over already", text);
	*out_us = now_us + duration_us;
	return 0;
}
