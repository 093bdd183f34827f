/* SPDX-License-Identifier: MIT
 *
 * See layout_graphs.h.
 */
#include "tests/unit/layout_graphs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

struct maker {
	struct rng rng;
	uint32_t *needs;
	size_t count, capacity, first;
};

static void need(struct maker *m, uint32_t node)
{
	for (size_t i = m->first; i < m->count; i++)
		if (m->needs[i] == node)
			return;
	m->needs = mem_grow(m->needs, &m->capacity, m->count + 1, sizeof *m->needs);
	m->needs[m->count++] = node;
}

static void need_some(struct maker *m, uint32_t low, uint32_t high)
{
	if (high > low)
		need(m, low + (uint32_t)rng_below(&m->rng, high - low));
}

static void make_needs(struct maker *m, enum graph_shape shape, uint32_t v, uint32_t n)
{
	uint32_t near = v > 8 ? v - 8 : 0;
	switch (shape) {
	case SHAPE_CHAIN:
		need_some(m, v > 0 ? v - 1 : 0, v);
		break;
	case SHAPE_FAN:
		for (uint32_t u = 1; u + 1 < n && v + 1 == n; u++)
			need(m, u);
		need_some(m, 0, v > 0 && v + 1 < n ? 1 : 0);
		break;
	case SHAPE_PIPE:
		need_some(m, near, v);
		need_some(m, near, rng_unit(&m->rng) < 0.3 ? v : near);
		need_some(m, 0, rng_unit(&m->rng) < 0.08 ? near : 0);
		break;
	case SHAPE_RANDOM:
		need_some(m, 0, v);
		need_some(m, 0, rng_unit(&m->rng) < 0.55 ? v : 0);
		break;
	case SHAPE_GRID:
		for (uint32_t k = 0; k < 3 && v >= 4; k++)
			need(m, (v / 4 - 1) * 4 + (v + k * (1 + v % 2)) % 4);
		break;
	case SHAPE_DENSE:
		for (uint32_t k = 0; k < 6; k++)
			need_some(m, near, v);
		break;
	case SHAPE_LAST_NEEDS_ALL:
		need_some(m, v > 0 ? v - 1 : 0, v);
		for (uint32_t u = 0; v + 1 == n && u < v; u++)
			need(m, u);
		break;
	case SHAPES:
		break;
	}
}

void test_graph_make(struct test_graph *out, enum graph_shape shape, uint32_t nodes,
		     uint32_t phases, uint64_t seed)
{
	static const char *const names[] = {"prepare", "drain", "switch", "verify", "clean"};
	struct maker m = {.rng = {.state = seed}};
	*out = (struct test_graph){0};
	uint32_t *start = arena_alloc(&out->arena, (nodes + 1) * sizeof *start);
	int32_t *phase = arena_alloc(&out->arena, (nodes + 1) * sizeof *phase);
	for (uint32_t v = 0; v < nodes; v++) {
		m.first = m.count;
		make_needs(&m, shape, v, nodes);
		start[v + 1] = (uint32_t)m.count;
		phase[v] = phases > 0 ? (int32_t)(v * phases / nodes) : -1;
	}
	uint32_t *needs = arena_alloc(&out->arena, (m.count + 1) * sizeof *needs);
	for (size_t i = 0; i < m.count; i++)
		needs[i] = m.needs[i];
	free(m.needs);
	out->graph = (struct layout_graph){nodes, start, needs, phase, names, phases};
}

void test_graph_from_pairs(struct test_graph *out, uint32_t nodes, const int *pairs)
{
	size_t count = 0, used = 0;
	while (pairs[count] >= 0)
		count += 2;
	*out = (struct test_graph){0};
	uint32_t *start = arena_alloc(&out->arena, (nodes + 1) * sizeof *start);
	uint32_t *needs = arena_alloc(&out->arena, (count + 1) * sizeof *needs);
	for (uint32_t v = 0; v < nodes; v++) {
		for (size_t i = 0; i < count; i += 2)
			if ((uint32_t)pairs[i] == v)
				needs[used++] = (uint32_t)pairs[i + 1];
		start[v + 1] = (uint32_t)used;
	}
	out->graph = (struct layout_graph){nodes, start, needs, NULL, NULL, 0};
}

void test_graph_release(struct test_graph *graph)
{
	arena_release(&graph->arena);
}

static void draw_box(void *ctx, struct canvas *canvas, uint32_t node, int x, int y, int width)
{
	char text[16];
	const struct layout *layout = ctx;
	snprintf(text, sizeof text, "%u", node);
	canvas_fill(canvas, x, y, width, layout_box_height(layout), ' ', ROLE_text, 0);
	canvas_put(canvas, x, y, '[', ROLE_text, 0);
	for (int i = 0; i < width - 2 && text[i] != '\0'; i++)
		canvas_put(canvas, x + 1 + i, y, (uint32_t)text[i], ROLE_text, 0);
	canvas_put(canvas, x + width - 1, y, ']', ROLE_text, 0);
}

void test_draw_part(const struct layout *layout, int x, int y, struct canvas *canvas)
{
	struct layout_view view = {
		.scroll_x = x, .scroll_y = y, .hot = -1, .box = draw_box, .ctx = (void *)layout};
	layout_draw(layout, &view, canvas);
}

void test_draw_path(const struct layout *layout, const uint32_t *path, uint32_t count,
		    struct canvas *canvas)
{
	struct layout_view view = {.hot = -1,
				   .path = path,
				   .path_count = count,
				   .box = draw_box,
				   .ctx = (void *)layout};
	layout_draw(layout, &view, canvas);
}

void test_draw(const struct layout *layout, int64_t hot, bool ascii, struct canvas *out)
{
	canvas_init(out, layout_width(layout), layout_height(layout));
	out->ascii = ascii;
	struct layout_view view = {.hot = hot, .box = draw_box, .ctx = (void *)layout};
	layout_draw(layout, &view, out);
}

unsigned test_mask_at(const struct canvas *canvas, int x, int y)
{
	if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
		return 0;
	uint32_t code = canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x].code;
	for (unsigned mask = 1; mask < 16; mask++)
		if (canvas_line_glyph(mask, false) == code ||
		    canvas_line_glyph(mask | LINE_HEAVY, false) == code)
			return mask;
	return 0;
}

struct step {
	int x, y;
	unsigned direction; /* of travel: LINE_DOWN, LINE_LEFT or LINE_RIGHT */
};

struct follower {
	const struct canvas *canvas;
	const struct layout *layout;
	struct step *steps;
	size_t count, capacity;
	uint8_t *seen;
	bool *marks;
};

static void go(struct follower *f, int x, int y, unsigned direction)
{
	uint8_t *seen = &f->seen[(size_t)y * (size_t)f->canvas->width + (size_t)x];
	if (!(*seen & direction)) {
		*seen = (uint8_t)(*seen | direction);
		f->steps = mem_grow(f->steps, &f->capacity, f->count + 1, sizeof *f->steps);
		f->steps[f->count++] = (struct step){x, y, direction};
	}
}

/* One cell on: straight over a crossing, else wherever the line leads, but never up. */
static bool follow_step(struct follower *f, struct step step)
{
	int x = step.x + (step.direction == LINE_RIGHT) - (step.direction == LINE_LEFT);
	int y = step.y + (step.direction == LINE_DOWN);
	unsigned from = step.direction == LINE_DOWN   ? LINE_UP
			: step.direction == LINE_LEFT ? LINE_RIGHT
						      : LINE_LEFT;
	int64_t node = layout_hit(f->layout, x, y);
	if (node >= 0) {
		f->marks[node] = true;
		return step.direction == LINE_DOWN;
	}
	unsigned mask = test_mask_at(f->canvas, x, y);
	if (!(mask & from))
		return false;
	if (mask == 15) {
		go(f, x, y, step.direction);
		return true;
	}
	for (unsigned way = LINE_DOWN; way <= LINE_RIGHT; way <<= 1)
		if ((mask & way) && way != from)
			go(f, x, y, way);
	return true;
}

bool test_follow(const struct canvas *canvas, const struct layout *layout, int box_width,
		 uint32_t node, bool *marks)
{
	struct follower f = {.canvas = canvas, .layout = layout, .marks = marks};
	bool whole = true;
	int x, y;
	f.seen = mem_calloc((size_t)canvas->width * (size_t)canvas->height + 1, 1);
	layout_place(layout, node, &x, &y);
	y += layout_box_height(layout) - 1;
	for (int i = x; i < x + box_width; i++)
		if (test_mask_at(canvas, i, y + 1) & LINE_UP)
			go(&f, i, y, LINE_DOWN);
	while (f.count > 0 && whole)
		whole = follow_step(&f, f.steps[--f.count]);
	free(f.steps);
	free(f.seen);
	return whole;
}
