/* SPDX-License-Identifier: MIT
 *
 * Asking the engine. Queries are one call at a time each and are simply asked again later. What
 * changes something is kept, with its request id, until it is answered: after a lost connection the
 * same request goes out again, and the engine answers it without acting twice.
 */
#include "tui/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "tui/words.h"

#define AGAIN_ENDED_US	(2 * CLOCK_SECOND_US)
#define AGAIN_LOST_US	(CLOCK_SECOND_US / 4)
#define AGAIN_OUTPUT_US (CLOCK_SECOND_US * 4 / 10)
#define AGAIN_RUNS_US	(2 * CLOCK_SECOND_US)
#define OWN_ACT_US	(5 * CLOCK_SECOND_US)

/* A request that changes something, until it is answered. */
struct pending {
	struct pending *next;
	struct app *app;
	const char *rpc;
	ProtobufCMessage *request; /* a copy of our own */
	const ProtobufCMessageDescriptor *reply;
	void (*answered)(struct app *app, const ProtobufCMessage *message);
	char what[200]; /* "retry swap" */
	struct client_rpc *call;
	int64_t again_us; /* 0: it is under way */
	bool seen;	  /* a message came: the end that follows is no failure */
};

struct feed {
	struct client_rpc *watch, *graph, *runs, *output, *diff, *attempts, *plan, *pins, *presence;
	int64_t watch_us, graph_us, output_us, runs_us, presence_us; /* when to ask again */
	bool told_armed; /* what the others were told of this console */
	int64_t clock_us;
	struct pending *pending;
	char own_what[200]; /* "retry swap": the last act of one's own */
	int64_t own_us;
};

struct feed *feed_new(struct app *app)
{
	struct feed *feed = mem_zalloc(sizeof(*feed));

	feed->watch_us = feed->graph_us = feed->presence_us = INT64_MAX;
	app->feed = feed;
	return feed;
}

void feed_free(struct feed *feed)
{
	if (feed == NULL)
		return;
	while (feed->pending != NULL) {
		struct pending *gone = feed->pending;
		feed->pending = gone->next;
		protobuf_c_message_free_unpacked(gone->request, NULL);
		free(gone);
	}
	free(feed);
}

static void stop(struct app *app, struct client_rpc **call)
{
	if (*call != NULL)
		client_cancel(app->client, *call);
	*call = NULL;
}

/* ---- the watch and its graph ------------------------------------------------------------- */

static void say_failure(struct app *app, const char *what, const struct err *err)
{
	if (err->code != ERR_NONE && err->code != ERR_UNAVAILABLE)
		app_say(app, ROLE_error, "%s: %s", what, err->message);
}

static void on_graph(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	if (message == NULL) {
		app->feed->graph = NULL;
		if (!app->mirror.has_graph)
			app->feed->graph_us = app->now_us + AGAIN_LOST_US;
		say_failure(app, "cannot show the graph", err);
		return;
	}
	mirror_set_graph(&app->mirror, (const Hlp__V1__Graph *)message);
	app->feed->graph_us = INT64_MAX;
	app_mirror_changed(app);
}

static void ask_graph(struct app *app)
{
	Hlp__V1__GraphRequest request = HLP__V1__GRAPH_REQUEST__INIT;

	if (app->feed->graph != NULL)
		return;
	request.execution = app->execution;
	app->feed->graph_us = INT64_MAX;
	app->feed->graph = client_start(app->client, "GetGraph", &request.base,
					&hlp__v1__graph__descriptor, on_graph, app);
}

static bool has_unknown_node(const struct mirror *mirror, const Hlp__V1__Update *update)
{
	for (size_t i = 0; i < update->n_nodes; i++) {
		if (update->nodes[i]->index >= mirror->nodes_count)
			return true;
	}
	return false;
}

/* What other people did. One's own acts are answered already. */
static void tell_acts(struct app *app, const Hlp__V1__Update *update)
{
	for (size_t i = 0; i < update->n_acts && !update->snapshot; i++) {
		const Hlp__V1__ActRecord *act = update->acts[i];
		bool own = text_starts_with(app->feed->own_what, act->verb) &&
			   app->now_us - app->feed->own_us < OWN_ACT_US;
		char at[16];
		words_clock(act->time_us, at, sizeof(at));
		if (!own)
			app_say(app, ROLE_warning, "%s %.60s: %s %.64s%s%.150s", at, act->actor,
				act->verb, act->node, act->note[0] ? ": " : "", act->note);
	}
}

static void on_watch(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;
	const Hlp__V1__Update *update = (const Hlp__V1__Update *)message;

	if (update == NULL) {
		app->feed->watch = NULL;
		app->feed->watch_us = app->now_us + (err->code == ERR_UNAVAILABLE ? AGAIN_LOST_US
										  : AGAIN_ENDED_US);
		say_failure(app, app->execution, err);
		return;
	}
	if (!app->mirror.has_graph || has_unknown_node(&app->mirror, update))
		ask_graph(app);
	if (mirror_apply(&app->mirror, update))
		app_mirror_changed(app);
	tell_acts(app, update);
}

static void ask_watch(struct app *app)
{
	Hlp__V1__WatchRequest request = HLP__V1__WATCH_REQUEST__INIT;

	request.execution = app->execution;
	app->feed->watch_us = INT64_MAX;
	app->feed->watch = client_start(app->client, "Watch", &request.base,
					&hlp__v1__update__descriptor, on_watch, app);
}

/* ---- who else is here -------------------------------------------------------------------- */

static void take_people(struct app *app, const Hlp__V1__Presence *presence)
{
	struct people *people = &app->people;
	const size_t most = sizeof(people->list) / sizeof(people->list[0]);

	*people = (struct people){0};
	for (size_t i = 0; i < presence->n_people; i++) {
		const Hlp__V1__Person *person = presence->people[i];
		if (person->you)
			continue;
		if (people->count == most) {
			people->more++;
			continue;
		}
		struct person *to = &people->list[people->count++];
		(void)snprintf(to->name, sizeof(to->name), "%s", person->actor);
		to->armed = person->armed;
	}
	app->changed = true;
}

static void on_presence(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	(void)err; /* it is asked for again, and nothing depends on it */
	if (message != NULL) {
		take_people(app, (const Hlp__V1__Presence *)message);
		return;
	}
	app->feed->presence = NULL;
	app->feed->presence_us = app->now_us + AGAIN_ENDED_US;
	app->people = (struct people){0};
	app->changed = true;
}

/* The stream stands for this console; when it arms or disarms, it is opened anew. */
static void ask_presence(struct app *app)
{
	Hlp__V1__PresenceRequest request = HLP__V1__PRESENCE_REQUEST__INIT;
	struct feed *feed = app->feed;
	bool armed = app_is_armed(app);

	if (app->execution[0] == '\0' || !app->mirror.has_rows)
		return;
	if (feed->presence != NULL && feed->told_armed != armed)
		stop(app, &feed->presence);
	else if (feed->presence != NULL || app->now_us < feed->presence_us)
		return;
	feed->told_armed = armed;
	request.execution = app->mirror.id;
	request.armed = armed;
	feed->presence = client_start(app->client, "BePresent", &request.base,
				      &hlp__v1__presence__descriptor, on_presence, app);
}

void feed_watch(struct app *app, const char *execution)
{
	(void)snprintf(app->execution, sizeof(app->execution), "%s", execution);
	app_close_dialog(app);
	mirror_release(&app->mirror);
	mirror_init(&app->mirror);
	app->selected = 0;
	app->selected_id[0] = '\0';
	app->problem_version = 0;
	app->list.built = false;
	app->list.top = 0;
	layout_free(app->graph.layout);
	app->graph = (struct graph_state){0};
	tail_restart(&app->tail);
	app->changed = true;
	if (app->client == NULL || app->feed == NULL)
		return;
	stop(app, &app->feed->presence);
	app->feed->presence_us = 0;
	app->people = (struct people){0};
	stop(app, &app->feed->watch);
	stop(app, &app->feed->graph);
	stop(app, &app->feed->output);
	ask_graph(app);
	ask_watch(app);
}

/* ---- output ------------------------------------------------------------------------------ */

static bool is_output_shown(const struct app *app)
{
	enum view_id view = app_view(app);

	if (view == VIEW_NODE || view == VIEW_OUTPUT)
		return true;
	return app_is_wide(app) && (view == VIEW_LIST || view == VIEW_GRAPH);
}

/* While a node is being undone, what its undo prints is what matters. */
static bool shows_undo(const struct mirror_node *node)
{
	return node->undo_attempt > 0 &&
	       (node->state == STATE_RECOVERING || node->reason == REASON_UNDO_FAILED);
}

static void on_output(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;
	const Hlp__V1__OutputChunk *chunk = (const Hlp__V1__OutputChunk *)message;
	const struct mirror_node *node = app_node(app);

	if (chunk == NULL) {
		app->feed->output = NULL;
		if (err->code == ERR_NONE || err->code == ERR_UNAVAILABLE)
			return;
		/* An attempt that printed nothing has no file. */
		app->feed->output_us = app->now_us + CLOCK_SECOND_US;
		if (app->tail.size < 0)
			app->tail.size = 0;
		app->tail.live = node != NULL && words_is_live(node);
		app->changed = true;
		return;
	}
	struct tail_chunk piece = {.data = chunk->data.data,
				   .length = chunk->data.len,
				   .offset = chunk->offset,
				   .size = chunk->size,
				   .attempt = chunk->attempt,
				   .live = chunk->live};
	tail_take(&app->tail, &piece);
	app->feed->output_us = app->now_us;
	if (chunk->data.len < TAIL_STEP)
		app->feed->output_us += AGAIN_OUTPUT_US;
	app->changed = true;
}

static void ask_output(struct app *app)
{
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	const struct mirror_node *node = app_node(app);
	struct tail_range range;

	if (node == NULL || node->attempt == 0 || !is_output_shown(app))
		return;
	if (app->tail_moved) {
		stop(app, &app->feed->output);
		app->feed->output_us = 0;
		app->tail_moved = false;
	}
	bool undo = shows_undo(node);
	uint32_t attempt = undo ? node->undo_attempt : node->attempt;
	if (app->tail_undo != undo || (app->tail.attempt != 0 && app->tail.attempt != attempt))
		tail_restart(&app->tail);
	app->tail_undo = undo;
	if (app->feed->output != NULL || app->now_us < app->feed->output_us ||
	    !tail_wants(&app->tail, &range))
		return;
	request.execution = app->execution;
	request.node = (char *)node->id;
	request.kind = undo ? "undo" : "run";
	request.attempt = attempt;
	request.offset = range.offset;
	request.length = range.length;
	app->feed->output = client_start(app->client, "ReadOutput", &request.base,
					 &hlp__v1__output_chunk__descriptor, on_output, app);
}

/* ---- one-off questions ------------------------------------------------------------------- */

static void on_diff(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	if (message == NULL) {
		app->feed->diff = NULL;
		if (err->code != ERR_NONE)
			(void)snprintf(app->diff.error, sizeof(app->diff.error), "%s",
				       err->message);
		app->changed = true;
		return;
	}
	if (app->diff.reply != NULL)
		hlp__v1__diff_reply__free_unpacked(app->diff.reply, NULL);
	app->diff.reply = (Hlp__V1__DiffReply *)feed_copy(message);
	app->diff.page.top = 0;
	app->changed = true;
}

ProtobufCMessage *feed_copy(const ProtobufCMessage *message)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = mem_alloc(size + 1);

	(void)protobuf_c_message_pack(message, bytes);
	ProtobufCMessage *copy = protobuf_c_message_unpack(message->descriptor, NULL, size, bytes);
	free(bytes);
	return copy;
}

void feed_diff(struct app *app, uint32_t node, const char *path)
{
	Hlp__V1__DiffRequest request = HLP__V1__DIFF_REQUEST__INIT;

	if (app->client == NULL)
		return;
	stop(app, &app->feed->diff);
	char *artifact = mem_printf("%s:%s", app->mirror.nodes[node].id, path);
	request.execution = app->execution;
	request.artifact = artifact;
	app->feed->diff = client_start(app->client, "DiffArtifact", &request.base,
				       &hlp__v1__diff_reply__descriptor, on_diff, app);
	free(artifact);
}

static void on_attempts(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	if (message == NULL) {
		app->feed->attempts = NULL;
		say_failure(app, "cannot list the attempts", err);
		return;
	}
	if (app->why.attempts != NULL)
		hlp__v1__attempt_list__free_unpacked(app->why.attempts, NULL);
	app->why.attempts = (Hlp__V1__AttemptList *)feed_copy(message);
	app->changed = true;
}

void feed_attempts(struct app *app, uint32_t node)
{
	Hlp__V1__AttemptsRequest request = HLP__V1__ATTEMPTS_REQUEST__INIT;

	if (app->client == NULL)
		return;
	stop(app, &app->feed->attempts);
	request.execution = app->execution;
	request.node = (char *)app->mirror.nodes[node].id;
	app->feed->attempts = client_start(app->client, "ListAttempts", &request.base,
					   &hlp__v1__attempt_list__descriptor, on_attempts, app);
}

static void open_live(struct app *app)
{
	const Hlp__V1__ExecutionList *list = app->runs.list;

	app->runs.open_live = false;
	for (size_t i = 0; i < list->n_executions; i++) {
		if (list->executions[i]->ended)
			continue;
		feed_watch(app, list->executions[i]->id);
		app_home(app);
		return;
	}
}

static void on_runs(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	if (message == NULL) {
		app->feed->runs = NULL;
		say_failure(app, "cannot list the executions", err);
		return;
	}
	if (app->runs.list != NULL)
		hlp__v1__execution_list__free_unpacked(app->runs.list, NULL);
	app->runs.list = (Hlp__V1__ExecutionList *)feed_copy(message);
	app->changed = true;
	if (app->runs.open_live)
		open_live(app);
}

void feed_runs(struct app *app)
{
	Hlp__V1__ListRequest request = HLP__V1__LIST_REQUEST__INIT;

	if (app->client == NULL || app->feed->runs != NULL)
		return;
	request.limit = 500;
	app->feed->runs_us = app->now_us + AGAIN_RUNS_US;
	app->feed->runs = client_start(app->client, "ListExecutions", &request.base,
				       &hlp__v1__execution_list__descriptor, on_runs, app);
}

static void on_pins(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	if (message != NULL)
		feed_take_pins(app, (const Hlp__V1__PinList *)message);
	else {
		app->feed->pins = NULL;
		say_failure(app, "cannot look at the pinned files", err);
	}
}

static void forget_pins(struct app *app)
{
	if (app->pins != NULL)
		hlp__v1__pin_list__free_unpacked(app->pins, NULL);
	app->pins = NULL;
}

void feed_take_pins(struct app *app, const Hlp__V1__PinList *list)
{
	forget_pins(app);
	app->pins = (Hlp__V1__PinList *)feed_copy(&list->base);
	app->changed = true;
}

void feed_pins(struct app *app)
{
	Hlp__V1__PinsRequest request = HLP__V1__PINS_REQUEST__INIT;

	forget_pins(app);
	if (app->client == NULL)
		return;
	stop(app, &app->feed->pins);
	request.execution = app->execution;
	app->feed->pins = client_start(app->client, "ListPins", &request.base,
				       &hlp__v1__pin_list__descriptor, on_pins, app);
}

static void on_plan(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	if (message == NULL) {
		app->feed->plan = NULL;
		if (err->code != ERR_NONE)
			(void)snprintf(app->plan.error, sizeof(app->plan.error), "%s",
				       err->message);
		app->changed = true;
		return;
	}
	feed_take_plan(app, (const Hlp__V1__RollbackReply *)message);
}

static void forget_plan(struct plan_state *plan)
{
	if (plan->reply != NULL)
		hlp__v1__rollback_reply__free_unpacked(plan->reply, NULL);
	plan->reply = NULL;
	plan->error[0] = '\0';
}

void feed_take_plan(struct app *app, const Hlp__V1__RollbackReply *reply)
{
	forget_plan(&app->plan);
	app->plan.reply = (Hlp__V1__RollbackReply *)feed_copy(&reply->base);
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
		feed_plan(app, app->dialog.act.node);
}

void feed_plan(struct app *app, uint32_t node)
{
	Hlp__V1__RollbackRequest request = HLP__V1__ROLLBACK_REQUEST__INIT;
	char id[27];

	forget_plan(&app->plan);
	if (app->client == NULL)
		return;
	stop(app, &app->feed->plan);
	request.request = client_request_id(id);
	request.execution = app->execution;
	request.node = (char *)app->mirror.nodes[node].id;
	app->feed->plan = client_start(app->client, "TriggerRollback", &request.base,
				       &hlp__v1__rollback_reply__descriptor, on_plan, app);
}

/* ---- what changes something -------------------------------------------------------------- */

static void on_pending(void *ctx, const ProtobufCMessage *message, const struct err *err);

static void send_pending(struct pending *pending)
{
	pending->again_us = 0;
	pending->call = client_start(pending->app->client, pending->rpc, pending->request,
				     pending->reply, on_pending, pending);
}

static void forget(struct pending *gone)
{
	struct pending **link = &gone->app->feed->pending;

	while (*link != gone)
		link = &(*link)->next;
	*link = gone->next;
	protobuf_c_message_free_unpacked(gone->request, NULL);
	free(gone);
}

static void on_pending(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct pending *pending = ctx;
	struct app *app = pending->app;

	if (message != NULL) {
		if (!pending->seen)
			pending->answered(app, message);
		pending->seen = true;
		return;
	}
	pending->call = NULL;
	if (err->code == ERR_UNAVAILABLE && !pending->seen) {
		pending->again_us = app->now_us + AGAIN_LOST_US;
		app_say(app, ROLE_warning, "%s: no answer yet; it is sent again, acted on once",
			pending->what);
		return;
	}
	if (err->code != ERR_NONE && !pending->seen) {
		app_say(app, ROLE_error, "%s: %s", pending->what, err->message);
		app->beep = true;
		if (err->code == ERR_CONFLICT && strcmp(pending->rpc, "TriggerRollback") == 0)
			feed_plan_void(app);
	}
	forget(pending);
}

static void send_change(struct app *app, const struct pending *how, const ProtobufCMessage *request)
{
	if (app->client == NULL)
		return;
	struct pending *pending = mem_dup(how, sizeof(*how));
	pending->app = app;
	pending->request = feed_copy(request);
	pending->next = app->feed->pending;
	app->feed->pending = pending;
	(void)snprintf(app->feed->own_what, sizeof(app->feed->own_what), "%s", how->what);
	app->feed->own_us = app->now_us;
	send_pending(pending);
}

/* Something is about to happen: a watch that had ended is worth asking for again at once. */
static void expect_news(struct app *app)
{
	if (app->feed->watch == NULL)
		app->feed->watch_us = app->now_us;
}

static void act_answered(struct app *app, const ProtobufCMessage *message)
{
	const Hlp__V1__ActReply *reply = (const Hlp__V1__ActReply *)message;

	if (reply->message != NULL && reply->message[0] != '\0')
		app_say(app, ROLE_text, "%s", reply->message);
	else
		app_say(app, ROLE_text, "%s: the engine has it", app->feed->own_what);
	expect_news(app);
}

/* What was typed into the form goes along as the outputs of a node that was done by hand. */
static Hlp__V1__Pair **arguments_of(struct app *app, struct arena *arena, size_t *out_count)
{
	size_t count = app->form.count;
	Hlp__V1__Pair *pairs = arena_alloc(arena, (count + 1) * sizeof(*pairs));
	Hlp__V1__Pair **list = arena_alloc(arena, (count + 1) * sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		hlp__v1__pair__init(&pairs[i]);
		pairs[i].name = app->form.fields[i].name;
		pairs[i].value = app->form.fields[i].value.text;
		list[i] = &pairs[i];
	}
	*out_count = count;
	return list;
}

void feed_act(struct app *app, const struct act *act, const char *reason)
{
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	const struct mirror_node *node = app_act_node(app, act);
	struct arena arena = {0};
	struct pending how = {
		.rpc = "Act", .reply = &hlp__v1__act_reply__descriptor, .answered = act_answered};
	char id[27];

	(void)snprintf(how.what, sizeof(how.what), "%s %s", act->verb,
		       node ? node->id : app->mirror.name);
	app_say(app, ROLE_dim, "%s: asked", how.what);
	if (app->client == NULL)
		return;
	request.request = client_request_id(id);
	request.execution = app->execution;
	request.node = node ? (char *)node->id : "";
	request.verb = (char *)act->verb;
	request.answer = (char *)act->answer;
	request.note = (char *)reason;
	request.version = node ? node->version : 0;
	request.confirmed = true;
	if (act->action == ACTION_DONE)
		request.arguments = arguments_of(app, &arena, &request.n_arguments);
	send_change(app, &how, &request.base);
	arena_release(&arena);
}

static void rollback_answered(struct app *app, const ProtobufCMessage *message)
{
	const Hlp__V1__RollbackReply *reply = (const Hlp__V1__RollbackReply *)message;

	if (reply->started) {
		app_say(app, ROLE_text, "the rollback is under way");
		app_close_dialog(app);
		app_home(app); /* where the undoing is seen */
		expect_news(app);
		return;
	}
	feed_plan_void(app); /* it is not what was shown any more */
}

void feed_apply_plan(struct app *app, uint32_t node, const char *plan, const char *reason)
{
	Hlp__V1__RollbackRequest request = HLP__V1__ROLLBACK_REQUEST__INIT;
	struct pending how = {.rpc = "TriggerRollback",
			      .reply = &hlp__v1__rollback_reply__descriptor,
			      .answered = rollback_answered};
	char id[27];

	(void)snprintf(how.what, sizeof(how.what), "rollback of %s", app->mirror.nodes[node].id);
	app_say(app, ROLE_dim, "%s: asked", how.what);
	if (app->client == NULL)
		return;
	request.request = client_request_id(id);
	request.execution = app->execution;
	request.node = (char *)app->mirror.nodes[node].id;
	request.plan = (char *)plan;
	request.note = (char *)reason;
	send_change(app, &how, &request.base);
}

static void execute_answered(struct app *app, const ProtobufCMessage *message)
{
	const Hlp__V1__Update *update = (const Hlp__V1__Update *)message;

	if (update->execution == NULL)
		return;
	app_started_here(app, update->execution->id);
	feed_watch(app, update->execution->id);
	app_home(app);
	app_say(app, ROLE_text, "%s is started; acts are allowed from this console",
		update->execution->name);
}

void feed_execute(struct app *app, const Hlp__V1__ExecuteRequest *request)
{
	struct pending how = {.rpc = "ExecuteDAG",
			      .reply = &hlp__v1__update__descriptor,
			      .answered = execute_answered};

	const char *name = strrchr(request->file, '/');
	(void)snprintf(how.what, sizeof(how.what), "run %.180s", name ? name + 1 : request->file);
	app_say(app, ROLE_dim, "%s: asked", how.what);
	send_change(app, &how, &request->base);
}

/* ---- time -------------------------------------------------------------------------------- */

void feed_tick(struct app *app)
{
	struct feed *feed = app->feed;

	if (feed == NULL || app->client == NULL)
		return;
	if (app->now_us >= feed->clock_us) {
		feed->clock_us = app->now_us + CLOCK_SECOND_US - app->wall_us % CLOCK_SECOND_US;
		app->changed = true;
	}
	if (feed->watch == NULL && app->now_us >= feed->watch_us)
		ask_watch(app);
	if (feed->graph == NULL && app->now_us >= feed->graph_us)
		ask_graph(app);
	if ((app_view(app) == VIEW_RUNS || app->runs.open_live) && app->now_us >= feed->runs_us)
		feed_runs(app);
	ask_output(app);
	ask_presence(app);
	for (struct pending *at = feed->pending; at != NULL; at = at->next) {
		if (at->again_us != 0 && app->now_us >= at->again_us)
			send_pending(at);
	}
}

static void sooner(int64_t *deadline_us, int64_t at_us)
{
	if (at_us < *deadline_us)
		*deadline_us = at_us;
}

int64_t feed_deadline_us(const struct app *app)
{
	const struct feed *feed = app->feed;
	int64_t deadline_us = INT64_MAX;
	struct tail_range range;

	if (feed == NULL)
		return INT64_MAX;
	sooner(&deadline_us, feed->clock_us);
	if (feed->watch == NULL)
		sooner(&deadline_us, feed->watch_us);
	if (feed->graph == NULL)
		sooner(&deadline_us, feed->graph_us);
	if (feed->presence == NULL && app->mirror.has_rows)
		sooner(&deadline_us, feed->presence_us);
	if (feed->output == NULL && is_output_shown(app) && app_node(app) != NULL &&
	    app_node(app)->attempt > 0 && tail_wants(&app->tail, &range))
		sooner(&deadline_us, feed->output_us);
	for (const struct pending *at = feed->pending; at != NULL; at = at->next) {
		if (at->again_us != 0)
			sooner(&deadline_us, at->again_us);
	}
	return deadline_us;
}
