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
#include "client/compared.h"
#include "draw/diff_rows.h"
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

static void forget_parsed(struct diff_state *diff)
{
	diff_rows_release(&diff->rows);
	diff_free(diff->parsed);
	diff->parsed = NULL;
}

static void ask(struct app *app)
{
	struct diff_state *diff = &app->diff;

	feed_forget(&diff->answer);
	forget_parsed(diff);
	diff->parsed_from = NULL;
	diff->top = 0;
	struct diff_question about = {.artifact = diff->artifact,
				      .old_revision = diff->old_revision,
				      .new_revision = diff->new_revision,
				      .context = diff->context,
				      .compare = diff->as_text ? "text" : ""};
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

/* ---- rows -------------------------------------------------------------------------------- */

/* Changed words are also underlined: a theme without colour shows them too. */
static void draw_piece(struct canvas *canvas, const struct diff_piece *piece, int x, int y)
{
	for (uint32_t at = piece->from; at < piece->to;) {
		uint32_t code = '?';
		size_t step = text_decode(piece->line->text + at, piece->to - at, &code);
		bool marked;
		enum role role = diff_role_at(piece->line, at, &marked);
		canvas_put(canvas, x, y, code, role, marked ? CELL_UNDERLINE : 0);
		x += text_columns(code);
		at += step ? (uint32_t)step : 1;
	}
}

static void draw_number(struct canvas *canvas, int x, int y, uint32_t number)
{
	if (number > 0)
		canvas_printf(canvas, x, y, DIFF_NUMBER_WIDTH - 1, ROLE_dim, 0, "%*" PRIu32,
			      DIFF_NUMBER_WIDTH - 1, number);
}

static void draw_sign(struct canvas *canvas, int x, int y, enum diff_kind kind)
{
	canvas_put(canvas, x, y, (uint32_t)diff_sign(kind), diff_role(kind), 0);
}

static void draw_below(struct canvas *canvas, const struct diff_rows *rows,
		       const struct diff_row *row, int x, int y)
{
	const struct diff_line *line = row->left.line;

	if (row->first && rows->numbers_width > 0) {
		draw_number(canvas, x, y, line->old_number);
		draw_number(canvas, x + DIFF_NUMBER_WIDTH, y, line->new_number);
	}
	if (row->first)
		draw_sign(canvas, x + rows->numbers_width, y, line->kind);
	draw_piece(canvas, &row->left, x + rows->numbers_width + 1, y);
}

static void draw_half(struct canvas *canvas, const struct diff_rows *rows,
		      const struct diff_piece *piece, bool first, int x, int y)
{
	if (piece->line == NULL)
		return;
	if (first) {
		bool old = piece->line->kind == DIFF_REMOVED;
		draw_number(canvas, x, y, old ? piece->line->old_number : piece->line->new_number);
		draw_sign(canvas, x + rows->numbers_width, y, piece->line->kind);
	}
	draw_piece(canvas, piece, x + rows->numbers_width + 1, y);
}

static void draw_sides(struct canvas *canvas, const struct diff_rows *rows,
		       const struct diff_row *row, int x, int y)
{
	draw_half(canvas, rows, &row->left, row->first, x, y);
	canvas_put(canvas, x + rows->right_at - 1, y,
		   canvas_line_glyph(LINE_UP | LINE_DOWN, canvas->ascii), ROLE_border, 0);
	draw_half(canvas, rows, &row->right, row->first, x + rows->right_at, y);
}

static void draw_rows(struct app *app, struct canvas *canvas, struct area body)
{
	const struct diff_rows *rows = &app->diff.rows;

	for (int i = 0; i < body.height; i++) {
		size_t at = (size_t)(app->diff.top + i);
		if (at >= rows->count)
			return;
		const struct diff_row *row = &rows->rows[at];
		if (row->whole)
			draw_piece(canvas, &row->left, body.x, body.y + i);
		else if (rows->sides)
			draw_sides(canvas, rows, row, body.x, body.y + i);
		else
			draw_below(canvas, rows, row, body.x, body.y + i);
	}
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

static struct diff *diff_of(const struct app *app, const Hlp__V1__DiffReply *reply)
{
	struct tree_change *changes;
	struct diff *diff;

	if (compared_by_structure(reply)) {
		changes = compared_changes(reply);
		diff = diff_of_changes(changes, reply->n_changes, app->ascii);
		free(changes);
	} else {
		diff = diff_parse((const char *)reply->text.data, reply->text.len);
	}
	if (reply->note[0] != '\0')
		diff_add_note(diff, reply->note);
	return diff;
}

static void parse(struct app *app)
{
	struct diff_state *diff = &app->diff;
	const Hlp__V1__DiffReply *reply = reply_of(app);

	if (diff->parsed_from == diff->answer.message)
		return;
	forget_parsed(diff);
	diff->parsed_from = diff->answer.message;
	if (reply != NULL)
		diff->parsed = diff_of(app, reply);
}

/* Anew when the width is another one, or the way of showing. */
static void lay_out(struct app *app, int width)
{
	struct diff_state *diff = &app->diff;

	if (diff->parsed == NULL ||
	    (diff->rows.width == width && diff->rows_sides == diff->side_by_side))
		return;
	diff_rows_release(&diff->rows);
	diff_rows_lay_out(&diff->rows, diff->parsed, width, diff->side_by_side);
	diff->rows_sides = diff->side_by_side;
}

static void clamp(struct app *app, int height)
{
	struct diff_state *diff = &app->diff;

	int rows = (int)diff->rows.count;

	if (diff->top > rows - height)
		diff->top = rows - height;
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
			      "%s declares no artifact: nothing of it is compared; 5 has all files",
			      node->id);
		return;
	}
	parse(app);
	lay_out(app, body.width);
	draw_head(app, canvas, area);
	const char *text = instead(app);
	if (text != NULL) {
		canvas_text(canvas, body.x, body.y, body.width,
			    app->diff.answer.error[0] ? ROLE_error : ROLE_text, 0, text);
	} else {
		draw_rows(app, canvas, body);
	}
	app->cursor = (struct term_cursor){area.x, area.y, false};
}

/* ---- keys -------------------------------------------------------------------------------- */

/* By structure every line is a change. */
static bool begins_change(const struct diff *diff, const struct diff_row *row)
{
	return row->first && (diff->by_structure || diff->lines[row->line].kind == DIFF_HUNK);
}

static void to_change(struct app *app, int step)
{
	const struct diff_rows *rows = &app->diff.rows;
	int count = (int)rows->count, at = app->diff.top + step;

	while (at >= 0 && at < count && !begins_change(app->diff.parsed, &rows->rows[at]))
		at += step;
	if (at < 0 || at >= count)
		app_say(app, ROLE_dim, "no change further %s", step > 0 ? "down" : "up");
	else
		app->diff.top = at;
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
	if (!action_moves(action, height - 1, (int)app->diff.rows.count, &step))
		return false;
	app->diff.top += step;
	clamp(app, height);
	return true;
}

/* Side by side stand lines: what was compared by structure is asked for anew. */
static void show_sides(struct app *app)
{
	struct diff_state *diff = &app->diff;

	diff->side_by_side = !diff->side_by_side;
	diff->top = 0;
	if (diff->side_by_side && diff->parsed != NULL && diff->parsed->by_structure) {
		diff->as_text = true;
		ask(app);
	}
}

static bool diff_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_NEXT_PROBLEM:
		to_change(app, 1);
		return true;
	case ACTION_PREVIOUS_PROBLEM:
		to_change(app, -1);
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
		show_sides(app);
		return true;
	case ACTION_STRUCTURE:
		app->diff.as_text = !app->diff.as_text;
		ask(app);
		app_say(app, ROLE_dim,
			app->diff.as_text ? "line by line" : "JSON and YAML by structure");
		return true;
	default:
		return scroll(app, action);
	}
}

static const struct hint HINTS[] = {{ACTION_NEXT_PROBLEM, "change"},
				    {ACTION_SIDES, "side by side"},
				    {ACTION_STRUCTURE, "structure"},
				    {ACTION_ZOOM_IN, "context"},
				    {ACTION_NEXT, "file"},
				    {ACTION_ARTIFACTS, "revisions"},
				    {ACTION_UNDO, NULL},
				    {ACTION_OUTPUT, NULL},
				    {ACTION_NONE, NULL}};

const struct view_ops view_diff = {
	.title = "diff", .hints = HINTS, .open = diff_open, .draw = diff_draw, .act = diff_act};
