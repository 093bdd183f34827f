/* SPDX-License-Identifier: MIT
 *
 * An execution's life as an object: made from its first event, freed, looked into. What changes it
 * is execution_fold.c; what it decides, execution_decide.c.
 */
#include "model/execution.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/derive.h"
#include "model/execution_fields.h"
#include "model/limits.h"
#include "model/priority.h"
#include "model/ready.h"

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
	execution->ready = ready_new(nodes);
	for (uint32_t i = 0; i < nodes; i++)
		execution->nodes[i].message = "";
	priority_compute(execution->workflow, execution->graph, execution->priority);
}

void execution_rename(struct execution *execution)
{
	const char *workflow = execution->workflow->name;
	size_t size = strlen(workflow) + 12;

	execution->name = arena_alloc(&execution->arena, size);
	(void)snprintf(execution->name, size, "%s#%u", workflow,
		       execution->number); /* ten digits, '#' and NUL fit */
}

struct execution *execution_new(struct workflow *workflow, struct graph *graph,
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
	free(execution->revisions);
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

static const char *const verbs[VERBS] = {
	[VERB_NONE] = "",	  [VERB_PAUSE] = "pause",	[VERB_RESUME] = "resume",
	[VERB_CANCEL] = "cancel", [VERB_RETRY] = "retry",	[VERB_SKIP] = "skip",
	[VERB_DONE] = "done",	  [VERB_HOLD] = "hold",		[VERB_RELEASE] = "release",
	[VERB_FREEZE] = "freeze", [VERB_THAW] = "thaw",		[VERB_ANSWER] = "answer",
	[VERB_NOTE] = "note",	  [VERB_ROLLBACK] = "rollback",
};

const char *verb_name(enum verb verb)
{
	return (unsigned)verb < VERBS ? verbs[verb] : "";
}

bool verb_parse(const char *name, enum verb *out)
{
	for (int i = VERB_NONE + 1; i < VERBS; i++) {
		if (strcmp(verbs[i], name) == 0) {
			*out = (enum verb)i;
			return true;
		}
	}
	return false;
}

void attempt_id(const struct execution *execution, uint32_t node, enum attempt_kind kind,
		uint32_t attempt, char out[ATTEMPT_ID_TEXT])
{
	const char *name = execution->workflow->nodes[node].id;

	(void)snprintf(out, ATTEMPT_ID_TEXT, "%s-%s-%s-%u", execution->id, name,
		       attempt_kind_name(kind), attempt); /* 26 + 63 + 4 + 10 + 3 and NUL fit */
	for (char *c = out + strlen(execution->id); *c; c++) {
		if (*c == '_')
			*c = '.';
	}
}

static bool parse_number(const char *text, uint32_t *out)
{
	uint64_t number = 0;

	if (*text < '1' || *text > '9')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)number;
	return true;
}

static bool parse_kind(const char *text, size_t length, enum attempt_kind *out)
{
	for (int i = ATTEMPT_RUN; i <= ATTEMPT_HOOK; i++) {
		const char *name = attempt_kind_name((enum attempt_kind)i);

		if (strlen(name) == length && memcmp(name, text, length) == 0) {
			*out = (enum attempt_kind)i;
			return true;
		}
	}
	return false;
}

bool attempt_id_parse(const char *text, char out_execution[ULID_TEXT], char out_node[64],
		      enum attempt_kind *out_kind, uint32_t *out_attempt)
{
	const size_t ulid = ULID_TEXT - 1;
	const char *number, *kind;
	size_t length = strnlen(text, ATTEMPT_ID_TEXT);

	if (length == ATTEMPT_ID_TEXT || length < ulid + 2 || text[ulid] != '-')
		return false;
	number = memrchr(text, '-', length);
	kind = memrchr(text, '-', (size_t)(number - text));
	if (!kind || kind <= text + ulid + 1 || kind - (text + ulid + 1) > LIMIT_NAME)
		return false;
	if (!parse_kind(kind + 1, (size_t)(number - kind - 1), out_kind) ||
	    !parse_number(number + 1, out_attempt))
		return false;
	memcpy(out_execution, text, ulid);
	out_execution[ulid] = '\0';
	text += ulid + 1;
	for (length = 0; text + length < kind; length++)
		out_node[length] = text[length] == '.' ? '_' : text[length];
	out_node[length] = '\0';
	return true;
}

const struct revision *execution_newest_revision(const struct execution *execution, uint32_t node,
						 uint32_t artifact)
{
	uint32_t at = execution->nodes[node].last_revision;

	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact)
			return revision;
		at = revision->previous;
	}
	return NULL;
}

const struct revision *execution_pre_image(const struct execution *execution, uint32_t node,
					   uint32_t artifact)
{
	const struct node_run *run = &execution->nodes[node];
	uint32_t at = run->last_revision;

	/* Newest first: a capture that a revoked intent left is older than the one that counts. */
	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact && revision->moment == MOMENT_BEFORE &&
		    revision->attempt == run->fresh_attempt + 1)
			return revision;
		at = revision->previous;
	}
	return NULL;
}
