/* SPDX-License-Identifier: MIT
 *
 * Which attempt of the selected node the tail shows: the one that matters now, or the one that a
 * person stepped to. Asks nothing itself: the list of attempts comes through the feed.
 */
#ifndef HLP_TUI_ATTEMPTS_H
#define HLP_TUI_ATTEMPTS_H

#include "tui/app.h"

#define ATTEMPTS_NAME 24

/* What the tail is to show; number 0: the node has no attempt. False: the list has to be asked for
 * first. Forgets what was of another node. */
bool attempts_wanted(struct app *app, const struct mirror_node *node, struct attempt_name *out);
/* The list was asked for, and it came: a step that waits for it is made. */
void attempts_asked(struct app *app);
void attempts_taken(struct app *app);
/* To the attempt before (-1) or after (1) by time, once the list that is asked for is here. */
void attempts_step(struct app *app, int step);
void attempts_forget(struct app *app);

/* "attempt 2", "check 1" */
void attempts_say(const struct attempt_name *name, char out[ATTEMPTS_NAME]);
/* As the list has it, or NULL. */
const Hlp__V1__Attempt *attempts_find(const struct app *app, const struct attempt_name *name);

#endif
