/* SPDX-License-Identifier: MIT
 *
 * Shorter edges for a layering: nodes are moved down towards what needs them, or up towards what
 * they need, together with what would be in their way, wherever that makes the edges shorter in
 * sum. Short edges cross less, and fewer layers are passed by lines.
 */
#ifndef HLP_DRAW_LAYOUT_LENGTHS_H
#define HLP_DRAW_LAYOUT_LENGTHS_H

#include "draw/layout_inner.h"

struct lengths {
	const struct layout_graph *graph;
	const uint32_t *start, *next; /* dependents */
	const uint32_t *band;	      /* per node; edges between bands pull, but bind nothing */
	const uint32_t *depth;	      /* per band: its layers */
	uint32_t *local;	      /* per node: its layer in the band, changed here */
};

/* In time about that of `rounds` walks over the graph. */
void layout_shorten(const struct lengths *lengths, uint32_t rounds);

#endif
