/* SPDX-License-Identifier: MIT
 *
 * Asking the engine. Queries are one call at a time each and are simply asked again later. What
 * changes something is kept, with its request id, until it is answered: after a lost connection the
 * same request goes out again, and the engine answers it without acting twice.
 */
#include "tui/feed_own.h"
#include "tui/graph.h"
#include "tui/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/attach.h"
#include "tui/attempts.h"
#include "tui/words.h"

#define AGAIN_ENDED_US	(2 * CLOCK_SECOND_US)
#define AGAIN_OUTPUT_US (CLOCK_SECOND_US * 4 / 10)
#define OWN_ACT_US	(5 * CLOCK_SECOND_US)

struct feed *feed_new(struct app *app)
{
	struct feed *feed = mem_zalloc(sizeof(*feed));

	feed->watch_us = feed->graph_us = feed->presence_us = feed->events_us = INT64_MAX;
	app->feed = feed;
	return feed;
}

void feed_free(struct feed *feed)
{
	if (feed == NULL)
		return;
	feed_forget_pending(feed);
	free(feed);
}

void feed_stop(struct app *app, struct client_rpc **call)
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
	if (app->mirror.uses_agent && !app->read_only)
		attach_tell_agent(app->client, app->execution);
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
	for (size_t i = 0; i < update->n_nodes; i++)
		if (update->nodes[i]->index >= mirror->nodes_count)
			return true;
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
		feed_stop(app, &feed->presence);
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
	graph_forget(&app->graph);
	tail_restart(&app->tail);
	feed_forget(&app->artifacts.answer);
	attempts_forget(app);
	app->artifacts.base[0] = '\0';
	journal_forget(&app->journal);
	app->timeline = (struct timeline_state){0};
	app_clear_marks(app);
	app->coach_seen = 0;
	app->past = 0;
	app->changed = true;
	if (app->client == NULL || app->feed == NULL)
		return;
	feed_stop(app, &app->feed->presence);
	app->feed->presence_us = 0;
	app->people = (struct people){0};
	feed_stop(app, &app->feed->events);
	for (int question = 0; question < FEED_ASKS; question++)
		feed_stop(app, &app->feed->asks[question].call);
	feed_stop(app, &app->feed->watch);
	feed_stop(app, &app->feed->graph);
	feed_stop(app, &app->feed->output);
	ask_watch(app); /* first: its rows say how all stands, and are sooner made */
	ask_graph(app);
}

/* ---- the journal ------------------------------------------------------------------------- */

static void on_event(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct app *app = ctx;

	app->changed = true;
	if (message != NULL) {
		journal_take(&app->journal, (const Hlp__V1__EventRecord *)message);
		return;
	}
	app->feed->events = NULL;
	app->feed->events_us = app->now_us + AGAIN_ENDED_US;
	(void)snprintf(app->journal.error, sizeof(app->journal.error), "%.190s",
		       err->code == ERR_NONE ? "" : err->message);
}

void feed_journal(struct app *app)
{
	Hlp__V1__EventsRequest request = HLP__V1__EVENTS_REQUEST__INIT;
	const struct journal_state *journal = &app->journal;

	if (app->client == NULL || app->feed->events != NULL || app->execution[0] == '\0')
		return;
	request.execution = app->execution;
	request.follow = true;
	if (journal->count > 0)
		request.after_seq = journal->rows[journal->count - 1].seq;
	app->feed->events_us = INT64_MAX;
	app->feed->events = client_start(app->client, "ListEvents", &request.base,
					 &hlp__v1__event_record__descriptor, on_event, app);
}

/* ---- output ------------------------------------------------------------------------------ */

static bool is_output_shown(const struct app *app)
{
	enum view_id view = app_view(app);

	if (view == VIEW_NODE || view == VIEW_OUTPUT || (view == VIEW_GRAPH && app->graph.tall))
		return true;
	return app_is_wide(app) && (view == VIEW_LIST || view == VIEW_GRAPH);
}

/* When what the tail is of began and ended; the node itself knows that of its newest run. */
static void take_span(struct app *app, const struct mirror_node *node)
{
	const Hlp__V1__Attempt *attempt = attempts_find(app, &app->attempts.shown);

	app->tail.start_us = attempt != NULL ? attempt->started_us : node->started_us;
	app->tail.end_us =
		attempt != NULL && attempt->ended_us > 0 ? attempt->ended_us : node->ended_us;
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
				   .live = chunk->live && app->attempts.chosen.number == 0};
	/* Somebody pressed a key for it and waits. */
	app->urgent = app->urgent || tail_is_awaited(&app->tail);
	tail_take(&app->tail, &piece);
	for (size_t i = 0; i < chunk->n_times; i++)
		tail_take_time(&app->tail, (struct tail_time){chunk->times[i]->bytes,
							      chunk->times[i]->time_us});
	if (node != NULL)
		take_span(app, node);
	app->feed->output_us = app->now_us;
	if (chunk->data.len < TAIL_STEP)
		app->feed->output_us += AGAIN_OUTPUT_US;
	app->changed = true;
}

/* Turns the tail to the attempt that is wanted. False: there is none, or it is asked which. */
static bool turn_tail(struct app *app, const struct mirror_node *node)
{
	struct attempt_name want, *shown = &app->attempts.shown;

	if (!attempts_wanted(app, node, &want)) {
		if (app->attempts.asked_version != node->version)
			feed_attempts(app);
		app->feed->output_us = app->now_us + AGAIN_OUTPUT_US; /* or the answer */
		return false;
	}
	if (strcmp(shown->kind, want.kind) != 0 || shown->number != want.number) {
		feed_stop(app, &app->feed->output);
		app->feed->output_us = 0;
		tail_restart(&app->tail);
		app->tail.terminal = strcmp(want.kind, "shell") == 0;
		*shown = want;
	}
	return want.number > 0;
}

static void ask_output(struct app *app)
{
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	const struct mirror_node *node = app_node(app);
	struct tail_range range;

	if (node == NULL || !is_output_shown(app))
		return;
	if (app->tail_moved) {
		feed_stop(app, &app->feed->output);
		app->feed->output_us = 0;
		app->tail_moved = false;
	}
	if (!turn_tail(app, node))
		return;
	if (app->feed->output != NULL || app->now_us < app->feed->output_us ||
	    !tail_wants(&app->tail, &range))
		return;
	request.execution = app->execution;
	request.node = (char *)node->id;
	request.kind = app->attempts.shown.kind;
	request.attempt = app->attempts.shown.number;
	request.offset = range.offset;
	request.length = range.length;
	app->feed->output = client_start(app->client, "ReadOutput", &request.base,
					 &hlp__v1__output_chunk__descriptor, on_output, app);
}

void feed_expect_news(struct app *app)
{
	if (app->feed->watch == NULL)
		app->feed->watch_us = app->now_us;
}

/* ---- time -------------------------------------------------------------------------------- */

/* The clock has seconds while anything moves, else minutes: idle, next to nothing is sent. */
static void tick_clock(struct app *app)
{
	struct feed *feed = app->feed;
	int64_t period_us = app_is_moving(app) ? CLOCK_SECOND_US : 60 * CLOCK_SECOND_US;

	if (app->now_us < feed->clock_us && feed->clock_us <= app->now_us + period_us)
		return;
	feed->clock_us = app->now_us + period_us - app->wall_us % period_us;
	app->changed = app->changed || !app->quiet;
}

void feed_tick(struct app *app)
{
	struct feed *feed = app->feed;

	if (feed == NULL || app->client == NULL)
		return;
	tick_clock(app);
	if (feed->watch == NULL && app->now_us >= feed->watch_us)
		ask_watch(app);
	if (feed->graph == NULL && app->now_us >= feed->graph_us)
		ask_graph(app);
	if ((app_view(app) == VIEW_RUNS || app->runs.open_live) && app->now_us >= feed->runs_us)
		feed_runs(app);
	if (app_view(app) == VIEW_JOURNAL && app->now_us >= feed->events_us)
		feed_journal(app);
	ask_output(app);
	ask_presence(app);
	feed_send_due(app);
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
	if (feed->events == NULL && app_view(app) == VIEW_JOURNAL)
		sooner(&deadline_us, feed->events_us);
	if (feed->presence == NULL && app->mirror.has_rows)
		sooner(&deadline_us, feed->presence_us);
	if (feed->output == NULL && is_output_shown(app) && app_node(app) != NULL &&
	    app->attempts.shown.number > 0 && tail_wants(&app->tail, &range))
		sooner(&deadline_us, feed->output_us);
	sooner(&deadline_us, feed_due_us(app));
	return deadline_us;
}
