/* SPDX-License-Identifier: MIT
 *
 * Wrapping counts columns, not bytes. See diff_rows.h.
 */
#include "draw/diff_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define NUMBERS_FROM 60 /* columns from which lines have their numbers, if below each other */

static struct diff_row *new_row(struct diff_rows *out, size_t line, bool first)
{
	out->rows = mem_grow(out->rows, &out->capacity, out->count + 1, sizeof(*out->rows));
	out->rows[out->count] = (struct diff_row){.line = line, .first = first};
	return &out->rows[out->count++];
}

/* Where a part that begins at `from` ends; at least one character further, unless at the end. */
static uint32_t part_end(const struct diff_line *line, uint32_t from, int width)
{
	const char *text = line->text + from;
	size_t length = strlen(text), at = 0;
	int column = 0;

	while (at < length) {
		uint32_t code;
		size_t step = text_decode(text + at, length - at, &code);
		int wide = step > 0 ? text_columns(code) : 1;
		if (column + wide > width && column > 0)
			break;
		column += wide;
		at += step > 0 ? step : 1;
	}
	return from + (uint32_t)at;
}

/* Takes the next part off a side; an empty line has one, which is empty. */
static void take_part(struct diff_piece *rest, int width, bool first, struct diff_piece *out)
{
	if (rest->line == NULL || (rest->from == rest->to && !first))
		return;
	*out = *rest;
	out->to = part_end(rest->line, rest->from, width);
	rest->from = out->to;
}

static struct diff_piece all_of(const struct diff_line *line)
{
	return (struct diff_piece){line, 0, line != NULL ? (uint32_t)strlen(line->text) : 0};
}

static void add_rows(struct diff_rows *out, size_t index, struct diff_piece left,
		     struct diff_piece right, bool whole)
{
	bool first = true;

	do {
		struct diff_row *row = new_row(out, index, first);
		row->whole = whole;
		take_part(&left, whole ? out->width : out->left_text, first, &row->left);
		take_part(&right, out->right_text, first, &row->right);
		first = false;
	} while (left.from < left.to || right.from < right.to);
}

static bool is_whole(enum diff_kind kind)
{
	return kind == DIFF_HUNK || kind == DIFF_NOTE || kind == DIFF_HEAD;
}

/* The names of both sides stand above them. */
static bool is_head_of_two(const struct diff *diff, size_t index)
{
	return diff->lines[index].kind == DIFF_HEAD && index + 1 < diff->count &&
	       diff->lines[index + 1].kind == DIFF_HEAD;
}

static void add_sides(struct diff_rows *out, const struct diff *diff, size_t index)
{
	const struct diff_line *line = &diff->lines[index], *right = line;

	if (line->kind == DIFF_ADDED && line->partner >= 0)
		return; /* stands beside its partner */
	if (line->kind == DIFF_REMOVED)
		right = line->partner >= 0 ? &diff->lines[line->partner] : NULL;
	add_rows(out, index, all_of(line->kind == DIFF_ADDED ? NULL : line), all_of(right), false);
}

static int at_least_one(int width)
{
	return width > 1 ? width : 1;
}

static void measure(struct diff_rows *out, const struct diff *diff)
{
	int half = (out->width - 1) / 2;

	if (!out->sides) {
		out->numbers_width = !diff->by_structure && out->width >= NUMBERS_FROM
					     ? 2 * DIFF_NUMBER_WIDTH
					     : 0;
		out->left_text = at_least_one(out->width - out->numbers_width - 1);
		return;
	}
	out->numbers_width = DIFF_NUMBER_WIDTH;
	out->right_at = half + 1;
	out->left_text = at_least_one(half - DIFF_NUMBER_WIDTH - 1);
	out->right_text = at_least_one(out->width - out->right_at - DIFF_NUMBER_WIDTH - 1);
}

void diff_rows_lay_out(struct diff_rows *out, const struct diff *diff, int width, bool sides)
{
	*out = (struct diff_rows){
		.width = width, .sides = sides && width >= DIFF_SIDES_WIDTH && !diff->by_structure};
	measure(out, diff);
	for (size_t i = 0; i < diff->count; i++)
		if (out->sides && is_head_of_two(diff, i)) {
			add_rows(out, i, all_of(&diff->lines[i]), all_of(&diff->lines[i + 1]),
				 false);
			i++;
		} else if (is_whole(diff->lines[i].kind))
			add_rows(out, i, all_of(&diff->lines[i]), all_of(NULL), true);
		else if (out->sides)
			add_sides(out, diff, i);
		else
			add_rows(out, i, all_of(&diff->lines[i]), all_of(NULL), false);
}

void diff_rows_release(struct diff_rows *rows)
{
	free(rows->rows);
	*rows = (struct diff_rows){0};
}
