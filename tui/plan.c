/* SPDX-License-Identifier: MIT
 *
 * Showing a plan. Nothing of it is cut: long reasons wrap, and what does not fit is scrolled to,
 * while the line that says how much is in sight and the prompt stay.
 */
#include "tui/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tui/edit.h"

/* Lines of the dialog that are not the plan's own: title, rule, count, prompt. */
#define PLAN_FRAME 3

const Hlp__V1__Plan *plan_shown(const struct app *app)
{
	const Hlp__V1__RollbackReply *reply =
		(const Hlp__V1__RollbackReply *)app->plan.answer.message;

	return reply != NULL ? reply->plan : NULL;
}

bool plan_is_ready(struct app *app)
{
	const Hlp__V1__Plan *plan = plan_shown(app);

	if (plan == NULL)
		app_say(app, ROLE_error, "there is no plan to carry out");
	else if (plan->refused[0] != '\0')
		app_say(app, ROLE_error, "the plan is refused: %s", plan->refused);
	else
		return true;
	return false;
}

bool plan_key(struct app *app, uint32_t key)
{
	int page = app->body.height > PLAN_FRAME + 2 ? app->body.height - PLAN_FRAME - 1 : 1;
	int height = app->body.height - PLAN_FRAME;

	if (key == PRESS_DOWN || key == PRESS_UP)
		page_scroll(&app->plan.page, key == PRESS_DOWN ? 1 : -1, height);
	else if (key == PRESS_PAGE_DOWN || key == PRESS_PAGE_UP)
		page_scroll(&app->plan.page, key == PRESS_PAGE_DOWN ? page : -page, height);
	else
		return false;
	return true;
}

/* ---- filling ----------------------------------------------------------------------------- */

struct looks {
	const char *action, *word, *glyph, *ascii;
	enum role role;
};

static struct looks looks_of(const char *action)
{
	static const struct looks TABLE[] = {
		{"stop", "stop", "⊗", "%", ROLE_stopping},
		{"undo", "undo", "↶", "<", ROLE_recovering},
		{"restore", "restore", "↶", "<", ROLE_recovering},
		{"hook", "then run", "►", ">", ROLE_running},
		{"no_undo", "NO UNDO", "!", "!", ROLE_warning},
		{"nothing", "nothing", "○", "o", ROLE_pending},
		{"irreversible", "NO WAY BACK", "!", "!", ROLE_error},
		{"stale", "stale", "≈", "~", ROLE_tolerated},
	};
	static const size_t COUNT = sizeof(TABLE) / sizeof(TABLE[0]);

	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(TABLE[i].action, action) == 0)
			return TABLE[i];
	return (struct looks){action, action, "·", ".", ROLE_text};
}

static void add_warnings(struct page *page, const Hlp__V1__Plan *plan)
{
	if (plan->refused[0] != '\0')
		page_addf(page, ROLE_error, 0, 2, "refused: %s", plan->refused);
	for (size_t i = 0; i < plan->n_rows; i++) {
		const Hlp__V1__PlanRow *row = plan->rows[i];
		for (size_t at = 0; at < row->n_warnings; at++)
			page_addf(page, ROLE_warning, 0, 4, "! %s%s%s: %s", row->node,
				  row->path[0] ? " " : "", row->path, row->warnings[at]);
		if (row->conflict[0] != '\0')
			page_addf(page, ROLE_error, 0, 4, "! %s:%s: %s", row->node, row->path,
				  row->conflict);
	}
}

/* They are used as they stand, not as they were when the run began. */
static void add_pins(struct page *page, const Hlp__V1__RollbackReply *reply)
{
	for (size_t i = 0; i < reply->n_changed_pins; i++)
		page_addf(page, ROLE_warning, 0, 4, "! %s %s since it was pinned",
			  reply->changed_pins[i]->name,
			  strcmp(reply->changed_pins[i]->state, "missing") == 0 ? "was removed"
										: "changed");
}

static void add_row(struct app *app, struct page *page, const Hlp__V1__PlanRow *row)
{
	struct looks looks = looks_of(row->action);
	char text[2048], move[64] = "", estimate[CLOCK_DURATION_TEXT + 2] = "";

	if (row->to[0] != '\0')
		(void)snprintf(move, sizeof(move), " %.20s %s %.20s", row->from,
			       app->ascii ? "->" : "→", row->to);
	if (row->estimate_us > 0) {
		estimate[0] = '~';
		clock_format_duration(row->estimate_us, estimate + 1);
	}
	(void)snprintf(text, sizeof(text), "%s%s %-8s %-16s %s%s%s%s%s%s", row->worse ? "* " : "",
		       app->ascii ? looks.ascii : looks.glyph, looks.word, row->node, row->path,
		       move, row->path[0] && row->how[0] ? "  " : "", row->how,
		       estimate[0] ? "  " : "", estimate);
	page_add(page, row->n_warnings > 0 ? ROLE_warning : looks.role, 0, 28, text);
}

static void add_after(struct page *page, const Hlp__V1__Plan *plan)
{
	char nodes[2048] = "";
	size_t at = 0;

	for (size_t i = 0; i < plan->n_nodes; i++) {
		int wrote = snprintf(nodes + at, sizeof(nodes) - at, "%s%s", i ? ", " : "",
				     plan->nodes[i]);
		if (wrote < 0 || at + (size_t)wrote >= sizeof(nodes))
			break;
		at += (size_t)wrote;
	}
	if (plan->n_nodes > 0)
		page_addf(page, ROLE_dim, 0, 2, "A retry afterwards runs again: %s", nodes);
	if (plan->n_untouched > 0)
		page_addf(page, ROLE_dim, 0, 2, "%zu node%s that ran stay%s as %s.",
			  plan->n_untouched, plan->n_untouched == 1 ? "" : "s",
			  plan->n_untouched == 1 ? "s" : "",
			  plan->n_untouched == 1 ? "it is" : "they are");
}

/* Returns how many lines stand above the rows. */
static void fill(struct app *app, int width)
{
	struct plan_state *state = &app->plan;
	struct page *page = &state->page;

	page_start(page, width);
	const Hlp__V1__Plan *plan = plan_shown(app);
	if (state->answer.error[0] != '\0')
		page_addf(page, ROLE_error, 0, 0, "no plan: %s", state->answer.error);
	if (plan == NULL) {
		if (state->answer.error[0] == '\0')
			page_add(page, ROLE_dim, 0, 0, "asking the engine for the plan");
		return;
	}
	if (state->changed)
		page_add(page, ROLE_warning, CELL_BOLD, 0,
			 "The plan changed since it was shown. Read it again.");
	add_warnings(page, plan);
	add_pins(page, (const Hlp__V1__RollbackReply *)state->answer.message);
	for (size_t i = 0; i < plan->n_rows; i++)
		add_row(app, page, plan->rows[i]);
	add_after(page, plan);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void draw_title(struct app *app, struct area area)
{
	canvas_fill(&app->canvas, area.x, area.y, area.width, 1, ' ', ROLE_title, CELL_REVERSE);
	canvas_printf(&app->canvas, area.x + 1, area.y, area.width - 1, ROLE_title, CELL_REVERSE,
		      "ROLLBACK PLAN for %s: nothing has been changed yet", app->dialog.expected);
}

static void draw_count(struct app *app, struct area line)
{
	const struct page *page = &app->plan.page;
	int last = page->top + app->body.height - PLAN_FRAME;

	if (last > (int)page->count)
		last = (int)page->count;
	for (int x = 0; x < line.width; x++)
		canvas_put(&app->canvas, line.x + x, line.y,
			   canvas_line_glyph(LINE_LEFT | LINE_RIGHT, app->ascii), ROLE_border, 0);
	if (page->count > 0)
		canvas_printf(&app->canvas, line.x + 1, line.y, line.width - 2, ROLE_dim, 0,
			      " rows %d-%d of %zu%s ", page->top + 1, last, page->count,
			      last < (int)page->count ? ", PgDn shows more" : "");
}

void plan_draw(struct app *app, struct area area)
{
	char prompt[220];

	app->body = area;
	canvas_fill(&app->canvas, area.x, area.y, area.width, area.height, ' ', ROLE_text, 0);
	fill(app, area.width - 2);
	draw_title(app, area);
	struct area rows = {area.x + 1, area.y + 1, area.width - 2, area.height - PLAN_FRAME};
	if (rows.height > 0)
		page_draw(&app->plan.page, &app->canvas, rows);
	struct area line = {area.x, area.y + area.height - 2, area.width, 1};
	draw_count(app, line);
	struct area last = {area.x + 1, area.y + area.height - 1, area.width - 2, 1};
	(void)snprintf(prompt, sizeof(prompt), "type %s to carry it out: ", app->dialog.expected);
	const Hlp__V1__Plan *plan = plan_shown(app);
	if (plan != NULL && plan->refused[0] != '\0' && last.width < 50)
		canvas_text(&app->canvas, last.x, last.y, last.width, ROLE_error, 0,
			    "it cannot be carried out as it is; Esc leaves");
	else if (plan != NULL && plan->refused[0] != '\0')
		edit_draw(&app->dialog.edit, &app->canvas, last,
			  "type past NODE, overwrite FILE or leave NODE: ", &app->cursor);
	else
		edit_draw(&app->dialog.edit, &app->canvas, last, prompt, &app->cursor);
}
