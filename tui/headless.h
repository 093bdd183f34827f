/* SPDX-License-Identifier: MIT
 *
 * The console without a terminal: keys come from a script, the picture goes into a file. For tests
 * and for looking at a run from a program. A script is lines of
 *
 *   type TEXT      each of its characters as a key
 *   press KEY…     Enter Esc Up Down Left Right PgUp PgDn Home End Tab Space Bksp, or a character
 *   wait TEXT      until the screen holds it, fifteen seconds at most
 *   gone TEXT      until it does not
 *   pause SECONDS  as after a dialog has opened, which takes no key for 0.3 s
 *   dump FILE      the screen as it is
 *
 * and of comments that begin with #.
 */
#ifndef HLP_TUI_HEADLESS_H
#define HLP_TUI_HEADLESS_H

#include "tui/app.h"

struct headless_options {
	int width, height;
	const char
		*script;  /* a file; NULL: waits until an execution is shown, or the list of all */
	const char *dump; /* the last screen goes here; "-" or NULL: standard output */
};

/* 0 when the script ran to its end. ERR_TIMEOUT: what it waited for did not come. */
int headless_run(struct app *app, const struct headless_options *options, struct err *err);

#endif
