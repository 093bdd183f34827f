/* SPDX-License-Identifier: MIT
 *
 * The listening socket and its connections.
 */
#include "launcher/link.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/home.h"
#include "base/log.h"
#include "base/mem.h"

#define LINKS_MAX  64
#define BACKLOG	   16
#define READ_BYTES ((size_t)64 * 1024)
#define IN_MAX	   (2 * INSTANCE_FRAME_MAX)
#define OUT_MAX	   ((size_t)64 * 1024 * 1024) /* owed to a reader that does not read */

static void drop(struct link *link)
{
	if (link->gone)
		return;
	link->gone = true;
	link->is_engine = false;
	loop_remove(link->links->loop, &link->watch);
	(void)close(link->fd);
}

static void add(struct link *link, const struct launch_message *message)
{
	struct err err;

	if (link->gone || link->closing)
		return;
	if (launch_encode(message, &link->out, &err) < 0) {
		log_error("a link is dropped: %s", err.message);
		drop(link);
	}
}

void link_send(struct link *link, const struct launch_message *message)
{
	link->urgent = true;
	add(link, message);
}

void link_send_later(struct link *link, const struct launch_message *message)
{
	struct links *links = link->links;

	add(link, message);
	if (!links->later.position)
		loop_arm(links->loop, &links->later, loop_now_us() + LINK_LATER_US);
}

static void later_due(struct loop_timer *timer)
{
	struct links *links = timer->ctx;

	for (struct link *link = links->first; link; link = link->next)
		link->urgent = true;
}

void link_close(struct link *link)
{
	link->urgent = true;
	link->closing = true;
	link->is_engine = false;
}

void link_refuse(struct link *link, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cut on purpose */
	va_end(args);
	link_send(link, &(struct launch_message){.kind = LAUNCH_REFUSED, .text = text});
	link_close(link);
}

static void flush(struct link *link)
{
	link->urgent = false;
	while (link->out.length && !link->gone) {
		const ssize_t sent = send(link->fd, link->out.data, link->out.length,
					  MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			break;
		if (sent < 0) {
			drop(link);
			return;
		}
		buf_consume(&link->out, (size_t)sent);
	}
	if (link->closing && !link->out.length)
		drop(link);
	else if (!link->gone && link->waits_to_write != (link->out.length > 0)) {
		link->waits_to_write = link->out.length > 0;
		loop_change(link->links->loop, &link->watch,
			    link->waits_to_write ? LOOP_READ | LOOP_WRITE : LOOP_READ);
	}
}

void links_flush(struct links *links)
{
	struct link **at = &links->first;
	bool waits = false;

	while (*at) {
		struct link *link = *at;

		if (link->urgent)
			flush(link);
		if (!link->gone) {
			waits = waits || link->out.length;
			at = &link->next;
			continue;
		}
		*at = link->next;
		links->count--;
		buf_release(&link->in);
		buf_release(&link->out);
		free(link);
	}
	if (!waits)
		loop_disarm(links->loop, &links->later);
}

/* Handles every complete frame that has come. */
static void take_frames(struct link *link)
{
	size_t at = 0;

	while (!link->gone && !link->closing) {
		struct launch_message message;
		struct arena arena = {0};
		struct err err;
		const int length = launch_decode(link->in.data + at, link->in.length - at, &arena,
						 &message, &err);

		if (length > 0)
			link->links->message(link->links->ctx, link, &message);
		else if (length < 0)
			link_refuse(link, "%s", err.message);
		arena_release(&arena);
		if (length <= 0)
			break;
		at += (size_t)length;
	}
	buf_consume(&link->in, at);
}

static void link_ready(struct loop_watch *watch, unsigned events)
{
	struct link *link = watch->ctx;
	char *room = buf_reserve(&link->in, READ_BYTES);
	ssize_t got;

	if (events & LOOP_WRITE)
		flush(link);
	if (link->gone || !(events & (LOOP_READ | LOOP_HANGUP)))
		return;
	got = room ? recv(link->fd, room, READ_BYTES, MSG_DONTWAIT) : 0;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop(link);
		return;
	}
	buf_commit(&link->in, (size_t)got);
	take_frames(link);
}

static struct link *link_new(struct links *links, int fd, pid_t peer)
{
	struct link *link = mem_zalloc(sizeof(*link));

	link->links = links;
	link->fd = fd;
	link->peer = peer;
	buf_init(&link->in, IN_MAX);
	buf_init(&link->out, OUT_MAX);
	link->watch = (struct loop_watch){.fd = fd, .ready = link_ready, .ctx = link};
	return link;
}

static void greet(struct links *links, int fd)
{
	struct ucred peer = {0};
	socklen_t size = sizeof(peer);
	struct link *link;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
	    links->count >= LINKS_MAX) {
		(void)close(fd);
		return;
	}
	link = link_new(links, fd, peer.pid);
	if (loop_add(links->loop, &link->watch, LOOP_READ, NULL) < 0) {
		(void)close(fd);
		free(link);
		return;
	}
	link->next = links->first;
	links->first = link;
	links->count++;
	if (peer.uid != geteuid() && peer.uid != 0)
		link_refuse(link, "this instance belongs to another user");
}

static void listener_ready(struct loop_watch *watch, unsigned events)
{
	struct links *links = watch->ctx;
	int fd;

	(void)events;
	while ((fd = accept4(links->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		greet(links, fd);
}

static int listen_at(const char *path, struct err *err)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address;
	socklen_t length;
	int folder = -1, result;
	mode_t mask;

	if (fd < 0)
		return err_errno(err, errno, "cannot make a socket");
	(void)unlink(path); /* we hold the lock: what lies there is a dead launcher's */
	result = home_socket_address(path, &address, &length, &folder, err);
	if (result >= 0) {
		mask = umask(0177);
		if (bind(fd, (const struct sockaddr *)&address, length) < 0 ||
		    listen(fd, BACKLOG) < 0)
			result = err_errno(err, errno, "cannot listen at '%s'", path);
		(void)umask(mask);
	}
	if (folder >= 0)
		(void)close(folder);
	if (result >= 0)
		return fd;
	(void)close(fd);
	return result;
}

int links_init(struct links *links, struct loop *loop, const char *path, int fd, struct err *err)
{
	int result;

	*links = (struct links){.loop = loop, .fd = fd >= 0 ? fd : listen_at(path, err)};
	if (links->fd < 0)
		return links->fd;
	links->later = (struct loop_timer){.due = later_due, .ctx = links};
	links->watch = (struct loop_watch){.fd = links->fd, .ready = listener_ready, .ctx = links};
	result = loop_add(loop, &links->watch, LOOP_READ, err);
	if (result < 0)
		(void)close(links->fd);
	return result;
}

void links_release(struct links *links)
{
	for (struct link *link = links->first; link; link = link->next) {
		flush(link);
		drop(link);
	}
	links_flush(links);
	loop_disarm(links->loop, &links->later);
	loop_remove(links->loop, &links->watch);
	(void)close(links->fd);
}
