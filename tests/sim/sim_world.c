/* SPDX-License-Identifier: MIT
 *
 * The steps of a world: which of the things that could happen now happens. First with faults and an
 * operator, then without, until nothing is left to happen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/room.h"
#include "tests/sim/sim.h"

#define STEPS_MAX 40000

struct world *sim;

void sim_fail(const char *format, ...)
{
	va_list args;

	if (sim_failed())
		return; /* the first is the cause */
	va_start(args, format);
	(void)vsnprintf(sim->failure, sizeof(sim->failure), format, args); /* cut: for people */
	va_end(args);
	sim_trace("FAILED: %s", sim->failure);
}

void sim_trace(const char *format, ...)
{
	va_list args;

	if (!sim->trace)
		return;
	printf("%5llu %9lld  ", (unsigned long long)sim->steps, (long long)(sim->now_us / 1000));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static int64_t now_us(void *ctx)
{
	return ((struct world *)ctx)->now_us;
}

/* ---- what can happen --------------------------------------------------------------------- */

enum step {
	/* threads: they work, and are heard */
	STEP_TURN,
	STEP_WORK, /* … of each thread */
	STEP_HEAR = STEP_WORK + THREADS,
	/* the world */
	STEP_RECEIVE = STEP_HEAR + THREADS,
	STEP_REPORT,
	STEP_CONNECT,
	STEP_EXIT,
	STEP_ORPHAN,
	STEP_CLIENT,
	STEP_AGAIN,
	STEP_BEGIN,
	STEP_OVER,
	STEP_ROOM,
	/* only with faults */
	STEP_ACT,
	STEP_WATCH,
	STEP_EXECUTE,
	STEP_EDIT,
	STEP_CRASH,
	STEP_SILENCE,
	STEP_LAUNCHER,
	STEP_REBOOT,
	STEP_STOP,
	STEP_FULL,
	STEPS
};

static void gather_engine(unsigned weights[STEPS])
{
	const struct engine *engine = sim->engine;

	weights[STEP_TURN] = engine->mailbox.count || sim->deadline_us <= sim->now_us ? 40 : 0;
	for (int i = 0; i < THREADS; i++) {
		weights[STEP_WORK + i] = sim->workers[i]->mailbox.count ? 30 : sim->wakes[i];
		weights[STEP_HEAR + i] = sim->out[i].count ? 40 : 0;
	}
	weights[STEP_CONNECT] =
		!sim->link->welcome &&
				(sim->launcher.alive ||
				 (sim->link->has_met && sim->link->link == EXECUTOR_CONNECTING))
			? 6
			: 0;
	weights[STEP_AGAIN] = client_waits() ? 20 : 0;
	weights[STEP_OVER] = sim->over ? 40 : 0;
}

static void gather_world(unsigned weights[STEPS])
{
	const struct launcher *launcher = &sim->launcher;

	weights[STEP_RECEIVE] = launcher->alive && launcher->wires_count ? 40 : 0;
	weights[STEP_REPORT] = launcher->words_count ? 40 : 0;
	weights[STEP_EXIT] = launcher_runs() ? 7 : 0;
	weights[STEP_ORPHAN] = launcher_has_orphans() ? 5 : 0;
	weights[STEP_CLIENT] = sim->clients.count ? 30 : 0;
	weights[STEP_BEGIN] = sim->runtime ? 0 : 20;
	weights[STEP_ROOM] = sim->disk_full ? 5 : 0;
}

static void gather_faults(unsigned weights[STEPS])
{
	bool works = sim->engine && (sim->engine->commits_in_flight || launcher_runs());

	weights[STEP_ACT] = sim->engine && sim->shadows_count ? 6 : 0;
	weights[STEP_WATCH] = sim->engine && sim->shadows_count ? 1 : 0;
	weights[STEP_EXECUTE] = !sim->engine ? 0 : sim->shadows_count ? 1 : 10;
	weights[STEP_EDIT] = 1;
	weights[STEP_STOP] = sim->engine && sim_chance(8);
	if (!works)
		return; /* a crash of an engine that does nothing shows nothing */
	weights[STEP_CRASH] = 3;
	weights[STEP_SILENCE] = sim->link->welcome ? 1 : 0;
	weights[STEP_LAUNCHER] = launcher_runs() && sim_chance(2) ? 1 : 0;
	weights[STEP_REBOOT] = launcher_runs() && sim_chance(4) ? 1 : 0;
	weights[STEP_FULL] = !sim->disk_full && sim_chance(4) ? 1 : 0;
}

/* ---- what happens ------------------------------------------------------------------------ */

static void edit(void)
{
	char path[40];

	(void)snprintf(path, sizeof(path), "/sim/file-%u-%u-0", (unsigned)sim_draw(WORKFLOWS_MAX),
		       (unsigned)sim_draw(10)); /* always fits */
	files_write(path, sim_chance(4));
}

static void reboot(void)
{
	engine_crash();
	launcher_reboot();
}

static void begin(void)
{
	if (!sim->launcher.alive)
		launcher_begin();
	engine_begin();
}

static void step_thread(enum step step)
{
	if (step >= STEP_HEAR)
		engine_forward((enum thread)(step - STEP_HEAR));
	else if (step >= STEP_WORK)
		engine_work((enum thread)(step - STEP_WORK));
	else
		engine_turn();
}

static void step_fault(enum step step)
{
	switch (step) {
	case STEP_ACT:
		operator_acts();
		break;
	case STEP_WATCH:
		watch_acts();
		break;
	case STEP_EXECUTE:
		operator_executes();
		break;
	case STEP_EDIT:
		edit();
		break;
	case STEP_CRASH:
		check_live();
		engine_crash();
		break;
	case STEP_SILENCE:
		sim_trace("link: breaks");
		link_break();
		break;
	case STEP_LAUNCHER:
		launcher_die();
		break;
	case STEP_REBOOT:
		reboot();
		break;
	case STEP_STOP:
		operator_stops();
		break;
	default:
		sim->disk_full = true;
	}
}

static void step_world(enum step step)
{
	switch (step) {
	case STEP_RECEIVE:
		launcher_receive();
		break;
	case STEP_REPORT:
		link_report();
		break;
	case STEP_CONNECT:
		link_connect();
		break;
	case STEP_EXIT:
		launcher_end_one();
		break;
	case STEP_ORPHAN:
		launcher_end_orphan();
		break;
	case STEP_CLIENT:
		client_take();
		break;
	case STEP_AGAIN:
		client_send_again();
		break;
	case STEP_BEGIN:
		begin();
		break;
	case STEP_OVER:
		engine_stop();
		break;
	default:
		sim->disk_full = false;
	}
}

static void step(enum step step)
{
	if (step < STEP_RECEIVE)
		step_thread(step);
	else if (step < STEP_ACT)
		step_world(step);
	else
		step_fault(step);
}

/* Mostly a moment passes from one thing to the next, sometimes seconds. */
static void pass_time(void)
{
	sim->now_us += (int64_t)sim_draw(sim_chance(40) ? 2000000 : 3000);
}

/* Whether nothing but waiting for ever is left to the engine. */
static bool is_at_rest(void)
{
	const struct engine *engine = sim->engine;

	if (!engine || engine->open || engine->publish_due)
		return false;
	for (size_t i = 0; i < engine->lives.count; i++)
		if (execution_next_due(engine->lives.items[i]->execution) != INT64_MAX)
			return false;
	return engine->launcher_reachable && room_deadline_us(engine) == INT64_MAX;
}

/* One thing happens; false when nothing can. */
static bool world_step(void)
{
	unsigned weights[STEPS] = {0}, total = 0;
	uint64_t drawn;

	if (sim->engine)
		gather_engine(weights);
	gather_world(weights);
	if (sim->faults)
		gather_faults(weights);
	for (int i = 0; i < STEPS; i++)
		total += weights[i];
	sim->steps++;
	if (!total && is_at_rest())
		return false;
	if (!total) { /* nothing but time can pass */
		sim->now_us = sim->deadline_us;
		return true;
	}
	pass_time();
	drawn = sim_draw(total);
	for (int i = 0; i < STEPS; i++) {
		if (drawn < weights[i]) {
			step((enum step)i);
			return true;
		}
		drawn -= weights[i];
	}
	return true;
}

/* ---- a world's life ---------------------------------------------------------------------- */

static void make(void)
{
	rng_next(&sim->rng);
	sim->now_us = 1000000;
	sim->clock = (struct clock){now_us, now_us, sim};
	sim->home = (struct home){.path = "/sim", .output = "/sim/output", .fd = -1};
	sim->launcher.alive = true;
	mailbox_init(&sim->clients, 65536, false);
	for (int i = 0; i < THREADS; i++)
		mailbox_init(&sim->out[i], 65536, false);
	buf_init(&sim->journal.bytes, (size_t)1 << 28);
	for (uint32_t i = 0; i < WORKFLOWS_MAX; i++) {
		buf_init(&sim->workflows[i], (size_t)1 << 20);
		draw_workflow(&sim->workflows[i], i);
	}
}

/* Until nothing is left to happen by itself. */
static void settle(void)
{
	uint64_t from = sim->steps;

	sim->faults = false;
	if (sim->link) /* what was not heard is said again */
		link_break();
	while (!sim_failed() && world_step())
		if (sim->steps - from > STEPS_MAX)
			sim_fail("it does not come to rest");
	if (!sim_failed())
		check_rest();
}

void world_run(void)
{
	uint64_t rounds, faulty;

	make();
	rounds = 1 + sim_draw(4);
	while (rounds-- && !sim_failed()) {
		faulty = sim_draw(900);
		sim->faults = true;
		while (faulty-- && !sim_failed() && world_step())
			;
		if (!sim_failed())
			settle();
	}
}

void world_release(void)
{
	if (sim->runtime) {
		sim->dead = true;
		runtime_stop(sim->runtime);
		sim->runtime = NULL;
	}
	client_release();
	watch_release();
	launcher_release();
	for (uint32_t i = 0; i < sim->shadows_count; i++)
		shadow_release(sim->shadows[i]);
	journal_release();
	content_release();
	checkpoint_release();
	mailbox_release(&sim->clients);
	for (int i = 0; i < THREADS; i++)
		mailbox_release(&sim->out[i]);
	for (uint32_t i = 0; i < WORKFLOWS_MAX; i++)
		buf_release(&sim->workflows[i]);
}
