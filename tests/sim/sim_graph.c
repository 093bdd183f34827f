/* SPDX-License-Identifier: MIT
 *
 * Draws a workflow: 1 to 40 nodes, edges to earlier ones, perhaps phases, and every property that
 * changes what a decision does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

static struct retry draw_retry(struct world *world, uint64_t most)
{
	return (struct retry){.limit = (uint16_t)rng_below(&world->rng, most + 1),
			      .interval_us = 1000000,
			      .backoff = (float)(1 + rng_unit(&world->rng)),
			      .max_interval_us = 20000000,
			      .jitter = (enum jitter)rng_below(&world->rng, 3)};
}

static void draw_artifacts(struct world *world, struct node_spec *spec, uint32_t index)
{
	uint16_t count = (uint16_t)(1 + rng_below(&world->rng, 2));
	struct artifact_spec *artifacts =
		arena_alloc(&world->workflow->arena, count * sizeof(*artifacts));

	for (uint32_t i = 0; i < count; i++) {
		char path[40];

		(void)snprintf(path, sizeof(path), "file-%u-%u", index, i); /* always fits */
		artifacts[i].path = arena_strdup(&world->workflow->arena, path);
		artifacts[i].has_on_restore = sim_chance(world, 3);
		artifacts[i].on_restore.text = "reload";
	}
	spec->artifacts = artifacts;
	spec->artifacts_count = count;
}

static void draw_needs(struct world *world, struct node_spec *specs, uint32_t index,
		       uint32_t density)
{
	struct node_spec *spec = &specs[index];
	uint32_t *needs = arena_alloc(&world->workflow->arena, (index + 1) * sizeof(*needs));

	for (uint32_t i = 0; i < index; i++) {
		if (specs[i].phase <= spec->phase && rng_below(&world->rng, index) < density)
			needs[spec->needs_count++] = i;
	}
	spec->needs = needs;
}

static void draw_node(struct world *world, struct node_spec *specs, uint32_t index, uint32_t count)
{
	static const double risks[] = {0.1, 0.1, 0.4, 0.7, 0.95};
	static const char *const output[] = {"serial"};
	struct node_spec *spec = &specs[index];
	uint32_t phases = world->workflow->phases_count;
	char id[16];

	(void)snprintf(id, sizeof(id), "n%u", index); /* always fits */
	spec->id = arena_strdup(&world->workflow->arena, id);
	spec->description = spec->workdir = "";
	/* Nodes of a phase stand together, so that edges can lead to later phases only. */
	spec->phase = phases ? (int32_t)((uint64_t)index * phases / count) : -1;
	spec->run.text = spec->undo.text = "x";
	spec->has_undo = sim_chance(world, 2);
	spec->retry = draw_retry(world, sim_chance(world, 2) ? 3 : 0);
	spec->undo_retry = draw_retry(world, 2);
	spec->risk = risks[rng_below(&world->rng, 5)];
	spec->on_lost = (uint8_t)rng_below(&world->rng, 3);
	spec->idempotent = sim_chance(world, 6);
	spec->irreversible = sim_chance(world, 12) ? "it is out" : NULL;
	spec->continue_on.failure = sim_chance(world, 10);
	if (sim_chance(world, 4))
		draw_artifacts(world, spec, index);
	if (sim_chance(world, 5)) {
		spec->outputs = output;
		spec->outputs_count = 1;
	}
}

void graph_draw(struct world *world)
{
	static const char *const phases[] = {"a", "b", "c", "d", "e"};
	uint32_t count = 1 + (uint32_t)rng_below(&world->rng, sim_chance(world, 3) ? 40 : 10);
	uint32_t density = (uint32_t)rng_below(&world->rng, 4);
	struct node_spec *specs = mem_calloc(count, sizeof(*specs));
	struct err err;

	world->workflow = mem_zalloc(sizeof(*world->workflow));
	world->workflow->name = "sim";
	world->workflow->description = "";
	world->workflow->nodes = specs;
	world->workflow->nodes_count = count;
	world->workflow->max_parallel = 1 + (uint32_t)rng_below(&world->rng, 6);
	world->workflow->on_failure = (enum on_failure)rng_below(&world->rng, 3);
	world->workflow->phases = phases;
	world->workflow->phases_count =
		sim_chance(world, 2) ? 1 + (uint32_t)rng_below(&world->rng, 5) : 0;
	for (uint32_t i = 0; i < count; i++) {
		draw_node(world, specs, i, count);
		draw_needs(world, specs, i, density);
	}
	if (graph_compile(world->workflow, &world->graph, &err) < 0)
		sim_fail(world, "the graph does not compile: %s", err.message);
	world->nodes = mem_calloc(count, sizeof(*world->nodes));
}

void graph_keep(struct world *world)
{
	world->execution->workflow = NULL;
	world->execution->graph = NULL;
	execution_free(world->execution);
	world->execution = NULL;
}
