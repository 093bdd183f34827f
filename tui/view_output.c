/* SPDX-License-Identifier: MIT
 *
 * What a node prints: live, its end first, searched and filtered over all of it. The node inspector
 * shows the same in its lower part.
 */
#include <stdio.h>
#include <string.h>

#include "tui/attempts.h"
#include "tui/feed.h"
#include "tui/found.h"
#include "tui/views.h"
#include "tui/words.h"

/* ---- drawing ----------------------------------------------------------------------------- */

static void rule_text(const struct app *app, char *out, size_t size)
{
	const struct tail *tail = &app->tail;
	char bytes[24] = "", name[ATTEMPTS_NAME];

	attempts_say(&app->attempts.shown, name);
	if (tail->size >= 0)
		words_bytes(tail->size, bytes, sizeof(bytes));
	if (tail->attempt == 0)
		(void)snprintf(out, size, "output");
	else if (app->found.keeping)
		(void)snprintf(out, size, "only lines with '%.60s': %zu%s; Esc shows all",
			       app->found.text, app->found.count,
			       app->found.all_above ? "" : " and perhaps more above");
	else
		(void)snprintf(out, size, "output of %s, %s%s", name, bytes,
			       tail->follow ? (tail->live ? ", following" : "")
					    : ", follow OFF (G)");
}

/* The line that was found last has a sign before it. */
static void draw_hit(struct app *app, struct canvas *canvas, struct area inner)
{
	const struct tail *tail = &app->tail;

	for (int row = 0; row < inner.height && app->found.hit >= 0; row++) {
		size_t at = (size_t)(tail->page.top + row);
		if (at >= tail->page.count)
			return;
		if (tail->offsets[at] == app->found.hit)
			canvas_put(canvas, inner.x - 1, inner.y + row, '>', ROLE_prompt, CELL_BOLD);
	}
}

void output_part(struct app *app, struct canvas *canvas, struct area area, uint32_t index)
{
	const struct mirror_node *node = &app->mirror.nodes[index];
	char text[160];

	if (area.height < 1)
		return;
	rule_text(app, text, sizeof(text));
	view_rule(canvas, area, text);
	struct area inner = {area.x + 1, area.y + 1, area.width - 1, area.height - 1};
	if (inner.height < 1)
		return;
	if (app->tail_node == index && app->found.keeping) {
		found_draw(app, canvas, inner);
	} else if (app->tail_node == index && app->tail.raw.length > 0) {
		tail_draw(&app->tail, canvas, inner);
		found_mark(&app->found, canvas, inner);
		draw_hit(app, canvas, inner);
	} else if (node->attempt == 0 && app->attempts.shown.number == 0) {
		canvas_text(canvas, inner.x, inner.y, -1, ROLE_dim, 0, "it has not been started");
	} else if (app->tail.size == 0) {
		canvas_text(canvas, inner.x, inner.y, -1, ROLE_dim, 0, "it has printed nothing");
	}
}

static void output_draw(struct app *app, struct canvas *canvas, struct area area)
{
	if (app_node(app) == NULL)
		return;
	node_title(app, canvas, area, app->selected);
	struct area rest = {area.x, area.y + 1, area.width, area.height - 1};
	app->cursor = (struct term_cursor){area.x, area.y, false};
	output_part(app, canvas, rest, app->selected);
}

/* ---- keys -------------------------------------------------------------------------------- */

/* What is under way, for another place, would be taken for the end. */
static void to_end(struct app *app)
{
	tail_to_end(&app->tail);
	app->tail_moved = app->tail_moved || app->tail.size < 0;
}

static void follow(struct app *app)
{
	if (app->tail.follow)
		app->tail.follow = false;
	else
		to_end(app);
	app_say(app, ROLE_dim, app->tail.follow ? "following the output" : "follow OFF");
}

static void next_times(struct app *app)
{
	static const char *const WORDS[] = {"no times", "times of the day, UTC",
					    "times since the node began"};
	enum tail_times next = (enum tail_times)((app->tail.show_times + 1) % 3);

	app->tail.show_times = next;
	app_say(app, ROLE_dim, "%s; t changes it", WORDS[next]);
}

static bool move(struct app *app, enum action action)
{
	int page = app->body.height > 4 ? app->body.height - 3 : 1, step;

	if (action == ACTION_MARK)
		action = ACTION_PAGE_DOWN; /* the blank, as in every pager */
	if (action == ACTION_LAST) {
		to_end(app);
		return true;
	}
	if (action == ACTION_FIRST) {
		tail_goto(&app->tail, 0);
		app->tail_moved = true;
		return true;
	}
	if (!action_moves(action, page, (int)app->tail.page.count, &step))
		return false;
	tail_scroll(&app->tail, step, app->body.height - 2);
	return true;
}

/* The lines in sight. */
static void copy_sight(struct app *app)
{
	const struct page *page = &app->tail.page;
	struct buf text;

	buf_init(&text, 64 * 1024);
	for (int row = 0; row < app->body.height - 2; row++) {
		size_t at = (size_t)(page->top + row);
		if (at < page->count)
			buf_printf(&text, "%s\n", page->text.data + page->lines[at].offset);
	}
	app_copy(app, buf_steal(&text));
}

static void ask_text(struct app *app, bool keeps)
{
	static const struct act NONE = {.node = ACT_WHOLE_RUN};

	app_open_dialog(app, DIALOG_SEARCH, &NONE);
	app->dialog.keeps = keeps;
}

static bool output_act(struct app *app, enum action action)
{
	if (app->found.keeping && found_act(app, action, app->body.height - 2))
		return true;
	if (action == ACTION_BACK && found_stop(app))
		return true;
	switch (action) {
	case ACTION_FOLLOW:
		follow(app);
		return true;
	case ACTION_FIND:
	case ACTION_KEEP:
		ask_text(app, action == ACTION_KEEP);
		return true;
	case ACTION_RUN: /* n, which here means the next */
		found_again(app, false);
		return true;
	case ACTION_NEXT_AFTER:
		found_again(app, true);
		return true;
	case ACTION_NEXT_PROBLEM:
	case ACTION_PREVIOUS_PROBLEM:
		found_error(app, action == ACTION_PREVIOUS_PROBLEM);
		return true;
	case ACTION_COPY:
		copy_sight(app);
		return true;
	case ACTION_TIMES:
		next_times(app);
		return true;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		attempts_step(app, action == ACTION_LEFT ? -1 : 1);
		feed_attempts(app);
		return true;
	default:
		return move(app, action);
	}
}

static const struct hint HINTS[] = {{ACTION_LAST, "end"},
				    {ACTION_FIND, "search up"},
				    {ACTION_PREVIOUS_PROBLEM, "error above"},
				    {ACTION_LEFT, "attempt before"},
				    {ACTION_KEEP, "keep only"},
				    {ACTION_TIMES, "times"},
				    {ACTION_FOLLOW, NULL},
				    {ACTION_NEXT, NULL},
				    {ACTION_NONE, NULL}};

const struct view_ops view_output = {
	.title = "output", .hints = HINTS, .draw = output_draw, .act = output_act};
