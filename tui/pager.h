/* SPDX-License-Identifier: MIT
 *
 * What a view shows, in the user's pager: of an output all that there is, of other views every line
 * and not only those that fit.
 */
#ifndef HLP_TUI_PAGER_H
#define HLP_TUI_PAGER_H

#include "tui/app.h"

void pager_open(struct app *app);

/* The view in front as text, as long as it is; the caller frees it. */
char *pager_text(struct app *app);

#endif
