/* SPDX-License-Identifier: MIT
 *
 * The palette: every action and every node by a part of its name, each action with its key.
 * Choosing an act opens the same dialogs as its key. One thread.
 */
#ifndef HLP_TUI_PALETTE_H
#define HLP_TUI_PALETTE_H

#include "tui/app.h"

void palette_open(struct app *app, enum action action); /* PALETTE, FIND or RUN */
/* Returns the action that was chosen, else ACTION_NONE. */
enum action palette_key(struct app *app, uint32_t key);
void palette_draw(struct app *app, struct area area);

/* How well `text` holds the letters of `pattern` in their order: -1 not at all, else the larger the
 * better. Pure. */
int palette_score(const char *pattern, const char *text);

#endif
