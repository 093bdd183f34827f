/* SPDX-License-Identifier: MIT
 *
 * Dialogs of acts: arm, `y`, the typed name, named answers. The plan and the palette have files of
 * their own.
 */
#include "tui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "client/consequence.h"
#include "tui/acting.h"
#include "tui/edit.h"
#include "tui/feed.h"
#include "tui/found.h"
#include "tui/palette.h"
#include "tui/plan.h"
#include "tui/start.h"
#include "tui/views.h"
#include "tui/words.h"

#define DEAD_US (CLOCK_SECOND_US * 3 / 10)

/* ---- keys -------------------------------------------------------------------------------- */

static void key_arm(struct app *app, uint32_t key)
{
	struct dialog *dialog = &app->dialog;

	if (edit_key(&dialog->edit, key) || key != PRESS_ENTER)
		return;
	if (strspn(dialog->edit.text, " ") == dialog->edit.length) {
		app_say(app, ROLE_error, "a reason is needed, such as the incident's number");
		return;
	}
	struct dialog done = *dialog;
	app_close_dialog(app);
	acting_arm(app, done.edit.text, &done.act);
}

static void key_yes(struct app *app, uint32_t key)
{
	struct act act = app->dialog.act;

	if (key == PRESS_ENTER) {
		app_say(app, ROLE_dim, "Enter confirms nothing: y does it, Esc leaves it");
		return;
	}
	app_close_dialog(app);
	if (key == 'y')
		acting_send(app, &act);
	else
		app_say(app, ROLE_dim, "left as it is");
}

static void key_name(struct app *app, uint32_t key)
{
	struct dialog *dialog = &app->dialog;

	if (edit_key(&dialog->edit, key) || key != PRESS_ENTER)
		return;
	if (dialog->kind == DIALOG_PLAN &&
	    rollback_take_word(&app->plan.asked, dialog->edit.text)) {
		dialog->edit = (struct edit){0};
		feed_plan(app); /* with that word */
		return;
	}
	if (strcmp(dialog->edit.text, dialog->expected) != 0) {
		app_say(app, ROLE_error, "type %s to do it; Esc leaves it", dialog->expected);
		return;
	}
	if (dialog->kind == DIALOG_START) {
		app_close_dialog(app);
		start_go(app);
		return;
	}
	struct act act = dialog->act;
	if (dialog->kind != DIALOG_PLAN)
		app_close_dialog(app);
	else if (!plan_is_ready(app))
		return;
	acting_send(app, &act);
	dialog->edit = (struct edit){0};
}

static void key_choice(struct app *app, uint32_t key)
{
	struct act act = app->dialog.act;
	const struct acting_answer *answers = acting_answers(&app->mirror.nodes[act.node]);

	for (size_t i = 0; answers != NULL && answers[i].key != 0; i++) {
		if ((uint32_t)(unsigned char)answers[i].key != key)
			continue;
		(void)snprintf(act.answer, sizeof(act.answer), "%s", answers[i].answer);
		app_close_dialog(app);
		acting_answered(app, &act);
		return;
	}
	app_say(app, ROLE_dim, "one of the letters answers; Esc leaves the question open");
}

static void key_form(struct app *app, uint32_t key)
{
	struct act act = app->dialog.act;

	if (form_key(&app->form, key) != FORM_GIVEN_OFF)
		return;
	const struct form_field *missing = form_missing(&app->form);
	if (missing != NULL) {
		app->form.at = (size_t)(missing - app->form.fields);
		app_say(app, ROLE_error, "'%s' must have a value", missing->name);
		return;
	}
	if (act.action == ACTION_RUN) {
		start_confirm(app); /* which leaves the form open when a value is wrong */
		return;
	}
	app_close_dialog(app);
	if (act.action == ACTION_COMMIT)
		workflows_commit(app, form_value(&app->form, "message"));
	else
		acting_confirm(app, &act);
}

/* The one that stands beside this digit. */
static const Hlp__V1__Checkpoint *checkpoint_at(const struct app *app, uint32_t key)
{
	const Hlp__V1__CheckpointList *list =
		(const Hlp__V1__CheckpointList *)app->plan.checkpoints.message;

	if (list == NULL || key < '1' || key >= '1' + ROLLBACK_CHECKPOINTS)
		return NULL;
	return rollback_checkpoint(list, key - '0');
}

static void key_level(struct app *app, uint32_t key)
{
	struct act act = app->dialog.act;
	const struct mirror_node *node = app_node(app);
	const Hlp__V1__Checkpoint *checkpoint = checkpoint_at(app, key);

	if (checkpoint != NULL)
		acting_roll_back_to(app, checkpoint->name, &act);
	else if (key == 'n' && node != NULL)
		acting_roll_back(app, ROLLBACK_NODE, &act);
	else if (key == 'p' && node != NULL && node->phase_index >= 0)
		acting_roll_back(app, ROLLBACK_PHASE, &act);
	else if (key == 'a')
		acting_roll_back(app, ROLLBACK_ALL, &act);
	else
		app_say(app, ROLE_dim, "one of the keys shows a plan; Esc leaves");
}

static void key_search(struct app *app, uint32_t key)
{
	struct dialog done = app->dialog;

	if (key != PRESS_ENTER) {
		(void)edit_key(&app->dialog.edit, key);
		return;
	}
	app_close_dialog(app);
	if (done.keeps)
		found_keep(app, done.edit.text);
	else
		found_search(app, done.edit.text, true);
}

/* Looking for something changes nothing, so no key is dropped there. */
static bool is_harmless(enum dialog_kind kind)
{
	return kind == DIALOG_PALETTE || kind == DIALOG_SEARCH;
}

static bool is_too_early(const struct app *app)
{
	const struct dialog *dialog = &app->dialog;

	return !is_harmless(dialog->kind) && app->now_us - dialog->opened_us < DEAD_US;
}

static void key_start(struct app *app, uint32_t key)
{
	if (start_needs_name(app)) {
		key_name(app, key);
	} else if (key == 'y') {
		start_go(app);
	} else if (key != PRESS_ENTER) {
		app_close_dialog(app);
		app_say(app, ROLE_dim, "nothing was started");
	}
}

enum action dialog_key(struct app *app, uint32_t key)
{
	enum dialog_kind kind = app->dialog.kind;

	if (key == PRESS_ESCAPE || key == PRESS_BREAK) {
		app_close_dialog(app);
		if (!is_harmless(kind))
			app_say(app, ROLE_dim, "left as it is");
		return ACTION_NONE;
	}
	if (key == PRESS_RESIZE || is_too_early(app))
		return ACTION_NONE;
	if (kind == DIALOG_PALETTE)
		return palette_key(app, key);
	if (kind == DIALOG_SEARCH) {
		key_search(app, key);
		return ACTION_NONE;
	}
	if (kind == DIALOG_ARM)
		key_arm(app, key);
	else if (kind == DIALOG_YES)
		key_yes(app, key);
	else if (kind == DIALOG_CHOICE)
		key_choice(app, key);
	else if (kind == DIALOG_LEVEL)
		key_level(app, key);
	else if (kind == DIALOG_START)
		key_start(app, key);
	else if (kind == DIALOG_FORM)
		key_form(app, key);
	else if (kind == DIALOG_NAME || !plan_key(app, key))
		key_name(app, key);
	return ACTION_NONE;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void fill_arm(struct app *app, struct page *page)
{
	const struct act *act = &app->dialog.act;

	if (act->action == ACTION_ARM)
		page_add(page, ROLE_text, 0, 0,
			 "Allow acts from this console until ten idle minutes.");
	else
		page_addf(page, ROLE_text, 0, 0,
			  "You are looking only. A reason allows acts, then %s goes on.",
			  act->verb);
	page_add(page, ROLE_dim, 0, 0, "It is kept with every act. Enter takes it, Esc leaves.");
}

/* In a rollback it is the undo that ends, and nothing ends as cancelled. */
static const char *consequence_of_cancel(const struct app *app, const struct act *act)
{
	const bool whole = act->node == ACT_WHOLE_RUN;

	if (app->mirror.rolling_back && whole)
		return "Nothing more is undone; what is being undone now ends first. P goes on "
		       "with it.";
	if (app->mirror.rolling_back)
		return "Its undo is stopped where it is; then it asks what to do.";
	return whole ? "Nothing more starts, and what runs is stopped."
		     : "Its processes are stopped; the node ends as cancelled.";
}

static const char *consequence(const struct app *app, const struct act *act)
{
	switch (act->action) {
	case ACTION_CANCEL:
		return consequence_of_cancel(app, act);
	case ACTION_RETRY:
		return "It runs again as a new attempt.";
	case ACTION_SKIP:
		return "It is not run and counts as succeeded, shown as skipped.";
	case ACTION_DONE:
		return "It counts as succeeded, shown as by hand; its files are recorded.";
	case ACTION_FREEZE:
		return strcmp(act->verb, "thaw") == 0
			       ? "Its processes go on where they stood."
			       : "Its processes stand still, and so does its clock. Locks and "
				 "connections that they hold stay open.";
	default:
		return "The answer is recorded and acted on.";
	}
}

/* What starts at once is the question in letting a node count as succeeded. */
static void fill_settled(struct app *app, struct page *page, const struct act *act)
{
	const struct mirror *mirror = &app->mirror;
	bool *settled = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*settled));
	struct buf names;

	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		settled[i] = i == act->node || (act->node == ACT_MARKED && app_is_marked(app, i));
	buf_init(&names, 4096);
	uint32_t starts = consequence_starts(mirror, settled, 12, &names);
	if (starts == 0)
		page_add(page, ROLE_text, 0, 0, "Nothing starts by this alone.");
	else
		page_addf(page, ROLE_warning, CELL_BOLD, 2, "%s: %s",
			  mirror->paused ? "Starts once the run is resumed" : "Starts NOW",
			  buf_text(&names));
	buf_clear(&names);
	if (act->action == ACTION_SKIP && consequence_missing(mirror, settled, &names) > 0)
		page_addf(page, ROLE_warning, 0, 2, "Nobody will have written: %s",
			  buf_text(&names));
	buf_release(&names);
	free(settled);
}

static void fill_node(struct app *app, struct page *page, const struct mirror_node *node)
{
	const struct act *act = &app->dialog.act;
	char word[64];

	words_node(&app->mirror, node, word, sizeof(word));
	page_addf(page, words_role(node->state, node->reason), 0, 0, "%s: %s; risk %s.", node->id,
		  word, words_risk(node));
	if (act->action != ACTION_CANCEL && node->command != NULL && node->command[0] != '\0')
		page_addf(page, ROLE_text, 0, 2, "runs: %s", node->command);
	if (act->answer[0] != '\0')
		page_addf(page, ROLE_text, 0, 0, "Answer: %s.", act->answer);
}

static void fill_marked(struct app *app, struct page *page)
{
	struct buf names;
	uint32_t found = 0;

	buf_init(&names, 64 * 1024);
	for (uint32_t i = 0; i < app->mirror.nodes_count; i++)
		if (app_is_marked(app, i))
			buf_printf(&names, "%s%s", found++ ? ", " : "", app->mirror.nodes[i].id);
	page_addf(page, ROLE_text, CELL_BOLD, 2, "%u nodes: %.3000s", found, buf_text(&names));
	buf_release(&names);
}

/* What runs again runs as it stands, not as it was when the run began. */
static void fill_pins(struct app *app, struct page *page)
{
	const Hlp__V1__PinList *list = (const Hlp__V1__PinList *)app->pins.message;

	for (size_t i = 0; list != NULL && i < list->n_pins; i++) {
		const Hlp__V1__Pin *pin = list->pins[i];
		if (strcmp(pin->state, "same") != 0)
			page_addf(page, ROLE_warning, 0, 2,
				  "! %s %s since it was pinned: hlp diff %s %s", pin->name,
				  strcmp(pin->state, "missing") == 0 ? "was removed" : "changed",
				  app->mirror.name, pin->name);
	}
}

static void fill_act(struct app *app, struct page *page)
{
	const struct act *act = &app->dialog.act;
	const struct mirror_node *node = app_act_node(app, act);

	if (node != NULL)
		fill_node(app, page, node);
	else if (act->node == ACT_MARKED)
		fill_marked(app, page);
	page_add(page, ROLE_text, 0, 0, consequence(app, act));
	if (act->action == ACTION_RETRY)
		fill_pins(app, page);
	bool settles = act->action == ACTION_SKIP || act->action == ACTION_DONE ||
		       strcmp(act->answer, "done") == 0;
	if (settles)
		fill_settled(app, page, act);
	bool has_values = act->action == ACTION_DONE || act->action == ACTION_ANSWER;
	for (size_t i = 0; has_values && i < app->form.count; i++)
		page_addf(page, ROLE_text, 0, 2, "%s = %s", app->form.fields[i].name,
			  app->form.fields[i].value.text);
}

/* The values that a gate shows, and since when it is asked. */
static void fill_shown(struct app *app, struct page *page, const struct mirror_node *node)
{
	const struct mirror_more *more = node->more;
	char since[CLOCK_DURATION_TEXT];

	if (more == NULL)
		return;
	for (uint32_t i = 0; i < more->shown_count; i++)
		page_addf(page, ROLE_text, 0, 4, "  %s = %s", more->shown[i].name,
			  mirror_value(&more->shown[i]));
	if (more->asked_us > 0 && app->wall_us > more->asked_us) {
		clock_format_duration(
			(app->wall_us - more->asked_us) / CLOCK_SECOND_US * CLOCK_SECOND_US, since);
		page_addf(page, ROLE_dim, 0, 0, "Asked %s ago.", since);
	}
	if (node->due_us > app->wall_us) {
		clock_format_duration(
			(node->due_us - app->wall_us) / CLOCK_SECOND_US * CLOCK_SECOND_US, since);
		page_addf(page, ROLE_warning, 0, 0, "The time for it ends in %s.", since);
	}
	page_add(page, ROLE_text, 0, 0, "");
}

static void fill_choice(struct app *app, struct page *page)
{
	const struct mirror_node *node = &app->mirror.nodes[app->dialog.act.node];
	const struct acting_answer *answers = acting_answers(node);

	if (node->message != NULL && node->message[0] != '\0')
		page_add_prose(page, ROLE_text, CELL_BOLD, node->message);
	fill_shown(app, page, node);
	for (size_t i = 0; answers != NULL && answers[i].key != 0; i++)
		page_addf(page, ROLE_key, 0, 4, "%c   %s", answers[i].key, answers[i].text);
	page_add(page, ROLE_dim, 0, 0, "Esc leaves the question open.");
}

static void fill_checkpoints(struct app *app, struct page *page)
{
	for (uint32_t key = '1'; key < '1' + ROLLBACK_CHECKPOINTS; key++) {
		const Hlp__V1__Checkpoint *checkpoint = checkpoint_at(app, key);
		char time[CLOCK_TIME_TEXT];

		if (checkpoint == NULL)
			break;
		clock_format_time(checkpoint->time_us, time);
		page_addf(page, ROLE_key, 0, 4, "%c   the checkpoint %s, of %.8sZ", (char)key,
			  checkpoint->name, time + 11);
	}
}

static void fill_level(struct app *app, struct page *page)
{
	const struct mirror_node *node = app_node(app);

	page_add(page, ROLE_text, 0, 0, "How much goes back? A plan is shown first.");
	if (node != NULL)
		page_addf(page, ROLE_key, 0, 4, "n   the node %s and all that depends on it",
			  node->id);
	if (node != NULL && node->phase_index >= 0)
		page_addf(page, ROLE_key, 0, 4, "p   the phase %s and those after it", node->phase);
	page_add(page, ROLE_key, 0, 4, "a   all of the run");
	fill_checkpoints(app, page);
	page_add(page, ROLE_dim, 0, 4,
		 "    One file to any of its revisions: 5 shows them, B on one restores it.");
	page_add(page, ROLE_dim, 0, 0, "Esc leaves.");
}

static void title_of(const struct app *app, char *out, size_t size)
{
	const struct dialog *dialog = &app->dialog;
	char target[160];

	app_target(app, &dialog->act, target, sizeof(target));
	switch (dialog->kind) {
	case DIALOG_ARM:
		(void)snprintf(out, size, "arm");
		break;
	case DIALOG_CHOICE:
		(void)snprintf(out, size, "%s asks", target);
		break;
	case DIALOG_LEVEL:
		(void)snprintf(out, size, "roll back to");
		break;
	case DIALOG_FORM:
		if (dialog->act.action == ACTION_RUN)
			(void)snprintf(out, size, "params of the run");
		else if (dialog->act.action == ACTION_COMMIT)
			(void)snprintf(out, size, "commit");
		else
			(void)snprintf(out, size, "%s %s: its outputs", dialog->act.verb, target);
		break;
	case DIALOG_START:
		(void)snprintf(out, size, "start a run");
		break;
	default:
		(void)snprintf(out, size, "%s %s", dialog->act.verb, target);
	}
}

static void draw_prompt(struct app *app, struct area line)
{
	const struct dialog *dialog = &app->dialog;
	char prompt[220];

	if (dialog->kind == DIALOG_ARM) {
		edit_draw(&dialog->edit, &app->canvas, line, "reason: ", &app->cursor);
	} else if (dialog->kind == DIALOG_NAME ||
		   (dialog->kind == DIALOG_START && start_needs_name(app))) {
		(void)snprintf(prompt, sizeof(prompt), "type %s to do it: ", dialog->expected);
		edit_draw(&dialog->edit, &app->canvas, line, prompt, &app->cursor);
	} else if (dialog->kind == DIALOG_FORM) {
		canvas_text(&app->canvas, line.x, line.y, line.width, ROLE_dim, 0,
			    "Up Down Tab move; Enter on the last goes on, Esc leaves");
	} else if (dialog->kind != DIALOG_CHOICE && dialog->kind != DIALOG_LEVEL) {
		canvas_text(&app->canvas, line.x, line.y, line.width, ROLE_prompt, CELL_BOLD,
			    "y does it, Esc leaves it");
		app->cursor = (struct term_cursor){line.x, line.y, true};
	}
}

static void fill(struct app *app, struct page *page)
{
	switch (app->dialog.kind) {
	case DIALOG_ARM:
		fill_arm(app, page);
		break;
	case DIALOG_CHOICE:
		fill_choice(app, page);
		break;
	case DIALOG_LEVEL:
		fill_level(app, page);
		break;
	case DIALOG_START:
		start_fill(app, page);
		break;
	case DIALOG_FORM:
		if (app->dialog.act.action == ACTION_DONE ||
		    app->dialog.act.action == ACTION_ANSWER)
			page_add(page, ROLE_text, 0, 0, "Later nodes use what this one writes.");
		break;
	default:
		fill_act(app, page);
	}
}

/* A box at the bottom of the view, as high as its text needs; the prompt is always in sight. */
static void draw_box(struct app *app, struct area area)
{
	struct page page;
	char title[240];
	int width = area.width < 78 ? area.width : 78;

	page_init(&page);
	page_start(&page, width - 4);
	fill(app, &page);
	int form = app->dialog.kind == DIALOG_FORM ? form_height(&app->form, width - 4) : 0;
	int height = (int)page.count + form + 3;
	if (height > area.height)
		height = area.height;
	struct area box = {area.x + (area.width - width) / 2, area.y + area.height - height, width,
			   height};
	canvas_fill(&app->canvas, box.x - 1, box.y, box.width + 2, box.height, ' ', ROLE_text, 0);
	title_of(app, title, sizeof(title));
	canvas_box(&app->canvas, box.x, box.y, box.width, box.height, ROLE_border, title);
	struct area inner = {box.x + 2, box.y + 1, box.width - 4, box.height - 3};
	page_draw(&page, &app->canvas, inner);
	inner.y += (int)page.count;
	inner.height -= (int)page.count;
	struct area last = {inner.x, box.y + box.height - 2, inner.width, 1};
	draw_prompt(app, last);
	if (form > 0 && inner.height > 0)
		form_draw(&app->form, &app->canvas, inner, &app->cursor);
	page_release(&page);
}

/* One line below what is looked through. */
static void draw_search(struct app *app, struct area area)
{
	struct area line = {area.x + 1, area.y + area.height - 1, area.width - 2, 1};

	canvas_fill(&app->canvas, area.x, line.y, area.width, 1, ' ', ROLE_text, 0);
	edit_draw(&app->dialog.edit, &app->canvas, line,
		  app->dialog.keeps ? "only lines with: " : "search upwards: ", &app->cursor);
}

void dialog_draw(struct app *app, struct area area)
{
	if (app->dialog.kind == DIALOG_NONE || area.height < 1)
		return;
	if (app->dialog.kind == DIALOG_PLAN)
		plan_draw(app, area);
	else if (app->dialog.kind == DIALOG_PALETTE)
		palette_draw(app, area);
	else if (app->dialog.kind == DIALOG_SEARCH)
		draw_search(app, area);
	else
		draw_box(app, area);
}
