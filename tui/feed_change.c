/* SPDX-License-Identifier: MIT
 *
 * What changes something. Each request is kept until it is answered: after a lost connection the
 * same one goes out again, and the engine answers it without acting twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/feed_own.h"

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

static void act_answered(struct app *app, const ProtobufCMessage *message)
{
	const Hlp__V1__ActReply *reply = (const Hlp__V1__ActReply *)message;

	if (reply->message != NULL && reply->message[0] != '\0')
		app_say(app, ROLE_text, "%s", reply->message);
	else
		app_say(app, ROLE_text, "%s: the engine has it", app->feed->own_what);
	feed_expect_news(app);
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

static Hlp__V1__Pair **name_argument(const struct act *act, struct arena *arena, size_t *out_count)
{
	Hlp__V1__Pair *pair = arena_alloc(arena, sizeof(*pair));
	Hlp__V1__Pair **list = arena_alloc(arena, sizeof(*list));

	hlp__v1__pair__init(pair);
	pair->name = "name";
	pair->value = (char *)act->name;
	*list = pair;
	*out_count = 1;
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
	if (act->name[0] != '\0')
		request.arguments = name_argument(act, &arena, &request.n_arguments);
	else if (act->action == ACTION_DONE || strcmp(act->answer, "done") == 0)
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
		feed_expect_news(app);
		return;
	}
	feed_plan_void(app); /* it is not what was shown any more */
}

void feed_apply_plan(struct app *app, const char *reason)
{
	Hlp__V1__RollbackRequest request = HLP__V1__ROLLBACK_REQUEST__INIT;
	Hlp__V1__RollbackReply *reply = (Hlp__V1__RollbackReply *)app->plan.answer.message;
	struct pending how = {.rpc = "TriggerRollback",
			      .reply = &hlp__v1__rollback_reply__descriptor,
			      .answered = rollback_answered};
	char id[27];

	(void)snprintf(how.what, sizeof(how.what), "rollback of %.180s",
		       rollback_name(&app->plan.asked));
	app_say(app, ROLE_dim, "%s: asked", how.what);
	if (app->client == NULL || reply == NULL)
		return;
	request.request = client_request_id(id);
	request.execution = app->execution;
	rollback_fill(&app->plan.asked, &request);
	request.plan = reply->plan->id;
	request.shown = reply->plan;
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

/* ---- again ------------------------------------------------------------------------------- */

void feed_send_due(struct app *app)
{
	for (struct pending *at = app->feed->pending; at != NULL; at = at->next)
		if (at->again_us != 0 && app->now_us >= at->again_us)
			send_pending(at);
}

int64_t feed_due_us(const struct app *app)
{
	int64_t due_us = INT64_MAX;

	for (const struct pending *at = app->feed->pending; at != NULL; at = at->next)
		if (at->again_us != 0 && at->again_us < due_us)
			due_us = at->again_us;
	return due_us;
}

void feed_forget_pending(struct feed *feed)
{
	while (feed->pending != NULL) {
		struct pending *gone = feed->pending;
		feed->pending = gone->next;
		protobuf_c_message_free_unpacked(gone->request, NULL);
		free(gone);
	}
}
