/* SPDX-License-Identifier: MIT
 *
 * Refs for people: refs/hlp/artifacts/EXECUTION/NODE/PATH leads to the history of one file of one
 * node, a commit a revision, for `git log -p`. They follow from the journal's rows and the blobs
 * alone, are made when there is time, and may be deleted at any moment. On the thread that writes
 * contents, between its batches.
 */
#ifndef HLP_STORE_PROJECTION_H
#define HLP_STORE_PROJECTION_H

#include <stdint.h>

#include "store/content.h"

/* Makes what is new since the last time, and about `most` files at most. Returns how many it made:
 * at least `most` when there may be more. */
int projection_go_on(const struct home *home, struct content *content, uint32_t most,
		     struct err *err);
/* Makes all of it anew. Returns how many files. */
int projection_rebuild(const struct home *home, struct content *content, struct err *err);

#endif
