/* SPDX-License-Identifier: MIT
 *
 * Arbitrary bytes into everything that reads from a peer. The first byte chooses who listens: the
 * server half after a good preface, the client half with calls under way, or the reader of one
 * message (and what JSON and the mirror make of it). libFuzzer calls it; a corpus lies beside it.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"
#include "client/mirror.h"
#include "wire/grpc_client.h"
#include "wire/grpc_server.h"
#include "wire/json.h"
#include "wire/message.h"

#define INPUT_MAX 65536 /* fits a socket's buffer, so that nothing has to wait */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void socket_pair(int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
		abort();
}

static void feed(int fd, const void *data, size_t size)
{
	if (send(fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
		return; /* the other side hung up: a fine answer */
}

/* ---- the server half --------------------------------------------------------------------- */

/* Answers some calls, ends some, leaves some to their fate. */
static void on_request(void *ctx, struct grpc_call *call, const char *method,
		       ProtobufCMessage *message)
{
	struct shared_bytes *bytes = message_share(message);
	struct err err;

	(void)ctx;
	if (method[0] == 'G') {
		grpc_call_reply(call, bytes);
	} else if (method[0] == 'L') {
		(void)grpc_call_send(call, bytes, NULL);
		grpc_call_end(call, NULL);
	} else if (method[0] == 'A') {
		(void)err_set(&err, ERR_REFUSED, "%s", method);
		grpc_call_end(call, &err);
	} else {
		(void)grpc_call_send(call, bytes, NULL);
	}
	shared_bytes_unref(bytes);
	protobuf_c_message_free_unpacked(message, NULL);
}

static void on_call_event(void *ctx, struct grpc_call *call)
{
	(void)ctx;
	if (grpc_call_pending(call) > GRPC_PENDING_MAX)
		abort();
}

static void try_server(const uint8_t *data, size_t size)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	static const struct grpc_service service = {.descriptor = &hlp__v1__hlp__descriptor,
						    .request = on_request,
						    .cancelled = on_call_event,
						    .drained = on_call_event};
	const struct peer peer = {.login = "ana"};
	struct grpc_server server;
	struct loop loop;
	int pair[2];

	socket_pair(pair);
	if (loop_init(&loop, NULL) < 0)
		abort();
	grpc_server_init(&server, &loop, &service);
	if (grpc_server_add(&server, pair[0], &peer, NULL) < 0)
		abort();
	feed(pair[1], preface, sizeof(preface) - 1);
	feed(pair[1], data, size);
	for (int i = 0; i < 4; i++)
		if (loop_turn(&loop, 0, NULL) < 0)
			abort();
	grpc_server_release(&server);
	loop_release(&loop);
	(void)close(pair[1]);
}

/* ---- the client half --------------------------------------------------------------------- */

static void on_message(void *ctx, const uint8_t *data, size_t length)
{
	size_t *seen = ctx;

	*seen += length + (length ? data[0] : 0);
}

static void on_ended(void *ctx, const struct err *err)
{
	size_t *seen = ctx;

	*seen += strnlen(err->message, sizeof(err->message));
}

static void try_client(const uint8_t *data, size_t size)
{
	static const struct grpc_events events = {.message = on_message, .ended = on_ended};
	struct grpc_client *client;
	size_t seen = 0;
	int pair[2];

	socket_pair(pair);
	if (grpc_client_new(pair[0], NULL, 0, &client, NULL) < 0)
		abort();
	for (int i = 0; i < 3; i++)
		(void)grpc_client_call(client, "/hlp.v1.Hlp/Watch", "", 0, 0, &events, &seen);
	(void)grpc_client_process(client, NULL);
	feed(pair[1], data, size);
	(void)grpc_client_process(client, NULL); /* any answer will do */
	grpc_client_free(client);
	(void)close(pair[1]);
}

/* ---- messages ---------------------------------------------------------------------------- */

static const ProtobufCMessageDescriptor *choose(uint8_t choice)
{
	const ProtobufCServiceDescriptor *service = &hlp__v1__hlp__descriptor;
	const ProtobufCMethodDescriptor *method =
		&service->methods[choice / 2 % service->n_methods];

	return choice % 2 ? method->input : method->output;
}

static void print(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	struct buf out;

	buf_init(&out, (size_t)16 * 1024 * 1024);
	json_message(&out, message);
	buf_clear(&out);
	if (descriptor == &hlp__v1__status__descriptor)
		json_status(&out, (const Hlp__V1__Status *)message);
	else if (descriptor == &hlp__v1__execution_list__descriptor)
		json_list(&out, (const Hlp__V1__ExecutionList *)message);
	else if (descriptor == &hlp__v1__event_record__descriptor)
		json_event(&out, (const Hlp__V1__EventRecord *)message);
	else if (descriptor == &hlp__v1__graph__descriptor)
		json_graph(&out, (const Hlp__V1__Graph *)message);
	else if (descriptor == &hlp__v1__artifact_list__descriptor)
		json_artifacts(&out, (const Hlp__V1__ArtifactList *)message);
	buf_release(&out);
}

static void reflect(const ProtobufCMessage *message)
{
	struct mirror mirror;
	char why[100];

	mirror_init(&mirror);
	if (message->descriptor == &hlp__v1__graph__descriptor) {
		mirror_set_graph(&mirror, (const Hlp__V1__Graph *)message);
		mirror_set_graph(&mirror, (const Hlp__V1__Graph *)message);
	} else if (message->descriptor == &hlp__v1__update__descriptor) {
		(void)mirror_apply(&mirror, (const Hlp__V1__Update *)message);
		(void)mirror_apply(&mirror, (const Hlp__V1__Update *)message);
	}
	mirror.has_rows = true;
	for (uint32_t i = 0; i < mirror.nodes_count && i < 10; i++)
		mirror_why(&mirror, i, 0, why, sizeof(why));
	(void)mirror_estimate_us(&mirror, 0);
	mirror_release(&mirror);
}

static void try_message(const uint8_t *data, size_t size)
{
	ProtobufCMessage *message;

	if (size < 1 || message_unpack(choose(data[0]), MESSAGE_FROM_ENGINE, data + 1, size - 1,
				       &message, NULL) < 0)
		return;
	print(message);
	reflect(message);
	protobuf_c_message_free_unpacked(message, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > INPUT_MAX)
		return 0;
	if (data[0] == 'S')
		try_server(data + 1, size - 1);
	else if (data[0] == 'C')
		try_client(data + 1, size - 1);
	else
		try_message(data + 1, size - 1);
	return 0;
}
