/* SPDX-License-Identifier: MIT
 *
 * Clicks and the wheel as keys: nothing can be done with a mouse alone, and nothing can be done by
 * a click that changes something.
 */
#ifndef HLP_TUI_MOUSE_H
#define HLP_TUI_MOUSE_H

#include "tui/app.h"

/* Selects the row or box that was clicked; one that is selected is opened. */
void mouse_click(struct app *app, int x, int y);
void mouse_wheel(struct app *app, bool up);

#endif
