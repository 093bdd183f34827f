/* SPDX-License-Identifier: MIT
 *
 * The window of a tail. Colours that a program printed are taken out, since escapes would only be
 * in the way of reading; every other control shows as the gate writes it.
 */
#include "tui/tail.h"

#include <string.h>

#include "base/text.h"

void tail_init(struct tail *tail)
{
	*tail = (struct tail){.size = -1, .follow = true};
	buf_init(&tail->raw, TAIL_BYTES + TAIL_STEP);
	page_init(&tail->page);
}

void tail_release(struct tail *tail)
{
	buf_release(&tail->raw);
	page_release(&tail->page);
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
	tail->older = false;
	tail->follow = true;
	tail->changed = true;
}

bool tail_wants(const struct tail *tail, struct tail_range *out)
{
	int64_t end = tail->start + (int64_t)tail->raw.length;

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
	/* Who reads an earlier place keeps it: nothing more is taken once the window is full. */
	if (!tail->follow && tail->raw.length + TAIL_STEP > TAIL_BYTES)
		return false;
	*out = (struct tail_range){.offset = end, .length = TAIL_STEP};
	return tail->live || end < tail->size;
}

static void restart_at(struct tail *tail, const struct tail_chunk *chunk)
{
	buf_clear(&tail->raw);
	buf_add(&tail->raw, chunk->data, chunk->length);
	tail->start = chunk->offset;
	tail->page.top = 0;
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
	size_t before = tail->page.count;
	int width = tail->built_width;
	buf_release(&tail->raw);
	tail->raw = joined;
	tail->start = chunk->offset;
	tail->older = false;
	tail->follow = false;
	tail->changed = true;
	if (width > 0 && before > 0)
		tail->page.top = -1; /* tail_draw keeps the line that was first in sight */
}

void tail_take(struct tail *tail, const struct tail_chunk *chunk)
{
	int64_t end = tail->start + (int64_t)tail->raw.length;
	int64_t chunk_end = chunk->offset + (int64_t)chunk->length;

	if (tail->attempt != chunk->attempt && tail->attempt != 0)
		tail_restart(tail);
	tail->attempt = chunk->attempt;
	tail->live = chunk->live;
	if (chunk->length > 0)
		tail->changed = true;
	if (tail->size < 0 || chunk->length > TAIL_STEP)
		restart_at(tail, chunk);
	else if (chunk->offset == end)
		buf_add(&tail->raw, chunk->data, chunk->length);
	else if (chunk_end == tail->start && chunk->length > 0)
		take_older(tail, chunk);
	tail->size = chunk->size;
	if (tail->raw.length > TAIL_BYTES) {
		size_t drop = tail->raw.length - TAIL_BYTES;
		buf_consume(&tail->raw, drop);
		tail->start += (int64_t)drop;
	}
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

static void add_line(struct page *page, struct buf *line)
{
	page_add(page, ROLE_text, 0, 0, buf_text(line));
	buf_clear(line);
}

static void add_byte(struct buf *line, char c)
{
	if (c == '\0') {
		buf_add_text(line, "\\0");
	} else if (c == '\t') {
		do {
			buf_add_char(line, ' ');
		} while (line->length % 8 != 0);
	} else {
		buf_add_char(line, c);
	}
}

static void build(struct tail *tail, int width)
{
	const char *text = tail->raw.data;
	size_t length = tail->raw.length;
	struct buf line;

	page_start(&tail->page, width);
	buf_init(&line, TAIL_BYTES * 8);
	for (size_t at = 0; at < length;) {
		size_t colour = colour_sequence(text + at, length - at);
		char c = text[at];
		at += colour ? colour : 1;
		if (colour != 0)
			continue;
		if (c == '\r' && at < length && text[at] == '\n')
			continue;
		if (c == '\n' || c == '\r')
			add_line(&tail->page, &line);
		else
			add_byte(&line, c);
	}
	if (line.length > 0)
		add_line(&tail->page, &line);
	buf_release(&line);
	tail->built_width = width;
	tail->changed = false;
}

void tail_to_end(struct tail *tail)
{
	int64_t end = tail->start + (int64_t)tail->raw.length;

	if (end + TAIL_STEP < tail->size)
		tail_restart(tail);
	tail->follow = true;
}

void tail_scroll(struct tail *tail, int lines, int height)
{
	int last = (int)tail->page.count - height;

	if (lines < 0)
		tail->follow = false;
	page_scroll(&tail->page, lines, height);
	if (lines > 0 && tail->page.top >= last)
		tail->follow = true;
	tail->older = tail->page.top == 0 && lines < 0;
}

void tail_draw(struct tail *tail, struct canvas *canvas, struct area area)
{
	if (tail->changed || tail->built_width != area.width) {
		int before = (int)tail->page.count;
		build(tail, area.width);
		if (tail->page.top < 0)
			tail->page.top = (int)tail->page.count - before;
	}
	if (tail->follow)
		page_scroll(&tail->page, (int)tail->page.count, area.height);
	page_draw(&tail->page, canvas, area);
}
