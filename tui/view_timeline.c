/* SPDX-License-Identifier: MIT
 *
 * When each node ran: a bar a node in the list's order, the critical path marked, and how many ran
 * at once. The whole run, or a part of it that is zoomed into and moved along.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "tui/critical.h"
#include "tui/views.h"
#include "tui/words.h"

#define LEAST_SPAN_US  (CLOCK_SECOND_US / 20)
#define AXIS_CLOCK_US  (60 * CLOCK_SECOND_US)
#define AXIS_TENTHS_US (10 * CLOCK_SECOND_US)

struct scale {
	int64_t from_us, span_us;
	int x, width; /* of the bars */
};

/* ---- the part in sight ------------------------------------------------------------------- */

static void whole_run(const struct app *app, int64_t *out_from_us, int64_t *out_span_us)
{
	const struct mirror *mirror = &app->mirror;
	int64_t from_us = 0, to_us = 0;

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		int64_t end_us = critical_end_us(node, app->wall_us);
		if (end_us == 0)
			continue;
		if (from_us == 0 || node->started_us < from_us)
			from_us = node->started_us;
		to_us = end_us > to_us ? end_us : to_us;
	}
	*out_from_us = from_us;
	*out_span_us = to_us - from_us > LEAST_SPAN_US ? to_us - from_us : LEAST_SPAN_US;
}

static struct scale scale_of(const struct app *app, struct area area, int names)
{
	struct scale scale = {.x = area.x + names, .width = area.width - names - 8};

	whole_run(app, &scale.from_us, &scale.span_us);
	if (app->timeline.span_us > 0) {
		scale.from_us = app->timeline.from_us;
		scale.span_us = app->timeline.span_us;
	}
	if (scale.width < 1)
		scale.width = 1;
	return scale;
}

static int column_of(const struct scale *scale, int64_t at_us)
{
	int64_t column = (at_us - scale->from_us) * scale->width / scale->span_us;

	if (column < -1)
		return -1;
	return column > scale->width ? scale->width : (int)column;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static uint32_t bar_glyph(const struct mirror_node *node, bool ascii)
{
	if (node->state == STATE_COMPLETED)
		return ascii ? '#' : 0x2588;
	if (node->state == STATE_FAILED)
		return ascii ? 'x' : 0x2592;
	if (node->state == STATE_PAUSED)
		return ascii ? '.' : 0x2591;
	return ascii ? '=' : 0x2593;
}

static void draw_bar(struct app *app, struct canvas *canvas, const struct scale *scale, int y,
		     const struct mirror_node *node, bool critical)
{
	enum role role = words_role(node->state, node->reason);
	int64_t end_us = critical_end_us(node, app->wall_us);
	char elapsed[16];

	if (end_us == 0)
		return;
	int from = column_of(scale, node->started_us), to = column_of(scale, end_us);
	if (to < 0 || from >= scale->width)
		return; /* before or after what is in sight */
	from = from < 0 ? 0 : from;
	to = to > from ? to : from + 1; /* what was short is seen all the same */
	for (int column = from; column < to && column < scale->width; column++)
		canvas_put(canvas, scale->x + column, y, bar_glyph(node, canvas->ascii), role,
			   critical ? CELL_BOLD : 0);
	words_elapsed(node, app->wall_us, elapsed, sizeof(elapsed));
	if (to < scale->width + 1)
		canvas_printf(canvas, scale->x + to + 1, y, 7, critical ? ROLE_prompt : ROLE_dim, 0,
			      "%s", elapsed);
}

static void draw_node(struct app *app, struct canvas *canvas, struct area line,
		      const struct scale *scale, uint32_t index, bool critical)
{
	const struct mirror_node *node = &app->mirror.nodes[index];
	enum role role = words_role(node->state, node->reason);
	int names = scale->x - line.x;

	canvas_text(canvas, line.x + 1, line.y, 1, role, 0,
		    words_glyph(canvas, node->state, node->reason));
	if (critical)
		canvas_put(canvas, line.x + 2, line.y, '*', ROLE_prompt, CELL_BOLD);
	canvas_text(canvas, line.x + 3, line.y, names - 4, ROLE_text, critical ? CELL_BOLD : 0,
		    node->id);
	draw_bar(app, canvas, scale, line.y, node, critical);
	if (index != app->selected)
		return;
	canvas_put(canvas, line.x, line.y, '>', ROLE_prompt, 0);
	canvas_mark(canvas, line.x, line.y, names, CELL_REVERSE);
	app->cursor = (struct term_cursor){line.x, line.y, false};
}

/* Clock times, or within a minute the time since the start. */
static void axis_text(const struct scale *scale, int64_t start_us, int64_t at_us, char *out,
		      size_t size)
{
	double since = at_us > start_us ? (double)(at_us - start_us) / CLOCK_SECOND_US : 0;

	if (scale->span_us >= AXIS_CLOCK_US)
		words_clock(at_us, out, size);
	else /* tenths where whole seconds would say the same twice */
		(void)snprintf(out, size, "+%.*fs", scale->span_us < AXIS_TENTHS_US ? 1 : 0, since);
}

/* As many as find room. */
static void draw_axis(struct app *app, struct canvas *canvas, struct area line,
		      const struct scale *scale)
{
	int64_t start_us, span_us;
	char clock[20];

	whole_run(app, &start_us, &span_us);
	canvas_text(canvas, line.x + 3, line.y, -1, ROLE_dim, 0, "NODE");
	for (int column = 0; column + 9 <= scale->width; column += 14) {
		axis_text(scale, start_us, scale->from_us + scale->span_us * column / scale->width,
			  clock, sizeof(clock));
		canvas_put(canvas, scale->x + column, line.y,
			   canvas_line_glyph(LINE_UP | LINE_DOWN, canvas->ascii), ROLE_border, 0);
		canvas_printf(canvas, scale->x + column + 1, line.y, 8, ROLE_dim, 0, "%.8s", clock);
	}
}

static void draw_path(struct app *app, struct canvas *canvas, struct area area,
		      const uint32_t *path, uint32_t count)
{
	struct buf text;
	struct page page;
	char took[16];

	buf_init(&text, 64 * 1024);
	for (uint32_t i = 0; i < count; i++) {
		const struct mirror_node *node = &app->mirror.nodes[path[i]];
		words_elapsed(node, app->wall_us, took, sizeof(took));
		buf_printf(&text, "%s%s %s", i ? (canvas->ascii ? " > " : " → ") : "", node->id,
			   took);
	}
	page_init(&page);
	page_start(&page, area.width - 2);
	page_add(&page, ROLE_text, 0, 2, count ? buf_text(&text) : "nothing has run yet");
	struct area inner = {area.x + 1, area.y, area.width - 2, area.height};
	page.top = (int)page.count - inner.height; /* its end is what one waits for */
	page_draw(&page, canvas, inner);
	page_release(&page);
	buf_release(&text);
}

static void draw_parallel(struct app *app, struct canvas *canvas, int y, const struct scale *scale,
			  int names)
{
	static const char *const STEPS[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	uint32_t *counts = mem_calloc((size_t)scale->width + 1, sizeof(*counts));
	uint32_t most = critical_parallel(&app->mirror, app->wall_us, scale->from_us,
					  scale->span_us, counts, (uint32_t)scale->width);

	canvas_printf(canvas, scale->x - names + 1, y, names - 2, ROLE_dim, 0, "at once, most %u",
		      most);
	for (int column = 0; column < scale->width && most > 0; column++) {
		uint32_t count = counts[column];
		char digit[2] = {count == 0 ? ' ' : count > 9 ? '+' : (char)('0' + count), '\0'};
		canvas_text(canvas, scale->x + column, y, 1, ROLE_running, 0,
			    canvas->ascii ? digit : STEPS[(count * 8 + most - 1) / most]);
	}
	free(counts);
}

struct bottom {
	int path, parallel; /* rows; 0: no room */
};

static struct bottom bottom_of(int height)
{
	if (height < 12)
		return (struct bottom){0};
	return (struct bottom){.path = height < 30 ? 2 : 4, .parallel = 1};
}

static int name_width(const struct app *app, int width)
{
	int names = app->list.name_width + 5, most = width / 3;

	names = names > most ? most : names;
	return names < 20 && most >= 20 ? 20 : names;
}

static void draw_rows(struct app *app, struct canvas *canvas, struct area area,
		      const struct scale *scale, const bool *on)
{
	int selected = -1;

	for (size_t i = 0; i < app->list.count && selected < 0; i++)
		if (app->list.rows[i].node == (int64_t)app->selected)
			selected = (int)i;
	app->timeline.top =
		view_keep(app->timeline.top, selected, area.height, (int)app->list.count);
	for (int i = 0; i < area.height; i++) {
		size_t at = (size_t)(app->timeline.top + i);
		struct area line = {area.x, area.y + i, area.width, 1};
		if (at >= app->list.count)
			break;
		const struct list_row *row = &app->list.rows[at];
		if (row->node >= 0)
			draw_node(app, canvas, line, scale, (uint32_t)row->node, on[row->node]);
		else
			view_rule(canvas, line,
				  row->phase >= 0 ? app->mirror.phases[row->phase] : "no phase");
	}
}

static void timeline_draw(struct app *app, struct canvas *canvas, struct area area)
{
	uint32_t nodes = app->mirror.nodes_count;
	bool *on = mem_calloc((size_t)nodes + 1, sizeof(*on));
	uint32_t *path = mem_calloc((size_t)nodes + 1, sizeof(*path));
	char title[80], took[CLOCK_DURATION_TEXT];

	list_build(app);
	int names = name_width(app, area.width);
	struct scale scale = scale_of(app, area, names);
	uint32_t count = critical_path(&app->mirror, app->wall_us, on, path);
	struct bottom bottom = bottom_of(area.height);
	int below = bottom.path > 0 ? bottom.path + bottom.parallel + 1 : 0;
	draw_axis(app, canvas, area, &scale);
	struct area rows = {area.x, area.y + 1, area.width, area.height - 1 - below};
	draw_rows(app, canvas, rows, &scale, on);
	if (below > 0) {
		int y = area.y + area.height - below;
		struct area line = {area.x, y, area.width, 1};
		clock_format_duration(scale.span_us, took);
		(void)snprintf(title, sizeof(title), "critical path (*), in sight %s", took);
		view_rule(canvas, line, title);
		struct area text = {area.x, y + 1, area.width, bottom.path};
		draw_path(app, canvas, text, path, count);
		draw_parallel(app, canvas, y + 1 + bottom.path, &scale, names);
	}
	free(on);
	free(path);
}

/* ---- keys -------------------------------------------------------------------------------- */

/* What is zoomed into is the middle, and never more than the whole. */
static void zoom(struct app *app, bool in)
{
	struct timeline_state *timeline = &app->timeline;
	int64_t from_us, span_us, all_from_us, all_span_us;

	whole_run(app, &all_from_us, &all_span_us);
	from_us = timeline->span_us > 0 ? timeline->from_us : all_from_us;
	span_us = timeline->span_us > 0 ? timeline->span_us : all_span_us;
	int64_t next_us = in ? span_us / 2 : span_us * 2;
	if (next_us < LEAST_SPAN_US)
		return;
	timeline->from_us = from_us + (span_us - next_us) / 2;
	timeline->span_us = next_us >= all_span_us ? 0 : next_us;
}

static void pan(struct app *app, int step)
{
	struct timeline_state *timeline = &app->timeline;

	if (timeline->span_us == 0)
		app_say(app, ROLE_dim, "the whole run is in sight; + zooms in");
	else
		timeline->from_us += timeline->span_us / 4 * step;
}

static bool timeline_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_ZOOM_IN:
	case ACTION_ZOOM_OUT:
		zoom(app, action == ACTION_ZOOM_IN);
		return true;
	case ACTION_FIT:
		app->timeline.span_us = 0;
		return true;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		pan(app, action == ACTION_RIGHT ? 1 : -1);
		return true;
	default:
		return view_list.act(app, action);
	}
}

static const struct hint HINTS[] = {{ACTION_OPEN, NULL},     {ACTION_ZOOM_IN, "zoom"},
				    {ACTION_RIGHT, "later"}, {ACTION_FIT, "all"},
				    {ACTION_OUTPUT, NULL},   {ACTION_NEXT_PROBLEM, NULL},
				    {ACTION_LIST, NULL},     {ACTION_NONE, NULL}};

const struct view_ops view_timeline = {
	.title = "timeline", .hints = HINTS, .draw = timeline_draw, .act = timeline_act};
