/* SPDX-License-Identifier: MIT
 *
 * Effects are idempotent by attempt, so posting one again after a restart is harmless; within one
 * life the marks in `live` keep each from being posted twice.
 */
#include "runtime/effects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/derive.h"
#include "model/order.h"
#include "model/plan.h"
#include "runtime/broken.h"
#include "runtime/executor_worker.h"
#include "runtime/files.h"
#include "runtime/room.h"
#include "runtime/turn.h"

/* ---- work for the content thread --------------------------------------------------------- */

static struct content_job *job_new(struct live *live, const struct effect *effect,
				   enum content_kind kind)
{
	const struct execution *execution = live->execution;
	struct content_job *job = mem_zalloc(sizeof(*job));
	char name[512];

	job->message.kind = MESSAGE_CONTENT;
	job->kind = kind;
	memcpy(job->execution, execution->id, sizeof(job->execution));
	job->spec = &execution->workflow->nodes[effect->node];
	job->node = effect->node;
	job->attempt = effect->attempt;
	job->attempt_kind = effect->attempt_kind;
	job->folder = files_folder(execution, job->spec, &job->arena);
	(void)snprintf(name, sizeof(name), "%s/%s/%s-%u/%s", execution->name, job->spec->id,
		       attempt_kind_name(effect->attempt_kind), effect->attempt,
		       kind == CONTENT_BEFORE ? "before" : "after");
	job->name = arena_strdup(&job->arena, name);
	live->jobs++;
	return job;
}

static const char *owner_of(const struct execution *execution, const struct node_spec *spec,
			    struct arena *arena)
{
	char *text = mem_printf("%s of %s", spec->id, execution->name);
	const char *kept = arena_strdup(arena, text);

	free(text);
	return kept;
}

static void post_to_content(struct engine *engine, struct content_job *job)
{
	mailbox_post_reply(&engine->content.mailbox, &job->message);
}

/* A job that no reply comes to. */
static struct content_job *note_new(const struct live *live, enum content_kind kind, uint32_t node)
{
	struct content_job *job = mem_zalloc(sizeof(*job));

	job->message.kind = MESSAGE_CONTENT;
	job->kind = kind;
	job->node = node;
	memcpy(job->execution, live->execution->id, sizeof(job->execution));
	return job;
}

void effects_give_back(struct engine *engine, struct live *live, uint32_t node)
{
	post_to_content(engine, note_new(live, CONTENT_GIVE_BACK, node));
	engine->files_given_back++;
	if (node == EVENT_NO_NODE)
		live->rollback_has_files = false;
	else
		live->has_files[node] = false;
}

bool effects_writes(const struct node_run *run)
{
	return derive_runs(run) || run->reason == REASON_MANUAL;
}

/* What a rollback had claimed of a node: all that its undo may write, else what goes back. Claiming
 * more than that after a restart would take files from whoever has them by now. */
static const bool *rolled_back_only(const struct execution *execution, uint32_t node,
				    struct arena *arena)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	const struct node_run *run = &execution->nodes[node];
	bool *only;

	if (run->state != STATE_RECOVERING || (run->start_order && spec->has_undo && !run->keeps))
		return NULL;
	only = arena_alloc(arena, spec->artifacts_count * sizeof(*only));
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		only[i] = execution_target(execution, node, i) != NULL;
	return only;
}

void effects_claim(struct engine *engine, struct live *live, uint32_t node)
{
	const struct execution *execution = live->execution;
	const struct node_run *run = &execution->nodes[node];
	struct content_job *job;

	if (!execution->workflow->nodes[node].artifacts_count)
		return;
	job = note_new(live, CONTENT_CLAIM, node);
	job->for_rollback = run->state == STATE_RECOVERING || run->verdict == VERDICT_UNDO;
	job->spec = &execution->workflow->nodes[node];
	job->folder = files_folder(execution, job->spec, &job->arena);
	job->owner = owner_of(execution, job->spec, &job->arena);
	if (job->for_rollback)
		job->only = rolled_back_only(execution, node, &job->arena);
	if (job->for_rollback)
		live->rollback_has_files = true;
	else
		live->has_files[node] = true;
	post_to_content(engine, job);
}

static void fill_restore(struct content_job *job, const struct execution *execution)
{
	const uint32_t count = job->spec->artifacts_count;

	job->items = arena_alloc(&job->arena, count * sizeof(*job->items));
	job->differs = arena_alloc(&job->arena, count * sizeof(*job->differs));
	for (uint32_t i = 0; i < count; i++) {
		const struct revision *target = execution_target(execution, job->node, i);

		if (!target)
			continue;
		job->differs[job->items_count] = !execution_same_file(
			execution_newest_revision(execution, job->node, i), target);
		files_item(execution, target, &job->items[job->items_count++]);
	}
}

static void post_content(struct engine *engine, struct live *live, const struct effect *effect,
			 enum content_kind kind)
{
	struct content_job *job = job_new(live, effect, kind);
	struct order_places places = {.output_folder = engine->options.home->output};

	if (kind == CONTENT_RESTORE)
		fill_restore(job, live->execution);
	if (kind == CONTENT_BEFORE) {
		job->owner = owner_of(live->execution, job->spec, &job->arena);
		job->first = execution_is_first_try(live->execution, job->node, job->attempt);
		live->has_files[job->node] = true;
	}
	if (kind == CONTENT_COLLECT)
		job->outputs =
			order_outputs_path(live->execution->id, job->spec->id, effect->attempt_kind,
					   effect->attempt, &places, &job->arena);
	post_to_content(engine, job);
}

/* ---- starts ------------------------------------------------------------------------------ */

static void queue_start(struct engine *engine, const struct live *live, const struct effect *effect)
{
	struct waiting_start *start;

	if (engine->starts_first && engine->starts_last == engine->starts_capacity) {
		engine->starts_last -= engine->starts_first;
		memmove(engine->starts, engine->starts + engine->starts_first,
			engine->starts_last * sizeof(*engine->starts));
		engine->starts_first = 0;
	}
	engine->starts = mem_grow(engine->starts, &engine->starts_capacity, engine->starts_last + 1,
				  sizeof(*engine->starts));
	start = &engine->starts[engine->starts_last++];
	memcpy(start->execution, live->execution->id, sizeof(start->execution));
	start->effect = *effect;
}

static void input_for(struct input *input, const struct engine *engine, const struct effect *effect,
		      enum input_kind kind)
{
	*input = (struct input){.kind = kind,
				.time_us = clock_wall_us(engine->options.clock),
				.node = effect->node,
				.attempt_kind = effect->attempt_kind,
				.attempt = effect->attempt};
}

/* An order that cannot be built fails its attempt as one that could not be launched. */
static void fail_launch(struct engine *engine, struct live *live, const struct effect *effect,
			const struct err *cause)
{
	struct input input;
	struct err err;

	input_for(&input, engine, effect, INPUT_EXITED);
	input.exit_kind = EXIT_LAUNCH;
	input.code = 126;
	input.text = cause->message;
	if (turn_apply(engine, live, &input, &err) < 0)
		log_error("%s: a failed launch is not accepted: %s", live->execution->name,
			  err.message);
}

/* The order of an attempt whose start is decided, for the executors. */
static int build(struct engine *engine, struct live *live, const struct effect *effect,
		 struct executor_command *command, struct err *err)
{
	struct order_places places = {.output_folder = engine->options.home->output,
				      .relay = engine->options.relay,
				      .secrets = engine->options.home->secret};

	places.workspace =
		arena_strdup(&command->arena, live_workspace(live, places.output_folder));
	if (!live->has_workspace)
		command->workspace = places.workspace;
	live->has_workspace = true;
	attempt_id(live->execution, effect->node, effect->attempt_kind, effect->attempt,
		   command->attempt);
	return order_build(live->execution, effect->node, effect->attempt_kind, effect->attempt,
			   effect->artifact, &places, &command->arena, &command->order, err);
}

static void start(struct engine *engine, struct live *live, const struct effect *effect)
{
	struct effect watch = *effect;
	struct executor_command *command;
	struct input input;
	struct err err = {0};
	int rc;

	input_for(&input, engine, effect, INPUT_DISPATCHED);
	rc = turn_apply(engine, live, &input, &err);
	if (rc <= 0 && !BROKEN_REVOKED) {
		if (rc < 0)
			log_error("%s: a start is refused: %s", live->execution->name, err.message);
		return;
	}
	watch.kind = EFFECT_WATCH;
	live_set_in_flight(live, &watch);
	command = mem_zalloc(sizeof(*command));
	command->message.kind = MESSAGE_ORDER;
	command->verb = EXECUTOR_START;
	if (build(engine, live, effect, command, &err) < 0) {
		live->has_workspace = live->has_workspace && !command->workspace;
		arena_release(&command->arena);
		free(command);
		fail_launch(engine, live, effect, &err);
		return;
	}
	mailbox_post_reply(&engine->executors.mailbox, &command->message);
}

uint32_t effects_live_count(const struct engine *engine)
{
	uint32_t count = 0;

	for (size_t i = 0; i < engine->lives.count; i++)
		count += engine->lives.items[i]->execution->live_count;
	return count;
}

/* Whether the node's last event is: of an intent that was revoked and made again under its number
 * the second may not be yet. */
static bool is_durable(const struct engine *engine, const struct live *live, uint32_t node)
{
	return BROKEN_EARLY || live->execution->nodes[node].version <= engine->committed_seq;
}

/* Whether the state still asks for this very start: a revoked intent does not. */
static bool is_still_wanted(const struct live *live, const struct effect *wanted)
{
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(live->execution, wanted->node, effects);

	for (size_t i = 0; i < count; i++)
		if (effects[i].kind == EFFECT_START && effects[i].attempt == wanted->attempt &&
		    effects[i].attempt_kind == wanted->attempt_kind)
			return true;
	return BROKEN_REVOKED;
}

static uint32_t slots_taken(const struct engine *engine)
{
	uint32_t count = 0;

	for (size_t i = 0; i < engine->lives.count; i++)
		count += execution_slots_taken(engine->lives.items[i]->execution);
	return count;
}

/* A check has the slot of the run before it. */
static bool has_slot(const struct engine *engine, const struct live *live,
		     const struct effect *effect, uint32_t taken)
{
	return effect->attempt_kind == ATTEMPT_CHECK ||
	       (taken < engine->options.slots && execution_can_dispatch(live->execution));
}

void effects_dispatch(struct engine *engine)
{
	uint32_t taken = slots_taken(engine);
	size_t kept = engine->starts_first;

	for (size_t i = engine->starts_first; i < engine->starts_last; i++) {
		struct waiting_start waiting = engine->starts[i];
		struct live *live = live_find(&engine->lives, waiting.execution);

		if (!live || !is_still_wanted(live, &waiting.effect)) {
			if (live)
				live_clear_in_flight(live, waiting.effect.node, EFFECT_START);
			continue;
		}
		if (!has_slot(engine, live, &waiting.effect, taken) ||
		    !is_durable(engine, live, waiting.effect.node) || !room_may_start(engine) ||
		    engine->broken) { /* keeps its place */
			engine->starts[kept++] = waiting;
			continue;
		}
		start(engine, live, &waiting.effect);
		taken += waiting.effect.attempt_kind != ATTEMPT_CHECK;
	}
	engine->starts_last = kept;
	if (engine->starts_first == engine->starts_last)
		engine->starts_first = engine->starts_last = 0;
}

/* ---- all effects ------------------------------------------------------------------------- */

static void command(struct engine *engine, struct live *live, const struct effect *effect,
		    enum executor_verb verb)
{
	char id[ATTEMPT_ID_TEXT];

	attempt_id(live->execution, effect->node, effect->attempt_kind, effect->attempt, id);
	executor_worker_send(&engine->executors, verb, id);
}

static void post(struct engine *engine, struct live *live, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_CAPTURE_BEFORE:
		post_content(engine, live, effect, CONTENT_BEFORE);
		break;
	case EFFECT_CAPTURE_AFTER:
		post_content(engine, live, effect, CONTENT_AFTER);
		break;
	case EFFECT_COLLECT:
		post_content(engine, live, effect, CONTENT_COLLECT);
		break;
	case EFFECT_RESTORE:
		post_content(engine, live, effect, CONTENT_RESTORE);
		break;
	case EFFECT_START:
		queue_start(engine, live, effect);
		break;
	case EFFECT_WATCH:	/* the executor reports by itself */
	case EFFECT_CHECKPOINT: /* no node's: see checkpoints.h */
		break;
	case EFFECT_STOP:
		command(engine, live, effect, EXECUTOR_STOP);
		break;
	case EFFECT_FREEZE:
		command(engine, live, effect, EXECUTOR_FREEZE_IT);
		break;
	case EFFECT_THAW:
		command(engine, live, effect, EXECUTOR_THAW_IT);
		break;
	}
}

void effects_of_node(struct engine *engine, struct live *live, uint32_t node)
{
	const struct node_run *run = &live->execution->nodes[node];
	struct effect effects[EFFECTS_PER_NODE];
	size_t count;

	if (engine->broken || !is_durable(engine, live, node))
		return;
	if (live->has_files[node] && !run->intended && !effects_writes(run))
		effects_give_back(engine, live, node);
	blackbox_about(live->execution->id);
	count = execution_outstanding(live->execution, node, effects);
	for (size_t i = 0; i < count; i++) {
		/* Recovery asks about all of them first: one may be running already, and what
		 * was answered of another is taken only when all are answered. */
		if (effects[i].kind == EFFECT_START && live->queried)
			continue;
		if (live_is_in_flight(live, &effects[i]))
			continue;
		live_set_in_flight(live, &effects[i]);
		post(engine, live, &effects[i]);
	}
}
