/* SPDX-License-Identifier: MIT
 *
 * Acts. Whatever cannot apply is said here at once; the engine has the last word all the same.
 */
#include "tui/acting.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/workflow.h"
#include "tui/feed.h"
#include "tui/words.h"

#define ARM_US (600 * CLOCK_SECOND_US)

enum confirmation acting_confirmation(enum action action, const struct mirror_node *node)
{
	if (action == ACTION_PAUSE)
		return CONFIRM_NOTHING;
	if (action == ACTION_UNDO || node == NULL)
		return CONFIRM_NAME;
	if (node->irreversible != NULL && node->irreversible[0] != '\0')
		return CONFIRM_NAME;
	return risk_level(node->risk) >= RISK_HIGH ? CONFIRM_NAME : CONFIRM_YES;
}

/* ---- arming ------------------------------------------------------------------------------ */

static bool is_started_here(const struct app *app)
{
	uint32_t count = app->started_count;

	for (uint32_t i = 0; i < count && i < 8; i++) {
		if (app->mirror.id != NULL && strcmp(app->started[i], app->mirror.id) == 0)
			return true;
	}
	return false;
}

static void disarm(struct app *app, const char *why)
{
	app->arm.armed = false;
	app_say(app, ROLE_dim, "%s", why);
}

void acting_tick(struct app *app)
{
	struct arm *arm = &app->arm;

	if (!arm->armed || app->mirror.id == NULL)
		return;
	if (strcmp(arm->execution, app->mirror.id) != 0)
		disarm(app, "another execution: looking only");
	else if (app->dialog.kind != DIALOG_NONE)
		arm->used_us = app->now_us;
	else if (app->now_us - arm->used_us > ARM_US)
		disarm(app, "ten minutes without an act: looking only");
}

/* ---- what an act applies to -------------------------------------------------------------- */

static const struct mirror_node *node_of(const struct app *app, const struct act *act)
{
	return act->node == ACT_WHOLE_RUN ? NULL : &app->mirror.nodes[act->node];
}

static bool prepare_retry(struct app *app, const struct mirror_node *node)
{
	char word[64];

	if (node->state == STATE_FAILED || node->state == STATE_RECOVERED)
		return true;
	words_node(&app->mirror, node, word, sizeof(word));
	app_say(app, ROLE_error, "%s is %s: only what failed or was undone can be retried",
		node->id, word);
	return false;
}

static bool prepare_answer(struct app *app, const struct mirror_node *node)
{
	if (acting_answers(node) != NULL)
		return true;
	if (node->reason == REASON_MANUAL || node->reason == REASON_APPROVAL)
		app_say(app, ROLE_error,
			"answering a person's step or an approval is not built yet");
	else
		app_say(app, ROLE_error, "%s asks nothing; ] goes to the next problem", node->id);
	return false;
}

static bool prepare_undo(struct app *app, const struct mirror_node *node)
{
	if (node->state == STATE_RECOVERING) {
		app_say(app, ROLE_error, "%s is being undone already", node->id);
		return false;
	}
	if (node->attempt == 0 && node->state == STATE_PENDING) {
		app_say(app, ROLE_error, "%s never started: there is nothing to undo", node->id);
		return false;
	}
	return true;
}

/* Fills in the act; false when it does not apply, which is then said. */
static bool prepare(struct app *app, struct act *act)
{
	const struct mirror_node *node = app_node(app);
	const char *verb = action_info(act->action)->name;

	act->node = node ? app->selected : ACT_WHOLE_RUN;
	if (act->action == ACTION_PAUSE) {
		act->node = ACT_WHOLE_RUN;
		verb = app->mirror.paused ? "resume" : "pause";
	}
	if (act->action == ACTION_CANCEL && (node == NULL || !words_is_live(node)))
		act->node = ACT_WHOLE_RUN;
	(void)snprintf(act->verb, sizeof(act->verb), "%s", verb);
	if (act->action == ACTION_PAUSE || act->action == ACTION_CANCEL)
		return true;
	if (node == NULL) {
		app_say(app, ROLE_error, "no node is selected");
		return false;
	}
	if (act->action == ACTION_RETRY)
		return prepare_retry(app, node);
	return act->action == ACTION_ANSWER ? prepare_answer(app, node) : prepare_undo(app, node);
}

/* ---- answers ----------------------------------------------------------------------------- */

const struct acting_answer *acting_answers(const struct mirror_node *node)
{
	static const struct acting_answer LOST[] = {
		{'h', "happened", "it did happen: mark it done by hand"},
		{'a', "again", "it did not happen: run it again"},
		{'u', "undo", "undo it"},
		{0}};
	static const struct acting_answer UNDO_FAILED[] = {{'a', "again", "run the undo again"},
							   {'b', "by-hand", "I undid it by hand"},
							   {'l', "leave", "leave it as it is"},
							   {0}};
	static const struct acting_answer RISK[] = {{'a', "again", "run it again, at its risk"},
						    {'l', "leave", "leave it failed"},
						    {0}};
	const char *question = node->question ? node->question : "";

	if (question[0] == '\0')
		return NULL;
	if (strstr(question, "undo") != NULL)
		return UNDO_FAILED;
	return strstr(question, "risk") != NULL ? RISK : LOST;
}

/* ---- the way of an act ------------------------------------------------------------------- */

void acting_confirm(struct app *app, const struct act *act)
{
	switch (acting_confirmation(act->action, node_of(app, act))) {
	case CONFIRM_NOTHING:
		acting_send(app, act);
		break;
	case CONFIRM_YES:
		app_open_dialog(app, DIALOG_YES, act);
		break;
	case CONFIRM_NAME:
		app_open_dialog(app, DIALOG_NAME, act);
		break;
	}
}

static void show_plan(struct app *app, const struct act *act)
{
	app_open_dialog(app, DIALOG_PLAN, act);
	app->plan.changed = false;
	app->plan.page.top = 0;
	feed_plan(app, act->node);
}

/* Allowed: on to the question, the plan or the confirmation. */
static void go_on(struct app *app, const struct act *act)
{
	app->arm.used_us = app->now_us;
	if (act->action == ACTION_ANSWER)
		app_open_dialog(app, DIALOG_CHOICE, act);
	else if (act->action == ACTION_UNDO)
		show_plan(app, act);
	else if (act->action != ACTION_ARM)
		acting_confirm(app, act);
}

void acting_arm(struct app *app, const char *reason, const struct act *act)
{
	struct arm *arm = &app->arm;

	arm->armed = true;
	(void)snprintf(arm->reason, sizeof(arm->reason), "%s", reason);
	(void)snprintf(arm->last_reason, sizeof(arm->last_reason), "%s", reason);
	(void)snprintf(arm->execution, sizeof(arm->execution), "%s", app->mirror.id);
	app_say(app, ROLE_warning, "armed: acts are allowed; W ends it");
	go_on(app, act);
}

void acting_send(struct app *app, const struct act *act)
{
	app->arm.used_us = app->now_us;
	if (act->action == ACTION_UNDO)
		feed_apply_plan(app, act->node, app->plan.reply->plan->id, app->arm.reason);
	else
		feed_act(app, act, app->arm.reason);
}

/* What holds for every act: false when it was said why not. */
static bool may_act(struct app *app, enum action action)
{
	const char *name = action_info(action)->name;

	if (action_info(action)->group == ACTION_GROUP_LATER)
		app_say(app, ROLE_error, "%s is not built yet", name);
	else if (app->read_only)
		app_say(app, ROLE_error, "%s: this console was started with --read-only", name);
	else if (!app->mirror.has_rows || app->mirror.id == NULL)
		app_say(app, ROLE_error, "%s: no execution is open", name);
	else if (app_view(app) == VIEW_RUNS)
		app_say(app, ROLE_error, "%s: open the execution first (Enter)", name);
	else if (app->lost_us != 0)
		app_say(app, ROLE_error, "%s: the engine is lost; nothing can be asked now", name);
	else
		return true;
	return false;
}

void acting_begin(struct app *app, enum action action)
{
	struct act act = {.action = action, .node = ACT_WHOLE_RUN};

	if (!may_act(app, action))
		return;
	if (action == ACTION_ARM && app->arm.armed) {
		disarm(app, "looking only");
		return;
	}
	if (action != ACTION_ARM && !prepare(app, &act))
		return;
	if (!app->arm.armed && is_started_here(app))
		app_started_here(app, app->mirror.id);
	if (action != ACTION_PAUSE && !app->arm.armed)
		app_open_dialog(app, DIALOG_ARM, &act);
	else
		go_on(app, &act);
}
