/* SPDX-License-Identifier: MIT
 *
 * Both halves of gRPC over a real socket pair, turned by hand in one thread.
 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "wire/frame.h"
#include "wire/grpc_client.h"
#include "wire/grpc_own.h"
#include "wire/grpc_server.h"
#include "wire/hlp.pb-c.h"
#include "wire/message.h"

#define CALLS_SEEN 512

struct rig {
	struct loop loop;
	struct grpc_service service;
	struct grpc_server server;
	struct grpc_client *client;
	struct grpc_call *call; /* the last one left open */
	int requests, cancelled, drained;
	char actor[64];
	struct err lost; /* why the client's connection ended */
};

struct answer {
	int messages;
	size_t bytes;
	bool ended;
	struct err err;
	struct buf last;
};

/* ---- a service for tests -------------------------------------------------------------------- */

static void reply(struct grpc_call *call, const ProtobufCMessage *message)
{
	struct shared_bytes *bytes = message_share(message);

	grpc_call_reply(call, bytes);
	shared_bytes_unref(bytes);
}

static void reply_output(struct grpc_call *call, const ProtobufCMessage *message)
{
	const Hlp__V1__OutputRequest *request = (const Hlp__V1__OutputRequest *)message;
	Hlp__V1__OutputChunk chunk = HLP__V1__OUTPUT_CHUNK__INIT;

	chunk.data.len = request->length;
	chunk.data.data = mem_zalloc(request->length + 1);
	reply(call, &chunk.base);
	free(chunk.data.data);
}

static void on_request(void *ctx, struct grpc_call *call, const char *method,
		       ProtobufCMessage *message)
{
	struct rig *rig = ctx;
	const char *actor = grpc_call_header(call, "hlp-actor");
	Hlp__V1__EngineStatus status = HLP__V1__ENGINE_STATUS__INIT;
	struct err err;

	rig->requests++;
	strncpy(rig->actor, actor ? actor : "", sizeof(rig->actor) - 1);
	if (strcmp(method, "GetEngine") == 0) {
		status.version = "1.2";
		reply(call, &status.base);
	} else if (strcmp(method, "ReadOutput") == 0) {
		reply_output(call, message);
	} else if (strcmp(method, "StopEngine") == 0) {
		(void)err_set(&err, ERR_CONFLICT, "100%% of \xc3\xa9\ttabs");
		grpc_call_end(call, &err);
	} else {
		rig->call = call;
	}
	protobuf_c_message_free_unpacked(message, NULL);
}

static void on_cancelled(void *ctx, struct grpc_call *call)
{
	struct rig *rig = ctx;

	rig->cancelled++;
	if (rig->call == call)
		rig->call = NULL;
}

static void on_drained(void *ctx, struct grpc_call *call)
{
	struct rig *rig = ctx;

	(void)call;
	rig->drained++;
}

/* ---- turning --------------------------------------------------------------------------------- */

static void turn(struct rig *rig)
{
	struct err err = {0};

	if (rig->client && grpc_client_process(rig->client, &err) < 0) {
		rig->lost = err;
		grpc_client_free(rig->client);
		rig->client = NULL;
	}
	assert_int_equal(loop_turn(&rig->loop, 1000, &err), 0);
}

static void turn_until(struct rig *rig, const bool *done)
{
	for (int i = 0; i < 100000 && !*done; i++)
		turn(rig);
	assert_true(*done);
}

static void turns(struct rig *rig, int count)
{
	for (int i = 0; i < count; i++)
		turn(rig);
}

static int connect_raw(struct rig *rig)
{
	struct peer peer = {.uid = getuid(), .pid = getpid(), .login = "ana"};
	struct err err = {0};
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair),
			 0);
	assert_int_equal(grpc_server_add(&rig->server, pair[0], &peer, &err), 0);
	return pair[1];
}

static int set_up(void **state)
{
	static const struct grpc_header headers[] = {{"hlp-actor", "an\xc3\xa9 50%"}};
	struct rig *rig = mem_zalloc(sizeof(*rig));
	struct err err = {0};

	assert_int_equal(loop_init(&rig->loop, &err), 0);
	rig->service = (struct grpc_service){.descriptor = &hlp__v1__hlp__descriptor,
					     .request = on_request,
					     .cancelled = on_cancelled,
					     .drained = on_drained,
					     .ctx = rig};
	grpc_server_init(&rig->server, &rig->loop, &rig->service);
	assert_int_equal(grpc_client_new(connect_raw(rig), headers, 1, &rig->client, &err), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	grpc_client_free(rig->client);
	grpc_server_release(&rig->server);
	loop_release(&rig->loop);
	free(rig);
	return 0;
}

static void on_message(void *ctx, const uint8_t *data, size_t length)
{
	struct answer *answer = ctx;

	answer->messages++;
	answer->bytes += length;
	buf_clear(&answer->last);
	buf_add(&answer->last, data, length);
}

static void on_ended(void *ctx, const struct err *err)
{
	struct answer *answer = ctx;

	assert_false(answer->ended);
	answer->ended = true;
	answer->err = *err;
}

static const struct grpc_events events = {.message = on_message, .ended = on_ended};

static struct answer answer_new(void)
{
	struct answer answer = {0};

	buf_init(&answer.last, FRAME_MESSAGE_MAX);
	return answer;
}

static struct grpc_request *ask(struct rig *rig, const char *method,
				const ProtobufCMessage *message, int64_t timeout_us,
				struct answer *answer)
{
	struct shared_bytes *bytes = message_share(message);
	char *path = mem_printf("/hlp.v1.Hlp/%s", method);
	struct grpc_request *request;

	*answer = answer_new();
	request = grpc_client_call(rig->client, path, bytes->data, bytes->length, timeout_us,
				   &events, answer);
	shared_bytes_unref(bytes);
	free(path);
	return request;
}

static struct grpc_request *ask_engine(struct rig *rig, const char *method, struct answer *answer)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;

	return ask(rig, method, &request.base, 0, answer);
}

static void stream_of(struct rig *rig, struct answer *answer)
{
	ask_engine(rig, "Watch", answer);
	for (int i = 0; i < 1000 && !rig->call; i++)
		turn(rig);
	assert_non_null(rig->call);
}

static struct shared_bytes *bytes_of(size_t length)
{
	struct buf buf;

	buf_init(&buf, length);
	memset(buf_reserve(&buf, length), 'x', length);
	buf_commit(&buf, length);
	return shared_bytes_take(&buf);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void unary_call_is_answered(void **state)
{
	struct rig *rig = *state;
	struct answer answer;
	ProtobufCMessage *message;

	ask_engine(rig, "GetEngine", &answer);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_NONE);
	assert_int_equal(answer.messages, 1);
	assert_int_equal(message_unpack(&hlp__v1__engine_status__descriptor, MESSAGE_FROM_ENGINE,
					answer.last.data, answer.last.length, &message, NULL),
			 0);
	assert_string_equal(((Hlp__V1__EngineStatus *)message)->version, "1.2");
	protobuf_c_message_free_unpacked(message, NULL);
	buf_release(&answer.last);
	assert_true(grpc_client_is_ready(rig->client));
}

static void headers_arrive_unescaped(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	ask_engine(rig, "GetEngine", &answer);
	turn_until(rig, &answer.ended);
	assert_string_equal(rig->actor, "an\xc3\xa9 50%");
	buf_release(&answer.last);
}

static void error_keeps_its_code_and_text(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	ask_engine(rig, "StopEngine", &answer);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_CONFLICT);
	assert_string_equal(answer.err.message, "100% of \xc3\xa9\ttabs");
	assert_int_equal(answer.messages, 0);
}

static void unknown_method_is_unsupported(void **state)
{
	static const char *const paths[] = {"Nope", "", "GetEngine/", "../GetEngine"};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct answer answer;

		ask_engine(rig, paths[i], &answer);
		turn_until(rig, &answer.ended);
		assert_int_equal(answer.err.code, ERR_UNSUPPORTED);
	}
	assert_int_equal(rig->requests, 0);
}

static void large_reply_arrives_whole(void **state)
{
	struct rig *rig = *state;
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	struct answer answer;

	request.length = 40 * 1024 * 1024;
	ask(rig, "ReadOutput", &request.base, 0, &answer);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_NONE);
	assert_true(answer.bytes > request.length);
	buf_release(&answer.last);
}

static void large_request_arrives_whole(void **state)
{
	struct rig *rig = *state;
	Hlp__V1__ExecuteRequest request = HLP__V1__EXECUTE_REQUEST__INIT;
	struct answer answer;

	request.text.len = 30 * 1024 * 1024;
	request.text.data = mem_zalloc(request.text.len);
	ask(rig, "ExecuteDAG", &request.base, 0, &answer);
	for (int i = 0; i < 100000 && !rig->call; i++)
		turn(rig);
	assert_non_null(rig->call);
	grpc_call_end(rig->call, NULL);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_NONE);
	free(request.text.data);
}

static void request_over_the_bound_is_refused_early(void **state)
{
	struct rig *rig = *state;
	size_t length = FRAME_MESSAGE_MAX + 1;
	char *bytes = mem_zalloc(length);
	struct answer answer = answer_new();

	grpc_client_call(rig->client, "/hlp.v1.Hlp/GetEngine", bytes, length, 0, &events, &answer);
	free(bytes);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_LIMIT);
	assert_int_equal(rig->requests, 0);
}

static void many_calls_share_a_connection(void **state)
{
	struct rig *rig = *state;
	struct answer *answers = mem_calloc(CALLS_SEEN, sizeof(*answers));

	for (int i = 0; i < CALLS_SEEN; i++)
		ask_engine(rig, "GetEngine", &answers[i]);
	for (int i = 0; i < CALLS_SEEN; i++) {
		turn_until(rig, &answers[i].ended);
		assert_int_equal(answers[i].err.code, ERR_NONE);
		buf_release(&answers[i].last);
	}
	assert_int_equal(rig->requests, CALLS_SEEN);
	free(answers);
}

/* ---- streams --------------------------------------------------------------------------------- */

static void stream_brings_messages_in_order(void **state)
{
	struct rig *rig = *state;
	struct answer answer;
	struct err err = {0};

	stream_of(rig, &answer);
	for (size_t i = 1; i <= 1000; i++) {
		struct shared_bytes *bytes = bytes_of(i);

		assert_int_equal(grpc_call_send(rig->call, bytes, &err), 0);
		shared_bytes_unref(bytes);
	}
	grpc_call_end(rig->call, NULL);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_NONE);
	assert_int_equal(answer.messages, 1000);
	assert_int_equal(answer.bytes, 1000 * 1001 / 2);
	assert_int_equal(answer.last.length, 1000);
	assert_int_equal(rig->cancelled, 0);
	buf_release(&answer.last);
}

static void stream_waits_for_more(void **state)
{
	struct rig *rig = *state;
	struct answer answer;
	struct shared_bytes *bytes = bytes_of(10);
	struct err err = {0};

	stream_of(rig, &answer);
	for (int i = 1; i <= 5; i++) {
		assert_int_equal(grpc_call_send(rig->call, bytes, &err), 0);
		for (int j = 0; j < 1000 && answer.messages < i; j++)
			turn(rig);
		assert_int_equal(answer.messages, i);
	}
	turns(rig, 3);
	assert_int_equal(grpc_call_pending(rig->call), 0);
	assert_true(rig->drained >= 5);
	assert_int_equal(bytes->references, 1);
	(void)err_set(&err, ERR_UNAVAILABLE, "resync");
	grpc_call_end(rig->call, &err);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_UNAVAILABLE);
	shared_bytes_unref(bytes);
	buf_release(&answer.last);
}

static void messages_are_shared_between_streams(void **state)
{
	struct rig *rig = *state;
	struct answer first, second;
	struct shared_bytes *bytes = bytes_of(100);
	struct grpc_call *calls[2];

	stream_of(rig, &first);
	calls[0] = rig->call;
	rig->call = NULL;
	stream_of(rig, &second);
	calls[1] = rig->call;
	assert_int_equal(grpc_call_send(calls[0], bytes, NULL), 0);
	assert_int_equal(grpc_call_send(calls[1], bytes, NULL), 0);
	assert_int_equal(bytes->references, 3);
	grpc_call_end(calls[0], NULL);
	grpc_call_end(calls[1], NULL);
	turn_until(rig, &first.ended);
	turn_until(rig, &second.ended);
	assert_int_equal(bytes->references, 1);
	assert_int_equal(first.bytes + second.bytes, 200);
	shared_bytes_unref(bytes);
	buf_release(&first.last);
	buf_release(&second.last);
}

static void slow_reader_bounds_what_leaves_the_queue(void **state)
{
	struct rig *rig = *state;
	struct answer answer;
	struct shared_bytes *bytes = bytes_of(1024 * 1024);
	size_t sent = 0;
	struct err err = {0};

	stream_of(rig, &answer);
	while (grpc_call_send(rig->call, bytes, &err) == 0) {
		sent += bytes->length;
		assert_int_equal(loop_turn(&rig->loop, 0, NULL), 0);
	}
	assert_int_equal(err.code, ERR_LIMIT);
	/* What is not pending is in the kernel and in one buffer, whatever was sent. */
	assert_true(sent - grpc_call_pending(rig->call) < 8 * 1024 * 1024);
	assert_int_equal(rig->cancelled, 0);
	grpc_call_end(rig->call, NULL);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.bytes, sent);
	shared_bytes_unref(bytes);
	buf_release(&answer.last);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void cancel_reaches_the_service(void **state)
{
	struct rig *rig = *state;
	struct answer answer;
	struct grpc_request *request = ask_engine(rig, "Watch", &answer);

	for (int i = 0; i < 1000 && !rig->call; i++)
		turn(rig);
	grpc_client_cancel(rig->client, request);
	for (int i = 0; i < 1000 && !rig->cancelled; i++)
		turn(rig);
	assert_int_equal(rig->cancelled, 1);
	assert_false(answer.ended);
}

static void cancel_before_it_was_sent_is_silent(void **state)
{
	struct rig *rig = *state;
	struct answer answer, next;
	struct grpc_request *request = ask_engine(rig, "Watch", &answer);

	grpc_client_cancel(rig->client, request);
	ask_engine(rig, "GetEngine", &next);
	turn_until(rig, &next.ended);
	assert_int_equal(next.err.code, ERR_NONE);
	assert_false(answer.ended);
	buf_release(&next.last);
}

static void deadline_ends_a_call(void **state)
{
	struct rig *rig = *state;
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;
	struct answer answer;

	ask(rig, "Watch", &request.base, 20000, &answer);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_TIMEOUT);
	assert_int_equal(rig->cancelled, rig->requests);
}

static void lost_client_cancels_its_calls(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	stream_of(rig, &answer);
	grpc_client_free(rig->client);
	rig->client = NULL;
	for (int i = 0; i < 1000 && !rig->cancelled; i++)
		turn(rig);
	assert_int_equal(rig->cancelled, 1);
	turns(rig, 3);
	assert_true(grpc_server_is_idle(&rig->server));
	assert_false(answer.ended);
}

static void release_cancels_what_is_under_way(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	stream_of(rig, &answer);
	grpc_server_release(&rig->server);
	assert_int_equal(rig->cancelled, 1);
	for (int i = 0; i < 1000 && rig->client; i++)
		turn(rig);
	assert_null(rig->client);
	assert_int_equal(rig->lost.code, ERR_UNAVAILABLE);
}

static void stop_lets_calls_end_and_takes_no_new_ones(void **state)
{
	struct rig *rig = *state;
	struct answer running, late;

	stream_of(rig, &running);
	grpc_server_stop(&rig->server);
	for (int i = 0; i < 1000 && !grpc_client_is_closing(rig->client); i++)
		turn(rig);
	assert_true(grpc_client_is_closing(rig->client));
	assert_null(ask_engine(rig, "GetEngine", &late));
	assert_false(grpc_server_is_idle(&rig->server));
	grpc_call_end(rig->call, NULL);
	turn_until(rig, &running.ended);
	assert_int_equal(running.err.code, ERR_NONE);
	for (int i = 0; i < 1000 && !grpc_server_is_idle(&rig->server); i++)
		turn(rig);
	assert_true(grpc_server_is_idle(&rig->server));
}

static void stopped_server_takes_no_connection(void **state)
{
	struct rig *rig = *state;
	struct peer peer = {0};
	struct err err = {0};
	int pair[2];

	grpc_server_stop(&rig->server);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(grpc_server_add(&rig->server, pair[0], &peer, &err), -ERR_UNAVAILABLE);
	assert_int_equal(fcntl(pair[0], F_GETFD), -1);
	(void)close(pair[1]);
}

static void connections_are_bounded(void **state)
{
	struct rig *rig = *state;
	struct peer peer = {0};
	struct err err = {0};
	int fds[GRPC_CONNECTIONS_MAX];
	int pair[2];

	for (int i = 1; i < GRPC_CONNECTIONS_MAX; i++)
		fds[i] = connect_raw(rig);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(grpc_server_add(&rig->server, pair[0], &peer, &err), -ERR_LIMIT);
	(void)close(pair[1]);
	for (int i = 1; i < GRPC_CONNECTIONS_MAX; i++)
		(void)close(fds[i]);
	turns(rig, 10);
}

/* ---- bad peers ------------------------------------------------------------------------------- */

static bool is_closed(int fd)
{
	char bytes[4096];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		;
	return n == 0;
}

static void garbage_closes_only_its_connection(void **state)
{
	struct rig *rig = *state;
	int fd = connect_raw(rig);
	struct answer answer;

	assert_true(write(fd, "GET / HTTP/1.1\r\n\r\n and more than a preface", 42) > 0);
	turns(rig, 5);
	assert_true(is_closed(fd));
	ask_engine(rig, "GetEngine", &answer);
	turn_until(rig, &answer.ended);
	assert_int_equal(answer.err.code, ERR_NONE);
	(void)close(fd);
	buf_release(&answer.last);
}

/* ---- requests by hand ------------------------------------------------------------------------ */

static void add_frame(struct buf *out, int type, int flags, uint32_t stream, const void *data,
		      size_t length)
{
	const unsigned char head[9] = {(unsigned char)(length >> 16), (unsigned char)(length >> 8),
				       (unsigned char)length,	      (unsigned char)type,
				       (unsigned char)flags,	      (unsigned char)(stream >> 24),
				       (unsigned char)(stream >> 16), (unsigned char)(stream >> 8),
				       (unsigned char)stream};

	buf_add(out, head, sizeof(head));
	buf_add(out, data, length);
}

/* A literal header without indexing. */
static void add_header(struct buf *out, const char *name, const char *value)
{
	buf_add_char(out, 0);
	buf_add_char(out, (char)strlen(name));
	buf_add_text(out, name);
	buf_add_char(out, (char)strlen(value));
	buf_add_text(out, value);
}

/* A message that says it is compressed, which is refused as soon as it is seen. */
static void add_refused_request(struct buf *out, uint32_t stream)
{
	static const char message[1000] = {1};
	struct buf headers;

	buf_init(&headers, 1000);
	add_header(&headers, ":method", "POST");
	add_header(&headers, ":scheme", "http");
	add_header(&headers, ":path", "/hlp.v1.Hlp/GetEngine");
	add_header(&headers, ":authority", "x");
	add_header(&headers, "content-type", "application/grpc");
	add_frame(out, 1, 4, stream, buf_text(&headers), headers.length);
	add_frame(out, 0, 0, stream, message, sizeof(message));
	buf_release(&headers);
}

/* What is counted of requests that are not complete bounds them all: a refused one must leave
 * nothing behind, on either side of zero. */
static void refused_requests_leave_nothing_counted(void **state)
{
	struct rig *rig = *state;
	int fd = connect_raw(rig);
	struct buf bytes;

	buf_init(&bytes, 100000);
	buf_add_text(&bytes, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	add_frame(&bytes, 4, 0, 0, "", 0);
	for (uint32_t stream = 1; stream <= 9; stream += 2)
		add_refused_request(&bytes, stream);
	assert_int_equal(write(fd, buf_text(&bytes), bytes.length), bytes.length);
	turns(rig, 20);
	assert_int_equal(rig->requests, 0);
	assert_int_equal(rig->server.connections_count, 2);
	for (const struct grpc_connection *at = rig->server.connections; at; at = at->next)
		assert_int_equal(at->request_bytes, 0);
	(void)close(fd);
	buf_release(&bytes);
}

static void half_closed_connection_ends(void **state)
{
	struct rig *rig = *state;
	int fd = connect_raw(rig);

	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	turns(rig, 5);
	assert_true(is_closed(fd));
	assert_int_equal(rig->server.connections_count, 1);
	(void)close(fd);
}

static void malformed_message_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
		{"\x0a\x05"
		 "ab",
		 4}, /* cut */
		{"\x0a\x02"
		 "a\0",
		 4},			 /* NUL in a text */
		{"\x0a\x02\xc3\x28", 4}, /* no UTF-8 */
		{"\x0b", 1},		 /* a group */
		{"\x00\x01", 2},	 /* field 0 */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct answer answer = answer_new();

		grpc_client_call(rig->client, "/hlp.v1.Hlp/GetExecutionStatus", cases[i].bytes,
				 cases[i].length, 0, &events, &answer);
		turn_until(rig, &answer.ended);
		assert_int_equal(answer.err.code, ERR_PROTOCOL);
	}
	assert_int_equal(rig->requests, 0);
}

static void client_refuses_a_peer_that_is_no_http2(void **state)
{
	struct rig *rig = *state;
	struct err err = {0};
	int pair[2];

	grpc_client_free(rig->client);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair),
			 0);
	assert_int_equal(grpc_client_new(pair[1], NULL, 0, &rig->client, &err), 0);
	assert_true(write(pair[0], "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", 30) > 0);
	assert_int_equal(grpc_client_process(rig->client, &err), -ERR_PROTOCOL);
	(void)close(pair[0]);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(unary_call_is_answered),
		CLAIM(headers_arrive_unescaped),
		CLAIM(error_keeps_its_code_and_text),
		CLAIM(unknown_method_is_unsupported),
		CLAIM(large_reply_arrives_whole),
		CLAIM(large_request_arrives_whole),
		CLAIM(request_over_the_bound_is_refused_early),
		CLAIM(many_calls_share_a_connection),
		CLAIM(stream_brings_messages_in_order),
		CLAIM(stream_waits_for_more),
		CLAIM(messages_are_shared_between_streams),
		CLAIM(slow_reader_bounds_what_leaves_the_queue),
		CLAIM(cancel_reaches_the_service),
		CLAIM(cancel_before_it_was_sent_is_silent),
		CLAIM(deadline_ends_a_call),
		CLAIM(lost_client_cancels_its_calls),
		CLAIM(release_cancels_what_is_under_way),
		CLAIM(stop_lets_calls_end_and_takes_no_new_ones),
		CLAIM(stopped_server_takes_no_connection),
		CLAIM(connections_are_bounded),
		CLAIM(garbage_closes_only_its_connection),
		CLAIM(refused_requests_leave_nothing_counted),
		CLAIM(half_closed_connection_ends),
		CLAIM(malformed_message_is_refused),
		CLAIM(client_refuses_a_peer_that_is_no_http2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
