/* SPDX-License-Identifier: MIT
 *
 * A call's answer: the queue of its messages, the trailer that ends it. Messages are shared with
 * other calls and copied once, into HTTP/2 frames, when the socket has room.
 */
#include "wire/grpc_call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "wire/grpc_own.h"
#include "wire/grpc_status.h"

#define REQUEST_US (60 * CLOCK_SECOND_US) /* a request must be complete by then */

struct grpc_call *grpc_call_new(struct grpc_connection *connection, int32_t stream)
{
	struct grpc_call *call = mem_zalloc(sizeof(*call));

	call->connection = connection;
	call->stream = stream;
	call->deadline_us = loop_now_us() + REQUEST_US;
	frame_reader_init(&call->request, FRAME_MESSAGE_MAX);
	call->next = connection->calls;
	connection->calls = call;
	connection->calls_count++;
	return call;
}

void grpc_call_free(struct grpc_call *call)
{
	struct grpc_call **link = &call->connection->calls;

	while (*link != call)
		link = &(*link)->next;
	*link = call->next;
	call->connection->calls_count--;
	call->connection->request_bytes -= frame_reader_pending(&call->request);
	for (size_t i = 0; i < call->headers_count; i++) {
		free(call->headers[i].name);
		free(call->headers[i].value);
	}
	for (size_t i = 0; i < call->count; i++)
		shared_bytes_unref(call->queue[call->first + i]);
	free(call->queue);
	frame_reader_release(&call->request);
	free(call);
}

void grpc_call_cancel(struct grpc_call *call)
{
	const struct grpc_service *service = call->connection->service;
	bool known = call->dispatched && !call->ended;

	call->ended = true;
	if (known)
		service->cancelled(service->ctx, call);
}

void grpc_call_abort(struct grpc_call *call, const struct err *err)
{
	const struct grpc_service *service = call->connection->service;

	if (call->ended)
		return;
	if (call->dispatched)
		service->cancelled(service->ctx, call);
	grpc_call_end(call, err);
}

/* ---- what the service asks ---------------------------------------------------------------- */

const struct peer *grpc_call_peer(const struct grpc_call *call)
{
	return &call->connection->peer;
}

const char *grpc_call_header(const struct grpc_call *call, const char *name)
{
	for (size_t i = 0; i < call->headers_count; i++)
		if (strcmp(call->headers[i].name, name) == 0)
			return call->headers[i].value;
	return NULL;
}

void grpc_call_set_mark(struct grpc_call *call, void *mark)
{
	call->mark = mark;
}

void *grpc_call_mark(const struct grpc_call *call)
{
	return call->mark;
}

size_t grpc_call_pending(const struct grpc_call *call)
{
	return call->pending;
}

/* ---- sending ------------------------------------------------------------------------------ */

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){.name = (uint8_t *)name,
			    .value = (uint8_t *)value,
			    .namelen = strlen(name),
			    .valuelen = strlen(value)};
}

/* Fills what says how the call ended; `text` and `number` hold the values while they are used. */
static size_t trailer_of(const struct err *end, struct buf *text, char number[8], nghttp2_nv out[3])
{
	size_t count = 0;

	(void)snprintf(number, 8, "%d", grpc_status_of_error(end->code));
	out[count++] = header("grpc-status", number);
	if (!end->code)
		return count;
	grpc_status_escape(text, end->message, strlen(end->message));
	out[count++] = header("grpc-message", buf_text(text));
	out[count++] = header("hlp-error", err_code_name(end->code));
	return count;
}

static void submit_trailer(struct grpc_call *call)
{
	nghttp2_nv headers[3];
	char number[8];
	struct buf text;
	size_t count;

	buf_init(&text, 4 * sizeof(call->end.message));
	count = trailer_of(&call->end, &text, number, headers);
	(void)nghttp2_submit_trailer(call->connection->session, call->stream, headers,
				     count); /* fails only when the stream is gone */
	buf_release(&text);
}

/* Copies as much of the oldest message as fits. */
static size_t copy_first(struct grpc_call *call, uint8_t *out, size_t room)
{
	struct shared_bytes *bytes = call->queue[call->first];
	uint8_t prefix[FRAME_PREFIX];
	size_t n = 0, body, left;

	frame_write_prefix(prefix, bytes->length);
	while (call->first_sent < FRAME_PREFIX && n < room)
		out[n++] = prefix[call->first_sent++];
	if (call->first_sent < FRAME_PREFIX)
		return n;
	body = call->first_sent - FRAME_PREFIX;
	left = bytes->length - body;
	if (left > room - n)
		left = room - n;
	if (left)
		memcpy(out + n, bytes->data + body, left);
	call->first_sent += left;
	if (call->first_sent == FRAME_PREFIX + bytes->length) {
		shared_bytes_unref(bytes);
		call->first++;
		call->count--;
		call->first_sent = 0;
	}
	return n + left;
}

static ssize_t read_queue(nghttp2_session *session, int32_t stream, uint8_t *out, size_t room,
			  uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
	struct grpc_call *call = source->ptr;
	size_t n = 0;

	(void)session;
	(void)stream;
	(void)ctx;
	while (call->count && n < room)
		n += copy_first(call, out + n, room - n);
	call->pending -= n;
	if (call->count)
		return (ssize_t)n;
	if (call->ended) {
		*flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
		submit_trailer(call);
		return (ssize_t)n;
	}
	if (n) {
		call->drained = true;
		return (ssize_t)n;
	}
	return NGHTTP2_ERR_DEFERRED;
}

static void submit_response(struct grpc_call *call)
{
	nghttp2_nv headers[6];
	nghttp2_data_provider provider = {.source.ptr = call, .read_callback = read_queue};
	bool empty = call->ended && !call->count; /* nothing but the end: one frame */
	char number[8];
	struct buf text;
	size_t count = 0;

	buf_init(&text, 4 * sizeof(call->end.message));
	headers[count++] = header(":status", "200");
	headers[count++] = header("content-type", "application/grpc");
	headers[count++] = header("grpc-accept-encoding", "identity");
	if (empty)
		count += trailer_of(&call->end, &text, number, headers + count);
	(void)nghttp2_submit_response(call->connection->session, call->stream, headers, count,
				      empty ? NULL : &provider); /* fails only without a stream */
	buf_release(&text);
	call->responded = true;
}

/* The queue or the end changed. */
static void touch(struct grpc_call *call)
{
	if (call->connection->fd < 0)
		return;
	if (!call->responded)
		submit_response(call);
	else
		(void)nghttp2_session_resume_data(call->connection->session,
						  call->stream); /* fails when not deferred */
	grpc_own_touch(call->connection);
}

static void enqueue(struct grpc_call *call, struct shared_bytes *bytes)
{
	if (call->first && call->first + call->count == call->capacity) {
		memmove(call->queue, call->queue + call->first,
			call->count * sizeof(struct shared_bytes *));
		call->first = 0;
	}
	call->queue = mem_grow(call->queue, &call->capacity, call->first + call->count + 1,
			       sizeof(struct shared_bytes *));
	call->queue[call->first + call->count++] = shared_bytes_ref(bytes);
	call->pending += FRAME_PREFIX + bytes->length;
}

int grpc_call_send(struct grpc_call *call, struct shared_bytes *bytes, struct err *err)
{
	assert(call->dispatched);
	assert(!call->ended);
	if (call->pending + bytes->length > GRPC_PENDING_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes wait for a slow client", call->pending);
	enqueue(call, bytes);
	touch(call);
	return 0;
}

void grpc_call_end(struct grpc_call *call, const struct err *err)
{
	assert(!call->ended);
	call->ended = true;
	if (err)
		call->end = *err;
	touch(call);
}

void grpc_call_reply(struct grpc_call *call, struct shared_bytes *bytes)
{
	assert(call->dispatched);
	assert(!call->ended);
	enqueue(call, bytes);
	call->ended = true;
	touch(call);
}
