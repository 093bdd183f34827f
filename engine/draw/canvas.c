/* SPDX-License-Identifier: MIT
 *
 * The grid of cells. Every way in ends in `place`, which clips, keeps wide characters whole and
 * replaces what ASCII does not have; every text passes the gate first. Combining marks are dropped:
 * a cell holds one code point, and a name is still readable without its accent.
 */
#include "draw/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* More of one text than this never fits on a line. */
#define TEXT_MAX ((size_t)8 * 1024)
/* The gate writes at most ten bytes for one. */
#define GATED_MAX (TEXT_MAX * 10)

static int clamp(int value, int low, int high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

void canvas_init(struct canvas *canvas, int width, int height)
{
	*canvas = (struct canvas){0};
	canvas_resize(canvas, width, height);
}

void canvas_release(struct canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct canvas){.ascii = canvas->ascii};
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
	canvas->width = clamp(width, 0, 4096);
	canvas->height = clamp(height, 0, 1 << 20);
	size_t count = (size_t)canvas->width * (size_t)canvas->height;
	canvas->cells = mem_realloc(canvas->cells, (count ? count : 1) * sizeof(struct cell));
	canvas_unclip(canvas);
	canvas_clear(canvas);
}

void canvas_clear(struct canvas *canvas)
{
	size_t count = (size_t)canvas->width * (size_t)canvas->height;
	for (size_t i = 0; i < count; i++)
		canvas->cells[i] = (struct cell){.code = ' ', .role = ROLE_text};
}

void canvas_clip(struct canvas *canvas, int x, int y, int width, int height)
{
	int right = clamp(x + width, 0, canvas->width);
	int bottom = clamp(y + height, 0, canvas->height);
	canvas->clip_x = clamp(x, 0, canvas->width);
	canvas->clip_y = clamp(y, 0, canvas->height);
	canvas->clip_width = clamp(right - canvas->clip_x, 0, canvas->width);
	canvas->clip_height = clamp(bottom - canvas->clip_y, 0, canvas->height);
}

void canvas_unclip(struct canvas *canvas)
{
	canvas_clip(canvas, 0, 0, canvas->width, canvas->height);
}

/* ---- ASCII ------------------------------------------------------------------------------- */

static const uint32_t LIGHT[16] = {' ',	   0x2575, 0x2577, 0x2502, 0x2574, 0x2518, 0x2510, 0x2524,
				   0x2576, 0x2514, 0x250c, 0x251c, 0x2500, 0x2534, 0x252c, 0x253c};
static const uint32_t HEAVY[16] = {' ',	   0x2579, 0x257b, 0x2503, 0x2578, 0x251b, 0x2513, 0x252b,
				   0x257a, 0x2517, 0x250f, 0x2523, 0x2501, 0x253b, 0x2533, 0x254b};
/* A crossing interrupts the level line, so that '+' always means a joint. */
static const char PLAIN[17] = " |||-+++-+++-++|";

uint32_t canvas_line_glyph(unsigned mask, bool ascii)
{
	if (ascii)
		return (uint32_t)PLAIN[mask & 15];
	return mask & LINE_HEAVY ? HEAVY[mask & 15] : LIGHT[mask & 15];
}

static uint32_t plain_line(uint32_t code)
{
	for (unsigned mask = 0; mask < 16; mask++)
		if (LIGHT[mask] == code || HEAVY[mask] == code)
			return (uint32_t)PLAIN[mask];
	return '+';
}

static uint32_t to_ascii(uint32_t code)
{
	static const struct {
		uint32_t code;
		char plain;
	} TABLE[] = {
		{0x2026, '~'},	{0x00b7, '.'},	{0x2022, '*'}, {0x2013, '-'}, {0x2014, '-'},
		{0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x2192, '>'},
		{0x2190, '<'},	{0x2191, '^'},	{0x2193, 'v'}, {0x25b8, '>'}, {0x25be, 'v'},
		{0x25ba, '>'},	{0x25c4, '<'},	{0x25cf, '*'}, {0x25cb, 'o'}, {0x258c, '|'},
		{0x2590, '|'},	{0x2588, '#'},	{0x2591, '.'}, {0x00d7, 'x'}, {0x2713, '+'},
		{0x2717, 'x'},	{0x21ba, 'u'},	{0x21b6, '<'}, {0x00a0, ' '}, {0x2016, '='},
	};

	if (code < 0x7f)
		return code;
	if (code >= 0x2500 && code <= 0x257f)
		return plain_line(code);
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++)
		if (TABLE[i].code == code)
			return (uint32_t)TABLE[i].plain;
	return '?';
}

/* ---- cells ------------------------------------------------------------------------------- */

static bool is_inside(const struct canvas *canvas, int x, int y)
{
	return x >= canvas->clip_x && x < canvas->clip_x + canvas->clip_width &&
	       y >= canvas->clip_y && y < canvas->clip_y + canvas->clip_height;
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
	return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

/* What half of a wide character would be left alone becomes a blank. */
static void split_wide(struct canvas *canvas, int x, int y)
{
	if (cell_at(canvas, x, y)->code == 0 && x > 0)
		cell_at(canvas, x - 1, y)->code = ' ';
	if (x + 1 < canvas->width && cell_at(canvas, x + 1, y)->code == 0)
		cell_at(canvas, x + 1, y)->code = ' ';
}

static void place(struct canvas *canvas, int x, int y, struct cell cell)
{
	if (!is_inside(canvas, x, y))
		return;
	split_wide(canvas, x, y);
	*cell_at(canvas, x, y) = cell;
}

void canvas_put(struct canvas *canvas, int x, int y, uint32_t code, enum role role,
		unsigned attributes)
{
	int columns = text_columns(code);
	struct cell cell = {.code = columns < 1 ? '?' : code,
			    .role = (uint8_t)role,
			    .attributes = (uint8_t)attributes};

	if (canvas->ascii)
		cell.code = to_ascii(cell.code);
	if (columns < 2 || canvas->ascii) {
		place(canvas, x, y, cell);
		if (columns == 2)
			place(canvas, x + 1, y, cell);
		return;
	}
	if (!is_inside(canvas, x, y) || !is_inside(canvas, x + 1, y)) {
		cell.code = ' ';
		place(canvas, x, y, cell);
		place(canvas, x + 1, y, cell);
		return;
	}
	place(canvas, x, y, cell);
	cell.code = 0;
	split_wide(canvas, x + 1, y);
	*cell_at(canvas, x + 1, y) = cell;
	cell_at(canvas, x, y)->code = code;
}

/* ---- text -------------------------------------------------------------------------------- */

static bool is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

/* Draws gated text; stops where the next character would pass `columns`, and says so. */
static int draw_clean(struct canvas *canvas, int x, int y, int columns, enum role role,
		      unsigned attributes, const char *text, size_t length, bool *out_cut)
{
	int drawn = 0;

	*out_cut = false;
	for (size_t at = 0; at < length;) {
		uint32_t code = '?';
		size_t step = text_decode(text + at, length - at, &code);
		if (step == 0)
			step = 1;
		at += step;
		int wide = text_columns(code);
		if (wide <= 0)
			continue;
		if (drawn + wide > columns) {
			*out_cut = true;
			break;
		}
		canvas_put(canvas, x + drawn, y, code, role, attributes);
		drawn += wide;
	}
	return drawn;
}

static int draw_line(struct canvas *canvas, int x, int y, int columns, enum role role,
		     unsigned attributes, const char *text, size_t length)
{
	bool cut;
	int drawn = draw_clean(canvas, x, y, columns, role, attributes, text, length, &cut);

	if (!cut)
		return drawn;
	for (int i = drawn; i < columns; i++)
		canvas_put(canvas, x + i, y, ' ', role, attributes);
	canvas_put(canvas, x + columns - 1, y, 0x2026, role, attributes);
	return columns;
}

int canvas_text(struct canvas *canvas, int x, int y, int columns, enum role role,
		unsigned attributes, const char *text)
{
	int edge = canvas->clip_x + canvas->clip_width - x;
	size_t length = strnlen(text, TEXT_MAX);

	if (columns < 0 || columns > edge)
		columns = edge;
	if (columns <= 0 || y < canvas->clip_y || y >= canvas->clip_y + canvas->clip_height)
		return 0;
	if (is_plain(text, length))
		return draw_line(canvas, x, y, columns, role, attributes, text, length);

	struct buf clean;
	buf_init(&clean, GATED_MAX);
	text_gate(&clean, text, length, TEXT_ONE_LINE);
	int drawn =
		draw_line(canvas, x, y, columns, role, attributes, buf_text(&clean), clean.length);
	buf_release(&clean);
	return drawn;
}

int canvas_printf(struct canvas *canvas, int x, int y, int columns, enum role role,
		  unsigned attributes, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* a longer one is cut: so is the line */
	va_end(args);
	return canvas_text(canvas, x, y, columns, role, attributes, text);
}

/* ---- areas ------------------------------------------------------------------------------- */

void canvas_fill(struct canvas *canvas, int x, int y, int width, int height, uint32_t code,
		 enum role role, unsigned attributes)
{
	int right = clamp(x + width, 0, canvas->width);
	int bottom = clamp(y + height, 0, canvas->height);

	for (int row = clamp(y, 0, canvas->height); row < bottom; row++)
		for (int column = clamp(x, 0, canvas->width); column < right; column++)
			canvas_put(canvas, column, row, code, role, attributes);
}

static void put_line(struct canvas *canvas, int x, int y, unsigned mask, enum role role)
{
	canvas_put(canvas, x, y, canvas_line_glyph(mask, canvas->ascii), role, 0);
}

void canvas_box(struct canvas *canvas, int x, int y, int width, int height, enum role role,
		const char *title)
{
	int right = x + width - 1;
	int bottom = y + height - 1;

	if (width < 2 || height < 2)
		return;
	for (int column = x + 1; column < right; column++) {
		put_line(canvas, column, y, LINE_LEFT | LINE_RIGHT, role);
		put_line(canvas, column, bottom, LINE_LEFT | LINE_RIGHT, role);
	}
	for (int row = y + 1; row < bottom; row++) {
		put_line(canvas, x, row, LINE_UP | LINE_DOWN, role);
		put_line(canvas, right, row, LINE_UP | LINE_DOWN, role);
	}
	put_line(canvas, x, y, LINE_DOWN | LINE_RIGHT, role);
	put_line(canvas, right, y, LINE_DOWN | LINE_LEFT, role);
	put_line(canvas, x, bottom, LINE_UP | LINE_RIGHT, role);
	put_line(canvas, right, bottom, LINE_UP | LINE_LEFT, role);
	if (title != NULL && title[0] != '\0' && width > 6) {
		canvas_put(canvas, x + 2, y, ' ', role, 0);
		int drawn = canvas_text(canvas, x + 3, y, width - 6, ROLE_title, CELL_BOLD, title);
		canvas_put(canvas, x + 3 + drawn, y, ' ', role, 0);
	}
}

void canvas_mark(struct canvas *canvas, int x, int y, int width, unsigned attributes)
{
	for (int column = x; column < x + width; column++) {
		if (is_inside(canvas, column, y)) {
			struct cell *cell = cell_at(canvas, column, y);
			cell->attributes = (uint8_t)(cell->attributes | attributes);
		}
	}
}

void canvas_to_text(const struct canvas *canvas, struct buf *out)
{
	for (int y = 0; y < canvas->height; y++) {
		int end = canvas->width;
		while (end > 0 && cell_at(canvas, end - 1, y)->code == ' ')
			end--;
		for (int x = 0; x < end; x++) {
			char bytes[4];
			uint32_t code = cell_at(canvas, x, y)->code;
			if (code != 0)
				buf_add(out, bytes, text_encode(code, bytes));
		}
		buf_add_char(out, '\n');
	}
}
