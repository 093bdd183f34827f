/* SPDX-License-Identifier: MIT
 *
 * Requests. A mutating request is known by the id its client chose: first among those of this
 * engine's life, then in the journal; a known one is answered and not done again.
 */
#include "runtime/requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/ulid.h"
#include "model/beginning.h"
#include "model/suggest.h"
#include "runtime/acts.h"
#include "runtime/forget.h"
#include "runtime/quarantine.h"
#include "runtime/rollback.h"
#include "runtime/room.h"
#include "runtime/turn.h"

struct request *request_new(enum request_kind kind, struct mailbox *reply_to, void *ctx)
{
	struct request *request = mem_zalloc(sizeof(*request));

	request->message.kind = MESSAGE_REQUEST;
	request->kind = kind;
	request->reply_to = reply_to;
	request->ctx = ctx;
	buf_init(&request->out, (size_t)64 * 1024 * 1024);
	return request;
}

void request_free(struct request *request)
{
	if (!request)
		return;
	workflow_free(request->workflow);
	graph_free(request->graph);
	plan_free(request->planned);
	buf_release(&request->out);
	arena_release(&request->arena);
	free(request);
}

/* ---- knowing a request again ------------------------------------------------------------- */

/* Whether the request is known; then it is answered, at the latest with the open turn. */
static bool answer_known(struct engine *engine, struct request *request)
{
	const union map_value *known =
		request->request ? map_find_text(&engine->requests, request->request) : NULL;

	if (known)
		(void)snprintf(request->execution, sizeof(request->execution), "%s",
			       (const char *)known->pointer);
	else if (!request->retry)
		return false;
	turn_answer(engine, request);
	return true;
}

static void look_up(struct engine *engine, struct request *request)
{
	mailbox_post_reply(&engine->journal.mailbox, &request->message);
}

/* ---- starting an execution --------------------------------------------------------------- */

static void pin(struct engine *engine, struct request *request)
{
	struct content_job *job = mem_zalloc(sizeof(*job));

	job->message.kind = MESSAGE_CONTENT;
	job->kind = CONTENT_PIN;
	job->request = request;
	mailbox_post_reply(&engine->content.mailbox, &job->message);
}

static void refuse_start(struct engine *engine, struct request *request, int result)
{
	if (request->keeps_secrets)
		forget_all(engine, request->execution);
	acts_answer(request, result);
}

void requests_pinned(struct engine *engine, struct content_job *job)
{
	struct request *request = job->request;
	int result = job->result;

	if (result && !request->err.code)
		request->err = job->err;
	free(job);
	if (result)
		refuse_start(engine, request, result);
	else
		look_up(engine, request);
}

/* One not ended execution of the workflow, or NULL; and the next free number of its name. */
static const struct execution *find_running(const struct engine *engine, const char *workflow,
					    uint32_t *number)
{
	const struct execution *running = NULL;

	for (size_t i = 0; i < engine->lives.count; i++) {
		const struct execution *execution = engine->lives.items[i]->execution;

		if (strcmp(execution->workflow->name, workflow))
			continue;
		if (*number <= execution->number)
			*number = execution->number + 1;
		if (!execution->ended)
			running = execution;
	}
	return running;
}

static int refuse_second(const struct engine *engine, struct request *request,
			 const struct execution *running)
{
	char ago[CLOCK_DURATION_TEXT];

	clock_format_duration(clock_wall_us(engine->options.clock) - running->created_us, ago);
	return err_set(&request->err, ERR_REFUSED,
		       "%s has not ended: %s started it %s ago; follow it with 'hlp attach %s', or "
		       "start another with --another",
		       running->name, running->actor, ago, running->name);
}

static void add_items(struct event *created, const char *kind, const struct binding *bindings,
		      uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		created->items[created->items_count++] = (struct event_item){
			.kind = kind, .name = bindings[i].name, .value = bindings[i].value};
}

static void fill_created(const struct engine *engine, struct request *request,
			 struct event *created, char *folder)
{
	char *slash = strrchr(folder, '/');

	if (slash)
		*slash = '\0';
	*created = (struct event){
		.kind = EVENT_CREATED,
		.node = EVENT_NO_NODE,
		.time_us = clock_wall_us(engine->options.clock),
		.text = request->workflow->name,
		.number = request->number,
		.actor = request->actor,
		.origin = request->origin,
		.note = request->note,
		.request = request->request,
		.revision = request->revision,
		.folder = *folder ? folder : "/",
		.flag = request->dirty,
	};
	memcpy(created->execution, request->execution, sizeof(created->execution));
	memcpy(created->blob, request->blob, sizeof(created->blob));
	created->items = arena_alloc(&request->arena, (request->params_count + request->env_count +
						       request->pins_count + 1) *
							      sizeof(*created->items));
	add_items(created, "param", request->params, request->params_count);
	add_items(created, "env", request->env, request->env_count);
	for (uint32_t i = 0; i < request->pins_count; i++)
		created->items[created->items_count++] = request->pins[i];
}

/* What was left out or held from the first is part of its creation: the same commit. */
static void begin(struct engine *engine, struct live *live, const struct request *request)
{
	struct input input = {.kind = INPUT_BEGIN,
			      .time_us = clock_wall_us(engine->options.clock),
			      .beginning = &request->beginning,
			      .node = EVENT_NO_NODE};
	struct err err;

	if (!beginning_is_plain(&request->beginning) && turn_apply(engine, live, &input, &err) < 0)
		log_error("%s does not begin as asked: %s", live->execution->name, err.message);
}

static void create(struct engine *engine, struct request *request)
{
	const struct execution *running;
	struct event created;
	char drawn[ULID_TEXT];
	int rc;

	memcpy(drawn, request->execution, sizeof(drawn));
	if (answer_known(engine, request)) {
		if (request->keeps_secrets && strcmp(drawn, request->execution) != 0)
			forget_all(engine, drawn); /* of the one that it did not become */
		return;
	}
	rc = beginning_check(request->workflow, request->graph, &request->beginning, &request->err);
	if (rc < 0) {
		refuse_start(engine, request, rc);
		return;
	}
	running = find_running(engine, request->workflow->name, &request->number);
	if (running && !request->flag) {
		refuse_start(engine, request, refuse_second(engine, request, running));
		return;
	}
	fill_created(engine, request, &created, arena_strdup(&request->arena, request->file));
	begin(engine, turn_create(engine, request->workflow, request->graph, &created), request);
	request->workflow = NULL; /* the execution's now */
	request->graph = NULL;
	acts_remember(engine, request);
	turn_answer(engine, request);
}

static void draw_id(struct engine *engine, char out[ULID_TEXT])
{
	const uint64_t drawn[2] = {rng_next(&engine->rng), rng_next(&engine->rng)};

	ulid_make(clock_wall_us(engine->options.clock), (const uint8_t *)drawn, out);
}

static void take_execute(struct engine *engine, struct request *request)
{
	if (request->looked_up) {
		if (request->result < 0)
			refuse_start(engine, request, request->result);
		else
			create(engine, request);
		return;
	}
	if (answer_known(engine, request))
		return;
	if (engine->stopping) {
		acts_answer(request,
			    err_set(&request->err, ERR_UNAVAILABLE, "the engine is stopping"));
		return;
	}
	draw_id(engine, request->execution);
	pin(engine, request);
}

/* ---- acting on one ----------------------------------------------------------------------- */

void requests_loaded(struct engine *engine, struct load_job *job)
{
	struct request *request = job->waiting;

	if (job->loaded.execution && live_find(&engine->lives, job->execution))
		execution_free(job->loaded.execution); /* another request was quicker */
	else if (job->loaded.execution)
		(void)live_add_loaded(&engine->lives, &job->loaded);
	if (job->job.result < 0) {
		request->err = job->job.err;
		acts_answer(request, job->job.result);
	} else {
		requests_take(engine, request);
	}
	free(job);
}

void requests_unpark(struct engine *engine)
{
	size_t count = engine->parked_count;

	engine->parked_count = 0;
	for (size_t i = 0; i < count;
	     i++) /* those that must wait on are parked again, further down */
		requests_take(engine, engine->parked[i]);
}

static int find_node(const struct live *live, struct request *request, uint32_t *out)
{
	const struct workflow *workflow = live->execution->workflow;
	char hint[SUGGEST_HINT];
	int64_t node;

	*out = EVENT_NO_NODE;
	if (!request->node || !*request->node)
		return 0;
	node = workflow_find_node(workflow, request->node);
	if (node < 0)
		return err_set(&request->err, ERR_NOT_FOUND, "%s has no node '%s'%s",
			       live->execution->name, request->node,
			       suggest_hint(request->node, workflow->nodes_count, workflow_node_at,
					    workflow, hint));
	*out = (uint32_t)node;
	return 0;
}

static void take_act(struct engine *engine, struct request *request)
{
	struct act act = {.verb = request->verb,
			  .answer = request->answer,
			  .arguments = request->params,
			  .arguments_count = request->params_count,
			  .until_us = request->until_us,
			  .failed = request->failed,
			  .next = request->next,
			  .shell = request->shell,
			  .code = request->code,
			  .took_us = request->took_us};
	struct live *live = acts_find_ready(engine, request);
	int rc;

	if (!live)
		return;
	rc = find_node(live, request, &act.node);
	if (!rc && act.verb == VERB_FREEZE && !engine->can_freeze)
		rc = err_set(
			&request->err, ERR_REFUSED,
			"what runs %s cannot freeze it: the launcher says that it is not able to",
			live->execution->name);
	if (!rc && act.answer == ANSWER_UNDO && engine->options.no_rollbacks)
		rc = err_set(&request->err, ERR_REFUSED, "%s", ROLLBACK_OFF);
	if (rc) {
		acts_answer(request, rc);
	} else if (act.answer == ANSWER_UNDO) { /* a rollback, which looks at the files first */
		request->words.node = request->node;
		rollback_take(engine, request);
	} else {
		acts_apply(engine, live, request, &act);
	}
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void take_watch(struct engine *engine, struct request *request)
{
	struct live *live = live_find(&engine->lives, request->execution);
	const uint32_t step = request->kind == REQUEST_WATCH ? 1 : (uint32_t)-1;

	if (!request->execution[0]) {
		engine->watch_all += step;
	} else if (live) { /* stays loaded while it is watched */
		live->watchers += step;
	} else if (request->kind == REQUEST_WATCH &&
		   !quarantine_holds(engine, request->execution)) {
		acts_load(engine, request);
		return;
	}
	request->seq = engine->committed_seq;
	acts_answer(request, 0);
}

static void take_status(struct engine *engine, struct request *request)
{
	request->seq = engine->committed_seq;
	request->term = engine->term;
	request->launcher_reachable = engine->launcher_reachable;
	request->warning = arena_strdup(&request->arena, room_warning(engine));
	for (size_t i = 0; i < engine->lives.count; i++) {
		const struct execution *execution = engine->lives.items[i]->execution;

		request->attempts_live += execution->live_count;
		request->executions_live += !execution->ended;
	}
	acts_answer(request, 0);
}

static void take_stop(struct engine *engine, struct request *request)
{
	uint32_t attempts = 0;

	for (size_t i = 0; i < engine->lives.count; i++)
		attempts += engine->lives.items[i]->execution->live_count;
	if (attempts && !request->flag) {
		acts_answer(request, err_set(&request->err, ERR_REFUSED,
					     "%u attempt%s still alive; wait for it, or stop it "
					     "too with --all",
					     attempts, attempts == 1 ? " is" : "s are"));
		return;
	}
	if (engine->stop_request) {
		acts_answer(request, 0);
		return;
	}
	engine->stopping = true;
	engine->stop_request = request; /* answered by the coordinator when nothing lives */
}

static bool is_mutating(const struct request *request)
{
	return request->kind == REQUEST_ACT || request->kind == REQUEST_ROLLBACK;
}

void requests_take(struct engine *engine, struct request *request)
{
	if (is_mutating(request)) {
		if (answer_known(engine, request))
			return;
		if (!request->looked_up) {
			look_up(engine, request);
			return;
		}
		if (request->result < 0) {
			acts_answer(request, request->result);
			return;
		}
	}
	switch (request->kind) {
	case REQUEST_EXECUTE:
		take_execute(engine, request);
		break;
	case REQUEST_ACT:
		take_act(engine, request);
		break;
	case REQUEST_PLAN:
	case REQUEST_ROLLBACK:
		rollback_take(engine, request);
		break;
	case REQUEST_WATCH:
	case REQUEST_UNWATCH:
		take_watch(engine, request);
		break;
	case REQUEST_STATUS:
		take_status(engine, request);
		break;
	case REQUEST_STOP:
		take_stop(engine, request);
		break;
	case REQUEST_POLICY: /* travels to the content thread and back, and no other way */
		break;
	}
}
