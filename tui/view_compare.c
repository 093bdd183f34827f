/* SPDX-License-Identifier: MIT
 *
 * Two executions compared: version, params, how they ended, and each node's state, attempts and
 * time. It says what it does not compare. What is the same is left out until `o` shows it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

/* Two durations differ when they do by this much and by a fifth. */
#define TIME_LEAST_US (CLOCK_SECOND_US / 2)

static const Hlp__V1__Status *status_of(const struct app *app, int side)
{
	return (const Hlp__V1__Status *)app->compare.sides[side].status.message;
}

static const Hlp__V1__Graph *graph_of(const struct app *app, int side)
{
	return (const Hlp__V1__Graph *)app->compare.sides[side].graph.message;
}

void compare_show(struct app *app, const char *older, const char *newer)
{
	const char *ids[2] = {older, newer};

	for (int side = 0; side < 2; side++) {
		struct compared *it = &app->compare.sides[side];
		feed_forget(&it->status);
		feed_forget(&it->graph);
		(void)snprintf(it->id, sizeof(it->id), "%s", ids[side]);
	}
	app->compare.page.top = 0;
	app_show(app, VIEW_COMPARE);
	for (int side = 0; side < 2; side++)
		feed_compared(app, side, ids[side]);
}

/* ---- one line a difference --------------------------------------------------------------- */

struct table {
	struct page *page;
	int name, column; /* widths */
	bool everything;
	unsigned differ, same;
};

static void add_pair(struct table *table, const char *name, const char *old_value,
		     const char *new_value, bool differ)
{
	table->differ += differ;
	table->same += !differ;
	if (!differ && !table->everything)
		return;
	page_addf(table->page, differ ? ROLE_diff_changed : ROLE_dim, 0,
		  table->name + table->column + 5, "%c %-*.*s %-*.*s  %s", differ ? '*' : ' ',
		  table->name, table->name, name, table->column, table->column, old_value,
		  new_value);
}

static void add_texts(struct table *table, const char *name, const char *old_value,
		      const char *new_value)
{
	add_pair(table, name, old_value, new_value, strcmp(old_value, new_value) != 0);
}

static void took(int64_t started_us, int64_t ended_us, char *out)
{
	out[0] = '\0';
	if (started_us > 0 && ended_us >= started_us)
		clock_format_duration(ended_us - started_us, out);
}

static bool times_differ(int64_t a_us, int64_t b_us)
{
	int64_t apart_us = a_us > b_us ? a_us - b_us : b_us - a_us;
	int64_t longer_us = a_us > b_us ? a_us : b_us;

	return apart_us >= TIME_LEAST_US && apart_us * 5 >= longer_us;
}

static void add_header(struct table *table, const Hlp__V1__Execution *a,
		       const Hlp__V1__Execution *b)
{
	char old_text[120], new_text[120], old_took[CLOCK_DURATION_TEXT],
		new_took[CLOCK_DURATION_TEXT];

	(void)snprintf(old_text, sizeof(old_text), "%.12s%s", a->revision,
		       a->dirty ? " DIRTY" : "");
	(void)snprintf(new_text, sizeof(new_text), "%.12s%s", b->revision,
		       b->dirty ? " DIRTY" : "");
	add_texts(table, "version", old_text, new_text);
	(void)snprintf(old_text, sizeof(old_text), "%s %s", a->state, a->reason);
	(void)snprintf(new_text, sizeof(new_text), "%s %s", b->state, b->reason);
	add_texts(table, "state", old_text, new_text);
	took(a->started_us, a->ended_us, old_took);
	took(b->started_us, b->ended_us, new_took);
	add_pair(table, "time", old_took, new_took,
		 times_differ(a->ended_us - a->started_us, b->ended_us - b->started_us));
	add_texts(table, "by", a->actor, b->actor);
	add_texts(table, "folder", a->folder, b->folder);
}

static const char *param_of(const Hlp__V1__Graph *graph, const char *name)
{
	for (size_t i = 0; i < graph->n_params; i++)
		if (strcmp(graph->params[i]->name, name) == 0)
			return graph->params[i]->value;
	return NULL;
}

static void add_params(struct table *table, const Hlp__V1__Graph *a, const Hlp__V1__Graph *b)
{
	for (size_t i = 0; i < b->n_params; i++) {
		const char *old_value = param_of(a, b->params[i]->name);
		add_texts(table, b->params[i]->name, old_value ? old_value : "not there",
			  b->params[i]->value);
	}
	for (size_t i = 0; i < a->n_params; i++)
		if (param_of(b, a->params[i]->name) == NULL)
			add_texts(table, a->params[i]->name, a->params[i]->value, "not there");
}

static void node_text(const Hlp__V1__Node *node, char *out, size_t size)
{
	enum state state = STATE_PENDING;
	enum reason reason = REASON_NONE;
	char time[CLOCK_DURATION_TEXT];

	(void)state_parse(node->state, &state);
	(void)reason_parse(node->reason, &reason);
	took(node->started_us, node->ended_us, time);
	(void)snprintf(out, size, "%s%s%s%s", state_word(state, reason), time[0] ? " " : "", time,
		       node->attempt > 1 ? " again" : "");
}

static bool nodes_differ(const Hlp__V1__Node *a, const Hlp__V1__Node *b)
{
	return strcmp(a->state, b->state) != 0 || strcmp(a->reason, b->reason) != 0 ||
	       a->attempt != b->attempt || a->exit_code != b->exit_code ||
	       times_differ(a->ended_us - a->started_us, b->ended_us - b->started_us);
}

static void index_nodes(const Hlp__V1__Status *status, struct map *out)
{
	for (size_t i = 0; i < status->n_nodes; i++)
		(void)map_add_text(out, status->nodes[i]->id, (union map_value){.number = i});
}

static void add_nodes(struct table *table, const Hlp__V1__Status *a, const Hlp__V1__Status *b)
{
	struct map old_nodes = {0}, new_nodes = {0};
	char old_text[120], new_text[120];

	index_nodes(a, &old_nodes);
	index_nodes(b, &new_nodes);
	for (size_t i = 0; i < b->n_nodes; i++) {
		const union map_value *found = map_find_text(&old_nodes, b->nodes[i]->id);
		node_text(b->nodes[i], new_text, sizeof(new_text));
		if (found == NULL) {
			add_pair(table, b->nodes[i]->id, "not there", new_text, true);
			continue;
		}
		node_text(a->nodes[found->number], old_text, sizeof(old_text));
		add_pair(table, b->nodes[i]->id, old_text, new_text,
			 nodes_differ(a->nodes[found->number], b->nodes[i]));
	}
	for (size_t i = 0; i < a->n_nodes; i++) {
		if (map_find_text(&new_nodes, a->nodes[i]->id) != NULL)
			continue;
		node_text(a->nodes[i], old_text, sizeof(old_text));
		add_pair(table, a->nodes[i]->id, old_text, "not there", true);
	}
	map_release(&old_nodes);
	map_release(&new_nodes);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void fill(struct app *app, struct page *page)
{
	const Hlp__V1__Status *a = status_of(app, 0), *b = status_of(app, 1);
	struct table table = {.page = page,
			      .name = page->width < 70 ? 14 : 20,
			      .everything = app->compare.everything};

	table.column = (page->width - table.name - 6) / 2;
	page_addf(page, ROLE_title, CELL_BOLD, 0, "  %-*.*s %-*.*s  %s", table.name, table.name, "",
		  table.column, table.column, a->execution->name, b->execution->name);
	add_header(&table, a->execution, b->execution);
	page_add(page, ROLE_phase, CELL_BOLD, 0, "Params");
	add_params(&table, graph_of(app, 0), graph_of(app, 1));
	page_add(page, ROLE_phase, CELL_BOLD, 0, "Nodes");
	add_nodes(&table, a, b);
	page_add(page, ROLE_text, 0, 0, "");
	page_addf(page, ROLE_text, 0, 0, "%u differ, %u are the same%s.", table.differ, table.same,
		  app->compare.everything ? "" : " (o shows them)");
	page_add(page, ROLE_dim, 0, 0,
		 "Not compared: what the nodes printed, the contents of their files, the values of "
		 "their outputs, and times that differ by less than a fifth.");
}

static void compare_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct page *page = &app->compare.page;
	struct area inner = {area.x + 1, area.y, area.width - 2, area.height};
	bool complete = true;

	page_start(page, inner.width);
	for (int side = 0; side < 2; side++) {
		const struct compared *it = &app->compare.sides[side];
		complete = complete && it->status.message != NULL && it->graph.message != NULL;
		if (it->status.error[0] != '\0')
			page_addf(page, ROLE_error, 0, 0, "%s: %s", it->id, it->status.error);
	}
	if (complete)
		fill(app, page);
	else
		page_add(page, ROLE_dim, 0, 0, "asking the engine for both");
	page_draw(page, canvas, inner);
	app->cursor = (struct term_cursor){area.x, area.y, false};
}

static bool compare_act(struct app *app, enum action action)
{
	if (action == ACTION_ORDER) {
		app->compare.everything = !app->compare.everything;
		return true;
	}
	return page_act(&app->compare.page, action, app->body.height);
}

static const struct hint HINTS[] = {
	{ACTION_ORDER, "what is the same"}, {ACTION_PAGE_DOWN, "more"}, {ACTION_NONE, NULL}};

const struct view_ops view_compare = {
	.title = "compare", .hints = HINTS, .draw = compare_draw, .act = compare_act};
