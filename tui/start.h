/* SPDX-License-Identifier: MIT
 *
 * Starting a run from the console: reads the file as `hlp run` does, says what it would do, and
 * asks in the way its riskiest node calls for. One thread.
 */
#ifndef HLP_TUI_START_H
#define HLP_TUI_START_H

#include "tui/app.h"

/* "FILE name=value …": reads and checks it, then opens the dialog, or says what is wrong. */
void start_prepare(struct app *app, const char *line);
/* The form is filled in: checks its values, then asks whether to start. */
void start_confirm(struct app *app);
void start_free(struct start_plan *start); /* accepts NULL */

void start_fill(struct app *app, struct page *page); /* what it would do */
bool start_needs_name(const struct app *app);
void start_go(struct app *app); /* confirmed */

/* Completes the file being typed after "run ". */
void start_complete(struct edit *edit);

#endif
