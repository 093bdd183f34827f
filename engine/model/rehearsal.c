/* SPDX-License-Identifier: MIT
 *
 * The first event of an execution, folded, and outputs filled with their own names. See
 * rehearsal.h.
 */
#include "model/rehearsal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define UNKNOWN_ID "${run.id}"

static void add_items(struct event *created, const char *kind, const struct binding *list,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		created->items[created->items_count++] = (struct event_item){
			.kind = kind, .name = list[i].name, .value = list[i].value};
}

/* Of a node that has not run: each output stands for itself. */
static void fill_outputs(struct execution *execution, uint32_t node)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	struct binding *outputs = arena_alloc(&execution->arena,
					      ((size_t)spec->outputs_count + 1) * sizeof(*outputs));

	for (uint32_t i = 0; i < spec->outputs_count; i++) {
		char *text = mem_printf("${nodes.%s.outputs.%s}", spec->id, spec->outputs[i]);

		outputs[i] = (struct binding){.name = spec->outputs[i],
					      .value = arena_strdup(&execution->arena, text)};
		free(text);
	}
	execution->nodes[node].outputs = outputs;
}

struct execution *rehearsal_new(struct workflow *workflow, struct graph *graph,
				const struct rehearsal_start *start)
{
	size_t count = workflow->params_count + start->env_count;
	struct execution *execution;
	struct event created = {
		.kind = EVENT_CREATED,
		.execution = UNKNOWN_ID,
		.node = EVENT_NO_NODE,
		.text = workflow->name,
		.actor = start->actor,
		.folder = start->folder,
		.items = mem_calloc(count + 1, sizeof(*created.items)),
	};

	add_items(&created, "param", start->params, workflow->params_count);
	add_items(&created, "env", start->env, start->env_count);
	execution = execution_new(workflow, graph, &created);
	free(created.items);
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		fill_outputs(execution, i);
	return execution;
}

void rehearsal_waves(const struct graph *graph, uint32_t *out)
{
	uint32_t *ready = mem_calloc(graph->vertices_count + 1, sizeof(*ready));

	for (uint32_t i = 0; i < graph->vertices_count; i++) {
		uint32_t vertex = graph->order[i];
		uint32_t after = ready[vertex] + !graph_is_barrier(graph, vertex);

		if (!graph_is_barrier(graph, vertex))
			out[vertex] = ready[vertex];
		for (uint32_t k = graph->next_start[vertex]; k < graph->next_start[vertex + 1]; k++)
			if (ready[graph->next[k]] < after)
				ready[graph->next[k]] = after;
	}
	free(ready);
}
