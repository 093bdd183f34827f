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
#include "runtime/broken.h"
#include "runtime/checkpoints.h"
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
		executor_worker_send_over(&engine->executors, EXECUTOR_QUERY, id, engine->links);
		/* A word sent on the old link may never have arrived; it does no harm twice. */
		live_clear_in_flight(live, node, EFFECT_STOP);
		live_clear_in_flight(live, node, EFFECT_FREEZE);
		live_clear_in_flight(live, node, EFFECT_THAW);
		effects_of_node(engine, live, node);
	}
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

/* The loaded execution and the node that an attempt is of; NULL when there is none. */
static struct live *find_attempt(const struct engine *engine, const char *attempt,
				 struct input *input)
{
	char execution[ULID_TEXT], node_id[64];
	struct live *live;
	int64_t node;

	if (!attempt_id_parse(attempt, execution, node_id, &input->attempt_kind, &input->attempt))
		return NULL;
	live = live_find(&engine->lives, execution);
	node = live ? workflow_find_node(live->execution->workflow, node_id) : -1;
	input->node = (uint32_t)node;
	return node < 0 ? NULL : live;
}

static bool is_set_aside(const struct engine *engine, const char *attempt)
{
	char execution[ULID_TEXT], node_id[64];
	enum attempt_kind kind;
	uint32_t number;

	return attempt_id_parse(attempt, execution, node_id, &kind, &number) &&
	       quarantine_holds(engine, execution);
}

/* `asked`: it answers a question of recovery. */
static void take_one(struct engine *engine, struct report_message *message, bool asked)
{
	const struct report *report = &message->report;
	struct input input = {.time_us = report->time_us,
			      .exit_kind = report->exit_kind,
			      .code = report->code,
			      .pid = report->pid,
			      .cpu_us = report->cpu_us,
			      .rss_kib = report->rss_kib,
			      .start_ticks = report->start_ticks,
			      .text = message->text};
	struct live *live = find_attempt(engine, message->attempt, &input);

	if (is_set_aside(engine, message->attempt))
		return; /* the executor keeps it until the execution is taken up again */
	if (is_ending(report->kind)) /* durable with this turn, or of an execution long ended */
		turn_acknowledge(engine, message->attempt);
	if (!live)
		return;
	if (live->execution->nodes[input.node].reason == REASON_UNREACHABLE &&
	    report->kind == REPORT_STARTED) {
		input.kind = INPUT_REACHABLE;
		apply(engine, live, &input);
	}
	input.kind = input_of_report(report->kind);
	if (report->kind == REPORT_NOT_STARTED) { /* it may be asked for again */
		live->in_flight[input.node] = (struct in_flight){0};
		live->has_workspace = false;
		if (!asked && live->execution->nodes[input.node].reason != REASON_UNREACHABLE)
			room_refused(engine);
	}
	if (report->kind == REPORT_FROZEN || report->kind == REPORT_THAWED)
		live_clear_in_flight(live, input.node,
				     report->kind == REPORT_FROZEN ? EFFECT_FREEZE : EFFECT_THAW);
	apply(engine, live, &input);
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
	executor_worker_send_over(&engine->executors, EXECUTOR_READY, NULL, engine->links);
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

static void free_report(struct report_message *message)
{
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
	case CONTENT_CHECKPOINT:
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

static void take_files(struct engine *engine, struct live *live, struct content_job *job)
{
	if (job->kind == CONTENT_WAITS) {
		take_wait(engine, live, job);
		return;
	}
	if (job->kind == CONTENT_CHECKPOINT) {
		checkpoints_take(engine, live, job);
		return;
	}
	live->jobs--;
	live_clear_in_flight(live, job->node, effect_of(job->kind));
	if (job->result == -ERR_CANCELLED)
		effects_of_node(engine, live, job->node); /* or is it wanted again? */
	else if (job->result == -ERR_FULL && is_capture(job->kind))
		room_want(engine, live, job->err.message);
	else
		take_recorded(engine, live, job);
}

static void free_content(struct content_job *job)
{
	arena_release(&job->arena);
	free(job);
}

/* ---- while attempts are in doubt --------------------------------------------------------- */

/* After a restart an intent may have been started, and the word of it lost. Until each has been
 * asked about nothing is decided: what follows from one fact (a failure takes back what has not
 * started) would judge others wrongly. Facts are kept, in order. */

static void keep(struct live *live, struct message *message)
{
	message->next = NULL;
	if (!live->kept)
		live->kept_last = &live->kept;
	*live->kept_last = message;
	live->kept_last = &message->next;
}

/* What has started is said to have, before anything is concluded from any of it. */
static void dispatch_started(struct engine *engine, struct live *live)
{
	for (struct message *message = live->kept; message; message = message->next) {
		struct report_message *report = (struct report_message *)message;
		struct input input = {.kind = INPUT_DISPATCHED,
				      .time_us = clock_wall_us(engine->options.clock)};

		if (message->kind == MESSAGE_REPORT && report->report.kind != REPORT_NOT_STARTED &&
		    find_attempt(engine, report->attempt, &input))
			apply(engine, live, &input);
	}
}

static void take_kept_one(struct engine *engine, struct live *live, struct message *message)
{
	if (message->kind == MESSAGE_REPORT) {
		take_one(engine, (struct report_message *)message, true);
		free_report((struct report_message *)message);
	} else {
		take_files(engine, live, (struct content_job *)message);
		free_content((struct content_job *)message);
	}
}

static void take_kept(struct engine *engine, struct live *live)
{
	struct message *message = live->kept;

	free(live->queried);
	live->queried = NULL;
	if (!BROKEN_DOUBT)
		dispatch_started(engine, live);
	live->kept = NULL;
	while (message) {
		struct message *next = message->next;

		take_kept_one(engine, live, message);
		message = next;
	}
	for (uint32_t node = 0; node < live->execution->workflow->nodes_count; node++)
		effects_of_node(engine, live, node);
	checkpoints_post(engine, live);
}

/* Whether this is the word that the node's query waits for. A report may also be of an attempt
 * before it, whose end is said again. */
static bool is_answer(const struct live *live, const struct input *input)
{
	struct effect effect;

	return live->queried[input->node] && wants_query(live, input->node, &effect) &&
	       effect.attempt_kind == input->attempt_kind && effect.attempt == input->attempt;
}

static void keep_report(struct engine *engine, struct live *live, const struct input *input,
			struct report_message *message)
{
	keep(live, &message->message);
	if (!is_answer(live, input))
		return;
	live->queried[input->node] = false;
	if (--live->unanswered == 0)
		take_kept(engine, live);
}

/* ---- taking ------------------------------------------------------------------------------ */

static void take_all(struct engine *engine, const struct report_message *message)
{
	if (message->report.kind == REPORT_UNREACHABLE) {
		all_unreachable(engine);
		link_ended(engine, message->link);
	} else {
		all_reachable(engine, message);
	}
}

void facts_take_report(struct engine *engine, struct report_message *message)
{
	struct input input;
	struct live *live =
		message->about_all ? NULL : find_attempt(engine, message->attempt, &input);

	if (live && live->unanswered) {
		keep_report(engine, live, &input, message);
		return;
	}
	engine->links += message->about_all;
	if (message->about_all)
		take_all(engine, message);
	else
		take_one(engine, message, false);
	free_report(message);
}

void facts_take_content(struct engine *engine, struct content_job *job)
{
	struct live *live = live_find(&engine->lives, job->execution);

	if (live && live->unanswered) {
		keep(live, &job->message);
		return;
	}
	if (live) /* a job keeps its execution loaded */
		take_files(engine, live, job);
	free_content(job);
}
