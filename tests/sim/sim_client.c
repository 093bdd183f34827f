/* SPDX-License-Identifier: MIT
 *
 * Clients: each knows what it asked, and asks again with the same id when the connection was lost.
 * What is answered well is in the journal, once; what is refused is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

struct asked *client_new(enum request_kind kind)
{
	struct asked *asked;

	if (sim->asked_count == sizeof(sim->asked) / sizeof(*sim->asked))
		return NULL;
	asked = mem_zalloc(sizeof(*asked));
	asked->kind = kind;
	(void)snprintf(asked->id, sizeof(asked->id), "request-%u", sim->asked_count); /* fits */
	sim->asked[sim->asked_count++] = asked;
	sim->acts++;
	return asked;
}

/* ---- asking ------------------------------------------------------------------------------ */

static const char *keep(struct request *request, const char *text)
{
	return *text ? arena_strdup(&request->arena, text) : NULL;
}

static void fill_beginning(struct request *request, const struct asked *asked)
{
	struct beginning *beginning = &request->beginning;
	const char **only = arena_alloc(&request->arena, sizeof(*only));

	*only = keep(request, asked->first);
	beginning->step = asked->begin == BEGIN_STEP;
	beginning->from = asked->begin == BEGIN_FROM ? *only : NULL;
	beginning->until = asked->begin == BEGIN_UNTIL ? *only : NULL;
	beginning->only = only;
	beginning->only_count = asked->begin == BEGIN_ONLY;
}

static void fill_execute(struct request *request, const struct asked *asked)
{
	const struct buf *text = &sim->workflows[asked->workflow];
	char file[24];

	(void)snprintf(file, sizeof(file), "/sim/w%u.yaml", asked->workflow); /* fits */
	request->file = arena_strdup(&request->arena, file);
	request->text = buf_text(text);
	request->text_length = text->length;
	request->flag = asked->flag;
	fill_beginning(request, asked);
}

/* A list of one text, or none. */
static const char *const *list_of(struct request *request, const char *text, size_t *out_count)
{
	const char **list = arena_alloc(&request->arena, sizeof(*list));

	*list = keep(request, text);
	*out_count = *text ? 1 : 0;
	return list;
}

static void fill_words(struct request *request, const struct asked *asked)
{
	struct plan_words *words = &request->words;

	request->plan = keep(request, asked->plan);
	request->shown_of = "";
	words->all = asked->all;
	words->phase = keep(request, asked->phase);
	words->artifact = keep(request, asked->artifact);
	words->checkpoint = keep(request, asked->checkpoint);
	if (!asked->all && !words->phase && !words->artifact && !words->checkpoint)
		words->node = keep(request, asked->node);
	words->past = list_of(request, asked->past, &words->past_count);
	words->exclude = list_of(request, asked->exclude, &words->exclude_count);
	words->overwrite =
		list_of(request, asked->overwrite ? asked->artifact : "", &words->overwrite_count);
}

static void fill_act(struct request *request, const struct asked *asked)
{
	static struct binding outputs[] = {{"serial", "by hand"}};

	memcpy(request->execution, asked->execution, ULID_TEXT);
	request->node = keep(request, asked->node);
	request->verb = asked->verb;
	request->answer = asked->answer;
	request->version = asked->version;
	request->until_us = asked->until_us;
	request->failed = asked->failed;
	request->next = asked->next;
	request->shell = asked->shell;
	request->agent = asked->agent;
	fill_words(request, asked);
	if (asked->outputs) {
		request->params = outputs;
		request->params_count = 1;
	}
}

static void send_once(struct asked *asked)
{
	struct request *request = request_new(asked->kind, &sim->clients, asked);

	request->request = keep(request, asked->id);
	request->actor = "ana";
	request->note = asked->note;
	if (asked->kind == REQUEST_EXECUTE)
		fill_execute(request, asked);
	else
		fill_act(request, asked);
	asked->under_way++;
	if (runtime_ask(sim->runtime, request) < 0)
		sim_fail("the engine takes no request");
}

void client_send(struct asked *asked)
{
	sim_trace("client: asks %s: %s %s", asked->id,
		  asked->kind == REQUEST_EXECUTE    ? "execute"
		  : asked->kind == REQUEST_PLAN	    ? "plan"
		  : asked->kind == REQUEST_ROLLBACK ? "rollback"
						    : verb_name(asked->verb),
		  asked->node);
	send_once(asked);
	if (!sim_chance(30))
		return;
	asked->doubled = true; /* as a client does that is impatient */
	send_once(asked);
}

static struct asked *first_unanswered(void)
{
	for (uint32_t i = 0; i < sim->asked_count; i++)
		if (!sim->asked[i]->done && !sim->asked[i]->under_way)
			return sim->asked[i];
	return NULL;
}

bool client_waits(void)
{
	return first_unanswered() != NULL;
}

void client_send_again(void)
{
	client_send(first_unanswered());
}

/* ---- answers ----------------------------------------------------------------------------- */

static bool is_unknown(int result)
{
	return result == -ERR_IO || result == -ERR_UNAVAILABLE || result == -ERR_LIMIT;
}

static void check_acknowledged(const struct asked *asked, const struct request *request)
{
	const union map_value *place = map_find_text(&sim->journal.requests, asked->id);

	if (!place)
		sim_fail("%s is acknowledged, but in no journal", asked->id);
	if (request->seq > sim->journal.last_seq)
		sim_fail("%s is answered with event %llu, the journal ends at %llu", asked->id,
			 (unsigned long long)request->seq,
			 (unsigned long long)sim->journal.last_seq);
	if (place && request->seq < sim->journal.entries[place->number].seq)
		sim_fail("%s is answered with an event before its own", asked->id);
}

/* A plan that may be carried out is, most often. */
static void carry_out(const struct asked *asked, const struct request *request)
{
	struct asked *rollback;

	if (!request->out.length || sim_chance(4))
		return;
	rollback = client_new(REQUEST_ROLLBACK);
	if (!rollback)
		return;
	memcpy(rollback->execution, asked->execution, ULID_TEXT);
	memcpy(rollback->node, asked->node, sizeof(rollback->node));
	memcpy(rollback->phase, asked->phase, sizeof(rollback->phase));
	memcpy(rollback->artifact, asked->artifact, sizeof(rollback->artifact));
	memcpy(rollback->past, asked->past, sizeof(rollback->past));
	memcpy(rollback->exclude, asked->exclude, sizeof(rollback->exclude));
	memcpy(rollback->checkpoint, asked->checkpoint, sizeof(rollback->checkpoint));
	rollback->all = asked->all;
	rollback->overwrite = asked->overwrite;
	(void)snprintf(rollback->plan, sizeof(rollback->plan), "%s", buf_text(&request->out));
	client_send(rollback);
}

/* A hold that was refused for another reason raced with nothing. */
static void count_race(const struct request *request)
{
	if (request->result == 0)
		sim->cover->holds++;
	else
		sim->cover->holds_too_late +=
			strstr(request->err.message, "the hold came too late") != NULL;
}

static void take_answer(struct request *request)
{
	struct asked *asked = request->ctx;
	bool mutates = request->kind != REQUEST_PLAN;

	asked->under_way--;
	sim_trace("client: answer to %s: %s", asked->id,
		  request->result ? request->err.message : "done");
	if (request->kind == REQUEST_ACT && request->result == 0)
		sim->cover->accepted[asked->verb]++;
	else if (request->kind == REQUEST_ACT)
		sim->cover->refused[asked->verb]++;
	if (is_unknown(request->result))
		return; /* it asks again */
	if (asked->races)
		count_race(request);
	asked->done = true;
	if (request->result == 0 && mutates)
		check_acknowledged(asked, request);
	else if (request->result == 0)
		carry_out(asked, request);
	else if (!asked->doubled && map_find_text(&sim->journal.requests, asked->id))
		sim_fail("%s is refused, but it was done: %s", asked->id, request->err.message);
}

static void take_request(struct request *request)
{
	if (request->kind == REQUEST_WATCH || request->kind == REQUEST_UNWATCH)
		watch_answered(request);
	else if (request->kind != REQUEST_STOP)
		take_answer(request);
	request_free(request);
}

void client_take(void)
{
	struct message *message = engine_take_some(&sim->clients);

	while (message) {
		struct message *next = message->next;

		if (message->kind == RUNTIME_UPDATE)
			watch_update((struct runtime_update *)message);
		else if (message->kind == RUNTIME_JOB)
			watch_read((struct catalog_job *)message);
		else
			take_request((struct request *)message);
		message = next;
	}
}

/* Answers that were on their way are gone with the engine. */
void client_lose(void)
{
	struct message *message = mailbox_take(&sim->clients);

	while (message) {
		struct message *next = message->next;

		if (message->kind == RUNTIME_UPDATE)
			runtime_update_free((struct runtime_update *)message);
		else if (message->kind == RUNTIME_JOB)
			free(message);
		else
			request_free((struct request *)message);
		message = next;
	}
	for (uint32_t i = 0; i < sim->asked_count; i++)
		sim->asked[i]->under_way = 0;
}

void client_release(void)
{
	client_lose();
	for (uint32_t i = 0; i < sim->asked_count; i++)
		free(sim->asked[i]);
}

/* ---- what the engine encodes ------------------------------------------------------------- */

static void encode_plan(void *ctx, const struct execution *execution, const struct plan *plan,
			struct buf *out)
{
	(void)ctx;
	(void)execution;
	buf_clear(out);
	if (!plan->refused)
		buf_add_text(out, plan->id);
}

struct runtime_encoder client_encoder(void)
{
	return (struct runtime_encoder){.update = watch_encode, .plan = encode_plan};
}
