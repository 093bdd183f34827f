/* SPDX-License-Identifier: MIT
 *
 * One-off questions. One of a kind is under way at a time: a new one takes its place. The answer is
 * copied and kept where the view that asked looks for it, until the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/attempts.h"
#include "tui/feed_own.h"

ProtobufCMessage *feed_copy(const ProtobufCMessage *message)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = mem_alloc(size + 1);

	(void)protobuf_c_message_pack(message, bytes);
	ProtobufCMessage *copy = protobuf_c_message_unpack(message->descriptor, NULL, size, bytes);
	free(bytes);
	return copy;
}

void feed_forget(struct feed_answer *answer)
{
	if (answer->message != NULL)
		protobuf_c_message_free_unpacked(answer->message, NULL);
	*answer = (struct feed_answer){0};
}

static void on_answer(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct feed_ask *ask = ctx;
	struct app *app = ask->app;

	app->changed = app->urgent = true;
	if (message == NULL) {
		ask->call = NULL;
		if (err->code != ERR_NONE)
			(void)snprintf(ask->into->error, sizeof(ask->into->error), "%s",
				       err->message);
		return;
	}
	feed_forget(ask->into);
	ask->into->message = feed_copy(message);
	if (ask->then != NULL)
		ask->then(app);
}

static void ask(struct app *app, enum feed_question question, struct feed_answer *into,
		const char *rpc, const ProtobufCMessage *request,
		const ProtobufCMessageDescriptor *reply)
{
	if (app->client == NULL || app->feed == NULL)
		return;
	struct feed_ask *how = &app->feed->asks[question];
	feed_stop(app, &how->call);
	how->app = app;
	how->into = into;
	into->error[0] = '\0';
	how->call = client_start(app->client, rpc, request, reply, on_answer, how);
}

void feed_diff(struct app *app, const struct diff_question *about)
{
	Hlp__V1__DiffRequest request = HLP__V1__DIFF_REQUEST__INIT;

	request.execution = app->execution;
	request.artifact = (char *)about->artifact;
	request.old_revision = (char *)about->old_revision;
	request.new_revision = (char *)about->new_revision;
	request.context = about->context;
	request.compare = (char *)about->compare;
	ask(app, FEED_DIFF, &app->diff.answer, "DiffArtifact", &request.base,
	    &hlp__v1__diff_reply__descriptor);
}

void feed_find(struct app *app, const struct find_question *about, void (*then)(struct app *app))
{
	Hlp__V1__FindRequest request = HLP__V1__FIND_REQUEST__INIT;

	if (app->feed == NULL || app_node(app) == NULL)
		return;
	app->feed->asks[FEED_FIND].then = then;
	request.execution = app->execution;
	request.node = (char *)app_node(app)->id;
	request.kind = app->attempts.shown.kind;
	request.attempt = app->tail.attempt;
	request.text = (char *)about->text;
	request.errors = about->errors;
	request.backwards = about->backwards;
	request.from = about->from;
	request.lines_most = about->lines;
	ask(app, FEED_FIND, &app->found.answer, "FindOutput", &request.base,
	    &hlp__v1__find_reply__descriptor);
}

void feed_find_stop(struct app *app)
{
	if (app->feed != NULL)
		feed_stop(app, &app->feed->asks[FEED_FIND].call);
}

void feed_attempts(struct app *app)
{
	Hlp__V1__AttemptsRequest request = HLP__V1__ATTEMPTS_REQUEST__INIT;

	if (app->feed == NULL || app_node(app) == NULL)
		return;
	attempts_asked(app);
	app->feed->asks[FEED_ATTEMPTS].then = attempts_taken;
	request.execution = app->execution;
	request.node = (char *)app_node(app)->id;
	ask(app, FEED_ATTEMPTS, &app->attempts.list, "ListAttempts", &request.base,
	    &hlp__v1__attempt_list__descriptor);
}

void feed_engine(struct app *app, void (*then)(struct app *app))
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;

	if (app->feed == NULL)
		return;
	app->feed->asks[FEED_ENGINE].then = then;
	ask(app, FEED_ENGINE, &app->engine, "GetEngine", &request.base,
	    &hlp__v1__engine_status__descriptor);
}

void feed_artifacts(struct app *app)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;

	request.execution = app->execution;
	ask(app, FEED_ARTIFACTS, &app->artifacts.answer, "ListArtifacts", &request.base,
	    &hlp__v1__artifact_list__descriptor);
}

void feed_checkpoints(struct app *app)
{
	Hlp__V1__CheckpointsRequest request = HLP__V1__CHECKPOINTS_REQUEST__INIT;

	feed_forget(&app->plan.checkpoints);
	request.execution = app->execution;
	ask(app, FEED_CHECKPOINTS, &app->plan.checkpoints, "ListCheckpoints", &request.base,
	    &hlp__v1__checkpoint_list__descriptor);
}

void feed_take_pins(struct app *app, const Hlp__V1__PinList *list)
{
	feed_forget(&app->pins);
	app->pins.message = feed_copy(&list->base);
	app->changed = true;
}

void feed_pins(struct app *app)
{
	Hlp__V1__PinsRequest request = HLP__V1__PINS_REQUEST__INIT;

	feed_forget(&app->pins);
	request.execution = app->execution;
	ask(app, FEED_PINS, &app->pins, "ListPins", &request.base, &hlp__v1__pin_list__descriptor);
}

/* ---- the past ---------------------------------------------------------------------------- */

static void take_moment(struct app *app)
{
	if (app->past == 0)
		return; /* it was left meanwhile */
	(void)mirror_apply(&app->mirror, (const Hlp__V1__Update *)app->moment.message);
	app_mirror_changed(app);
}

void feed_past(struct app *app, uint64_t seq, int64_t time_us)
{
	Hlp__V1__MomentRequest request = HLP__V1__MOMENT_REQUEST__INIT;

	app->past = seq;
	app->past_us = time_us;
	app->changed = true;
	if (app->feed == NULL)
		return;
	feed_stop(app, &app->feed->watch);
	app->feed->watch_us = INT64_MAX;
	app->feed->asks[FEED_MOMENT].then = take_moment;
	request.execution = app->execution;
	request.seq = seq;
	ask(app, FEED_MOMENT, &app->moment, "GetMoment", &request.base,
	    &hlp__v1__update__descriptor);
}

void feed_now(struct app *app)
{
	app->past = 0;
	app->changed = true;
	if (app->feed == NULL)
		return;
	feed_stop(app, &app->feed->asks[FEED_MOMENT].call);
	app->feed->watch_us = app->now_us;
}

/* ---- executions -------------------------------------------------------------------------- */

static void open_live(struct app *app)
{
	const Hlp__V1__ExecutionList *list =
		(const Hlp__V1__ExecutionList *)app->runs.answer.message;

	if (!app->runs.open_live)
		return;
	app->runs.open_live = false;
	for (size_t i = 0; i < list->n_executions; i++) {
		if (list->executions[i]->ended)
			continue;
		feed_watch(app, list->executions[i]->id);
		app_home(app);
		return;
	}
}

void feed_runs(struct app *app)
{
	Hlp__V1__ListRequest request = HLP__V1__LIST_REQUEST__INIT;

	if (app->client == NULL || app->feed->asks[FEED_RUNS].call != NULL)
		return;
	request.limit = 500;
	app->feed->runs_us = app->now_us + AGAIN_RUNS_US;
	app->feed->asks[FEED_RUNS].then = open_live;
	ask(app, FEED_RUNS, &app->runs.answer, "ListExecutions", &request.base,
	    &hlp__v1__execution_list__descriptor);
}

void feed_compared(struct app *app, int which, const char *execution)
{
	Hlp__V1__StatusRequest status = HLP__V1__STATUS_REQUEST__INIT;
	Hlp__V1__GraphRequest graph = HLP__V1__GRAPH_REQUEST__INIT;
	struct compared *side = &app->compare.sides[which];

	status.execution = graph.execution = (char *)execution;
	ask(app, which ? FEED_STATUS_B : FEED_STATUS_A, &side->status, "GetExecutionStatus",
	    &status.base, &hlp__v1__status__descriptor);
	ask(app, which ? FEED_GRAPH_B : FEED_GRAPH_A, &side->graph, "GetGraph", &graph.base,
	    &hlp__v1__graph__descriptor);
}

/* ---- plans ------------------------------------------------------------------------------- */

void feed_take_plan(struct app *app, const Hlp__V1__RollbackReply *reply)
{
	feed_forget(&app->plan.answer);
	app->plan.answer.message = feed_copy(&reply->base);
	app->changed = true;
}

void feed_plan_void(struct app *app)
{
	if (app->dialog.kind != DIALOG_PLAN)
		return;
	app->plan.changed = true;
	app->plan.page.top = 0;
	app->dialog.opened_us = app->now_us; /* what is being typed was meant for the old plan */
	app->dialog.edit = (struct edit){0};
	if (app->client != NULL)
		feed_plan(app);
}

void feed_plan(struct app *app)
{
	Hlp__V1__RollbackRequest request = HLP__V1__ROLLBACK_REQUEST__INIT;
	char id[27];

	feed_forget(&app->plan.answer);
	request.request = client_request_id(id);
	request.execution = app->execution;
	rollback_fill(&app->plan.asked, &request);
	ask(app, FEED_PLAN, &app->plan.answer, "TriggerRollback", &request.base,
	    &hlp__v1__rollback_reply__descriptor);
}
