/* SPDX-License-Identifier: MIT
 *
 * A program of the user's own that has the terminal for a while: an editor, a pager. Views ask for
 * one; the loop runs it between two frames and tells them how it ended.
 */
#ifndef HLP_TUI_ERRAND_H
#define HLP_TUI_ERRAND_H

#include "tui/term.h"

struct app;

struct errand {
	char *command; /* for sh; owned; NULL: nothing is asked for */
	char *text;    /* its standard input; owned; NULL: the terminal */
	/* With its exit status, -1: it was not started. May be NULL. */
	void (*then)(struct app *app, int status);
};

void errand_forget(struct errand *errand);
/* Gives the terminal away, runs it, takes the terminal again. Returns what `then` is told. If it is
 * suspended, so is this process. */
int errand_run(const struct errand *errand, struct term *term);

#endif
