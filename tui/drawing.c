/* SPDX-License-Identifier: MIT
 *
 * One word tells both sides how a drawing stands; whoever finds the other gone frees it.
 */
#include "tui/drawing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum standing { DRAWING_UNDER_WAY, DRAWING_DONE, DRAWING_ABANDONED };

struct copy {
	struct arena arena;
	struct layout_graph graph;
	struct layout_options options;
	struct layout_past past;
};

struct drawing {
	struct copy copy;
	struct layout *layout; /* the thread's until it is done */
	atomic_int standing;
};

static void *copy_of(struct arena *arena, const void *from, size_t size)
{
	void *to = arena_alloc(arena, size + 1);

	if (from != NULL)
		memcpy(to, from, size);
	return to;
}

static void copy_graph(struct copy *copy, const struct layout_graph *graph)
{
	struct arena *arena = &copy->arena;
	size_t nodes = graph->nodes_count, edges = graph->needs_start[nodes];
	const char **phases =
		arena_alloc(arena, ((size_t)graph->phases_count + 1) * sizeof(*phases));

	for (uint32_t i = 0; i < graph->phases_count; i++)
		phases[i] = arena_strdup(arena, graph->phases[i]);
	copy->graph = *graph;
	copy->graph.needs_start =
		copy_of(arena, graph->needs_start, (nodes + 1) * sizeof(uint32_t));
	copy->graph.needs = copy_of(arena, graph->needs, edges * sizeof(uint32_t));
	copy->graph.phase = copy_of(arena, graph->phase, nodes * sizeof(int32_t));
	copy->graph.phases = phases;
}

static void copy_options(struct copy *copy, const struct layout_options *options)
{
	size_t nodes = copy->graph.nodes_count;

	copy->options = *options;
	if (options->past == NULL)
		return;
	copy->past = *options->past;
	copy->past.stood =
		copy_of(&copy->arena, copy->past.stood, nodes * sizeof(*copy->past.stood));
	copy->options.past = &copy->past;
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

struct drawing *drawing_start(const struct layout_graph *graph,
			      const struct layout_options *options)
{
	struct drawing *drawing = mem_zalloc(sizeof(*drawing));
	pthread_attr_t attributes;
	pthread_t thread;

	copy_graph(&drawing->copy, graph);
	copy_options(&drawing->copy, options);
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
