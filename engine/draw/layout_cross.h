/* SPDX-License-Identifier: MIT
 *
 * Crossings of the order that the layers of a layout have, and their fall when neighbours are
 * exchanged. What is known is kept from one question to the next and found out again only where a
 * layer has changed: the places of a vertex's neighbours, the crossings of a channel, and which
 * neighbours are worth another look. Part of a layout under way; one thread.
 */
#ifndef HLP_DRAW_LAYOUT_CROSS_H
#define HLP_DRAW_LAYOUT_CROSS_H

#include "draw/layout_inner.h"

struct cross {
	struct layout *layout;
	uint32_t *up_start, *down_start; /* per vertex, and one: into the lists of its neighbours */
	uint32_t *above, *below;	 /* the neighbours */
	uint32_t *up, *down;		 /* their places, ascending; see layout_cross_upper */
	uint32_t *edges;	       /* per layer, and one: how many come from the layer above */
	uint64_t clock;		       /* counts changes */
	uint64_t *changed;	       /* per layer: when its order changed last */
	uint64_t *up_made, *down_made; /* per layer: when its lists were made */
	uint64_t *counted;	       /* per layer: when the crossings above it were counted */
	uint64_t *count;	       /* per layer: crossings above it */
	bool *restless; /* per index of layout->at: exchanging it with the next may save something
			 */
	bool *busy;	/* per layer: something in it is restless */
	const bool *fixed; /* per vertex: two of these are never exchanged; NULL: none */
	uint32_t *fill, *tree;
};

void layout_cross_init(struct cross *cross, struct layout *layout);
void layout_cross_release(struct cross *cross);

/* To be told when a layer was put in another order, at[] and place[] alike. */
void layout_cross_changed(struct cross *cross, uint32_t layer);

/* Bring the places of all neighbours above, or below, of a layer's vertices up to date. */
void layout_cross_upper(struct cross *cross, uint32_t layer);
void layout_cross_lower(struct cross *cross, uint32_t layer);

uint64_t layout_cross_count(struct cross *cross);
/* How often the edges above each dummy of a layer are crossed, into out[] by vertex. */
void layout_cross_dummies(struct cross *cross, uint32_t layer, uint64_t *out);

/* Exchanges neighbours until that saves nothing any more; with `ties` at first also where it makes
 * none more, which leads out of some dead ends. */
void layout_cross_exchange(struct cross *cross, bool ties);

#endif
