/* SPDX-License-Identifier: MIT
 *
 * Layouts of large graphs, which take longer than a frame may: each is made on a thread of its own
 * from a copy of the graph, and taken when it is there. The thread touches nothing else, and frees
 * what nobody wants any more.
 */
#ifndef HLP_TUI_DRAWING_H
#define HLP_TUI_DRAWING_H

#include <stdbool.h>

#include "draw/layout.h"

#define DRAWING_NODES 1000 /* up to so many are laid out at once, within a frame */

struct drawing;

/* On a thread, of copies; NULL when none can be had. */
struct drawing *drawing_start(const struct layout_graph *graph,
			      const struct layout_options *options);
bool drawing_is_done(const struct drawing *drawing);
/* The layout, which is the caller's from now on; the drawing must be done, and is freed. */
struct layout *drawing_take(struct drawing *drawing);
void drawing_abandon(struct drawing *drawing); /* accepts NULL; never waits */

#endif
