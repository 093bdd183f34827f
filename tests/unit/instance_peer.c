/* SPDX-License-Identifier: MIT */
#include "tests/unit/instance_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/instance.h"

void peer_send(struct peer *peer, const struct launch_message *message)
{
	struct buf frame;

	buf_init(&frame, 2 * INSTANCE_FRAME_MAX);
	assert_int_equal(launch_encode(message, &frame, NULL), 0);
	assert_int_equal(send(peer->fd, frame.data, frame.length, MSG_NOSIGNAL), frame.length);
	buf_release(&frame);
}

struct launch_message peer_receive(struct peer *peer)
{
	struct launch_message message = {0};

	for (;;) {
		struct pollfd wait = {.fd = peer->fd, .events = POLLIN};
		char *frame = arena_strndup(&peer->arena, buf_text(&peer->in), peer->in.length);
		const int length =
			launch_decode(frame, peer->in.length, &peer->arena, &message, NULL);
		ssize_t got;

		assert_true(length >= 0);
		if (length > 0) {
			buf_consume(&peer->in, (size_t)length);
			return message;
		}
		assert_int_equal(poll(&wait, 1, 20000), 1);
		got = recv(peer->fd, buf_reserve(&peer->in, 65536), 65536, 0);
		if (got <= 0)
			return message;
		buf_commit(&peer->in, (size_t)got);
	}
}

struct launch_message peer_await(struct peer *peer, enum launch_kind kind)
{
	struct launch_message message;

	do {
		message = peer_receive(peer);
		assert_true(message.kind);
	} while (message.kind != kind);
	return message;
}

void peer_open(struct peer *peer, const struct instance_box *box)
{
	struct sockaddr_un address;
	socklen_t length;
	int folder;

	*peer = (struct peer){.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	buf_init(&peer->in, 4 * INSTANCE_FRAME_MAX);
	assert_int_equal(
		home_socket_address(box->home.launcher_socket, &address, &length, &folder, NULL),
		0);
	assert_int_equal(connect(peer->fd, (struct sockaddr *)&address, length), 0);
	if (folder >= 0)
		(void)close(folder);
}

void peer_close(struct peer *peer)
{
	(void)close(peer->fd);
	buf_release(&peer->in);
	arena_release(&peer->arena);
}

void peer_hello(struct peer *peer, const struct instance_box *box, int64_t term)
{
	peer_open(peer, box);
	peer_send(peer, &(struct launch_message){.kind = LAUNCH_HELLO,
						 .number = INSTANCE_PROTOCOL,
						 .term = term,
						 .pid = getpid()});
	assert_int_equal(peer_receive(peer).kind, LAUNCH_WELCOME);
}

char *peer_start_limited(struct peer *peer, const struct instance_box *box, const char *attempt,
			 const char *script, const struct launch_message *limits)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL}, *const env[] = {NULL};
	struct launch_message message = *limits;
	char *output = box_path(box, attempt);

	message.kind = LAUNCH_START_LIMITED;
	message.attempt = attempt;
	message.argv = argv;
	message.env = env;
	message.folder = box->folder;
	message.output = output;
	message.stop_signal = SIGTERM;
	if (!message.memory && !message.files && !message.file_size)
		message.kind = LAUNCH_START;
	peer_send(peer, &message);
	return output;
}

char *peer_start(struct peer *peer, const struct instance_box *box, const char *attempt,
		 const char *script, int64_t output_max)
{
	const struct launch_message none = {.output_max = output_max};

	return peer_start_limited(peer, box, attempt, script, &none);
}
