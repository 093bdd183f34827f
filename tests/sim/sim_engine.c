/* SPDX-License-Identifier: MIT
 *
 * The engine's lives: it is started as hlpd starts it, worked step by step, and ends in order or
 * by losing its memory.
 */
#include <string.h>

#include "runtime/coordinator.h"
#include "tests/sim/sim.h"

struct message *engine_take_some(struct mailbox *mailbox)
{
	struct message *first = mailbox_take(mailbox), *last = first, *rest;
	uint64_t count = 0;

	if (!first)
		return NULL;
	for (struct message *message = first; message; message = message->next)
		count++;
	count = sim_draw(2) ? count : 1 + sim_draw(count);
	while (--count)
		last = last->next;
	rest = last->next;
	last->next = NULL;
	while (rest) {
		struct message *next = rest->next;

		mailbox_post_reply(mailbox, rest);
		rest = next;
	}
	return first;
}

void engine_work(enum thread thread)
{
	struct worker *worker = sim->workers[thread];

	sim->wakes[thread] =
		worker->ops->work(worker, engine_take_some(&worker->mailbox)) != INT64_MAX;
}

void engine_forward(enum thread thread)
{
	struct message *message = engine_take_some(&sim->out[thread]);

	while (message) {
		struct message *next = message->next;

		mailbox_post_reply(&sim->engine->mailbox, message);
		message = next;
	}
}

void engine_turn(void)
{
	sim->deadline_us = coordinator_turn(sim->engine, engine_take_some(&sim->engine->mailbox));
}

static void over(void *ctx, enum runtime_end end, const char *why)
{
	(void)ctx;
	if (sim->dead || sim->over)
		return;
	sim_trace("engine: wants to end: %s", why);
	sim->over = (int)end + 1;
}

void engine_begin(void)
{
	struct runtime_options options = {
		.home = &sim->home,
		.clock = &sim->clock,
		.encoder = client_encoder(),
		.updates = &sim->clients,
		.slots = sim->faults ? 1 + (uint32_t)sim_draw(10) : 10,
		.snapshot_every = 1 + (uint32_t)sim_draw(100),
		.seed = rng_next(&sim->rng),
		.over = over,
	};
	struct err err = {0};

	sim_trace("engine: begins");
	sim->life++;
	sim->over = 0;
	if (runtime_start(&options, &sim->runtime, &err) < 0) {
		sim_fail("the engine does not start: %s", err.message);
		return;
	}
	check_live();
	coordinator_begin(sim->engine);
	sim->deadline_us = sim->now_us;
	watch_begin();
}

static void forget(void)
{
	sim->runtime = NULL;
	sim->engine = NULL;
	memset(sim->wakes, 0, sizeof(sim->wakes));
	client_lose();
	watch_lose();
	content_crash();
	sim->restarts++;
}

void engine_crash(void)
{
	if (!sim->runtime)
		return;
	sim_trace("engine: dies");
	cover_crash();
	sim->dead = true;
	runtime_stop(sim->runtime);
	sim->dead = false;
	forget();
}

void engine_stop(void)
{
	sim_trace("engine: ends in order");
	runtime_stop(sim->runtime);
	forget();
}
