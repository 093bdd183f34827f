/* SPDX-License-Identifier: MIT
 *
 * A coach for the first minute: one line that says which key goes on, in runs of a workflow whose
 * label `coach` asks for it. It follows what is on the screen and remembers only what was looked
 * at.
 */
#ifndef HLP_TUI_COACH_H
#define HLP_TUI_COACH_H

#include "tui/app.h"

bool coach_is_on(const struct app *app);
/* What to do next; NULL when the coach is off. */
const char *coach_line(struct app *app);

/* ":demo crash": kills the engine of this instance, in a coached run only, and lets one watch it
 * come back. Any other word, or any other run, is refused. */
void coach_demo(struct app *app, const char *what);

#endif
