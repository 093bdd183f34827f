/* SPDX-License-Identifier: MIT
 *
 * What is folded by itself is decided when the picture is made: groups when the boxes would not
 * fit, quiet phases when they would not by far, and never what needs a person. After that states
 * change, and nothing moves.
 */
#include "tui/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/drawing.h"
#include "tui/grown.h"
#include "tui/words.h"

/* Widths of a box, widest first; the first with which the whole graph fits is taken. */
static const int WIDTHS[] = {24, 18, 12, 8, 5};
#define WIDTHS_COUNT   ((int)(sizeof(WIDTHS) / sizeof(WIDTHS[0])))
#define WIDTHS_AUTO    4   /* of these; the narrowest has no name, and only zooming goes there */
#define SCROLLED_WIDTH 18  /* when none fits */
#define FIT_NODES      300 /* above these nobody reads the whole at once: it is scrolled */
#define BOX_GAP	       2
#define TALL	       3 /* rows of a box that is looked at from near */
#define PHASE_LEAST    4

static void forget_folds(struct graph_folds *folds)
{
	free(folds->opened);
	free(folds->phases);
	free(folds->phases_opened);
	*folds = (struct graph_folds){0};
}

void graph_forget(struct graph_state *graph)
{
	bool minimap = graph->minimap, follow = graph->follow;

	fold_free(graph->fold);
	layout_free(graph->layout);
	drawing_abandon(graph->drawing);
	forget_folds(&graph->folds);
	grown_release(graph);
	*graph = (struct graph_state){.minimap = minimap, .follow = follow};
}

uint32_t graph_group(const struct app *app, uint32_t node)
{
	const struct graph_state *graph = &app->graph;

	if (graph->fold == NULL || graph->topology != app->mirror.topology ||
	    node >= app->mirror.nodes_count)
		return FOLD_NONE;
	return graph->fold->group_of[node];
}

/* ---- folding ----------------------------------------------------------------------------- */

static struct graph_folds *folds_of(struct app *app)
{
	grown_catch_up(app);
	return &app->graph.folds;
}

static uint32_t budget_of(struct area area)
{
	int across = area.width / (WIDTHS[2] + BOX_GAP), down = area.height * 2 / 5;

	return (uint32_t)((across > 0 ? across : 1) * (down > 0 ? down : 1));
}

static bool is_of_interest(const struct app *app, uint32_t node)
{
	const struct mirror_node *it = &app->mirror.nodes[node];

	return words_is_problem(it) || words_is_live(it) || it->state == STATE_PAUSED ||
	       node == app->selected;
}

/* Phases in which nothing needs a look. */
static void fold_quiet(const struct app *app, bool *phases)
{
	const struct mirror *mirror = &app->mirror;
	uint32_t *sizes = mem_calloc((size_t)mirror->phases_count + 1, sizeof(*sizes));

	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (mirror->nodes[i].phase_index >= 0)
			sizes[mirror->nodes[i].phase_index]++;
	for (uint32_t phase = 0; phase < mirror->phases_count; phase++)
		phases[phase] = sizes[phase] >= PHASE_LEAST;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		int32_t phase = mirror->nodes[i].phase_index;
		if (phase >= 0 && is_of_interest(app, i))
			phases[phase] = false;
	}
	free(sizes);
}

static bool *shown_of(const struct app *app, const struct graph_folds *folds)
{
	if (folds->isolation == ISOLATE_NOTHING || folds->isolated >= app->mirror.nodes_count)
		return NULL;
	bool *shown = mem_calloc((size_t)app->mirror.nodes_count + 1, sizeof(*shown));
	if (folds->isolation != ISOLATE_DOWN)
		fold_reach(&app->mirror, folds->isolated, true, shown);
	if (folds->isolation != ISOLATE_UP)
		fold_reach(&app->mirror, folds->isolated, false, shown);
	return shown;
}

static struct fold *make_fold(struct app *app, struct area area)
{
	const struct mirror *mirror = &app->mirror;
	struct graph_folds *folds = folds_of(app);
	size_t phases_count = (size_t)mirror->phases_count + 1;
	bool *apart = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*apart));
	bool *phases = mem_calloc(phases_count, sizeof(*phases));
	bool *shown = shown_of(app, folds);
	uint32_t budget = budget_of(area);
	bool many = mirror->nodes_count > budget;

	if (!folds->all_open && (folds->all_folded || mirror->nodes_count > budget * 4))
		fold_quiet(app, phases);
	for (uint32_t i = 0; i < mirror->phases_count; i++)
		phases[i] = (phases[i] || folds->phases[i]) && !folds->phases_opened[i];
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		apart[i] = folds->opened[i] || words_is_problem(&mirror->nodes[i]);
	struct fold_wish wish = {.groups = folds->all_folded || (many && !folds->all_open),
				 .apart = apart,
				 .phases = phases,
				 .shown = shown};
	struct fold *fold = fold_make(mirror, &wish);
	free(apart);
	free(phases);
	free(shown);
	return fold;
}

/* ---- laying out -------------------------------------------------------------------------- */

/* The widest boxes with which the drawing may fit, going by its width with the widest of all: the
 * order of boxes does not depend on how wide they are. */
static int narrower(int drawn, int width)
{
	for (int i = 1; i < WIDTHS_AUTO; i++)
		if (drawn * (WIDTHS[i] + BOX_GAP) / (WIDTHS[0] + BOX_GAP) <= width)
			return WIDTHS[i];
	return SCROLLED_WIDTH;
}

static int zoomed(int box_width, int zoom)
{
	int at = 0;

	while (at + 1 < WIDTHS_COUNT && WIDTHS[at] > box_width)
		at++;
	at -= zoom;
	return WIDTHS[at < 0 ? 0 : at >= WIDTHS_COUNT ? WIDTHS_COUNT - 1 : at];
}

/* Whether somebody wants to look closer than at boxes of the greatest width. */
static bool is_nearest(int box_width, int zoom)
{
	int at = 0;

	while (at + 1 < WIDTHS_COUNT && WIDTHS[at] > box_width)
		at++;
	return zoom > at;
}

static void lay_out_at_once(struct graph_state *graph, int width, const struct layout_past *past)
{
	const struct layout_graph *drawn = &graph->fold->graph;
	struct layout_options options = {
		.box_width = drawn->nodes_count <= FIT_NODES ? WIDTHS[0] : SCROLLED_WIDTH,
		.width_wanted = width,
		.past = past,
	};
	struct layout *layout = layout_new(drawn, &options);
	int box = options.box_width;

	if (layout_width(layout) > width && box == WIDTHS[0])
		box = narrower(layout_width(layout), width);
	options.box_width = zoomed(box, graph->zoom);
	options.box_height = is_nearest(box, graph->zoom) ? TALL : 1;
	graph->box_width = options.box_width;
	graph->tall = options.box_height > 1;
	if (box == WIDTHS[0] && options.box_width == box && !graph->tall) {
		graph->layout = layout;
		return;
	}
	layout_free(layout);
	graph->layout = layout_new(drawn, &options);
}

static void lay_out_beside(struct graph_state *graph, int width, const struct layout_past *past)
{
	graph->tall = is_nearest(SCROLLED_WIDTH, graph->zoom);
	struct layout_options options = {.box_width = zoomed(SCROLLED_WIDTH, graph->zoom),
					 .box_height = graph->tall ? TALL : 1,
					 .width_wanted = width,
					 .past = past};

	graph->box_width = options.box_width;
	graph->drawing = drawing_start(&graph->fold->graph, &options);
}

/* A graph that grew keeps the width of its boxes, and these their places, while it still fits as
 * well as before. */
static bool lay_out_grown(struct graph_state *graph, int width, const struct layout_past *past)
{
	struct layout_options options = {.box_width = graph->box_width,
					 .box_height = graph->tall ? TALL : 1,
					 .width_wanted = width,
					 .past = past};
	struct layout *layout = layout_new(&graph->fold->graph, &options);

	if (layout_width(layout) <= width || past->width > width) {
		graph->layout = layout;
		return true;
	}
	layout_free(layout);
	return false;
}

static void lay_out(struct graph_state *graph, int width, struct layout_past *past)
{
	if (graph->fold->groups_count > DRAWING_NODES)
		lay_out_beside(graph, width, past);
	else if (past == NULL || past->hold == LAYOUT_HOLD_ORDER ||
		 !lay_out_grown(graph, width, past)) {
		if (past != NULL)
			past->hold = LAYOUT_HOLD_ORDER;
		lay_out_at_once(graph, width, past);
	}
	graph->fresh = true;
}

static void begin(struct app *app, struct area area)
{
	struct graph_state *graph = &app->graph;
	struct fold *fold = make_fold(app, area);
	struct layout_stood *stood = grown_stood(app, fold);
	struct layout_past past = {.stood = stood};

	if (stood != NULL) {
		past = layout_past(graph->layout);
		past.stood = stood;
		bool grew = graph->topology != app->mirror.topology &&
			    graph->for_width == area.width && !graph->stale;
		past.hold = grew ? LAYOUT_HOLD_COLUMNS : LAYOUT_HOLD_ORDER;
	}
	fold_free(graph->fold);
	layout_free(graph->layout);
	drawing_abandon(graph->drawing);
	free(graph->was);
	graph->was = NULL;
	graph->layout = NULL;
	graph->drawing = NULL;
	graph->fold = fold;
	graph->topology = app->mirror.topology;
	graph->for_width = area.width;
	graph->stale = false;
	lay_out(graph, area.width, stood != NULL ? &past : NULL);
	free(stood);
}

bool graph_build(struct app *app, struct area area)
{
	struct graph_state *graph = &app->graph;
	bool made = graph->fold != NULL && graph->topology == app->mirror.topology &&
		    graph->for_width == area.width && !graph->stale;

	if (!made)
		begin(app, area);
	if (graph->drawing != NULL && drawing_is_done(graph->drawing)) {
		graph->layout = drawing_take(graph->drawing);
		graph->drawing = NULL;
	}
	return graph->layout != NULL;
}

/* ---- the user's word --------------------------------------------------------------------- */

static void again(struct app *app)
{
	app->graph.stale = true;
	app->changed = true;
}

static void open_group(struct app *app, uint32_t group)
{
	const struct fold *fold = app->graph.fold;
	const struct fold_group *it = &fold->groups[group];
	struct graph_folds *folds = folds_of(app);

	if (it->kind == FOLD_PHASE) {
		int32_t phase = app->mirror.nodes[fold->members[it->first]].phase_index;
		folds->phases[phase] = false;
		folds->phases_opened[phase] = true;
		return;
	}
	for (uint32_t i = it->first; i < it->first + it->count; i++)
		folds->opened[fold->members[i]] = true;
}

/* The group that the node would be in; where there is none, its phase. */
static void close_group(struct app *app, uint32_t node)
{
	struct graph_folds *folds = folds_of(app);
	struct fold_wish wish = {.groups = true};
	struct fold *fold = fold_make(&app->mirror, &wish);
	const struct fold_group *it = &fold->groups[fold->group_of[node]];
	int32_t phase = app->mirror.nodes[node].phase_index;
	bool was_open = false;

	for (uint32_t i = it->first; i < it->first + it->count; i++) {
		was_open = was_open || folds->opened[fold->members[i]];
		folds->opened[fold->members[i]] = false;
	}
	if ((it->count == 1 || !was_open) && phase >= 0) {
		folds->phases[phase] = true;
		folds->phases_opened[phase] = false;
	} else if (it->count == 1) {
		app_say(app, ROLE_dim, "%s belongs to nothing that folds",
			app->mirror.nodes[node].id);
	}
	fold_free(fold);
}

void graph_toggle(struct app *app)
{
	uint32_t group = graph_group(app, app->selected);

	if (group == FOLD_NONE)
		return;
	if (app->graph.fold->groups[group].kind != FOLD_NODE)
		open_group(app, group);
	else
		close_group(app, app->selected);
	again(app);
}

void graph_open_all(struct app *app)
{
	struct graph_folds *folds = folds_of(app);

	folds->all_open = true;
	folds->all_folded = false;
	memset(folds->phases, 0, app->mirror.phases_count * sizeof(*folds->phases));
	again(app);
}

void graph_fold_all(struct app *app)
{
	struct graph_folds *folds = folds_of(app);

	memset(folds->opened, 0, app->mirror.nodes_count * sizeof(*folds->opened));
	memset(folds->phases_opened, 0, app->mirror.phases_count * sizeof(*folds->phases_opened));
	folds->all_open = false;
	folds->all_folded = true;
	again(app);
}

void graph_isolate(struct app *app)
{
	static const char *const SAYS[][2] = {
		[ISOLATE_NOTHING] = {"everything", ""},
		[ISOLATE_UP] = {"what ", " needs"},
		[ISOLATE_DOWN] = {"what needs ", ""},
		[ISOLATE_BOTH] = {"what needs or is needed by ", ""},
	};
	struct graph_folds *folds = folds_of(app);

	folds->isolation = (enum graph_isolation)((folds->isolation + 1) % 4);
	folds->isolated = app->selected;
	app_say(app, ROLE_dim, "shown: %s%s%s; i goes on", SAYS[folds->isolation][0],
		folds->isolation == ISOLATE_NOTHING ? "" : app->selected_id,
		SAYS[folds->isolation][1]);
	again(app);
}

void graph_zoom(struct app *app, int step)
{
	app->graph.zoom = step == 0 ? 0 : app->graph.zoom + step;
	if (app->graph.zoom > WIDTHS_COUNT)
		app->graph.zoom = WIDTHS_COUNT;
	if (app->graph.zoom < -WIDTHS_COUNT)
		app->graph.zoom = -WIDTHS_COUNT;
	again(app);
}
