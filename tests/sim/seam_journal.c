/* SPDX-License-Identifier: MIT
 *
 * In place of store/journal.c and store/catalog.c: events in memory, of which all that is here is
 * durable. Each that comes is shown to the shadow and the checks. A commit may fail, and then
 * nobody knows whether it was kept.
 */
#include "store/journal.h"

#include <stdlib.h>
#include <string.h>

#include "model/checkpoint.h"
#include "store/catalog.h"
#include "store/journal_batch.h"
#include "tests/sim/sim.h"

int journal_open(const struct home *home, enum durability durability, struct journal **out,
		 struct err *err)
{
	(void)home;
	(void)durability;
	(void)err;
	sim->journal.broken = false;
	*out = &sim->journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	(void)journal;
}

int journal_begin_term(struct journal *journal, uint64_t *out_term, struct err *err)
{
	(void)err;
	*out_term = ++journal->term;
	return 0;
}

uint64_t journal_last_seq(const struct journal *journal)
{
	return journal->last_seq;
}

int journal_next_number(struct journal *journal, const char *workflow, uint32_t *out,
			struct err *err)
{
	(void)journal;
	(void)err;
	*out = 1;
	for (uint32_t i = 0; i < sim->shadows_count; i++)
		*out += !strcmp(sim->shadows[i]->workflow, workflow);
	return 0;
}

/* ---- appending --------------------------------------------------------------------------- */

static int decode(const struct entry *entry, struct arena *arena, struct event *out)
{
	struct err err;

	*out = (struct event){0};
	if (event_decode(sim->journal.bytes.data + entry->offset, entry->length, EVENT_FORMAT,
			 arena, out, &err) < 0) {
		sim_fail("a stored event cannot be read: %s", err.message);
		return -ERR_CORRUPT;
	}
	out->kind = entry->kind;
	out->seq = entry->seq;
	memcpy(out->execution, entry->shadow->id, ULID_TEXT);
	return 0;
}

static void note_request(const char *request, size_t place)
{
	struct journal *journal = &sim->journal;

	if (!map_add_text(&journal->requests, arena_strdup(&journal->arena, request),
			  (union map_value){.number = place}))
		sim_fail("request %s is acted on twice", request);
}

static void hash(const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++)
		sim->journal.hash = (sim->journal.hash ^ bytes[i]) * 0x100000001b3u;
}

static struct entry *append(const struct batch_event *event)
{
	struct journal *journal = &sim->journal;
	struct entry *entry;

	journal->entries = mem_grow(journal->entries, &journal->capacity, journal->count + 1,
				    sizeof(*journal->entries));
	entry = &journal->entries[journal->count++];
	*entry = (struct entry){.kind = event->kind,
				.seq = event->seq,
				.offset = journal->bytes.length,
				.length = event->payload_length,
				.shadow = shadow_find(event->execution)};
	buf_add(&journal->bytes, event->payload, event->payload_length);
	hash(&event->seq, sizeof(event->seq));
	hash(event->payload, event->payload_length);
	if (event->seq != journal->last_seq + 1)
		sim_fail("event %llu follows event %llu", (unsigned long long)event->seq,
			 (unsigned long long)journal->last_seq);
	journal->last_seq = event->seq;
	if (event->request)
		note_request(event->request, journal->count - 1);
	return entry;
}

static void take_event(const struct batch_event *stored)
{
	struct shadow created = {0};
	struct entry *entry = append(stored);
	struct arena arena = {0};
	struct event event;

	if (!entry->shadow) { /* its first */
		memcpy(created.id, stored->execution, ULID_TEXT);
		entry->shadow = &created;
	}
	if (decode(entry, &arena, &event) == 0) {
		if (entry->shadow == &created)
			entry->shadow = shadow_new(&event);
		if (entry->shadow)
			shadow_take(entry->shadow, &event);
	}
	arena_release(&arena);
}

static void take_snapshot(const struct batch_snapshot *snapshot)
{
	struct shadow *shadow = shadow_find(snapshot->execution);

	if (snapshot->seq != shadow->execution->seq)
		sim_fail("a snapshot of event %llu comes at event %llu",
			 (unsigned long long)snapshot->seq,
			 (unsigned long long)shadow->execution->seq);
	buf_clear(&shadow->snapshot);
	buf_add(&shadow->snapshot, snapshot->image, snapshot->length);
	shadow->snapshot_seq = snapshot->seq;
	shadow->snapshot_events = shadow->execution->events_count;
}

static void take_row(const struct batch_row *row)
{
	if (row->kind == BATCH_NODE)
		shadow_find(row->node.execution)->nodes[row->node.index].row =
			shadow_hash_node(&row->node);
	else if (row->kind == BATCH_EXECUTION)
		shadow_find(row->execution.id)->header_row = shadow_hash_header(&row->execution);
	else if (row->kind == BATCH_SNAPSHOT)
		take_snapshot(&row->snapshot);
}

static void take_batch(const struct journal_batch *batch)
{
	struct batch_cursor events = journal_batch_events(batch);
	struct batch_cursor rows = journal_batch_rows(batch);
	struct batch_event event;
	struct batch_row row;

	while (!sim_failed() && journal_batch_next_event(&events, &event))
		take_event(&event);
	while (!sim_failed() && journal_batch_next_row(&rows, &row))
		take_row(&row);
	for (uint32_t i = 0; !sim_failed() && i < sim->shadows_count; i++)
		check_projection(sim->shadows[i], false);
}

int journal_commit(struct journal *journal, const struct journal_batch *const *batches,
		   size_t count, struct err *err)
{
	bool fails = sim->faults && sim_chance(300);

	if (sim->dead || journal->broken)
		return err_set(err, ERR_IO, "the journal is broken");
	sim_trace("journal: commits %zu batches%s", count, fails ? ", and fails" : "");
	if (!fails || sim_chance(2))
		for (size_t i = 0; i < count; i++)
			take_batch(batches[i]);
	if (!fails)
		return 0;
	journal->broken = true;
	return err_set(err, ERR_IO, "the disk refused");
}

/* ---- reading ----------------------------------------------------------------------------- */

int journal_each_execution(struct journal *journal, bool ended_too,
			   int (*each)(void *ctx, const char *execution, struct err *err),
			   void *ctx, struct err *err)
{
	int rc = 0;

	(void)journal;
	for (uint32_t i = 0; rc >= 0 && i < sim->shadows_count; i++)
		if (ended_too || !sim->shadows[i]->execution->ended ||
		    checkpoint_wanted(sim->shadows[i]->execution))
			rc = each(ctx, sim->shadows[i]->id, err);
	return rc;
}

int journal_each_event(struct journal *journal, const char *execution, uint64_t after_seq,
		       int (*each)(void *ctx, const struct event *event, struct err *err),
		       void *ctx, struct err *err)
{
	const struct shadow *shadow = shadow_find(execution);
	int rc = 0;

	for (size_t i = after_seq; rc == 0 && i < journal->count; i++) {
		struct arena arena = {0};
		struct event event;

		if (journal->entries[i].shadow != shadow)
			continue;
		rc = decode(&journal->entries[i], &arena, &event);
		if (!rc)
			rc = each(ctx, &event, err);
		arena_release(&arena);
	}
	return rc < 0 ? rc : 0;
}

int journal_snapshot(struct journal *journal, const char *execution, uint64_t *out_seq,
		     struct buf *out, struct err *err)
{
	const struct shadow *shadow = shadow_find(execution);

	(void)journal;
	(void)err;
	if (!shadow->snapshot_seq)
		return 0;
	*out_seq = shadow->snapshot_seq;
	buf_add(out, shadow->snapshot.data, shadow->snapshot.length);
	return 1;
}

int journal_find_request(struct journal *journal, const char *request, uint64_t *out_seq,
			 char out_execution[ULID_TEXT], struct err *err)
{
	const union map_value *place = map_find_text(&journal->requests, request);

	if (sim->dead)
		return err_set(err, ERR_IO, "the journal is gone");
	if (!place)
		return 0;
	*out_seq = journal->entries[place->number].seq;
	memcpy(out_execution, journal->entries[place->number].shadow->id, ULID_TEXT);
	return 1;
}

/* No death here is of the engine's own doing: whatever sets an execution aside is a bug. */
int journal_quarantine(struct journal *journal, const char *execution, int64_t at_us,
		       const char *cause, struct err *err)
{
	(void)journal;
	(void)at_us;
	(void)err;
	sim_fail("%s is quarantined: %s", execution, cause);
	return 0;
}

int journal_each_quarantined(struct journal *journal,
			     int (*each)(void *ctx, const struct quarantined *row, struct err *err),
			     void *ctx, struct err *err)
{
	(void)journal;
	(void)each;
	(void)ctx;
	(void)err;
	return 0;
}

int journal_add_death(struct journal *journal, const char *execution, uint32_t *out_deaths,
		      struct err *err)
{
	(void)journal;
	(void)execution;
	(void)err;
	*out_deaths = 0;
	return 0;
}

int journal_forget_deaths(struct journal *journal, struct err *err)
{
	(void)journal;
	(void)err;
	return 0;
}

uint64_t journal_room(const struct journal *journal)
{
	(void)journal;
	return sim->disk_full ? 0 : UINT64_MAX / 2;
}

bool journal_has_ballast(const struct journal *journal)
{
	(void)journal;
	return !sim->disk_full;
}

int journal_idle(struct journal *journal, struct err *err)
{
	(void)journal;
	(void)err;
	return 0;
}

void journal_release(void)
{
	struct journal *journal = &sim->journal;

	buf_release(&journal->bytes);
	map_release(&journal->requests);
	arena_release(&journal->arena);
	free(journal->entries);
}

/* ---- the catalog ------------------------------------------------------------------------- */

int catalog_open(const struct home *home, struct catalog **out, struct err *err)
{
	(void)home;
	(void)err;
	*out = (struct catalog *)&sim->journal; /* what it reads */
	return 0;
}

void catalog_close(struct catalog *catalog)
{
	(void)catalog;
}

int catalog_events(struct catalog *catalog, const char *execution, uint64_t after_seq,
		   uint32_t limit, catalog_each_event *each, void *ctx, struct err *err)
{
	(void)limit;
	if (sim->dead)
		return err_set(err, ERR_IO, "the catalog is gone");
	if (!shadow_find(execution))
		return err_set(err, ERR_NOT_FOUND, "no execution '%s'", execution);
	return journal_each_event((struct journal *)catalog, execution, after_seq, each, ctx, err);
}

int catalog_begin(struct catalog *catalog, uint64_t *out_seq, struct err *err)
{
	if (sim->dead)
		return err_set(err, ERR_IO, "the catalog is gone");
	*out_seq = ((struct journal *)catalog)->last_seq;
	return 0;
}

void catalog_end(struct catalog *catalog)
{
	(void)catalog;
}

int catalog_snapshot(struct catalog *catalog, const char *execution, uint64_t *out_seq,
		     struct buf *out, struct err *err)
{
	return journal_snapshot((struct journal *)catalog, execution, out_seq, out, err);
}

/* Files of the simulator have no times: nobody is known by them. */
int catalog_writer(struct catalog *catalog, const struct event_item *now, struct arena *arena,
		   const char **out, struct err *err)
{
	(void)catalog;
	(void)now;
	(void)arena;
	(void)err;
	*out = NULL;
	return 0;
}
