/* SPDX-License-Identifier: MIT
 *
 * Long lines of a layout under way, moved as a whole. Medians and exchanges move one dummy at a
 * time, and a line that runs on the wrong side of something through several layers stays there:
 * each single step would cost more than it saves. Here each line is put where it crosses least,
 * all else staying where it is. Never makes it worse.
 */
#ifndef HLP_DRAW_LAYOUT_CHAINS_H
#define HLP_DRAW_LAYOUT_CHAINS_H

#include "draw/layout_cross.h"

/* Takes the places and edges looked at off *budget and leaves out what that does not pay for.
 * Returns how many lines moved. */
uint64_t layout_move_chains(struct cross *cross, uint64_t *budget);

#endif
