/* SPDX-License-Identifier: MIT
 *
 * Dialogs: what stands between a key and an act, and the palette. While one is open it takes every
 * key. Enter alone never does anything; in a dialog that leads to an act, keys typed within 300 ms
 * of its opening are dropped, since they were meant for something else. One thread.
 */
#ifndef HLP_TUI_DIALOG_H
#define HLP_TUI_DIALOG_H

#include "tui/app.h"

void dialog_open(struct app *app, enum dialog_kind kind, const struct act *act);
void dialog_palette(struct app *app, enum action action); /* palette, find, or run */
void dialog_close(struct app *app);
void dialog_key(struct app *app, uint32_t key);
void dialog_draw(struct app *app, struct area area);

void dialog_plan_arrived(struct app *app, const Hlp__V1__RollbackReply *reply);
void dialog_plan_void(struct app *app); /* it changed since it was shown: shown again */

/* Typing: characters, backspace, ^U, ^W. Returns whether the key was taken. */
bool dialog_edit(struct edit *edit, uint32_t key);
/* The line being typed, and the cursor at its end. */
void dialog_draw_edit(struct app *app, struct area line, const char *prompt);

#endif
