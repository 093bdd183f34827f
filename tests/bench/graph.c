/* SPDX-License-Identifier: MIT
 *
 * Prints a graph of a given shape for several programs, so that all of them walk the same one:
 *
 *   graph SHAPE COUNT FORMAT [COMMAND]
 *
 * Shapes: fanout (one root, the rest need it), chain, layered (layers of 50, each node needs two
 * or three of the layer before; the same ones at every run). Formats: hlp, undoable (the same, but
 * each node has an undo and one in a hundred writes a file), make, ninja, and edges ("COUNT", then
 * "NODE NEED" as numbers), which floor and the checks read. In COMMAND, by default /bin/true, "%"
 * is the node's name.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYER	  50
#define NEEDS_MAX 3
#define FILE_EACH 100 /* undoable: so many nodes to a file */

struct graph {
	const char *shape, *command;
	long count;
};

/* A small hash: the needs of a node must not depend on the order in which nodes are asked. */
static uint32_t mix(uint32_t a, uint32_t b)
{
	uint32_t x = a * 2654435761u ^ (b + 1) * 2246822519u;

	x ^= x >> 15;
	x *= 2246822519u;
	return x ^ x >> 13;
}

/* The needs of a node, without repetition, smallest first. */
static int needs_of(const struct graph *graph, long node, long needs[NEEDS_MAX])
{
	long layer = node / LAYER, first = (layer - 1) * LAYER;
	int wanted, count = 0;

	if (node == 0 || (strcmp(graph->shape, "layered") == 0 && layer == 0))
		return 0;
	if (strcmp(graph->shape, "layered") != 0) {
		needs[0] = strcmp(graph->shape, "chain") == 0 ? node - 1 : 0;
		return 1;
	}
	wanted = 2 + (int)(mix((uint32_t)node, 99) % 2);
	for (uint32_t i = 0; count < wanted; i++) {
		long need = first + (long)(mix((uint32_t)node, i) % LAYER);
		bool known = false;

		for (int j = 0; j < count; j++)
			known |= needs[j] == need;
		if (!known)
			needs[count++] = need;
	}
	return count;
}

static void print_command(const struct graph *graph, long node)
{
	for (const char *at = graph->command; *at; at++)
		if (*at == '%')
			(void)printf("n%ld", node);
		else
			(void)putchar(*at);
}

static void print_needs(const struct graph *graph, long node, const char *between)
{
	long needs[NEEDS_MAX];
	int count = needs_of(graph, node, needs);

	for (int i = 0; i < count; i++)
		(void)printf("%sn%ld", i ? between : "", needs[i]);
}

static void print_head(const struct graph *graph)
{
	(void)printf("name: %s-%ld\nmax_parallel: 2\nnodes:\n", graph->shape, graph->count);
}

static void print_node(const struct graph *graph, long node)
{
	long needs[NEEDS_MAX];

	(void)printf("  - id: n%ld\n", node);
	if (needs_of(graph, node, needs) > 0) {
		(void)printf("    needs: [");
		print_needs(graph, node, ", ");
		(void)printf("]\n");
	}
}

static void print_hlp(const struct graph *graph)
{
	print_head(graph);
	for (long node = 0; node < graph->count; node++) {
		print_node(graph, node);
		(void)printf("    run: ");
		print_command(graph, node);
		(void)printf("\n");
	}
}

static void print_undoable(const struct graph *graph)
{
	print_head(graph);
	for (long node = 0; node < graph->count; node++) {
		print_node(graph, node);
		(void)printf("    undo: /bin/true\n");
		if (node % FILE_EACH == 0)
			(void)printf("    run: echo %ld >f%ld\n    artifacts: [f%ld]\n", node, node,
				     node);
		else
			(void)printf("    run: /bin/true\n");
	}
}

static void print_make(const struct graph *graph)
{
	(void)printf(".PHONY: all");
	for (long node = 0; node < graph->count; node++)
		(void)printf(" n%ld", node);
	(void)printf("\nall:");
	for (long node = 0; node < graph->count; node++)
		(void)printf(" n%ld", node);
	(void)printf("\n");
	for (long node = 0; node < graph->count; node++) {
		(void)printf("n%ld: ", node);
		print_needs(graph, node, " ");
		(void)printf("\n\t@");
		print_command(graph, node);
		(void)printf("\n");
	}
}

static void print_ninja(const struct graph *graph)
{
	(void)printf("rule run\n  command = $command\n  description = run\n");
	for (long node = 0; node < graph->count; node++) {
		(void)printf("build n%ld: run ", node);
		print_needs(graph, node, " ");
		(void)printf("\n  command = ");
		print_command(graph, node);
		(void)printf("\n");
	}
}

static void print_edges(const struct graph *graph)
{
	long needs[NEEDS_MAX];

	(void)printf("%ld\n", graph->count);
	for (long node = 0; node < graph->count; node++)
		for (int i = needs_of(graph, node, needs); i-- > 0;)
			(void)printf("%ld %ld\n", node, needs[i]);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(const struct graph *graph);
	} formats[] = {{"hlp", print_hlp},
		       {"undoable", print_undoable},
		       {"make", print_make},
		       {"ninja", print_ninja},
		       {"edges", print_edges}};
	struct graph graph = {.command = "/bin/true"};

	if (argc >= 4) {
		graph.shape = argv[1];
		graph.count = strtol(argv[2], NULL, 10);
		if (argc > 4)
			graph.command = argv[4];
		for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
			if (strcmp(argv[3], formats[i].name) == 0) {
				formats[i].print(&graph);
				return fflush(stdout) == 0 ? 0 : 1;
			}
		}
	}
	(void)fprintf(stderr, "usage: graph fanout|chain|layered COUNT "
			      "hlp|undoable|make|ninja|edges [COMMAND]\n");
	return 2;
}
