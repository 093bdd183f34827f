/* SPDX-License-Identifier: MIT
 *
 * In place of executor/local.c: the engine's end of the link to the launcher, with the same rules.
 * Nothing is queued across a lost link; what never left is known to be unsent.
 */
#include <stdlib.h>

#include "tests/sim/sim.h"

static struct link *link_of(struct executor *executor)
{
	return (struct link *)executor;
}

static void report(struct link *link, enum report_kind kind, const struct process *process)
{
	link->report(link->ctx, &(struct report){.kind = kind,
						 .attempt = process ? process->id : NULL,
						 .time_us = sim->now_us});
}

static const char *wire_name(enum wire_kind kind)
{
	static const char *const names[] = {"start", "stop",	    "freeze", "thaw",
					    "query", "acknowledge", "ready"};

	return names[kind];
}

/* True when it is on its way; else nobody answers, and that is said. */
static bool post(struct link *link, enum wire_kind kind, struct process *process)
{
	struct launcher *launcher = &sim->launcher;

	if (sim->dead)
		return false;
	sim_trace("executors: %s %s%s", wire_name(kind), process ? process->id + 18 : "",
		  link->welcome ? "" : ", but there is no link");
	if (!link->welcome) {
		if (kind != WIRE_ACKNOWLEDGE && kind != WIRE_READY)
			report(link, REPORT_UNREACHABLE, process);
		return false;
	}
	launcher->wires = mem_grow(launcher->wires, &launcher->wires_capacity,
				   launcher->wires_count + 1, sizeof(*launcher->wires));
	launcher->wires[launcher->wires_count++] = (struct wire){
		.kind = kind, .process = process, .inherited = process && !process->unsent};
	return true;
}

static void start(struct executor *executor, const struct order *order)
{
	struct process *process = launcher_find(order->attempt);

	if (sim->dead)
		return;
	check_order(process);
	process->unsent = !post(link_of(executor), WIRE_START, process);
}

static void stop(struct executor *executor, const char *attempt)
{
	(void)post(link_of(executor), WIRE_STOP, launcher_find(attempt));
}

static void freeze(struct executor *executor, const char *attempt)
{
	(void)post(link_of(executor), WIRE_FREEZE, launcher_find(attempt));
}

static void thaw(struct executor *executor, const char *attempt)
{
	(void)post(link_of(executor), WIRE_THAW, launcher_find(attempt));
}

static void query(struct executor *executor, const char *attempt)
{
	(void)post(link_of(executor), WIRE_QUERY, launcher_find(attempt));
}

static void acknowledge(struct executor *executor, const char *attempt)
{
	struct process *process = launcher_find(attempt);

	process->unsent = false;
	(void)post(link_of(executor), WIRE_ACKNOWLEDGE, process);
}

/* Some of what is on the way arrives. */
static void cut(void)
{
	struct launcher *launcher = &sim->launcher;
	uint64_t arrive = sim_draw(launcher->wires_count + 1);

	while (arrive-- && launcher->alive && launcher->wires_count)
		launcher_receive();
	launcher->wires_count = launcher->words_count = 0;
}

static void link_free(struct executor *executor)
{
	for (size_t i = 0; i < sim->launcher.count; i++)
		sim->launcher.processes[i]->unsent = false;
	cut();
	free(executor);
	sim->link = NULL;
}

static const struct executor_ops ops = {.name = "sim",
					.start = start,
					.stop = stop,
					.freeze = freeze,
					.thaw = thaw,
					.query = query,
					.acknowledge = acknowledge,
					.free = link_free};

int executor_local_new(struct loop *loop, const struct home *home, uint64_t term,
		       executor_report *on_report, void *ctx, struct executor **out,
		       struct err *err)
{
	struct link *link = mem_zalloc(sizeof(*link));

	(void)loop;
	(void)home;
	(void)term;
	(void)err;
	link->executor = (struct executor){.ops = &ops,
					   .capabilities = EXECUTOR_FREEZE | EXECUTOR_PROVES_STOP};
	link->report = on_report;
	link->ctx = ctx;
	sim->link = link;
	*out = &link->executor;
	return 0;
}

enum executor_link executor_local_link(const struct executor *executor)
{
	return ((const struct link *)executor)->link;
}

void executor_local_ready(struct executor *executor)
{
	struct link *link = link_of(executor);

	if (link->link == EXECUTOR_LINKED)
		(void)post(link, WIRE_READY, NULL);
}

void executor_local_goodbye(struct executor *executor)
{
	(void)executor;
}

/* ---- what happens to it ------------------------------------------------------------------ */

void link_connect(void)
{
	struct link *link = sim->link;

	if (sim->launcher.alive) {
		sim_trace("link: connects");
		link->welcome = link->has_met = true;
		launcher_list();
	} else if (link->has_met && link->link == EXECUTOR_CONNECTING) {
		sim_trace("link: the launcher has died");
		link->link = EXECUTOR_LAUNCHER_DIED;
		report(link, REPORT_UNREACHABLE, NULL);
	}
}

void link_break(void)
{
	cut();
	sim->link->welcome = false;
	if (sim->link->link != EXECUTOR_LINKED)
		return;
	sim->link->link = EXECUTOR_CONNECTING;
	report(sim->link, REPORT_UNREACHABLE, NULL);
}

static void hear(struct link *link, const struct word *word)
{
	const struct process *process = word->process;

	link->report(link->ctx, &(struct report){.kind = word->kind,
						 .attempt = process->id,
						 .time_us = word->time_us,
						 .exit_kind = process->exit_kind,
						 .code = process->code,
						 .pid = process->pid,
						 .start_ticks = (uint64_t)process->pid,
						 .text = "boot"});
	if (word->kind == REPORT_NOT_STARTED)
		word->process->unsent = false;
}

void link_report(void)
{
	struct launcher *launcher = &sim->launcher;
	struct word word = launcher->words[0];

	launcher->words_count--;
	for (size_t i = 0; i < launcher->words_count; i++)
		launcher->words[i] = launcher->words[i + 1];
	sim_trace("executors: hear %d of %s", (int)word.kind,
		  word.process ? word.process->id + 18 : "all");
	if (word.process) {
		hear(sim->link, &word);
	} else {
		sim->link->link = EXECUTOR_LINKED;
		report(sim->link, REPORT_REACHABLE, NULL);
	}
}
