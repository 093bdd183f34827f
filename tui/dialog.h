/* SPDX-License-Identifier: MIT
 *
 * Dialogs: what stands between a key and an act, and the palette. While one is open it takes every
 * key. Enter alone never does anything; in a dialog that leads to an act, keys typed within 300 ms
 * of its opening are dropped, since they were meant for something else. One thread.
 */
#ifndef HLP_TUI_DIALOG_H
#define HLP_TUI_DIALOG_H

#include "tui/app.h"

/* Takes a key; returns what the palette was asked to do, else ACTION_NONE. */
enum action dialog_key(struct app *app, uint32_t key);
void dialog_draw(struct app *app, struct area area);

#endif
