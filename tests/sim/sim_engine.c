/* SPDX-License-Identifier: MIT
 *
 * The coordinator's part, as its contract with the model says: decide, number, fold, journal; an
 * effect only when what asks for it is durable; starts wait for slots; after a crash the fold, what
 * is outstanding, and a question about each attempt before anything new.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- effects ----------------------------------------------------------------------------- */

static bool take_mark(struct world *world, const struct effect *effect)
{
	struct mark *mark = &world->nodes[effect->node].marks[effect->kind];

	if (mark->set && mark->attempt_kind == effect->attempt_kind &&
	    mark->attempt == effect->attempt)
		return false;
	*mark = (struct mark){
		.set = true, .attempt_kind = effect->attempt_kind, .attempt = effect->attempt};
	return true;
}

static void enqueue(struct world *world, const struct effect *effect)
{
	if (world->nodes[effect->node].queued)
		return;
	world->nodes[effect->node].queued = true;
	world->queue = mem_grow(world->queue, &world->queue_capacity, world->queue_count + 1,
				sizeof(*world->queue));
	world->queue[world->queue_count++] = effect->node;
}

static void add_job(struct world *world, const struct effect *effect)
{
	world->jobs = mem_grow(world->jobs, &world->jobs_capacity, world->jobs_count + 1,
			       sizeof(*world->jobs));
	world->jobs[world->jobs_count++] = *effect;
}

static void post_effect(struct world *world, const struct effect *effect)
{
	if (effect->kind == EFFECT_WATCH || !take_mark(world, effect))
		return;
	if (effect->kind == EFFECT_START)
		enqueue(world, effect);
	else if (effect->kind == EFFECT_STOP)
		executor_send(world, WIRE_STOP, effect->node, effect->attempt_kind,
			      effect->attempt);
	else
		add_job(world, effect);
}

static void post_effects(struct world *world, uint32_t node)
{
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(world->execution, node, effects);

	for (size_t i = 0; i < count; i++)
		post_effect(world, &effects[i]);
}

void engine_committed(struct world *world, const struct batch *batch, size_t first_entry)
{
	for (size_t i = first_entry; i < batch->events_end; i++) {
		const struct entry *entry = &world->journal.entries[i];

		if (entry->kind == EVENT_EXITED || entry->kind == EVENT_LOST)
			executor_send(world, WIRE_ACKNOWLEDGE, entry->node, entry->attempt_kind,
				      entry->attempt);
	}
	for (uint32_t i = 0; i < batch->touched_count; i++) {
		uint32_t node = batch->touched[i];

		if (world->execution->nodes[node].version <= batch->last_seq)
			post_effects(world, node);
	}
}

/* ---- one decision ------------------------------------------------------------------------ */

static void follow(struct world *world, const struct event *event)
{
	struct node_shadow *node = event->node == EVENT_NO_NODE ? NULL : &world->nodes[event->node];
	bool at_once;

	if (!node)
		return;
	if (event->kind == EVENT_INTENDED) {
		node->open_intent = true;
		node->intended_seq = event->seq;
	} else if (event->kind == EVENT_REVOKED) {
		node->open_intent = false;
		if (world->broken == SEAM_START_REVOKED && node->queued)
			return; /* its place in the queue is forgotten */
		memset(node->marks, 0, sizeof(node->marks));
	}
	at_once = world->execution->workflow->nodes[event->node].idempotent ||
		  world->broken == SEAM_START_BEFORE_COMMIT;
	if (at_once && (event->kind == EVENT_INTENDED || event->kind == EVENT_CAPTURED) &&
	    event->attempt_kind == ATTEMPT_RUN && engine_is_ready(world))
		post_effects(world, event->node);
}

static void fold(struct world *world, struct event *event)
{
	enum state before = STATE_PENDING;
	struct err err;

	event->seq = ++world->seq;
	memcpy(event->execution, world->created.execution, sizeof(event->execution));
	sim_trace(world, "  %llu %s%s%s %s %u", (unsigned long long)event->seq,
		  event_kind_name(event->kind), event->node == EVENT_NO_NODE ? "" : " ",
		  event->node == EVENT_NO_NODE ? "" : sim_node(world, event->node),
		  attempt_kind_name(event->attempt_kind), event->attempt);
	check_event(world, event);
	if (event->node != EVENT_NO_NODE)
		before = world->execution->nodes[event->node].state;
	if (execution_fold(world->execution, event, &err) < 0) {
		sim_fail(world, "a decision does not fold: %s", err.message);
		return;
	}
	journal_append(world, event);
	check_after_event(world, event, before);
	cover_event(world, event);
}

int engine_feed(struct world *world, const struct input *input)
{
	struct input drawn = *input;
	struct err err;
	int decided;

	if (!drawn.time_us)
		drawn.time_us = world->now_us;
	drawn.draw = rng_unit(&world->rng);
	event_list_clear(&world->list);
	decided = execution_decide(world->execution, &drawn, &world->list, &err);
	if (decided < 0) {
		sim_trace(world, "  refused: %s", err.message);
		if (world->list.count)
			sim_fail(world, "a refusal left events");
		return decided;
	}
	world->list_has_act = world->list.count && world->list.events[0].kind == EVENT_ACT;
	for (size_t i = 0; i < world->list.count && !sim_failed(world); i++)
		fold(world, &world->list.events[i]);
	for (size_t i = 0; i < world->list.count && !sim_failed(world); i++)
		follow(world, &world->list.events[i]);
	return decided;
}

/* ---- a turn ------------------------------------------------------------------------------ */

bool engine_is_ready(const struct world *world)
{
	for (uint32_t i = 0; i < world->workflow->nodes_count; i++) {
		if (world->nodes[i].awaits_answer)
			return false;
	}
	return true;
}

static bool intend(void *ctx, struct execution *execution)
{
	struct world *world = ctx;

	(void)execution;
	(void)engine_feed(world, &(struct input){.kind = INPUT_ADMIT});
	if (!world->list.count)
		sim_fail(world, "it can admit, but admits nothing");
	return world->list.count > 0 && !sim_failed(world);
}

static void dispatch(struct world *world, uint32_t index)
{
	const struct mark mark = world->nodes[index].marks[EFFECT_START];
	const struct node_run *node = &world->execution->nodes[index];

	world->nodes[index].queued = false;
	if (world->broken == SEAM_START_REVOKED && !node->intended) {
		check_start(world, index, mark.attempt_kind, mark.attempt);
		return;
	}
	if (!mark.set || !node->intended)
		return;
	(void)engine_feed(world, &(struct input){.kind = INPUT_DISPATCHED,
						 .node = index,
						 .attempt_kind = mark.attempt_kind,
						 .attempt = mark.attempt});
	if (!world->list.count || sim_failed(world))
		return;
	check_start(world, index, mark.attempt_kind, mark.attempt);
	world->nodes[index].open_intent = false;
	executor_send(world, WIRE_START, index, mark.attempt_kind, mark.attempt);
}

void engine_turn(struct world *world)
{
	if (engine_is_ready(world)) {
		size_t slots = world->faults ? rng_below(&world->rng, 10) : 10;

		(void)admission_decide(&world->execution, 1, slots, intend, world);
		while (world->queue_count && execution_can_dispatch(world->execution) &&
		       !sim_failed(world)) {
			uint32_t node = world->queue[0];

			memmove(world->queue, world->queue + 1,
				--world->queue_count * sizeof(*world->queue));
			dispatch(world, node);
		}
	}
	if (!sim_failed(world))
		journal_post(world);
}

/* ---- facts
 * -------------------------------------------------------------------------------------------------
 */

void engine_report(struct world *world)
{
	struct executor_fake *executor = &world->executor;
	struct input input = executor->reports[0];

	memmove(executor->reports, executor->reports + 1,
		--executor->reports_count * sizeof(*executor->reports));
	sim_trace(world, "engine: report %d of %s %s %u", (int)input.kind,
		  sim_node(world, input.node), attempt_kind_name(input.attempt_kind),
		  input.attempt);
	(void)engine_feed(world, &input);
	if (!world->nodes[input.node].awaits_answer || sim_failed(world))
		return;
	world->nodes[input.node].awaits_answer = false;
	post_effects(world, input.node);
}

static uint32_t draw_items(struct world *world, const struct effect *effect,
			   struct event_item items[4])
{
	const struct node_spec *spec = &world->workflow->nodes[effect->node];
	uint32_t count = 0;

	if (effect->kind == EFFECT_COLLECT) {
		items[0] = (struct event_item){.kind = "output", .name = "serial", .value = "1"};
		return 1;
	}
	for (uint32_t i = 0; i < spec->artifacts_count; i++) {
		if (effect->kind == EFFECT_RESTORE &&
		    (!execution_target(world->execution, effect->node, i) || sim_chance(world, 3)))
			continue; /* it is as it was already */
		items[count] = (struct event_item){.kind = "artifact",
						   .name = spec->artifacts[i].path,
						   .number = i,
						   .absent = sim_chance(world, 4),
						   .size = 3};
		items[count].blob[0] = (char)('a' + rng_below(&world->rng, 6));
		count++;
	}
	return count;
}

static enum input_kind outcome(struct world *world, enum effect_kind kind)
{
	bool fails = world->faults && sim_chance(world, 15);

	if (kind == EFFECT_COLLECT)
		return fails ? INPUT_COLLECT_FAILED : INPUT_COLLECTED;
	if (kind == EFFECT_RESTORE)
		return fails ? INPUT_RESTORE_FAILED : INPUT_RESTORED;
	return fails ? INPUT_CAPTURE_FAILED : INPUT_CAPTURED;
}

void engine_job_done(struct world *world)
{
	size_t which = rng_below(&world->rng, world->jobs_count);
	struct effect effect = world->jobs[which];
	struct mark *mark = &world->nodes[effect.node].marks[effect.kind];
	struct event_item items[4];
	struct input input = {.kind = outcome(world, effect.kind),
			      .node = effect.node,
			      .attempt_kind = effect.attempt_kind,
			      .attempt = effect.attempt,
			      .text = "why",
			      .items = items};

	world->jobs[which] = world->jobs[--world->jobs_count];
	if (mark->attempt == effect.attempt)
		mark->set = false;
	input.items_count = draw_items(world, &effect, items);
	input.moment = effect.kind == EFFECT_CAPTURE_BEFORE ? MOMENT_BEFORE
		       : effect.kind == EFFECT_RESTORE	    ? MOMENT_RESTORED
							    : MOMENT_AFTER;
	sim_trace(world, "content: effect %d of %s is done", (int)effect.kind,
		  sim_node(world, effect.node));
	(void)engine_feed(world, &input);
}

/* ---- silence and restart ----------------------------------------------------------------- */

/* The attempt that a node has on the way or live, if any. */
static bool attempt_of(const struct world *world, uint32_t node, struct effect *out)
{
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(world->execution, node, effects);

	if (!count || (effects[0].kind != EFFECT_WATCH && effects[0].kind != EFFECT_START))
		return false;
	*out = effects[0];
	return true;
}

static void feed_about(struct world *world, enum input_kind kind, const struct effect *effect)
{
	(void)engine_feed(world, &(struct input){.kind = kind,
						 .node = effect->node,
						 .attempt_kind = effect->attempt_kind,
						 .attempt = effect->attempt});
}

void engine_silence(struct world *world)
{
	struct effect effect;

	for (uint32_t i = 0; i < world->workflow->nodes_count && !sim_failed(world); i++) {
		bool awaits = world->nodes[i].awaits_answer;

		world->nodes[i].awaits_answer = false;
		if (attempt_of(world, i, &effect) && (effect.kind == EFFECT_WATCH || awaits))
			feed_about(world, INPUT_UNREACHABLE, &effect);
	}
}

void engine_back(struct world *world)
{
	struct effect effect;

	for (uint32_t i = 0; i < world->workflow->nodes_count && !sim_failed(world); i++) {
		if (!attempt_of(world, i, &effect) || effect.kind != EFFECT_WATCH)
			continue;
		executor_send(world, WIRE_QUERY, i, effect.attempt_kind, effect.attempt);
		world->nodes[i].marks[EFFECT_STOP].set = false;
		/* Only what is durable may be stopped. */
		if (world->execution->nodes[i].version <=
		    world->journal.entries[world->journal.durable - 1].seq)
			post_effects(world, i);
	}
}

static void reconcile(struct world *world, uint32_t node)
{
	struct effect effect;

	world->nodes[node].open_intent = world->execution->nodes[node].intended;
	if (attempt_of(world, node, &effect)) {
		if (world->executor.silent) {
			feed_about(world, INPUT_UNREACHABLE, &effect);
			return;
		}
		world->nodes[node].awaits_answer = true;
		executor_send(world, WIRE_QUERY, node, effect.attempt_kind, effect.attempt);
		if (effect.kind == EFFECT_START)
			return; /* not before the answer */
	}
	post_effects(world, node);
}

void engine_restart(struct world *world)
{
	struct journal_fake *journal = &world->journal;
	struct execution *other;
	const char *where;

	sim_trace(world, "engine: dies");
	world->restarts++;
	cover_crash(world);
	graph_keep(world);
	executor_crash(world);
	journal_crash(world);
	world->jobs_count = world->queue_count = 0;
	memset(world->nodes, 0, world->workflow->nodes_count * sizeof(*world->nodes));
	world->execution = journal_replay(world, journal->count, REPLAY_WHOLE);
	if (journal->snapshot_seq && !sim_failed(world)) {
		other = journal_replay(world, journal->count, REPLAY_SNAPSHOT);
		if (other && !execution_equal(world->execution, other, &where))
			sim_fail(world, "snapshot and tail differ from the whole replay in %s",
				 where);
		/* Go on with the one that came from the snapshot. */
		if (sim_failed(world)) {
			journal_drop(world, other);
			return;
		}
		graph_keep(world);
		world->execution = other;
	}
	if (sim_failed(world))
		return;
	execution_touched_clear(world->execution);
	for (uint32_t i = 0; i < world->workflow->nodes_count && !sim_failed(world); i++)
		reconcile(world, i);
}
