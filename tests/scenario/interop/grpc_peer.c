/* SPDX-License-Identifier: MIT
 *
 * Our two halves of gRPC as programs, so that another implementation can be put at the other end:
 *   grpc_peer serve SOCKET    answers calls until standard input ends
 *   grpc_peer call SOCKET     calls a peer that answers likewise; 0 when all was as expected
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "wire/grpc_client.h"
#include "wire/grpc_server.h"
#include "wire/hlp.pb-c.h"
#include "wire/message.h"

#define RECORDS	    10000
#define LARGE_BYTES (3 * 1024 * 1024) /* below the 4 MiB that most peers take */

static int open_socket(const char *path, int (*use)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || use(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		(void)fprintf(stderr, "grpc_peer: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return fd;
}

/* ---- serve ------------------------------------------------------------------------------- */

struct host {
	struct loop loop;
	struct grpc_server server;
	struct loop_watch listener, input;
};

static void reply(struct grpc_call *call, const ProtobufCMessage *message)
{
	struct shared_bytes *bytes = message_share(message);

	grpc_call_reply(call, bytes);
	shared_bytes_unref(bytes);
}

static void reply_engine(struct grpc_call *call)
{
	Hlp__V1__EngineStatus status = HLP__V1__ENGINE_STATUS__INIT;
	const char *actor = grpc_call_header(call, "hlp-actor");

	status.version = (char *)(actor ? actor : "none");
	status.seq = UINT64_C(1) << 60;
	reply(call, &status.base);
}

static void reply_output(struct grpc_call *call)
{
	Hlp__V1__OutputChunk chunk = HLP__V1__OUTPUT_CHUNK__INIT;

	chunk.data.len = LARGE_BYTES;
	chunk.data.data = mem_zalloc(LARGE_BYTES);
	reply(call, &chunk.base);
	free(chunk.data.data);
}

static void stream_records(struct grpc_call *call)
{
	for (uint64_t seq = 1; seq <= RECORDS; seq++) {
		Hlp__V1__EventRecord record = HLP__V1__EVENT_RECORD__INIT;
		struct shared_bytes *bytes;

		record.seq = seq;
		record.kind = "exited";
		bytes = message_share(&record.base);
		(void)grpc_call_send(call, bytes, NULL); /* far below the bound */
		shared_bytes_unref(bytes);
	}
	grpc_call_end(call, NULL);
}

static void on_request(void *ctx, struct grpc_call *call, const char *method,
		       ProtobufCMessage *message)
{
	struct err err;

	(void)ctx;
	protobuf_c_message_free_unpacked(message, NULL);
	if (strcmp(method, "GetEngine") == 0) {
		reply_engine(call);
	} else if (strcmp(method, "ReadOutput") == 0) {
		reply_output(call);
	} else if (strcmp(method, "ListEvents") == 0) {
		stream_records(call);
	} else if (strcmp(method, "StopEngine") == 0) {
		(void)err_set(&err, ERR_CONFLICT, "it changed: 100%% \xc3\xa9");
		grpc_call_end(call, &err);
	} /* Watch is left to its deadline, or to be cancelled */
}

static void on_cancelled(void *ctx, struct grpc_call *call)
{
	(void)ctx;
	(void)call;
	(void)printf("cancelled\n");
	(void)fflush(stdout); /* the peer waits for this line */
}

static void on_connect(struct loop_watch *watch, unsigned events)
{
	struct host *host = watch->ctx;
	struct peer peer;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0 && peer_of_socket(fd, &peer, NULL) == 0)
		(void)grpc_server_add(&host->server, fd, &peer, NULL); /* or it was closed */
}

static void on_input(struct loop_watch *watch, unsigned events)
{
	struct host *host = watch->ctx;
	char bytes[64];

	(void)events;
	if (read(watch->fd, bytes, sizeof(bytes)) <= 0)
		loop_stop(&host->loop);
}

static int serve(const char *path)
{
	static const struct grpc_service service = {.descriptor = &hlp__v1__hlp__descriptor,
						    .request = on_request,
						    .cancelled = on_cancelled};
	struct host host;
	struct err err;
	int fd = open_socket(path, bind);

	if (listen(fd, 16) < 0 || loop_init(&host.loop, &err) < 0)
		return 2;
	grpc_server_init(&host.server, &host.loop, &service);
	host.listener = (struct loop_watch){.fd = fd, .ready = on_connect, .ctx = &host};
	host.input = (struct loop_watch){.fd = STDIN_FILENO, .ready = on_input, .ctx = &host};
	if (loop_add(&host.loop, &host.listener, LOOP_READ, &err) < 0 ||
	    loop_add(&host.loop, &host.input, LOOP_READ, &err) < 0) {
		(void)fprintf(stderr, "grpc_peer: %s\n", err.message);
		return 2;
	}
	(void)printf("ready\n");
	(void)fflush(stdout); /* the peer waits for this line */
	(void)loop_run(&host.loop, &err);
	grpc_server_release(&host.server);
	loop_release(&host.loop);
	(void)close(fd);
	return 0;
}

/* ---- call -------------------------------------------------------------------------------- */

struct answer {
	size_t messages, bytes;
	bool ended;
	struct err err;
};

static void on_message(void *ctx, const uint8_t *data, size_t length)
{
	struct answer *answer = ctx;

	(void)data;
	answer->messages++;
	answer->bytes += length;
}

static void on_ended(void *ctx, const struct err *err)
{
	struct answer *answer = ctx;

	answer->ended = true;
	answer->err = *err;
}

static struct answer ask(struct grpc_client *client, const char *method, int64_t timeout_us)
{
	static const struct grpc_events events = {.message = on_message, .ended = on_ended};
	char *path = mem_printf("/hlp.v1.Hlp/%s", method);
	struct answer answer = {0};
	struct err err = {0};

	if (!grpc_client_call(client, path, "", 0, timeout_us, &events, &answer))
		exit(2);
	free(path);
	while (!answer.ended) {
		struct pollfd pollfd = {.fd = grpc_client_fd(client),
					.events = grpc_client_poll_events(client)};

		if (poll(&pollfd, 1, 10000) <= 0 || grpc_client_process(client, &err) < 0) {
			(void)fprintf(stderr, "grpc_peer: %s: %s\n", method, err.message);
			exit(1);
		}
	}
	return answer;
}

static void expect(bool claim, const char *what)
{
	(void)printf("%s %s\n", claim ? "ok" : "NOT OK", what);
	if (!claim)
		exit(1);
}

static int call(const char *path)
{
	static const struct grpc_header headers[] = {{"hlp-actor", "an\xc3\xa9"}};
	struct grpc_client *client;
	struct answer answer;
	struct err err;

	if (grpc_client_new(open_socket(path, connect), headers, 1, &client, &err) < 0)
		return 2;
	answer = ask(client, "GetEngine", 0);
	expect(answer.messages == 1 && !answer.err.code, "unary");
	answer = ask(client, "ReadOutput", 0);
	expect(answer.bytes > LARGE_BYTES && !answer.err.code, "large reply");
	answer = ask(client, "ListEvents", 0);
	expect(answer.messages == RECORDS && !answer.err.code, "stream");
	answer = ask(client, "StopEngine", 0);
	expect(answer.err.code == ERR_CONFLICT &&
		       strcmp(answer.err.message, "it changed: 100% \xc3\xa9") == 0,
	       "error with text");
	answer = ask(client, "Watch", 100000);
	expect(answer.err.code == ERR_TIMEOUT || answer.err.code == ERR_CANCELLED, "deadline");
	answer = ask(client, "Nope", 0);
	expect(answer.err.code == ERR_UNSUPPORTED, "unknown method");
	grpc_client_free(client);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (argc == 3 && strcmp(argv[1], "call") == 0)
		return call(argv[2]);
	(void)fprintf(stderr, "usage: grpc_peer serve|call SOCKET\n");
	return 2;
}
