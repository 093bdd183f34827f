/* SPDX-License-Identifier: MIT
 *
 * How a file differs between two revisions: before a node and now, or any two that were chosen.
 * Both versions below each other, or side by side; in lines that belong together the changed words
 * stand out. Of a node, J and K go through its files, then to the next node.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/diff.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

#define HEAD_ROWS    2
#define NUMBER_WIDTH 5
#define CONTEXT	     3 /* of the engine, when it is not asked for another */

static const Hlp__V1__DiffReply *reply_of(const struct app *app)
{
	return (const Hlp__V1__DiffReply *)app->diff.answer.message;
}

static void ask(struct app *app)
{
	struct diff_state *diff = &app->diff;

	feed_forget(&diff->answer);
	diff_free(diff->parsed);
	diff->parsed = NULL;
	diff->parsed_from = NULL;
	diff->top = 0;
	struct diff_question about = {.artifact = diff->artifact,
				      .old_revision = diff->old_revision,
				      .new_revision = diff->new_revision,
				      .context = diff->context};
	if (diff->artifact[0] != '\0')
		feed_diff(app, &about);
}

static void ask_file(struct app *app, uint32_t file)
{
	struct diff_state *diff = &app->diff;
	const struct mirror_node *node = app_node(app);

	diff->file = file;
	diff->of_node = true;
	diff->old_revision[0] = diff->new_revision[0] = diff->artifact[0] = '\0';
	if (node != NULL && file < node->artifacts_count)
		(void)snprintf(diff->artifact, sizeof(diff->artifact), "%s:%s", node->id,
			       node->artifacts[file]);
	ask(app);
}

static void diff_open(struct app *app)
{
	ask_file(app, 0);
}

void diff_show(struct app *app, const char *artifact, const char *old_revision,
	       const char *new_revision)
{
	struct diff_state *diff = &app->diff;

	app_show(app, VIEW_DIFF);
	diff->of_node = false;
	(void)snprintf(diff->artifact, sizeof(diff->artifact), "%s", artifact);
	(void)snprintf(diff->old_revision, sizeof(diff->old_revision), "%s", old_revision);
	(void)snprintf(diff->new_revision, sizeof(diff->new_revision), "%s", new_revision);
	ask(app);
}

/* ---- one line ---------------------------------------------------------------------------- */

static enum role role_of_kind(enum diff_kind kind)
{
	switch (kind) {
	case DIFF_ADDED:
		return ROLE_diff_add;
	case DIFF_REMOVED:
		return ROLE_diff_del;
	case DIFF_HUNK:
		return ROLE_diff_hunk;
	case DIFF_NOTE:
		return ROLE_dim;
	case DIFF_SAME:
		break;
	}
	return ROLE_text;
}

static bool is_changed(const struct diff_line *line, size_t byte)
{
	for (uint32_t i = 0; i < line->changed_count; i++) {
		if (byte >= line->changed[i].from && byte < line->changed[i].to)
			return true;
	}
	return false;
}

/* Draws a line wrapped into `width` columns from row `y` on, skipping rows above `least` and those
 * from `most` on. Returns the rows it takes. Changed words are also underlined: a theme without
 * colour shows them too. */
struct window {
	int x, y, width, least, most;
};

static int draw_text(struct canvas *canvas, const struct diff_line *line, struct window window)
{
	enum role role = role_of_kind(line->kind);
	size_t length = strlen(line->text);
	int row = 0, column = 0;

	for (size_t at = 0; at < length;) {
		uint32_t code = '?';
		size_t step = text_decode(line->text + at, length - at, &code);
		int wide = text_columns(code);
		if (column + wide > window.width && column > 0) {
			row++;
			column = 0;
		}
		int y = window.y + row;
		bool marked = is_changed(line, at);
		if (y >= window.least && y < window.most)
			canvas_put(canvas, window.x + column, y, code,
				   marked ? ROLE_diff_changed : role, marked ? CELL_UNDERLINE : 0);
		column += wide;
		at += step ? step : 1;
	}
	return row + 1;
}

static void draw_number(struct canvas *canvas, struct window window, uint32_t number)
{
	if (number > 0 && window.y >= window.least && window.y < window.most)
		canvas_printf(canvas, window.x, window.y, NUMBER_WIDTH - 1, ROLE_dim, 0,
			      "%*" PRIu32, NUMBER_WIDTH - 1, number);
}

static void draw_sign(struct canvas *canvas, struct window window, enum diff_kind kind)
{
	char sign = kind == DIFF_ADDED ? '+' : kind == DIFF_REMOVED ? '-' : ' ';

	if (window.y >= window.least && window.y < window.most)
		canvas_put(canvas, window.x, window.y, (uint32_t)sign, role_of_kind(kind), 0);
}

/* ---- both below each other, or side by side ---------------------------------------------- */

static int draw_unified(struct canvas *canvas, const struct diff_line *line, struct window window)
{
	struct window text = window;
	int numbers = window.width >= 60 ? 2 * NUMBER_WIDTH : 0;

	if (line->kind == DIFF_HUNK || line->kind == DIFF_NOTE)
		return draw_text(canvas, line, window);
	if (numbers > 0) {
		draw_number(canvas, window, line->old_number);
		window.x += NUMBER_WIDTH;
		draw_number(canvas, window, line->new_number);
	}
	window.x = text.x + numbers;
	draw_sign(canvas, window, line->kind);
	text.x += numbers + 1;
	text.width -= numbers + 1;
	return draw_text(canvas, line, text);
}

static int draw_half(struct canvas *canvas, const struct diff_line *line, uint32_t number,
		     struct window window)
{
	draw_number(canvas, window, number);
	window.x += NUMBER_WIDTH;
	draw_sign(canvas, window, line->kind);
	window.x += 1;
	window.width -= NUMBER_WIDTH + 1;
	return draw_text(canvas, line, window);
}

/* An added line with a partner stands beside it and takes no rows of its own. */
static int draw_sides(struct canvas *canvas, const struct diff *diff, const struct diff_line *line,
		      struct window window)
{
	struct window left = window, right = window;
	int rows = 0;

	if (line->kind == DIFF_HUNK || line->kind == DIFF_NOTE)
		return draw_text(canvas, line, window);
	if (line->kind == DIFF_ADDED && line->partner >= 0)
		return 0;
	left.width = (window.width - 1) / 2;
	right.x += left.width + 1;
	right.width = window.width - left.width - 1;
	const struct diff_line *other = line;
	if (line->kind == DIFF_REMOVED)
		other = line->partner >= 0 ? &diff->lines[line->partner] : NULL;
	if (line->kind != DIFF_ADDED)
		rows = draw_half(canvas, line, line->old_number, left);
	if (other != NULL) {
		int beside = draw_half(canvas, other, other->new_number, right);
		rows = beside > rows ? beside : rows;
	}
	for (int y = window.y; y < window.y + rows; y++) {
		if (y >= window.least && y < window.most)
			canvas_put(canvas, right.x - 1, y,
				   canvas_line_glyph(LINE_UP | LINE_DOWN, canvas->ascii),
				   ROLE_border, 0);
	}
	return rows;
}

static bool is_side_by_side(const struct app *app, int width)
{
	return app->diff.side_by_side && width >= 40;
}

/* Draws what is in sight and counts the rows of all. */
static void draw_lines(struct app *app, struct canvas *canvas, struct area body)
{
	const struct diff *diff = app->diff.parsed;
	bool sides = is_side_by_side(app, body.width);
	struct window window = {.x = body.x,
				.y = body.y - app->diff.top,
				.width = body.width,
				.least = body.y,
				.most = body.y + body.height};

	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_line *line = &diff->lines[i];
		window.y += sides ? draw_sides(canvas, diff, line, window)
				  : draw_unified(canvas, line, window);
	}
	app->diff.rows = window.y - body.y + app->diff.top;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void revision_text(const Hlp__V1__Revision *revision, char *out, size_t size)
{
	char bytes[24];

	if (revision == NULL || revision->id[0] == '\0') {
		(void)snprintf(out, size, "nothing recorded");
		return;
	}
	words_bytes(revision->size, bytes, sizeof(bytes));
	(void)snprintf(out, size, "%.20s %.20s%s%.20s%s%s", revision->id, revision->moment,
		       revision->attempt[0] ? " " : "", revision->attempt,
		       revision->absent ? ", no file" : ", ", revision->absent ? "" : bytes);
}

static void draw_head(struct app *app, struct canvas *canvas, struct area area)
{
	const struct mirror_node *node = app_node(app);
	const struct diff_state *diff = &app->diff;
	const Hlp__V1__DiffReply *reply = reply_of(app);
	char before[120] = "", after[120] = "";
	const char *path = strchr(diff->artifact, ':');
	int x = area.x + 1;

	x += canvas_text(canvas, x, area.y, area.width / 2, ROLE_title, CELL_BOLD,
			 path ? path + 1 : diff->artifact);
	x += canvas_printf(canvas, x, area.y, -1, ROLE_text, 0, "   of %.*s",
			   path ? (int)(path - diff->artifact) : 0, diff->artifact);
	if (diff->of_node && node != NULL)
		x += canvas_printf(canvas, x, area.y, -1, ROLE_text, 0, ", file %u of %u",
				   diff->file + 1, node->artifacts_count);
	if (reply == NULL)
		return;
	if (diff->parsed != NULL)
		canvas_printf(canvas, x, area.y, -1, ROLE_dim, 0, "   %u change%s, +%u -%u",
			      diff->parsed->hunks, diff->parsed->hunks == 1 ? "" : "s",
			      diff->parsed->added, diff->parsed->removed);
	revision_text(reply->old_revision, before, sizeof(before));
	revision_text(reply->new_revision, after, sizeof(after));
	canvas_printf(canvas, area.x + 1, area.y + 1, -1, ROLE_dim, 0, "- %s   + %s", before,
		      after);
}

static void parse(struct app *app)
{
	struct diff_state *diff = &app->diff;
	const Hlp__V1__DiffReply *reply = reply_of(app);

	if (diff->parsed_from == diff->answer.message)
		return;
	diff_free(diff->parsed);
	diff->parsed = NULL;
	diff->parsed_from = diff->answer.message;
	if (reply != NULL)
		diff->parsed = diff_parse((const char *)reply->text.data, reply->text.len);
}

static void clamp(struct app *app, int height)
{
	struct diff_state *diff = &app->diff;

	if (diff->top > diff->rows - height)
		diff->top = diff->rows - height;
	if (diff->top < 0)
		diff->top = 0;
}

/* What is said instead of lines; NULL: there are some. */
static const char *instead(const struct app *app)
{
	const Hlp__V1__DiffReply *reply = reply_of(app);

	if (app->diff.answer.error[0] != '\0')
		return app->diff.answer.error;
	if (reply == NULL)
		return "asking the engine";
	if (!reply->same)
		return NULL;
	return app->diff.of_node ? "The file is as it was before the node."
				 : "Both revisions are the same.";
}

static void diff_draw(struct app *app, struct canvas *canvas, struct area area)
{
	const struct mirror_node *node = app_node(app);
	struct area body = {area.x + 1, area.y + HEAD_ROWS, area.width - 1,
			    area.height - HEAD_ROWS};

	if (app->diff.of_node && node != NULL && node->artifacts_count == 0) {
		canvas_printf(canvas, area.x + 1, area.y, -1, ROLE_text, 0,
			      "%s declares no artifact, so nothing of it is compared", node->id);
		return;
	}
	parse(app);
	draw_head(app, canvas, area);
	const char *text = instead(app);
	if (text != NULL) {
		canvas_text(canvas, body.x, body.y, body.width,
			    app->diff.answer.error[0] ? ROLE_error : ROLE_text, 0, text);
		app->diff.rows = 1;
	} else if (body.height > 0) {
		draw_lines(app, canvas, body);
	}
	app->cursor = (struct term_cursor){area.x, area.y, false};
}

/* ---- keys -------------------------------------------------------------------------------- */

/* The row in which a line begins, laid out as it was drawn last. */
static int row_of_line(struct app *app, size_t wanted)
{
	struct canvas nowhere = {0};
	int rows = 0, width = app->body.width - 1;
	bool sides = is_side_by_side(app, width);
	struct window window = {.width = width, .least = 1, .most = 0};

	for (size_t i = 0; i < wanted; i++) {
		const struct diff_line *line = &app->diff.parsed->lines[i];
		rows += sides ? draw_sides(&nowhere, app->diff.parsed, line, window)
			      : draw_unified(&nowhere, line, window);
	}
	return rows;
}

static void to_hunk(struct app *app, int step)
{
	const struct diff *diff = app->diff.parsed;
	int best = -1;

	for (size_t i = 0; diff != NULL && i < diff->count; i++) {
		int row;
		if (diff->lines[i].kind != DIFF_HUNK)
			continue;
		row = row_of_line(app, i);
		if (step > 0 && row > app->diff.top) {
			best = row;
			break;
		}
		if (step < 0 && row < app->diff.top)
			best = row;
	}
	if (best < 0)
		app_say(app, ROLE_dim, "no change further %s", step > 0 ? "down" : "up");
	else
		app->diff.top = best;
	clamp(app, app->body.height - HEAD_ROWS);
}

/* True while there is another file of this node in that direction. */
static bool to_file(struct app *app, int step)
{
	const struct mirror_node *node = app_node(app);
	int64_t next = (int64_t)app->diff.file + step;

	if (!app->diff.of_node || node == NULL || next < 0 ||
	    next >= (int64_t)node->artifacts_count)
		return false;
	ask_file(app, (uint32_t)next);
	return true;
}

static void more_context(struct app *app, int step)
{
	int context = app->diff.context ? (int)app->diff.context : CONTEXT;

	context = step > 0 ? context * 2 : context / 2;
	context = context < 1 ? 1 : context > 10000 ? 10000 : context;
	app->diff.context = (uint32_t)context;
	ask(app);
	app_say(app, ROLE_dim, "%d lines around each change", context);
}

static bool scroll(struct app *app, enum action action)
{
	int height = app->body.height - HEAD_ROWS, step;

	if (action == ACTION_MARK)
		action = ACTION_PAGE_DOWN;
	if (!action_moves(action, height - 1, app->diff.rows, &step))
		return false;
	app->diff.top += step;
	clamp(app, height);
	return true;
}

static bool diff_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_NEXT_PROBLEM:
		to_hunk(app, 1);
		return true;
	case ACTION_PREVIOUS_PROBLEM:
		to_hunk(app, -1);
		return true;
	case ACTION_NEXT:
		return to_file(app, 1);
	case ACTION_PREVIOUS:
		return to_file(app, -1);
	case ACTION_ZOOM_IN:
		more_context(app, 1);
		return true;
	case ACTION_ZOOM_OUT:
		more_context(app, -1);
		return true;
	case ACTION_SIDES:
		app->diff.side_by_side = !app->diff.side_by_side;
		app->diff.top = 0;
		return true;
	default:
		return scroll(app, action);
	}
}

static const struct hint HINTS[] = {{ACTION_NEXT_PROBLEM, "change"},
				    {ACTION_SIDES, "side by side"},
				    {ACTION_ZOOM_IN, "context"},
				    {ACTION_NEXT, "file"},
				    {ACTION_BACK, NULL},
				    {ACTION_ARTIFACTS, "revisions"},
				    {ACTION_UNDO, NULL},
				    {ACTION_OUTPUT, NULL},
				    {ACTION_NONE, NULL}};

const struct view_ops view_diff = {
	.title = "diff", .hints = HINTS, .open = diff_open, .draw = diff_draw, .act = diff_act};
