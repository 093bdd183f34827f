/* SPDX-License-Identifier: MIT
 *
 * What a picture of the graph leaves to the next: where each box stood, and, when the graph itself
 * has changed, what the user said about its nodes. Nodes are known again by their names. One
 * thread.
 */
#ifndef HLP_TUI_GROWN_H
#define HLP_TUI_GROWN_H

#include "tui/app.h"
#include "tui/fold.h"

void grown_release(struct graph_state *graph);

/* To be called before anything that goes by the places of nodes: after a change of the graph the
 * user's word about folding, and the picture that is shown, are about the places of now. */
void grown_catch_up(struct app *app);

/* Where the boxes of the next picture stood in the one that is shown; owned by the caller. NULL
 * where too little of it stood to be worth it. */
struct layout_stood *grown_stood(const struct app *app, const struct fold *next);

#endif
