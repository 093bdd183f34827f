/* SPDX-License-Identifier: MIT
 *
 * The fake executor: processes that outlive the engine, messages to it and reports from it in
 * order, silence, and the launcher's death. Starting is idempotent by attempt; exits are repeated
 * until they are acknowledged.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

struct process *executor_find(struct world *world, uint32_t node, enum attempt_kind kind,
			      uint32_t number)
{
	struct executor_fake *executor = &world->executor;
	struct process *process;

	for (size_t i = 0; i < executor->count; i++) {
		process = &executor->processes[i];
		if (process->node == node && process->kind == kind && process->number == number)
			return process;
	}
	executor->processes = mem_grow(executor->processes, &executor->capacity,
				       executor->count + 1, sizeof(*process));
	process = &executor->processes[executor->count++];
	*process = (struct process){.node = node, .kind = kind, .number = number};
	return process;
}

void executor_send(struct world *world, enum wire_kind kind, uint32_t node,
		   enum attempt_kind attempt_kind, uint32_t number)
{
	struct executor_fake *executor = &world->executor;

	executor->wires = mem_grow(executor->wires, &executor->wires_capacity,
				   executor->wires_count + 1, sizeof(*executor->wires));
	executor->wires[executor->wires_count++] = (struct wire){
		.kind = kind, .node = node, .attempt_kind = attempt_kind, .number = number};
}

static void report(struct world *world, enum input_kind kind, const struct process *process)
{
	struct executor_fake *executor = &world->executor;
	int64_t at_us = kind == INPUT_STARTED ? process->started_us : world->now_us;
	/* That something never started is true only until it is: it is never said twice. */
	int times = kind != INPUT_NOT_STARTED && sim_chance(world, 8) ? 2 : 1;

	for (int i = 0; i < times; i++) {
		executor->reports =
			mem_grow(executor->reports, &executor->reports_capacity,
				 executor->reports_count + 1, sizeof(*executor->reports));
		executor->reports[executor->reports_count++] =
			(struct input){.kind = kind,
				       .time_us = at_us,
				       .node = process->node,
				       .attempt_kind = process->kind,
				       .attempt = process->number,
				       .exit_kind = process->exit_kind,
				       .code = process->code,
				       .pid = process->pid,
				       .start_ticks = (uint64_t)process->pid};
	}
}

static void answer(struct world *world, const struct process *process)
{
	switch (process->status) {
	case PROCESS_NONE:
		report(world, INPUT_NOT_STARTED, process);
		break;
	case PROCESS_RUNNING:
		report(world, INPUT_STARTED, process);
		break;
	case PROCESS_EXITED:
		report(world, INPUT_EXITED, process);
		break;
	case PROCESS_LOST:
		report(world, INPUT_LOST, process);
		break;
	case PROCESS_ACKNOWLEDGED:
		sim_fail(world, "the engine asks about %s %u, whose end it acknowledged",
			 sim_node(world, process->node), process->number);
		break;
	}
}

static void start(struct world *world, struct process *process)
{
	if (process->status != PROCESS_NONE) {
		answer(world, process); /* known: nothing is started */
		return;
	}
	process->status = PROCESS_RUNNING;
	process->starts++;
	process->pid = ++world->executor.pids;
	process->started_us = world->now_us;
	sim_trace(world, "executor: %s %s %u runs as pid %lld", sim_node(world, process->node),
		  attempt_kind_name(process->kind), process->number, (long long)process->pid);
	check_process(world, process);
	if (!sim_chance(world, 6))
		report(world, INPUT_STARTED, process);
}

void executor_receive(struct world *world)
{
	struct executor_fake *executor = &world->executor;
	struct wire wire = executor->wires[0];
	struct process *process = executor_find(world, wire.node, wire.attempt_kind, wire.number);

	memmove(executor->wires, executor->wires + 1,
		--executor->wires_count * sizeof(*executor->wires));
	switch (wire.kind) {
	case WIRE_START:
		start(world, process);
		break;
	case WIRE_STOP:
		process->stop_asked = true;
		if (process->status != PROCESS_RUNNING && process->status != PROCESS_ACKNOWLEDGED)
			answer(world, process);
		break;
	case WIRE_QUERY:
		answer(world, process);
		break;
	case WIRE_ACKNOWLEDGE:
		if (process->status == PROCESS_EXITED || process->status == PROCESS_LOST)
			process->status = PROCESS_ACKNOWLEDGED;
		break;
	}
}

bool executor_runs(const struct world *world)
{
	for (size_t i = 0; i < world->executor.count; i++) {
		if (world->executor.processes[i].status == PROCESS_RUNNING)
			return true;
	}
	return false;
}

static void draw_exit(struct world *world, struct process *process)
{
	process->exit_kind = EXIT_STATUS;
	process->code = 0;
	if (process->stop_asked && !sim_chance(world, 4)) {
		process->exit_kind = sim_chance(world, 15) ? EXIT_UNKILLABLE : EXIT_SIGNAL;
		process->code = 15;
	} else if (sim_chance(world, 6)) {
		static const enum exit_kind kinds[] = {EXIT_STATUS, EXIT_STATUS,  EXIT_STATUS,
						       EXIT_SIGNAL, EXIT_TIMEOUT, EXIT_LAUNCH};

		process->exit_kind = kinds[rng_below(&world->rng, 6)];
		process->code = process->exit_kind == EXIT_LAUNCH ? 127 : 1;
	}
}

void executor_end_one(struct world *world)
{
	struct executor_fake *executor = &world->executor;
	size_t from = rng_below(&world->rng, executor->count);

	for (size_t i = 0; i < executor->count; i++) {
		struct process *process = &executor->processes[(from + i) % executor->count];

		if (process->status != PROCESS_RUNNING)
			continue;
		draw_exit(world, process);
		process->status = PROCESS_EXITED;
		process->ended_us = world->now_us;
		sim_trace(world, "executor: %s %s %u ends, %s", sim_node(world, process->node),
			  attempt_kind_name(process->kind), process->number,
			  process->exit_kind == EXIT_STATUS && !process->code ? "well" : "badly");
		report(world, INPUT_EXITED, process);
		return;
	}
}

/* What was on its way to it may or may not have arrived. */
static void cut(struct world *world)
{
	struct executor_fake *executor = &world->executor;
	uint64_t arrive = rng_below(&world->rng, executor->wires_count + 1);

	while (arrive-- && executor->wires_count)
		executor_receive(world);
	executor->wires_count = 0;
	executor->reports_count = 0;
}

void executor_fall_silent(struct world *world)
{
	sim_trace(world, "executor: falls silent");
	cut(world);
	world->executor.silent = true;
	engine_silence(world);
}

void executor_die(struct world *world)
{
	struct executor_fake *executor = &world->executor;

	sim_trace(world, "executor: the launcher dies");
	cut(world);
	for (size_t i = 0; i < executor->count; i++) {
		if (executor->processes[i].status == PROCESS_RUNNING)
			executor->processes[i].status = PROCESS_LOST;
	}
	executor->silent = true;
	engine_silence(world);
}

void executor_come_back(struct world *world)
{
	sim_trace(world, "executor: answers again");
	world->executor.silent = false;
	engine_back(world);
}

void executor_crash(struct world *world)
{
	cut(world);
}
