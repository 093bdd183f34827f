/* SPDX-License-Identifier: MIT
 *
 * One word tells both sides how a drawing stands; whoever finds the other gone frees it.
 */
#include "tui/drawing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

enum standing { DRAWING_UNDER_WAY, DRAWING_DONE, DRAWING_ABANDONED };

struct copy {
	struct arena arena;
	struct layout_graph graph;
	struct layout_options options;
};

struct drawing {
	struct copy copy;
	struct layout *layout; /* the thread's until it is done */
	atomic_int standing;
};

static void copy_graph(struct copy *copy, const struct mirror *mirror)
{
	struct arena *arena = &copy->arena;
	uint32_t nodes = mirror->nodes_count, edges = 0, at = 0;

	for (uint32_t i = 0; i < nodes; i++)
		edges += mirror->nodes[i].needs_count;
	uint32_t *start = arena_alloc(arena, ((size_t)nodes + 1) * sizeof(*start));
	uint32_t *needs = arena_alloc(arena, ((size_t)edges + 1) * sizeof(*needs));
	int32_t *phase = arena_alloc(arena, ((size_t)nodes + 1) * sizeof(*phase));
	const char **phases =
		arena_alloc(arena, ((size_t)mirror->phases_count + 1) * sizeof(*phases));
	for (uint32_t i = 0; i < nodes; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		start[i] = at;
		phase[i] = node->phase_index;
		for (uint32_t need = 0; need < node->needs_count; need++)
			needs[at++] = node->needs[need];
	}
	start[nodes] = at;
	for (uint32_t i = 0; i < mirror->phases_count; i++)
		phases[i] = arena_strdup(arena, mirror->phases[i]);
	copy->graph = (struct layout_graph){.nodes_count = nodes,
					    .needs_start = start,
					    .needs = needs,
					    .phase = phase,
					    .phases = phases,
					    .phases_count = mirror->phases_count};
}

struct layout *drawing_make(const struct mirror *mirror, int box_width, int width)
{
	struct copy copy = {.options = {.box_width = box_width, .width_wanted = width}};

	copy_graph(&copy, mirror);
	struct layout *layout = layout_new(&copy.graph, &copy.options);
	arena_release(&copy.arena);
	return layout;
}

static void free_drawing(struct drawing *drawing)
{
	layout_free(drawing->layout);
	arena_release(&drawing->copy.arena);
	free(drawing);
}

static void *draw(void *ctx)
{
	struct drawing *drawing = ctx;
	int expected = DRAWING_UNDER_WAY;

	drawing->layout = layout_new(&drawing->copy.graph, &drawing->copy.options);
	if (!atomic_compare_exchange_strong(&drawing->standing, &expected, DRAWING_DONE))
		free_drawing(drawing);
	return NULL;
}

struct drawing *drawing_start(const struct mirror *mirror, int box_width, int width)
{
	struct drawing *drawing = mem_zalloc(sizeof(*drawing));
	pthread_attr_t attributes;
	pthread_t thread;

	drawing->copy.options =
		(struct layout_options){.box_width = box_width, .width_wanted = width};
	copy_graph(&drawing->copy, mirror);
	atomic_init(&drawing->standing, DRAWING_UNDER_WAY);
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int code = pthread_create(&thread, &attributes, draw, drawing);
	(void)pthread_attr_destroy(&attributes);
	if (code == 0)
		return drawing;
	free_drawing(drawing);
	return NULL;
}

bool drawing_is_done(const struct drawing *drawing)
{
	return atomic_load(&drawing->standing) == DRAWING_DONE;
}

struct layout *drawing_take(struct drawing *drawing)
{
	struct layout *layout = drawing->layout;

	drawing->layout = NULL;
	free_drawing(drawing);
	return layout;
}

void drawing_abandon(struct drawing *drawing)
{
	int expected = DRAWING_UNDER_WAY;

	if (drawing == NULL)
		return;
	/* The thread frees it when it comes to its end, or has come there already. */
	if (!atomic_compare_exchange_strong(&drawing->standing, &expected, DRAWING_ABANDONED))
		free_drawing(drawing);
}
