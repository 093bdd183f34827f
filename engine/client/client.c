/* SPDX-License-Identifier: MIT
 *
 * The client as programs use it: opening it, starting the instance when nobody answers, calls that
 * wait for their answer, and the link beneath for those who have a loop of their own. All
 * waiting is in poll(2).
 */
#include "client/client.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/ulid.h"
#include "client/link.h"
#include "client/start.h"

#define OPEN_US	       (10 * CLOCK_SECOND_US)
#define TRY_EVERY_US   10000  /* an engine is ready within a few of these */
#define HOPE_EVERY     10     /* tries between two questions to the launcher */
#define AGAIN_AFTER_US 100000 /* when an engine that is there says that it is not ready */

struct client {
	struct link *link; /* owned */
};

/* ---- opening ------------------------------------------------------------------------------ */

/* Nobody answers: has an engine started, or learns that one is about to be. */
static int call_for_engine(const struct home *home, enum client_start start, struct err *err)
{
	if (start == CLIENT_START_ENGINE)
		return start_instance(home, err);
	return start_is_under_way(home, err);
}

/* Whether waiting may help. Who starts no engine waits for one only while something is there. */
static int still_hope(const struct home *home, enum client_start start, int64_t began_us,
		      struct err *err)
{
	const int64_t waited_us =
		start == CLIENT_START_ENGINE ? loop_now_us() - began_us : INT64_MAX;

	return start_hope(home, waited_us, err);
}

static void pause_us(int64_t duration_us)
{
	(void)poll(NULL, 0, (int)(duration_us / 1000)); /* cut short by a signal: no harm */
}

/* Connects, again and again until the deadline. */
static int connect_patiently(struct client *client, const struct home *home,
			     enum client_start start, int64_t deadline_us, struct err *err)
{
	const int64_t began_us = loop_now_us();
	int rc;

	for (int tries = 0;; tries++) {
		rc = link_connect(client->link, err);
		if (rc != -ERR_UNAVAILABLE || loop_now_us() >= deadline_us)
			return rc;
		if (tries == 0)
			rc = call_for_engine(home, start, err);
		else
			rc = tries % HOPE_EVERY == 0 ? still_hope(home, start, began_us, err) : 0;
		if (rc < 0)
			return rc;
		pause_us(TRY_EVERY_US);
	}
}

static struct client *client_new(const struct home *home, enum client_start start)
{
	struct client *client = mem_zalloc(sizeof(*client));

	client->link = link_new(home, start == CLIENT_START_ENGINE ? LINK_STARTS_ENGINE
								   : LINK_ONLY_CONNECTS);
	return client;
}

/* Waits until the engine on the other end greets; one that dies meanwhile may be started again.
 * While the connection stands somebody is there, however slow or far: this home's launcher, which
 * may not be that engine's, is asked only when it does not. */
static int await_greeting(struct client *client, const struct home *home, enum client_start start,
			  int64_t deadline_us, struct err *err)
{
	const int64_t began_us = loop_now_us();

	while (!client_is_connected(client)) {
		const int64_t now_us = loop_now_us(), soon_us = now_us + HOPE_EVERY * TRY_EVERY_US;

		if (now_us >= deadline_us)
			return err_set(err, ERR_UNAVAILABLE, "the engine does not answer: %s",
				       link_trouble(client->link)->message);
		link_turn(client->link, soon_us < deadline_us ? soon_us : deadline_us);
		if (client_fd(client) < 0 && loop_now_us() >= soon_us &&
		    still_hope(home, start, began_us, err) < 0)
			return -ERR_UNAVAILABLE;
	}
	return 0;
}

int client_open(const struct home *home, enum client_start start, struct client **out,
		struct err *err)
{
	struct client *client = client_new(home, start);
	int64_t deadline_us = loop_now_us() + OPEN_US;
	struct err why = {0};
	int rc = connect_patiently(client, home, start, deadline_us, &why);

	if (rc >= 0)
		rc = await_greeting(client, home, start, deadline_us, &why);
	if (rc < 0) {
		client_close(client);
		if (rc == -ERR_UNAVAILABLE)
			start_explain(home, &why);
		return err_set(err, (enum err_code) - rc, "%s", why.message);
	}
	*out = client;
	return 0;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	link_free(client->link);
	free(client);
}

/* ---- in a poll loop ------------------------------------------------------------------------ */

int client_fd(const struct client *client)
{
	return link_fd(client->link);
}

short client_poll_events(const struct client *client)
{
	return link_poll_events(client->link);
}

int64_t client_deadline_us(const struct client *client)
{
	return link_deadline_us(client->link);
}

void client_process(struct client *client)
{
	link_process(client->link);
}

bool client_is_connected(const struct client *client)
{
	return link_is_connected(client->link);
}

struct client_rpc *client_start(struct client *client, const char *rpc,
				const ProtobufCMessage *request,
				const ProtobufCMessageDescriptor *reply, client_reply *done,
				void *ctx)
{
	return link_start(client->link, rpc, request, reply, 0, done, ctx);
}

void client_cancel(struct client *client, struct client_rpc *rpc)
{
	link_cancel(client->link, rpc);
}

/* ---- calls that wait ------------------------------------------------------------------------ */

struct waiting {
	ProtobufCMessage *reply; /* unary: kept for the caller */
	int (*each)(void *ctx, const ProtobufCMessage *message);
	void *ctx;
	int verdict; /* what `each` returned */
	bool ended;
	struct err err;
};

static int64_t after_us(int64_t timeout_us)
{
	int64_t now_us = loop_now_us();

	return timeout_us < INT64_MAX - now_us ? now_us + timeout_us : INT64_MAX;
}

static void keep_reply(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct waiting *waiting = ctx;

	if (message) {
		if (waiting->reply)
			protobuf_c_message_free_unpacked(waiting->reply, NULL);
		waiting->reply = (ProtobufCMessage *)message; /* ours: link_keep */
		return;
	}
	waiting->ended = true;
	waiting->err = *err;
	if (!err->code && !waiting->reply)
		(void)err_set(&waiting->err, ERR_PROTOCOL, "the engine answered nothing");
}

static void drop_reply(struct waiting *waiting)
{
	if (waiting->reply)
		protobuf_c_message_free_unpacked(waiting->reply, NULL);
	waiting->reply = NULL;
}

/* One try: 0, or how it failed. */
static int call_once(struct client *client, const char *rpc, const ProtobufCMessage *request,
		     const ProtobufCMessageDescriptor *reply, int64_t deadline_us,
		     ProtobufCMessage **out, struct err *err)
{
	struct waiting waiting = {0};
	int64_t left_us = deadline_us == INT64_MAX ? 0 : deadline_us - loop_now_us();
	struct client_rpc *started;

	started = link_start(client->link, rpc, request, reply, left_us > 0 ? left_us : 0,
			     keep_reply, &waiting);
	link_keep(started);
	while (!waiting.ended && loop_now_us() < deadline_us)
		link_turn(client->link, deadline_us);
	if (!waiting.ended) {
		client_cancel(client, started);
		drop_reply(&waiting);
		if (!client_is_connected(client))
			return err_set(err, ERR_UNAVAILABLE, "the engine does not answer: %s",
				       link_trouble(client->link)->message);
		return err_set(err, ERR_TIMEOUT, "the engine did not answer in time");
	}
	if (waiting.err.code) {
		drop_reply(&waiting);
		return err_set(err, (enum err_code)waiting.err.code, "%s", waiting.err.message);
	}
	*out = waiting.reply;
	return 0;
}

int client_call(struct client *client, const char *rpc, const ProtobufCMessage *request,
		const ProtobufCMessageDescriptor *reply, int64_t timeout_us, ProtobufCMessage **out,
		struct err *err)
{
	int64_t deadline_us = after_us(timeout_us);
	struct err why = {0};

	for (;;) {
		int rc = call_once(client, rpc, request, reply, deadline_us, out, &why);
		int64_t again_us = after_us(AGAIN_AFTER_US);

		if (rc != -ERR_UNAVAILABLE || again_us >= deadline_us)
			return rc < 0 ? err_set(err, (enum err_code) - rc, "%s", why.message) : rc;
		/* The link may well be up, and the engine say that it is not ready. */
		while (client_is_connected(client) && loop_now_us() < again_us)
			link_turn(client->link, again_us);
	}
}

static void take_each(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct waiting *waiting = ctx;

	if (message && !waiting->verdict) {
		waiting->verdict = waiting->each(waiting->ctx, message);
	} else if (!message) {
		waiting->ended = true;
		waiting->err = *err;
	}
}

int client_stream(struct client *client, const char *rpc, const ProtobufCMessage *request,
		  const ProtobufCMessageDescriptor *reply,
		  int (*each)(void *ctx, const ProtobufCMessage *message), void *ctx,
		  struct err *err)
{
	struct waiting waiting = {.each = each, .ctx = ctx};
	struct client_rpc *started = client_start(client, rpc, request, reply, take_each, &waiting);

	while (!waiting.ended && !waiting.verdict)
		link_turn(client->link, INT64_MAX);
	if (!waiting.ended)
		client_cancel(client, started);
	if (waiting.verdict)
		return waiting.verdict;
	if (waiting.err.code)
		return err_set(err, (enum err_code)waiting.err.code, "%s", waiting.err.message);
	return 0;
}

char *client_request_id(char out[ULID_TEXT])
{
	uint8_t entropy[10];

	rng_entropy(entropy, sizeof(entropy));
	ulid_make(clock_wall_us(clock_system()), entropy, out);
	return out;
}
