/* SPDX-License-Identifier: MIT
 *
 * The link to the engine as a poll loop sees it: one connection that comes back by itself, and the
 * calls on it. A call in flight when the connection goes ends with ERR_UNAVAILABLE; one that was
 * not sent yet waits. Opening and the blocking calls are in client_wait.c.
 */
#include "client/client.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/ulid.h"
#include "client/client_link.h"
#include "client/identity.h"
#include "client/start.h"
#include "wire/grpc_client.h"
#include "wire/message.h"

#define DELAY_FIRST_US	 50000
#define DELAY_LONGEST_US CLOCK_SECOND_US
#define START_EVERY_US	 (5 * CLOCK_SECOND_US) /* asks for an engine no more often than that */

struct client_rpc {
	struct client *client;
	struct client_rpc *next; /* of the client */
	char *path;		 /* "/hlp.v1.Hlp/Watch" */
	struct buf body;
	int64_t timeout_us;
	const ProtobufCMessageDescriptor *reply;
	client_reply *done; /* NULL once it has ended or was cancelled */
	void *ctx;
	bool keep;		      /* messages belong to `done` */
	struct grpc_request *request; /* NULL while it waits, and when it is over */
};

struct client {
	const struct home *home; /* borrowed */
	enum client_start start;
	struct grpc_client *connection; /* NULL while disconnected */
	struct client_rpc *rpcs, **rpcs_end;
	int64_t delay_us, connect_due_us, start_due_us;
	struct err trouble; /* why there is no connection */
	bool processing;
};

/* ---- calls -------------------------------------------------------------------------------- */

static void rpc_free(struct client_rpc *rpc)
{
	free(rpc->path);
	buf_release(&rpc->body);
	free(rpc);
}

static void rpc_finish(struct client_rpc *rpc, const struct err *err)
{
	client_reply *done = rpc->done;

	rpc->request = NULL;
	rpc->done = NULL;
	if (done)
		done(rpc->ctx, NULL, err);
}

static void take_message(void *ctx, const uint8_t *data, size_t length)
{
	struct client_rpc *rpc = ctx;
	ProtobufCMessage *message;
	struct err err = {0};
	bool keep;

	if (message_unpack(rpc->reply, MESSAGE_FROM_ENGINE, data, length, &message, &err) < 0) {
		grpc_client_cancel(rpc->client->connection, rpc->request);
		rpc_finish(rpc, &err);
		return;
	}
	keep = rpc->keep;
	rpc->done(rpc->ctx, message, &err);
	if (!keep)
		protobuf_c_message_free_unpacked(message, NULL);
}

static void take_end(void *ctx, const struct err *err)
{
	rpc_finish(ctx, err);
}

static const struct grpc_events rpc_events = {.message = take_message, .ended = take_end};

static void send_waiting(struct client *client)
{
	if (!client->connection || grpc_client_is_closing(client->connection))
		return;
	for (struct client_rpc *rpc = client->rpcs; rpc; rpc = rpc->next) {
		if (rpc->request || !rpc->done)
			continue;
		rpc->request =
			grpc_client_call(client->connection, rpc->path, rpc->body.data,
					 rpc->body.length, rpc->timeout_us, &rpc_events, rpc);
		if (!rpc->request)
			break;
	}
}

static void free_finished(struct client *client)
{
	struct client_rpc **link = &client->rpcs;

	while (*link) {
		struct client_rpc *rpc = *link;

		if (rpc->done) {
			link = &rpc->next;
			continue;
		}
		*link = rpc->next;
		rpc_free(rpc);
	}
	client->rpcs_end = link;
}

struct client_rpc *client_link_start(struct client *client, const char *name,
				     const ProtobufCMessage *request,
				     const ProtobufCMessageDescriptor *reply, int64_t timeout_us,
				     client_reply *done, void *ctx)
{
	struct client_rpc *rpc = mem_zalloc(sizeof(*rpc));

	assert(done);
	rpc->client = client;
	rpc->path = mem_printf("/%s/%s", hlp__v1__hlp__descriptor.name, name);
	buf_init(&rpc->body, SIZE_MAX / 2); /* our own message; the engine bounds what it takes */
	message_pack(request, &rpc->body);
	rpc->timeout_us = timeout_us;
	rpc->reply = reply;
	rpc->done = done;
	rpc->ctx = ctx;
	*client->rpcs_end = rpc;
	client->rpcs_end = &rpc->next;
	send_waiting(client);
	return rpc;
}

void client_link_keep(struct client_rpc *rpc)
{
	rpc->keep = true;
}

struct client_rpc *client_start(struct client *client, const char *rpc,
				const ProtobufCMessage *request,
				const ProtobufCMessageDescriptor *reply, client_reply *done,
				void *ctx)
{
	return client_link_start(client, rpc, request, reply, 0, done, ctx);
}

void client_cancel(struct client *client, struct client_rpc *rpc)
{
	if (rpc->request)
		grpc_client_cancel(client->connection, rpc->request);
	rpc->request = NULL;
	rpc->done = NULL;
	if (!client->processing)
		free_finished(client);
}

/* ---- the connection ------------------------------------------------------------------------ */

static int dial(const char *path, struct err *err)
{
	struct sockaddr_un address;
	socklen_t length;
	int dir_fd, failed, number;
	int fd;
	int rc = home_socket_address(path, &address, &length, &dir_fd, err);

	if (rc < 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	failed = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, length);
	number = errno;
	if (dir_fd >= 0)
		(void)close(dir_fd); /* was for the address only */
	if (!failed)
		return fd;
	if (fd >= 0)
		(void)close(fd); /* never connected */
	if (number == EACCES || number == EPERM)
		return err_set(err, ERR_DENIED, "the engine at '%s' is another user's", path);
	if (number == ENOENT || number == ECONNREFUSED)
		return err_set(err, ERR_UNAVAILABLE, "no engine answers at '%s'", path);
	return err_set(err, ERR_UNAVAILABLE, "cannot connect to '%s': %s", path, strerror(number));
}

int client_link_connect(struct client *client, struct err *err)
{
	struct identity identity;
	int fd = dial(client->home->engine_socket, err);
	int rc;

	if (fd < 0)
		return fd;
	identity_read(&identity);
	rc = grpc_client_new(fd, identity.headers, identity.count, &client->connection, err);
	if (rc >= 0)
		send_waiting(client);
	return rc;
}

static void wait_longer(struct client *client, const struct err *why)
{
	client->trouble = *why;
	client->connect_due_us = loop_now_us() + client->delay_us;
	client->delay_us *= 2;
	if (client->delay_us > DELAY_LONGEST_US)
		client->delay_us = DELAY_LONGEST_US;
}

static void disconnect(struct client *client, const struct err *why)
{
	struct err lost;

	(void)err_set(&lost, ERR_UNAVAILABLE, "%s", why->message);
	grpc_client_free(client->connection);
	client->connection = NULL;
	wait_longer(client, &lost);
	for (struct client_rpc *rpc = client->rpcs; rpc; rpc = rpc->next) {
		if (rpc->request)
			rpc_finish(rpc, &lost);
	}
}

/* If launcher and engine both died, somebody must start the instance again. */
static void ask_for_engine(struct client *client)
{
	int64_t now_us = loop_now_us();

	if (client->start != CLIENT_START_ENGINE || client->delay_us < DELAY_LONGEST_US ||
	    now_us < client->start_due_us)
		return;
	client->start_due_us = now_us + START_EVERY_US;
	(void)start_instance(client->home, &client->trouble); /* tried again later */
}

static void reconnect(struct client *client)
{
	struct err err = {0};

	if (loop_now_us() < client->connect_due_us)
		return;
	if (client_link_connect(client, &err) >= 0)
		return;
	wait_longer(client, &err);
	ask_for_engine(client);
}

static bool has_requests(const struct client *client)
{
	for (const struct client_rpc *rpc = client->rpcs; rpc; rpc = rpc->next) {
		if (rpc->request)
			return true;
	}
	return false;
}

static void exchange(struct client *client)
{
	struct err err = {0};

	if (grpc_client_process(client->connection, &err) < 0) {
		disconnect(client, &err);
		return;
	}
	if (grpc_client_is_ready(client->connection))
		client->delay_us = DELAY_FIRST_US;
	if (grpc_client_is_closing(client->connection) && !has_requests(client)) {
		(void)err_set(&err, ERR_UNAVAILABLE, "the engine is stopping");
		disconnect(client, &err);
	}
}

void client_process(struct client *client)
{
	struct err err = {0};

	client->processing = true;
	if (!client->connection)
		reconnect(client);
	if (client->connection)
		exchange(client);
	send_waiting(client);
	/* What callbacks and the line above have queued leaves now, not at the next turn. */
	if (client->connection && grpc_client_poll_events(client->connection) & POLLOUT &&
	    grpc_client_process(client->connection, &err) < 0)
		disconnect(client, &err);
	client->processing = false;
	free_finished(client);
}

/* ---- in a poll loop ------------------------------------------------------------------------ */

int client_fd(const struct client *client)
{
	return client->connection ? grpc_client_fd(client->connection) : -1;
}

short client_poll_events(const struct client *client)
{
	return client->connection ? grpc_client_poll_events(client->connection) : (short)0;
}

int64_t client_deadline_us(const struct client *client)
{
	return client->connection ? INT64_MAX : client->connect_due_us;
}

bool client_is_connected(const struct client *client)
{
	return client->connection && grpc_client_is_ready(client->connection);
}

void client_link_turn(struct client *client, int64_t deadline_us)
{
	struct pollfd pollfd = {.fd = client_fd(client), .events = client_poll_events(client)};
	int64_t until_us = client_deadline_us(client);
	int64_t left_ms;

	if (deadline_us < until_us)
		until_us = deadline_us;
	left_ms = until_us == INT64_MAX ? -1 : (until_us - loop_now_us() + 999) / 1000;
	if (until_us != INT64_MAX && left_ms < 0)
		left_ms = 0;
	if (left_ms > INT32_MAX)
		left_ms = INT32_MAX;
	(void)poll(&pollfd, 1, (int)left_ms); /* a signal is as good a reason to look */
	client_process(client);
}

const struct err *client_link_trouble(const struct client *client)
{
	return &client->trouble;
}

/* ---- life --------------------------------------------------------------------------------- */

struct client *client_link_new(const struct home *home, enum client_start start)
{
	struct client *client = mem_zalloc(sizeof(*client));

	client->home = home;
	client->start = start;
	client->rpcs_end = &client->rpcs;
	client->delay_us = DELAY_FIRST_US;
	return client;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	assert(!client->processing);
	grpc_client_free(client->connection);
	while (client->rpcs) {
		struct client_rpc *rpc = client->rpcs;

		client->rpcs = rpc->next;
		rpc_free(rpc);
	}
	free(client);
}

char *client_request_id(char out[ULID_TEXT])
{
	uint8_t entropy[10];

	rng_entropy(entropy, sizeof(entropy));
	ulid_make(clock_wall_us(clock_system()), entropy, out);
	return out;
}
