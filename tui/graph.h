/* SPDX-License-Identifier: MIT
 *
 * What the view of the graph draws: which nodes are folded into groups, and their layout. The view
 * itself only draws and moves. One thread.
 */
#ifndef HLP_TUI_GRAPH_H
#define HLP_TUI_GRAPH_H

#include "tui/app.h"
#include "tui/fold.h"

void graph_forget(struct graph_state *graph);

/* Folds and lays out for an area, if what was made before is not for it. False while a large layout
 * is still under way and there is none before it. */
bool graph_build(struct app *app, struct area area);

/* The user's word about folding: at the selected node, everywhere. */
void graph_toggle(struct app *app);
void graph_open_all(struct app *app);
void graph_fold_all(struct app *app);
/* Everything, what the selected node needs, what needs it, both; and round again. */
void graph_isolate(struct app *app);
void graph_zoom(struct app *app, int step); /* 0: as fits */

uint32_t graph_group(const struct app *app, uint32_t node); /* FOLD_NONE: not in the picture */

#endif
