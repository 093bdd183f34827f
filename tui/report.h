/* SPDX-License-Identifier: MIT
 *
 * The record of the run, written into a file: hlp makes it, as on the command line.
 */
#ifndef HLP_TUI_REPORT_H
#define HLP_TUI_REPORT_H

struct app;

void report_init(struct app *app);
void report_release(struct app *app);
/* Begins it; where it is, or what went wrong, is said when it is done. */
void report_write(struct app *app);
/* Takes what hlp says. */
void report_tick(struct app *app);

#endif
