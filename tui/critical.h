/* SPDX-License-Identifier: MIT
 *
 * The critical path of a run so far: the chain of nodes in which each began when the one before it
 * ended, from the start to what ended last or still runs. Making one of them faster makes the run
 * faster. And how many nodes ran at once. Pure.
 */
#ifndef HLP_TUI_CRITICAL_H
#define HLP_TUI_CRITICAL_H

#include "client/mirror.h"

/* When a node's last attempt ended, or now while it runs; 0 before its start. */
int64_t critical_end_us(const struct mirror_node *node, int64_t now_us);

/* Fills in one flag a node, and the path in its order, which has room for every node. Returns how
 * many are on it. */
uint32_t critical_path(const struct mirror *mirror, int64_t now_us, bool *out_on,
		       uint32_t *out_path);

/* How many nodes ran in each of `slices` equal parts of a span of time: the most at any moment of
 * the part. Returns the most of all. */
uint32_t critical_parallel(const struct mirror *mirror, int64_t now_us, int64_t from_us,
			   int64_t span_us, uint32_t *out, uint32_t slices);

#endif
