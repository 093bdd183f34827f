/* SPDX-License-Identifier: MIT
 *
 * The line being typed in a dialog. One thread.
 */
#ifndef HLP_TUI_EDIT_H
#define HLP_TUI_EDIT_H

#include "draw/canvas.h"
#include "tui/page.h"
#include "tui/term.h"

struct edit {
	char text[512];
	size_t length;
};

void edit_set(struct edit *edit, const char *text);
/* Characters, backspace, ^U, ^W. Returns whether the key was taken. */
bool edit_key(struct edit *edit, uint32_t key);
/* The end of a text that fits into `room` columns: what is being typed is never out of sight. */
const char *edit_end(const char *text, int room);
/* Draws the line behind a prompt; the cursor is at its end. */
void edit_draw(const struct edit *edit, struct canvas *canvas, struct area line, const char *prompt,
	       struct term_cursor *out);

#endif
