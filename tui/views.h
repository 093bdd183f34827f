/* SPDX-License-Identifier: MIT
 *
 * The views, and what they lend each other.
 */
#ifndef HLP_TUI_VIEWS_H
#define HLP_TUI_VIEWS_H

#include "tui/app.h"

extern const struct view_ops view_list, view_graph, view_node, view_output, view_diff, view_why,
	view_runs, view_help, view_timeline, view_artifacts, view_journal, view_compare,
	view_workflows;

/* The list's rows, built if they are out of date. Other views walk nodes in this order. */
void list_build(struct app *app);
/* The node `step` nodes after (or before) the selected one in the list's order; -1: none. */
int64_t list_neighbour(struct app *app, int step);
/* The next (1) or previous (-1) problem in that order, or -1. */
int64_t list_problem(struct app *app, int step);

/* One line for a node's title: glyph, name, state, attempt, time. */
void node_title(struct app *app, struct canvas *canvas, struct area area, uint32_t node);
/* The inspector without its output, as the side panel shows it. Returns the rows used. */
int node_facts(struct app *app, struct canvas *canvas, struct area area, uint32_t node);

/* What a node prints, under a rule that says which attempt it is. */
void output_part(struct app *app, struct canvas *canvas, struct area area, uint32_t node);
/* A rule across the area with a text in it. */
void view_rule(struct canvas *canvas, struct area area, const char *text);
/* The run as it was one event earlier (-1) or later (1), by the journal as it is known here. */
void journal_step(struct app *app, int step);
/* The diff of two revisions, chosen elsewhere. */
void diff_show(struct app *app, const char *artifact, const char *old_revision,
	       const char *new_revision);
/* The message to commit the selected file with was given. */
void workflows_commit(struct app *app, const char *message);
/* Two executions side by side, by their ids. */
void compare_show(struct app *app, const char *older, const char *newer);

/* Keeps `selected` inside a window of `height` lines that begins at `top`; returns the new top. */
int view_keep(int top, int selected, int height, int count);
#endif
