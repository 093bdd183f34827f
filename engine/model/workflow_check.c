/* SPDX-License-Identifier: MIT
 *
 * What can be said only when the whole file is read: names become indices, then order. Cycles
 * and phases here, the owners of artifacts below them; what ${…} refers to is in
 * workflow_uses.c. Close to linear in nodes and edges, whatever the file says.
 */
#include <stdlib.h>
#include <string.h>

#include "model/limits.h"
#include "model/suggest.h"
#include "model/workflow_parts.h"

/* ---- names ----------------------------------------------------------------------------------- */

static void add_ids(struct reader *reader)
{
	struct workflow *workflow = reader->workflow;

	workflow_ids_init(workflow);
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const char *id = reader->nodes[i].id;

		if (!*id || workflow_ids_add(workflow, i))
			continue;
		fields_problem(reader, reader->drafts[i].id,
			       "node '%s' stands here twice, first in line %u", id,
			       reader->nodes[workflow_find_node(workflow, id)].line);
	}
}

static const char *phase_at(const void *ctx, size_t i)
{
	return ((const struct workflow *)ctx)->phases[i];
}

static void unknown_phase(struct reader *reader, uint32_t value)
{
	const struct workflow *workflow = reader->workflow;
	const char *text = yaml_text(reader->tree, value);
	const char *nearest = workflow_nearest(reader, text, workflow->phases_count, phase_at);

	if (!workflow->phases_count)
		fields_problem(reader, value,
			       "there is no phase '%.60s': name the phases in their order at the "
			       "top, phases: [%.60s, …]",
			       text, text);
	else if (nearest)
		fields_problem(reader, value, "there is no phase '%.60s': did you mean '%s'?", text,
			       nearest);
	else
		fields_problem(reader, value, "there is no phase '%.60s'", text);
}

static void link_phase(struct reader *reader, uint32_t node, struct map *phases)
{
	uint32_t value = reader->drafts[node].phase;
	const union map_value *found;

	if (!value) {
		if (reader->workflow->phases_count &&
		    yaml_at(reader->tree, reader->drafts[node].value)->kind == YAML_KIND_MAP)
			fields_problem(reader, reader->drafts[node].value,
				       "node '%s' has no 'phase', and this workflow has phases",
				       reader->nodes[node].id);
		return;
	}
	if (!yaml_is_scalar(yaml_at(reader->tree, value))) {
		fields_problem(reader, value, "'phase' must be the name of one phase");
		return;
	}
	found = map_find(phases, yaml_text(reader->tree, value),
			 yaml_at(reader->tree, value)->count);
	if (found)
		reader->nodes[node].phase = (int32_t)found->number;
	else
		unknown_phase(reader, value);
}

static void link_phases(struct reader *reader)
{
	const struct workflow *workflow = reader->workflow;
	struct map phases = {0};

	for (uint32_t i = 0; i < workflow->phases_count; i++)
		map_add_text(&phases, workflow->phases[i], (union map_value){.number = i});
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		link_phase(reader, i, &phases);
	map_release(&phases);
}

/* Comparing with every name costs; past a budget nothing is suggested any more. */
const char *workflow_nearest(struct reader *reader, const char *word, size_t count,
			     const char *(*name_at)(const void *ctx, size_t i))
{
	const size_t budget = 2000000;

	if (reader->compared > budget)
		return NULL;
	reader->compared += count;
	return suggest_nearest(word, count, name_at, reader->workflow);
}

const char *workflow_node_at(const void *workflow, size_t i)
{
	const char *id = ((const struct workflow *)workflow)->nodes[i].id;

	return *id ? id : NULL;
}

/* ---- needs ----------------------------------------------------------------------------------- */

struct links {
	struct reader *reader;
	uint32_t *edges; /* room for all needs */
	size_t count;
	uint32_t *stamps; /* per node: who last named it, plus one */
};

static void unknown_need(struct reader *reader, uint32_t value, const char *text)
{
	const char *nearest =
		workflow_nearest(reader, text, reader->workflow->nodes_count, workflow_node_at);

	if (nearest)
		fields_problem(reader, value, "there is no node '%.60s': did you mean '%s'?", text,
			       nearest);
	else
		fields_problem(reader, value, "there is no node '%.60s'", text);
}

/* The node that a need names, or -1 and a problem. */
static int64_t find_need(struct links *links, uint32_t node, uint32_t value)
{
	struct reader *reader = links->reader;
	const char *text;
	int64_t need;

	if (!yaml_is_scalar(yaml_at(reader->tree, value))) {
		if (yaml_at(reader->tree, value)->kind != YAML_KIND_BAD)
			fields_problem(reader, value, "'needs' is a list of the ids of nodes");
		return -1;
	}
	text = yaml_text(reader->tree, value);
	need = workflow_find_node(reader->workflow, text);
	if (need < 0) {
		unknown_need(reader, value, text);
		return -1;
	}
	if (need == node)
		fields_problem(reader, value, "node '%s' needs itself", text);
	else if (links->stamps[need] == node + 1)
		fields_problem(reader, value, "'%s' stands here twice", text);
	else
		return need;
	return -1;
}

static void check_phase_order(struct reader *reader, uint32_t node, uint32_t need, uint32_t value)
{
	const struct node_spec *spec = &reader->nodes[node], *needed = &reader->nodes[need];

	if (spec->phase < 0 || needed->phase <= spec->phase)
		return;
	reader->has_cycle = true;
	fields_problem(reader, value,
		       "node '%s' of phase '%s' cannot need '%s' of the later phase "
		       "'%s'",
		       spec->id, reader->workflow->phases[spec->phase], needed->id,
		       reader->workflow->phases[needed->phase]);
}

static void link_needs_of(struct links *links, uint32_t node)
{
	struct reader *reader = links->reader;
	struct node_spec *spec = &reader->nodes[node];
	uint32_t value = reader->drafts[node].needs, given, member;

	spec->needs = &links->edges[links->count];
	if (!value)
		return;
	given = fields_list(reader, value, LIMIT_NODES);
	member = fields_first(reader, value);
	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		int64_t need = find_need(links, node, member);

		if (need < 0)
			continue;
		links->stamps[need] = node + 1;
		links->edges[links->count++] = (uint32_t)need;
		spec->needs_count++;
		reader->has_forward_need = reader->has_forward_need || need > node;
		check_phase_order(reader, node, (uint32_t)need, member);
	}
}

static uint64_t count_edges(const struct reader *reader)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < reader->workflow->nodes_count; i++) {
		uint32_t value = reader->drafts[i].needs;

		if (value && yaml_at(reader->tree, value)->kind == YAML_KIND_LIST)
			count += yaml_at(reader->tree, value)->count;
		else if (value)
			count++;
	}
	return count;
}

static bool link_needs(struct reader *reader)
{
	uint64_t edges = count_edges(reader);
	struct links links = {.reader = reader};

	if (edges > LIMIT_EDGES) {
		fields_problem(reader, 0, "%llu needs are too many, at most %d may be",
			       (unsigned long long)edges, LIMIT_EDGES);
		return false;
	}
	links.edges = arena_alloc(reader->arena, (size_t)edges * sizeof(*links.edges));
	links.stamps = mem_calloc(reader->workflow->nodes_count, sizeof(*links.stamps));
	for (uint32_t i = 0; i < reader->workflow->nodes_count; i++)
		link_needs_of(&links, i);
	free(links.stamps);
	return true;
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The value that names node `need` among the needs of `node`. */
static uint32_t value_of_need(const struct reader *reader, uint32_t node, uint32_t need)
{
	uint32_t value = reader->drafts[node].needs;
	uint32_t member = fields_first(reader, value), end = yaml_next(reader->tree, value);

	for (; member < end; member = yaml_next(reader->tree, member))
		if (yaml_is_scalar(yaml_at(reader->tree, member)) &&
		    !strcmp(yaml_text(reader->tree, member), reader->nodes[need].id))
			return member;
	return value;
}

static bool on_cycle(void *ctx, const uint32_t *path, uint32_t count, uint32_t need)
{
	struct reader *reader = ctx;
	struct buf text;

	(void)need;
	buf_init(&text, 2000);
	graph_format_cycle(reader->workflow, path, count, &text);
	fields_problem(reader, value_of_need(reader, path[count - 1], path[0]),
		       "nodes wait for each other: %s", buf_text(&text));
	buf_release(&text);
	reader->has_cycle = true;
	return ++reader->cycles < LIMIT_ERRORS_SHOWN;
}

/* ---- owners of artifacts --------------------------------------------------------------------- */

struct owner {
	const char *key;
	uint32_t node, artifact;
	uint32_t first; /* of those with this key: the owner found first */
	uint32_t rank;
	bool shared;
};

static size_t collect_owners(const struct reader *reader, struct arena *arena,
			     struct owner **out_owners)
{
	const struct workflow *workflow = reader->workflow;
	size_t count = 0, capacity = 0;
	struct owner *owners = NULL;

	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *spec = &workflow->nodes[i];

		if (!spec->artifacts_count)
			continue;
		owners =
			mem_grow(owners, &capacity, count + spec->artifacts_count, sizeof(*owners));
		for (uint32_t j = 0; j < spec->artifacts_count; j++)
			if (*spec->artifacts[j].path)
				owners[count++] = (struct owner){
					.key = workflow_artifact_key(spec, spec->artifacts[j].path,
								     arena),
					.node = i,
					.artifact = j};
	}
	*out_owners = owners;
	return count;
}

static int compare_owners(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* Brings those that share a path to the front. Returns their number. */
static size_t keep_shared(struct owner *owners, size_t count)
{
	struct map keys = {0};
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		owners[i].first = (uint32_t)i;
		if (map_add_text(&keys, owners[i].key, (union map_value){.number = i}))
			continue;
		owners[i].first = (uint32_t)map_find_text(&keys, owners[i].key)->number;
		owners[i].shared = owners[owners[i].first].shared = true;
	}
	map_release(&keys);
	for (size_t i = 0; i < count; i++)
		if (owners[i].shared)
			owners[kept++] = owners[i];
	return kept;
}

/* By path, then by rank. */
static void sort_owners(struct owner *owners, size_t count, const struct graph *graph)
{
	for (size_t i = 0; i < count; i++)
		owners[i].rank = graph->rank[owners[i].node];
	if (count)
		qsort(owners, count, sizeof(*owners), compare_owners);
}

static void report_owners(struct reader *reader, const struct owner *a, const struct owner *b)
{
	const struct owner *late = a->node > b->node ? a : b, *early = a->node > b->node ? b : a;
	uint32_t list = reader->drafts[late->node].artifacts, value = fields_first(reader, list);

	for (uint32_t i = 0; i < late->artifact; i++)
		value = yaml_next(reader->tree, value);
	fields_problem(reader, value,
		       "nodes '%s' (line %u) and '%s' both write artifact '%.100s', and neither "
		       "waits for the other: let one need the other",
		       reader->nodes[early->node].id, reader->nodes[early->node].line,
		       reader->nodes[late->node].id, late->key);
}

static void check_owners(struct reader *reader)
{
	struct arena arena = {0};
	struct owner *owners;
	size_t count = collect_owners(reader, &arena, &owners), queries_count = 0;
	const struct graph *graph;
	struct graph_query *queries;

	count = keep_shared(owners, count);
	graph = count ? workflow_order(reader) : NULL;
	if (!graph)
		count = 0;
	sort_owners(owners, count, graph);
	queries = mem_alloc(count * sizeof(*queries));
	for (size_t i = 1; i < count; i++)
		if (owners[i].first == owners[i - 1].first)
			queries[queries_count++] = (struct graph_query){
				.from = owners[i].node, .to = owners[i - 1].node, .tag = i};
	graph_answer(graph, queries, queries_count);
	for (size_t i = 0; i < queries_count; i++)
		if (!queries[i].reached)
			report_owners(reader, &owners[queries[i].tag - 1], &owners[queries[i].tag]);
	free(queries);
	free(owners);
	arena_release(&arena);
}

/* ---- all ------------------------------------------------------------------------------------- */

/* The compiled graph, made when a check first needs it; NULL when there is no order. */
const struct graph *workflow_order(struct reader *reader)
{
	if (!reader->graph && !reader->has_cycle &&
	    graph_compile(reader->workflow, &reader->graph, NULL) < 0)
		reader->has_cycle = true;
	return reader->graph;
}

void workflow_check(struct reader *reader)
{
	if (!reader->workflow->nodes) {
		reader->has_cycle = true;
		workflow_uses_check(reader);
		return;
	}
	add_ids(reader);
	link_phases(reader);
	if (!link_needs(reader))
		return;
	/* Where every node needs only nodes above it, there can be no cycle. */
	if (reader->has_forward_need && !workflow_order(reader))
		graph_find_cycles(reader->workflow, on_cycle, reader);
	check_owners(reader);
	workflow_uses_check(reader);
}
