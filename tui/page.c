/* SPDX-License-Identifier: MIT
 *
 * Filling a page: gate, wrap at spaces, break a word only when it is longer than a line.
 */
#include "tui/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define PAGE_BYTES	((size_t)4 * 1024 * 1024)
#define PAGE_LINES	((size_t)20000)
#define PARAGRAPH_BYTES ((size_t)64 * 1024)

void page_init(struct page *page)
{
	*page = (struct page){0};
	buf_init(&page->text, PAGE_BYTES);
}

void page_release(struct page *page)
{
	buf_release(&page->text);
	free(page->lines);
	*page = (struct page){0};
}

void page_start(struct page *page, int width)
{
	buf_clear(&page->text);
	page->text.overflow = false;
	page->count = 0;
	page->width = width < 1 ? 1 : width;
}

static void add_line(struct page *page, struct page_line line, const char *text, size_t length)
{
	if (page->count >= PAGE_LINES)
		return;
	line.offset = page->text.length;
	buf_add(&page->text, text, length);
	buf_add_char(&page->text, '\0');
	if (page->text.overflow)
		return;
	page->lines = mem_grow(page->lines, &page->capacity, page->count + 1, sizeof(line));
	page->lines[page->count++] = line;
}

/* How many bytes of valid text go on a line of `columns`: up to the last space that fits, else as
 * many characters as do, at least one. */
static size_t fit(const char *text, size_t length, int columns)
{
	size_t at = 0, space = 0;
	int used = 0;

	while (at < length) {
		uint32_t code = '?';
		size_t step = text_decode(text + at, length - at, &code);
		int wide = text_columns(code);
		if (used + wide > columns)
			break;
		if (code == ' ')
			space = at;
		used += wide;
		at += step ? step : 1;
	}
	if (at == length || text[at] == ' ')
		return at;
	if (space > 0)
		return space;
	return at > 0 ? at : 1;
}

static void wrap(struct page *page, struct page_line line, int hang, const char *text,
		 size_t length)
{
	if (length == 0)
		add_line(page, line, "", 0);
	if (hang >= page->width - 8)
		hang = 0;
	while (length > 0) {
		size_t take = fit(text, length, page->width - line.indent);
		add_line(page, line, text, take);
		while (take < length && text[take] == ' ')
			take++;
		text += take;
		length -= take;
		line.indent = hang;
	}
}

void page_add(struct page *page, enum role role, unsigned attributes, int hang, const char *text)
{
	struct page_line line = {.role = role, .attributes = attributes};
	size_t length = strnlen(text, PARAGRAPH_BYTES);
	struct buf clean;

	while (length > 0 && text[length - 1] == '\n')
		length--;
	buf_init(&clean, PARAGRAPH_BYTES * 10);
	do {
		const char *end = memchr(text, '\n', length);
		size_t count = end ? (size_t)(end - text) : length;
		buf_clear(&clean);
		text_gate(&clean, text, count, TEXT_ONE_LINE);
		wrap(page, line, hang, buf_text(&clean), clean.length);
		line.indent = hang;
		count += end ? 1 : 0;
		text += count;
		length -= count;
	} while (length > 0);
	buf_release(&clean);
}

void page_add_prose(struct page *page, enum role role, unsigned attributes, const char *text)
{
	char *copy = mem_strndup(text, strnlen(text, PARAGRAPH_BYTES));

	for (char *at = copy; *at != '\0'; at++)
		if (at[0] == '\n' && at[1] != '\n' && at > copy && at[-1] != '\n' && at[1] != ' ')
			at[0] = ' ';
	page_add(page, role, attributes, 0, copy);
	free(copy);
}

void page_addf(struct page *page, enum role role, unsigned attributes, int hang, const char *format,
	       ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* bounded: what is longer is cut */
	va_end(args);
	page_add(page, role, attributes, hang, text);
}

void page_scroll(struct page *page, int lines, int height)
{
	int last = (int)page->count - height;

	page->top += lines;
	if (page->top > last)
		page->top = last;
	if (page->top < 0)
		page->top = 0;
}

void page_draw(struct page *page, struct canvas *canvas, struct area area)
{
	page_scroll(page, 0, area.height);
	for (int row = 0; row < area.height; row++) {
		size_t at = (size_t)(page->top + row);
		if (at >= page->count)
			break;
		const struct page_line *line = &page->lines[at];
		canvas_text(canvas, area.x + line->indent, area.y + row, area.width - line->indent,
			    line->role, line->attributes, page->text.data + line->offset);
	}
}

bool page_act(struct page *page, enum action action, int height)
{
	int step;

	if (action == ACTION_MARK)
		action = ACTION_PAGE_DOWN; /* the blank, as in every pager */
	if (!action_moves(action, height - 1, (int)page->count, &step))
		return false;
	page_scroll(page, step, height);
	return true;
}
