/* SPDX-License-Identifier: MIT
 *
 * The console as a whole: what a key means where no dialog or view takes it, what time brings, and
 * the picture put together from frame, view and dialog.
 */
#include "tui/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "draw/diff.h"
#include "tui/acting.h"
#include "tui/attempts.h"
#include "tui/dialog.h"
#include "tui/drawing.h"
#include "tui/feed.h"
#include "tui/found.h"
#include "tui/frame.h"
#include "tui/graph.h"
#include "tui/journal.h"
#include "tui/pager.h"
#include "tui/palette.h"
#include "tui/report.h"
#include "tui/start.h"
#include "tui/views.h"
#include "tui/visit.h"

#define MESSAGE_US	(20 * CLOCK_SECOND_US)
#define DRAWING_LOOK_US (CLOCK_SECOND_US / 50) /* while a layout is made */

static const struct view_ops *const VIEW_OPS[VIEWS] = {
	[VIEW_LIST] = &view_list,	    [VIEW_GRAPH] = &view_graph,
	[VIEW_NODE] = &view_node,	    [VIEW_OUTPUT] = &view_output,
	[VIEW_DIFF] = &view_diff,	    [VIEW_WHY] = &view_why,
	[VIEW_RUNS] = &view_runs,	    [VIEW_HELP] = &view_help,
	[VIEW_TIMELINE] = &view_timeline,   [VIEW_ARTIFACTS] = &view_artifacts,
	[VIEW_JOURNAL] = &view_journal,	    [VIEW_COMPARE] = &view_compare,
	[VIEW_WORKFLOWS] = &view_workflows,
};

void console_init(struct app *app, bool ascii, bool read_only)
{
	*app = (struct app){
		.views = VIEW_OPS, .ascii = ascii, .read_only = read_only, .changed = true};
	mirror_init(&app->mirror);
	tail_init(&app->tail);
	app->found.hit = -1;
	page_init(&app->compare.page);
	page_init(&app->workflows.page);
	child_init(&app->workflows.git);
	report_init(app);
	page_init(&app->why);
	page_init(&app->help);
	page_init(&app->plan.page);
	canvas_init(&app->canvas, 80, 24);
	app->canvas.ascii = ascii;
	app->stack[0] = VIEW_LIST;
	app->depth = 1;
}

void console_release(struct app *app)
{
	feed_free(app->feed);
	found_forget(&app->found);
	free(app->copy);
	errand_forget(&app->errand);
	form_clear(&app->form);
	app_clear_marks(app);
	start_free(app->start);
	mirror_release(&app->mirror);
	tail_release(&app->tail);
	page_release(&app->compare.page);
	page_release(&app->workflows.page);
	if (app->workflows.committing)
		child_finish(&app->workflows.git);
	child_release(&app->workflows.git);
	report_release(app);
	arena_release(&app->workflows.arena);
	page_release(&app->why);
	page_release(&app->help);
	page_release(&app->plan.page);
	canvas_release(&app->canvas);
	graph_forget(&app->graph);
	free(app->list.rows);
	feed_forget(&app->diff.answer);
	diff_rows_release(&app->diff.rows);
	diff_free(app->diff.parsed);
	attempts_forget(app);
	feed_forget(&app->runs.answer);
	feed_forget(&app->plan.answer);
	feed_forget(&app->plan.checkpoints);
	rollback_forget(&app->plan.asked);
	feed_forget(&app->pins);
	feed_forget(&app->engine);
	feed_forget(&app->moment);
	feed_forget(&app->artifacts.answer);
	journal_forget(&app->journal);
	for (int i = 0; i < 2; i++) {
		feed_forget(&app->compare.sides[i].status);
		feed_forget(&app->compare.sides[i].graph);
	}
}

/* ---- actions ----------------------------------------------------------------------------- */

static void select_neighbour(struct app *app, int64_t node, const char *none)
{
	if (node < 0)
		app_say(app, ROLE_dim, "%s", none);
	else
		app_select(app, (uint32_t)node);
}

static bool needs_node(enum action action)
{
	return action == ACTION_OUTPUT || action == ACTION_DIFF || action == ACTION_WHY;
}

static void do_look(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_LIST:
		app->depth = 0;
		app_show(app, VIEW_LIST);
		break;
	case ACTION_GRAPH:
		app->depth = app_view(app) == VIEW_GRAPH ? 0 : app->depth;
		app_show(app, app->depth == 0 ? VIEW_LIST : VIEW_GRAPH);
		break;
	case ACTION_OUTPUT:
		app_show(app, VIEW_OUTPUT);
		break;
	case ACTION_DIFF:
		app_show(app, VIEW_DIFF);
		break;
	case ACTION_WHY:
		app_show(app, VIEW_WHY);
		break;
	case ACTION_RUNS:
		app_show(app, VIEW_RUNS);
		break;
	case ACTION_TIMELINE:
		app_show(app, VIEW_TIMELINE);
		break;
	case ACTION_ARTIFACTS:
		app_show(app, VIEW_ARTIFACTS);
		break;
	case ACTION_WORKFLOWS:
		app_show(app, VIEW_WORKFLOWS);
		break;
	case ACTION_JOURNAL:
		app_show(app, VIEW_JOURNAL);
		break;
	case ACTION_HELP:
		app_show(app, VIEW_HELP);
		break;
	default:
		app_say(app, ROLE_dim, "%s does nothing in this view; ? lists the keys",
			action_info(action)->name);
	}
}

/* The selected node as a command takes it; a view may have something better. */
static void copy_selected(struct app *app)
{
	const struct mirror_node *node = app_node(app);

	if (node == NULL)
		app_say(app, ROLE_dim, "nothing is selected");
	else
		app_copy(app, mem_printf("%s/%s", app->mirror.name, node->id));
}

static void do_general(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_BACK:
		app_back(app);
		break;
	case ACTION_LEAVE:
		app->leave = true;
		break;
	case ACTION_COPY:
		copy_selected(app);
		break;
	case ACTION_EARLIER:
	case ACTION_LATER:
		journal_step(app, action == ACTION_LATER ? 1 : -1);
		break;
	case ACTION_TIMES:
		if (app->past == 0) {
			do_look(app, action);
			break;
		}
		feed_now(app);
		app_say(app, ROLE_text, "back to now");
		break;
	case ACTION_PAGER:
		pager_open(app);
		break;
	case ACTION_MOUSE:
		app->mouse = !app->mouse;
		app_say(app, ROLE_text, "%s",
			app->mouse ? "the mouse is taken: Shift selects text as ever"
				   : "the mouse is the terminal's");
		break;
	case ACTION_REPORT:
		report_write(app);
		break;
	case ACTION_SHELL:
		visit_open(app);
		break;
	case ACTION_SUSPEND:
		app->suspend = true;
		break;
	case ACTION_REDRAW:
		app->redraw = true;
		app->changed = true;
		break;
	case ACTION_PALETTE:
	case ACTION_FIND:
	case ACTION_NOTE:
	case ACTION_RUN:
		palette_open(app, action);
		break;
	case ACTION_NEXT:
		select_neighbour(app, list_neighbour(app, 1), "this is the last node");
		break;
	case ACTION_PREVIOUS:
		select_neighbour(app, list_neighbour(app, -1), "this is the first node");
		break;
	case ACTION_NEXT_PROBLEM:
		select_neighbour(app, list_problem(app, 1), "no problem further down");
		break;
	case ACTION_PREVIOUS_PROBLEM:
		select_neighbour(app, list_problem(app, -1), "no problem further up");
		break;
	default:
		do_look(app, action);
	}
}

void console_do(struct app *app, enum action action)
{
	app->changed = true;
	enum view_id view = app_view(app);
	bool of_nodes = view != VIEW_RUNS && view != VIEW_WORKFLOWS;
	if (needs_node(action) && app_node(app) == NULL && of_nodes) {
		app_say(app, ROLE_dim, "no node is selected");
		return;
	}
	if (app->views[app_view(app)]->act(app, action))
		return;
	if (app->host != NULL && (action == ACTION_RUN || action == ACTION_WORKFLOWS)) {
		app_say(app, ROLE_error,
			"the engine is on %s, and so are its workflows: start it there", app->host);
		return;
	}
	enum action_group group = action_info(action)->group;
	bool is_own = action == ACTION_RUN || action == ACTION_NOTE || action == ACTION_SHELL;
	if (!is_own && group == ACTION_GROUP_ACT)
		acting_begin(app, action);
	else
		do_general(app, action);
}

static void interrupt(struct app *app)
{
	if (app->now_us - app->message.at_us < CLOCK_SECOND_US &&
	    strncmp(app->message.text, "Ctrl-C", 6) == 0) {
		app->leave = true;
		return;
	}
	app_say(app, ROLE_prompt, "Ctrl-C once more leaves the console; the run goes on");
}

void console_key(struct app *app, uint32_t key)
{
	char text[ACTION_KEY_TEXT];

	app->changed = true;
	if (app->dialog.kind != DIALOG_NONE) {
		enum action chosen = dialog_key(app, key);
		if (chosen != ACTION_NONE)
			console_do(app, chosen);
		return;
	}
	if (key == PRESS_BREAK) {
		interrupt(app);
		return;
	}
	if (key == PRESS_RESIZE)
		return;
	enum action action = action_of_key(app->prefix, key);
	app->prefix = 0;
	if (action == ACTION_PREFIX) {
		app->prefix = key;
		app_say(app, ROLE_prompt,
			"z: a fold or open here   R open all   M fold all   m mouse");
		return;
	}
	if (action == ACTION_NONE) {
		action_key_text(key, text);
		app_say(app, ROLE_dim, "%s means nothing here; ? lists the keys", text);
		return;
	}
	if (app->message.role != ROLE_error || app->now_us - app->message.at_us > CLOCK_SECOND_US)
		app->message.text[0] = '\0';
	console_do(app, action);
}

/* ---- time -------------------------------------------------------------------------------- */

static void watch_connection(struct app *app)
{
	if (app->client == NULL)
		return;
	bool connected = client_is_connected(app->client);
	if (connected && app->lost_us != 0) {
		char lost[CLOCK_DURATION_TEXT];
		clock_format_duration(app->now_us - app->lost_us, lost);
		/* A warning: what has happened stays true when the execution's state changes. */
		app_say(app, ROLE_warning, "the engine was lost for %s and is back", lost);
		app->lost_us = 0;
		app->coach_seen |= COACH_SAW_CRASH;
	} else if (!connected && app->lost_us == 0) {
		app->lost_us = app->now_us;
		app->changed = true;
	}
}

static void read_git(struct app *app)
{
	struct workflows_state *state = &app->workflows;

	if (!child_read(&state->git))
		return;
	app->changed = true;
	if (!state->committing || !state->git.ended)
		return;
	state->committing = false;
	if (child_succeeded(&state->git))
		app_say(app, ROLE_text, "committed");
	else
		app_say(app, ROLE_error, "not committed: Git says why above");
}

void console_tick(struct app *app)
{
	watch_connection(app);
	acting_tick(app);
	feed_tick(app);
	found_tick(app);
	read_git(app);
	report_tick(app);
	if (app->graph.drawing != NULL && drawing_is_done(app->graph.drawing))
		app->changed = true; /* the graph's view takes it */
	if (app->message.text[0] != '\0' && app->message.role != ROLE_error &&
	    app->now_us - app->message.at_us > MESSAGE_US) {
		app->message.text[0] = '\0';
		app->changed = true;
	}
}

int64_t console_deadline_us(const struct app *app)
{
	int64_t feed_us = feed_deadline_us(app);
	int64_t drawing_us = app->graph.drawing ? app->now_us + DRAWING_LOOK_US : INT64_MAX;
	bool fades = app->message.text[0] != '\0' && app->message.role != ROLE_error;
	int64_t message_us = fades ? app->message.at_us + MESSAGE_US + 1 : INT64_MAX;
	int64_t sooner_us = drawing_us < message_us ? drawing_us : message_us;

	return sooner_us < feed_us ? sooner_us : feed_us;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void draw_beside(struct app *app, struct area area)
{
	struct area left = area, right = area;

	left.width = area.width * 6 / 10;
	right.x = left.width + 1;
	right.width = area.width - right.x;
	for (int y = area.y; y < area.y + area.height; y++)
		canvas_put(&app->canvas, left.width, y,
			   canvas_line_glyph(LINE_UP | LINE_DOWN, app->ascii), ROLE_border, 0);
	app->body = left;
	canvas_clip(&app->canvas, left.x, left.y, left.width, left.height);
	app->views[app_view(app)]->draw(app, &app->canvas, left);
	canvas_clip(&app->canvas, right.x, right.y, right.width, right.height);
	struct term_cursor cursor = app->cursor;
	view_node.draw(app, &app->canvas, right);
	app->cursor = cursor;
	canvas_unclip(&app->canvas);
}

static void draw_view(struct app *app, struct area area)
{
	enum view_id view = app_view(app);

	if (area.width < 1 || area.height < 1)
		return;
	if (app_is_wide(app) && (view == VIEW_LIST || view == VIEW_GRAPH) && app_node(app)) {
		draw_beside(app, area);
		return;
	}
	app->body = area;
	canvas_clip(&app->canvas, area.x, area.y, area.width, area.height);
	app->views[view]->draw(app, &app->canvas, area);
	canvas_unclip(&app->canvas);
}

static int within(int at, int size)
{
	if (at >= size)
		at = size - 1;
	return at < 0 ? 0 : at;
}

void console_draw(struct app *app)
{
	canvas_clear(&app->canvas);
	app->cursor = (struct term_cursor){0, 0, false};
	struct area area = frame_draw(app);
	draw_view(app, area);
	dialog_draw(app, area);
	app->cursor.x = within(app->cursor.x, app->canvas.width);
	app->cursor.y = within(app->cursor.y, app->canvas.height);
	app->changed = false;
}
