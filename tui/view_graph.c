/* SPDX-License-Identifier: MIT
 *
 * The graph, drawn in layers by engine/draw, what is large folded. A change of state never moves a
 * box; the picture follows the selected node.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "tui/critical.h"
#include "tui/graph.h"
#include "tui/views.h"
#include "tui/words.h"

#define MINIMAP_WIDTH  14
#define MINIMAP_HEIGHT 7
#define FOLLOW_US      (2 * CLOCK_SECOND_US)

/* Half a screen at a time: moving by columns would send the whole screen again at each step. What
 * is held stays as it is while the box is in sight. */
static int scroll_to(int scroll, int at, int length, int window, int whole, bool held)
{
	if (held && at >= scroll && at + length <= scroll + window)
		return scroll;
	if (whole <= window)
		return 0;
	if (at < scroll || at + length > scroll + window)
		scroll = at + length / 2 - window / 2;
	if (scroll > whole - window)
		scroll = whole - window;
	return scroll < 0 ? 0 : scroll;
}

/* ---- boxes ------------------------------------------------------------------------------- */

struct picture {
	struct app *app;
	const bool *critical; /* per node; NULL: not shown */
};

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

static void draw_node(const struct picture *picture, struct canvas *canvas, uint32_t index, int x,
		      int y, int width)
{
	struct app *app = picture->app;
	const struct mirror_node *node = &app->mirror.nodes[index];
	enum role role = words_role(node->state, node->reason);
	bool selected = index == app->selected;
	bool critical = picture->critical != NULL && picture->critical[index];
	char elapsed[16];

	if (app_is_marked(app, index) || critical)
		canvas_put(canvas, x + 3, y, '*', ROLE_prompt, CELL_BOLD);
	canvas_text(canvas, x + 1, y, 1, role, 0, words_glyph(canvas, node->state, node->reason));
	canvas_text(canvas, x + 2, y, width > 5 ? 1 : 0, role, 0,
		    state_letter(node->state, node->reason));
	words_elapsed(node, app->wall_us, elapsed, sizeof(elapsed));
	int time = (int)strlen(elapsed), room = width - 5;
	if (room > 0)
		draw_name(canvas, x + 4, y, room, node->id, selected || critical ? CELL_BOLD : 0);
	if (time > 0 && (int)strlen(node->id) + 1 + time <= room)
		canvas_text(canvas, x + width - 1 - time, y, time, ROLE_dim, 0, elapsed);
}

/* "×128 ✓31►8✗1○88": what needs a look first, as much as there is room for. */
static void draw_counts(struct canvas *canvas, int x, int y, int room,
			const uint32_t counts[STATES])
{
	static const enum state ORDER[] = {STATE_FAILED,     STATE_PAUSED,    STATE_RUNNING,
					   STATE_RECOVERING, STATE_RECOVERED, STATE_COMPLETED,
					   STATE_PENDING};
	char text[32];

	for (size_t i = 0; i < sizeof(ORDER) / sizeof(ORDER[0]); i++) {
		enum state state = ORDER[i];
		if (counts[state] == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s%u", words_glyph(canvas, state, REASON_NONE),
			       counts[state]);
		int wide = (int)text_width(text);
		if (wide > room)
			return;
		canvas_text(canvas, x, y, wide, words_role(state, REASON_NONE), 0, text);
		x += wide;
		room -= wide;
	}
}

static void draw_group(const struct picture *picture, struct canvas *canvas, uint32_t group, int x,
		       int y, int width)
{
	struct app *app = picture->app;
	const struct fold *fold = app->graph.fold;
	const struct fold_group *it = &fold->groups[group];
	const struct mirror_node *first =
		&app->mirror.nodes[fold_foremost(fold, &app->mirror, group)];
	static const char *const SIGNS[][2] = {
		[FOLD_STACK] = {"×", "x"}, [FOLD_CHAIN] = {"…", "~"}, [FOLD_PHASE] = {"▸", "#"}};
	uint32_t counts[STATES];
	char name[80], size[24];

	fold_count(fold, &app->mirror, group, counts);
	fold_name(fold, &app->mirror, group, name, sizeof(name));
	(void)snprintf(size, sizeof(size), "%s%u", SIGNS[it->kind][canvas->ascii], it->count);
	canvas_text(canvas, x + 1, y, 1, words_role(first->state, first->reason), 0,
		    words_glyph(canvas, first->state, first->reason));
	int room = width - 3, sign = (int)text_width(size);
	int most = room - sign - 1 > room / 2 ? room / 2 : room - sign - 1;
	int at = x + 2;
	if (most > 2)
		at += canvas_text(canvas, at, y, most, ROLE_text, CELL_BOLD, name) + 1;
	at += canvas_text(canvas, at, y, x + width - 1 - at, ROLE_prompt, 0, size) + 1;
	draw_counts(canvas, at, y, x + width - 1 - at, counts);
}

/* The last line that the selected node printed, as far as it is here. */
static bool last_line(const struct app *app, uint32_t index, char *out, size_t size)
{
	const struct buf *raw = &app->tail.raw;
	size_t end = raw->length, from;

	if (index != app->tail_node || app->tail.attempt == 0)
		return false;
	while (end > 0 && (raw->data[end - 1] == '\n' || raw->data[end - 1] == '\r'))
		end--;
	for (from = end; from > 0 && raw->data[from - 1] != '\n';)
		from--;
	(void)snprintf(out, size, "%.*s", (int)(end - from), (const char *)raw->data + from);
	return end > from;
}

/* What a node has to say: what it asks, its last line, why it waits. */
static void say_last(const struct app *app, uint32_t index, char *out, size_t size)
{
	const struct mirror_node *node = &app->mirror.nodes[index];

	out[0] = '\0';
	if (node->question[0] != '\0')
		(void)snprintf(out, size, "asks: %s", node->question);
	else if (last_line(app, index, out, size))
		return;
	else if (node->message[0] != '\0')
		(void)snprintf(out, size, "%s", node->message);
	else if (node->state == STATE_PENDING)
		mirror_why(&app->mirror, index, app->wall_us, out, size);
}

/* A frame around the middle row; the row of a lower box is its upper edge. */
static void draw_tall(const struct picture *picture, struct canvas *canvas, uint32_t group, int x,
		      int y, int width)
{
	const struct fold *fold = picture->app->graph.fold;
	const struct fold_group *it = &fold->groups[group];
	uint32_t node = fold_foremost(fold, &picture->app->mirror, group);
	char text[256];

	canvas_fill(canvas, x, y, width, 3, ' ', ROLE_text, 0);
	canvas_box(canvas, x, y, width, 3, ROLE_edge, NULL);
	canvas_fill(canvas, x + 1, y, width - 2, 1, ' ', ROLE_text, 0);
	if (it->kind == FOLD_NODE)
		draw_node(picture, canvas, node, x, y, width);
	else
		draw_group(picture, canvas, group, x, y, width);
	say_last(picture->app, node, text, sizeof(text));
	canvas_text(canvas, x + 1, y + 1, width - 2, ROLE_dim, 0, text);
}

static void draw_box(void *ctx, struct canvas *canvas, uint32_t group, int x, int y, int width)
{
	const struct picture *picture = ctx;
	struct app *app = picture->app;
	const struct fold *fold = app->graph.fold;
	bool selected = graph_group(app, app->selected) == group;

	if (app->graph.tall) {
		draw_tall(picture, canvas, group, x, y, width);
		if (selected) {
			for (int row = 0; row < 3; row++)
				canvas_mark(canvas, x, y + row, width, CELL_REVERSE);
			app->cursor = (struct term_cursor){x, y, false};
		}
		return;
	}
	canvas_fill(canvas, x, y, width, 1, ' ', ROLE_text, 0);
	canvas_put(canvas, x, y, '[', selected ? ROLE_prompt : ROLE_edge, 0);
	canvas_put(canvas, x + width - 1, y, ']', selected ? ROLE_prompt : ROLE_edge, 0);
	if (fold->groups[group].kind == FOLD_NODE)
		draw_node(picture, canvas, fold->members[fold->groups[group].first], x, y, width);
	else
		draw_group(picture, canvas, group, x, y, width);
	if (selected) {
		canvas_mark(canvas, x, y, width, CELL_REVERSE);
		app->cursor = (struct term_cursor){x, y, false};
	}
}

/* ---- the minimap ------------------------------------------------------------------------- */

static void put_group(struct app *app, struct canvas *canvas, struct area map, uint32_t group)
{
	struct graph_state *graph = &app->graph;
	const struct mirror_node *node =
		&app->mirror.nodes[fold_foremost(graph->fold, &app->mirror, group)];
	int x = 0, y = 0, width = layout_width(graph->layout),
	    height = layout_height(graph->layout);

	layout_place(graph->layout, group, &x, &y);
	x = map.x + x * map.width / (width > 0 ? width : 1);
	y = map.y + y * map.height / (height > 0 ? height : 1);
	struct cell *cell = &canvas->cells[y * canvas->width + x];
	bool urgent = words_is_problem(node) || words_is_live(node);
	if (cell->code == ' ' || urgent)
		canvas_text(canvas, x, y, 1, words_role(node->state, node->reason), 0,
			    words_glyph(canvas, node->state, node->reason));
}

/* Without one, or where it would hide too much, it is empty. */
static struct area minimap_of(const struct app *app, struct area area)
{
	if (!app->graph.minimap || area.width < 3 * MINIMAP_WIDTH ||
	    area.height < 2 * MINIMAP_HEIGHT)
		return (struct area){0};
	return (struct area){area.x + area.width - MINIMAP_WIDTH, area.y, MINIMAP_WIDTH,
			     MINIMAP_HEIGHT};
}

static void draw_minimap(struct app *app, struct canvas *canvas, struct area area)
{
	struct graph_state *graph = &app->graph;
	struct area box = minimap_of(app, area);
	struct area map = {box.x + 1, box.y + 1, box.width - 2, box.height - 2};
	int width = layout_width(graph->layout), height = layout_height(graph->layout);

	if (box.width == 0)
		return;
	canvas_fill(canvas, box.x, box.y, box.width, box.height, ' ', ROLE_text, 0);
	canvas_box(canvas, box.x, box.y, box.width, box.height, ROLE_border, "map");
	for (uint32_t group = 0; group < graph->fold->groups_count; group++)
		put_group(app, canvas, map, group);
	for (int y = 0; y < map.height; y++) { /* what is in sight */
		int row = y * height / map.height;
		int from = graph->scroll_x * map.width / (width > 0 ? width : 1);
		int wide = area.width * map.width / (width > 0 ? width : 1) + 1;
		if (row >= graph->scroll_y && row < graph->scroll_y + area.height)
			canvas_mark(canvas, map.x + from, map.y + y,
				    wide < map.width - from ? wide : map.width - from,
				    CELL_REVERSE);
	}
}

/* ---- drawing ----------------------------------------------------------------------------- */

/* The camera goes where something happens, not more often than one can look. */
static void follow(struct app *app)
{
	struct graph_state *graph = &app->graph;

	if (!graph->follow || app->now_us - graph->followed_us < FOLLOW_US)
		return;
	graph->followed_us = app->now_us;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < app->mirror.nodes_count; i++) {
			const struct mirror_node *node = &app->mirror.nodes[i];
			if (pass == 0 ? !words_is_problem(node) : !words_is_live(node))
				continue;
			app_select(app, i);
			return;
		}
	}
}

/* Another layout under the same selection: its box stays where the eye is. */
static void keep_place(struct app *app, struct area area, int x, int y)
{
	struct graph_state *graph = &app->graph;
	const struct graph_seen *seen = &graph->seen;

	if (graph->fresh) {
		graph->held = strcmp(seen->id, app->selected_id) == 0 &&
			      seen->width == area.width && seen->height == area.height;
		if (graph->held) {
			graph->scroll_x = x - seen->x;
			graph->scroll_y = y - seen->y;
		}
	}
	graph->fresh = false;
}

static void move_camera(struct app *app, struct area area, int x, int y)
{
	struct graph_state *graph = &app->graph;
	int width = layout_width(graph->layout), height = layout_height(graph->layout);

	keep_place(app, area, x, y);
	graph->scroll_x =
		scroll_to(graph->scroll_x, x, graph->box_width, area.width, width, graph->held);
	graph->scroll_y = scroll_to(graph->scroll_y, y - 1, 2 + layout_box_height(graph->layout),
				    area.height, height, graph->held);
	graph->seen = (struct graph_seen){.x = x - graph->scroll_x,
					  .y = y - graph->scroll_y,
					  .width = area.width,
					  .height = area.height};
	if (graph_group(app, app->selected) != FOLD_NONE)
		(void)snprintf(graph->seen.id, sizeof(graph->seen.id), "%s", app->selected_id);
}

/* The boxes that a path of nodes goes through, each once, in the same list. */
static uint32_t boxes_of_path(const struct app *app, uint32_t *path, uint32_t count)
{
	uint32_t boxes = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t group = graph_group(app, path[i]);
		if (group != FOLD_NONE && (boxes == 0 || path[boxes - 1] != group))
			path[boxes++] = group;
	}
	return boxes;
}

static void draw_picture(struct app *app, struct canvas *canvas, struct area area)
{
	struct graph_state *graph = &app->graph;
	uint32_t group = graph_group(app, app->selected);
	bool *critical = NULL;
	uint32_t *path = NULL, path_count = 0;
	int x = 0, y = 0;

	if (graph->critical) {
		size_t nodes = (size_t)app->mirror.nodes_count + 1;
		path = mem_calloc(nodes, sizeof(*path));
		critical = mem_calloc(nodes, sizeof(*critical));
		path_count = critical_path(&app->mirror, app->wall_us, critical, path);
		path_count = boxes_of_path(app, path, path_count);
	}
	struct picture picture = {app, critical};
	if (group != FOLD_NONE)
		layout_place(graph->layout, group, &x, &y);
	move_camera(app, area, x, y);
	struct layout_view view = {.scroll_x = graph->scroll_x,
				   .scroll_y = graph->scroll_y,
				   .hot = group == FOLD_NONE ? -1 : (int64_t)group,
				   .path = path,
				   .path_count = path_count,
				   .box = draw_box,
				   .ctx = &picture};
	layout_draw(graph->layout, &view, canvas);
	free(critical);
	free(path);
}

static void graph_draw(struct app *app, struct canvas *canvas, struct area area)
{
	if (!app->mirror.has_graph || app->mirror.nodes_count == 0)
		return;
	follow(app);
	if (!graph_build(app, area)) {
		canvas_printf(canvas, area.x + 1, area.y, -1, ROLE_dim, 0,
			      "laying out %u nodes; 1 shows them as a list",
			      app->mirror.nodes_count);
		return;
	}
	draw_picture(app, canvas, area);
	draw_minimap(app, canvas, area);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void step(struct app *app, int dx, int dy)
{
	struct graph_state *graph = &app->graph;
	uint32_t group = graph_group(app, app->selected);
	int64_t next = -1;

	graph->follow = false;
	if (graph->layout != NULL && group != FOLD_NONE)
		next = layout_neighbour(graph->layout, group, dx, dy);
	else if (graph->layout != NULL && graph->fold->groups_count > 0)
		next = 0; /* the selected one is not in the picture */
	if (next >= 0)
		app_select(app, fold_foremost(graph->fold, &app->mirror, (uint32_t)next));
}

static bool is_within(struct area area, int x, int y)
{
	return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}

/* The box that is drawn at a place of the screen, or FOLD_NONE. */
static uint32_t box_at(const struct app *app, int x, int y)
{
	const struct graph_state *graph = &app->graph;

	for (uint32_t group = 0; group < graph->fold->groups_count; group++) {
		struct area box = {.width = graph->box_width,
				   .height = layout_box_height(graph->layout)};
		layout_place(graph->layout, group, &box.x, &box.y);
		box.x += app->body.x - graph->scroll_x;
		box.y += app->body.y - graph->scroll_y;
		if (is_within(box, x, y))
			return group;
	}
	return FOLD_NONE;
}

static bool graph_point(struct app *app, int x, int y)
{
	struct graph_state *graph = &app->graph;

	if (graph->layout == NULL || is_within(minimap_of(app, app->body), x, y))
		return false;
	uint32_t group = box_at(app, x, y);
	if (group == FOLD_NONE)
		return false;
	if (group == graph_group(app, app->selected))
		return true;
	graph->follow = false;
	app_select(app, fold_foremost(graph->fold, &app->mirror, group));
	return false;
}

/* A group is opened, a node looked into. */
static void open_selected(struct app *app)
{
	uint32_t group = graph_group(app, app->selected);

	if (app_node(app) == NULL)
		return;
	if (group != FOLD_NONE && app->graph.fold->groups[group].kind != FOLD_NODE)
		graph_toggle(app);
	else
		app_show(app, VIEW_NODE);
}

static bool move(struct app *app, enum action action)
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
	default:
		return false;
	}
}

static void toggle(struct app *app, bool *what, const char *name)
{
	*what = !*what;
	app_say(app, ROLE_dim, "%s %s", name, *what ? "on" : "OFF");
}

static bool graph_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_OPEN:
		open_selected(app);
		return true;
	case ACTION_MARK:
		app_mark(app, app->selected, !app_is_marked(app, app->selected));
		return true;
	case ACTION_FOLD:
		graph_toggle(app);
		return true;
	case ACTION_OPEN_ALL:
		graph_open_all(app);
		return true;
	case ACTION_FOLD_ALL:
		graph_fold_all(app);
		return true;
	case ACTION_ISOLATE:
		graph_isolate(app);
		return true;
	case ACTION_ZOOM_IN:
	case ACTION_ZOOM_OUT:
		graph_zoom(app, action == ACTION_ZOOM_IN ? 1 : -1);
		return true;
	case ACTION_FIT:
		graph_zoom(app, 0);
		return true;
	case ACTION_MINIMAP:
		toggle(app, &app->graph.minimap, "the map is");
		return true;
	case ACTION_CRITICAL:
		toggle(app, &app->graph.critical, "the critical path (*) is");
		return true;
	case ACTION_FOLLOW:
		toggle(app, &app->graph.follow, "following what happens is");
		return true;
	default:
		return move(app, action);
	}
}

static const struct hint HINTS[] = {
	{ACTION_OPEN, NULL},	{ACTION_OUTPUT, NULL},	  {ACTION_NEXT_PROBLEM, NULL},
	{ACTION_FOLD, NULL},	{ACTION_UNDO, NULL},	  {ACTION_RETRY, NULL},
	{ACTION_ISOLATE, NULL}, {ACTION_ZOOM_IN, "zoom"}, {ACTION_WHY, NULL},
	{ACTION_LIST, NULL},	{ACTION_PAUSE, NULL},	  {ACTION_NONE, NULL}};

const struct view_ops view_graph = {.title = "graph",
				    .hints = HINTS,
				    .draw = graph_draw,
				    .act = graph_act,
				    .point = graph_point};
