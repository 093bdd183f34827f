/* SPDX-License-Identifier: MIT
 *
 * Order statistics and a row of bars.
 */
#include "tui/durations.h"

#include <stdlib.h>

#include "base/clock.h"

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The least value that is not exceeded by `part` of `of`: a value that occurred, none in between.
 */
static int64_t rank(const int64_t *values, size_t count, size_t part, size_t of)
{
	return values[(count * part + of - 1) / of - 1];
}

static size_t bucket_of(const struct durations *durations, int64_t value_us)
{
	int64_t span_us = durations->most_us - durations->least_us;

	if (span_us <= 0 || value_us <= durations->least_us)
		return 0;
	size_t at = (size_t)((value_us - durations->least_us) * DURATIONS_BUCKETS / span_us);
	return at < DURATIONS_BUCKETS ? at : DURATIONS_BUCKETS - 1;
}

void durations_of(int64_t *values, size_t count, struct durations *out)
{
	*out = (struct durations){.count = count};
	if (count == 0)
		return;
	qsort(values, count, sizeof(*values), compare);
	out->least_us = values[0];
	out->median_us = rank(values, count, 1, 2);
	out->nine_of_ten_us = rank(values, count, 9, 10);
	out->most_us = values[count - 1];
	out->filled = out->most_us > out->least_us ? DURATIONS_BUCKETS : 1;
	for (size_t i = 0; i < count; i++)
		out->buckets[bucket_of(out, values[i])]++;
}

size_t durations_faster(const int64_t *values, size_t count, int64_t than_us)
{
	size_t faster = 0;

	while (faster < count && values[faster] < than_us)
		faster++;
	return faster;
}

/* ---- drawing ----------------------------------------------------------------------------- */

/* A row of bars; whatever occurred is seen. */
static int draw_bars(const struct durations *durations, struct canvas *canvas, int x, int y,
		     int64_t own_us)
{
	size_t most = 1, own = own_us < 0 ? DURATIONS_BUCKETS : bucket_of(durations, own_us);

	for (size_t i = 0; i < durations->filled; i++)
		most = durations->buckets[i] > most ? durations->buckets[i] : most;
	for (size_t i = 0; i < durations->filled; i++) {
		size_t count = durations->buckets[i];
		uint32_t code = count == 0 ? ' ' : 0x2581 + (uint32_t)((count * 8 - 1) / most);
		if (code > 0x2588)
			code = 0x2588;
		if (canvas->ascii && count > 0)
			code = count < 10 ? '0' + (uint32_t)count : '#';
		canvas_put(canvas, x + (int)i, y, code, i == own ? ROLE_prompt : ROLE_completed, 0);
		if (i == own)
			canvas_put(canvas, x + (int)i, y + 1, '^', ROLE_prompt, CELL_BOLD);
	}
	return (int)durations->filled;
}

void durations_draw(const struct durations *durations, struct canvas *canvas, struct area area,
		    int64_t own_us)
{
	char least[CLOCK_DURATION_TEXT], median[CLOCK_DURATION_TEXT], nine[CLOCK_DURATION_TEXT],
		most[CLOCK_DURATION_TEXT];

	clock_format_duration(durations->least_us, least);
	clock_format_duration(durations->median_us, median);
	clock_format_duration(durations->nine_of_ten_us, nine);
	clock_format_duration(durations->most_us, most);
	canvas_printf(canvas, area.x, area.y, area.width, ROLE_text, 0,
		      "fastest %s   median %s   nine of ten within %s   slowest %s", least, median,
		      nine, most);
	int x = area.x + canvas_printf(canvas, area.x, area.y + 1, 8, ROLE_dim, 0, "%7s ", least);
	x += draw_bars(durations, canvas, x, area.y + 1, own_us);
	canvas_printf(canvas, x, area.y + 1, 9, ROLE_dim, 0, " %s", most);
}
