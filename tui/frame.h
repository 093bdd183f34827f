/* SPDX-License-Identifier: MIT
 *
 * The frame around a view: two lines on top (what this is and how it stands), two at the bottom
 * (the last message, the keys that matter here).
 */
#ifndef HLP_TUI_FRAME_H
#define HLP_TUI_FRAME_H

#include "tui/app.h"

/* Draws the frame and returns what is left for the view. */
struct area frame_draw(struct app *app);

#endif
