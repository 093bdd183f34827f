/* SPDX-License-Identifier: MIT
 *
 * layout SHAPE NODES SEED [dot]: how long a layout takes (the median of several, in microseconds of
 * processor time) and how many crossings it has; with `dot`, the graph itself in Graphviz's
 * language instead, for `dot -v`, which says how many crossings it came to. `layout edges` takes
 * the graph from its input, a line "A B" an edge between nodes by number, A before B.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/layout_graphs.h"

#define ROUNDS 9
#define BOX    14

/* Of this thread alone: a layout waits for nothing, and the machine may have other work. */
static int64_t cpu_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static void print_dot(const struct layout_graph *graph)
{
	puts("digraph g {");
	for (uint32_t v = 0; v < graph->nodes_count; v++) {
		printf("n%" PRIu32 ";\n", v);
		for (uint32_t i = graph->needs_start[v]; i < graph->needs_start[v + 1]; i++)
			printf("n%" PRIu32 " -> n%" PRIu32 ";\n", graph->needs[i], v);
	}
	puts("}");
}

static void measure(const struct layout_graph *graph)
{
	struct layout_options options = {.box_width = BOX};
	int64_t times[ROUNDS];
	uint64_t crossings = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t began = cpu_us();
		struct layout *layout = layout_new(graph, &options);

		times[i] = cpu_us() - began;
		crossings = layout_crossings(layout);
		layout_free(layout);
	}
	qsort(times, ROUNDS, sizeof(times[0]), compare_times);
	printf("%" PRId64 " %" PRIu64 "\n", times[ROUNDS / 2], crossings);
}

static int compare_lower(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	if (left[1] != right[1])
		return left[1] < right[1] ? -1 : 1;
	return left[0] < right[0] ? -1 : left[0] > right[0];
}

static int measure_edges(FILE *in)
{
	uint32_t(*edges)[2] = NULL, nodes = 0, upper, lower;
	size_t count = 0, capacity = 0;
	struct layout_graph graph = {0};

	while (fscanf(in, "%" SCNu32 " %" SCNu32, &upper, &lower) == 2) {
		edges = mem_grow(edges, &capacity, count + 1, sizeof(*edges));
		edges[count][0] = upper;
		edges[count++][1] = lower;
		nodes = upper >= nodes ? upper + 1 : nodes;
		nodes = lower >= nodes ? lower + 1 : nodes;
	}
	if (count == 0)
		return 2;
	qsort(edges, count, sizeof(*edges), compare_lower);
	uint32_t *start = mem_calloc((size_t)nodes + 1, sizeof(*start));
	uint32_t *needs = mem_calloc(count, sizeof(*needs));

	for (size_t i = 0; i < count; i++) {
		start[edges[i][1] + 1]++;
		needs[i] = edges[i][0];
	}
	for (uint32_t v = 0; v < nodes; v++)
		start[v + 1] += start[v];
	graph = (struct layout_graph){.nodes_count = nodes, .needs_start = start, .needs = needs};
	measure(&graph);
	free(start);
	free(needs);
	free(edges);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const shapes[SHAPES] = {
		[SHAPE_CHAIN] = "chain",	 [SHAPE_FAN] = "fan",	[SHAPE_PIPE] = "pipe",
		[SHAPE_RANDOM] = "random",	 [SHAPE_GRID] = "grid", [SHAPE_DENSE] = "dense",
		[SHAPE_LAST_NEEDS_ALL] = "last",
	};
	struct test_graph graph;
	int shape = 0;

	if (argc == 2 && strcmp(argv[1], "edges") == 0)
		return measure_edges(stdin);
	if (argc < 4) {
		fprintf(stderr, "usage: layout SHAPE NODES SEED [dot]\n");
		return 2;
	}
	while (shape < SHAPES && strcmp(shapes[shape], argv[1]))
		shape++;
	if (shape == SHAPES) {
		fprintf(stderr, "layout: no shape '%s'\n", argv[1]);
		return 2;
	}
	test_graph_make(&graph, (enum graph_shape)shape, (uint32_t)strtoul(argv[2], NULL, 10), 0,
			strtoull(argv[3], NULL, 10));
	if (argc > 4)
		print_dot(&graph.graph);
	else
		measure(&graph.graph);
	test_graph_release(&graph);
	return 0;
}
