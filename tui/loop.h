/* SPDX-License-Identifier: MIT
 *
 * The console's loop: keys, the engine, time, the screen. Never blocks but in its one wait.
 */
#ifndef HLP_TUI_LOOP_H
#define HLP_TUI_LOOP_H

#include <signal.h>

#include "tui/app.h"

/* Runs until the app wants to leave (0) or the terminal is gone. `waiting` is the signal mask for
 * the wait: what is blocked outside it (SIGWINCH) can only come in there. */
int loop_console(struct app *app, struct term *term, const sigset_t *waiting, struct err *err);

#endif
