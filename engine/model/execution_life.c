/* SPDX-License-Identifier: MIT
 *
 * An execution's life as an object: made from its first event, with all that is derived from it,
 * and freed. What changes it is execution_fold.c; what it decides, execution_decide.c.
 */
#include "model/execution.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/checkpoint.h"
#include "model/derive.h"
#include "model/execution_fields.h"
#include "model/priority.h"
#include "model/ready.h"

void execution_add_target(struct execution *execution, const struct file_target *target)
{
	execution->targets = mem_grow(execution->targets, &execution->targets_capacity,
				      execution->targets_count + 1, sizeof(*execution->targets));
	execution->targets[execution->targets_count++] = *target;
}

static char *keep(struct execution *execution, const char *text)
{
	return arena_strdup(&execution->arena, text ? text : "");
}

static void bind_params(struct execution *execution, const struct event *created)
{
	const struct workflow *workflow = execution->workflow;

	execution->params = arena_alloc(&execution->arena,
					(workflow->params_count + 1) * sizeof(*execution->params));
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		struct binding *param = &execution->params[i];

		param->name = workflow->params[i].name;
		for (uint32_t j = 0; j < created->items_count; j++) {
			const struct event_item *item = &created->items[j];

			if (item->value && strcmp(item->kind, "param") == 0 &&
			    strcmp(item->name, param->name) == 0)
				param->value = keep(execution, item->value);
		}
	}
}

static void bind_env(struct execution *execution, const struct event *created)
{
	execution->env = arena_alloc(&execution->arena,
				     ((size_t)created->items_count + 1) * sizeof(*execution->env));
	for (uint32_t i = 0; i < created->items_count; i++) {
		const struct event_item *item = &created->items[i];

		if (!item->value || strcmp(item->kind, "env") != 0)
			continue;
		execution->env[execution->env_count++] = (struct binding){
			.name = keep(execution, item->name), .value = keep(execution, item->value)};
	}
}

/* The arrays that hold nodes and what is derived from them. */
static void make_room(struct execution *execution)
{
	uint32_t nodes = execution->graph->nodes_count;
	uint32_t vertices = execution->graph->vertices_count;

	execution->nodes = mem_calloc(nodes, sizeof(*execution->nodes));
	execution->unmet = mem_calloc(vertices, sizeof(*execution->unmet));
	execution->undo_unmet = mem_calloc(vertices, sizeof(*execution->undo_unmet));
	execution->priority = mem_calloc(nodes, sizeof(*execution->priority));
	execution->touched = mem_calloc(nodes, sizeof(*execution->touched));
	execution->touched_mark = mem_calloc(nodes, sizeof(*execution->touched_mark));
	execution->phase_left = mem_calloc((size_t)execution->workflow->phases_count + 1,
					   sizeof(*execution->phase_left));
	execution->ready = ready_new(nodes);
	for (uint32_t i = 0; i < nodes; i++)
		execution->nodes[i].message = "";
	priority_compute(execution->workflow, execution->graph, execution->priority);
}

struct execution *execution_blank(struct workflow *workflow, struct graph *graph,
				  const struct event *created)
{
	struct execution *execution = mem_zalloc(sizeof(*execution));

	assert(created->kind == EVENT_CREATED);
	assert(graph->nodes_count == workflow->nodes_count);
	execution->workflow = workflow;
	execution->graph = graph;
	memcpy(execution->id, created->execution, sizeof(execution->id));
	execution->number = created->number;
	execution_rename(execution);
	execution->actor = keep(execution, created->actor);
	execution->note = keep(execution, created->note);
	execution->folder = keep(execution, created->folder);
	execution->revision = keep(execution, created->revision);
	execution->request = keep(execution, created->request);
	memcpy(execution->blob, created->blob, sizeof(execution->blob));
	execution->dirty = created->flag;
	execution->created_us = created->time_us;
	execution->seq = execution->header_version = created->seq;
	execution->events_count = 1;
	bind_params(execution, created);
	bind_env(execution, created);
	make_room(execution);
	return execution;
}

struct execution *execution_new(struct workflow *workflow, struct graph *graph,
				const struct event *created)
{
	struct execution *execution = execution_blank(workflow, graph, created);

	derive_all(execution);
	for (uint32_t i = 0; i < graph->nodes_count; i++) {
		execution->nodes[i].version = created->seq;
		derive_touch(execution, i);
	}
	execution->header_touched = true;
	return execution;
}

void execution_free(struct execution *execution)
{
	if (!execution)
		return;
	ready_free(execution->ready);
	free(execution->nodes);
	free(execution->unmet);
	free(execution->undo_unmet);
	free(execution->priority);
	free(execution->touched);
	free(execution->touched_mark);
	for (size_t i = 0; i < execution->checkpoints_count; i++)
		checkpoint_forget_nodes(&execution->checkpoints[i]);
	free(execution->checkpoints);
	free(execution->phase_left);
	free(execution->revisions);
	free(execution->targets);
	graph_free((struct graph *)execution->graph);
	workflow_free((struct workflow *)execution->workflow);
	arena_release(&execution->arena);
	free(execution);
}

void execution_touched_clear(struct execution *execution)
{
	for (uint32_t i = 0; i < execution->touched_count; i++)
		execution->touched_mark[execution->touched[i]] = false;
	execution->touched_count = 0;
	execution->header_touched = false;
}
