/* SPDX-License-Identifier: MIT
 *
 * From an acting key to the engine: what it applies to, whether acts are allowed now, how it must
 * be confirmed. One policy, by consequence: pausing, holding, noting and checkpoints need nothing;
 * anything else needs arming; one node of low or medium risk needs `y`; high, critical,
 * irreversible, several nodes, the whole run or a rollback need the target typed. One thread.
 */
#ifndef HLP_TUI_ACTING_H
#define HLP_TUI_ACTING_H

#include "tui/app.h"

enum confirmation { CONFIRM_NOTHING, CONFIRM_YES, CONFIRM_NAME };
/* How much confirmation an act needs; `node` NULL: it concerns the whole run. */
enum confirmation acting_confirmation(enum action action, const struct mirror_node *node);

/* An acting key was pressed. */
void acting_begin(struct app *app, enum action action);
/* Brings one file (NODE:PATH) back to a revision; its node keeps its state. */
void acting_restore(struct app *app, const char *file, const char *revision);
/* The level is chosen: its plan. */
void acting_roll_back(struct app *app, enum rollback_level level, const struct act *act);
/* … and it is a checkpoint, by name. */
void acting_roll_back_to(struct app *app, const char *checkpoint, const struct act *act);
/* Acts are allowed now, by this reason: goes on with what was asked. */
void acting_arm(struct app *app, const char *reason, const struct act *act);
/* The answer is chosen: on to what goes along with it. */
void acting_answered(struct app *app, const struct act *act);
/* The answer is chosen, the form is filled in: on to the confirmation. */
void acting_confirm(struct app *app, const struct act *act);
/* It is confirmed: to the engine. */
void acting_send(struct app *app, const struct act *act);
/* Whether acts are possible here at all; says why not. */
bool acting_may(struct app *app, enum action action);
/* ":note TEXT": of the selected node, or of the run where none is selected. */
void acting_note(struct app *app, const char *text);
/* ":checkpoint NAME". */
void acting_checkpoint(struct app *app, const char *name);

/* The verb of an action for a node as the contract has it; NULL when it does not apply, which `why`
 * then says. */
const char *acting_verb(const struct app *app, enum action action, const struct mirror_node *node,
			char *why, size_t size);

void acting_tick(struct app *app); /* arming lapses after ten idle minutes, never in a dialog */

/* The answers that a question takes, for a dialog. */
struct acting_answer {
	char key;
	const char *answer, *text;
};
/* Ends with a key of 0; NULL: nothing is asked. */
const struct acting_answer *acting_answers(const struct mirror_node *node);

#endif
