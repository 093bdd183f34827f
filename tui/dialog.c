/* SPDX-License-Identifier: MIT
 *
 * Dialogs of acts: arm, `y`, the typed name, named answers. The plan and the palette have files of
 * their own.
 */
#include "tui/dialog.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/acting.h"
#include "tui/edit.h"
#include "tui/palette.h"
#include "tui/plan.h"
#include "tui/start.h"
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
		acting_confirm(app, &act);
		return;
	}
	app_say(app, ROLE_dim, "one of the letters answers; Esc leaves the question open");
}

static bool is_too_early(const struct app *app)
{
	const struct dialog *dialog = &app->dialog;

	return dialog->kind != DIALOG_PALETTE && app->now_us - dialog->opened_us < DEAD_US;
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
		if (kind != DIALOG_PALETTE)
			app_say(app, ROLE_dim, "left as it is");
		return ACTION_NONE;
	}
	if (key == PRESS_RESIZE || is_too_early(app))
		return ACTION_NONE;
	if (kind == DIALOG_PALETTE)
		return palette_key(app, key);
	if (kind == DIALOG_ARM)
		key_arm(app, key);
	else if (kind == DIALOG_YES)
		key_yes(app, key);
	else if (kind == DIALOG_CHOICE)
		key_choice(app, key);
	else if (kind == DIALOG_START)
		key_start(app, key);
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

static const char *consequence(const struct act *act)
{
	if (act->action == ACTION_CANCEL && act->node == ACT_WHOLE_RUN)
		return "Nothing more starts, and what runs is stopped.";
	if (act->action == ACTION_CANCEL)
		return "Its processes are stopped; the node ends as cancelled.";
	if (act->action == ACTION_RETRY)
		return "It runs again as a new attempt.";
	return "The answer is recorded and acted on.";
}

static void fill_act(struct app *app, struct page *page)
{
	const struct act *act = &app->dialog.act;
	char word[64];

	if (act->node != ACT_WHOLE_RUN) {
		const struct mirror_node *node = &app->mirror.nodes[act->node];
		words_node(&app->mirror, node, word, sizeof(word));
		page_addf(page, words_role(node->state, node->reason), 0, 0, "%s is %s; risk %s.",
			  node->id, word, words_risk(node));
		if (act->action != ACTION_CANCEL && node->command != NULL)
			page_addf(page, ROLE_text, 0, 2, "runs: %s", node->command);
		if (act->answer[0] != '\0')
			page_addf(page, ROLE_text, 0, 0, "Answer: %s.", act->answer);
	}
	page_add(page, ROLE_text, 0, 0, consequence(act));
}

static void fill_choice(struct app *app, struct page *page)
{
	const struct mirror_node *node = &app->mirror.nodes[app->dialog.act.node];
	const struct acting_answer *answers = acting_answers(node);

	if (node->message != NULL && node->message[0] != '\0')
		page_add(page, ROLE_text, 0, 0, node->message);
	for (size_t i = 0; answers != NULL && answers[i].key != 0; i++)
		page_addf(page, ROLE_key, 0, 4, "%c   %s", answers[i].key, answers[i].text);
	page_add(page, ROLE_dim, 0, 0, "Esc leaves the question open.");
}

static void title_of(const struct app *app, char *out, size_t size)
{
	const struct dialog *dialog = &app->dialog;

	switch (dialog->kind) {
	case DIALOG_ARM:
		(void)snprintf(out, size, "arm");
		break;
	case DIALOG_CHOICE:
		(void)snprintf(out, size, "%s asks", app_target(app, &dialog->act));
		break;
	case DIALOG_START:
		(void)snprintf(out, size, "start a run");
		break;
	default:
		(void)snprintf(out, size, "%s %s", dialog->act.verb, app_target(app, &dialog->act));
	}
}

static void draw_prompt(struct app *app, struct area line)
{
	const struct dialog *dialog = &app->dialog;
	char prompt[220];

	if (dialog->kind == DIALOG_ARM) {
		edit_draw(app, line, "reason: ");
	} else if (dialog->kind == DIALOG_NAME ||
		   (dialog->kind == DIALOG_START && start_needs_name(app))) {
		(void)snprintf(prompt, sizeof(prompt), "type %s to do it: ", dialog->expected);
		edit_draw(app, line, prompt);
	} else if (dialog->kind != DIALOG_CHOICE) {
		canvas_text(&app->canvas, line.x, line.y, line.width, ROLE_prompt, CELL_BOLD,
			    "y does it, Esc leaves it");
		app->cursor = (struct term_cursor){line.x, line.y, true};
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
	if (app->dialog.kind == DIALOG_ARM)
		fill_arm(app, &page);
	else if (app->dialog.kind == DIALOG_CHOICE)
		fill_choice(app, &page);
	else if (app->dialog.kind == DIALOG_START)
		start_fill(app, &page);
	else
		fill_act(app, &page);
	int height = (int)page.count + 3;
	if (height > area.height)
		height = area.height;
	struct area box = {area.x + (area.width - width) / 2, area.y + area.height - height, width,
			   height};
	canvas_fill(&app->canvas, box.x, box.y, box.width, box.height, ' ', ROLE_text, 0);
	title_of(app, title, sizeof(title));
	canvas_box(&app->canvas, box.x, box.y, box.width, box.height, ROLE_border, title);
	struct area inner = {box.x + 2, box.y + 1, box.width - 4, box.height - 3};
	page_draw(&page, &app->canvas, inner);
	inner.y = box.y + box.height - 2;
	draw_prompt(app, inner);
	page_release(&page);
}

void dialog_draw(struct app *app, struct area area)
{
	if (app->dialog.kind == DIALOG_NONE || area.height < 1)
		return;
	if (app->dialog.kind == DIALOG_PLAN)
		plan_draw(app, area);
	else if (app->dialog.kind == DIALOG_PALETTE)
		palette_draw(app, area);
	else
		draw_box(app, area);
}
