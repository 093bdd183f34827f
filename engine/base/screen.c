/* SPDX-License-Identifier: MIT
 *
 * A small machine over bytes. Unknown sequences end as those of ECMA-48 do.
 */
#include "base/screen.h"

#include <string.h>

#define ESCAPE '\033'
#define BELL   '\a'

void screen_init(struct screen *screen)
{
	*screen = (struct screen){0};
	buf_init(&screen->control, SCREEN_CONTROL_MAX);
}

void screen_release(struct screen *screen)
{
	buf_release(&screen->control);
}

bool screen_is_text(char byte)
{
	const unsigned char c = (unsigned char)byte;

	return (c >= ' ' && c != 0x7f) || c == '\t';
}

static void end_control(struct screen *screen)
{
	if (!screen->control.overflow)
		screen->controls(screen->ctx, screen->control.data, screen->control.length);
	buf_clear(&screen->control);
	screen->control.overflow = false;
	screen->state = SCREEN_TEXT;
}

static void drop_control(struct screen *screen)
{
	buf_clear(&screen->control);
	screen->control.overflow = false;
	screen->state = SCREEN_TEXT;
}

/* `next` decides what they were. */
static void flush_blank(struct screen *screen, char next)
{
	const bool breaks = screen->blank_return && next != '\n';

	if (breaks)
		screen->controls(screen->ctx, " \r", 2);
	else if (screen->blank)
		screen->text(screen->ctx, ' ');
	if (screen->blank_return && !breaks)
		screen->controls(screen->ctx, "\r", 1);
	screen->blank = screen->blank_return = false;
}

static void take_text(struct screen *screen, char byte)
{
	if (byte == '\r' && screen->blank && !screen->blank_return) {
		screen->blank_return = true;
		return;
	}
	flush_blank(screen, byte);
	if (byte == ' ') {
		screen->blank = true;
	} else if (byte == ESCAPE) {
		buf_add_char(&screen->control, byte);
		screen->state = SCREEN_ESCAPE;
	} else if (screen_is_text(byte)) {
		screen->text(screen->ctx, byte);
	} else {
		screen->controls(screen->ctx, &byte, 1);
	}
}

static void take_escape(struct screen *screen, char byte)
{
	buf_add_char(&screen->control, byte);
	if (byte == '[')
		screen->state = SCREEN_SEQUENCE;
	else if (memchr("]PX^_", byte, 5))
		screen->state = SCREEN_STRING;
	else if (byte < ' ' || byte > '/') /* those go on */
		end_control(screen);
}

static void take_sequence(struct screen *screen, char byte)
{
	buf_add_char(&screen->control, byte);
	if (byte >= '@' && byte <= '~')
		end_control(screen);
	else if (byte < ' ' || byte == 0x7f) /* damaged: no terminal is told of it twice */
		drop_control(screen);
}

/* A line's end ends one that nobody ended. */
static void take_string(struct screen *screen, char byte)
{
	if (byte == ESCAPE)
		screen->state = SCREEN_STRING_END;
	else if (byte == BELL || byte == '\n')
		drop_control(screen);
}

static void take(struct screen *screen, char byte)
{
	switch (screen->state) {
	case SCREEN_TEXT:
		take_text(screen, byte);
		break;
	case SCREEN_ESCAPE:
		take_escape(screen, byte);
		break;
	case SCREEN_SEQUENCE:
		take_sequence(screen, byte);
		break;
	case SCREEN_STRING:
		take_string(screen, byte);
		break;
	case SCREEN_STRING_END: /* ESC \, or the beginning of something else */
		drop_control(screen);
		if (byte != '\\')
			take_text(screen, byte);
		break;
	}
}

void screen_take(struct screen *screen, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		take(screen, data[i]);
}

void screen_end(struct screen *screen)
{
	flush_blank(screen, '\n');
	drop_control(screen);
}
