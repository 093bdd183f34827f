/* SPDX-License-Identifier: MIT
 *
 * A watcher, as service/watch.c is one: it asks to be told, reads a snapshot meanwhile, keeps what
 * comes until it has it, and begins anew after a lost connection. At rest its picture is the
 * journal's.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- what is sent ------------------------------------------------------------------------ */

struct told {
	uint32_t node; /* EVENT_NO_NODE: the header */
	uint64_t row;
};

void watch_encode(void *ctx, uint64_t seq, const struct execution_row *header,
		  const struct node_row *nodes, size_t nodes_count, const struct act_row *acts,
		  const char *const *act_nodes, size_t acts_count, bool last, struct buf *out)
{
	struct told told = {EVENT_NO_NODE, shadow_hash_header(header)};

	(void)ctx;
	(void)seq;
	(void)acts;
	(void)act_nodes;
	(void)acts_count;
	(void)last;
	if (header->seq > sim->journal.last_seq)
		sim_fail("a watcher is told of an event that is not durable");
	buf_add(out, &told, sizeof(told));
	for (size_t i = 0; i < nodes_count; i++) {
		told = (struct told){nodes[i].index, shadow_hash_node(&nodes[i])};
		if (nodes[i].version > sim->journal.last_seq)
			sim_fail("a watcher is told of an event that is not durable");
		buf_add(out, &told, sizeof(told));
	}
}

/* ---- the watcher ------------------------------------------------------------------------- */

static void apply(struct watcher *watcher, const struct runtime_update *update)
{
	if (update->seq < watcher->seq && !update->last)
		return;
	watcher->seq = update->seq;
	for (size_t at = 0; at < update->bytes.length; at += sizeof(struct told)) {
		struct told told;

		memcpy(&told, update->bytes.data + at, sizeof(told));
		if (told.node == EVENT_NO_NODE)
			watcher->header = told.row;
		else
			watcher->rows[told.node] = told.row;
	}
}

void watch_update(struct runtime_update *update)
{
	struct watcher *watcher = &sim->watcher;

	if (!watcher->registered || strcmp(update->execution, watcher->execution) != 0) {
		runtime_update_free(update);
	} else if (watcher->reading) {
		watcher->kept = mem_grow(watcher->kept, &watcher->kept_capacity,
					 watcher->kept_count + 1, sizeof(*watcher->kept));
		watcher->kept[watcher->kept_count++] = update;
	} else {
		apply(watcher, update);
		runtime_update_free(update);
	}
}

static void ask(enum request_kind kind)
{
	struct request *request = request_new(kind, &sim->clients, NULL);

	memcpy(request->execution, sim->watcher.execution, ULID_TEXT);
	if (runtime_ask(sim->runtime, request) < 0)
		sim_fail("the engine takes no request");
}

static void read_rows(struct catalog_job *job, struct catalog *catalog, struct content *content)
{
	struct watcher *watcher = &sim->watcher;
	const struct shadow *shadow = shadow_find(watcher->execution);

	(void)job;
	(void)catalog;
	(void)content;
	if (sim->dead)
		return;
	watcher->seq = shadow->execution->seq;
	watcher->header = shadow->header_row;
	for (uint32_t i = 0; i < shadow->execution->workflow->nodes_count; i++)
		watcher->rows[i] = shadow->nodes[i].row;
}

void watch_answered(struct request *request)
{
	struct watcher *watcher = &sim->watcher;
	struct catalog_job *job;

	if (request->kind == REQUEST_UNWATCH || !watcher->wanted)
		return;
	if (request->result < 0) {
		sim_fail("it cannot be watched: %s", request->err.message);
		return;
	}
	watcher->registered = watcher->reading = true;
	job = mem_zalloc(sizeof(*job));
	job->run = read_rows;
	job->reply_to = &sim->clients;
	if (runtime_read(sim->runtime, job) < 0)
		sim_fail("the engine reads nothing");
}

static void drop_kept(bool use)
{
	struct watcher *watcher = &sim->watcher;

	for (size_t i = 0; i < watcher->kept_count; i++) {
		if (use)
			apply(watcher, watcher->kept[i]);
		runtime_update_free(watcher->kept[i]);
	}
	watcher->kept_count = 0;
}

void watch_read(struct catalog_job *job)
{
	free(job);
	if (!sim->watcher.reading)
		return;
	sim->watcher.reading = false;
	drop_kept(true);
}

void watch_begin(void)
{
	if (sim->watcher.wanted)
		ask(REQUEST_WATCH);
}

void watch_lose(void)
{
	drop_kept(false);
	sim->watcher.registered = sim->watcher.reading = false;
}

void watch_acts(void)
{
	struct watcher *watcher = &sim->watcher;

	if (watcher->wanted && (!watcher->registered || watcher->reading))
		return; /* it has no answer yet */
	if (watcher->wanted) {
		ask(REQUEST_UNWATCH);
		watch_lose();
		watcher->wanted = false;
		return;
	}
	memcpy(watcher->execution, sim->shadows[sim_draw(sim->shadows_count)]->id, ULID_TEXT);
	watcher->rows = mem_realloc(watcher->rows, 64 * sizeof(*watcher->rows));
	watcher->wanted = true;
	ask(REQUEST_WATCH);
}

void watch_check(void)
{
	const struct watcher *watcher = &sim->watcher;
	const struct shadow *shadow = shadow_find(watcher->execution);

	if (!watcher->wanted || sim_failed())
		return;
	if (!watcher->registered || watcher->reading)
		sim_fail("a watcher was not told anything");
	for (uint32_t i = 0; i < shadow->execution->workflow->nodes_count; i++)
		if (watcher->rows[i] != shadow->nodes[i].row)
			sim_fail("a watcher sees an old %s", shadow_node(shadow, i));
	if (watcher->header != shadow->header_row)
		sim_fail("a watcher sees an old header of %s", shadow->execution->name);
}

void watch_release(void)
{
	drop_kept(false);
	free(sim->watcher.kept);
	free(sim->watcher.rows);
}
