/* SPDX-License-Identifier: MIT
 *
 * The fake journal: encoded events in batches, of which a prefix is durable.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

void journal_append(struct world *world, const struct event *event)
{
	struct journal_fake *journal = &world->journal;
	struct entry *entry;

	journal->entries = mem_grow(journal->entries, &journal->capacity, journal->count + 1,
				    sizeof(*journal->entries));
	entry = &journal->entries[journal->count++];
	*entry = (struct entry){.kind = event->kind,
				.seq = event->seq,
				.offset = journal->bytes.length,
				.node = event->node,
				.attempt_kind = event->attempt_kind,
				.attempt = event->attempt};
	event_encode(event, &journal->bytes);
	entry->length = journal->bytes.length - entry->offset;
}

void journal_post(struct world *world)
{
	struct journal_fake *journal = &world->journal;
	struct execution *execution = world->execution;
	size_t before = journal->batches_count
				? journal->batches[journal->batches_count - 1].events_end
				: 1; /* CREATED is durable from the beginning */
	struct batch *batch;

	if (journal->count == before)
		return;
	journal->batches = mem_grow(journal->batches, &journal->batches_capacity,
				    journal->batches_count + 1, sizeof(*journal->batches));
	batch = &journal->batches[journal->batches_count++];
	*batch = (struct batch){
		.events_end = journal->count,
		.last_seq = world->seq,
		.touched_count = execution->touched_count,
		.touched = mem_dup(execution->touched,
				   execution->touched_count * sizeof(*execution->touched))};
	execution_touched_clear(execution);
	if (sim_chance(world, 20)) {
		buf_clear(&journal->snapshot);
		execution_snapshot(execution, &journal->snapshot);
		journal->snapshot_seq = execution->seq;
	}
}

void journal_commit_some(struct world *world)
{
	struct journal_fake *journal = &world->journal;
	size_t waiting = journal->batches_count - journal->batches_durable;
	size_t count = 1 + rng_below(&world->rng, waiting);
	size_t first = journal->durable, until = journal->batches_durable + count;

	sim_trace(world, "journal: commits %zu of %zu batches", count, waiting);
	for (size_t i = journal->batches_durable; i < until && !sim_failed(world); i++) {
		journal->batches_durable = i + 1;
		journal->durable = journal->batches[i].events_end;
		engine_committed(world, &journal->batches[i], first);
		first = journal->durable;
	}
}

void journal_crash(struct world *world)
{
	struct journal_fake *journal = &world->journal;

	sim_trace(world, "journal: loses %zu events", journal->count - journal->durable);
	for (size_t i = journal->batches_durable; i < journal->batches_count; i++)
		free(journal->batches[i].touched);
	journal->batches_count = journal->batches_durable;
	journal->count = journal->durable;
	if (journal->count)
		journal->bytes.length = journal->entries[journal->count - 1].offset +
					journal->entries[journal->count - 1].length;
	world->seq = journal->entries[journal->count - 1].seq;
	if (journal->snapshot_seq > world->seq) {
		buf_clear(&journal->snapshot);
		journal->snapshot_seq = 0;
	}
}

static struct event *decode(struct world *world, const struct entry *entry)
{
	struct journal_fake *journal = &world->journal;
	struct event *event = event_list_add(&journal->decoded, entry->kind, 0, 0);
	struct err err;

	event->seq = entry->seq;
	memcpy(event->execution, world->created.execution, sizeof(event->execution));
	if (event_decode(journal->bytes.data + entry->offset, entry->length, EVENT_FORMAT,
			 &journal->decoded.arena, event, &err) < 0)
		sim_fail(world, "event %llu does not decode: %s", (unsigned long long)entry->seq,
			 err.message);
	return event;
}

static struct execution *begin(struct world *world, enum replay how)
{
	struct journal_fake *journal = &world->journal;
	struct execution *execution = NULL;
	struct err err;

	if (how == REPLAY_WHOLE)
		return execution_new(world->workflow, world->graph,
				     decode(world, &journal->entries[0]));
	if (execution_from_snapshot(world->workflow, world->graph, journal->snapshot.data,
				    journal->snapshot.length, &execution, &err) < 0)
		sim_fail(world, "the snapshot does not load: %s", err.message);
	return execution;
}

struct execution *journal_replay(struct world *world, size_t count, enum replay how)
{
	struct journal_fake *journal = &world->journal;
	struct execution *execution;
	struct err err;

	event_list_clear(&journal->decoded);
	execution = begin(world, how);
	for (size_t i = 0; execution && i < count; i++) {
		if (journal->entries[i].seq <= execution->seq)
			continue;
		if (execution_fold(execution, decode(world, &journal->entries[i]), &err) < 0) {
			sim_fail(world, "the journal does not fold: %s", err.message);
			break;
		}
	}
	return execution;
}

void journal_drop(struct world *world, struct execution *execution)
{
	(void)world;
	if (!execution)
		return;
	execution->workflow = NULL;
	execution->graph = NULL;
	execution_free(execution);
}

void journal_release(struct world *world)
{
	struct journal_fake *journal = &world->journal;

	for (size_t i = 0; i < journal->batches_count; i++)
		free(journal->batches[i].touched);
	free(journal->batches);
	free(journal->entries);
	buf_release(&journal->bytes);
	buf_release(&journal->snapshot);
	event_list_release(&journal->decoded);
}
