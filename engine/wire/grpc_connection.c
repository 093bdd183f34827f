/* SPDX-License-Identifier: MIT
 *
 * A client's socket: reads into the session, sends what the session has, keeps the nearest
 * deadline. While the socket takes no more, the session is not asked for more: what waits is
 * then bounded by the calls' queues, which the service watches.
 */
#include "wire/grpc_connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "wire/grpc_session.h"

#define GREETING_US    (10 * CLOCK_SECOND_US)
#define READ_BYTES     65536
#define READS_PER_TURN 8
#define SEND_BYTES     65536 /* one write gathers about this much */

/* ---- deadlines ---------------------------------------------------------------------------- */

static void arm(struct grpc_connection *connection)
{
	int64_t nearest = connection->greeting_deadline_us;

	for (struct grpc_call *call = connection->calls; call; call = call->next)
		if (!call->ended && call->deadline_us < nearest)
			nearest = call->deadline_us;
	if (nearest == INT64_MAX)
		loop_disarm(connection->loop, &connection->timer);
	else if (!connection->timer.position || connection->timer.deadline_us != nearest)
		loop_arm(connection->loop, &connection->timer, nearest);
}

static void timer_due(struct loop_timer *timer)
{
	struct grpc_connection *connection = timer->ctx;
	int64_t now_us = loop_now_us();
	struct err err;

	if (connection->greeting_deadline_us <= now_us) {
		grpc_connection_close(connection);
		return;
	}
	(void)err_set(&err, ERR_TIMEOUT, "the call's time is up");
	for (struct grpc_call *call = connection->calls; call; call = call->next)
		if (!call->ended && call->deadline_us <= now_us)
			grpc_call_abort(call, &err);
	grpc_connection_flush(connection);
}

/* ---- sending ------------------------------------------------------------------------------ */

/* Sends what is gathered: 1 when all has left, 0 when the socket is full, -ERR when it is gone. */
static int send_gathered(struct grpc_connection *connection)
{
	struct buf *out = &connection->out;
	size_t sent = 0;
	int rc = 1;

	while (sent < out->length) {
		ssize_t n = send(connection->fd, out->data + sent, out->length - sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			sent += (size_t)n;
		} else if (errno != EINTR) {
			rc = errno == EAGAIN ? 0 : -ERR_UNAVAILABLE;
			break;
		}
	}
	buf_consume(out, sent);
	return rc;
}

/* Gathers frames of the session: 1 when there are some to send, 0 when none are left. */
static int gather(struct grpc_connection *connection)
{
	struct buf *out = &connection->out;

	while (out->length < SEND_BYTES) {
		const uint8_t *bytes;
		ssize_t n = nghttp2_session_mem_send(connection->session, &bytes);

		if (n < 0)
			return -ERR_PROTOCOL;
		if (n == 0)
			break;
		buf_add(out, bytes, (size_t)n);
	}
	return out->length > 0;
}

static int send_all(struct grpc_connection *connection)
{
	for (;;) {
		int rc = send_gathered(connection);

		if (rc <= 0)
			return rc;
		rc = gather(connection);
		if (rc <= 0)
			return rc < 0 ? rc : 1;
	}
}

static void watch_socket(struct grpc_connection *connection, bool write)
{
	if (connection->waits_to_write == write)
		return;
	connection->waits_to_write = write;
	loop_change(connection->loop, &connection->watch,
		    write ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void tell_drained(struct grpc_connection *connection)
{
	const struct grpc_service *service = connection->service;

	for (struct grpc_call *call = connection->calls; call; call = call->next) {
		bool due = call->drained && !call->ended;

		call->drained = false;
		if (due && service->drained)
			service->drained(service->ctx, call);
	}
}

static bool is_over(const struct grpc_connection *connection)
{
	if (connection->goodbye_said && !connection->calls)
		return true;
	return !nghttp2_session_want_read(connection->session) &&
	       !nghttp2_session_want_write(connection->session);
}

void grpc_connection_flush(struct grpc_connection *connection)
{
	int rc;

	connection->dirty = false;
	rc = send_all(connection);
	if (rc < 0 || (rc > 0 && is_over(connection))) {
		grpc_connection_close(connection);
		return;
	}
	watch_socket(connection, rc == 0);
	arm(connection);
	tell_drained(connection);
}

void grpc_connection_say_goodbye(struct grpc_connection *connection)
{
	if (connection->fd < 0 || connection->goodbye_said)
		return;
	connection->goodbye_said = true;
	(void)nghttp2_submit_goaway(connection->session, NGHTTP2_FLAG_NONE,
				    nghttp2_session_get_last_proc_stream_id(connection->session),
				    NGHTTP2_NO_ERROR, NULL,
				    0); /* fails only without memory: then the close says it */
	grpc_own_touch(connection);
}

/* ---- receiving ---------------------------------------------------------------------------- */

/* 1 when there may be more, 0 when the socket is empty, -ERR when the client is gone. */
static int receive_some(struct grpc_connection *connection)
{
	uint8_t bytes[READ_BYTES];
	ssize_t n = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	ssize_t used;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -ERR_UNAVAILABLE;
	if (n == 0)
		return -ERR_UNAVAILABLE;
	used = nghttp2_session_mem_recv(connection->session, bytes, (size_t)n);
	if (used < 0)
		return -ERR_PROTOCOL;
	return n == (ssize_t)sizeof(bytes);
}

static void socket_ready(struct loop_watch *watch, unsigned events)
{
	struct grpc_connection *connection = watch->ctx;
	int rc = 1;

	if (events & (LOOP_READ | LOOP_HANGUP))
		for (int i = 0; i < READS_PER_TURN && rc > 0; i++)
			rc = receive_some(connection);
	if (rc == -ERR_PROTOCOL)
		(void)send_all(connection); /* the GOAWAY that says why, if it fits */
	if (rc < 0)
		grpc_connection_close(connection);
	else
		grpc_connection_flush(connection);
}

/* ---- life --------------------------------------------------------------------------------- */

int grpc_connection_new(const struct grpc_connection *model, int fd, const struct peer *peer,
			struct grpc_connection **out, struct err *err)
{
	struct grpc_connection *connection = mem_dup(model, sizeof(*model));
	int rc;

	connection->peer = *peer;
	connection->fd = fd;
	connection->watch = (struct loop_watch){.fd = fd, .ready = socket_ready, .ctx = connection};
	connection->timer = (struct loop_timer){.due = timer_due, .ctx = connection};
	connection->greeting_deadline_us = loop_now_us() + GREETING_US;
	buf_init(&connection->out, (size_t)1024 * 1024);
	rc = grpc_session_new(connection, &connection->session, err);
	if (rc >= 0)
		rc = loop_add(connection->loop, &connection->watch, LOOP_READ, err);
	if (rc < 0) {
		(void)close(fd); /* nothing was written */
		nghttp2_session_del(connection->session);
		free(connection);
		return rc;
	}
	arm(connection);
	grpc_own_touch(connection);
	*out = connection;
	return 0;
}

void grpc_connection_close(struct grpc_connection *connection)
{
	if (connection->fd < 0)
		return;
	loop_remove(connection->loop, &connection->watch);
	loop_disarm(connection->loop, &connection->timer);
	(void)close(connection->fd); /* what had to arrive has been sent */
	connection->fd = -1;
	for (struct grpc_call *call = connection->calls; call; call = call->next)
		grpc_call_cancel(call);
	grpc_own_touch(connection);
}

void grpc_connection_free(struct grpc_connection *connection)
{
	nghttp2_session_del(connection->session);
	while (connection->calls)
		grpc_call_free(connection->calls);
	buf_release(&connection->out);
	free(connection);
}
