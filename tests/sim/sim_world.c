/* SPDX-License-Identifier: MIT
 *
 * The steps of a world: which of the things that could happen now happens. First with faults and an
 * operator, then without, until nothing is left to happen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define STEPS_MAX 30000

void sim_fail(struct world *world, const char *format, ...)
{
	va_list args;

	if (sim_failed(world))
		return; /* the first is the cause */
	va_start(args, format);
	(void)vsnprintf(world->failure, sizeof(world->failure), format, args); /* cut: for people */
	va_end(args);
	if (!world->failure[0])
		world->failure[0] = '?';
	sim_trace(world, "FAILED: %s", world->failure);
}

void sim_trace(struct world *world, const char *format, ...)
{
	va_list args;

	if (!world->trace)
		return;
	printf("%5llu %9lld  ", (unsigned long long)world->steps,
	       (long long)(world->now_us / 1000));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

const char *sim_node(const struct world *world, uint32_t node)
{
	return world->workflow->nodes[node].id;
}

enum step {
	STEP_COMMIT,
	STEP_RECEIVE,
	STEP_REPORT,
	STEP_EXIT,
	STEP_JOB,
	STEP_DUE,
	STEP_BACK,
	/* only with faults */
	STEP_ACT,
	STEP_CRASH,
	STEP_SILENCE,
	STEP_LAUNCHER,
	STEPS
};

static bool is_due(const struct world *world)
{
	return execution_next_due(world->execution) <= world->now_us;
}

static void gather(const struct world *world, unsigned weights[STEPS])
{
	const struct executor_fake *executor = &world->executor;
	const struct journal_fake *journal = &world->journal;

	memset(weights, 0, STEPS * sizeof(*weights));
	weights[STEP_COMMIT] = journal->batches_count > journal->batches_durable ? 30 : 0;
	weights[STEP_RECEIVE] = executor->wires_count && !executor->silent ? 40 : 0;
	weights[STEP_REPORT] = executor->reports_count && !executor->silent ? 40 : 0;
	weights[STEP_EXIT] = executor_runs(world) ? 15 : 0;
	weights[STEP_JOB] = world->jobs_count ? 25 : 0;
	weights[STEP_DUE] = is_due(world) ? 30 : 0;
	weights[STEP_BACK] = executor->silent ? 6 : 0;
	if (!world->faults)
		return;
	weights[STEP_ACT] = engine_is_ready(world) ? 5 : 0;
	if (!executor_runs(world) && !world->jobs_count && !executor->reports_count)
		return; /* a crash of an engine that does nothing shows nothing */
	weights[STEP_CRASH] = 3;
	weights[STEP_SILENCE] = executor->silent ? 0 : 1;
	weights[STEP_LAUNCHER] = executor->silent ? 0 : 1;
}

static void step(struct world *world, enum step step)
{
	switch (step) {
	case STEP_COMMIT:
		journal_commit_some(world);
		break;
	case STEP_RECEIVE:
		executor_receive(world);
		return; /* nobody in the engine notices */
	case STEP_REPORT:
		engine_report(world);
		break;
	case STEP_EXIT:
		executor_end_one(world);
		return;
	case STEP_JOB:
		engine_job_done(world);
		break;
	case STEP_DUE:
		(void)engine_feed(world, &(struct input){.kind = INPUT_DUE});
		break;
	case STEP_BACK:
		executor_come_back(world);
		break;
	case STEP_ACT:
		operator_acts(world);
		break;
	case STEP_CRASH:
		check_replay(world);
		if (!sim_failed(world))
			engine_restart(world);
		break;
	case STEP_SILENCE:
		executor_fall_silent(world);
		break;
	case STEP_LAUNCHER:
		executor_die(world);
		break;
	case STEPS:
		break;
	}
	if (!sim_failed(world))
		engine_turn(world);
}

/* One thing happens; false when nothing can. */
static bool world_step(struct world *world)
{
	unsigned weights[STEPS], total = 0;
	uint64_t drawn;
	int64_t due_us = execution_next_due(world->execution);

	gather(world, weights);
	for (int i = 0; i < STEPS; i++)
		total += weights[i];
	if (!total && due_us == INT64_MAX)
		return false;
	world->steps++;
	world->now_us += (int64_t)rng_below(&world->rng, 300000);
	if (!total) { /* nothing but time can pass */
		world->now_us = due_us;
		return true;
	}
	drawn = rng_below(&world->rng, total);
	for (int i = 0; i < STEPS; i++) {
		if (drawn < weights[i]) {
			step(world, (enum step)i);
			return true;
		}
		drawn -= weights[i];
	}
	return true;
}

static void begin(struct world *world)
{
	struct event *created = &world->created;

	rng_next(&world->rng);
	world->now_us = 1000000;
	graph_draw(world);
	if (sim_failed(world))
		return;
	buf_init(&world->journal.bytes, (size_t)1 << 28);
	buf_init(&world->journal.snapshot, (size_t)1 << 28);
	*created = (struct event){.kind = EVENT_CREATED,
				  .seq = ++world->seq,
				  .node = EVENT_NO_NODE,
				  .time_us = world->now_us,
				  .number = 1,
				  .actor = "sim"};
	memcpy(created->execution, "01hzzzzzzzzzzzzzzzzzzzzzzz", ULID_TEXT);
	journal_append(world, created);
	world->journal.durable = 1;
	world->execution = execution_new(world->workflow, world->graph, created);
	execution_touched_clear(world->execution);
	engine_turn(world);
}

/* Until nothing is left to happen by itself. */
static void settle(struct world *world)
{
	uint64_t from = world->steps;

	world->faults = false;
	engine_turn(world); /* with slots for all */
	while (!sim_failed(world) && world_step(world)) {
		if (world->steps - from > STEPS_MAX)
			sim_fail(world, "it does not come to rest");
	}
	if (!sim_failed(world))
		check_rest(world);
}

void world_run(struct world *world)
{
	uint64_t rounds, faulty;

	begin(world);
	rounds = 1 + rng_below(&world->rng, 5);
	while (rounds-- && !sim_failed(world)) {
		faulty = rng_below(&world->rng, 300);
		world->faults = true;
		while (faulty-- && !sim_failed(world) && world_step(world)) {
			if (world->execution->ended && sim_chance(world, 40))
				break; /* most acts on an ended one are refused */
		}
		if (!sim_failed(world))
			settle(world);
	}
	if (!sim_failed(world))
		check_replay(world);
}

void world_release(struct world *world)
{
	if (world->execution)
		graph_keep(world);
	journal_release(world);
	event_list_release(&world->list);
	free(world->executor.processes);
	free(world->executor.wires);
	free(world->executor.reports);
	free(world->jobs);
	free(world->queue);
	free(world->nodes);
	graph_free(world->graph);
	workflow_free(world->workflow);
}
