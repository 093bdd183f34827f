/* SPDX-License-Identifier: MIT
 *
 * Fuzzy matching over the table of actions and the nodes at hand.
 */
#include "tui/palette.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "tui/acting.h"
#include "tui/coach.h"
#include "tui/edit.h"
#include "tui/start.h"
#include "tui/words.h"

#define HITS 10

struct hit {
	int score;
	enum action action; /* ACTION_NONE: a node */
	uint32_t node;
};

struct hits {
	struct hit items[HITS];
	size_t count;
};

int palette_score(const char *pattern, const char *text)
{
	int score = 0, run = 0;
	bool start = true;

	for (; *text != '\0' && *pattern != '\0'; text++) {
		bool same = tolower((unsigned char)*text) == tolower((unsigned char)*pattern);
		run = same ? run + 1 : 0;
		if (same) {
			score += run * 2 + (start ? 8 : 0);
			pattern++;
		}
		start = *text == '-' || *text == '_' || *text == ' ';
	}
	if (*pattern != '\0')
		return -1;
	/* What is left of the text counts against it, so the exact name comes first. */
	size_t rest = strnlen(text, 60);
	return score * 64 + 63 - (int)rest;
}

static void add_hit(struct hits *hits, struct hit hit)
{
	size_t at = hits->count;

	while (at > 0 && hits->items[at - 1].score < hit.score)
		at--;
	if (at == HITS)
		return;
	if (hits->count < HITS)
		hits->count++;
	memmove(&hits->items[at + 1], &hits->items[at], (hits->count - at - 1) * sizeof(hit));
	hits->items[at] = hit;
}

/* Before anything is typed: what the view names below itself, then all in the order of the help. */
static int score_untyped(const struct app *app, enum action action)
{
	const struct hint *hints = app->views[app_view(app)]->hints;

	for (int i = 0; hints[i].action != ACTION_NONE; i++)
		if (hints[i].action == action)
			return ACTIONS - i;
	return 0;
}

static void find(const struct app *app, struct hits *out)
{
	const char *pattern = app->dialog.edit.text;

	out->count = 0;
	for (int i = 1; i < ACTIONS && !app->dialog.nodes_only; i++) {
		const struct action_info *info = action_info((enum action)i);
		int score = pattern[0] != '\0' ? palette_score(pattern, info->name)
					       : score_untyped(app, (enum action)i);
		if (score < 0 && strlen(pattern) >= 3 && strcasestr(info->help, pattern) != NULL)
			score = 0; /* "release", "thaw", "resume": said in what it does */
		if (score >= 0 && info->group != ACTION_GROUP_MOVE)
			add_hit(out, (struct hit){.score = score, .action = (enum action)i});
	}
	for (uint32_t i = 0; app->mirror.has_graph && i < app->mirror.nodes_count; i++) {
		int score = palette_score(pattern, app->mirror.nodes[i].id);
		if (score >= 0 && (pattern[0] != '\0' || app->dialog.nodes_only))
			add_hit(out, (struct hit){.score = score, .node = i});
	}
}

/* Commands that take what is typed after their name. */
static const struct command {
	const char *word; /* with its blank */
	const char *help;
	void (*exec)(struct app *app, const char *rest);
} COMMANDS[] = {
	{"run ",
	 "run FILE name=value …   Tab completes the file. Enter reads it and says what it would "
	 "do; nothing starts yet.",
	 start_prepare},
	{"note ",
	 "note TEXT   It stands in the journal, with your name, at the selected node; nothing "
	 "else changes.",
	 acting_note},
	{"checkpoint ",
	 "checkpoint NAME   All files and states of nodes are recorded now, to come back to with "
	 "B; nothing else changes.",
	 acting_checkpoint},
	{"demo ",
	 "demo crash   Kills the engine of this instance, in the demonstration only, to see it "
	 "come back.",
	 coach_demo},
};

static const struct command *command_of(const struct app *app)
{
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++)
		if (!app->dialog.nodes_only &&
		    text_starts_with(app->dialog.edit.text, COMMANDS[i].word))
			return &COMMANDS[i];
	return NULL;
}

static bool is_run(const struct app *app)
{
	return command_of(app) == &COMMANDS[0];
}

/* ---- keys -------------------------------------------------------------------------------- */

static enum action choose(struct app *app)
{
	struct hits hits;

	const struct command *command = command_of(app);
	if (command != NULL) {
		char line[sizeof(app->dialog.edit.text)];
		memcpy(line, app->dialog.edit.text, sizeof(line));
		app_close_dialog(app);
		command->exec(app, line + strlen(command->word));
		return ACTION_NONE;
	}
	find(app, &hits);
	app_close_dialog(app);
	if (hits.count == 0) {
		app_say(app, ROLE_error, "nothing is called that");
		return ACTION_NONE;
	}
	const struct hit *hit = &hits.items[app->dialog.chosen % hits.count];
	if (hit->action == ACTION_NONE)
		app_select(app, hit->node);
	return hit->action;
}

enum action palette_key(struct app *app, uint32_t key)
{
	struct dialog *dialog = &app->dialog;
	struct hits hits;

	if (key == PRESS_ENTER) {
		return choose(app);
	} else if (key == PRESS_TAB && is_run(app)) {
		start_complete(&dialog->edit);
	} else if (key == PRESS_DOWN || key == PRESS_TAB) {
		find(app, &hits);
		dialog->chosen = hits.count ? (dialog->chosen + 1) % hits.count : 0;
	} else if (key == PRESS_UP) {
		find(app, &hits);
		dialog->chosen = hits.count ? (dialog->chosen + hits.count - 1) % hits.count : 0;
	} else if (edit_key(&dialog->edit, key)) {
		dialog->chosen = 0;
	}
	return ACTION_NONE;
}

void palette_open(struct app *app, enum action action)
{
	static const struct act NONE = {.node = ACT_WHOLE_RUN};

	app_open_dialog(app, DIALOG_PALETTE, &NONE);
	app->dialog.nodes_only = action == ACTION_FIND;
	if (action == ACTION_RUN)
		edit_set(&app->dialog.edit, "run ");
	if (action == ACTION_NOTE)
		edit_set(&app->dialog.edit, "note ");
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void draw_hit(struct app *app, struct area line, const struct hit *hit)
{
	struct canvas *canvas = &app->canvas;
	char key[ACTION_KEY_TEXT];

	if (hit->action == ACTION_NONE) {
		const struct mirror_node *node = &app->mirror.nodes[hit->node];
		char word[64];
		words_node(&app->mirror, node, word, sizeof(word));
		canvas_text(canvas, line.x, line.y, 4, ROLE_dim, 0, "node");
		int used = canvas_text(canvas, line.x + 7, line.y, 30, ROLE_text, 0, node->id);
		canvas_text(canvas, line.x + 7 + (used < 18 ? 18 : used + 1), line.y, -1,
			    words_role(node->state, node->reason), 0, word);
		return;
	}
	const struct action_info *info = action_info(hit->action);
	action_key_text(info->key, key);
	canvas_text(canvas, line.x, line.y, 6, ROLE_key, 0, key);
	canvas_text(canvas, line.x + 7, line.y, 17, ROLE_text, 0, info->name);
	canvas_text(canvas, line.x + 25, line.y, line.width - 25, ROLE_dim, 0, info->help);
}

static void draw_command_help(struct app *app, struct area inner, const char *help)
{
	struct page page;

	page_init(&page);
	page_start(&page, inner.width);
	page_add(&page, ROLE_dim, 0, 0, help);
	page_draw(&page, &app->canvas, inner);
	page_release(&page);
}

void palette_draw(struct app *app, struct area area)
{
	struct canvas *canvas = &app->canvas;
	struct hits hits;
	int width = area.width < 78 ? area.width : 78;

	find(app, &hits);
	const struct command *command = command_of(app);
	int rows = command != NULL ? 2 : (int)hits.count;
	int height = rows + 3 > area.height ? area.height : rows + 3;
	struct area box = {area.x + (area.width - width) / 2, area.y + area.height - height, width,
			   height};
	canvas_fill(canvas, box.x - 1, box.y, box.width + 2, box.height, ' ', ROLE_text, 0);
	canvas_box(canvas, box.x, box.y, box.width, box.height, ROLE_border,
		   app->dialog.nodes_only ? "find a node" : "do, or go to");
	struct area inner = {box.x + 2, box.y + 1, box.width - 4, box.height - 3};
	if (command != NULL) {
		draw_command_help(app, inner, command->help);
	} else {
		for (int i = 0; i < inner.height && i < (int)hits.count; i++) {
			struct area line = {inner.x, inner.y + i, inner.width, 1};
			draw_hit(app, line, &hits.items[i]);
			if ((size_t)i == app->dialog.chosen)
				canvas_mark(canvas, line.x, line.y, line.width, CELL_REVERSE);
		}
	}
	inner.y = box.y + box.height - 2;
	edit_draw(&app->dialog.edit, canvas, inner, app->dialog.nodes_only ? "/" : ":",
		  &app->cursor);
}
