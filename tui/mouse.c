/* SPDX-License-Identifier: MIT
 *
 * A view with rows leaves the cursor on the selected one, so a click walks from there, by keys,
 * until the cursor is where it was clicked. Other views know themselves what they drew there.
 */
#include "tui/mouse.h"

#include "tui/console.h"

#define WHEEL_LINES 3

static bool has_rows(enum view_id view)
{
	return view == VIEW_LIST || view == VIEW_TIMELINE || view == VIEW_RUNS ||
	       view == VIEW_ARTIFACTS || view == VIEW_JOURNAL || view == VIEW_WORKFLOWS;
}

static void walk_to(struct app *app, int y)
{
	enum action step = y > app->cursor.y ? ACTION_DOWN : ACTION_UP;
	int before;

	do {
		before = app->cursor.y;
		console_do(app, step);
		console_draw(app);
	} while (app->cursor.y != before &&
		 (step == ACTION_DOWN ? app->cursor.y < y : app->cursor.y > y));
}

void mouse_click(struct app *app, int x, int y)
{
	const struct view_ops *view = app->views[app_view(app)];
	const struct area *body = &app->body;

	if (app->dialog.kind != DIALOG_NONE || (view->point == NULL && !has_rows(app_view(app))))
		return;
	if (x < body->x || x >= body->x + body->width || y < body->y || y >= body->y + body->height)
		return;
	console_draw(app); /* the cursor is that of now */
	if (view->point != NULL ? view->point(app, x, y) : app->cursor.y == y)
		console_do(app, ACTION_OPEN);
	else if (view->point == NULL)
		walk_to(app, y);
	app->changed = true;
}

void mouse_wheel(struct app *app, bool up)
{
	for (int i = 0; i < WHEEL_LINES; i++)
		console_key(app, up ? PRESS_UP : PRESS_DOWN);
}
