/* SPDX-License-Identifier: MIT
 *
 * The list: a line a node under the header of its phase. Home at 80x24. Its order is the one in
 * which every other view walks the nodes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tui/views.h"
#include "tui/words.h"

#define WHY_BYTES   600
#define WHY_LINES   3  /* of the selected node, below the rows */
#define ROWS_ENOUGH 14 /* so that such lines are to spare */

/* ---- rows -------------------------------------------------------------------------------- */

static struct list_row *add_row(struct list_state *list, int64_t node, int32_t phase)
{
	list->rows = mem_grow(list->rows, &list->capacity, list->count + 1, sizeof(*list->rows));
	list->rows[list->count] = (struct list_row){.node = node, .phase = phase};
	return &list->rows[list->count++];
}

/* Counting sort by phase: nodes keep the order of the file inside theirs. */
static uint32_t *order_by_phase(const struct mirror *mirror, uint32_t *ends)
{
	uint32_t *order = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*order));
	uint32_t at = 0;

	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		ends[mirror->nodes[i].phase_index + 1]++;
	for (uint32_t phase = 0; phase <= mirror->phases_count; phase++) {
		uint32_t count = ends[phase];
		ends[phase] = at;
		at += count;
	}
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		order[ends[mirror->nodes[i].phase_index + 1]++] = i;
	return order;
}

static void build_by_phase(struct list_state *list, const struct mirror *mirror)
{
	uint32_t *ends = mem_calloc((size_t)mirror->phases_count + 1, sizeof(*ends));
	uint32_t *order = order_by_phase(mirror, ends);
	uint32_t at = 0;

	for (uint32_t bucket = 0; bucket <= mirror->phases_count; bucket++) {
		int32_t phase = (int32_t)bucket - 1;
		if (ends[bucket] > at && mirror->phases_count > 0)
			add_row(list, -1, phase)->total = ends[bucket] - at;
		for (; at < ends[bucket]; at++)
			add_row(list, order[at], phase);
	}
	free(ends);
	free(order);
}

static int attention_rank(const struct mirror_node *node)
{
	if (words_is_problem(node))
		return 0;
	if (node->state == STATE_PAUSED)
		return 1;
	if (node->state == STATE_RECOVERING || words_is_live(node))
		return 2;
	if (node->state == STATE_RECOVERED || node->reason == REASON_TOLERATED)
		return 3;
	return node->state == STATE_PENDING ? 4 : 5;
}

static void build_by_attention(struct list_state *list, const struct mirror *mirror)
{
	for (int rank = 0; rank <= 5; rank++) {
		for (uint32_t i = 0; i < mirror->nodes_count; i++)
			if (attention_rank(&mirror->nodes[i]) == rank)
				add_row(list, i, mirror->nodes[i].phase_index);
	}
}

void list_build(struct app *app)
{
	struct list_state *list = &app->list;
	const struct mirror *mirror = &app->mirror;

	if (list->built && list->topology == mirror->topology &&
	    (!list->attention || list->seq == mirror->seq))
		return;
	list->count = 0;
	if (mirror->has_graph && list->attention)
		build_by_attention(list, mirror);
	else if (mirror->has_graph)
		build_by_phase(list, mirror);
	list->name_width = 0;
	for (uint32_t i = 0; mirror->has_graph && i < mirror->nodes_count; i++) {
		int width = (int)strlen(mirror->nodes[i].id); /* names are ASCII */
		if (width > list->name_width)
			list->name_width = width;
	}
	list->built = true;
	list->topology = mirror->topology;
	list->seq = mirror->seq;
}

static int64_t row_of_selected(const struct app *app)
{
	for (size_t i = 0; i < app->list.count; i++)
		if (app->list.rows[i].node == (int64_t)app->selected)
			return (int64_t)i;
	return -1;
}

int64_t list_neighbour(struct app *app, int step)
{
	list_build(app);
	int64_t row = row_of_selected(app);
	int64_t count = (int64_t)app->list.count;
	int64_t found = -1;
	int left = step < 0 ? -step : step;
	int direction = step < 0 ? -1 : 1;

	for (int64_t i = row + direction; row >= 0 && i >= 0 && i < count && left > 0;
	     i += direction) {
		if (app->list.rows[i].node < 0)
			continue;
		found = app->list.rows[i].node;
		left--;
	}
	return found;
}

int64_t list_problem(struct app *app, int step)
{
	list_build(app);
	int64_t count = (int64_t)app->list.count;

	for (int64_t i = row_of_selected(app) + step; i >= 0 && i < count; i += step) {
		int64_t node = app->list.rows[i].node;
		if (node >= 0 && words_is_problem(&app->mirror.nodes[node]))
			return node;
	}
	return -1;
}

/* ---- drawing ----------------------------------------------------------------------------- */

struct columns {
	int name, state, attempt, time, why; /* where each begins; 0: left out */
};

/* The reason beside a node falls first on a narrow screen, then the attempt, then the time. */
static struct columns columns_for(int width, int longest)
{
	struct columns at = {.name = 5};
	int name = width < 50 ? width / 2 - 4 : width < 100 ? 24 : width / 4;

	if (longest < name)
		name = longest;
	if (name < 4)
		name = 4;
	at.state = 5 + name + 2;
	if (width >= 60)
		at.attempt = at.state + 17;
	if (width >= 42)
		at.time = width >= 60 ? at.attempt + 4 : width - 7;
	if (width >= 66)
		at.why = at.time + 9;
	return at;
}

static int state_width(struct columns at, int width)
{
	if (at.attempt)
		return at.attempt - at.state - 1;
	return (at.time ? at.time : width) - at.state - 1;
}

static void draw_titles(struct canvas *canvas, struct area area, struct columns at)
{
	canvas_text(canvas, area.x + at.name, area.y, -1, ROLE_dim, 0, "NODE");
	canvas_text(canvas, area.x + at.state, area.y, -1, ROLE_dim, 0, "STATE");
	if (at.attempt)
		canvas_text(canvas, area.x + at.attempt, area.y, -1, ROLE_dim, 0, "TRY");
	if (at.time)
		canvas_text(canvas, area.x + at.time + 3, area.y, -1, ROLE_dim, 0, "TIME");
	if (at.why)
		canvas_text(canvas, area.x + at.why, area.y, -1, ROLE_dim, 0, "WHY");
}

static void draw_phase(struct app *app, struct canvas *canvas, struct area area,
		       const struct list_row *row)
{
	const struct mirror *mirror = &app->mirror;
	bool known = row->phase >= 0;
	uint32_t open = known && mirror->phase_open ? mirror->phase_open[row->phase] : row->total;

	for (int x = 0; x < area.width; x++)
		canvas_put(canvas, area.x + x, area.y,
			   canvas_line_glyph(LINE_LEFT | LINE_RIGHT, canvas->ascii), ROLE_border,
			   0);
	int used = canvas_printf(canvas, area.x + 1, area.y, area.width - 1, ROLE_phase, 0, " %s ",
				 known ? mirror->phases[row->phase] : "no phase");
	canvas_printf(canvas, area.x + 1 + used, area.y, area.width - used - 1, ROLE_dim, 0,
		      "%u of %u ", row->total - open, row->total);
}

/* One line of it; the inspector has the rest. */
static void why_text(const struct app *app, uint32_t index, char *out, size_t size)
{
	const struct mirror_node *node = &app->mirror.nodes[index];
	bool asks = node->question != NULL && node->question[0] != '\0';

	out[0] = '\0';
	if (!asks && words_is_problem(node) && node->message != NULL && node->message[0] != '\0')
		(void)snprintf(out, size, "%s", node->message);
	else if (app->mirror.ended && node->state == STATE_PENDING)
		return; /* the state says it */
	else if (asks || node->state == STATE_PENDING || node->state == STATE_PAUSED ||
		 node->reason == REASON_TOLERATED)
		mirror_why(&app->mirror, index, app->wall_us, out, size);
	else if (node->state == STATE_RECOVERED && node->reason != REASON_NOTHING_TO_UNDO)
		(void)snprintf(out, size, "service not verified");
	else if (node->stale)
		(void)snprintf(out, size, "stale: what it read was taken back");
	out[strcspn(out, "\n")] = '\0';
}

static void draw_why(struct app *app, struct canvas *canvas, struct area area, uint32_t index)
{
	char why[WHY_BYTES];

	why_text(app, index, why, sizeof(why));
	char *aside = strrchr(why, '(');
	if ((int)text_width(why) > area.width && aside != NULL && aside > why + 1)
		aside[-1] = '\0';
	canvas_text(canvas, area.x, area.y, area.width, ROLE_dim, 0, why);
}

static void draw_node(struct app *app, struct canvas *canvas, struct area area, uint32_t index)
{
	const struct mirror_node *node = &app->mirror.nodes[index];
	struct columns at = columns_for(area.width, app->list.name_width);
	enum role role = words_role(node->state, node->reason);
	char word[64], elapsed[16];

	canvas_text(canvas, area.x + 1, area.y, 1, role, 0,
		    words_glyph(canvas, node->state, node->reason));
	canvas_text(canvas, area.x + 3, area.y, 1, role, 0,
		    state_letter(node->state, node->reason));
	canvas_text(canvas, area.x + at.name, area.y, at.state - at.name - 1, ROLE_text, 0,
		    node->id);
	words_node(&app->mirror, node, word, sizeof(word));
	canvas_text(canvas, area.x + at.state, area.y, state_width(at, area.width), role, 0, word);
	if (at.attempt && node->attempt > 0)
		canvas_printf(canvas, area.x + at.attempt, area.y, 3, ROLE_text, 0, "%3u",
			      node->attempt);
	words_elapsed(node, app->wall_us, elapsed, sizeof(elapsed));
	if (at.time)
		canvas_printf(canvas, area.x + at.time, area.y, 7, ROLE_text, 0, "%7s", elapsed);
	struct area rest = {area.x + at.why, area.y, area.width - at.why, 1};
	if (at.why)
		draw_why(app, canvas, rest, index);
}

static void draw_row(struct app *app, struct canvas *canvas, struct area line, size_t at)
{
	const struct list_row *row = &app->list.rows[at];

	if (row->node < 0) {
		draw_phase(app, canvas, line, row);
		return;
	}
	draw_node(app, canvas, line, (uint32_t)row->node);
	if (app_is_marked(app, (uint32_t)row->node))
		canvas_put(canvas, line.x + 2, line.y, '*', ROLE_prompt, CELL_BOLD);
	if (row->node != (int64_t)app->selected)
		return;
	canvas_put(canvas, line.x, line.y, '>', ROLE_prompt, 0);
	/* Up to the end of the name: a whole line would be sent twice at each step. */
	struct columns columns = columns_for(line.width, app->list.name_width);
	int name = (int)strlen(app->mirror.nodes[row->node].id);
	int most = columns.state - columns.name - 1;
	canvas_mark(canvas, line.x, line.y, columns.name + (name < most ? name : most),
		    CELL_REVERSE);
	app->cursor = (struct term_cursor){line.x, line.y, false};
}

/* The header of the phase in sight is worth a line more than what comes after it. */
static int top_for(const struct app *app, int selected, int height)
{
	int top = view_keep(app->list.top, selected, height, (int)app->list.count);

	if (top > 0 && top == selected && app->list.rows[top - 1].node < 0)
		top--;
	return top;
}

/* The selected node's reason, whole, below the rows, when its column cannot hold it. Returns the
 * lines taken: none where rows are rare. */
static int draw_whole_why(struct app *app, struct canvas *canvas, struct area area)
{
	const struct mirror_node *node = app_node(app);
	struct columns at = columns_for(area.width, app->list.name_width);
	char why[WHY_BYTES];
	struct page page;
	int lines = 0;

	if (node == NULL || area.height < ROWS_ENOUGH || app_is_wide(app))
		return 0;
	why_text(app, app->selected, why, sizeof(why));
	if (why[0] == '\0' || (at.why > 0 && (int)text_width(why) <= area.width - at.why))
		return 0;
	page_init(&page);
	page_start(&page, area.width - 2);
	page_addf(&page, words_role(node->state, node->reason), 0, 2, "%s: %s", node->id, why);
	lines = (int)page.count < WHY_LINES ? (int)page.count : WHY_LINES;
	struct area below = {area.x + 1, area.y + area.height - lines, area.width - 2, lines};
	page_draw(&page, canvas, below);
	page_release(&page);
	return lines;
}

static void draw_rows(struct app *app, struct canvas *canvas, struct area area)
{
	app->list.top = top_for(app, (int)row_of_selected(app), area.height);
	for (int i = 0; i < area.height; i++) {
		size_t at = (size_t)(app->list.top + i);
		struct area line = {area.x, area.y + i, area.width, 1};
		if (at < app->list.count)
			draw_row(app, canvas, line, at);
	}
}

static void list_draw(struct app *app, struct canvas *canvas, struct area area)
{
	list_build(app);
	if (!app->mirror.has_graph) {
		if (app->execution[0] == '\0')
			canvas_text(canvas, area.x + 1, area.y, -1, ROLE_dim, 0,
				    "no execution: 6 lists them, n starts one");
		return;
	}
	int titles = area.height > 8 ? 1 : 0;
	if (titles > 0)
		draw_titles(canvas, area, columns_for(area.width, app->list.name_width));
	int below = draw_whole_why(app, canvas, area);
	struct area rows = {area.x, area.y + titles, area.width, area.height - titles - below};
	draw_rows(app, canvas, rows);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void move(struct app *app, int step)
{
	int64_t node = list_neighbour(app, step);

	if (node >= 0)
		app_select(app, (uint32_t)node);
}

/* Marks and goes on to the next, so that a few blanks mark a few nodes. */
static void mark(struct app *app)
{
	if (app_node(app) == NULL)
		return;
	app_mark(app, app->selected, !app_is_marked(app, app->selected));
	app_say(app, ROLE_dim, "%u marked: H R S X F act on them, Esc ends it", app->marks.count);
	move(app, 1);
}

static bool list_act(struct app *app, enum action action)
{
	int page = app->body.height > 3 ? app->body.height - 2 : 1, step;

	if (action_moves(action, page, (int)app->list.count, &step)) {
		move(app, step);
		return true;
	}
	switch (action) {
	case ACTION_OPEN:
		if (app_node(app) != NULL)
			app_show(app, VIEW_NODE);
		return true;
	case ACTION_BACK:
		if (app->marks.count == 0)
			return false;
		app_clear_marks(app);
		return true;
	case ACTION_MARK:
		mark(app);
		return true;
	case ACTION_ORDER:
		app->list.attention = !app->list.attention;
		app->list.built = false;
		app_say(app, ROLE_dim,
			app->list.attention ? "what needs attention first; o: by phase"
					    : "by phase");
		return true;
	default:
		return false;
	}
}

static const struct hint HINTS[] = {
	{ACTION_OPEN, NULL},   {ACTION_OUTPUT, NULL}, {ACTION_NEXT_PROBLEM, NULL},
	{ACTION_UNDO, NULL},   {ACTION_RETRY, NULL},  {ACTION_DIFF, NULL},
	{ACTION_WHY, NULL},    {ACTION_GRAPH, NULL},  {ACTION_PAUSE, NULL},
	{ACTION_CANCEL, NULL}, {ACTION_NONE, NULL}};

const struct view_ops view_list = {
	.title = "list", .hints = HINTS, .draw = list_draw, .act = list_act};
