/* SPDX-License-Identifier: MIT
 *
 * One line at a time, with a cursor in it: what line editing needs. A program that paints the whole
 * screen leaves what it wrote, in the order in which it did. See transcript.h.
 */
#include "draw/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define LINE_MOST ((size_t)65536)

static void say_line(struct transcript *t)
{
	char encoded[4];
	buf_clear(&t->said);
	for (size_t i = 0; i < t->length; i++)
		buf_add(&t->said, encoded, text_encode(t->line[i], encoded));
	t->say(t->ctx, buf_text(&t->said), t->said.length);
	t->length = t->cursor = 0;
}

static void move_to(struct transcript *t, size_t cursor)
{
	t->cursor = cursor < LINE_MOST ? cursor : LINE_MOST - 1;
	t->line = mem_grow(t->line, &t->capacity, t->cursor + 1, sizeof *t->line);
	while (t->length < t->cursor)
		t->line[t->length++] = ' ';
}

static void put(struct transcript *t, uint32_t code_point)
{
	move_to(t, t->cursor);
	t->line[t->cursor] = code_point;
	t->length = t->length > t->cursor ? t->length : t->cursor + 1;
	move_to(t, t->cursor + 1);
}

static void take_text(void *ctx, char byte)
{
	struct transcript *t = ctx;
	uint32_t code_point;
	if ((unsigned char)byte < 0x80)
		t->bytes_count = 0; /* what was begun is no character */
	t->bytes[t->bytes_count++] = byte;
	if (text_decode(t->bytes, t->bytes_count, &code_point) > 0) {
		put(t, code_point);
		t->bytes_count = 0;
	} else if (t->bytes_count == sizeof t->bytes) {
		t->bytes_count = 0; /* no character at all */
	}
}

/* ---- controls ---------------------------------------------------------------------------- */

static void drop(struct transcript *t, size_t count)
{
	size_t rest = t->length - t->cursor;
	count = count < rest ? count : rest;
	memmove(&t->line[t->cursor], &t->line[t->cursor + count], (rest - count) * sizeof *t->line);
	t->length -= count;
}

static void insert(struct transcript *t, size_t count)
{
	size_t rest = t->length - t->cursor;
	count = count < LINE_MOST - t->length ? count : LINE_MOST - t->length;
	t->line = mem_grow(t->line, &t->capacity, t->length + count + 1, sizeof *t->line);
	memmove(&t->line[t->cursor + count], &t->line[t->cursor], rest * sizeof *t->line);
	for (size_t i = 0; i < count; i++)
		t->line[t->cursor + i] = ' ';
	t->length += count;
}

/* "ESC [ 3 C": how many, and what. */
static void take_sequence(struct transcript *t, const char *data, size_t length)
{
	size_t number = 0;
	for (size_t i = 2; i < length && data[i] >= '0' && data[i] <= '9'; i++) {
		number = number * 10 + (size_t)(data[i] - '0');
		number = number < LINE_MOST ? number : LINE_MOST;
	}
	size_t count = number > 0 ? number : 1;
	switch (data[length - 1]) {
	case 'C':
		move_to(t, t->cursor + count);
		break;
	case 'D':
		move_to(t, t->cursor > count ? t->cursor - count : 0);
		break;
	case 'K':
		t->length = number == 0 ? t->cursor : t->length;
		break;
	case 'P':
		drop(t, count);
		break;
	case '@':
		insert(t, count);
		break;
	case 'H':
	case 'J':
		if (t->length > 0)
			say_line(t);
		break;
	default:
		break;
	}
}

static void take_control(void *ctx, const char *data, size_t length)
{
	struct transcript *t = ctx;
	move_to(t, t->cursor);
	if (length > 2 && data[1] == '[')
		take_sequence(t, data, length);
	else if (data[0] == '\n')
		say_line(t);
	else if (data[0] == '\r')
		t->cursor = 0;
	else if (data[0] == '\b' && t->cursor > 0)
		t->cursor--;
}

/* ---- the whole --------------------------------------------------------------------------- */

void transcript_init(struct transcript *t, transcript_line *say, void *ctx)
{
	*t = (struct transcript){.say = say, .ctx = ctx};
	buf_init(&t->said, LINE_MOST * 4);
	screen_init(&t->screen);
	t->screen.text = take_text;
	t->screen.controls = take_control;
	t->screen.ctx = t;
}

void transcript_take(struct transcript *t, const char *data, size_t length)
{
	screen_take(&t->screen, data, length);
}

void transcript_release(struct transcript *t)
{
	screen_end(&t->screen);
	if (t->length > 0)
		say_line(t);
	screen_release(&t->screen);
	buf_release(&t->said);
	free(t->line);
}
