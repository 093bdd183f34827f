/* SPDX-License-Identifier: MIT
 *
 * One connection that comes back by itself, and the calls on it. A call in flight when the
 * connection goes ends with ERR_UNAVAILABLE; one that was not sent yet waits.
 */
#include "client/link.h"

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
#include "client/identity.h"
#include "client/start.h"
#include "wire/grpc_client.h"
#include "wire/hlp.pb-c.h"
#include "wire/message.h"

#define DELAY_FIRST_US	 50000
#define DELAY_LONGEST_US CLOCK_SECOND_US
#define START_EVERY_US	 (2 * CLOCK_SECOND_US) /* asks for an engine no more often than that */

struct client_rpc {
	struct link *link;
	struct client_rpc *next; /* of the link */
	char *path;		 /* "/hlp.v1.Hlp/Watch" */
	struct buf body;
	int64_t timeout_us;
	const ProtobufCMessageDescriptor *reply;
	link_reply *done; /* NULL once it has ended or was cancelled */
	void *ctx;
	bool keep;		      /* messages belong to `done` */
	struct grpc_request *request; /* NULL while it waits, and when it is over */
};

struct link {
	const struct home *home; /* borrowed */
	enum link_mode mode;
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
	link_reply *done = rpc->done;

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
		grpc_client_cancel(rpc->link->connection, rpc->request);
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

static void send_waiting(struct link *link)
{
	if (!link->connection || grpc_client_is_closing(link->connection))
		return;
	for (struct client_rpc *rpc = link->rpcs; rpc; rpc = rpc->next) {
		if (rpc->request || !rpc->done)
			continue;
		rpc->request =
			grpc_client_call(link->connection, rpc->path, rpc->body.data,
					 rpc->body.length, rpc->timeout_us, &rpc_events, rpc);
		if (!rpc->request)
			break;
	}
}

static void free_finished(struct link *link)
{
	struct client_rpc **at = &link->rpcs;

	while (*at) {
		struct client_rpc *rpc = *at;

		if (rpc->done) {
			at = &rpc->next;
			continue;
		}
		*at = rpc->next;
		rpc_free(rpc);
	}
	link->rpcs_end = at;
}

struct client_rpc *link_start(struct link *link, const char *name, const ProtobufCMessage *request,
			      const ProtobufCMessageDescriptor *reply, int64_t timeout_us,
			      link_reply *done, void *ctx)
{
	struct client_rpc *rpc = mem_zalloc(sizeof(*rpc));

	assert(done);
	rpc->link = link;
	rpc->path = mem_printf("/%s/%s", hlp__v1__hlp__descriptor.name, name);
	buf_init(&rpc->body, SIZE_MAX / 2); /* our own message; the engine bounds what it takes */
	message_pack(request, &rpc->body);
	rpc->timeout_us = timeout_us;
	rpc->reply = reply;
	rpc->done = done;
	rpc->ctx = ctx;
	*link->rpcs_end = rpc;
	link->rpcs_end = &rpc->next;
	send_waiting(link);
	return rpc;
}

void link_keep(struct client_rpc *rpc)
{
	rpc->keep = true;
}

void link_cancel(struct link *link, struct client_rpc *rpc)
{
	if (rpc->request)
		grpc_client_cancel(link->connection, rpc->request);
	rpc->request = NULL;
	rpc->done = NULL;
	if (!link->processing)
		free_finished(link);
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

int link_connect(struct link *link, struct err *err)
{
	struct identity identity;
	int fd = dial(link->home->engine_socket, err);
	int rc;

	if (fd < 0)
		return fd;
	identity_read(&identity);
	rc = grpc_client_new(fd, identity.headers, identity.count, &link->connection, err);
	if (rc >= 0)
		send_waiting(link);
	return rc;
}

static void wait_longer(struct link *link, const struct err *why)
{
	link->trouble = *why;
	link->connect_due_us = loop_now_us() + link->delay_us;
	link->delay_us *= 2;
	if (link->delay_us > DELAY_LONGEST_US)
		link->delay_us = DELAY_LONGEST_US;
}

static void disconnect(struct link *link, const struct err *why)
{
	struct err lost;

	(void)err_set(&lost, ERR_UNAVAILABLE, "%s", why->message);
	grpc_client_free(link->connection);
	link->connection = NULL;
	wait_longer(link, &lost);
	for (struct client_rpc *rpc = link->rpcs; rpc; rpc = rpc->next)
		if (rpc->request)
			rpc_finish(rpc, &lost);
}

/* If launcher and engine both died, somebody must start the instance again. */
static void ask_for_engine(struct link *link)
{
	int64_t now_us = loop_now_us();

	if (link->mode != LINK_STARTS_ENGINE || link->delay_us < DELAY_LONGEST_US ||
	    now_us < link->start_due_us)
		return;
	link->start_due_us = now_us + START_EVERY_US;
	(void)start_instance(link->home, &link->trouble); /* tried again later */
}

static void reconnect(struct link *link)
{
	struct err err = {0};

	if (loop_now_us() < link->connect_due_us)
		return;
	if (link_connect(link, &err) >= 0)
		return;
	wait_longer(link, &err);
	ask_for_engine(link);
}

static bool has_requests(const struct link *link)
{
	for (const struct client_rpc *rpc = link->rpcs; rpc; rpc = rpc->next)
		if (rpc->request)
			return true;
	return false;
}

static void exchange(struct link *link)
{
	struct err err = {0};

	if (grpc_client_process(link->connection, &err) < 0) {
		disconnect(link, &err);
		return;
	}
	if (grpc_client_is_ready(link->connection))
		link->delay_us = DELAY_FIRST_US;
	if (grpc_client_is_closing(link->connection) && !has_requests(link)) {
		(void)err_set(&err, ERR_UNAVAILABLE, "the engine is stopping");
		disconnect(link, &err);
	}
}

void link_process(struct link *link)
{
	struct err err = {0};

	link->processing = true;
	if (!link->connection)
		reconnect(link);
	if (link->connection)
		exchange(link);
	send_waiting(link);
	/* What callbacks and the line above have queued leaves now, not at the next turn. */
	if (link->connection && grpc_client_poll_events(link->connection) & POLLOUT &&
	    grpc_client_process(link->connection, &err) < 0)
		disconnect(link, &err);
	link->processing = false;
	free_finished(link);
}

/* ---- in a poll loop ------------------------------------------------------------------------ */

int link_fd(const struct link *link)
{
	return link->connection ? grpc_client_fd(link->connection) : -1;
}

short link_poll_events(const struct link *link)
{
	return link->connection ? grpc_client_poll_events(link->connection) : (short)0;
}

int64_t link_deadline_us(const struct link *link)
{
	return link->connection ? INT64_MAX : link->connect_due_us;
}

bool link_is_connected(const struct link *link)
{
	return link->connection && grpc_client_is_ready(link->connection);
}

void link_turn(struct link *link, int64_t deadline_us)
{
	struct pollfd pollfd = {.fd = link_fd(link), .events = link_poll_events(link)};
	int64_t until_us = link_deadline_us(link);
	int64_t left_ms;

	if (deadline_us < until_us)
		until_us = deadline_us;
	left_ms = until_us == INT64_MAX ? -1 : (until_us - loop_now_us() + 999) / 1000;
	if (until_us != INT64_MAX && left_ms < 0)
		left_ms = 0;
	if (left_ms > INT32_MAX)
		left_ms = INT32_MAX;
	(void)poll(&pollfd, 1, (int)left_ms); /* a signal is as good a reason to look */
	link_process(link);
}

const struct err *link_trouble(const struct link *link)
{
	return &link->trouble;
}

/* ---- life --------------------------------------------------------------------------------- */

struct link *link_new(const struct home *home, enum link_mode mode)
{
	struct link *link = mem_zalloc(sizeof(*link));

	link->home = home;
	link->mode = mode;
	link->rpcs_end = &link->rpcs;
	link->delay_us = DELAY_FIRST_US;
	return link;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	assert(!link->processing);
	grpc_client_free(link->connection);
	while (link->rpcs) {
		struct client_rpc *rpc = link->rpcs;

		link->rpcs = rpc->next;
		rpc_free(rpc);
	}
	free(link);
}
