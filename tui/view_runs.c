/* SPDX-License-Identifier: MIT
 *
 * All executions, the newest first. Enter opens one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tui/durations.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

static const Hlp__V1__ExecutionList *list_of(const struct app *app)
{
	return (const Hlp__V1__ExecutionList *)app->runs.answer.message;
}

static int selected_row(const struct app *app)
{
	const Hlp__V1__ExecutionList *list = list_of(app);

	for (size_t i = 0; list != NULL && i < list->n_executions; i++)
		if (strcmp(list->executions[i]->id, app->runs.selected) == 0)
			return (int)i;
	return 0;
}

static void runs_open(struct app *app)
{
	if (app->mirror.id != NULL)
		(void)snprintf(app->runs.selected, sizeof(app->runs.selected), "%s",
			       app->mirror.id);
	if (app->feed != NULL)
		feed_runs(app);
}

static void draw_times(struct app *app, struct canvas *canvas, struct area line,
		       const Hlp__V1__Execution *run)
{
	char when[CLOCK_TIME_TEXT] = "", took[CLOCK_DURATION_TEXT] = "";
	int64_t end_us = run->ended_us > 0 ? run->ended_us : app->wall_us;

	clock_format_time(run->created_us, when);
	when[10] = ' ';
	if (run->started_us > 0 && end_us >= run->started_us)
		clock_format_duration((end_us - run->started_us) / 1000000 * 1000000, took);
	canvas_printf(canvas, line.x, line.y, 16, ROLE_dim, 0, "%.16s", when);
	canvas_printf(canvas, line.x + 17, line.y, 7, ROLE_text, 0, "%7s", took);
	canvas_text(canvas, line.x + 26, line.y, line.width - 26, ROLE_text, 0, run->actor);
}

static void draw_run(struct app *app, struct canvas *canvas, struct area line,
		     const Hlp__V1__Execution *run)
{
	enum state state = STATE_PENDING;
	enum reason reason = REASON_NONE;
	char word[80];

	(void)state_parse(run->state, &state);
	(void)reason_parse(run->reason, &reason);
	enum role role = words_role(state, reason);
	words_of_execution(state, reason, word, sizeof(word));
	int name = line.width < 60 ? line.width / 2 : 26;
	canvas_text(canvas, line.x + 1, line.y, 1, role, 0, words_glyph(canvas, state, reason));
	if (strcmp(run->id, app->runs.marked) == 0)
		canvas_put(canvas, line.x + 2, line.y, '*', ROLE_prompt, CELL_BOLD);
	canvas_text(canvas, line.x + 3, line.y, name - 4, ROLE_text, 0, run->name);
	canvas_text(canvas, line.x + name, line.y, line.width >= 78 ? 18 : -1, role, 0, word);
	if (line.width < 78)
		return;
	struct area rest = {line.x + name + 20, line.y, line.width - name - 20, 1};
	draw_times(app, canvas, rest, run);
}

/* ---- how long they take ------------------------------------------------------------------ */

static int64_t took_us(const Hlp__V1__Execution *run)
{
	return run->started_us > 0 && run->ended_us > run->started_us
		       ? run->ended_us - run->started_us
		       : -1;
}

/* Of the completed ones: how long a failure took says nothing of how long it takes. */
static size_t completed(const Hlp__V1__ExecutionList *list, const char *workflow, int64_t *out)
{
	size_t count = 0;

	for (size_t i = 0; i < list->n_executions; i++) {
		const Hlp__V1__Execution *it = list->executions[i];
		if (strcmp(it->workflow, workflow) == 0 && strcmp(it->state, "COMPLETED") == 0 &&
		    took_us(it) >= 0)
			out[count++] = took_us(it);
	}
	return count;
}

static int64_t so_far_us(const struct app *app, const Hlp__V1__Execution *run)
{
	return run->ended || run->started_us == 0 ? took_us(run) : app->wall_us - run->started_us;
}

/* Below the list, for the workflow of the selected one. Returns the lines taken. */
static int draw_durations(const struct app *app, struct canvas *canvas, struct area area,
			  const Hlp__V1__Execution *run)
{
	const Hlp__V1__ExecutionList *list = list_of(app);
	int lines = DURATIONS_ROWS + 1;
	char title[200], own[CLOCK_DURATION_TEXT];
	struct durations durations;

	if (area.height < 3 * lines || area.width < 60)
		return 0;
	int64_t *values = mem_calloc(list->n_executions, sizeof(*values));
	size_t count = completed(list, run->workflow, values);
	if (count == 0) { /* nothing is known: the rows are worth more */
		free(values);
		return 0;
	}
	durations_of(values, count, &durations);
	int64_t own_us = so_far_us(app, run);
	struct area below = {area.x, area.y + area.height - lines, area.width, lines};
	(void)snprintf(title, sizeof(title), "how long %.60s takes: %zu completed run%s",
		       run->workflow, count, count == 1 ? "" : "s");
	view_rule(canvas, below, title);
	struct area inner = {below.x + 1, below.y + 1, below.width - 1, DURATIONS_ROWS};
	durations_draw(&durations, canvas, inner, own_us);
	clock_format_duration(own_us, own);
	if (count > 1 && own_us >= 0)
		canvas_printf(canvas, inner.x, inner.y + 3, -1, ROLE_dim, 0,
			      "%.60s, %s%s: %zu of %zu were faster", run->name, own,
			      run->ended ? "" : " so far", durations_faster(values, count, own_us),
			      count);
	free(values);
	return lines;
}

static void runs_draw(struct app *app, struct canvas *canvas, struct area area)
{
	const Hlp__V1__ExecutionList *list = list_of(app);

	if (list == NULL || list->n_executions == 0) {
		canvas_text(canvas, area.x + 1, area.y, -1, ROLE_text, 0,
			    list == NULL ? "asking the engine"
					 : "there is no execution yet; n starts one");
		return;
	}
	int selected = selected_row(app);
	area.height -= draw_durations(app, canvas, area, list->executions[selected]);
	app->runs.top = view_keep(app->runs.top, selected, area.height, (int)list->n_executions);
	for (int i = 0; i < area.height; i++) {
		size_t at = (size_t)(app->runs.top + i);
		struct area line = {area.x, area.y + i, area.width, 1};
		if (at >= list->n_executions)
			break;
		draw_run(app, canvas, line, list->executions[at]);
		if ((int)at == selected) {
			canvas_put(canvas, line.x, line.y, '>', ROLE_prompt, 0);
			canvas_mark(canvas, line.x, line.y, line.width, CELL_REVERSE);
			app->cursor = (struct term_cursor){line.x, line.y, false};
		}
	}
}

static void move(struct app *app, int step)
{
	const Hlp__V1__ExecutionList *list = list_of(app);

	if (list == NULL || list->n_executions == 0)
		return;
	int last = (int)list->n_executions - 1;
	int row = selected_row(app) + step;
	row = row < 0 ? 0 : row > last ? last : row;
	(void)snprintf(app->runs.selected, sizeof(app->runs.selected), "%s",
		       list->executions[row]->id);
}

static void open_selected(struct app *app)
{
	const Hlp__V1__ExecutionList *list = list_of(app);

	if (list == NULL || list->n_executions == 0)
		return;
	feed_watch(app, list->executions[selected_row(app)]->id);
	app_home(app);
}

static const char *selected_id(const struct app *app)
{
	const Hlp__V1__ExecutionList *list = list_of(app);

	if (list == NULL || list->n_executions == 0)
		return "";
	return list->executions[selected_row(app)]->id;
}

static void mark(struct app *app)
{
	bool again = strcmp(app->runs.marked, selected_id(app)) == 0;

	(void)snprintf(app->runs.marked, sizeof(app->runs.marked), "%s",
		       again ? "" : selected_id(app));
	if (!again)
		app_say(app, ROLE_dim, "marked: d on another compares both");
}

/* With the marked one, or else with the one before of the same workflow. */
static void compare(struct app *app)
{
	const Hlp__V1__ExecutionList *list = list_of(app);
	int row = selected_row(app), other = -1;

	if (list == NULL || list->n_executions == 0)
		return;
	const Hlp__V1__Execution *run = list->executions[row];
	for (int i = 0; i < (int)list->n_executions; i++) {
		const Hlp__V1__Execution *it = list->executions[i];
		bool wanted = app->runs.marked[0] != '\0'
				      ? strcmp(it->id, app->runs.marked) == 0
				      : i > row && strcmp(it->workflow, run->workflow) == 0;
		if (wanted && i != row && other < 0)
			other = i;
	}
	if (other < 0)
		app_say(app, ROLE_dim, "there is none to compare with: Space marks one");
	else if (other > row) /* the list has the newest first */
		compare_show(app, list->executions[other]->id, run->id);
	else
		compare_show(app, run->id, list->executions[other]->id);
}

static bool runs_act(struct app *app, enum action action)
{
	int page = app->body.height > 2 ? app->body.height - 1 : 1, step;
	int all = list_of(app) ? (int)list_of(app)->n_executions : 0;

	if (action_moves(action, page, all, &step)) {
		move(app, step);
		return true;
	}
	switch (action) {
	case ACTION_NEXT:
		move(app, 1);
		return true;
	case ACTION_PREVIOUS:
		move(app, -1);
		return true;
	case ACTION_OPEN:
		open_selected(app);
		return true;
	case ACTION_MARK:
		mark(app);
		return true;
	case ACTION_DIFF:
		compare(app);
		return true;
	default:
		return false;
	}
}

static const struct hint HINTS[] = {{ACTION_OPEN, NULL},
				    {ACTION_RUN, "new run"},
				    {ACTION_DIFF, "compare"},
				    {ACTION_MARK, NULL},
				    {ACTION_NONE, NULL}};

const struct view_ops view_runs = {
	.title = "runs", .hints = HINTS, .open = runs_open, .draw = runs_draw, .act = runs_act};
