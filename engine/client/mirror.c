/* SPDX-License-Identifier: MIT
 *
 * The copy of one execution. Its nodes are built from the graph that the engine sends (texts into
 * one arena, edges both ways, a topological order) or, until that comes, from the first rows; rows
 * that came before stay with the nodes of the same name. What people are told about a node
 * is in mirror_why.c.
 */
#include "client/mirror.h"

#include <stdlib.h>
#include <string.h>

const char *mirror_value(const struct mirror_param *param)
{
	if (param->missing)
		return "(missing: nothing has written it)";
	return param->value[0] ? param->value : "(empty)";
}

int64_t mirror_find(const struct mirror *mirror, const char *node)
{
	const union map_value *found = map_find_text(&mirror->index, node);

	return found ? (int64_t)found->number : -1;
}

/* ---- memory -------------------------------------------------------------------------------- */

static void release_more(struct mirror_node *node)
{
	if (node->more)
		arena_release(&node->more->arena);
	free(node->more);
	node->more = NULL;
}

static void release_nodes(struct mirror_node *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		free(nodes[i].question);
		free(nodes[i].message);
		release_more(&nodes[i]);
	}
	free(nodes);
}

static void release_graph(struct mirror *mirror)
{
	release_nodes(mirror->nodes, mirror->nodes_count);
	map_release(&mirror->index);
	arena_release(&mirror->arena);
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text && text[0] ? arena_strdup(arena, text) : "";
}

static const char *const *copy_texts(struct arena *arena, char *const *texts, size_t count)
{
	const char **copy;

	if (!count)
		return NULL;
	copy = arena_alloc(arena, count * sizeof(char *));
	for (size_t i = 0; i < count; i++)
		copy[i] = arena_strdup(arena, texts[i]);
	return copy;
}

/* ---- nodes --------------------------------------------------------------------------------- */

static int32_t find_phase(const Hlp__V1__Graph *graph, const char *name, int32_t guess)
{
	if (!name[0])
		return -1;
	/* Nodes of one phase mostly stand together. */
	if (guess >= 0 && strcmp(graph->phases[guess], name) == 0)
		return guess;
	for (size_t i = 0; i < graph->n_phases; i++)
		if (strcmp(graph->phases[i], name) == 0)
			return (int32_t)i;
	return -1;
}

/* Needs that lead nowhere are a peer's mistake and are left out. */
static void copy_needs(struct arena *arena, const Hlp__V1__Graph *graph,
		       const Hlp__V1__GraphNode *from, struct mirror_node *node)
{
	uint32_t *needs;

	if (!from->n_needs)
		return;
	needs = arena_alloc(arena, from->n_needs * sizeof(uint32_t));
	for (size_t i = 0; i < from->n_needs; i++)
		if (from->needs[i] < graph->n_nodes)
			needs[node->needs_count++] = from->needs[i];
	node->needs = needs;
}

static void copy_node(struct arena *arena, const Hlp__V1__Graph *graph,
		      const Hlp__V1__GraphNode *from, int32_t phase_guess, struct mirror_node *node)
{
	node->id = copy_text(arena, from->id);
	node->phase_index = find_phase(graph, from->phase, phase_guess);
	node->phase = copy_text(arena, from->phase);
	copy_needs(arena, graph, from, node);
	node->risk = from->risk;
	node->risk_name = copy_text(arena, from->risk_name);
	node->has_undo = from->has_undo;
	node->irreversible = copy_text(arena, from->irreversible);
	node->command = copy_text(arena, from->command);
	node->host = copy_text(arena, from->host);
	node->undo = copy_text(arena, from->undo);
	node->description = copy_text(arena, from->description);
	node->manual = copy_text(arena, from->manual);
	node->undo_manual = copy_text(arena, from->undo_manual);
	node->approval = copy_text(arena, from->approval);
	node->artifacts = copy_texts(arena, from->artifacts, from->n_artifacts);
	node->artifacts_count = (uint32_t)from->n_artifacts;
	node->outputs = copy_texts(arena, from->outputs, from->n_outputs);
	node->outputs_count = (uint32_t)from->n_outputs;
	node->timeout_us = from->timeout_us;
	node->estimate_us = from->estimate_us;
}

static void set_dependents(struct arena *arena, struct mirror_node *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t j = 0; j < nodes[i].needs_count; j++)
			nodes[nodes[i].needs[j]].dependents_count++;
	for (uint32_t i = 0; i < count; i++) {
		if (nodes[i].dependents_count)
			nodes[i].dependents =
				arena_alloc(arena, nodes[i].dependents_count * sizeof(uint32_t));
		nodes[i].dependents_count = 0;
	}
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t j = 0; j < nodes[i].needs_count; j++) {
			struct mirror_node *need = &nodes[nodes[i].needs[j]];

			((uint32_t *)need->dependents)[need->dependents_count++] = i;
		}
	}
}

/* The row of an old node moves to the new one of the same name. */
static void move_row(struct mirror_node *from, struct mirror_node *to)
{
	to->state = from->state;
	to->reason = from->reason;
	to->held = from->held;
	to->stale = from->stale;
	to->verdict_pending = from->verdict_pending;
	to->has_exit_code = from->has_exit_code;
	to->attempt = from->attempt;
	to->undo_attempt = from->undo_attempt;
	to->exit_code = from->exit_code;
	to->signal = from->signal;
	to->started_us = from->started_us;
	to->ended_us = from->ended_us;
	to->due_us = from->due_us;
	to->pid = from->pid;
	to->version = from->version;
	free(to->question);
	free(to->message);
	to->question = from->question;
	to->message = from->message;
	to->more = from->more;
	from->question = from->message = NULL;
	from->more = NULL;
}

static void move_rows(struct mirror *mirror, struct mirror_node *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int64_t old = mirror_find(mirror, nodes[i].id);

		if (old >= 0)
			move_row(&mirror->nodes[old], &nodes[i]);
	}
}

/* ---- order ---------------------------------------------------------------------------------- */

/* Kahn's walk; nodes on a cycle (which the engine never sends) come last, in file order. */
static uint32_t *order_by_needs(const struct mirror_node *nodes, uint32_t count)
{
	uint32_t *order = mem_calloc(count, sizeof(uint32_t));
	uint32_t *open = mem_calloc(count, sizeof(uint32_t));
	uint32_t found = 0;

	for (uint32_t i = 0; i < count; i++) {
		open[i] = nodes[i].needs_count;
		if (!open[i])
			order[found++] = i;
	}
	for (uint32_t at = 0; at < found; at++) {
		const struct mirror_node *node = &nodes[order[at]];

		for (uint32_t j = 0; j < node->dependents_count; j++)
			if (--open[node->dependents[j]] == 0)
				order[found++] = node->dependents[j];
	}
	for (uint32_t i = 0; i < count && found < count; i++)
		if (open[i])
			order[found++] = i;
	free(open);
	return order;
}

/* A need never lies in a later phase, so sorting by phase keeps the order. */
static uint32_t *order_by_phase(struct arena *arena, const struct mirror_node *nodes,
				uint32_t count, uint32_t phases_count)
{
	uint32_t *plain = order_by_needs(nodes, count);
	uint32_t *order = arena_alloc(arena, (size_t)count * sizeof(uint32_t));
	uint32_t *place = mem_calloc((size_t)phases_count + 2, sizeof(uint32_t));

	for (uint32_t i = 0; i < count; i++)
		place[nodes[i].phase_index + 2]++;
	for (uint32_t phase = 1; phase <= phases_count + 1; phase++)
		place[phase] += place[phase - 1];
	for (uint32_t i = 0; i < count; i++)
		order[place[nodes[plain[i]].phase_index + 1]++] = plain[i];
	free(place);
	free(plain);
	return order;
}

/* ---- putting it together --------------------------------------------------------------------- */

static bool same_edges(const struct mirror_node *a, const struct mirror_node *b)
{
	return strcmp(a->id, b->id) == 0 && a->phase_index == b->phase_index &&
	       a->needs_count == b->needs_count &&
	       (!a->needs_count ||
		memcmp(a->needs, b->needs, a->needs_count * sizeof(uint32_t)) == 0);
}

static bool same_topology(const struct mirror *mirror, const struct mirror_node *nodes,
			  uint32_t count)
{
	if (!mirror->has_graph || mirror->nodes_count != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!same_edges(&mirror->nodes[i], &nodes[i]))
			return false;
	return true;
}

static struct mirror_node *nodes_new(uint32_t count)
{
	struct mirror_node *nodes = mem_calloc(count, sizeof(*nodes));

	for (uint32_t i = 0; i < count; i++) {
		nodes[i].phase_index = -1;
		nodes[i].id = nodes[i].phase = nodes[i].risk_name = "";
		nodes[i].irreversible = nodes[i].command = nodes[i].undo = "";
		nodes[i].description = nodes[i].manual = "";
		nodes[i].undo_manual = nodes[i].approval = "";
		nodes[i].question = mem_strdup("");
		nodes[i].message = mem_strdup("");
	}
	return nodes;
}

/* Takes over arena and nodes. */
static void install(struct mirror *mirror, struct arena *arena, struct mirror_node *nodes,
		    uint32_t count)
{
	release_graph(mirror);
	mirror->arena = *arena;
	mirror->nodes = nodes;
	mirror->nodes_count = count;
	mirror->phase_open = arena_alloc(&mirror->arena, mirror->phases_count * sizeof(uint32_t));
	for (uint32_t i = 0; i < count; i++) {
		(void)map_add_text(&mirror->index, nodes[i].id,
				   (union map_value){.number = i}); /* names are unique */
		if (nodes[i].phase_index >= 0 && nodes[i].state != STATE_COMPLETED)
			mirror->phase_open[nodes[i].phase_index]++;
	}
}

static struct mirror_node *read_nodes(struct arena *arena, const Hlp__V1__Graph *graph)
{
	struct mirror_node *nodes = nodes_new((uint32_t)graph->n_nodes);
	int32_t phase = -1;

	for (size_t i = 0; i < graph->n_nodes; i++) {
		copy_node(arena, graph, graph->nodes[i], phase, &nodes[i]);
		phase = nodes[i].phase_index;
	}
	set_dependents(arena, nodes, (uint32_t)graph->n_nodes);
	return nodes;
}

static void copy_coach(struct mirror *mirror, const Hlp__V1__Graph *graph)
{
	mirror->coach = NULL;
	for (size_t i = 0; i < graph->n_labels; i++)
		if (strcmp(graph->labels[i]->name, "coach") == 0)
			mirror->coach = copy_text(&mirror->arena, graph->labels[i]->value);
}

static void copy_params(struct mirror *mirror, const Hlp__V1__Graph *graph)
{
	struct arena *arena = &mirror->arena;

	mirror->params_count = (uint32_t)graph->n_params;
	mirror->params = arena_alloc(arena, (graph->n_params + 1) * sizeof(*mirror->params));
	for (size_t i = 0; i < graph->n_params; i++)
		mirror->params[i] =
			(struct mirror_param){.name = copy_text(arena, graph->params[i]->name),
					      .value = copy_text(arena, graph->params[i]->value)};
}

void mirror_set_graph(struct mirror *mirror, const Hlp__V1__Graph *graph)
{
	uint32_t count = (uint32_t)graph->n_nodes;
	struct arena arena = {0};
	struct mirror_node *nodes = read_nodes(&arena, graph);

	if (!same_topology(mirror, nodes, count))
		mirror->topology++;
	move_rows(mirror, nodes, count);
	mirror->phases_count = (uint32_t)graph->n_phases;
	mirror->phases = copy_texts(&arena, graph->phases, graph->n_phases);
	install(mirror, &arena, nodes, count);
	mirror->order = order_by_phase(&mirror->arena, nodes, count, mirror->phases_count);
	mirror->max_parallel = graph->max_parallel;
	copy_params(mirror, graph);
	copy_coach(mirror, graph);
	mirror->uses_agent = graph->uses_agent;
	free(mirror->description);
	mirror->description = mem_strdup(graph->description);
	mirror->has_graph = true;
}

static void build_from_rows(struct mirror *mirror, const Hlp__V1__Update *update)
{
	uint32_t count = (uint32_t)update->n_nodes;
	struct mirror_node *nodes = nodes_new(count);
	struct arena arena = {0};

	for (uint32_t i = 0; i < count; i++) {
		const Hlp__V1__Node *row = update->nodes[i];

		if (row->index >= count)
			continue; /* a peer's mistake */
		nodes[row->index].id = copy_text(&arena, row->id);
		nodes[row->index].phase = copy_text(&arena, row->phase);
	}
	mirror->phases_count = 0;
	mirror->phases = NULL;
	mirror->params_count = 0;
	mirror->coach = NULL;
	install(mirror, &arena, nodes, count);
	mirror->order = order_by_phase(&mirror->arena, nodes, count, 0);
	mirror->topology++;
}

/* ---- one row ------------------------------------------------------------------------------ */

/* Most updates change none of the texts. */
static void set_text(char **text, const char *value)
{
	if (*text && strcmp(*text, value) == 0)
		return;
	free(*text);
	*text = mem_strdup(value);
}

static void set_message(struct mirror_node *node, const ProtobufCBinaryData *message)
{
	free(node->message);
	node->message = mem_strndup((const char *)message->data, message->len);
}

static void set_more(struct mirror_node *node, const Hlp__V1__Node *row)
{
	struct mirror_more *more;

	release_more(node);
	if (!row->n_shown && !row->held_by[0] && !row->held_note[0] && !row->asked_us &&
	    !row->held_until_us && !row->freezing && !row->checking[0])
		return;
	node->more = more = mem_zalloc(sizeof(*more));
	more->held_by = copy_text(&more->arena, row->held_by);
	more->held_note = copy_text(&more->arena, row->held_note);
	more->held_until_us = row->held_until_us;
	more->asked_us = row->asked_us;
	more->freezing = row->freezing;
	more->checking = copy_text(&more->arena, row->checking);
	more->shown = arena_alloc(&more->arena, (row->n_shown + 1) * sizeof(*more->shown));
	for (size_t i = 0; i < row->n_shown; i++)
		more->shown[more->shown_count++] = (struct mirror_param){
			.name = copy_text(&more->arena, row->shown[i]->name),
			.value = copy_text(&more->arena, row->shown[i]->value),
			.missing = row->shown[i]->missing};
}

/* A word that this program does not know comes from a newer engine: the last known one stays. */
static void set_state(enum state *state, enum reason *reason, const char *state_text,
		      const char *reason_text)
{
	(void)state_parse(state_text, state);
	if (!reason_parse(reason_text, reason))
		*reason = REASON_NONE;
}

static void count_open(struct mirror *mirror, const struct mirror_node *node, int step)
{
	if (node->phase_index >= 0 && node->state != STATE_COMPLETED)
		mirror->phase_open[node->phase_index] += (uint32_t)step;
}

static void take_node(struct mirror *mirror, struct mirror_node *node, const Hlp__V1__Node *row)
{
	count_open(mirror, node, -1);
	set_state(&node->state, &node->reason, row->state, row->reason);
	count_open(mirror, node, 1);
	node->held = row->held;
	node->stale = row->stale;
	node->verdict_pending = row->verdict_pending;
	node->has_exit_code = row->has_exit_code;
	node->attempt = row->attempt;
	node->undo_attempt = row->undo_attempt;
	node->exit_code = row->exit_code;
	node->signal = row->signal;
	node->started_us = row->started_us;
	node->ended_us = row->ended_us;
	node->due_us = row->due_us;
	node->pid = row->pid;
	set_text(&node->question, row->question);
	set_message(node, &row->message);
	set_more(node, row);
	node->version = row->version;
}

/* ---- the header ---------------------------------------------------------------------------- */

static void take_texts(struct mirror *mirror, const Hlp__V1__Execution *row)
{
	set_text(&mirror->id, row->id);
	set_text(&mirror->name, row->name);
	set_text(&mirror->workflow, row->workflow);
	set_text(&mirror->revision, row->revision);
	set_text(&mirror->folder, row->folder);
	set_text(&mirror->actor, row->actor);
	set_text(&mirror->note, row->note);
	set_text(&mirror->quarantine, row->quarantine);
	set_text(&mirror->policy, row->policy);
}

static void take_header(struct mirror *mirror, const Hlp__V1__Execution *row)
{
	take_texts(mirror, row);
	set_state(&mirror->state, &mirror->reason, row->state, row->reason);
	mirror->dirty = row->dirty;
	mirror->paused = row->paused;
	mirror->cancelled = row->cancelled;
	mirror->rolling_back = row->rolling_back;
	mirror->quarantined = row->quarantined;
	mirror->ended = row->ended;
	mirror->created_us = row->created_us;
	mirror->started_us = row->started_us;
	mirror->ended_us = row->ended_us;
	for (size_t i = 0; i < STATES; i++)
		mirror->counts[i] = i < row->n_counts ? row->counts[i] : 0;
}

/* ---- updates ------------------------------------------------------------------------------- */

static void take_rows(struct mirror *mirror, const Hlp__V1__Update *update)
{
	for (size_t i = 0; i < update->n_nodes; i++) {
		const Hlp__V1__Node *row = update->nodes[i];

		if (row->index < mirror->nodes_count)
			take_node(mirror, &mirror->nodes[row->index], row);
	}
}

bool mirror_apply(struct mirror *mirror, const Hlp__V1__Update *update)
{
	bool fresh = update->snapshot || update->resync;

	if (update->seq < mirror->seq && !update->resync)
		return false;
	if (!mirror->has_graph && fresh)
		build_from_rows(mirror, update);
	if (update->execution)
		take_header(mirror, update->execution);
	take_rows(mirror, update);
	if (fresh)
		mirror->has_rows = true;
	mirror->seq = update->seq;
	return fresh || update->execution || update->n_nodes;
}

/* ---- life --------------------------------------------------------------------------------- */

void mirror_init(struct mirror *mirror)
{
	*mirror = (struct mirror){0};
}

static char **header_texts(struct mirror *mirror, size_t which)
{
	char **texts[] = {&mirror->id,	     &mirror->name,	   &mirror->workflow,
			  &mirror->revision, &mirror->folder,	   &mirror->actor,
			  &mirror->note,     &mirror->description, &mirror->quarantine,
			  &mirror->policy};

	return which < sizeof(texts) / sizeof(texts[0]) ? texts[which] : NULL;
}

void mirror_release(struct mirror *mirror)
{
	char **text;

	release_graph(mirror);
	for (size_t i = 0; (text = header_texts(mirror, i)); i++)
		free(*text);
	mirror_init(mirror);
}
