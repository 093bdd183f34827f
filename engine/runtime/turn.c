/* SPDX-License-Identifier: MIT
 *
 * From an input to a commit on its way. What an event leads to outside is not begun here: effects
 * looks at the touched nodes when the commit comes back.
 */
#include "runtime/turn.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define PATIENCE_US 10000
#define ENDED_SHARE 25 /* of the events that ask for a snapshot, at an execution's end */

static struct commit *open_commit(struct engine *engine)
{
	if (!engine->open) {
		engine->open = mem_zalloc(sizeof(*engine->open));
		engine->open->message.kind = MESSAGE_COMMIT;
		engine->open->opened_us = engine_now_us(engine);
		journal_batch_init(&engine->open->batch);
	}
	return engine->open;
}

/* The part of this execution in the open turn. The few executions of a turn are searched backwards:
 * the last one is nearly always the one. */
static struct commit_part *part_of(struct engine *engine, const struct live *live)
{
	struct commit *commit = open_commit(engine);
	struct commit_part *part;

	for (size_t i = commit->parts_count; i-- > 0;)
		if (!strcmp(commit->parts[i].execution, live->execution->id))
			return &commit->parts[i];
	commit->parts =
		mem_realloc(commit->parts, (commit->parts_count + 1) * sizeof(*commit->parts));
	part = &commit->parts[commit->parts_count++];
	*part = (struct commit_part){0};
	memcpy(part->execution, live->execution->id, sizeof(part->execution));
	return part;
}

struct act_keeper {
	struct rows_sink batch;
	struct commit_part *part;
	struct execution *execution;
};

static void keep_attempt(void *ctx, const struct attempt_row *row)
{
	struct act_keeper *keeper = ctx;

	keeper->batch.attempt(keeper->batch.ctx, row);
}

static void keep_revision(void *ctx, const struct revision_row *row)
{
	struct act_keeper *keeper = ctx;

	keeper->batch.revision(keeper->batch.ctx, row);
}

/* Watchers are told of acts when they are durable. The event's texts are gone by then, so the
 * copies live as long as the execution. */
static void keep_act(void *ctx, const struct act_row *row)
{
	struct act_keeper *keeper = ctx;
	struct commit_part *part = keeper->part;
	struct arena *arena = &keeper->execution->arena;

	keeper->batch.act(keeper->batch.ctx, row);
	part->acts = mem_realloc(part->acts, (part->acts_count + 1) * sizeof(*part->acts));
	part->acts[part->acts_count] = *row;
	part->acts[part->acts_count].actor = arena_strdup(arena, row->actor);
	part->acts[part->acts_count].verb = arena_strdup(arena, row->verb);
	part->acts[part->acts_count].note = arena_strdup(arena, row->note);
	part->acts[part->acts_count++].request = arena_strdup(arena, row->request);
}

/* Numbers one event, folds it, and adds it with its rows to the open turn. */
static void take_event(struct engine *engine, struct live *live, struct event *event)
{
	struct commit *commit = open_commit(engine);
	struct commit_part *part = part_of(engine, live);
	struct act_keeper keeper = {.batch = journal_batch_sink(&commit->batch),
				    .part = part,
				    .execution = live->execution};
	const struct rows_sink sink = {keep_attempt, keep_revision, keep_act, &keeper};
	struct err err;

	event->seq = ++engine->seq;
	memcpy(event->execution, live->execution->id, sizeof(event->execution));
	if (execution_fold(live->execution, event, &err) < 0) {
		/* Our own decision cannot be applied: a bug, and going on would make it durable. */
		log_error("an event of %s cannot be folded: %s", live->execution->name,
			  err.message);
		abort();
	}
	journal_batch_event(&commit->batch, event);
	rows_of(live->execution, event, &sink);
	part->last_seq = event->seq;
}

int turn_apply(struct engine *engine, struct live *live, const struct input *input, struct err *err)
{
	struct event_list events = {0};
	struct input drawn = *input;
	size_t count;
	int rc;

	blackbox_about(live->execution->id);
	drawn.draw = rng_unit(&engine->rng);
	if (input->kind == INPUT_ADMIT || input->kind == INPUT_CAPTURED) /* those that may ask */
		drawn.workspace = live_workspace(live, engine->options.home->output);
	rc = execution_decide(live->execution, &drawn, &events, err);
	count = rc < 0 ? 0 : events.count;
	for (size_t i = 0; i < count; i++)
		take_event(engine, live, &events.events[i]);
	event_list_release(&events);
	return rc < 0 ? rc : (int)count;
}

struct live *turn_create(struct engine *engine, struct workflow *workflow, struct graph *graph,
			 struct event *created)
{
	struct commit *commit = open_commit(engine);
	struct act_keeper keeper = {.batch = journal_batch_sink(&commit->batch)};
	const struct rows_sink sink = {keep_attempt, keep_revision, keep_act, &keeper};
	struct execution *execution;
	struct live *live;

	created->seq = ++engine->seq;
	execution = execution_new(workflow, graph, created);
	live = live_add(&engine->lives, execution);
	keeper.execution = execution;
	keeper.part = part_of(engine, live);
	keeper.part->last_seq = created->seq;
	journal_batch_event(&commit->batch, created);
	rows_of(execution, created, &sink);
	for (uint32_t i = 0; i < workflow->nodes_count; i++) { /* all rows are new */
		struct node_row row;

		rows_of_node(execution, i, &row);
		journal_batch_node(&commit->batch, &row);
	}
	return live;
}

void turn_acknowledge(struct engine *engine, const char *attempt)
{
	struct commit *commit = open_commit(engine);

	commit->acks = mem_grow(commit->acks, &commit->acks_capacity, commit->acks_count + 1,
				sizeof(*commit->acks));
	(void)snprintf(commit->acks[commit->acks_count++], ATTEMPT_ID_TEXT, "%s", attempt);
}

void turn_answer(struct engine *engine, struct request *request)
{
	struct commit *commit = open_commit(engine);

	request->seq = engine->seq;
	commit->answers = mem_grow(commit->answers, &commit->answers_capacity,
				   commit->answers_count + 1, sizeof(struct request *));
	commit->answers[commit->answers_count++] = request;
}

/* An execution that has ended is taken up again when somebody acts on it, and waits: little may be
 * left to fold then. */
static uint64_t events_to_snapshot(const struct engine *engine, const struct execution *execution)
{
	const uint32_t every = engine->options.snapshot_every;

	return execution->ended ? every / ENDED_SHARE + 1 : every;
}

static void snapshot_if_due(const struct engine *engine, struct commit *commit, struct live *live)
{
	struct execution *execution = live->execution;
	struct buf image;

	if (execution->events_count - live->snapshot_events < events_to_snapshot(engine, execution))
		return;
	buf_init(&image, SIZE_MAX / 2);
	execution_snapshot(execution, &image);
	journal_batch_snapshot(&commit->batch, execution->id, execution->seq, &image);
	buf_release(&image);
	live->snapshot_events = execution->events_count;
}

/* The rows of what an execution's events touched, and the list of it for when they are durable. */
static void seal_part(const struct engine *engine, struct commit *commit, struct commit_part *part,
		      struct live *live)
{
	struct execution *execution = live->execution;

	rows_of_execution(execution, &part->header);
	journal_batch_execution(&commit->batch, &part->header);
	part->nodes_count = execution->touched_count;
	part->nodes = mem_dup(execution->touched, execution->touched_count * sizeof(uint32_t));
	for (uint32_t i = 0; i < part->nodes_count; i++) {
		struct node_row row;

		rows_of_node(execution, part->nodes[i], &row);
		journal_batch_node(&commit->batch, &row);
	}
	execution_touched_clear(execution);
	snapshot_if_due(engine, commit, live);
}

/* What a node waits for the open turn to become durable for. */
enum wish { WISH_NOTHING, WISH_START, WISH_MORE };

static enum wish wish_of(const struct execution *execution, uint32_t node)
{
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(execution, node, effects);
	enum wish wish = WISH_NOTHING;

	for (size_t i = 0; i < count; i++)
		if (effects[i].kind == EFFECT_START)
			wish = WISH_START;
		else if (effects[i].kind != EFFECT_WATCH)
			return WISH_MORE;
	return wish;
}

/* A start is urgent when fewer committed intents wait than there are slots: soon one would be
 * empty. That an attempt has started is not: it goes to the disk with what comes of it. */
static bool is_part_urgent(const struct engine *engine, const struct execution *execution)
{
	const size_t waiting = engine->starts_last - engine->starts_first;
	const enum wish urgent =
		waiting <= execution->workflow->max_parallel ? WISH_START : WISH_MORE;

	if (execution->ended)
		return true;
	for (uint32_t i = 0; i < execution->touched_count; i++)
		if (wish_of(execution, execution->touched[i]) >= urgent)
			return true;
	return false;
}

static bool is_urgent(const struct engine *engine)
{
	const struct commit *commit = engine->open;

	if (commit->answers_count)
		return true;
	for (size_t i = 0; i < commit->parts_count; i++)
		if (is_part_urgent(
			    engine,
			    live_find(&engine->lives, commit->parts[i].execution)->execution))
			return true;
	return false;
}

int64_t turn_deadline_us(const struct engine *engine)
{
	/* The disk is busy: the next commit cannot begin and gathers until this one is back. */
	if (!engine->open || engine->commits_in_flight)
		return INT64_MAX;
	return is_urgent(engine) ? 0 : engine->open->opened_us + PATIENCE_US;
}

void turn_seal(struct engine *engine)
{
	struct commit *commit = engine->open;

	if (!commit)
		return;
	engine->open = NULL;
	for (size_t i = 0; i < commit->parts_count; i++)
		seal_part(engine, commit, &commit->parts[i],
			  live_find(&engine->lives, commit->parts[i].execution));
	engine->commits_in_flight++;
	mailbox_post_reply(&engine->journal.mailbox, &commit->message);
}

void turn_free_commit(struct commit *commit)
{
	for (size_t i = 0; i < commit->parts_count; i++) {
		free(commit->parts[i].nodes);
		free(commit->parts[i].acts);
	}
	free(commit->parts);
	free(commit->acks);
	free(commit->answers);
	journal_batch_release(&commit->batch);
	free(commit);
}
