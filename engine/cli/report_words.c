/* SPDX-License-Identifier: MIT
 *
 * Words of Markdown. See report.h.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/report.h"
#include "cli/show.h"

void report_add_text(struct buf *out, const void *data, size_t length)
{
	const char *text = data;
	while (length > 0 && strchr("\n ", text[length - 1]) != NULL)
		length--;
	for (size_t i = 0; i < length; i++) {
		if (strchr("*`<|[]", text[i]) != NULL && text[i] != '\0')
			buf_add_char(out, '\\');
		buf_add_char(out, text[i] == '\n' ? ' ' : text[i]);
	}
}

void report_add_word(struct buf *out, const char *text)
{
	report_add_text(out, text, strlen(text));
}

void report_add_exit(struct buf *out, const Hlp__V1__Attempt *attempt)
{
	if (attempt == NULL || attempt->exit_kind[0] == '\0')
		return;
	if (strcmp(attempt->exit_kind, "status") == 0)
		buf_printf(out, "exit %d", attempt->code);
	else if (strcmp(attempt->exit_kind, "signal") == 0)
		buf_printf(out, "signal %d", attempt->code);
	else
		buf_add_text(out, attempt->exit_kind);
}

/* A fence must be longer than any that stands in what it holds. */
static int fence_for(const char *text, size_t length)
{
	int longest = 0, run = 0;
	for (size_t i = 0; i < length; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest < 3 ? 3 : longest + 1;
}

static void add_fence(struct buf *out, int length)
{
	while (length-- > 0)
		buf_add_char(out, '`');
}

void report_add_fenced(struct buf *out, const char *language, const void *data, size_t length)
{
	int fence = fence_for(data, length);
	add_fence(out, fence);
	buf_printf(out, "%s\n", language);
	buf_add(out, data, length);
	if (length > 0 && ((const char *)data)[length - 1] != '\n')
		buf_add_char(out, '\n');
	add_fence(out, fence);
	buf_add_char(out, '\n');
}

void report_add_time(struct buf *out, int64_t wall_us)
{
	char utc[CLOCK_TIME_TEXT], day[16], clock[16];
	clock_format_time(wall_us, utc); /* 2026-11-25T18:14:07.… */
	show_day(wall_us, day);
	show_clock(wall_us, clock);
	bool same_day = strncmp(day, utc, 10) == 0;
	buf_printf(out, "%s %s (%.*s%s%.8s UTC)", day, clock, same_day ? 0 : 10, utc,
		   same_day ? "" : " ", utc + 11);
}

void report_add_duration(struct buf *out, int64_t duration_us)
{
	char text[16];
	show_duration(duration_us, text);
	buf_add_text(out, text);
}
