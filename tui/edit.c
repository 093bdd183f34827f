/* SPDX-License-Identifier: MIT
 *
 * Typing on one line, at its end only: what is typed here is a name, a reason or a file.
 */
#include "tui/edit.h"

#include <string.h>

#include "base/text.h"

void edit_set(struct edit *edit, const char *text)
{
	edit->length = strnlen(text, sizeof(edit->text) - 1);
	memcpy(edit->text, text, edit->length);
	edit->text[edit->length] = '\0';
}

static void drop_character(struct edit *edit)
{
	while (edit->length > 0 && ((unsigned char)edit->text[edit->length - 1] & 0xc0) == 0x80)
		edit->length--;
	if (edit->length > 0)
		edit->length--;
	edit->text[edit->length] = '\0';
}

static void drop_word(struct edit *edit)
{
	while (edit->length > 0 && edit->text[edit->length - 1] == ' ')
		edit->length--;
	while (edit->length > 0 && edit->text[edit->length - 1] != ' ')
		edit->length--;
	edit->text[edit->length] = '\0';
}

bool edit_key(struct edit *edit, uint32_t key)
{
	char bytes[4];

	if (key == PRESS_BACKSPACE) {
		drop_character(edit);
	} else if (key == 21) { /* ^U */
		edit->length = 0;
		edit->text[0] = '\0';
	} else if (key == 23) { /* ^W */
		drop_word(edit);
	} else if (key >= ' ' && key < 0x110000 && text_columns(key) > 0) {
		size_t count = text_encode(key, bytes);
		if (edit->length + count >= sizeof(edit->text))
			return true;
		memcpy(edit->text + edit->length, bytes, count);
		edit->length += count;
		edit->text[edit->length] = '\0';
	} else {
		return false;
	}
	return true;
}

const char *edit_end(const char *text, int room)
{
	while (room > 0 && *text != '\0' && (int)text_width(text) > room)
		do {
			text++;
		} while (((unsigned char)*text & 0xc0) == 0x80);
	return text;
}

void edit_draw(const struct edit *edit, struct canvas *canvas, struct area line, const char *prompt,
	       struct term_cursor *out)
{
	int x = line.x;

	x += canvas_text(canvas, x, line.y, line.width, ROLE_prompt, CELL_BOLD, prompt);
	int room = line.x + line.width - x - 1;
	x += canvas_text(canvas, x, line.y, room, ROLE_prompt, CELL_UNDERLINE,
			 edit_end(edit->text, room));
	canvas_put(canvas, x, line.y, ' ', ROLE_prompt, CELL_REVERSE);
	*out = (struct term_cursor){x, line.y, true};
}
