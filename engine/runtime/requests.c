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
#include "runtime/catalog_worker.h"
#include "runtime/facts.h"
#include "runtime/files.h"
#include "runtime/quarantine.h"
#include "runtime/recovery.h"
#include "runtime/room.h"
#include "runtime/turn.h"

#define REQUESTS_KNOWN_MAX 20000

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
	buf_release(&request->out);
	arena_release(&request->arena);
	free(request);
}

void requests_answer(struct request *request, int result)
{
	request->result = result;
	mailbox_post_reply(request->reply_to, &request->message);
}

/* ---- knowing a request again ------------------------------------------------------------- */

static void remember(struct engine *engine, const struct request *request)
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

void requests_pinned(struct engine *engine, struct content_job *job)
{
	struct request *request = job->request;
	int result = job->result;

	if (result && !request->err.code)
		request->err = job->err;
	free(job);
	if (result)
		requests_answer(request, result);
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

static void create(struct engine *engine, struct request *request)
{
	const struct execution *running;
	struct event created;

	if (answer_known(engine, request))
		return;
	running = find_running(engine, request->workflow->name, &request->number);
	if (running && !request->flag) {
		requests_answer(request, refuse_second(engine, request, running));
		return;
	}
	fill_created(engine, request, &created, arena_strdup(&request->arena, request->file));
	(void)turn_create(engine, request->workflow, request->graph, &created);
	request->workflow = NULL; /* the execution's now */
	request->graph = NULL;
	remember(engine, request);
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
			requests_answer(request, request->result);
		else
			create(engine, request);
		return;
	}
	if (answer_known(engine, request))
		return;
	if (engine->stopping) {
		requests_answer(request,
				err_set(&request->err, ERR_UNAVAILABLE, "the engine is stopping"));
		return;
	}
	draw_id(engine, request->execution);
	pin(engine, request);
}

/* ---- acting on one ----------------------------------------------------------------------- */

static void load(struct engine *engine, struct request *request)
{
	struct load_job *job = mem_zalloc(sizeof(*job));

	job->job.message.kind = MESSAGE_LOAD;
	job->job.run = catalog_worker_load;
	job->job.reply_to = &engine->mailbox;
	memcpy(job->execution, request->execution, sizeof(job->execution));
	job->waiting = request;
	mailbox_post_reply(&engine->catalog.mailbox, &job->job.message);
}

void requests_loaded(struct engine *engine, struct load_job *job)
{
	struct request *request = job->waiting;

	if (job->loaded && live_find(&engine->lives, job->execution))
		execution_free(job->loaded); /* another request was quicker */
	else if (job->loaded)
		(void)live_add(&engine->lives, job->loaded);
	if (job->job.result < 0) {
		request->err = job->job.err;
		requests_answer(request, job->job.result);
	} else {
		requests_take(engine, request);
	}
	free(job);
}

static void park(struct engine *engine, struct request *request)
{
	engine->parked = mem_grow(engine->parked, &engine->parked_capacity,
				  engine->parked_count + 1, sizeof(struct request *));
	engine->parked[engine->parked_count++] = request;
}

void requests_unpark(struct engine *engine)
{
	size_t count = engine->parked_count;

	engine->parked_count = 0;
	for (size_t i = 0; i < count;
	     i++) /* those that must wait on are parked again, further down */
		requests_take(engine, engine->parked[i]);
}

/* The execution a request is about, ready to be acted on;
 * NULL when the request went another way. */
static struct live *find_ready(struct engine *engine, struct request *request)
{
	struct live *live = live_find(&engine->lives, request->execution);

	if (!quarantine_admits(engine, request))
		requests_answer(request, -ERR_REFUSED);
	else if (!live)
		load(engine, request);
	else if (live->unanswered) /* what its attempts do is not known yet: soon */
		park(engine, request);
	else
		return live;
	return NULL;
}

static int find_node(const struct live *live, struct request *request, uint32_t *out)
{
	int64_t node;

	*out = EVENT_NO_NODE;
	if (!request->node || !*request->node)
		return 0;
	node = workflow_find_node(live->execution->workflow, request->node);
	if (node < 0)
		return err_set(&request->err, ERR_NOT_FOUND, "%s has no node '%s'",
			       live->execution->name, request->node);
	*out = (uint32_t)node;
	return 0;
}

/* A released execution is reconciled like all others after a start. What it asks for is done when
 * its release is durable, since that touches every node. */
static void take_up(struct engine *engine, struct live *live)
{
	quarantine_lift(engine, live->execution->id);
	recovery_mark_queries(live);
	facts_query(engine, live);
}

static void apply_act(struct engine *engine, struct live *live, struct request *request,
		      struct act *act)
{
	struct input input = {.kind = INPUT_ACT,
			      .time_us = clock_wall_us(engine->options.clock),
			      .act = act,
			      .node = act->node};
	const bool was_quarantined = live->execution->quarantined;
	int rc;

	act->actor = request->actor;
	act->note = request->note;
	act->request = request->request;
	act->version = request->version;
	rc = turn_apply(engine, live, &input, &request->err);
	if (rc < 0) {
		requests_answer(request, rc);
		return;
	}
	if (was_quarantined && !live->execution->quarantined)
		take_up(engine, live);
	remember(engine, request);
	turn_answer(engine, request);
}

static void take_act(struct engine *engine, struct request *request)
{
	struct act act = {.verb = request->verb,
			  .answer = request->answer,
			  .arguments = request->params,
			  .arguments_count = request->params_count};
	struct live *live = find_ready(engine, request);
	int rc;

	if (!live)
		return;
	rc = find_node(live, request, &act.node);
	if (rc)
		requests_answer(request, rc);
	else
		apply_act(engine, live, request, &act);
}

/* ---- rolling back ------------------------------------------------------------------------ */

static int find_past(const struct live *live, struct request *request, uint32_t **out)
{
	uint32_t *past = arena_alloc(&request->arena, (request->past_count + 1) * sizeof(*past));

	for (uint32_t i = 0; i < request->past_count; i++) {
		int64_t node = workflow_find_node(live->execution->workflow, request->past[i]);

		if (node < 0)
			return err_set(&request->err, ERR_NOT_FOUND, "%s has no node '%s'",
				       live->execution->name, request->past[i]);
		past[i] = (uint32_t)node;
	}
	*out = past;
	return 0;
}

static int make_plan(const struct live *live, struct request *request, struct plan **out)
{
	uint32_t node, *past = NULL;
	int rc = find_node(live, request, &node);

	if (!rc && node == EVENT_NO_NODE)
		rc = err_set(&request->err, ERR_INVALID, "a rollback needs a node");
	if (!rc)
		rc = find_past(live, request, &past);
	if (!rc)
		rc = plan_make(live->execution, node, past, request->past_count, out,
			       &request->err);
	return rc;
}

/* Carries a plan out if it still is what the operator saw. */
static void roll_back(struct engine *engine, struct live *live, struct request *request,
		      const struct plan *plan)
{
	struct act act = {.verb = VERB_ROLLBACK, .node = plan->target, .plan = plan};

	if (plan->refused) {
		requests_answer(request, err_set(&request->err, ERR_REFUSED, "%s", plan->refused));
	} else if (strcmp(plan->id, request->plan)) {
		requests_answer(request,
				err_set(&request->err, ERR_CONFLICT,
					"the plan has changed since it was shown: look at it "
					"again (was %s, is %s)",
					request->plan, plan->id));
	} else {
		request->started = true;
		apply_act(engine, live, request, &act);
	}
}

/* Asks whether files that the plan restores are as they were left. True when the request is on its
 * way. */
static bool compare_files(struct engine *engine, struct live *live, struct request *request,
			  const struct plan *plan)
{
	struct content_job *job;

	if (request->has_compared || request->kind != REQUEST_PLAN)
		return false;
	request->compared =
		arena_alloc(&request->arena, (plan->rows_count + 1) * sizeof(*request->compared));
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];
		struct compared *file = &request->compared[request->compared_count];

		if (row->action != PLAN_RESTORE)
			continue;
		file->spec = &live->execution->workflow->nodes[row->node];
		file->folder = files_folder(live->execution, file->spec, &request->arena);
		files_item(live->execution, row->from, &file->item);
		request->compared_count++;
	}
	if (!request->compared_count)
		return false;
	live->jobs++;
	job = mem_zalloc(sizeof(*job));
	job->message.kind = MESSAGE_CONTENT;
	job->kind = CONTENT_COMPARE;
	job->request = request;
	mailbox_post_reply(&engine->content.mailbox, &job->message);
	return true;
}

void requests_compared(struct engine *engine, struct content_job *job)
{
	struct request *request = job->request;

	live_find(&engine->lives, request->execution)->jobs--; /* a job keeps it loaded */
	request->has_compared = true;
	free(job);
	requests_take(engine, request);
}

/* Rows come in the same order as when the files were listed, unless the plan changed meanwhile:
 * then the names tell. */
static void mark_changed(const struct request *request, struct plan *plan)
{
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		struct plan_row *row = &plan->rows[i];

		for (uint32_t n = 0; row->action == PLAN_RESTORE && n < request->compared_count;
		     n++)
			if (request->compared[n].changed &&
			    !strcmp(request->compared[n].item.name, row->path)) {
				row->warnings |= PLAN_WARN_CHANGED;
				row->text = "somebody changed it since; what it holds now is kept "
					    "in content.git";
			}
	}
}

static void take_rollback(struct engine *engine, struct request *request)
{
	const struct runtime_encoder *encoder = &engine->options.encoder;
	struct live *live = find_ready(engine, request);
	struct plan *plan;
	int rc;

	if (!live)
		return;
	rc = make_plan(live, request, &plan);
	if (rc) {
		requests_answer(request, rc);
		return;
	}
	if (compare_files(engine, live, request, plan)) {
		plan_free(plan);
		return;
	}
	mark_changed(request, plan);
	encoder->plan(encoder->ctx, live->execution, plan, &request->out);
	if (request->kind == REQUEST_PLAN) {
		request->seq = live->execution->seq;
		requests_answer(request, 0);
	} else {
		roll_back(engine, live, request, plan);
	}
	plan_free(plan);
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
		load(engine, request);
		return;
	}
	request->seq = engine->committed_seq;
	requests_answer(request, 0);
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
	requests_answer(request, 0);
}

static void take_stop(struct engine *engine, struct request *request)
{
	uint32_t attempts = 0;

	for (size_t i = 0; i < engine->lives.count; i++)
		attempts += engine->lives.items[i]->execution->live_count;
	if (attempts && !request->flag) {
		requests_answer(request,
				err_set(&request->err, ERR_REFUSED,
					"%u attempt%s still alive; wait for it, or stop it "
					"too with --all",
					attempts, attempts == 1 ? " is" : "s are"));
		return;
	}
	if (engine->stop_request) {
		requests_answer(request, 0);
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
			requests_answer(request, request->result);
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
		take_rollback(engine, request);
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
	}
}
