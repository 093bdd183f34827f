/* SPDX-License-Identifier: MIT
 *
 * The window of a tail. Colours that a program printed are taken out, since escapes would only be
 * in the way of reading; every other control shows as the gate writes it.
 */
#include "tui/tail.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "draw/transcript.h"

#define TIMES_MOST 20000
#define LEAD	   2 /* lines in sight above the place that one went to */

void tail_init(struct tail *tail)
{
	*tail = (struct tail){.size = -1, .follow = true, .wanted = -1, .anchor = -1};
	buf_init(&tail->raw, TAIL_BYTES + TAIL_STEP);
	page_init(&tail->page);
}

void tail_release(struct tail *tail)
{
	buf_release(&tail->raw);
	page_release(&tail->page);
	free(tail->offsets);
	free(tail->times);
	*tail = (struct tail){0};
}

void tail_restart(struct tail *tail)
{
	buf_clear(&tail->raw);
	page_start(&tail->page, 1);
	tail->page.top = 0;
	tail->start = 0;
	tail->size = -1;
	tail->attempt = 0;
	tail->live = false;
	tail->older = tail->newer = false;
	tail->wanted = tail->anchor = -1;
	tail->follow = true;
	tail->changed = true;
	tail->times_count = 0;
}

/* ---- the window -------------------------------------------------------------------------- */

static int64_t end_of(const struct tail *tail)
{
	return tail->start + (int64_t)tail->raw.length;
}

bool tail_wants(const struct tail *tail, struct tail_range *out)
{
	int64_t end = end_of(tail);

	if (tail->wanted >= 0) { /* with something before it, to see where one is */
		int64_t from = tail->wanted > TAIL_STEP / 4 ? tail->wanted - TAIL_STEP / 4 : 0;
		*out = (struct tail_range){.offset = from, .length = TAIL_STEP};
		return true;
	}
	if (tail->size < 0) {
		*out = (struct tail_range){.offset = -(int64_t)TAIL_STEP, .length = TAIL_STEP};
		return true;
	}
	if (tail->older && tail->start > 0) {
		int64_t from = tail->start > TAIL_STEP ? tail->start - TAIL_STEP : 0;
		*out = (struct tail_range){.offset = from,
					   .length = (uint32_t)(tail->start - from)};
		return true;
	}
	*out = (struct tail_range){.offset = end, .length = TAIL_STEP};
	if (tail->newer && end < tail->size)
		return true;
	/* Who reads an earlier place keeps it: nothing more is taken once the window is full. */
	if (!tail->follow && tail->raw.length + TAIL_STEP > TAIL_BYTES)
		return false;
	return tail->live || end < tail->size;
}

bool tail_is_awaited(const struct tail *tail)
{
	return tail->wanted >= 0 || tail->size < 0 || tail->older || tail->newer;
}

int64_t tail_top(const struct tail *tail)
{
	size_t top = tail->page.top > 0 ? (size_t)tail->page.top : 0;

	return top < tail->page.count ? tail->offsets[top] : tail->start;
}

/* Whatever happens to the window, what is being read stays where it is. */
static void drop_anchor(struct tail *tail)
{
	if (tail->anchor < 0 && !tail->follow && tail->page.count > 0)
		tail->anchor = tail_top(tail);
}

static void restart_at(struct tail *tail, const struct tail_chunk *chunk)
{
	buf_clear(&tail->raw);
	buf_add(&tail->raw, chunk->data, chunk->length);
	tail->start = chunk->offset;
	if (tail->wanted >= 0)
		tail->anchor = tail->wanted;
	tail->wanted = -1;
}

/* Older bytes go in front; the newest go, so that the window stays bounded. */
static void take_older(struct tail *tail, const struct tail_chunk *chunk)
{
	struct buf joined;
	size_t keep = tail->raw.length;

	if (chunk->length + keep > TAIL_BYTES)
		keep = TAIL_BYTES - chunk->length;
	buf_init(&joined, TAIL_BYTES + TAIL_STEP);
	buf_add(&joined, chunk->data, chunk->length);
	buf_add(&joined, tail->raw.data, keep);
	buf_release(&tail->raw);
	tail->raw = joined;
	tail->start = chunk->offset;
	tail->older = false;
}

void tail_take(struct tail *tail, const struct tail_chunk *chunk)
{
	int64_t chunk_end = chunk->offset + (int64_t)chunk->length;

	if (tail->attempt != chunk->attempt && tail->attempt != 0)
		tail_restart(tail);
	drop_anchor(tail);
	tail->attempt = chunk->attempt;
	tail->live = chunk->live;
	if (chunk->length > 0)
		tail->changed = true;
	if (tail->size < 0 || tail->wanted >= 0 || chunk->length > TAIL_STEP) {
		restart_at(tail, chunk);
	} else if (chunk->offset == end_of(tail)) {
		buf_add(&tail->raw, chunk->data, chunk->length);
		tail->newer = false;
	} else if (chunk_end == tail->start && chunk->length > 0) {
		take_older(tail, chunk);
	}
	tail->size = chunk->size;
	if (tail->raw.length > TAIL_BYTES) {
		size_t drop = tail->raw.length - TAIL_BYTES;
		buf_consume(&tail->raw, drop);
		tail->start += (int64_t)drop;
	}
}

void tail_take_time(struct tail *tail, struct tail_time time)
{
	size_t at = tail->times_count;

	while (at > 0 && tail->times[at - 1].bytes >= time.bytes)
		at--;
	if (at < tail->times_count && tail->times[at].bytes == time.bytes)
		return;
	if (tail->times_count == TIMES_MOST) /* of what was scrolled past long ago */
		tail->times_count = at = 0;
	tail->times = mem_grow(tail->times, &tail->times_capacity, tail->times_count + 1,
			       sizeof(*tail->times));
	memmove(tail->times + at + 1, tail->times + at,
		(tail->times_count - at) * sizeof(*tail->times));
	tail->times[at] = time;
	tail->times_count++;
}

/* ---- lines ------------------------------------------------------------------------------- */

/* The length of a colour sequence at `text`, or 0. */
static size_t colour_sequence(const char *text, size_t length)
{
	size_t at = 2;

	if (length < 3 || text[0] != 0x1b || text[1] != '[')
		return 0;
	while (at < length && at < 32 && (text[at] == ';' || (text[at] >= '0' && text[at] <= '9')))
		at++;
	return at < length && text[at] == 'm' ? at + 1 : 0;
}

/* A line of the output is one or more of the page. */
static void add_line(struct tail *tail, struct buf *line, int64_t offset)
{
	size_t before = tail->page.count;

	page_add(&tail->page, ROLE_text, 0, 0, buf_text(line));
	buf_clear(line);
	tail->offsets = mem_grow(tail->offsets, &tail->offsets_capacity, tail->page.count + 1,
				 sizeof(*tail->offsets));
	for (size_t at = before; at < tail->page.count; at++)
		tail->offsets[at] = offset;
}

static void add_byte(struct buf *line, char c)
{
	if (c == '\0')
		buf_add_text(line, "\\0");
	else if (c == '\t')
		do {
			buf_add_char(line, ' ');
		} while (line->length % 8 != 0);
	else
		buf_add_char(line, c);
}

struct recording {
	struct tail *tail;
	struct buf line;
	int64_t offset; /* where the line under way begins */
};

static void add_recorded(void *ctx, const char *text, size_t length)
{
	struct recording *recording = ctx;

	buf_add(&recording->line, text, length);
	add_line(recording->tail, &recording->line, recording->offset);
}

static void add_recording(struct tail *tail)
{
	struct recording recording = {.tail = tail, .offset = tail->start};
	struct transcript transcript;
	size_t length;

	buf_init(&recording.line, TAIL_BYTES * 8);
	transcript_init(&transcript, add_recorded, &recording);
	for (size_t at = 0; at < tail->raw.length; at += length) {
		const char *line = tail->raw.data + at;
		const char *end = memchr(line, '\n', tail->raw.length - at);
		length = end != NULL ? (size_t)(end - line) + 1 : tail->raw.length - at;
		recording.offset = tail->start + (int64_t)at;
		transcript_take(&transcript, line, length);
	}
	transcript_release(&transcript);
	buf_release(&recording.line);
}

static void add_printed(struct tail *tail)
{
	const char *text = tail->raw.data;
	size_t length = tail->raw.length, line_at = 0;
	struct buf line;

	buf_init(&line, TAIL_BYTES * 8);
	for (size_t at = 0; at < length;) {
		size_t colour = colour_sequence(text + at, length - at);
		char c = text[at];
		at += colour ? colour : 1;
		if (colour != 0)
			continue;
		if (c == '\r' && at < length && text[at] == '\n')
			continue;
		if (c == '\n' || c == '\r') {
			if (c == '\r') /* what came before was to be written over: it is seen */
				buf_add_char(&line, c);
			add_line(tail, &line, tail->start + (int64_t)line_at);
			line_at = at;
		} else {
			add_byte(&line, c);
		}
	}
	if (line.length > 0)
		add_line(tail, &line, tail->start + (int64_t)line_at);
	buf_release(&line);
}

static void build(struct tail *tail, int width)
{
	page_start(&tail->page, width);
	if (tail->terminal)
		add_recording(tail);
	else
		add_printed(tail);
	tail->built_width = width;
	tail->changed = false;
}

/* ---- moving ------------------------------------------------------------------------------ */

/* The first line of the page that begins at or after a place. */
static int line_of(const struct tail *tail, int64_t offset)
{
	size_t low = 0, high = tail->page.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tail->offsets[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return (int)low;
}

void tail_to_end(struct tail *tail)
{
	if (end_of(tail) + TAIL_STEP < tail->size)
		tail_restart(tail);
	tail->follow = true;
	tail->anchor = -1;
}

void tail_goto(struct tail *tail, int64_t offset)
{
	tail->follow = false;
	tail->older = tail->newer = false;
	tail->lead = LEAD;
	if (offset >= tail->start && offset < end_of(tail)) {
		tail->anchor = offset;
		return;
	}
	tail->wanted = offset < 0 ? 0 : offset;
}

void tail_scroll(struct tail *tail, int lines, int height)
{
	int last = (int)tail->page.count - height;

	if (lines < 0)
		tail->follow = false;
	page_scroll(&tail->page, lines, height);
	bool at_bottom = lines > 0 && tail->page.top >= last;
	if (at_bottom && end_of(tail) >= tail->size)
		tail->follow = true;
	tail->newer = at_bottom;
	tail->older = tail->page.top == 0 && lines < 0;
}

/* ---- drawing ----------------------------------------------------------------------------- */

#define TIME_WIDTH 10

/* When the line at a place came: by the first sample that has more than what lies before it. */
static int64_t time_of(const struct tail *tail, int64_t offset)
{
	size_t low = 0, high = tail->times_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tail->times[middle].bytes <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < tail->times_count ? tail->times[low].time_us : tail->end_us;
}

static void draw_times(const struct tail *tail, struct canvas *canvas, struct area area)
{
	char text[CLOCK_TIME_TEXT];

	for (int row = 0; row < area.height; row++) {
		size_t at = (size_t)(tail->page.top + row);
		if (at >= tail->page.count)
			break;
		if (at > 0 && tail->offsets[at] == tail->offsets[at - 1] && row > 0)
			continue; /* the rest of a long line */
		int64_t time_us = time_of(tail, tail->offsets[at]);
		if (time_us == 0)
			continue; /* it came after the last sample, and more may come */
		if (tail->show_times == TAIL_CLOCK) {
			clock_format_time(time_us, text);
			canvas_printf(canvas, area.x, area.y + row, 8, ROLE_dim, 0, "%.8s",
				      text + 11);
		} else {
			clock_format_duration(
				time_us > tail->start_us ? time_us - tail->start_us : 0, text);
			canvas_printf(canvas, area.x, area.y + row, 8, ROLE_dim, 0, "%8s", text);
		}
	}
}

void tail_draw(struct tail *tail, struct canvas *canvas, struct area area)
{
	int times = tail->show_times != TAIL_NO_TIMES && area.width > 40 ? TIME_WIDTH : 0;
	struct area text = {area.x + times, area.y, area.width - times, area.height};

	if (tail->changed || tail->built_width != text.width) {
		drop_anchor(tail);
		build(tail, text.width);
	}
	if (tail->anchor >= 0) {
		tail->page.top = line_of(tail, tail->anchor) - tail->lead;
		tail->lead = 0;
	}
	tail->anchor = -1;
	if (tail->follow)
		page_scroll(&tail->page, (int)tail->page.count, area.height);
	page_draw(&tail->page, canvas, text);
	if (times > 0)
		draw_times(tail, canvas, area);
}
