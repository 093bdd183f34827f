/* SPDX-License-Identifier: MIT
 *
 * From a request to an act. See acts.h.
 */
#include "runtime/acts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/consequence.h"
#include "runtime/catalog_worker.h"
#include "runtime/facts.h"
#include "runtime/quarantine.h"
#include "runtime/recovery.h"
#include "runtime/turn.h"

#define REQUESTS_KNOWN_MAX 20000

void acts_answer(struct request *request, int result)
{
	request->result = result;
	mailbox_post_reply(request->reply_to, &request->message);
}

void acts_remember(struct engine *engine, const struct request *request)
{
	char *id, *execution;

	if (!request->request)
		return;
	if (engine->requests.count >= REQUESTS_KNOWN_MAX) { /* older ones are in the journal */
		map_release(&engine->requests);
		arena_release(&engine->requests_arena);
	}
	id = arena_strdup(&engine->requests_arena, request->request);
	execution = arena_strdup(&engine->requests_arena, request->execution);
	(void)map_add_text(&engine->requests, id, (union map_value){.pointer = execution});
}

/* ---- the execution ----------------------------------------------------------------------- */

void acts_load(struct engine *engine, struct request *request)
{
	struct load_job *job = mem_zalloc(sizeof(*job));

	job->job.message.kind = MESSAGE_LOAD;
	job->job.run = catalog_worker_load;
	job->job.reply_to = &engine->mailbox;
	memcpy(job->execution, request->execution, sizeof(job->execution));
	job->waiting = request;
	mailbox_post_reply(&engine->catalog.mailbox, &job->job.message);
}

static void park(struct engine *engine, struct request *request)
{
	engine->parked = mem_grow(engine->parked, &engine->parked_capacity,
				  engine->parked_count + 1, sizeof(struct request *));
	engine->parked[engine->parked_count++] = request;
}

struct live *acts_find_ready(struct engine *engine, struct request *request)
{
	struct live *live = live_find(&engine->lives, request->execution);

	if (live)
		live->unused_since_us = 0;
	if (!quarantine_admits(engine, request))
		acts_answer(request, -ERR_REFUSED);
	else if (!live)
		acts_load(engine, request);
	else if (live->unanswered) /* what its attempts do is not known yet: soon */
		park(engine, request);
	else
		return live;
	return NULL;
}

/* ---- the act ----------------------------------------------------------------------------- */

/* A released execution is reconciled like all others after a start. What it asks for is done when
 * its release is durable, since that touches every node. */
static void take_up(struct engine *engine, struct live *live)
{
	quarantine_lift(engine, live->execution->id);
	recovery_mark_queries(live);
	facts_query(engine, live);
}

void acts_apply(struct engine *engine, struct live *live, struct request *request, struct act *act)
{
	struct input input = {.kind = INPUT_ACT,
			      .time_us = clock_wall_us(engine->options.clock),
			      .act = act,
			      .node = act->node};
	const bool was_quarantined = live->execution->quarantined;
	const uint64_t before = live->execution->seq;
	int rc;

	act->actor = request->actor;
	act->origin = request->origin;
	act->note = request->note;
	act->request = request->request;
	act->version = request->version;
	act->agent = request->agent;
	rc = turn_apply(engine, live, &input, &request->err);
	if (rc < 0) {
		acts_answer(request, rc);
		return;
	}
	if (was_quarantined && !live->execution->quarantined)
		take_up(engine, live);
	if (request->kind == REQUEST_ACT)
		consequence_say(live->execution, act, before, &request->out);
	acts_remember(engine, request);
	turn_answer(engine, request);
}
