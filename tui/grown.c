/* SPDX-License-Identifier: MIT
 *
 * The names are copied when a picture is made, because those of the mirror go when it takes another
 * graph. Of two changes between two pictures the second finds what the first left.
 */
#include "tui/grown.h"

#include <stdlib.h>

#include "base/mem.h"

static void forget_names(struct graph_names *names)
{
	map_release(&names->index);
	arena_release(&names->arena);
	*names = (struct graph_names){0};
}

void grown_release(struct graph_state *graph)
{
	forget_names(&graph->names);
	free(graph->was);
	graph->was = NULL;
}

static void keep_names(struct graph_names *names, const struct mirror *mirror)
{
	forget_names(names);
	names->topology = mirror->topology;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const char *id = arena_strdup(&names->arena, mirror->nodes[i].id);
		(void)map_add_text(&names->index, id, (union map_value){.number = i});
	}
}

/* Per node of now, its place before the change; FOLD_NONE: it is new. */
static uint32_t *places_before(const struct graph_names *names, const struct mirror *mirror)
{
	uint32_t *places = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*places));

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const union map_value *found = map_find_text(&names->index, mirror->nodes[i].id);
		places[i] = found != NULL ? (uint32_t)found->number : FOLD_NONE;
	}
	return places;
}

static bool *carry(bool *flags, size_t before_count, const uint32_t *before, size_t count)
{
	bool *carried = mem_calloc(count + 1, sizeof(*carried));

	for (size_t i = 0; i < count && flags != NULL; i++) {
		uint32_t place = before != NULL ? before[i] : (uint32_t)i;
		carried[i] = place < before_count && flags[place];
	}
	free(flags);
	return carried;
}

/* Phases are added at the end, so those that were there keep their places. */
static void carry_folds(struct graph_folds *folds, const struct mirror *mirror,
			const uint32_t *before)
{
	uint32_t isolated = FOLD_NONE;

	folds->opened = carry(folds->opened, folds->nodes_count, before, mirror->nodes_count);
	folds->phases = carry(folds->phases, folds->phases_count, NULL, mirror->phases_count);
	folds->phases_opened =
		carry(folds->phases_opened, folds->phases_count, NULL, mirror->phases_count);
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (before[i] != FOLD_NONE && before[i] == folds->isolated)
			isolated = i;
	if (isolated == FOLD_NONE)
		folds->isolation = ISOLATE_NOTHING;
	folds->isolated = isolated;
	folds->nodes_count = mirror->nodes_count;
	folds->phases_count = mirror->phases_count;
}

void grown_catch_up(struct app *app)
{
	struct graph_state *graph = &app->graph;
	const struct mirror *mirror = &app->mirror;

	if (graph->folds.opened != NULL && graph->names.topology == mirror->topology)
		return;
	uint32_t *before = places_before(&graph->names, mirror);

	carry_folds(&graph->folds, mirror, before);
	for (uint32_t i = 0; i < mirror->nodes_count && graph->was != NULL; i++)
		if (before[i] != FOLD_NONE)
			before[i] = graph->was[before[i]];
	free(graph->was);
	graph->was = before;
	keep_names(&graph->names, mirror);
}

/* ---- boxes --------------------------------------------------------------------------------- */

/* The place of a node when the picture was made; FOLD_NONE: it was not there. */
static uint32_t place_before(const struct graph_state *graph, uint32_t node)
{
	return graph->was != NULL ? graph->was[node] : node;
}

/* The first box of the first member that had one. The box that has the first member of the old one
 * is that box still; others came out of it, and are only near. */
static bool find_stood(const struct graph_state *graph, const struct fold *next, uint32_t group,
		       struct layout_stood *out)
{
	const struct fold_group *it = &next->groups[group];
	const struct fold *fold = graph->fold;

	*out = (struct layout_stood){LAYOUT_NOWHERE, -1};
	for (uint32_t i = it->first; i < it->first + it->count; i++) {
		uint32_t place = place_before(graph, next->members[i]);
		uint32_t old = place == FOLD_NONE ? FOLD_NONE : fold->group_of[place];
		if (old == FOLD_NONE)
			continue;
		bool first = fold->members[fold->groups[old].first] == place;
		*out = layout_stood(graph->layout, old);
		out->layer = first ? out->layer : -1;
		return first;
	}
	return false;
}

struct layout_stood *grown_stood(const struct app *app, const struct fold *next)
{
	const struct graph_state *graph = &app->graph;
	uint32_t same = 0;

	if (graph->layout == NULL || graph->fold == NULL)
		return NULL;
	struct layout_stood *stood = mem_calloc((size_t)next->groups_count + 1, sizeof(*stood));

	for (uint32_t group = 0; group < next->groups_count; group++)
		same += find_stood(graph, next, group, &stood[group]);
	if (same * 2 >= next->groups_count)
		return stood;
	free(stood);
	return NULL;
}
