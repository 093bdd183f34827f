/* SPDX-License-Identifier: MIT
 *
 * A shell of the selected node: hlp has the terminal meanwhile, records it, and asks afterwards
 * what became of the node. One thread.
 */
#ifndef HLP_TUI_VISIT_H
#define HLP_TUI_VISIT_H

#include "tui/app.h"

/* Asks the loop for it. Opening one changes nothing of the run, so it is not confirmed. */
void visit_open(struct app *app);

#endif
