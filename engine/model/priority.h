/* SPDX-License-Identifier: MIT
 *
 * Which ready node starts first. The formula and its reason are in docs/ARCHITECTURE.md.
 */
#ifndef HLP_MODEL_PRIORITY_H
#define HLP_MODEL_PRIORITY_H

#include "model/graph.h"

/* Per real node: longest remaining path, each node on it weighing 1 + risk, scaled by the
 * operator's priority. Larger starts first; age decides among equals. `out` has nodes_count. */
void priority_compute(const struct workflow *workflow, const struct graph *graph, double *out);

#endif
