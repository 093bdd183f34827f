/* SPDX-License-Identifier: MIT
 *
 * The files of the run: each with its revisions, newest first. Enter compares one with the revision
 * before it, or with the base that `b` chose.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/acting.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

/* ---- rows -------------------------------------------------------------------------------- */

/* A header for each file, then its revisions. */
struct row {
	const Hlp__V1__Revision *revision; /* NULL: a header */
	const Hlp__V1__Revision *of;	   /* any of the same file */
};

struct rows {
	struct row *list;
	size_t count, capacity;
};

static bool same_file(const Hlp__V1__Revision *a, const Hlp__V1__Revision *b)
{
	return strcmp(a->node, b->node) == 0 && strcmp(a->path, b->path) == 0;
}

static void add_row(struct rows *rows, const Hlp__V1__Revision *revision,
		    const Hlp__V1__Revision *of)
{
	rows->list = mem_grow(rows->list, &rows->capacity, rows->count + 1, sizeof(*rows->list));
	rows->list[rows->count++] = (struct row){revision, of};
}

static bool was_before(const Hlp__V1__ArtifactList *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_file(list->revisions[i], list->revisions[at]))
			return true;
	return false;
}

static struct rows rows_of(const struct app *app)
{
	const Hlp__V1__ArtifactList *list =
		(const Hlp__V1__ArtifactList *)app->artifacts.answer.message;
	struct rows rows = {0};

	for (size_t i = 0; list != NULL && i < list->n_revisions; i++) {
		if (was_before(list, i))
			continue;
		add_row(&rows, NULL, list->revisions[i]);
		for (size_t at = list->n_revisions; at-- > i;)
			if (same_file(list->revisions[at], list->revisions[i]))
				add_row(&rows, list->revisions[at], list->revisions[i]);
	}
	return rows;
}

static void file_name(const Hlp__V1__Revision *revision, char *out, size_t size)
{
	(void)snprintf(out, size, "%s:%s", revision->node, revision->path);
}

static bool is_base(const struct app *app, const Hlp__V1__Revision *revision)
{
	char file[400];

	file_name(revision, file, sizeof(file));
	return strcmp(app->artifacts.base, revision->id) == 0 &&
	       strcmp(app->artifacts.base_file, file) == 0;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void draw_revision(struct app *app, struct canvas *canvas, struct area line,
			  const Hlp__V1__Revision *revision)
{
	char clock[16], size[24], what[64];

	words_clock(revision->time_us, clock, sizeof(clock));
	words_bytes(revision->size, size, sizeof(size));
	(void)snprintf(what, sizeof(what), "%.20s %.20s", revision->moment, revision->attempt);
	canvas_text(canvas, line.x + 3, line.y, 8, ROLE_text, 0, revision->id);
	canvas_text(canvas, line.x + 12, line.y, 20, ROLE_text, 0, what);
	canvas_text(canvas, line.x + 33, line.y, 10, ROLE_dim, 0, clock);
	canvas_printf(canvas, line.x + 44, line.y, 10, ROLE_text, 0, "%10s",
		      revision->absent ? "no file" : size);
	/* Larger than its max_size: there is nothing to compare or to bring back. */
	bool kept = revision->absent || revision->blob[0] != '\0';
	canvas_printf(canvas, line.x + 56, line.y, line.width - 56, ROLE_prompt, 0, "%s%s%s",
		      revision->current	 ? "current  "
		      : revision->failed ? "failed  "
					 : "",
		      kept ? "" : "not kept  ", is_base(app, revision) ? "BASE" : "");
}

static void draw_row(struct app *app, struct canvas *canvas, struct area line,
		     const struct row *row, bool selected)
{
	char title[420];

	if (row->revision == NULL) {
		(void)snprintf(title, sizeof(title), "%s   of %s", row->of->path, row->of->node);
		view_rule(canvas, line, title);
	} else {
		draw_revision(app, canvas, line, row->revision);
	}
	if (!selected)
		return;
	canvas_put(canvas, line.x, line.y, '>', ROLE_prompt, 0);
	canvas_mark(canvas, line.x, line.y, line.width, CELL_REVERSE);
	app->cursor = (struct term_cursor){line.x, line.y, false};
}

static void artifacts_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct artifacts_state *state = &app->artifacts;
	struct rows rows = rows_of(app);

	if (rows.count == 0) {
		const char *text = state->answer.error[0]	   ? state->answer.error
				   : state->answer.message == NULL ? "asking the engine"
								   : "no node of this run has "
								     "recorded a file";
		canvas_text(canvas, area.x + 1, area.y, -1, ROLE_text, 0, text);
		return;
	}
	if (state->selected >= rows.count)
		state->selected = rows.count - 1;
	if (rows.list[state->selected].revision == NULL)
		state->selected++; /* a header is never the last */
	state->top = view_keep(state->top, (int)state->selected, area.height, (int)rows.count);
	if (state->top > 0 && state->top == (int)state->selected)
		state->top--; /* the header above it */
	for (int i = 0; i < area.height && (size_t)(state->top + i) < rows.count; i++) {
		size_t at = (size_t)(state->top + i);
		struct area line = {area.x, area.y + i, area.width, 1};
		draw_row(app, canvas, line, &rows.list[at], at == state->selected);
	}
	free(rows.list);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void artifacts_open(struct app *app)
{
	feed_artifacts(app);
}

static void move(struct app *app, const struct rows *rows, int step)
{
	int64_t at = (int64_t)app->artifacts.selected + step, last = (int64_t)rows->count - 1;

	at = at < 0 ? 0 : at > last ? last : at;
	if (at >= 0 && rows->list[at].revision == NULL)
		at += step < 0 && at > 0 ? -1 : 1;
	app->artifacts.selected = (size_t)(at < 0 ? 0 : at);
}

/* The one before it, or the base when it is of the same file. */
static void open_diff(struct app *app, const struct rows *rows)
{
	const struct row *row = &rows->list[app->artifacts.selected];
	const char *base = "";
	char file[400];

	if (row->revision == NULL)
		return;
	file_name(row->revision, file, sizeof(file));
	const struct row *below = row + 1;
	if (app->artifacts.base[0] != '\0' && strcmp(app->artifacts.base_file, file) == 0)
		base = app->artifacts.base;
	else if (below < rows->list + rows->count && below->revision != NULL)
		base = below->revision->id;
	if (base[0] == '\0') {
		app_say(app, ROLE_dim, "%s is the first revision of this file: b makes it the base",
			row->revision->id);
		return;
	}
	diff_show(app, file, base, row->revision->id);
}

static void set_base(struct app *app, const struct rows *rows)
{
	const struct row *row = &rows->list[app->artifacts.selected];
	struct artifacts_state *state = &app->artifacts;

	if (row->revision == NULL)
		return;
	(void)snprintf(state->base, sizeof(state->base), "%s", row->revision->id);
	file_name(row->revision, state->base_file, sizeof(state->base_file));
	app_say(app, ROLE_dim, "%s is the base: Enter on another revision compares with it",
		state->base);
}

static void restore(struct app *app, const struct rows *rows)
{
	const struct row *row = &rows->list[app->artifacts.selected];
	char file[400];

	if (row->revision == NULL)
		return;
	file_name(row->revision, file, sizeof(file));
	acting_restore(app, file, row->revision->id);
}

static bool act_on_rows(struct app *app, enum action action, const struct rows *rows)
{
	int step;

	if (action_moves(action, app->body.height - 1, (int)rows->count, &step)) {
		move(app, rows, step);
		return true;
	}
	switch (action) {
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		move(app, rows, action == ACTION_NEXT ? 1 : -1);
		return true;
	case ACTION_OPEN:
	case ACTION_DIFF:
		open_diff(app, rows);
		return true;
	case ACTION_BASE:
		set_base(app, rows);
		return true;
	case ACTION_ROLLBACK:
		restore(app, rows);
		return true;
	default:
		return false;
	}
}

static bool artifacts_act(struct app *app, enum action action)
{
	struct rows rows = rows_of(app);
	bool used = rows.count > 0 && act_on_rows(app, action, &rows);

	free(rows.list);
	return used;
}

static const struct hint HINTS[] = {{ACTION_OPEN, "compare"},	  {ACTION_BASE, "base"},
				    {ACTION_ROLLBACK, "restore"}, {ACTION_DOWN, NULL},
				    {ACTION_LIST, NULL},	  {ACTION_NONE, NULL}};

const struct view_ops view_artifacts = {.title = "artifacts",
					.hints = HINTS,
					.open = artifacts_open,
					.draw = artifacts_draw,
					.act = artifacts_act};
