/* SPDX-License-Identifier: MIT
 *
 * The line being typed in a dialog. One thread.
 */
#ifndef HLP_TUI_EDIT_H
#define HLP_TUI_EDIT_H

#include "tui/app.h"

void edit_set(struct edit *edit, const char *text);
/* Characters, backspace, ^U, ^W. Returns whether the key was taken. */
bool edit_key(struct edit *edit, uint32_t key);
/* Draws the dialog's line behind a prompt, with the cursor at its end. */
void edit_draw(struct app *app, struct area line, const char *prompt);

#endif
