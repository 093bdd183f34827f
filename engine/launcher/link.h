/* SPDX-License-Identifier: MIT
 *
 * Connections to launcher.sock: frames in, frames out, nothing of what they mean. Only this
 * user (and root) gets in. Words are gathered and written once a turn; some may wait a little for
 * the next ones. One thread.
 */
#ifndef HLP_LAUNCHER_LINK_H
#define HLP_LAUNCHER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "launch/protocol.h"

struct links;

struct link {
	struct links *links;
	int fd;
	pid_t peer;
	bool is_engine; /* has said HELLO and was welcomed */
	bool closing;	/* no more is read; goes when what is owed is written */
	bool gone;	/* to be freed at the end of the turn */
	bool waits_to_write;
	bool urgent; /* not all that is owed may wait */
	struct buf in, out;
	struct loop_watch watch;
	struct link *next;
};

struct links {
	struct loop *loop;
	int fd; /* listens */
	struct loop_watch watch;
	struct link *first;
	size_t count;
	struct loop_timer later; /* then nothing waits any longer */
	/* A message has come; it is borrowed. May close links. */
	void (*message)(void *ctx, struct link *link, const struct launch_message *message);
	void *ctx;
};

/* Listens at `path`, replacing a socket that a dead launcher left there, or on `fd` if that is not
 * -1. */
int links_init(struct links *links, struct loop *loop, const char *path, int fd, struct err *err);
void links_release(struct links *links);

void link_send(struct link *link, const struct launch_message *message);
/* The same, but it may wait for the next word to this link, though for LINK_LATER_US at most: the
 * reader is then woken once for both. */
#define LINK_LATER_US 5000
void link_send_later(struct link *link, const struct launch_message *message);
/* Says why, and ends the connection. */
void link_refuse(struct link *link, const char *format, ...) __attribute__((format(printf, 2, 3)));
void link_close(struct link *link); /* after what is owed has been written */
/* Writes what the turn has gathered and frees what is gone. Call after each turn of the loop. */
void links_flush(struct links *links);

#endif
