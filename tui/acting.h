/* SPDX-License-Identifier: MIT
 *
 * From an acting key to the engine: what it applies to, whether acts are allowed now, how it must
 * be confirmed. One policy, by consequence: pausing needs nothing; anything else needs arming; one
 * node of low or medium risk needs `y`; high, critical, irreversible, the whole run or a rollback
 * need the target's name typed. One thread.
 */
#ifndef HLP_TUI_ACTING_H
#define HLP_TUI_ACTING_H

#include "tui/app.h"

enum confirmation { CONFIRM_NOTHING, CONFIRM_YES, CONFIRM_NAME };
/* How much confirmation an act needs; `node` NULL: it concerns the whole run. */
enum confirmation acting_confirmation(enum action action, const struct mirror_node *node);

/* An acting key was pressed. */
void acting_begin(struct app *app, enum action action);
/* Acts are allowed now, by this reason: goes on with what was asked. */
void acting_arm(struct app *app, const char *reason, const struct act *act);
/* It is confirmed: to the engine. */
void acting_send(struct app *app, const struct act *act);
/* The answer is chosen: on to its confirmation. */
void acting_confirm(struct app *app, const struct act *act);

void acting_tick(struct app *app); /* arming lapses after ten idle minutes, never in a dialog */

/* The answers that a question takes, for a dialog. */
struct acting_answer {
	char key;
	const char *answer, *text;
};
/* Ends with a key of 0. */
const struct acting_answer *acting_answers(const struct mirror_node *node);

#endif
