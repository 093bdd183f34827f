/* SPDX-License-Identifier: MIT
 *
 * A terminal without a screen. Bytes are put together until they are a character or a sequence;
 * what has not come whole waits for the next bytes.
 */
#include "tests/bench/pty/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void cells_init(struct cells *cells, int width, int height)
{
	*cells = (struct cells){.width = width, .height = height, .bottom = height};
	cells->codes = mem_calloc((size_t)width * (size_t)height, sizeof(*cells->codes));
	for (int i = 0; i < width * height; i++)
		cells->codes[i] = ' ';
}

void cells_release(struct cells *cells)
{
	free(cells->codes);
	*cells = (struct cells){0};
}

/* ---- cells ------------------------------------------------------------------------------- */

static uint32_t *at(struct cells *cells, int x, int y)
{
	return &cells->codes[(size_t)y * (size_t)cells->width + (size_t)x];
}

static void blank(struct cells *cells, int x, int y, int count)
{
	for (int i = x; i < x + count && i < cells->width; i++)
		*at(cells, i, y) = ' ';
}

static void go(struct cells *cells, int x, int y)
{
	cells->x = x < 0 ? 0 : x >= cells->width ? cells->width - 1 : x;
	cells->y = y < 0 ? 0 : y >= cells->height ? cells->height - 1 : y;
	cells->wrapped = false;
}

static void erase_lines(struct cells *cells, int from, int to)
{
	for (int y = from; y < to; y++)
		blank(cells, 0, y, cells->width);
}

/* Moves the lines from `top` to the end of the margins by `by`: upwards when negative. */
static void scroll(struct cells *cells, int top, int by)
{
	int lines = cells->bottom - top, count = by < 0 ? -by : by;

	if (count > lines)
		count = lines;
	size_t moved = (size_t)(lines - count) * (size_t)cells->width * sizeof(*cells->codes);
	if (by < 0) {
		memmove(at(cells, 0, top), at(cells, 0, top + count), moved);
		erase_lines(cells, cells->bottom - count, cells->bottom);
	} else {
		memmove(at(cells, 0, top + count), at(cells, 0, top), moved);
		erase_lines(cells, top, top + count);
	}
}

static void line_down(struct cells *cells)
{
	if (cells->y + 1 == cells->bottom)
		scroll(cells, cells->top, -1);
	else if (cells->y + 1 < cells->height)
		cells->y++;
}

static void line_up(struct cells *cells)
{
	if (cells->y == cells->top)
		scroll(cells, cells->top, 1);
	else if (cells->y > 0)
		cells->y--;
}

static void put(struct cells *cells, uint32_t code)
{
	int wide = text_columns(code);

	if (wide == 0)
		return; /* belongs to the character before it */
	if (cells->wrapped) {
		cells->x = 0;
		line_down(cells);
	}
	cells->wrapped = false;
	*at(cells, cells->x, cells->y) = code;
	if (wide == 2 && cells->x + 1 < cells->width)
		*at(cells, cells->x + 1, cells->y) = 0;
	cells->last = code;
	cells->x += wide == 2 ? 2 : 1;
	if (cells->x >= cells->width) {
		cells->x = cells->width - 1;
		cells->wrapped = true;
	}
}

/* Moves the rest of a line by `by` columns: to the left when negative. */
static void shift(struct cells *cells, int by)
{
	int rest = cells->width - cells->x, count = by < 0 ? -by : by;

	if (count > rest)
		count = rest;
	uint32_t *from = at(cells, cells->x, cells->y);
	size_t moved = (size_t)(rest - count) * sizeof(*from);
	if (by < 0) {
		memmove(from, from + count, moved);
		blank(cells, cells->width - count, cells->y, count);
	} else {
		memmove(from + count, from, moved);
		blank(cells, cells->x, cells->y, count);
	}
}

/* ---- sequences --------------------------------------------------------------------------- */

static void set_mode(struct cells *cells, int mode, bool on)
{
	switch (mode) {
	case 1:
		cells->keypad = on;
		break;
	case 7:	 /* lines that wrap */
	case 12: /* a cursor that blinks */
	case 1000:
	case 1006: /* the mouse */
		break;
	case 25:
		cells->hidden_cursor = !on;
		break;
	case 1049:
		cells->alternate = on;
		erase_lines(cells, 0, cells->height);
		break;
	case 2026:
		cells->frames += cells->synchronized && !on;
		cells->synchronized = on;
		break;
	default:
		cells->unknown++;
	}
}

static void erase(struct cells *cells, char kind, int how)
{
	int left = kind == 'X' ? how : cells->width - cells->x;

	if (kind == 'K' && how != 0) {
		blank(cells, 0, cells->y, how == 1 ? cells->x + 1 : cells->width);
		return;
	}
	if (kind == 'J' && how == 2) {
		erase_lines(cells, 0, cells->height);
		return;
	}
	if (how != 0 && kind == 'J')
		cells->unknown++;
	blank(cells, cells->x, cells->y, left);
	if (kind == 'J')
		erase_lines(cells, cells->y + 1, cells->height);
}

static void move(struct cells *cells, char final, int first, int second)
{
	int by = first > 0 ? first : 1;

	switch (final) {
	case 'A':
		go(cells, cells->x, cells->y - by);
		break;
	case 'B':
		go(cells, cells->x, cells->y + by);
		break;
	case 'C':
		go(cells, cells->x + by, cells->y);
		break;
	case 'D':
		go(cells, cells->x - by, cells->y);
		break;
	case 'G':
		go(cells, by - 1, cells->y);
		break;
	case 'd':
		go(cells, cells->x, by - 1);
		break;
	default:
		go(cells, (second > 0 ? second : 1) - 1, by - 1);
	}
}

static void control(struct cells *cells, char final, bool private, const int *numbers)
{
	int first = numbers[0], count = first > 0 ? first : 1;

	if (private && (final == 'h' || final == 'l')) {
		for (int i = 0; i < 8 && numbers[i] >= 0; i++)
			set_mode(cells, numbers[i], final == 'h');
	} else if (!private && strchr("ABCDGHd", final) != NULL) {
		move(cells, final, first, numbers[1]);
	} else if (!private && (final == 'J' || final == 'K')) {
		erase(cells, final, first > 0 ? first : 0);
	} else if (!private && final == 'X') {
		erase(cells, final, count);
	} else if (!private && (final == '@' || final == 'P')) {
		shift(cells, final == '@' ? count : -count);
	} else if (!private && final == 'b') {
		while (count-- > 0)
			put(cells, cells->last);
	} else if (!private && final == 'm') {
		cells->coloured = first > 0;
	} else if (!private && final == 'r') {
		cells->top = first > 0 ? first - 1 : 0;
		cells->bottom = numbers[1] > 0 ? numbers[1] : cells->height;
		go(cells, 0, 0);
	} else if (!private && (final == 'S' || final == 'T')) {
		scroll(cells, cells->top, final == 'T' ? count : -count);
	} else if (!private && (final == 'L' || final == 'M')) {
		scroll(cells, cells->y, final == 'L' ? count : -count);
	} else if (private || strchr("tl", final) == NULL) { /* titles; insert mode off */
		cells->unknown++;
	}
}

/* Reads "[?1;2h"; returns the length, or 0 when it is not whole. */
static size_t take_control(struct cells *cells, const char *bytes, size_t length)
{
	int numbers[9] = {-1, -1, -1, -1, -1, -1, -1, -1, -1};
	size_t i = 2, which = 0;
	bool private = i < length && bytes[i] == '?';

	for (i += private; i < length; i++) {
		char c = bytes[i];
		if (c >= '0' && c <= '9') {
			numbers[which] = (numbers[which] < 0 ? 0 : numbers[which]) * 10 + (c - '0');
		} else if (c == ';') {
			which += which < 7;
		} else {
			control(cells, c, private, numbers);
			return i + 1;
		}
	}
	return 0;
}

/* A command of the operating system, as for the clipboard; ends with BEL or ESC \. */
static size_t take_command(const char *bytes, size_t length)
{
	for (size_t i = 2; i < length; i++) {
		if (bytes[i] == '\a')
			return i + 1;
		if (bytes[i] == '\\' && bytes[i - 1] == '\033')
			return i + 1;
	}
	return 0;
}

static size_t take_escape(struct cells *cells, const char *bytes, size_t length)
{
	if (length < 2)
		return 0;
	if (bytes[1] == '[')
		return take_control(cells, bytes, length);
	if (bytes[1] == ']')
		return take_command(bytes, length);
	if (bytes[1] == '(' || bytes[1] == ')')
		return length < 3 ? 0 : 3;
	if (bytes[1] == 'M')
		line_up(cells);
	else if (strchr("=>", bytes[1]) == NULL)
		cells->unknown++;
	return 2;
}

static size_t take_plain(struct cells *cells, const char *bytes, size_t length)
{
	uint32_t code = 0;
	size_t step = text_decode(bytes, length, &code);

	if (step == 0 && length < 4 && (unsigned char)bytes[0] >= 0xc0)
		return 0; /* perhaps the rest is on its way */
	if (step == 0)
		cells->unknown++;
	else
		put(cells, code);
	return step > 0 ? step : 1;
}

/* Returns how much was taken; 0: more is needed. */
static size_t take(struct cells *cells, const char *bytes, size_t length)
{
	switch (bytes[0]) {
	case '\033':
		return take_escape(cells, bytes, length);
	case '\r':
		go(cells, 0, cells->y);
		return 1;
	case '\n':
		line_down(cells);
		return 1;
	case '\b':
		go(cells, cells->x - 1, cells->y);
		return 1;
	case '\t':
		go(cells, (cells->x / 8 + 1) * 8, cells->y);
		return 1;
	case '\a':
		return 1;
	default:
		return take_plain(cells, bytes, length);
	}
}

static void keep_odd(struct cells *cells)
{
	size_t room = sizeof(cells->odd) / 3;

	for (size_t i = 0; i < cells->pending_length && i < room; i++)
		(void)snprintf(cells->odd + 3 * i, 4, "%02x ", (unsigned char)cells->pending[i]);
}

void cells_feed(struct cells *cells, const char *bytes, size_t length)
{
	size_t room = sizeof(cells->pending);

	for (size_t i = 0; i < length; i++) {
		if (cells->pending_length == room) { /* longer than anything known */
			cells->unknown++;
			cells->pending_length = 0;
		}
		cells->pending[cells->pending_length++] = bytes[i];
		uint64_t unknown = cells->unknown;
		if (take(cells, cells->pending, cells->pending_length) == 0)
			continue;
		if (cells->unknown != unknown)
			keep_odd(cells);
		cells->pending_length = 0;
	}
}

/* ---- looking ----------------------------------------------------------------------------- */

void cells_line(const struct cells *cells, int y, char *out)
{
	const uint32_t *codes = &cells->codes[(size_t)y * (size_t)cells->width];
	size_t length = 0, end = 0;

	for (int x = 0; x < cells->width; x++) {
		if (codes[x] != 0)
			length += text_encode(codes[x], out + length);
		if (codes[x] != ' ')
			end = length;
	}
	out[end] = '\0';
}

bool cells_have(const struct cells *cells, const char *text)
{
	char *line = mem_alloc((size_t)cells->width * 4 + 1);
	bool found = false;

	for (int y = 0; y < cells->height && !found; y++) {
		cells_line(cells, y, line);
		found = strstr(line, text) != NULL;
	}
	free(line);
	return found;
}

void cells_copy(struct cells *to, const struct cells *from)
{
	size_t count = (size_t)from->width * (size_t)from->height;

	*to = *from;
	to->codes = mem_calloc(count, sizeof(*to->codes));
	memcpy(to->codes, from->codes, count * sizeof(*to->codes));
}

int cells_compare(const struct cells *was, const struct cells *is, FILE *to)
{
	size_t room = (size_t)is->width * 4 + 1;
	char *before = mem_alloc(room), *after = mem_alloc(room);
	int differ = 0;

	for (int y = 1; y < is->height; y++) {
		cells_line(was, y, before);
		cells_line(is, y, after);
		if (strcmp(before, after) == 0)
			continue;
		differ++;
		(void)fprintf(to, "line %d was: %s\nline %d is:  %s\n", y, before, y, after);
	}
	free(before);
	free(after);
	return differ;
}
