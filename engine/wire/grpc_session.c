/* SPDX-License-Identifier: MIT
 *
 * What HTTP/2 reports to the server half: streams begin, headers and data come, streams close.
 * Turns them into calls and hands a complete request to the service. Runs inside nghttp2, so it
 * queues and marks, and never sends or frees a connection.
 */
#include "wire/grpc_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/grpc_call.h"
#include "wire/grpc_status.h"
#include "wire/message.h"

#define REQUEST_BYTES_MAX (2 * FRAME_MESSAGE_MAX) /* incomplete requests of one connection */
#define WINDOW_BYTES	  (1024 * 1024)

static struct grpc_call *call_of(nghttp2_session *session, int32_t stream)
{
	return nghttp2_session_get_stream_user_data(session, stream);
}

/* ---- headers ------------------------------------------------------------------------------ */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
	struct grpc_call *call;

	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	call = grpc_call_new(ctx, frame->hd.stream_id);
	(void)nghttp2_session_set_stream_user_data(session, frame->hd.stream_id,
						   call); /* the stream exists */
	return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
		     void *ctx)
{
	struct grpc_call *call = call_of(session, frame->hd.stream_id);
	struct call_header *header;
	struct buf text;

	(void)flags;
	(void)ctx;
	if (!call || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	call->header_bytes += name_length + value_length;
	if (call->header_bytes > CALL_HEADER_BYTES_MAX || call->headers_count == CALL_HEADERS_MAX)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	buf_init(&text, CALL_HEADER_BYTES_MAX);
	grpc_status_unescape(&text, (const char *)value, value_length);
	header = &call->headers[call->headers_count++];
	header->name = mem_strndup((const char *)name, name_length);
	header->value = buf_steal(&text);
	return 0;
}

/* ---- what a request must be ---------------------------------------------------------------- */

static void refuse_content_type(struct grpc_call *call)
{
	static const nghttp2_nv status = {.name = (uint8_t *)":status",
					  .value = (uint8_t *)"415",
					  .namelen = 7,
					  .valuelen = 3};

	(void)nghttp2_submit_response(call->connection->session, call->stream, &status, 1,
				      NULL); /* fails only without a stream */
	call->responded = true;
	call->ended = true;
}

/* The method by the path "/package.Service/Method", or NULL. */
static const ProtobufCMethodDescriptor *find_method(const ProtobufCServiceDescriptor *descriptor,
						    const char *path)
{
	size_t length = strlen(descriptor->name);

	if (path[0] != '/' || strncmp(path + 1, descriptor->name, length) != 0 ||
	    path[1 + length] != '/')
		return NULL;
	return protobuf_c_service_descriptor_get_method_by_name(descriptor, path + length + 2);
}

static bool is_grpc(const char *type)
{
	static const char plain[] = "application/grpc";
	size_t length = sizeof(plain) - 1;

	if (!type || strncmp(type, plain, length) != 0)
		return false;
	return !type[length] || strcmp(type + length, "+proto") == 0 || type[length] == ';';
}

static int check_headers(struct grpc_call *call, struct err *err)
{
	const char *path = grpc_call_header(call, ":path");
	const char *verb = grpc_call_header(call, ":method");
	const char *encoding = grpc_call_header(call, "grpc-encoding");
	const char *timeout = grpc_call_header(call, "grpc-timeout");
	int64_t timeout_us;
	int rc;

	if (!verb || strcmp(verb, "POST") != 0)
		return err_set(err, ERR_PROTOCOL, "a call must be a POST");
	call->method = find_method(call->connection->service->descriptor, path ? path : "");
	if (!call->method)
		return err_set(err, ERR_UNSUPPORTED, "there is no method '%s'", path ? path : "");
	if (encoding && strcmp(encoding, "identity") != 0)
		return err_set(err, ERR_UNSUPPORTED, "the encoding '%s' is not supported",
			       encoding);
	if (!timeout)
		return 0;
	rc = grpc_status_parse_timeout(timeout, strlen(timeout), &timeout_us, err);
	if (rc < 0)
		return rc;
	if (timeout_us < call->deadline_us - loop_now_us())
		call->deadline_us = loop_now_us() + timeout_us;
	return 0;
}

/* Once the request is complete only the client's own deadline counts. */
static void set_deadline(struct grpc_call *call)
{
	const char *timeout = grpc_call_header(call, "grpc-timeout");
	int64_t timeout_us, now_us = loop_now_us();

	call->deadline_us = INT64_MAX;
	if (!timeout || grpc_status_parse_timeout(timeout, strlen(timeout), &timeout_us, NULL) < 0)
		return;
	if (timeout_us < INT64_MAX - now_us)
		call->deadline_us = now_us + timeout_us;
}

static int unpack_request(struct grpc_call *call, ProtobufCMessage **out, struct err *err)
{
	const uint8_t *data;
	size_t length;
	int rc = frame_reader_next(&call->request, &data, &length, err);

	if (rc < 0)
		return rc;
	if (rc == 0 || frame_reader_pending(&call->request) != 0)
		return err_set(err, ERR_PROTOCOL, "a request must be exactly one message");
	return message_unpack(call->method->input, MESSAGE_FROM_CLIENT, data, length, out, err);
}

static void dispatch(struct grpc_call *call)
{
	const struct grpc_service *service = call->connection->service;
	ProtobufCMessage *message = NULL;
	struct err err = {0};
	int rc;

	call->connection->request_bytes -= frame_reader_pending(&call->request);
	rc = unpack_request(call, &message, &err);
	frame_reader_release(&call->request);
	frame_reader_init(&call->request, 0);
	if (rc < 0) {
		grpc_call_end(call, &err);
		return;
	}
	set_deadline(call);
	call->dispatched = true;
	service->request(service->ctx, call, call->method->name, message);
}

/* ---- frames ------------------------------------------------------------------------------- */

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream,
			 const uint8_t *data, size_t length, void *ctx)
{
	struct grpc_connection *connection = ctx;
	struct grpc_call *call = call_of(session, stream);
	struct err err = {0};
	size_t counted;
	int rc;

	(void)flags;
	if (!call || call->ended || call->dispatched)
		return 0;
	counted = frame_reader_pending(&call->request); /* this chunk is not, if it is refused */
	if (length > REQUEST_BYTES_MAX - connection->request_bytes)
		rc = err_set(&err, ERR_LIMIT, "too many large requests at once");
	else
		rc = frame_reader_feed(&call->request, data, length, &err);
	if (rc < 0) {
		connection->request_bytes -= counted;
		frame_reader_release(&call->request);
		frame_reader_init(&call->request, 0);
		grpc_call_end(call, &err);
		return 0;
	}
	connection->request_bytes += length;
	return 0;
}

static void request_headers_complete(struct grpc_call *call)
{
	struct err err = {0};

	if (!is_grpc(grpc_call_header(call, "content-type")))
		refuse_content_type(call);
	else if (check_headers(call, &err) < 0)
		grpc_call_end(call, &err);
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
	struct grpc_connection *connection = ctx;
	struct grpc_call *call;

	if (frame->hd.type == NGHTTP2_SETTINGS && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
		connection->greeting_deadline_us = INT64_MAX;
	if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
		return 0;
	call = call_of(session, frame->hd.stream_id);
	if (!call)
		return 0;
	if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
		request_headers_complete(call);
	if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) && !call->ended && !call->dispatched)
		dispatch(call);
	return 0;
}

/* A call that ended before its request was complete: the rest need not come. */
static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
	(void)ctx;
	if (frame->hd.type != NGHTTP2_HEADERS || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	if (nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) == 0)
		(void)nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
						NGHTTP2_NO_ERROR); /* a courtesy */
	return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t error, void *ctx)
{
	struct grpc_call *call = call_of(session, stream);

	(void)error;
	(void)ctx;
	if (!call)
		return 0;
	grpc_call_cancel(call);
	grpc_call_free(call);
	return 0;
}

/* ---- the session --------------------------------------------------------------------------- */

static void set_callbacks(nghttp2_session_callbacks *callbacks)
{
	nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
	nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}

static int say_settings(nghttp2_session *session)
{
	const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, GRPC_CALLS_MAX},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, CALL_HEADER_BYTES_MAX},
	};
	int rc = nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
					 sizeof(settings) / sizeof(settings[0]));

	if (rc == 0)
		rc = nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
							   4 * WINDOW_BYTES);
	return rc;
}

int grpc_session_new(struct grpc_connection *connection, nghttp2_session **out, struct err *err)
{
	nghttp2_session_callbacks *callbacks = NULL;
	nghttp2_session *session = NULL;
	nghttp2_option *option = NULL;
	int rc = nghttp2_session_callbacks_new(&callbacks);

	if (rc == 0)
		rc = nghttp2_option_new(&option);
	if (rc == 0) {
		set_callbacks(callbacks);
		nghttp2_option_set_max_outbound_ack(option, 1000);
		nghttp2_option_set_stream_reset_rate_limit(option, 1000, 100);
		rc = nghttp2_session_server_new2(&session, callbacks, connection, option);
	}
	if (rc == 0)
		rc = say_settings(session);
	nghttp2_option_del(option);
	nghttp2_session_callbacks_del(callbacks);
	if (rc != 0) {
		nghttp2_session_del(session);
		return err_set(err, ERR_INTERNAL, "cannot begin an HTTP/2 session: %s",
			       nghttp2_strerror(rc));
	}
	*out = session;
	return 0;
}
