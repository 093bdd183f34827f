/* SPDX-License-Identifier: MIT
 *
 * Whose a file is. Several nodes may write one file, one after the other and under several names;
 * each gives back what it found, the last one first. That is right only if nobody else wrote
 * between: the revisions tell.
 */
#include "model/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"

/* The newest revision that knows which folder it was in: an absent one may not. */
static const struct revision *placed(const struct execution *execution, uint32_t node,
				     uint32_t artifact)
{
	uint32_t at = execution->nodes[node].last_revision;

	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact && revision->folder)
			return revision;
		at = revision->previous;
	}
	return NULL;
}

const char *plan_place(const struct execution *execution, uint32_t node, uint32_t artifact,
		       struct arena *arena)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	const char *path = spec->artifacts[artifact].path, *slash = strrchr(path, '/');
	const struct revision *revision = placed(execution, node, artifact);
	size_t size = strlen(path) + strlen(spec->workdir) + 50;
	char *place = arena_alloc(arena, size);

	if (revision)
		(void)snprintf(place, size, "%llu:%llu/%s", (unsigned long long)revision->device,
			       (unsigned long long)revision->folder, slash ? slash + 1 : path);
	else
		(void)snprintf(place, size, "%s//%s", path[0] == '/' ? "" : spec->workdir, path);
	return place;
}

/* The newest revision of each place, of whichever node. */
static void find_newest(const struct execution *execution, struct map *newest, struct arena *arena)
{
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		uint32_t artifacts = execution->workflow->nodes[i].artifacts_count;

		for (uint32_t n = 0; execution->nodes[i].last_revision && n < artifacts; n++) {
			const struct revision *revision =
				execution_newest_revision(execution, i, n);
			const char *place = plan_place(execution, i, n, arena);
			union map_value value = {.pointer = (void *)revision}, *known;

			if (!revision)
				continue;
			known = map_find_text(newest, place);
			if (!known)
				(void)map_add_text(newest, place, value);
			else if (((const struct revision *)known->pointer)->seq < revision->seq)
				*known = value;
		}
	}
}

static const struct revision *older(const struct execution *execution,
				    const struct revision *revision)
{
	return execution_last_seen(execution, revision->node, revision->artifact, revision->seq);
}

/* Whether what the node left is what an attempt of it had found and kept, made by somebody between
 * two of its attempts. */
static bool is_of_others(const struct execution *execution, const struct plan_row *row)
{
	const struct revision *now = row->from, *before = older(execution, now);

	while (before && now != row->to && now->moment != MOMENT_RESTORED) {
		if (!execution_same_file(now, before))
			return now->moment == MOMENT_BEFORE;
		now = before;
		before = older(execution, now);
	}
	return false;
}

static void compare_with_newest(struct plan *plan, const struct execution *execution,
				struct plan_row *row, const struct revision *newest)
{
	bool own = newest && newest->node == row->node && newest->artifact == row->artifact;

	if (is_of_others(execution, row)) {
		row->warnings |= PLAN_WARN_CHANGED;
		row->conflict = "somebody changed it between two of its attempts";
	}
	if (!newest || own || execution_same_file(newest, row->from))
		return;
	row->from = newest;
	row->conflict =
		plan_say(plan, "%s wrote it since", execution->workflow->nodes[newest->node].id);
}

static void compare_with_earlier(struct plan *plan, const struct execution *execution,
				 struct plan_row *row, const struct plan_row *earlier)
{
	row->later = true;
	if (execution_same_file(earlier->to, row->from))
		return;
	row->warnings |= PLAN_WARN_CHANGED;
	row->conflict = plan_say(plan, "somebody changed it after %s and before %s",
				 execution->workflow->nodes[row->node].id,
				 execution->workflow->nodes[earlier->node].id);
}

void plan_find_writers(struct plan *plan, const struct execution *execution)
{
	struct map newest = {0}, given_back = {0};
	struct arena arena = {0};

	find_newest(execution, &newest, &arena);
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		struct plan_row *row = &plan->rows[i];
		union map_value *known, value = {.pointer = row};
		const char *place;

		if (row->action != PLAN_RESTORE)
			continue;
		place = plan_place(execution, row->node, row->artifact, &arena);
		known = map_find_text(&given_back, place);
		if (known) {
			compare_with_earlier(plan, execution, row, known->pointer);
			*known = value;
			continue;
		}
		(void)map_add_text(&given_back, place, value);
		known = map_find_text(&newest, place);
		compare_with_newest(plan, execution, row, known ? known->pointer : NULL);
	}
	map_release(&newest);
	map_release(&given_back);
	arena_release(&arena);
}
