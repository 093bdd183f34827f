/* SPDX-License-Identifier: MIT
 *
 * Rows come from draw/diff_rows; lines below each other are not wrapped, so that they can be
 * copied.
 */
#include "cli/diff_print.h"

#include <string.h>

#include "base/text.h"
#include "draw/diff_rows.h"

/* A run of bytes of one look. */
static void print_run(struct say *say, const struct diff_piece *run, enum role role, bool marked)
{
	say_style(say, marked ? diff_role(run->line->kind) : role);
	if (marked)
		say_style(say, ROLE_diff_changed);
	say_text(say, run->line->text + run->from, run->to - run->from);
	say_plain(say);
}

static void print_piece(struct say *say, const struct diff_piece *piece)
{
	struct diff_piece run = *piece;
	bool marked;
	while (run.from < piece->to) {
		enum role role = diff_role_at(run.line, run.from, &marked), next = role;
		bool next_marked = marked;
		run.to = run.from;
		while (run.to < piece->to && next == role && next_marked == marked) {
			run.to++;
			next = diff_role_at(run.line, run.to, &next_marked);
		}
		print_run(say, &run, role, marked);
		run.from = run.to;
	}
}

static void print_sign(struct say *say, enum diff_kind kind)
{
	say_style(say, diff_role(kind));
	say_printf(say, "%c", diff_sign(kind));
	say_plain(say);
}

/* ---- below each other -------------------------------------------------------------------- */

static void print_line(struct say *say, const struct diff_line *line)
{
	struct diff_piece all = {line, 0, (uint32_t)strlen(line->text)};
	if (line->kind != DIFF_HUNK && line->kind != DIFF_NOTE && line->kind != DIFF_HEAD) {
		print_sign(say, line->kind);
		if (line->kind == DIFF_CHANGED || line->kind == DIFF_MOVED)
			say_printf(say, " ");
	}
	print_piece(say, &all);
	say_printf(say, "\n");
}

/* ---- side by side ------------------------------------------------------------------------ */

static int columns_of(const struct diff_piece *piece)
{
	int columns = 0;
	for (uint32_t at = piece->from; at < piece->to;) {
		uint32_t code;
		size_t step = text_decode(piece->line->text + at, piece->to - at, &code);
		columns += step > 0 ? text_columns(code) : 1;
		at += step > 0 ? (uint32_t)step : 1;
	}
	return columns;
}

static void print_half(struct say *say, const struct diff_rows *rows, const struct diff_row *row,
		       const struct diff_piece *piece, bool left)
{
	const struct diff_line *line = piece->line;
	uint32_t number = 0;
	if (line != NULL && row->first)
		number = left && line->kind != DIFF_ADDED ? line->old_number : line->new_number;
	if (number > 0) {
		say_style(say, ROLE_dim);
		say_printf(say, "%*u ", DIFF_NUMBER_WIDTH - 1, number);
		say_plain(say);
	} else {
		say_printf(say, "%*s", DIFF_NUMBER_WIDTH, "");
	}
	print_sign(say, line != NULL && row->first ? line->kind : DIFF_SAME);
	if (line != NULL)
		print_piece(say, piece);
	if (left)
		say_printf(say, "%*s", rows->left_text - columns_of(piece), "");
}

static void print_row(struct say *say, const struct diff_rows *rows, const struct diff_row *row)
{
	if (row->whole) {
		print_piece(say, &row->left);
	} else {
		print_half(say, rows, row, &row->left, true);
		say_style(say, ROLE_dim);
		say_printf(say, "%s", say->utf8 ? "│" : "|");
		say_plain(say);
		print_half(say, rows, row, &row->right, false);
	}
	say_printf(say, "\n");
}

static void print_sides(struct say *say, const struct diff *diff)
{
	struct diff_rows rows;
	diff_rows_lay_out(&rows, diff, say_columns(say), true);
	for (size_t i = 0; i < rows.count; i++)
		print_row(say, &rows, &rows.rows[i]);
	diff_rows_release(&rows);
}

void diff_print(struct say *say, struct diff *diff, enum diff_layout layout)
{
	if (!say->colour)
		diff_write_marks(diff);
	if (layout == DIFF_SIDES && !diff->by_structure && say_columns(say) >= DIFF_SIDES_WIDTH) {
		print_sides(say, diff);
		return;
	}
	for (size_t i = 0; i < diff->count; i++)
		print_line(say, &diff->lines[i]);
}
