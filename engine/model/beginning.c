/* SPDX-License-Identifier: MIT
 *
 * From names to the fate of each node.
 */
#include "model/beginning.h"

#include <stdlib.h>
#include <string.h>

#include "model/output_use.h"
#include "model/suggest.h"

bool beginning_is_plain(const struct beginning *beginning)
{
	return !beginning->step && !beginning->from && !beginning->until && !beginning->only_count;
}

/* ---- names ------------------------------------------------------------------------------- */

static int find_node(const struct workflow *workflow, const char *option, const char *name,
		     struct err *err)
{
	char hint[SUGGEST_HINT];

	if (workflow_find_node(workflow, name) >= 0)
		return 0;
	return err_set(err, ERR_NOT_FOUND, "%s: %s has no node '%s'%s", option, workflow->name,
		       name,
		       suggest_hint(name, workflow->nodes_count, workflow_node_at, workflow, hint));
}

static int find_names(const struct workflow *workflow, const struct beginning *beginning,
		      struct err *err)
{
	int rc = 0;

	if (beginning->from)
		rc = find_node(workflow, "from", beginning->from, err);
	if (rc == 0 && beginning->until && workflow_find_phase(workflow, beginning->until) < 0)
		rc = find_node(workflow, "until", beginning->until, err);
	for (uint32_t i = 0; rc == 0 && i < beginning->only_count; i++)
		rc = find_node(workflow, "only", beginning->only[i], err);
	return rc;
}

/* ---- fates ------------------------------------------------------------------------------- */

/* All that the node needs, at once or through others; earlier phases come through barriers. */
static void skip_before(const struct graph *graph, uint32_t node, enum fate *fates)
{
	bool *marks = mem_calloc(graph->vertices_count, sizeof(*marks));

	marks[node] = true;
	for (uint32_t i = graph->vertices_count; i-- > 0;) {
		uint32_t vertex = graph->order[i];

		for (uint32_t e = graph->next_start[vertex];
		     !marks[vertex] && e < graph->next_start[vertex + 1]; e++)
			marks[vertex] = marks[graph->next[e]];
		if (marks[vertex] && vertex != node && !graph_is_barrier(graph, vertex))
			fates[vertex] = FATE_SKIPPED;
	}
	free(marks);
}

static void hold_after_node(const struct graph *graph, uint32_t node, enum fate *fates)
{
	bool *marks = mem_calloc(graph->vertices_count, sizeof(*marks));

	marks[node] = true;
	graph_mark_dependents(graph, marks);
	for (uint32_t i = 0; i < graph->nodes_count; i++)
		if (marks[i] && i != node && fates[i] == FATE_RUNS)
			fates[i] = FATE_HELD;
	free(marks);
}

static void hold_after(const struct workflow *workflow, const struct graph *graph, const char *name,
		       enum fate *fates)
{
	int32_t phase = workflow_find_phase(workflow, name);

	if (phase < 0) {
		hold_after_node(graph, (uint32_t)workflow_find_node(workflow, name), fates);
		return;
	}
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		if (workflow->nodes[i].phase > phase && fates[i] == FATE_RUNS)
			fates[i] = FATE_HELD;
}

static void skip_others(const struct workflow *workflow, const struct beginning *beginning,
			enum fate *fates)
{
	bool *named = mem_calloc(workflow->nodes_count, sizeof(*named));

	for (uint32_t i = 0; i < beginning->only_count; i++)
		named[workflow_find_node(workflow, beginning->only[i])] = true;
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		if (!named[i])
			fates[i] = FATE_SKIPPED;
	free(named);
}

void beginning_fates(const struct workflow *workflow, const struct graph *graph,
		     const struct beginning *beginning, enum fate *fates)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		fates[i] = FATE_RUNS;
	if (beginning->only_count)
		skip_others(workflow, beginning, fates);
	if (beginning->from)
		skip_before(graph, (uint32_t)workflow_find_node(workflow, beginning->from), fates);
	if (beginning->until)
		hold_after(workflow, graph, beginning->until, fates);
	for (uint32_t i = 0; beginning->step && i < workflow->nodes_count; i++)
		if (fates[i] == FATE_RUNS)
			fates[i] = FATE_HELD;
}

/* ---- what would be missing ---------------------------------------------------------------- */

static bool runs(const void *ctx, uint32_t node)
{
	return ((const enum fate *)ctx)[node] != FATE_SKIPPED;
}

static bool is_skipped(const void *ctx, uint32_t node)
{
	return ((const enum fate *)ctx)[node] == FATE_SKIPPED;
}

static int check_fates(const struct workflow *workflow, const enum fate *fates, struct err *err)
{
	struct output_use use;
	bool any = false;

	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		any = any || fates[i] != FATE_SKIPPED;
	if (!any)
		return err_set(err, ERR_REFUSED, "nothing of %s would run: all is left out",
			       workflow->name);
	if (!output_use_find(workflow, runs, is_skipped, fates, &use))
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"'%s' uses the output '%s' of '%s', which would be skipped: let '%s' run too",
		workflow->nodes[use.user].id, use.name, workflow->nodes[use.writer].id,
		workflow->nodes[use.writer].id);
}

int beginning_check(const struct workflow *workflow, const struct graph *graph,
		    const struct beginning *beginning, struct err *err)
{
	int rc = find_names(workflow, beginning, err);
	enum fate *fates;

	if (rc < 0)
		return rc;
	fates = mem_calloc(workflow->nodes_count, sizeof(*fates));
	beginning_fates(workflow, graph, beginning, fates);
	rc = check_fates(workflow, fates, err);
	free(fates);
	return rc;
}
