/* SPDX-License-Identifier: MIT
 *
 * The graph, drawn in layers by engine/draw. A change of state never moves a box; the picture
 * follows the selected node.
 */
#include <stdlib.h>
#include <string.h>

#include "tui/drawing.h"
#include "tui/views.h"
#include "tui/words.h"

/* Widths of a box, widest first; the first with which the whole graph fits is taken. */
static const int WIDTHS[] = {24, 18, 12, 8};
#define WIDTHS_COUNT   (sizeof(WIDTHS) / sizeof(WIDTHS[0]))
#define SCROLLED_WIDTH 18 /* when none fits */

/* Above this many nodes nobody reads the whole at once: it is scrolled. */
#define FIT_NODES 300
#define BOX_GAP	  2

/* The widest boxes with which the drawing may fit, going by its width with the widest of all: the
 * order of boxes does not depend on how wide they are. */
static int narrower(int drawn, int width)
{
	for (size_t i = 1; i < WIDTHS_COUNT; i++) {
		if (drawn * (WIDTHS[i] + BOX_GAP) / (WIDTHS[0] + BOX_GAP) <= width)
			return WIDTHS[i];
	}
	return SCROLLED_WIDTH;
}

static void build_at_once(struct app *app, int width)
{
	struct graph_state *graph = &app->graph;
	const struct mirror *mirror = &app->mirror;

	layout_free(graph->layout);
	graph->box_width = mirror->nodes_count <= FIT_NODES ? WIDTHS[0] : SCROLLED_WIDTH;
	graph->layout = drawing_make(mirror, graph->box_width, width);
	int drawn = layout_width(graph->layout);
	if (drawn > width && graph->box_width == WIDTHS[0]) {
		layout_free(graph->layout);
		graph->box_width = narrower(drawn, width);
		graph->layout = drawing_make(mirror, graph->box_width, width);
	}
	graph->topology = mirror->topology;
	graph->for_width = width;
}

/* A large graph is laid out beside; until that is there, the layout before it stays, if it is of
 * the same nodes. */
static void build_beside(struct app *app, int width)
{
	struct graph_state *graph = &app->graph;

	if (graph->drawing != NULL && drawing_is_done(graph->drawing)) {
		layout_free(graph->layout);
		graph->layout = drawing_take(graph->drawing);
		graph->drawing = NULL;
		graph->box_width = SCROLLED_WIDTH;
		graph->topology = graph->drawing_topology;
		graph->for_width = graph->drawing_width;
	}
	bool fits = graph->layout != NULL && graph->topology == app->mirror.topology &&
		    graph->for_width == width;
	if (fits || graph->drawing != NULL)
		return;
	graph->drawing = drawing_start(&app->mirror, SCROLLED_WIDTH, width);
	graph->drawing_topology = app->mirror.topology;
	graph->drawing_width = width;
}

static void build(struct app *app, int width)
{
	struct graph_state *graph = &app->graph;
	const struct mirror *mirror = &app->mirror;

	if (graph->layout != NULL && graph->topology != mirror->topology) {
		layout_free(graph->layout);
		graph->layout = NULL;
	}
	if (mirror->nodes_count > DRAWING_NODES)
		build_beside(app, width);
	else if (graph->layout == NULL || graph->for_width != width)
		build_at_once(app, width);
}

/* Half a screen at a time: moving by columns would send the whole screen again at each step. */
static int scroll_to(int scroll, int at, int length, int window, int whole)
{
	if (whole <= window)
		return 0;
	if (at < scroll || at + length > scroll + window)
		scroll = at + length / 2 - window / 2;
	if (scroll > whole - window)
		scroll = whole - window;
	return scroll < 0 ? 0 : scroll;
}

/* ---- drawing ----------------------------------------------------------------------------- */

/* Names of one workflow often begin alike, so one that does not fit loses its middle. */
static void draw_name(struct canvas *canvas, int x, int y, int room, const char *name,
		      unsigned attributes)
{
	int length = (int)strlen(name);
	int head = (room - 1) / 2;
	int tail = room - 1 - head;

	if (length <= room || head < 2) {
		canvas_text(canvas, x, y, room, ROLE_text, attributes, name);
		return;
	}
	canvas_printf(canvas, x, y, room, ROLE_text, attributes, "%.*s%s%s", head, name,
		      canvas->ascii ? "~" : "…", name + length - tail);
}

static void draw_box(void *ctx, struct canvas *canvas, uint32_t index, int x, int y, int width)
{
	struct app *app = ctx;
	const struct mirror_node *node = &app->mirror.nodes[index];
	enum role role = words_role(node->state, node->reason);
	bool selected = index == app->selected;
	char elapsed[16];

	canvas_fill(canvas, x, y, width, 1, ' ', ROLE_text, 0);
	canvas_put(canvas, x, y, '[', selected ? ROLE_prompt : ROLE_edge, 0);
	canvas_put(canvas, x + width - 1, y, ']', selected ? ROLE_prompt : ROLE_edge, 0);
	if (app_is_marked(app, index))
		canvas_put(canvas, x + 3, y, '*', ROLE_prompt, CELL_BOLD);
	canvas_text(canvas, x + 1, y, 1, role, 0, words_glyph(canvas, node->state, node->reason));
	canvas_text(canvas, x + 2, y, width > 5 ? 1 : 0, role, 0,
		    state_letter(node->state, node->reason));
	words_elapsed(node, app->wall_us, elapsed, sizeof(elapsed));
	int time = (int)strlen(elapsed), room = width - 5;
	if (room > 0)
		draw_name(canvas, x + 4, y, room, node->id, selected ? CELL_BOLD : 0);
	if (time > 0 && (int)strlen(node->id) + 1 + time <= room)
		canvas_text(canvas, x + width - 1 - time, y, time, ROLE_dim, 0, elapsed);
	if (selected) {
		canvas_mark(canvas, x, y, width, CELL_REVERSE);
		app->cursor = (struct term_cursor){x, y, false};
	}
}

static void graph_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct graph_state *graph = &app->graph;
	int x = 0, y = 0;

	if (!app->mirror.has_graph || app->mirror.nodes_count == 0)
		return;
	build(app, area.width);
	if (graph->layout == NULL) {
		canvas_printf(canvas, area.x + 1, area.y, -1, ROLE_dim, 0,
			      "laying out %u nodes; 1 shows them as a list",
			      app->mirror.nodes_count);
		return;
	}
	int width = layout_width(graph->layout), height = layout_height(graph->layout);
	layout_place(graph->layout, app->selected, &x, &y);
	graph->scroll_x = scroll_to(graph->scroll_x, x, graph->box_width, area.width, width);
	graph->scroll_y = scroll_to(graph->scroll_y, y - 1, 3, area.height, height);
	struct layout_view view = {.scroll_x = graph->scroll_x,
				   .scroll_y = graph->scroll_y,
				   .hot = app->selected,
				   .box = draw_box,
				   .ctx = app};
	layout_draw(graph->layout, &view, canvas);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void step(struct app *app, int dx, int dy)
{
	int64_t node = -1;

	if (app->graph.layout != NULL && app_node(app) != NULL)
		node = layout_neighbour(app->graph.layout, app->selected, dx, dy);
	if (node >= 0)
		app_select(app, (uint32_t)node);
}

static bool graph_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_DOWN:
		step(app, 0, 1);
		return true;
	case ACTION_UP:
		step(app, 0, -1);
		return true;
	case ACTION_LEFT:
		step(app, -1, 0);
		return true;
	case ACTION_RIGHT:
		step(app, 1, 0);
		return true;
	case ACTION_FIRST:
		app_select(app, 0);
		return true;
	case ACTION_LAST:
		if (app->mirror.nodes_count > 0)
			app_select(app, app->mirror.nodes_count - 1);
		return true;
	case ACTION_OPEN:
		if (app_node(app) != NULL)
			app_show(app, VIEW_NODE);
		return true;
	case ACTION_MARK:
		app_mark(app, app->selected, !app_is_marked(app, app->selected));
		return true;
	default:
		return false;
	}
}

static const struct hint HINTS[] = {
	{ACTION_OPEN, NULL},   {ACTION_OUTPUT, NULL}, {ACTION_NEXT_PROBLEM, NULL},
	{ACTION_UNDO, NULL},   {ACTION_RETRY, NULL},  {ACTION_DIFF, NULL},
	{ACTION_WHY, NULL},    {ACTION_LIST, NULL},   {ACTION_PAUSE, NULL},
	{ACTION_CANCEL, NULL}, {ACTION_NONE, NULL}};

const struct view_ops view_graph = {
	.title = "graph", .hints = HINTS, .draw = graph_draw, .act = graph_act};
