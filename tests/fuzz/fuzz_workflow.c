/* SPDX-License-Identifier: MIT
 *
 * Arbitrary bytes as a workflow: read, compiled, and orders built from it. A file that is refused
 * must say why; one that is accepted must compile.
 */
#include <stdlib.h>
#include <string.h>

#include "model/order.h"
#include "model/priority.h"
#include "model/workflow.h"

#define INPUT_MAX  ((size_t)1024 * 1024)
#define NODES_USED 20 /* of which orders are built */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void build_orders(const struct workflow *workflow, const struct graph *graph)
{
	const struct order_places places = {.output_folder = "/o", .workspace = "/w"};
	struct execution execution = {.workflow = workflow,
				      .graph = graph,
				      .id = "01jd0000000000000000000000",
				      .name = "w#1",
				      .number = 1,
				      .folder = "/f"};
	struct arena arena = {0};

	execution.nodes = calloc(workflow->nodes_count, sizeof(*execution.nodes));
	if (!execution.nodes)
		abort();
	if (workflow_bind_params(workflow, NULL, 0, &arena, &execution.params, NULL) >= 0)
		for (uint32_t i = 0; i < workflow->nodes_count && i < NODES_USED; i++) {
			const struct order *order;

			(void)order_build(&execution, i, ATTEMPT_RUN, 1, 0, &places, &arena, &order,
					  NULL);
			if (workflow->nodes[i].has_undo)
				(void)order_build(&execution, i, ATTEMPT_UNDO, 1, 0, &places,
						  &arena, &order, NULL);
		}
	arena_release(&arena);
	free(execution.nodes);
}

static void use(const struct workflow *workflow)
{
	struct graph *graph;
	double *priorities;
	uint32_t *path, count;

	if (graph_compile(workflow, &graph, NULL) < 0)
		abort(); /* the reader looked for cycles */
	priorities = calloc(workflow->nodes_count, sizeof(*priorities));
	if (!priorities)
		abort();
	priority_compute(workflow, graph, priorities);
	graph_critical_path(graph, priorities, &path, &count);
	free(path);
	free(priorities);
	build_orders(workflow, graph);
	graph_free(graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct workflow *workflow;
	struct buf problems;
	char *text;

	if (size > INPUT_MAX)
		return 0;
	text = malloc(size ? size : 1); /* of just this size, so that reading past it is seen */
	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	buf_init(&problems, INPUT_MAX);
	if (workflow_read("f", text, size, &workflow, &problems) < 0) {
		if (!problems.length || problems.overflow)
			abort();
	} else {
		free(text);
		text = NULL; /* a workflow owns what it says */
		use(workflow);
		workflow_free(workflow);
	}
	buf_release(&problems);
	free(text);
	return 0;
}
