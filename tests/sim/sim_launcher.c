/* SPDX-License-Identifier: MIT
 *
 * The launcher and its processes, which outlive the engine. It starts a known attempt once, says an
 * exit until it is acknowledged, and takes "unknown" for "never started" once an engine was ready.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/sim/sim.h"

struct process *launcher_find(const char *attempt)
{
	struct launcher *launcher = &sim->launcher;
	const union map_value *value = map_find_text(&launcher->by_id, attempt);
	struct process *process;
	char execution[ULID_TEXT], node[64];

	if (value)
		return value->pointer;
	process = mem_zalloc(sizeof(*process));
	(void)snprintf(process->id, sizeof(process->id), "%s", attempt);
	if (attempt_id_parse(attempt, execution, node, &process->kind, &process->number))
		process->shadow = shadow_find(execution);
	if (process->shadow)
		process->node =
			(uint32_t)workflow_find_node(process->shadow->execution->workflow, node);
	else
		sim_fail("there is no attempt %s", attempt);
	launcher->processes = mem_grow(launcher->processes, &launcher->capacity,
				       launcher->count + 1, sizeof(process));
	launcher->processes[launcher->count++] = process;
	(void)map_add_text(&launcher->by_id, process->id, (union map_value){.pointer = process});
	return process;
}

/* ---- words ------------------------------------------------------------------------------- */

static void say(enum report_kind kind, struct process *process, int64_t time_us)
{
	struct launcher *launcher = &sim->launcher;

	launcher->words = mem_grow(launcher->words, &launcher->words_capacity,
				   launcher->words_count + 1, sizeof(*launcher->words));
	launcher->words[launcher->words_count++] =
		(struct word){.kind = kind, .process = process, .time_us = time_us};
}

void launcher_say(enum report_kind kind, struct process *process)
{
	/* That something never started is true only until it is: it is never said twice. */
	int times = kind != REPORT_NOT_STARTED && process && sim_chance(10) ? 2 : 1;

	if (!sim->link || !sim->link->welcome)
		return;
	for (int i = 0; i < times; i++)
		say(kind, process, kind == REPORT_STARTED ? process->started_us : sim->now_us);
}

static void describe(struct process *process)
{
	switch (process->status) {
	case PROCESS_RUNNING:
		launcher_say(REPORT_STARTED, process);
		if (process->frozen)
			launcher_say(REPORT_FROZEN, process);
		break;
	case PROCESS_ORPHAN:
		launcher_say(REPORT_UNREACHABLE, process);
		break;
	case PROCESS_EXITED:
		launcher_say(REPORT_EXITED, process);
		break;
	case PROCESS_LOST:
		launcher_say(REPORT_LOST, process);
		break;
	case PROCESS_NONE:
	case PROCESS_ACKNOWLEDGED:
		sim_fail("the launcher knows nothing of %s", process->id);
		break;
	}
}

void launcher_list(void)
{
	for (size_t i = 0; i < sim->launcher.count; i++)
		if (sim->launcher.processes[i]->known)
			describe(sim->launcher.processes[i]);
	launcher_say(REPORT_REACHABLE, NULL);
}

/* Nothing is known of it: it was never started, or it was in a log that is gone. */
static void say_unknown(struct process *process, bool inherited)
{
	if (process->status == PROCESS_ACKNOWLEDGED && process->starts)
		sim_fail("the engine asks about %s, whose end it acknowledged", process->id);
	if (sim->launcher.seen_ready || !inherited) {
		launcher_say(REPORT_NOT_STARTED, process);
		return;
	}
	process->known = true;
	process->status = PROCESS_LOST;
	describe(process);
}

/* ---- messages ---------------------------------------------------------------------------- */

static void start(struct process *process)
{
	if (process->known) {
		describe(process);
		return;
	}
	process->known = true;
	process->status = PROCESS_RUNNING;
	process->starts++;
	process->pid = ++sim->launcher.pids;
	process->started_us = sim->now_us;
	sim_trace("launcher: %s runs as pid %lld", process->id, (long long)process->pid);
	check_process(process);
	launcher_say(REPORT_STARTED, process);
}

static void steer(const struct wire *wire)
{
	struct process *process = wire->process;

	if (!process->known)
		say_unknown(process, wire->kind != WIRE_QUERY || wire->inherited);
	else if (wire->kind == WIRE_QUERY ||
		 (process->status != PROCESS_RUNNING && process->status != PROCESS_ORPHAN))
		describe(process);
	else if (wire->kind == WIRE_STOP) /* what is frozen goes on, to die */
		process->stop_asked = true, process->frozen = false;
	else if (process->status == PROCESS_RUNNING && !process->stop_asked) {
		process->frozen = wire->kind == WIRE_FREEZE;
		if (process->frozen && !process->freeze_asked)
			sim_fail("%s is frozen, and nobody asked for it", process->id);
		launcher_say(process->frozen ? REPORT_FROZEN : REPORT_THAWED, process);
	}
}

static void acknowledge(struct process *process)
{
	if (process->status != PROCESS_EXITED && process->status != PROCESS_LOST)
		return;
	if (!process->exits && process->starts)
		sim_fail("the end of %s is acknowledged before it is durable", process->id);
	process->status = PROCESS_ACKNOWLEDGED;
	process->known = false;
}

void launcher_receive(void)
{
	struct launcher *launcher = &sim->launcher;
	struct wire wire = launcher->wires[0];

	launcher->wires_count--;
	for (size_t i = 0; i < launcher->wires_count; i++)
		launcher->wires[i] = launcher->wires[i + 1];
	if (wire.kind == WIRE_START)
		start(wire.process);
	else if (wire.kind == WIRE_ACKNOWLEDGE)
		acknowledge(wire.process);
	else if (wire.kind == WIRE_READY)
		launcher->seen_ready = true;
	else
		steer(&wire);
}

/* ---- ends -------------------------------------------------------------------------------- */

static struct process *any(enum process_status status)
{
	const struct launcher *launcher = &sim->launcher;
	size_t from = launcher->count ? sim_draw(launcher->count) : 0;

	for (size_t i = 0; i < launcher->count; i++) {
		struct process *process = launcher->processes[(from + i) % launcher->count];

		if (process->status == status && !process->frozen)
			return process;
	}
	return NULL;
}

static bool has(enum process_status status)
{
	for (size_t i = 0; i < sim->launcher.count; i++)
		if (sim->launcher.processes[i]->status == status &&
		    !sim->launcher.processes[i]->frozen)
			return true;
	return false;
}

bool launcher_runs(void)
{
	return sim->launcher.alive && has(PROCESS_RUNNING);
}

bool launcher_has_orphans(void)
{
	return sim->launcher.alive && has(PROCESS_ORPHAN);
}

static void draw_exit(struct process *process)
{
	process->exit_kind = EXIT_STATUS;
	process->code = 0;
	if (process->stop_asked && !sim_chance(4)) {
		process->exit_kind = sim_chance(15) ? EXIT_UNKILLABLE : EXIT_SIGNAL;
		process->code = 15;
	} else if (sim->faults ? sim_chance(6) : sim_chance(20)) {
		static const enum exit_kind kinds[] = {EXIT_STATUS,  EXIT_STATUS,  EXIT_STATUS,
						       EXIT_SIGNAL,  EXIT_TIMEOUT, EXIT_LAUNCH,
						       EXIT_RESOURCE};

		process->exit_kind = kinds[sim_draw(7)];
		process->code = process->exit_kind == EXIT_LAUNCH ? 127 : 1 + (int32_t)sim_draw(3);
	}
}

/* A node that ran has perhaps written its files. */
static void write_files(const struct process *process)
{
	const struct execution *execution = process->shadow->execution;
	const struct node_spec *spec = &execution->workflow->nodes[process->node];

	for (uint32_t i = 0; process->kind != ATTEMPT_CHECK && i < spec->artifacts_count; i++) {
		char *path = file_join(execution->folder, spec->artifacts[i].path);

		if (!sim_chance(3))
			files_write(path, sim_chance(5));
		free(path);
	}
}

void launcher_end_one(void)
{
	struct process *process = any(PROCESS_RUNNING);

	draw_exit(process);
	write_files(process);
	process->status = PROCESS_EXITED;
	sim_trace("launcher: %s ends, %s", process->id,
		  process->exit_kind == EXIT_STATUS && !process->code ? "well" : "badly");
	launcher_say(REPORT_EXITED, process);
}

void launcher_end_orphan(void)
{
	struct process *process = any(PROCESS_ORPHAN);

	write_files(process);
	process->status = PROCESS_LOST;
	sim_trace("launcher: %s is gone", process->id);
	launcher_say(REPORT_LOST, process);
}

/* Its freezing ends with the one who froze it. */
static void orphan(struct process *process)
{
	if (process->status != PROCESS_RUNNING)
		return;
	process->status = PROCESS_ORPHAN;
	process->frozen = false;
}

void launcher_die(void)
{
	sim_trace("launcher: dies");
	if (sim->link)
		link_break();
	sim->launcher.wires_count = sim->launcher.words_count = 0;
	sim->launcher.alive = false;
	for (size_t i = 0; i < sim->launcher.count; i++)
		orphan(sim->launcher.processes[i]);
}

void launcher_begin(void)
{
	sim_trace("launcher: begins");
	sim->launcher.alive = true;
}

void launcher_reboot(void)
{
	struct launcher *launcher = &sim->launcher;

	sim_trace("the machine starts again");
	launcher->alive = launcher->seen_ready = false;
	launcher->wires_count = launcher->words_count = 0;
	for (size_t i = 0; i < launcher->count; i++) {
		struct process *process = launcher->processes[i];

		if (process->status == PROCESS_RUNNING || process->status == PROCESS_ORPHAN)
			process->status = PROCESS_LOST;
		if (process->known && sim_chance(4))
			process->known = false; /* the end of its log never reached the disk */
		process->frozen = false;
	}
}

void launcher_release(void)
{
	struct launcher *launcher = &sim->launcher;

	for (size_t i = 0; i < launcher->count; i++)
		free(launcher->processes[i]);
	free(launcher->processes);
	free(launcher->wires);
	free(launcher->words);
	map_release(&launcher->by_id);
}
