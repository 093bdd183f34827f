/* SPDX-License-Identifier: MIT
 *
 * What an act brings about, said before it is done: which nodes start at once, which outputs will
 * be missing. Pure.
 */
#ifndef HLP_CLIENT_CONSEQUENCE_H
#define HLP_CLIENT_CONSEQUENCE_H

#include "base/buf.h"
#include "client/mirror.h"

/* Names the nodes that start when those in `settled` (one flag a node) count as completed, in file
 * order, at most `most` of them by name. Returns how many there are. */
uint32_t consequence_starts(const struct mirror *mirror, const bool *settled, uint32_t most,
			    struct buf *out);

/* Names the outputs of the settled nodes, which nobody will have written. Returns how many. */
uint32_t consequence_missing(const struct mirror *mirror, const bool *settled, struct buf *out);

#endif
