/* SPDX-License-Identifier: MIT
 *
 * One turn: take what arrived, let time pass, admit, start, commit, tell. Nothing here blocks but
 * the wait at its top, and no event is acted on before it is durable.
 */
#include "runtime/coordinator.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/checkpoint.h"
#include "runtime/acts.h"
#include "runtime/broken.h"
#include "runtime/checkpoints.h"
#include "runtime/effects.h"
#include "runtime/executor_worker.h"
#include "runtime/facts.h"
#include "runtime/forget.h"
#include "runtime/policy.h"
#include "runtime/publish.h"
#include "runtime/recovery.h"
#include "runtime/requests.h"
#include "runtime/rollback.h"
#include "runtime/room.h"
#include "runtime/turn.h"

#define IDLE_US	    (600 * CLOCK_SECOND_US)
#define UNLINKED_US (3 * CLOCK_SECOND_US)
#define LINGER_US   (60 * CLOCK_SECOND_US)

/* ---- a commit comes back ----------------------------------------------------------------- */

static void fail_commit(struct engine *engine, struct commit *commit)
{
	if (!engine->broken) {
		engine->broken = true;
		log_error("the journal failed, nothing more is acknowledged: %s",
			  commit->err.message);
		engine->options.over(engine->options.ctx,
				     commit->result == -ERR_CONFLICT ? RUNTIME_END_SUPERSEDED
								     : RUNTIME_END_SYNC,
				     commit->err.message);
	}
	/* One without events did not fail by itself, but what it answers for may have. */
	if (commit->result >= 0)
		commit->result = err_set(&commit->err, ERR_IO, "the journal failed");
	for (size_t i = 0; i < commit->answers_count; i++) {
		commit->answers[i]->err = commit->err;
		acts_answer(commit->answers[i], commit->result);
	}
}

static void take_part(struct engine *engine, const struct commit_part *part)
{
	struct live *live = live_find(&engine->lives, part->execution);

	if (!live)
		return;
	publish_take(engine, live, part);
	for (uint32_t i = 0; i < part->nodes_count; i++)
		effects_of_node(engine, live, part->nodes[i]);
	checkpoints_post(engine, live); /* last: what nodes wait for comes first */
	if (live->rollback_has_files && !live->execution->rolling_back)
		effects_give_back(engine, live, EVENT_NO_NODE);
}

static void take_commit(struct engine *engine, struct commit *commit)
{
	engine->commits_in_flight--;
	if (commit->result < 0 || engine->broken) {
		fail_commit(engine, commit);
		turn_free_commit(commit);
		return;
	}
	if (commit->batch.last_seq > engine->committed_seq)
		engine->committed_seq = commit->batch.last_seq;
	for (size_t i = 0; i < commit->parts_count; i++)
		take_part(engine, &commit->parts[i]);
	for (size_t i = 0; i < commit->acks_count; i++)
		executor_worker_send(&engine->executors, EXECUTOR_ACKNOWLEDGE, commit->acks[i]);
	for (size_t i = 0; i < commit->answers_count; i++)
		forget_or_answer(engine, commit->answers[i]);
	turn_free_commit(commit);
}

/* ---- the steps of a turn ----------------------------------------------------------------- */

static void take_content(struct engine *engine, struct content_job *job)
{
	if (job->kind == CONTENT_PIN)
		requests_pinned(engine, job);
	else if (job->kind == CONTENT_COMPARE && job->request->kind == REQUEST_POLICY)
		policy_compared(engine, job);
	else if (job->kind == CONTENT_COMPARE)
		rollback_compared(engine, job);
	else if (job->kind == CONTENT_FORGET)
		forget_done(job);
	else
		facts_take_content(engine, job);
}

static void take_message(struct engine *engine, struct message *message)
{
	switch ((enum message_kind)message->kind) {
	case MESSAGE_REQUEST:
		requests_take(engine, (struct request *)message);
		break;
	case MESSAGE_REPORT:
		facts_take_report(engine, (struct report_message *)message);
		break;
	case MESSAGE_COMMIT:
		take_commit(engine, (struct commit *)message);
		break;
	case MESSAGE_CONTENT:
		take_content(engine, (struct content_job *)message);
		break;
	case MESSAGE_LOAD:
		requests_loaded(engine, (struct load_job *)message);
		break;
	case MESSAGE_SPACE:
		room_take_space(engine, (struct space_message *)message);
		break;
	case MESSAGE_ORDER:
		break;
	case MESSAGE_QUIT:
		engine->quit = true;
		break;
	}
}

static void take_messages(struct engine *engine, struct message *message)
{
	while (message) {
		struct message *next = message->next;

		take_message(engine, message);
		message = next;
	}
}

/* Waits, holds and questions whose time has come. Returns when the next one is, in wall time. */
static int64_t let_time_pass(struct engine *engine)
{
	const int64_t now_us = clock_wall_us(engine->options.clock);
	int64_t next_us = INT64_MAX;

	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];
		struct input input = {.kind = INPUT_DUE, .time_us = now_us, .node = EVENT_NO_NODE};
		int64_t due_us = live->unanswered ? INT64_MAX : execution_next_due(live->execution);
		struct err err;

		while (due_us <= now_us && turn_apply(engine, live, &input, &err) > 0)
			due_us = execution_next_due(live->execution);
		if (due_us < next_us)
			next_us = due_us;
	}
	return next_us;
}

static bool intend(void *ctx, struct execution *execution)
{
	struct engine *engine = ctx;
	struct live *live = live_find(&engine->lives, execution->id);
	struct input input = {.kind = INPUT_ADMIT,
			      .time_us = clock_wall_us(engine->options.clock),
			      .node = EVENT_NO_NODE};
	struct err err;

	if (live->unanswered)
		return false;
	return turn_apply(engine, live, &input, &err) > 0;
}

static void admit(struct engine *engine)
{
	if (engine->stopping || engine->broken || engine->disk_full)
		return;
	(void)admission_decide(engine->lives.executions, engine->lives.count, engine->options.slots,
			       intend, engine);
}

static bool is_unused(const struct engine *engine, const struct live *live)
{
	return live->execution->ended && !live->watchers && !live->jobs && !live->header_dirty &&
	       !checkpoint_wanted(live->execution) && !live->execution->live_count &&
	       !engine->commits_in_flight && !engine->open;
}

/* The one that has been unused for the shortest time; NULL: all are wanted. */
static const struct live *mark_unused(struct engine *engine)
{
	const struct live *newest = NULL;

	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];

		if (!is_unused(engine, live))
			live->unused_since_us = 0;
		else if (!live->unused_since_us)
			live->unused_since_us = engine_now_us(engine);
		if (live->unused_since_us &&
		    (!newest || live->unused_since_us > newest->unused_since_us))
			newest = live;
	}
	return newest;
}

/* Executions that have ended and that nobody looks at are folded again when somebody acts on one.
 * The last of them stays for a while: whoever looked at its end acts on it next. Returns when it
 * goes. */
static int64_t unload_ended(struct engine *engine)
{
	const struct live *newest = mark_unused(engine);
	int64_t until_us = newest ? newest->unused_since_us + LINGER_US : INT64_MAX;

	if (until_us <= engine_now_us(engine))
		newest = NULL;
	for (size_t i = engine->lives.count; i-- > 0;) {
		struct live *live = engine->lives.items[i];

		if (live != newest && is_unused(engine, live))
			live_remove(&engine->lives, live);
	}
	return newest ? until_us : INT64_MAX;
}

/* ---- stopping and idling ----------------------------------------------------------------- */

static void cancel(struct engine *engine, struct live *live, uint32_t node)
{
	struct act act = {.verb = VERB_CANCEL,
			  .node = node,
			  .actor = engine->stop_request->actor,
			  .note = "the engine is stopped with all that runs"};
	struct input input = {.kind = INPUT_ACT,
			      .time_us = clock_wall_us(engine->options.clock),
			      .act = &act,
			      .node = EVENT_NO_NODE};
	struct err err;

	(void)turn_apply(engine, live, &input, &err); /* said before: it is refused */
}

/* Whoever cancels a rollback lets the undos that run come to their end; here they are stopped. */
static void cancel_undos(struct engine *engine, struct live *live)
{
	const struct execution *execution = live->execution;

	for (uint32_t i = 0; i < execution->graph->nodes_count; i++)
		if (execution->nodes[i].reason == REASON_UNDOING)
			cancel(engine, live, i);
}

static void cancel_all(struct engine *engine)
{
	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];

		if (!live->execution->live_count)
			continue;
		if (!live->execution->cancelled)
			cancel(engine, live, EVENT_NO_NODE);
		if (live->execution->rolling_back)
			cancel_undos(engine, live);
	}
}

/* The launcher is told, so that it ends too and does not start another engine. */
static void end_on_purpose(struct engine *engine, const char *why)
{
	executor_worker_send(&engine->executors, EXECUTOR_GOODBYE, NULL);
	engine->options.over(engine->options.ctx, RUNTIME_END_PURPOSE, why);
}

static bool has_doubt(const struct engine *engine)
{
	for (size_t i = 0; i < engine->lives.count; i++)
		if (engine->lives.items[i]->unanswered)
			return true;
	return false;
}

static void finish_stop(struct engine *engine)
{
	if (!engine->stop_request || has_doubt(engine))
		return;
	if (engine->stop_request->flag)
		cancel_all(engine);
	if (effects_live_count(engine) || engine->open || engine->commits_in_flight)
		return;
	acts_answer(engine->stop_request, 0);
	engine->stop_request = NULL;
	end_on_purpose(engine, "stopped by request");
}

/* What has not ended stays loaded, and so does what is watched: none of those is nothing to do. */
static bool is_idle(const struct engine *engine)
{
	for (size_t i = 0; i < engine->lives.count; i++)
		if (!is_unused(engine, engine->lives.items[i]))
			return false;
	return !engine->watch_all && !engine->commits_in_flight && !engine->stop_request;
}

/* An engine with nothing to do goes away; the next client starts it again. */
static int64_t idle_deadline_us(struct engine *engine)
{
	if (!is_idle(engine)) {
		engine->idle_since_us = 0;
		return INT64_MAX;
	}
	if (!engine->idle_since_us)
		engine->idle_since_us = engine_now_us(engine);
	if (engine_now_us(engine) - engine->idle_since_us < IDLE_US)
		return engine->idle_since_us + IDLE_US;
	end_on_purpose(engine, "idle for ten minutes");
	engine->idle_since_us = engine_now_us(engine);
	return INT64_MAX;
}

/* An engine whose launcher does not answer, not even a first time, can start and prove nothing: it
 * makes room for a new pair. (A launcher may die between starting us and our first word to it.) */
static int64_t unlinked_deadline_us(struct engine *engine)
{
	if (engine->launcher_reachable)
		return INT64_MAX;
	if (engine_now_us(engine) - engine->unlinked_since_us < UNLINKED_US)
		return engine->unlinked_since_us + UNLINKED_US;
	engine->unlinked_since_us = engine_now_us(engine);
	engine->options.over(engine->options.ctx, RUNTIME_END_LAUNCHER, "no hlp-launcher answers");
	return engine->unlinked_since_us + UNLINKED_US;
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

/* What is due in wall time, on the clock that waiting uses. Looked at again at least each minute,
 * since the wall clock may be set. */
static int64_t deadline_of(const struct engine *engine, int64_t due_us)
{
	int64_t wait_us;

	if (due_us == INT64_MAX)
		return INT64_MAX;
	wait_us = due_us - clock_wall_us(engine->options.clock);
	if (wait_us > 60 * CLOCK_SECOND_US)
		wait_us = 60 * CLOCK_SECOND_US;
	return engine_now_us(engine) + (wait_us > 0 ? wait_us : 0);
}

int64_t coordinator_turn(struct engine *engine, struct message *messages)
{
	int64_t due_us, deadline_us, unload_us;

	/* 1. what arrived: facts, commits, requests */
	take_messages(engine, messages);
	requests_unpark(engine);
	/* 2. what is due */
	due_us = let_time_pass(engine);
	if (room_is_due(engine))
		recovery_resume(engine);
	/* 3. who may start next, ahead of free slots */
	admit(engine);
	/* 4. committed intents into free slots */
	effects_dispatch(engine);
	/* … and what the workflow asks for after all of this, in the same commit */
	policy_turn(engine);
	/* 5. an agreed stop */
	finish_stop(engine);
	blackbox_about(NULL);
	/* Orders leave before the commit wakes the journal's thread, which may take this processor.
	 */
	worker_run_guest(&engine->executors);
	/* 6. all of it to the disk, in one piece */
	if (turn_deadline_us(engine) <= engine_now_us(engine))
		turn_seal(engine);
	if (BROKEN_EARLY)
		recovery_resume(engine);
	/* 7. watchers */
	publish_due(engine);
	unload_us = unload_ended(engine);
	deadline_us = earlier(deadline_of(engine, due_us), publish_deadline_us(engine));
	deadline_us = earlier(deadline_us, unload_us);
	deadline_us = earlier(deadline_us, turn_deadline_us(engine));
	deadline_us = earlier(deadline_us, room_deadline_us(engine));
	return earlier(deadline_us,
		       earlier(idle_deadline_us(engine), unlinked_deadline_us(engine)));
}

void coordinator_begin(struct engine *engine)
{
	engine->unlinked_since_us = engine_now_us(engine);
	recovery_resume(engine);
}

/* How long the thread may wait; -1: for ever. */
static int64_t time_left_us(const struct engine *engine, int64_t deadline_us)
{
	const int64_t left_us = deadline_us - engine_now_us(engine);

	if (deadline_us == INT64_MAX)
		return -1;
	return left_us > 0 ? left_us : 0;
}

/* The wait is that of the executors' loop: what they report and the mail of other threads both end
 * it. */
static void coordinate(struct worker *worker)
{
	struct engine *engine = worker->state;
	int64_t deadline_us = 0;

	coordinator_begin(engine);
	while (!engine->quit) {
		executor_worker_turn(&engine->executors, time_left_us(engine, deadline_us));
		deadline_us = coordinator_turn(engine, mailbox_take(&engine->mailbox));
	}
}

const struct worker_ops coordinator_ops = {.name = "coordinator", .main = coordinate};
