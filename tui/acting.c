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
	if (action == ACTION_PAUSE || action == ACTION_HOLD || action == ACTION_NOTE ||
	    action == ACTION_CHECKPOINT)
		return CONFIRM_NOTHING;
	if (action == ACTION_UNDO || action == ACTION_ROLLBACK || node == NULL)
		return CONFIRM_NAME;
	if (node->irreversible != NULL && node->irreversible[0] != '\0')
		return CONFIRM_NAME;
	return risk_level(node->risk) >= RISK_HIGH ? CONFIRM_NAME : CONFIRM_YES;
}

/* ---- arming ------------------------------------------------------------------------------ */

static bool is_started_here(const struct app *app)
{
	uint32_t count = app->started_count;

	for (uint32_t i = 0; i < count && i < 8; i++)
		if (app->mirror.id != NULL && strcmp(app->started[i], app->mirror.id) == 0)
			return true;
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

static const char *verb_of_hold(const struct app *app, const struct mirror_node *node, char *why,
				size_t size)
{
	char word[64];

	if (node->held)
		return "release";
	if (node->state == STATE_PENDING && !app->mirror.ended)
		return "hold";
	words_node(&app->mirror, node, word, sizeof(word));
	if (node->state == STATE_PENDING)
		(void)snprintf(why, size, "%s will not start: the run has ended", node->id);
	else
		(void)snprintf(why, size, "%s is %s: only what has not started can be held%s",
			       node->id, word,
			       node->state == STATE_RUNNING ? "; F freezes what runs" : "");
	return NULL;
}

static const char *verb_of_freeze(const struct app *app, const struct mirror_node *node, char *why,
				  size_t size)
{
	char word[64];

	if (node->reason == REASON_FROZEN)
		return "thaw";
	if (node->state == STATE_RUNNING)
		return "freeze";
	words_node(&app->mirror, node, word, sizeof(word));
	(void)snprintf(why, size, "%s is %s: only what runs can be frozen", node->id, word);
	return NULL;
}

static const char *verb_of_retry(const struct app *app, const struct mirror_node *node, char *why,
				 size_t size)
{
	char word[64];

	if (node->state == STATE_FAILED || node->state == STATE_RECOVERED)
		return "retry";
	words_node(&app->mirror, node, word, sizeof(word));
	(void)snprintf(why, size, "%s is %s: only what failed or was undone can be retried",
		       node->id, word);
	return NULL;
}

/* Skip and done both let a node count as completed. */
static const char *verb_of_settling(const struct app *app, const struct mirror_node *node,
				    const char *verb, char *why, size_t size)
{
	char word[64];

	words_node(&app->mirror, node, word, sizeof(word));
	if (node->state == STATE_COMPLETED)
		(void)snprintf(why, size, "%s is %s: it counts as done already", node->id, word);
	else if (node->state == STATE_RECOVERED)
		(void)snprintf(why, size, "%s is %s: R runs it again", node->id, word);
	else
		return verb;
	return NULL;
}

static const char *verb_of_undo(const struct mirror_node *node, char *why, size_t size)
{
	if (node->state == STATE_RECOVERING)
		(void)snprintf(why, size, "%s is being undone already", node->id);
	else if (node->attempt == 0 && node->state == STATE_PENDING)
		(void)snprintf(why, size, "%s never started: there is nothing to undo", node->id);
	else
		return "undo";
	return NULL;
}

static const char *verb_of_answer(const struct mirror_node *node, char *why, size_t size)
{
	if (acting_answers(node) != NULL)
		return "answer";
	bool asks = node->question != NULL && node->question[0] != '\0';
	(void)snprintf(why, size, "%s asks %s", node->id,
		       asks ? "what this console does not know: hlp answer"
			    : "nothing; ] goes to the next problem");
	return NULL;
}

const char *acting_verb(const struct app *app, enum action action, const struct mirror_node *node,
			char *why, size_t size)
{
	switch (action) {
	case ACTION_HOLD:
		return verb_of_hold(app, node, why, size);
	case ACTION_FREEZE:
		return verb_of_freeze(app, node, why, size);
	case ACTION_RETRY:
		return verb_of_retry(app, node, why, size);
	case ACTION_SKIP:
		return verb_of_settling(app, node, "skip", why, size);
	case ACTION_DONE:
		return verb_of_settling(app, node, "done", why, size);
	case ACTION_UNDO:
		return verb_of_undo(node, why, size);
	case ACTION_ANSWER:
		return verb_of_answer(node, why, size);
	case ACTION_CANCEL:
		if (words_is_live(node))
			return "cancel";
		(void)snprintf(why, size, "%s does not run", node->id);
		return NULL;
	default:
		(void)snprintf(why, size, "%s is no act on a node", action_info(action)->name);
		return NULL;
	}
}

static bool takes_marks(enum action action)
{
	return action == ACTION_HOLD || action == ACTION_FREEZE || action == ACTION_RETRY ||
	       action == ACTION_SKIP || action == ACTION_CANCEL;
}

/* Marked nodes that the act does not apply to are left out; with none left it is refused. The first
 * one decides between an act and its opposite. */
static bool prepare_marked(struct app *app, struct act *act)
{
	const char *verb = NULL;
	char why[160] = "";

	for (uint32_t i = 0; i < app->mirror.nodes_count; i++) {
		if (!app_is_marked(app, i))
			continue;
		const char *its =
			acting_verb(app, act->action, &app->mirror.nodes[i], why, sizeof(why));
		verb = verb != NULL ? verb : its;
		if (its == NULL || strcmp(its, verb) != 0)
			app_mark(app, i, false);
	}
	if (verb == NULL) {
		app_say(app, ROLE_error, "%s applies to none of the marked nodes: %s",
			action_info(act->action)->name, why);
		return false;
	}
	act->node = ACT_MARKED;
	(void)snprintf(act->verb, sizeof(act->verb), "%s", verb);
	return true;
}

static bool prepare_run(struct app *app, struct act *act, const char *verb)
{
	(void)app;
	act->node = ACT_WHOLE_RUN;
	(void)snprintf(act->verb, sizeof(act->verb), "%s", verb);
	return true;
}

/* Fills in the act; false when it does not apply, which is then said. */
static bool prepare(struct app *app, struct act *act)
{
	const struct mirror_node *node = app_node(app);
	char why[200] = "no node is selected";

	if (act->action == ACTION_PAUSE)
		return prepare_run(app, act, app->mirror.paused ? "resume" : "pause");
	if (act->action == ACTION_ROLLBACK)
		return prepare_run(app, act, "rollback");
	if (act->action == ACTION_CHECKPOINT)
		return prepare_run(app, act, "checkpoint");
	if (app->marks.count > 0 && takes_marks(act->action))
		return prepare_marked(app, act);
	if (act->action == ACTION_CANCEL && (node == NULL || !words_is_live(node)))
		return prepare_run(app, act, "cancel");
	const char *verb = node ? acting_verb(app, act->action, node, why, sizeof(why)) : NULL;
	if (verb == NULL) {
		app_say(app, ROLE_error, "%s", why);
		return false;
	}
	act->node = app->selected;
	(void)snprintf(act->verb, sizeof(act->verb), "%s", verb);
	return true;
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
	static const struct acting_answer APPROVAL[] = {
		{'a', "approve", "approve: it starts NOW"},
		{'r', "reject", "reject: it ends as rejected; what needs it does not start"},
		{0}};
	static const struct acting_answer MANUAL[] = {{'d', "done", "it is done; shown as by hand"},
						      {'f', "failed", "it did not succeed"},
						      {0}};
	static const struct acting_answer UNDO_MANUAL[] = {
		{'d', "done", "it is undone"}, {'f', "failed", "it cannot be undone"}, {0}};
	static const struct acting_answer POLICY[] = {
		{'u', "undo", "roll back now: look at the files again"},
		{'a', "again", "run it again"},
		{'l', "leave", "leave it failed, roll nothing back"},
		{0}};
	static const struct acting_answer SECURITY[] = {
		{'a', "approve", "approve: it may be run again by retry"},
		{'r', "reject", "reject: the run ends as it is"},
		{0}};
	static const struct {
		const char *question;
		const struct acting_answer *answers;
	} TABLE[] = {{"lost", LOST},	 {"undo_failed", UNDO_FAILED},
		     {"risk", RISK},	 {"approval", APPROVAL},
		     {"manual", MANUAL}, {"undo_manual", UNDO_MANUAL},
		     {"policy", POLICY}, {"security", SECURITY}};

	for (size_t i = 0; node->question != NULL && i < sizeof(TABLE) / sizeof(TABLE[0]); i++)
		if (strcmp(node->question, TABLE[i].question) == 0)
			return TABLE[i].answers;
	return NULL;
}

/* ---- the way of an act ------------------------------------------------------------------- */

/* The gravest of the nodes that it touches decides. */
static enum confirmation confirmation_of(const struct app *app, const struct act *act)
{
	const struct mirror_node *node = app_act_node(app, act);
	enum confirmation most = acting_confirmation(act->action, node);

	if (act->node != ACT_MARKED || most == CONFIRM_NOTHING)
		return most;
	if (app->marks.count > 1)
		return CONFIRM_NAME;
	for (uint32_t i = 0; i < app->mirror.nodes_count; i++)
		if (app_is_marked(app, i))
			most = acting_confirmation(act->action, &app->mirror.nodes[i]);
	return most;
}

void acting_confirm(struct app *app, const struct act *act)
{
	if (act->action == ACTION_RETRY) /* its commands run as they stand now */
		feed_pins(app);
	switch (confirmation_of(app, act)) {
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
	(void)snprintf(app->dialog.expected, sizeof(app->dialog.expected), "%.159s",
		       rollback_name(&app->plan.asked));
	app->plan.changed = false;
	app->plan.page.top = 0;
	feed_plan(app);
}

void acting_roll_back(struct app *app, enum rollback_level level, const struct act *act)
{
	const struct mirror_node *node = app_node(app);
	const char *target = app->mirror.name;

	if (level == ROLLBACK_NODE || level == ROLLBACK_PHASE) {
		if (node == NULL)
			return;
		target = level == ROLLBACK_NODE ? node->id : node->phase;
	}
	rollback_set(&app->plan.asked, level, target, "");
	show_plan(app, act);
}

void acting_roll_back_to(struct app *app, const char *checkpoint, const struct act *act)
{
	rollback_set(&app->plan.asked, ROLLBACK_CHECKPOINT, checkpoint, "");
	show_plan(app, act);
}

static void ask_level(struct app *app, const struct act *act)
{
	feed_checkpoints(app);
	app_open_dialog(app, DIALOG_LEVEL, act);
}

/* What was done by hand must have the outputs that later nodes use. */
static void ask_outputs(struct app *app, const struct act *act)
{
	const struct mirror_node *node = app_act_node(app, act);

	form_clear(&app->form);
	for (uint32_t i = 0; node != NULL && i < node->outputs_count; i++)
		(void)form_add(&app->form, node->outputs[i], "an output of the node", "");
	if (app->form.count > 0)
		app_open_dialog(app, DIALOG_FORM, act);
	else
		acting_confirm(app, act);
}

void acting_answered(struct app *app, const struct act *act)
{
	const struct mirror_node *node = app_act_node(app, act);
	bool done = strcmp(act->answer, "done") == 0 && node != NULL &&
		    strcmp(node->question, "manual") == 0;

	form_clear(&app->form);
	if (done)
		ask_outputs(app, act);
	else
		acting_confirm(app, act);
}

/* Allowed: on to the question, the plan or the confirmation. */
static void go_on(struct app *app, const struct act *act)
{
	app->arm.used_us = app->now_us;
	if (act->action == ACTION_ANSWER)
		app_open_dialog(app, DIALOG_CHOICE, act);
	else if (act->action == ACTION_UNDO)
		acting_roll_back(app, ROLLBACK_NODE, act);
	else if (act->action == ACTION_ROLLBACK && app->plan.asked.level == ROLLBACK_FILE)
		show_plan(app, act);
	else if (act->action == ACTION_ROLLBACK)
		ask_level(app, act);
	else if (act->action == ACTION_DONE)
		ask_outputs(app, act);
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

static void send_marked(struct app *app, struct act act)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < app->mirror.nodes_count; i++) {
		if (!app_is_marked(app, i))
			continue;
		act.node = i;
		feed_act(app, &act, app->arm.reason);
		count++;
	}
	app_clear_marks(app);
	app_say(app, ROLE_dim, "%s: asked for %u node%s", act.verb, count, count == 1 ? "" : "s");
}

void acting_send(struct app *app, const struct act *act)
{
	app->arm.used_us = app->now_us;
	if (act->action == ACTION_UNDO || act->action == ACTION_ROLLBACK)
		feed_apply_plan(app, app->arm.reason);
	else if (act->node == ACT_MARKED)
		send_marked(app, *act);
	else
		feed_act(app, act, app->arm.reason);
}

/* What holds for every act: false when it was said why not. */
bool acting_may(struct app *app, enum action action)
{
	const char *name = action_info(action)->name;

	if (app->read_only)
		app_say(app, ROLE_error, "%s: this console was started with --read-only", name);
	else if (!app->mirror.has_rows || app->mirror.id == NULL)
		app_say(app, ROLE_error, "%s: no execution is open", name);
	else if (app_view(app) == VIEW_RUNS)
		app_say(app, ROLE_error, "%s: open the execution first (Enter)", name);
	else if (app->past != 0)
		app_say(app, ROLE_error, "%s: this is the past; t goes back to now", name);
	else if (app->lost_us != 0)
		app_say(app, ROLE_error, "%s: the engine is lost; nothing can be asked now", name);
	else
		return true;
	return false;
}

/* One key, no arming, no reason: it only keeps something from starting, or tells. */
static bool is_free(enum action action)
{
	return acting_confirmation(action, NULL) == CONFIRM_NOTHING;
}

static void begin(struct app *app, enum action action)
{
	struct act act = {.action = action, .node = ACT_WHOLE_RUN};

	if (!acting_may(app, action))
		return;
	if (action == ACTION_ARM && app->arm.armed) {
		disarm(app, "looking only");
		return;
	}
	if (action != ACTION_ARM && !prepare(app, &act))
		return;
	if (!app->arm.armed && is_started_here(app))
		app_started_here(app, app->mirror.id);
	if (!is_free(action) && !app->arm.armed)
		app_open_dialog(app, DIALOG_ARM, &act);
	else
		go_on(app, &act);
}

void acting_begin(struct app *app, enum action action)
{
	rollback_forget(&app->plan.asked);
	begin(app, action);
}

void acting_restore(struct app *app, const char *file, const char *revision)
{
	rollback_set(&app->plan.asked, ROLLBACK_FILE, file, revision);
	begin(app, ACTION_ROLLBACK);
}

void acting_note(struct app *app, const char *text)
{
	struct act act = {.action = ACTION_NOTE, .node = ACT_WHOLE_RUN, .verb = "note"};

	if (!acting_may(app, ACTION_NOTE))
		return;
	if (app_node(app) != NULL)
		act.node = app->selected;
	feed_act(app, &act, text);
}

void acting_checkpoint(struct app *app, const char *name)
{
	struct act act = {.action = ACTION_CHECKPOINT, .node = ACT_WHOLE_RUN, .verb = "checkpoint"};

	(void)snprintf(act.name, sizeof(act.name), "%s", name); /* the engine judges names */
	if (acting_may(app, ACTION_CHECKPOINT))
		feed_act(app, &act, app->arm.last_reason);
}
