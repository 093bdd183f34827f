/* SPDX-License-Identifier: MIT
 *
 * The client against an engine of a few lines: a thread with the real server half on a socket in a
 * home of its own, which can die and come back.
 */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "client/client.h"
#include "wire/grpc_server.h"
#include "wire/message.h"

#define LONG_US (60 * CLOCK_SECOND_US)

/* ---- an engine of a few lines ------------------------------------------------------------ */

/* Of the engine's thread while it runs, of the test's before and after. */
struct host {
	struct loop loop;
	struct grpc_service service;
	struct grpc_server server;
	struct loop_watch listener, stopper;
	pthread_t thread;
	bool stopping;	/* not only dying */
	int lives;	/* how often it was born */
	int late_ms;	/* nothing is accepted before; the socket is there */
	int refusals;	/* StopEngine is answered UNAVAILABLE so many times */
	int deaths_due; /* Act kills the engine so many times before it is answered */
	int cancelled;
};

static void reply(struct grpc_call *call, const ProtobufCMessage *message)
{
	struct shared_bytes *bytes = message_share(message);

	grpc_call_reply(call, bytes);
	shared_bytes_unref(bytes);
}

static void reply_engine(struct host *host, struct grpc_call *call)
{
	Hlp__V1__EngineStatus status = HLP__V1__ENGINE_STATUS__INIT;
	const char *actor = grpc_call_header(call, "hlp-actor");

	status.term = (uint64_t)host->lives;
	status.version = (char *)(actor ? actor : "");
	reply(call, &status.base);
}

static void send_records(struct grpc_call *call, uint64_t count)
{
	for (uint64_t seq = 1; seq <= count; seq++) {
		Hlp__V1__EventRecord record = HLP__V1__EVENT_RECORD__INIT;
		struct shared_bytes *bytes;

		record.seq = seq;
		bytes = message_share(&record.base);
		assert_int_equal(grpc_call_send(call, bytes, NULL), 0);
		shared_bytes_unref(bytes);
	}
}

static void refuse(struct grpc_call *call, enum err_code code, const char *text)
{
	struct err err;

	(void)err_set(&err, code, "%s", text);
	grpc_call_end(call, &err);
}

static void act(struct host *host, struct grpc_call *call, const Hlp__V1__ActRequest *request)
{
	Hlp__V1__ActReply answer = HLP__V1__ACT_REPLY__INIT;

	if (host->deaths_due > 0) {
		host->deaths_due--;
		loop_stop(&host->loop);
		return;
	}
	answer.message = request->request;
	reply(call, &answer.base);
}

static void on_request(void *ctx, struct grpc_call *call, const char *method,
		       ProtobufCMessage *message)
{
	struct host *host = ctx;

	if (strcmp(method, "GetEngine") == 0) {
		reply_engine(host, call);
	} else if (strcmp(method, "ListEvents") == 0) {
		send_records(call, 5);
		grpc_call_end(call, NULL);
	} else if (strcmp(method, "Watch") == 0) {
		send_records(call, 1);
	} else if (strcmp(method, "Act") == 0) {
		act(host, call, (const Hlp__V1__ActRequest *)message);
	} else if (strcmp(method, "StopEngine") == 0 && host->refusals-- > 0) {
		refuse(call, ERR_UNAVAILABLE, "the engine is starting");
	} else if (strcmp(method, "StopEngine") == 0) {
		reply_engine(host, call);
	} else if (strcmp(method, "ListExecutions") == 0) {
		refuse(call, ERR_NOT_FOUND, "no execution is called 'x'");
	} /* the others are never answered */
	protobuf_c_message_free_unpacked(message, NULL);
}

static void on_cancelled(void *ctx, struct grpc_call *call)
{
	struct host *host = ctx;

	(void)call;
	host->cancelled++;
}

static void on_connect(struct loop_watch *watch, unsigned events)
{
	struct host *host = watch->ctx;
	struct peer peer;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	assert_int_equal(peer_of_socket(fd, &peer, NULL), 0);
	assert_int_equal(peer.uid, geteuid());
	assert_int_equal(peer.pid, getpid());
	assert_int_equal(grpc_server_add(&host->server, fd, &peer, NULL), 0);
}

static void on_stop(struct loop_watch *watch, unsigned events)
{
	struct host *host = watch->ctx;

	(void)events;
	host->stopping = true;
	loop_stop(&host->loop);
}

/* Each life serves until it dies; the socket outlives it, as the address does a real engine. */
static void *host_live(void *ctx)
{
	struct host *host = ctx;

	(void)poll(NULL, 0, host->late_ms);
	while (!host->stopping) {
		host->lives++;
		grpc_server_init(&host->server, &host->loop, &host->service);
		(void)loop_run(&host->loop, NULL);
		grpc_server_release(&host->server);
	}
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address;
	socklen_t length;
	int dir_fd, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(home_socket_address(path, &address, &length, &dir_fd, NULL), 0);
	(void)unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(fd, 16), 0);
	if (dir_fd >= 0)
		(void)close(dir_fd);
	return fd;
}

static void host_start(struct host *host, const char *path)
{
	assert_int_equal(loop_init(&host->loop, NULL), 0);
	host->stopping = false;
	host->service = (struct grpc_service){.descriptor = &hlp__v1__hlp__descriptor,
					      .request = on_request,
					      .cancelled = on_cancelled,
					      .ctx = host};
	host->listener =
		(struct loop_watch){.fd = listen_at(path), .ready = on_connect, .ctx = host};
	host->stopper =
		(struct loop_watch){.fd = eventfd(0, EFD_CLOEXEC), .ready = on_stop, .ctx = host};
	assert_int_equal(loop_add(&host->loop, &host->listener, LOOP_READ, NULL), 0);
	assert_int_equal(loop_add(&host->loop, &host->stopper, LOOP_READ, NULL), 0);
	assert_int_equal(pthread_create(&host->thread, NULL, host_live, host), 0);
}

static void host_stop(struct host *host)
{
	assert_int_equal(eventfd_write(host->stopper.fd, 1), 0);
	assert_int_equal(pthread_join(host->thread, NULL), 0);
	(void)close(host->listener.fd);
	(void)close(host->stopper.fd);
	loop_release(&host->loop);
}

/* ---- set-up ------------------------------------------------------------------------------ */

struct rig {
	char folder[64];
	struct home home;
	struct host host;
	struct client *client;
};

static int set_up(void **state)
{
	struct rig *rig = mem_zalloc(sizeof(*rig));
	struct err err;

	(void)snprintf(rig->folder, sizeof(rig->folder), "/tmp/hlp-client-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	assert_int_equal(setenv("HLP_HOME", rig->folder, 1), 0);
	assert_int_equal(setenv("HLP_ACTOR", "an\xc3\xa9", 1), 0);
	assert_int_equal(unsetenv("HLP_SOCKET"), 0);
	assert_int_equal(home_open(&rig->home, HOME_MAKE, &err), 0);
	host_start(&rig->host, rig->home.engine_socket);
	assert_int_equal(client_open(&rig->home, CLIENT_ONLY_CONNECT, &rig->client, &err), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	client_close(rig->client);
	host_stop(&rig->host);
	(void)unlink(rig->home.engine_socket);
	assert_int_equal(rmdir(rig->folder), 0);
	home_release(&rig->home);
	free(rig);
	return 0;
}

static int call(struct rig *rig, const char *rpc, int64_t timeout_us, uint64_t *out_term,
		struct err *err)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;
	ProtobufCMessage *message = NULL;
	int rc = client_call(rig->client, rpc, &request.base, &hlp__v1__engine_status__descriptor,
			     timeout_us, &message, err);

	if (rc < 0) {
		assert_null(message);
		return rc;
	}
	if (out_term)
		*out_term = ((Hlp__V1__EngineStatus *)message)->term;
	assert_string_equal(((Hlp__V1__EngineStatus *)message)->version, "an\xc3\xa9");
	protobuf_c_message_free_unpacked(message, NULL);
	return rc;
}

/* ---- blocking ---------------------------------------------------------------------------- */

static void call_is_answered_and_says_who_asks(void **state)
{
	struct rig *rig = *state;
	uint64_t term = 0;
	struct err err;

	for (int i = 0; i < 100; i++)
		assert_int_equal(call(rig, "GetEngine", LONG_US, &term, &err), 0);
	assert_int_equal(term, 1);
	assert_true(client_is_connected(rig->client));
}

static void error_of_the_engine_keeps_its_code(void **state)
{
	struct rig *rig = *state;
	struct err err;

	assert_int_equal(call(rig, "ListExecutions", LONG_US, NULL, &err), -ERR_NOT_FOUND);
	assert_string_equal(err.message, "no execution is called 'x'");
}

static void unanswered_call_times_out(void **state)
{
	struct rig *rig = *state;
	struct err err;

	assert_int_equal(call(rig, "GetGraph", 30000, NULL, &err), -ERR_TIMEOUT);
	assert_int_equal(call(rig, "GetEngine", LONG_US, NULL, &err), 0);
}

static void call_is_repeated_while_the_engine_starts(void **state)
{
	struct rig *rig = *state;
	struct err err;

	host_stop(&rig->host);
	rig->host.refusals = 2;
	host_start(&rig->host, rig->home.engine_socket);
	assert_int_equal(call(rig, "StopEngine", LONG_US, NULL, &err), 0);
}

static void call_finds_the_engine_that_came_back(void **state)
{
	struct rig *rig = *state;
	uint64_t term = 0;
	struct err err;

	host_stop(&rig->host);
	host_start(&rig->host, rig->home.engine_socket);
	assert_int_equal(call(rig, "GetEngine", LONG_US, &term, &err), 0);
	assert_int_equal(term, 2);
}

static void act_is_sent_again_under_its_id_when_the_engine_dies(void **state)
{
	struct rig *rig = *state;
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	ProtobufCMessage *message = NULL;
	struct err err;

	host_stop(&rig->host);
	rig->host.deaths_due = 2;
	host_start(&rig->host, rig->home.engine_socket);
	request.request = "01j0000000000000000000abcd";
	assert_int_equal(client_call(rig->client, "Act", &request.base,
				     &hlp__v1__act_reply__descriptor, LONG_US, &message, &err),
			 0);
	assert_string_equal(((Hlp__V1__ActReply *)message)->message, request.request);
	protobuf_c_message_free_unpacked(message, NULL);
	host_stop(&rig->host);
	assert_int_equal(rig->host.deaths_due, 0);
	host_start(&rig->host, rig->home.engine_socket);
}

/* Far longer than it is waited before the home's launcher is asked; of that there is none here. */
static void slow_engine_is_waited_for(void **state)
{
	struct rig *rig = *state;
	struct client *other;
	struct err err;

	host_stop(&rig->host);
	rig->host.late_ms = 500;
	host_start(&rig->host, rig->home.engine_socket);
	assert_int_equal(client_open(&rig->home, CLIENT_ONLY_CONNECT, &other, &err), 0);
	client_close(other);
}

static void call_without_an_engine_is_unavailable(void **state)
{
	struct rig *rig = *state;
	struct client *other;
	struct err err;

	host_stop(&rig->host);
	(void)unlink(rig->home.engine_socket);
	assert_int_equal(call(rig, "GetEngine", 30000, NULL, &err), -ERR_UNAVAILABLE);
	assert_int_equal(client_open(&rig->home, CLIENT_ONLY_CONNECT, &other, &err),
			 -ERR_UNAVAILABLE);
	host_start(&rig->host, rig->home.engine_socket);
}

struct seen {
	uint64_t count, last;
	int stop_at, verdict;
};

static int see(void *ctx, const ProtobufCMessage *message)
{
	struct seen *seen = ctx;

	seen->count++;
	seen->last = ((const Hlp__V1__EventRecord *)message)->seq;
	return (int)seen->count == seen->stop_at ? seen->verdict : 0;
}

static int stream(struct rig *rig, const char *rpc, struct seen *seen, struct err *err)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;

	return client_stream(rig->client, rpc, &request.base, &hlp__v1__event_record__descriptor,
			     see, seen, err);
}

static void stream_hands_over_each_message(void **state)
{
	struct rig *rig = *state;
	struct seen seen = {0};
	struct err err;

	assert_int_equal(stream(rig, "ListEvents", &seen, &err), 0);
	assert_int_equal(seen.count, 5);
	assert_int_equal(seen.last, 5);
}

static void stream_stops_when_told(void **state)
{
	struct rig *rig = *state;
	struct seen seen = {.stop_at = 2, .verdict = 7};
	struct err err;

	assert_int_equal(stream(rig, "ListEvents", &seen, &err), 7);
	assert_int_equal(seen.count, 2);
	assert_int_equal(call(rig, "GetEngine", LONG_US, NULL, &err), 0);
}

static int see_and_kill(void *ctx, const ProtobufCMessage *message)
{
	struct rig *rig = ctx;

	(void)message;
	host_stop(&rig->host);
	return 0;
}

static void stream_says_when_the_engine_goes(void **state)
{
	struct rig *rig = *state;
	Hlp__V1__WatchRequest request = HLP__V1__WATCH_REQUEST__INIT;
	struct err err;

	assert_int_equal(client_stream(rig->client, "Watch", &request.base,
				       &hlp__v1__event_record__descriptor, see_and_kill, rig, &err),
			 -ERR_UNAVAILABLE);
	assert_false(client_is_connected(rig->client));
	host_start(&rig->host, rig->home.engine_socket);
}

/* ---- in a poll loop ---------------------------------------------------------------------- */

struct heard {
	int messages, ends;
	int code;
	struct client_rpc *cancel; /* cancelled at the first message */
	struct client *client;
};

static void hear(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct heard *heard = ctx;

	if (!message) {
		heard->ends++;
		heard->code = err->code;
		return;
	}
	heard->messages++;
	if (heard->cancel)
		client_cancel(heard->client, heard->cancel);
	heard->cancel = NULL;
}

static struct client_rpc *start(struct rig *rig, const char *rpc, struct heard *heard)
{
	Hlp__V1__WatchRequest request = HLP__V1__WATCH_REQUEST__INIT;

	return client_start(rig->client, rpc, &request.base, &hlp__v1__event_record__descriptor,
			    hear, heard);
}

static void turn(struct rig *rig)
{
	struct pollfd pollfd = {.fd = client_fd(rig->client),
				.events = client_poll_events(rig->client)};
	int64_t left_us = client_deadline_us(rig->client) - loop_now_us();

	(void)poll(&pollfd, 1, left_us > 1000000 ? 1000 : left_us > 0 ? (int)(left_us / 1000) : 0);
	client_process(rig->client);
}

static void turn_until(struct rig *rig, const int *count, int wanted)
{
	for (int i = 0; i < 10000 && *count < wanted; i++)
		turn(rig);
	assert_int_equal(*count, wanted);
}

static void started_call_calls_back(void **state)
{
	struct rig *rig = *state;
	struct heard heard = {0};

	start(rig, "ListEvents", &heard);
	turn_until(rig, &heard.ends, 1);
	assert_int_equal(heard.messages, 5);
	assert_int_equal(heard.code, ERR_NONE);
}

static void call_started_while_disconnected_waits(void **state)
{
	struct rig *rig = *state;
	struct heard watch = {0}, later = {0};

	start(rig, "Watch", &watch);
	turn_until(rig, &watch.messages, 1);
	host_stop(&rig->host);
	turn_until(rig, &watch.ends, 1);
	assert_int_equal(watch.code, ERR_UNAVAILABLE);
	assert_int_equal(client_fd(rig->client), -1);
	assert_true(client_deadline_us(rig->client) < INT64_MAX);
	start(rig, "ListEvents", &later);
	host_start(&rig->host, rig->home.engine_socket);
	turn_until(rig, &later.ends, 1);
	assert_int_equal(later.messages, 5);
	assert_int_equal(later.code, ERR_NONE);
}

static void cancelled_call_is_silent(void **state)
{
	struct rig *rig = *state;
	struct heard heard = {0}, other = {0};
	struct client_rpc *rpc = start(rig, "ListEvents", &heard);

	client_cancel(rig->client, rpc);
	start(rig, "ListEvents", &other);
	turn_until(rig, &other.ends, 1);
	assert_int_equal(heard.messages + heard.ends, 0);
}

static void call_may_be_cancelled_by_its_own_message(void **state)
{
	struct rig *rig = *state;
	struct heard heard = {.client = rig->client}, other = {0};

	heard.cancel = start(rig, "ListEvents", &heard);
	start(rig, "ListEvents", &other);
	turn_until(rig, &other.ends, 1);
	assert_int_equal(heard.messages, 1);
	assert_int_equal(heard.ends, 0);
}

static void request_ids_are_fresh_ulids(void **state)
{
	char first[ULID_TEXT], second[ULID_TEXT];

	(void)state;
	assert_true(ulid_is_valid(client_request_id(first)));
	assert_true(ulid_is_valid(client_request_id(second)));
	assert_string_not_equal(first, second);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(call_is_answered_and_says_who_asks),
		CLAIM(error_of_the_engine_keeps_its_code),
		CLAIM(unanswered_call_times_out),
		CLAIM(call_is_repeated_while_the_engine_starts),
		CLAIM(call_finds_the_engine_that_came_back),
		CLAIM(act_is_sent_again_under_its_id_when_the_engine_dies),
		CLAIM(slow_engine_is_waited_for),
		CLAIM(call_without_an_engine_is_unavailable),
		CLAIM(stream_hands_over_each_message),
		CLAIM(stream_stops_when_told),
		CLAIM(stream_says_when_the_engine_goes),
		CLAIM(started_call_calls_back),
		CLAIM(call_started_while_disconnected_waits),
		CLAIM(cancelled_call_is_silent),
		CLAIM(call_may_be_cancelled_by_its_own_message),
		cmocka_unit_test(request_ids_are_fresh_ulids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
