/* SPDX-License-Identifier: MIT
 *
 * The journal of the execution at hand as the console keeps it: the newest events, in plain texts.
 * One thread.
 */
#ifndef HLP_TUI_JOURNAL_H
#define HLP_TUI_JOURNAL_H

#include "tui/app.h"

#define JOURNAL_ROWS 20000 /* kept; older ones are counted */

void journal_forget(struct journal_state *journal);
/* Takes an event as it came; one that is known is ignored. */
void journal_take(struct journal_state *journal, const Hlp__V1__EventRecord *record);
/* Whether a person did it. */
bool journal_is_act(const struct journal_row *row);
/* "skip swap: INC-3311", "swap failed: exit". */
void journal_text(const struct journal_row *row, char *out, size_t size);

#endif
