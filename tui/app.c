/* SPDX-License-Identifier: MIT
 *
 * What all parts of the console share: messages, the stack of views, the selection, who may act,
 * which dialog is open. What keys mean is in console.c.
 */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tui/words.h"

void app_resize(struct app *app, int width, int height)
{
	if (width == app->canvas.width && height == app->canvas.height)
		return;
	canvas_resize(&app->canvas, width, height);
	app->changed = true;
}

void app_say(struct app *app, enum role role, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(app->message.text, sizeof(app->message.text), format, args);
	va_end(args);
	app->message.role = role;
	app->message.at_us = app->now_us;
	app->changed = true;
}

void app_open_dialog(struct app *app, enum dialog_kind kind, const struct act *act)
{
	struct dialog *dialog = &app->dialog;

	*dialog = (struct dialog){.kind = kind, .opened_us = app->now_us, .act = *act};
	if (app->message.role == ROLE_error)
		app->message.text[0] = '\0'; /* what was refused before was set right */
	if (kind == DIALOG_NAME || kind == DIALOG_PLAN)
		app_target(app, act, dialog->expected, sizeof(dialog->expected));
	if (kind == DIALOG_ARM) {
		(void)snprintf(dialog->edit.text, sizeof(dialog->edit.text), "%s",
			       app->arm.last_reason);
		dialog->edit.length = strlen(dialog->edit.text);
	}
	app->changed = true;
}

void app_close_dialog(struct app *app)
{
	app->dialog.kind = DIALOG_NONE;
	app->changed = true;
}

void app_copy(struct app *app, char *text)
{
	struct err err = {0};
	bool kept = app->copy_file[0] != '\0' &&
		    file_replace(app->copy_file, text, strlen(text), 0600, &err) >= 0;

	free(app->copy);
	app->copy = text;
	if (kept)
		app_say(app, ROLE_text, "copied: %.200s (also in %.150s)", text, app->copy_file);
	else
		app_say(app, ROLE_text, "copied: %.300s", text);
}

/* ---- acts -------------------------------------------------------------------------------- */

bool app_is_armed(const struct app *app)
{
	return app->arm.armed && !app->read_only;
}

const struct mirror_node *app_act_node(const struct app *app, const struct act *act)
{
	if (act->node >= app->mirror.nodes_count)
		return NULL; /* which the two names for other targets are */
	return &app->mirror.nodes[act->node];
}

bool app_is_moving(const struct app *app)
{
	if (app->lost_us != 0 || !app->mirror.has_rows || !app->mirror.ended)
		return true;
	return app->arm.armed || app->dialog.kind != DIALOG_NONE || app_view(app) == VIEW_RUNS;
}

void app_target(const struct app *app, const struct act *act, char *out, size_t size)
{
	const struct mirror_node *node = app_act_node(app, act);

	if (act->node == ACT_MARKED)
		(void)snprintf(out, size, "%u node%s", app->marks.count,
			       app->marks.count == 1 ? "" : "s");
	else
		(void)snprintf(out, size, "%s", node ? node->id : app->mirror.name);
}

/* ---- marks ------------------------------------------------------------------------------- */

static bool marks_hold(const struct app *app)
{
	return app->marks.count > 0 && app->marks.topology == app->mirror.topology;
}

bool app_is_marked(const struct app *app, uint32_t node)
{
	return marks_hold(app) && node < app->marks.capacity && app->marks.set[node];
}

void app_clear_marks(struct app *app)
{
	free(app->marks.set);
	app->marks = (struct marks){0};
	app->changed = true;
}

void app_mark(struct app *app, uint32_t node, bool on)
{
	struct marks *marks = &app->marks;

	if (node >= app->mirror.nodes_count || app_is_marked(app, node) == on)
		return;
	if (!marks_hold(app)) {
		app_clear_marks(app);
		marks->capacity = app->mirror.nodes_count;
		marks->set = mem_calloc(marks->capacity, sizeof(*marks->set));
		marks->topology = app->mirror.topology;
	}
	marks->set[node] = on;
	marks->count += on ? 1 : (uint32_t)-1;
	app->changed = true;
}

void app_started_here(struct app *app, const char *id)
{
	(void)snprintf(app->started[app->started_count++ % 8], sizeof(app->started[0]), "%s", id);
	app->arm.armed = !app->read_only;
	app->arm.used_us = app->now_us;
	app->arm.reason[0] = '\0';
	(void)snprintf(app->arm.execution, sizeof(app->arm.execution), "%s", id);
}

/* ---- views ------------------------------------------------------------------------------- */

enum view_id app_view(const struct app *app)
{
	return app->stack[app->depth - 1];
}

bool app_is_wide(const struct app *app)
{
	return app->canvas.width >= 140;
}

static void open_view(struct app *app)
{
	const struct view_ops *ops = app->views[app_view(app)];

	if (ops->open != NULL)
		ops->open(app);
	app->changed = true;
}

void app_show(struct app *app, enum view_id view)
{
	for (int i = 0; i < app->depth; i++)
		if (app->stack[i] == view)
			app->depth = i; /* it is behind already: come back to it */
	if (app->depth == VIEW_DEPTH)
		app->depth--;
	app->stack[app->depth++] = view;
	open_view(app);
}

void app_home(struct app *app)
{
	bool large = app->canvas.width >= 200 && app->canvas.height >= 60;

	app->depth = 0;
	app_show(app, large ? VIEW_GRAPH : VIEW_LIST);
}

void app_back(struct app *app)
{
	if (app->depth == 1) {
		app_say(app, ROLE_dim, "nothing to go back to; q leaves the console");
		return;
	}
	app->depth--;
	app->changed = true;
}

/* ---- selection --------------------------------------------------------------------------- */

const struct mirror_node *app_node(const struct app *app)
{
	if (!app->mirror.has_graph || app->selected >= app->mirror.nodes_count)
		return NULL;
	return &app->mirror.nodes[app->selected];
}

void app_select(struct app *app, uint32_t node)
{
	if (node >= app->mirror.nodes_count)
		return;
	app->selected = node;
	(void)snprintf(app->selected_id, sizeof(app->selected_id), "%s",
		       app->mirror.nodes[node].id);
	if (app->tail_node != node) {
		app->tail_node = node;
		tail_restart(&app->tail);
		app->tail_moved = true;
	}
	if (app_view(app) == VIEW_WHY || app_view(app) == VIEW_DIFF)
		open_view(app);
	app->changed = true;
}

/* What one came to see: the first problem, else what runs, else what was undone, else the first. */
static uint32_t first_of_interest(const struct mirror *mirror)
{
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (words_is_problem(&mirror->nodes[i]))
			return i;
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (words_is_live(&mirror->nodes[i]))
			return i;
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (mirror->nodes[i].state == STATE_RECOVERED)
			return i;
	return 0;
}

/* A problem that was not there before is told of, since it may be out of sight. */
static void tell_problem(struct app *app, bool first)
{
	const struct mirror_node *newest = NULL;
	uint64_t version = app->problem_version;
	char word[64];

	for (uint32_t i = 0; i < app->mirror.nodes_count; i++) {
		const struct mirror_node *node = &app->mirror.nodes[i];
		if (node->version > version && words_is_problem(node)) {
			version = node->version;
			newest = node;
		}
	}
	app->problem_version = version;
	if (newest == NULL || first || newest == app_node(app))
		return;
	words_node(&app->mirror, newest, word, sizeof(word));
	app_say(app, ROLE_error, "%s %s; ] and [ go to problems", newest->id, word);
}

/* "the rollback is under way" is not true any more once the state is another. */
static void drop_old_message(struct app *app, bool first)
{
	const struct mirror *mirror = &app->mirror;

	if (mirror->state == app->told_state && mirror->reason == app->told_reason)
		return;
	app->told_state = mirror->state;
	app->told_reason = mirror->reason;
	if (!first && app->message.role == ROLE_text)
		app->message.text[0] = '\0';
}

void app_mirror_changed(struct app *app)
{
	bool first = app->selected_id[0] == '\0';
	int64_t found = app->selected_id[0] ? mirror_find(&app->mirror, app->selected_id) : -1;

	if (found >= 0)
		app->selected = (uint32_t)found;
	else if (app->mirror.nodes_count > 0 && app->mirror.has_graph && app->mirror.has_rows)
		app_select(app, first_of_interest(&app->mirror));
	app->urgent = app->urgent || first; /* what one opened the console for */
	tell_problem(app, first);
	drop_old_message(app, first);
	if (app->marks.count > 0 && !marks_hold(app)) {
		app_clear_marks(app);
		app_say(app, ROLE_warning, "the graph changed: nothing is marked any more");
	}
	uint32_t target = app->dialog.act.node;
	bool gone = target < ACT_MARKED && target >= app->mirror.nodes_count;
	if (gone || (target == ACT_MARKED && app->marks.count == 0))
		app_close_dialog(app); /* what it was about is not there any more */
	app->changed = true;
}
