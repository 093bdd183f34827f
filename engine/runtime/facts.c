/* SPDX-License-Identifier: MIT
 *
 * Facts in. A fact about an attempt that is no longer the node's is late: the model answers it with
 * no event, and the executor is told that it may forget.
 */
#include "runtime/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "runtime/effects.h"
#include "runtime/executor_worker.h"
#include "runtime/quarantine.h"
#include "runtime/room.h"
#include "runtime/turn.h"

static void apply(struct engine *engine, struct live *live, const struct input *input)
{
	struct err err;

	if (turn_apply(engine, live, input, &err) < 0)
		log_warn("%s: a fact is not accepted: %s", live->execution->name, err.message);
}

/* ---- recovery's questions ---------------------------------------------------------------- */

static bool wants_query(const struct live *live, uint32_t node, struct effect *out)
{
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(live->execution, node, effects);

	for (size_t i = 0; i < count; i++)
		if (effects[i].kind == EFFECT_WATCH || effects[i].kind == EFFECT_STOP ||
		    (effects[i].kind == EFFECT_START && live->queried && live->queried[node])) {
			*out = effects[i];
			return true;
		}
	return false;
}

void facts_query(struct engine *engine, struct live *live)
{
	const struct execution *execution = live->execution;

	for (uint32_t node = 0; node < execution->workflow->nodes_count; node++) {
		struct effect effect;
		char id[ATTEMPT_ID_TEXT];

		if (!wants_query(live, node, &effect))
			continue;
		attempt_id(execution, node, effect.attempt_kind, effect.attempt, id);
		executor_worker_send(&engine->executors, EXECUTOR_QUERY, id);
		/* A word sent on the old link may never have arrived; it does no harm twice. */
		live_clear_in_flight(live, node, EFFECT_STOP);
		live_clear_in_flight(live, node, EFFECT_FREEZE);
		live_clear_in_flight(live, node, EFFECT_THAW);
		effects_of_node(engine, live, node);
	}
}

/* The executor has spoken about this node: what waited for that may go on. */
static void answered(struct engine *engine, struct live *live, uint32_t node)
{
	if (!live->queried || !live->queried[node])
		return;
	live->queried[node] = false;
	if (--live->unanswered == 0) {
		free(live->queried);
		live->queried = NULL;
	}
	effects_of_node(engine, live, node);
}

/* ---- reports ----------------------------------------------------------------------------- */

static enum input_kind input_of_report(enum report_kind kind)
{
	switch (kind) {
	case REPORT_STARTED:
		return INPUT_STARTED;
	case REPORT_EXITED:
		return INPUT_EXITED;
	case REPORT_NOT_STARTED:
		return INPUT_NOT_STARTED;
	case REPORT_LOST:
		return INPUT_LOST;
	case REPORT_UNREACHABLE:
		return INPUT_UNREACHABLE;
	case REPORT_FROZEN:
		return INPUT_FROZEN;
	case REPORT_THAWED:
		return INPUT_THAWED;
	case REPORT_REACHABLE:
		break;
	}
	return INPUT_REACHABLE;
}

static bool is_ending(enum report_kind kind)
{
	return kind == REPORT_EXITED || kind == REPORT_LOST;
}

static void take_one(struct engine *engine, struct report_message *message)
{
	const struct report *report = &message->report;
	char execution[ULID_TEXT], node_id[64];
	struct input input = {.time_us = report->time_us,
			      .exit_kind = report->exit_kind,
			      .code = report->code,
			      .pid = report->pid,
			      .cpu_us = report->cpu_us,
			      .rss_kib = report->rss_kib,
			      .start_ticks = report->start_ticks,
			      .text = message->text};
	struct live *live;
	int64_t node;
	const bool is_ours = attempt_id_parse(message->attempt, execution, node_id,
					      &input.attempt_kind, &input.attempt);

	if (is_ours && quarantine_holds(engine, execution))
		return; /* the executor keeps it until the execution is taken up again */
	if (is_ending(report->kind)) /* durable with this turn, or of an execution long ended */
		turn_acknowledge(engine, message->attempt);
	if (!is_ours)
		return;
	live = live_find(&engine->lives, execution);
	node = live ? workflow_find_node(live->execution->workflow, node_id) : -1;
	if (node < 0)
		return;
	input.node = (uint32_t)node;
	if (live->execution->nodes[node].reason == REASON_UNREACHABLE &&
	    report->kind == REPORT_STARTED) {
		input.kind = INPUT_REACHABLE;
		apply(engine, live, &input);
	}
	input.kind = input_of_report(report->kind);
	if (report->kind == REPORT_NOT_STARTED) { /* it may be asked for again */
		live->in_flight[node] = (struct in_flight){0};
		live->has_workspace = false;
		if (!live->queried || !live->queried[node])
			room_refused(engine);
	}
	if (report->kind == REPORT_FROZEN || report->kind == REPORT_THAWED)
		live_clear_in_flight(live, input.node,
				     report->kind == REPORT_FROZEN ? EFFECT_FREEZE : EFFECT_THAW);
	apply(engine, live, &input);
	answered(engine, live, input.node);
	if (report->kind == REPORT_NOT_STARTED)
		effects_of_node(engine, live, input.node);
}

/* The link to the launcher is down: of what runs nothing is known now. */
static void all_unreachable(struct engine *engine)
{
	if (engine->launcher_reachable)
		engine->unlinked_since_us = engine_now_us(engine);
	engine->launcher_reachable = false;
	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];

		for (uint32_t node = 0; node < live->execution->workflow->nodes_count; node++) {
			struct effect effect;
			struct input input = {.kind = INPUT_UNREACHABLE, .node = node};

			if (!live->execution->live_count)
				break;
			if (live->execution->nodes[node].state == STATE_PENDING ||
			    !wants_query(live, node, &effect))
				continue;
			input.time_us = clock_wall_us(engine->options.clock);
			input.attempt_kind = effect.attempt_kind;
			input.attempt = effect.attempt;
			apply(engine, live, &input);
		}
	}
}

/* What was in doubt is asked about; only then may the
 * launcher take "unknown" for "never started". */
static void all_reachable(struct engine *engine, const struct report_message *message)
{
	engine->launcher_reachable = true;
	engine->can_freeze = message->capabilities & EXECUTOR_FREEZE;
	for (size_t i = 0; i < engine->lives.count; i++)
		facts_query(engine, engine->lives.items[i]);
	executor_worker_send(&engine->executors, EXECUTOR_READY, NULL);
}

static void link_ended(struct engine *engine, enum executor_link link)
{
	if (link == EXECUTOR_LAUNCHER_DIED)
		engine->options.over(engine->options.ctx, RUNTIME_END_LAUNCHER,
				     "hlp-launcher has died");
	else if (link == EXECUTOR_SUPERSEDED)
		engine->options.over(engine->options.ctx, RUNTIME_END_SUPERSEDED,
				     "the launcher obeys a later engine");
}

void facts_take_report(struct engine *engine, struct report_message *message)
{
	if (!message->about_all) {
		take_one(engine, message);
	} else if (message->report.kind == REPORT_UNREACHABLE) {
		all_unreachable(engine);
		link_ended(engine, message->link);
	} else {
		all_reachable(engine, message);
	}
	free(message->text);
	free(message);
}

/* ---- files ------------------------------------------------------------------------------- */

static void describe_capture(struct input *input, const struct content_job *job)
{
	input->kind = job->result ? INPUT_CAPTURE_FAILED : INPUT_CAPTURED;
	input->moment = job->kind == CONTENT_BEFORE ? MOMENT_BEFORE : MOMENT_AFTER;
}

static enum effect_kind effect_of(enum content_kind kind)
{
	switch (kind) {
	case CONTENT_BEFORE:
		return EFFECT_CAPTURE_BEFORE;
	case CONTENT_AFTER:
		return EFFECT_CAPTURE_AFTER;
	case CONTENT_COLLECT:
		return EFFECT_COLLECT;
	case CONTENT_RESTORE:
	case CONTENT_PIN:
	case CONTENT_COMPARE:
	case CONTENT_CLAIM:
	case CONTENT_GIVE_BACK:
	case CONTENT_WAITS:
	case CONTENT_FORGET:
		break;
	}
	return EFFECT_RESTORE;
}

static bool is_capture(enum content_kind kind)
{
	return kind == CONTENT_BEFORE || kind == CONTENT_AFTER;
}

/* Its files are somebody else's: it goes on when they are given back. */
static void take_wait(struct engine *engine, struct live *live, const struct content_job *job)
{
	struct input input = {.kind = INPUT_WAITS,
			      .time_us = clock_wall_us(engine->options.clock),
			      .node = job->node,
			      .attempt_kind = job->attempt_kind,
			      .attempt = job->attempt,
			      .text = job->err.message};

	apply(engine, live, &input);
}

static void take_recorded(struct engine *engine, struct live *live, struct content_job *job)
{
	struct input input = {.time_us = clock_wall_us(engine->options.clock),
			      .node = job->node,
			      .attempt_kind = job->attempt_kind,
			      .attempt = job->attempt};

	if (job->result)
		input.text = job->err.message;
	else
		input.items = job->items, input.items_count = job->items_count;
	if (job->kind == CONTENT_COLLECT)
		input.kind = job->result ? INPUT_COLLECT_FAILED : INPUT_COLLECTED;
	else if (job->kind == CONTENT_RESTORE)
		input.kind = job->result ? INPUT_RESTORE_FAILED : INPUT_RESTORED;
	else
		describe_capture(&input, job);
	apply(engine, live, &input);
}

void facts_take_content(struct engine *engine, struct content_job *job)
{
	struct live *live = live_find(&engine->lives, job->execution);

	if (live && job->kind == CONTENT_WAITS) {
		take_wait(engine, live, job);
	} else if (live) { /* a job keeps its execution loaded */
		live->jobs--;
		live_clear_in_flight(live, job->node, effect_of(job->kind));
		if (job->result == -ERR_CANCELLED)
			effects_of_node(engine, live, job->node); /* or is it wanted again? */
		else if (job->result == -ERR_FULL && is_capture(job->kind))
			room_want(engine, live, job->err.message);
		else
			take_recorded(engine, live, job);
	}
	arena_release(&job->arena);
	free(job);
}
