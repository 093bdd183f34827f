/* SPDX-License-Identifier: MIT
 *
 * Assembly of the threads, in order: store, fold, journal, content, catalog, executors,
 * coordinator; and their end in the reverse order, so that no thread ever posts to one that is
 * gone.
 */
#include "runtime/runtime.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "runtime/acts.h"
#include "runtime/catalog_worker.h"
#include "runtime/content_worker.h"
#include "runtime/coordinator.h"
#include "runtime/executor_worker.h"
#include "runtime/journal_worker.h"
#include "runtime/recovery.h"
#include "runtime/requests.h"
#include "runtime/turn.h"

#define COORDINATOR_QUEUE_MAX 65536

struct runtime {
	struct engine engine;
	struct journal *journal_store;
};

static int start_threads(struct runtime *runtime, struct err *err)
{
	struct engine *engine = &runtime->engine;
	const struct home *home = engine->options.home;
	int rc;

	rc = journal_worker_start(&engine->journal, runtime->journal_store, &engine->mailbox, err);
	if (!rc)
		rc = content_worker_start(&engine->content, home, &engine->mailbox, err);
	if (!rc)
		rc = catalog_worker_start(&engine->catalog, home, &engine->mailbox, err);
	if (!rc)
		rc = executor_worker_start(&engine->executors, home, engine->term, &engine->mailbox,
					   err);
	engine->coordinator.state = engine;
	if (!rc)
		rc = worker_start(&engine->coordinator, &coordinator_ops, 1, NULL, err);
	return rc;
}

int runtime_start(const struct runtime_options *options, struct runtime **out, struct err *err)
{
	struct runtime *runtime = mem_zalloc(sizeof(*runtime));
	struct engine *engine = &runtime->engine;
	int rc;

	engine->options = *options;
	engine->rng.state = options->seed;
	mailbox_init(&engine->mailbox, COORDINATOR_QUEUE_MAX, true);
	rc = journal_open(options->home, options->durability, &runtime->journal_store, err);
	if (!rc)
		rc = journal_begin_term(runtime->journal_store, &engine->term, err);
	if (!rc)
		rc = recovery_load(engine, runtime->journal_store, err);
	engine->seq = engine->committed_seq = rc ? 0 : journal_last_seq(runtime->journal_store);
	if (!rc)
		rc = start_threads(runtime, err);
	if (rc) {
		runtime_stop(runtime);
		return rc;
	}
	*out = runtime;
	return 0;
}

/* Whoever still waits is told, so that it can let go. */
static void turn_away(struct request *request)
{
	if (request && request->kind == REQUEST_POLICY)
		request_free(request); /* nobody's but ours; what is due is still in the journal */
	else if (request)
		acts_answer(request,
			    err_set(&request->err, ERR_UNAVAILABLE, "the engine has stopped"));
}

static void give_up_commit(struct commit *commit)
{
	for (size_t i = 0; i < commit->answers_count; i++)
		turn_away(commit->answers[i]);
	turn_free_commit(commit);
}

/* What is left in the coordinator's mailbox when all threads are gone: owned by nobody else. */
static void drain(struct engine *engine)
{
	struct message *message = mailbox_take(&engine->mailbox);

	while (message) {
		struct message *next = message->next;

		if (message->kind == MESSAGE_COMMIT) {
			give_up_commit((struct commit *)message);
		} else if (message->kind == MESSAGE_REPORT) {
			free(((struct report_message *)message)->text);
			free(message);
		} else if (message->kind == MESSAGE_CONTENT) {
			arena_release(&((struct content_job *)message)->arena);
			turn_away(((struct content_job *)message)->request);
			free(message);
		} else if (message->kind == MESSAGE_REQUEST) {
			turn_away((struct request *)message);
		} else if (message->kind == MESSAGE_SPACE) {
			free(message);
		} else if (message->kind == MESSAGE_LOAD) {
			execution_free(((struct load_job *)message)->loaded.execution);
			turn_away(((struct load_job *)message)->waiting);
			free(message);
		}
		message = next;
	}
}

/* Facts that waited for others. */
static void give_back(struct engine *engine)
{
	for (size_t i = 0; i < engine->lives.count; i++) {
		struct message *message = engine->lives.items[i]->kept;

		while (message) {
			struct message *next = message->next;

			mailbox_post_reply(&engine->mailbox, message);
			message = next;
		}
	}
}

static void release_engine(struct engine *engine)
{
	give_back(engine);
	drain(engine);
	for (size_t i = 0; i < engine->parked_count; i++)
		turn_away(engine->parked[i]);
	turn_away(engine->stop_request);
	free(engine->parked);
	free(engine->starts);
	if (engine->open) /* it gathered while another was on its way */
		give_up_commit(engine->open);
	live_table_release(&engine->lives);
	map_release(&engine->quarantined);
	arena_release(&engine->quarantine_arena);
	map_release(&engine->requests);
	arena_release(&engine->requests_arena);
	mailbox_release(&engine->mailbox);
}

void runtime_stop(struct runtime *runtime)
{
	struct engine *engine;

	if (!runtime)
		return;
	engine = &runtime->engine;
	/* It waits on the engine's own mailbox, which others keep posting to. */
	worker_stop_by(&engine->coordinator, &engine->mailbox);
	executor_worker_stop(&engine->executors);
	worker_stop(&engine->catalog);
	worker_stop(&engine->content);
	worker_stop(&engine->journal);
	journal_close(runtime->journal_store);
	release_engine(engine);
	free(runtime);
}

int runtime_ask(struct runtime *runtime, struct request *request)
{
	return mailbox_post_request(&runtime->engine.mailbox, &request->message);
}

int runtime_read(struct runtime *runtime, struct catalog_job *job)
{
	job->message.kind = RUNTIME_JOB;
	return mailbox_post_request(&runtime->engine.catalog.mailbox, &job->message);
}

void runtime_update_free(struct runtime_update *update)
{
	if (!update)
		return;
	buf_release(&update->bytes);
	buf_release(&update->header);
	free(update);
}
