/* SPDX-License-Identifier: MIT
 *
 * What starts first: what the most remaining work hangs on. A node counts 1 + risk, because a
 * risky step that goes wrong early leaves time for the people who must look at it.
 */
#include "model/priority.h"

#include <stdlib.h>

#include "base/mem.h"

/* -100 … 100 to 1/5 … 5: 25 steps are worth as much as the way being once again as long. */
static double factor_of(int32_t priority)
{
	return priority < 0 ? 1 / (1 - priority / 25.0) : 1 + priority / 25.0;
}

void priority_compute(const struct workflow *workflow, const struct graph *graph, double *out)
{
	double *weights = mem_alloc(workflow->nodes_count * sizeof(*weights));
	double *paths = mem_alloc(graph->vertices_count * sizeof(*paths));

	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		weights[i] = 1 + workflow->nodes[i].risk;
	graph_longest_path(graph, weights, paths);
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		out[i] = paths[i] * factor_of(workflow->nodes[i].priority);
	free(weights);
	free(paths);
}
