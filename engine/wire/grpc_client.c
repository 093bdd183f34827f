/* SPDX-License-Identifier: MIT
 *
 * The client half of gRPC: a session, its calls, their messages and how each ended. Connecting,
 * reconnecting and what the messages mean is for others.
 */
#include "wire/grpc_client.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "wire/frame.h"
#include "wire/grpc_status.h"

#define HEADERS_MAX   16
#define WINDOW_BYTES  (4 * 1024 * 1024)
#define READ_BYTES    65536
#define READS_AT_ONCE 16
#define SEND_BYTES    65536
#define TRAILER_MAX   8192 /* bytes of one header's value that are kept */

struct grpc_request {
	struct grpc_client *client;
	struct grpc_request *next; /* of the client */
	int32_t stream;
	char *body; /* prefix and message, until it has left */
	size_t body_length, body_sent;
	struct frame_reader replies;
	const struct grpc_events *events; /* NULL once cancelled or ended */
	void *ctx;
	int http_status;
	int status;	    /* gRPC's; -1 until it came */
	enum err_code code; /* the exact one, when the peer names it */
	struct err err;	    /* what is wrong with the replies, or the peer's message */
};

struct grpc_client {
	int fd;
	nghttp2_session *session;
	struct grpc_request *requests;
	struct grpc_header headers[HEADERS_MAX]; /* owned */
	size_t headers_count;
	struct buf out;
	bool waits_to_write, ready, closing;
};

/* ---- ends --------------------------------------------------------------------------------- */

static void request_free(struct grpc_request *request)
{
	struct grpc_request **link = &request->client->requests;

	while (*link != request)
		link = &(*link)->next;
	*link = request->next;
	free(request->body);
	frame_reader_release(&request->replies);
	free(request);
}

/* What the trailer, the HTTP status or the lack of them mean. */
static void judge(const struct grpc_request *request, uint32_t http2_error, struct err *out)
{
	*out = (struct err){0};
	if (request->status == 0)
		return;
	if (request->status > 0) {
		enum err_code code =
			request->code ? request->code : grpc_status_to_error(request->status);

		(void)err_set(out, code, "%s",
			      request->err.message[0] ? request->err.message
						      : err_code_name((int)code));
	} else if (http2_error == NGHTTP2_REFUSED_STREAM || http2_error == NGHTTP2_NO_ERROR) {
		(void)err_set(out, ERR_UNAVAILABLE, "the engine did not take the call");
	} else if (request->http_status && request->http_status != 200) {
		(void)err_set(out, ERR_PROTOCOL, "the engine answers HTTP %d",
			      request->http_status);
	} else {
		(void)err_set(out, ERR_PROTOCOL, "the call ended without a status: %s",
			      nghttp2_http2_strerror(http2_error));
	}
}

static void finish(struct grpc_request *request, const struct err *err)
{
	const struct grpc_events *events = request->events;

	request->events = NULL;
	if (events)
		events->ended(request->ctx, err);
}

/* ---- what HTTP/2 reports ------------------------------------------------------------------- */

static struct grpc_request *request_of(nghttp2_session *session, int32_t stream)
{
	return nghttp2_session_get_stream_user_data(session, stream);
}

static bool is_named(const uint8_t *name, size_t length, const char *wanted)
{
	return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static int small_number(const uint8_t *value, size_t length)
{
	int number = 0;

	if (length == 0 || length > 3)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (value[i] < '0' || value[i] > '9')
			return -1;
		number = number * 10 + (value[i] - '0');
	}
	return number;
}

static void take_message(struct grpc_request *request, const uint8_t *value, size_t length)
{
	struct buf text;

	buf_init(&text, TRAILER_MAX);
	grpc_status_unescape(&text, (const char *)value, length);
	(void)err_set(&request->err, ERR_INTERNAL, "%s", buf_text(&text));
	buf_release(&text);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_length, const uint8_t *value, size_t length, uint8_t flags,
		     void *ctx)
{
	struct grpc_request *request = request_of(session, frame->hd.stream_id);

	(void)flags;
	(void)ctx;
	if (!request || length > TRAILER_MAX)
		return 0;
	if (is_named(name, name_length, ":status"))
		request->http_status = small_number(value, length);
	else if (is_named(name, name_length, "grpc-status"))
		request->status = small_number(value, length);
	else if (is_named(name, name_length, "grpc-message"))
		take_message(request, value, length);
	else if (is_named(name, name_length, "hlp-error"))
		request->code = grpc_status_error_named((const char *)value, length);
	return 0;
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream,
			 const uint8_t *data, size_t length, void *ctx)
{
	struct grpc_request *request = request_of(session, stream);
	const uint8_t *message;
	size_t message_length;
	struct err err = {0};
	int rc;

	(void)flags;
	(void)ctx;
	if (!request || !request->events)
		return 0;
	rc = frame_reader_feed(&request->replies, data, length, &err);
	while (rc >= 0 && request->events) {
		rc = frame_reader_next(&request->replies, &message, &message_length, &err);
		if (rc == 0)
			return 0;
		if (rc > 0)
			request->events->message(request->ctx, message, message_length);
	}
	if (rc < 0) {
		finish(request, &err);
		(void)nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream,
						NGHTTP2_CANCEL); /* the call is over either way */
	}
	return 0;
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
	struct grpc_client *client = ctx;

	(void)session;
	if (frame->hd.type == NGHTTP2_SETTINGS)
		client->ready = true;
	if (frame->hd.type == NGHTTP2_GOAWAY)
		client->closing = true;
	return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t error, void *ctx)
{
	struct grpc_request *request = request_of(session, stream);
	struct err err;

	(void)ctx;
	if (!request)
		return 0;
	judge(request, error, &err);
	if (!err.code && frame_reader_pending(&request->replies) != 0)
		(void)err_set(&err, ERR_PROTOCOL, "the last message is cut");
	finish(request, &err);
	request_free(request);
	return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *out, size_t room,
			 uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
	struct grpc_request *request = source->ptr;
	size_t n = request->body_length - request->body_sent;

	(void)session;
	(void)stream;
	(void)ctx;
	if (n > room)
		n = room;
	memcpy(out, request->body + request->body_sent, n);
	request->body_sent += n;
	if (request->body_sent == request->body_length)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

/* ---- life --------------------------------------------------------------------------------- */

static int start_session(struct grpc_client *client)
{
	const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES},
	};
	nghttp2_session_callbacks *callbacks;
	int rc = nghttp2_session_callbacks_new(&callbacks);

	if (rc != 0)
		return rc;
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
	rc = nghttp2_session_client_new(&client->session, callbacks, client);
	nghttp2_session_callbacks_del(callbacks);
	if (rc == 0)
		rc = nghttp2_submit_settings(client->session, NGHTTP2_FLAG_NONE, settings, 2);
	if (rc == 0)
		rc = nghttp2_session_set_local_window_size(client->session, NGHTTP2_FLAG_NONE, 0,
							   2 * WINDOW_BYTES);
	return rc;
}

static void add_header(struct grpc_client *client, const struct grpc_header *header)
{
	struct buf text;

	buf_init(&text, TRAILER_MAX);
	grpc_status_escape(&text, header->value, strlen(header->value));
	client->headers[client->headers_count++] =
		(struct grpc_header){.name = mem_strdup(header->name), .value = buf_steal(&text)};
}

int grpc_client_new(int fd, const struct grpc_header *headers, size_t headers_count,
		    struct grpc_client **out, struct err *err)
{
	struct grpc_client *client = mem_zalloc(sizeof(*client));
	int rc;

	client->fd = fd;
	buf_init(&client->out, (size_t)1024 * 1024);
	for (size_t i = 0; i < headers_count && i < HEADERS_MAX; i++)
		add_header(client, &headers[i]);
	rc = start_session(client);
	if (rc != 0) {
		grpc_client_free(client);
		return err_set(err, ERR_INTERNAL, "cannot begin an HTTP/2 session: %s",
			       nghttp2_strerror(rc));
	}
	*out = client;
	return 0;
}

void grpc_client_free(struct grpc_client *client)
{
	if (!client)
		return;
	nghttp2_session_del(client->session);
	while (client->requests)
		request_free(client->requests);
	for (size_t i = 0; i < client->headers_count; i++) {
		free((char *)client->headers[i].name);
		free((char *)client->headers[i].value);
	}
	buf_release(&client->out);
	(void)close(client->fd); /* nothing that must arrive is waiting */
	free(client);
}

int grpc_client_fd(const struct grpc_client *client)
{
	return client->fd;
}

short grpc_client_poll_events(const struct grpc_client *client)
{
	if (client->waits_to_write || nghttp2_session_want_write(client->session))
		return POLLIN | POLLOUT;
	return POLLIN;
}

bool grpc_client_is_ready(const struct grpc_client *client)
{
	return client->ready;
}

bool grpc_client_is_closing(const struct grpc_client *client)
{
	return client->closing || !nghttp2_session_check_request_allowed(client->session);
}

/* ---- reading and writing ------------------------------------------------------------------- */

/* 1 when all has left, 0 when the socket is full. */
static int send_gathered(struct grpc_client *client, struct err *err)
{
	size_t sent = 0;
	int rc = 1;

	while (sent < client->out.length) {
		ssize_t n = send(client->fd, client->out.data + sent, client->out.length - sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			sent += (size_t)n;
		} else if (errno != EINTR) {
			rc = errno == EAGAIN ? 0
					     : err_set(err, ERR_UNAVAILABLE,
						       "the engine went away: %s", strerror(errno));
			break;
		}
	}
	buf_consume(&client->out, sent);
	return rc;
}

static int write_all(struct grpc_client *client, struct err *err)
{
	int rc;

	while ((rc = send_gathered(client, err)) > 0) {
		const uint8_t *bytes;
		ssize_t n = 0;

		while (client->out.length < SEND_BYTES) {
			n = nghttp2_session_mem_send(client->session, &bytes);
			if (n <= 0)
				break;
			buf_add(&client->out, bytes, (size_t)n);
		}
		if (n < 0)
			return err_set(err, ERR_INTERNAL, "cannot send: %s",
				       nghttp2_strerror((int)n));
		if (client->out.length == 0)
			break;
	}
	client->waits_to_write = rc == 0;
	return rc < 0 ? rc : 0;
}

/* 1 when there may be more. */
static int read_some(struct grpc_client *client, struct err *err)
{
	uint8_t bytes[READ_BYTES];
	ssize_t n = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	ssize_t used;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return err_set(err, ERR_UNAVAILABLE, "the engine went away: %s",
			       n < 0 ? strerror(errno) : "connection closed");
	used = nghttp2_session_mem_recv(client->session, bytes, (size_t)n);
	if (used < 0)
		return err_set(err, ERR_PROTOCOL, "the engine does not speak HTTP/2: %s",
			       nghttp2_strerror((int)used));
	return n == (ssize_t)sizeof(bytes);
}

int grpc_client_process(struct grpc_client *client, struct err *err)
{
	int rc = write_all(client, err);

	for (int i = 0; i < READS_AT_ONCE && rc >= 0; i++) {
		rc = read_some(client, err);
		if (rc == 0)
			break;
	}
	if (rc >= 0)
		rc = write_all(client, err);
	if (rc < 0)
		return rc;
	/* A session that wants nothing more has given the peer up. */
	if (!nghttp2_session_want_read(client->session) &&
	    !nghttp2_session_want_write(client->session) && client->out.length == 0)
		return client->ready ? err_set(err, ERR_UNAVAILABLE, "the engine said goodbye")
				     : err_set(err, ERR_PROTOCOL, "the peer does not speak HTTP/2");
	return 0;
}

/* ---- calls -------------------------------------------------------------------------------- */

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){.name = (uint8_t *)name,
			    .value = (uint8_t *)value,
			    .namelen = strlen(name),
			    .valuelen = strlen(value)};
}

static size_t fill_headers(const struct grpc_client *client, const char *path, const char *timeout,
			   nghttp2_nv *out)
{
	size_t count = 0;

	out[count++] = header(":method", "POST");
	out[count++] = header(":scheme", "http");
	out[count++] = header(":path", path);
	out[count++] = header(":authority", "localhost");
	out[count++] = header("te", "trailers");
	out[count++] = header("content-type", "application/grpc");
	if (timeout)
		out[count++] = header("grpc-timeout", timeout);
	for (size_t i = 0; i < client->headers_count; i++)
		out[count++] = header(client->headers[i].name, client->headers[i].value);
	return count;
}

static struct grpc_request *request_new(struct grpc_client *client, const void *data, size_t length)
{
	struct grpc_request *request = mem_zalloc(sizeof(*request));

	request->client = client;
	request->status = -1;
	request->body_length = FRAME_PREFIX + length;
	request->body = mem_alloc(request->body_length);
	frame_write_prefix((uint8_t *)request->body, length);
	if (length)
		memcpy(request->body + FRAME_PREFIX, data, length);
	frame_reader_init(&request->replies, FRAME_MESSAGE_MAX);
	request->next = client->requests;
	client->requests = request;
	return request;
}

struct grpc_request *grpc_client_call(struct grpc_client *client, const char *path,
				      const void *data, size_t length, int64_t timeout_us,
				      const struct grpc_events *events, void *ctx)
{
	nghttp2_nv headers[HEADERS_MAX + 8];
	char timeout[GRPC_TIMEOUT_TEXT];
	struct grpc_request *request;
	nghttp2_data_provider provider = {.read_callback = read_body};
	size_t count;

	if (grpc_client_is_closing(client))
		return NULL;
	if (timeout_us > 0)
		grpc_status_format_timeout(timeout_us, timeout);
	count = fill_headers(client, path, timeout_us > 0 ? timeout : NULL, headers);
	request = request_new(client, data, length);
	provider.source.ptr = request;
	request->stream =
		nghttp2_submit_request(client->session, NULL, headers, count, &provider, request);
	if (request->stream < 0) {
		request_free(request);
		return NULL;
	}
	request->events = events;
	request->ctx = ctx;
	return request;
}

void grpc_client_cancel(struct grpc_client *client, struct grpc_request *request)
{
	request->events = NULL;
	(void)nghttp2_submit_rst_stream(client->session, NGHTTP2_FLAG_NONE, request->stream,
					NGHTTP2_CANCEL); /* fails only when it has ended */
}
