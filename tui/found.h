/* SPDX-License-Identifier: MIT
 *
 * Looking for lines in what a node printed, all of it and not the window alone: the engine looks
 * through a part at a time and the search goes on from there, so nothing waits and Esc ends it. And
 * keep-only: the lines that match, and no others. One thread.
 */
#ifndef HLP_TUI_FOUND_H
#define HLP_TUI_FOUND_H

#include "tui/app.h"

/* Looks for a text, towards the beginning or the end, from the last hit or what is in sight. */
void found_search(struct app *app, const char *text, bool backwards);
void found_again(struct app *app, bool other_way); /* n and N */
void found_error(struct app *app, bool backwards); /* a line that tells of something going wrong */
bool found_stop(struct app *app);		   /* true when a search was under way */

void found_keep(struct app *app, const char *text);		 /* "" ends it */
bool found_act(struct app *app, enum action action, int height); /* while keeping */
void found_draw(struct app *app, struct canvas *canvas, struct area area);
void found_tick(struct app *app); /* another node ends it; while keeping, what was printed since */

void found_forget(struct found_state *found);

/* Marks the text where it is drawn in the area, without regard to case. */
void found_mark(const struct found_state *found, struct canvas *canvas, struct area area);

#endif
