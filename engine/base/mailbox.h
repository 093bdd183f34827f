/* SPDX-License-Identifier: MIT
 *
 * How threads talk. A mailbox has one reader and any number of writers; nobody blocks on a
 * post. Only requests are bounded: a full mailbox answers ERR_LIMIT and the sender stops
 * reading its own source. A reply travels in the message that asked, so it always fits.
 *
 * A message belongs to the sender until it is posted, then to the mailbox, then to the reader
 * that took it. The message is the first member of a larger struct.
 */
#ifndef HLP_BASE_MAILBOX_H
#define HLP_BASE_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message {
	struct message *next; /* the mailbox's */
	int kind;	      /* meaning is the reader's */
};

struct mailbox {
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct message *first, **last; /* guarded by lock */
	size_t count, capacity;	       /* guarded by lock; count is of requests and replies */
	bool waiting;		       /* guarded by lock: the reader must be woken */
	int fd;			       /* eventfd, readable when messages wait; -1 without */
};

/* `with_fd`: the reader waits in an event loop and needs mailbox->fd; else it uses mailbox_wait. */
void mailbox_init(struct mailbox *mailbox, size_t capacity, bool with_fd);
/* Must be empty, and its writers gone: one that has just posted may still be waking the reader. */
void mailbox_release(struct mailbox *mailbox);

/* 0, or -ERR_LIMIT when full (the message stays the caller's). Any thread. */
int mailbox_post_request(struct mailbox *mailbox, struct message *message);
/* Never fails. For replies and for facts whose number is bounded by what was asked. Any thread. */
void mailbox_post_reply(struct mailbox *mailbox, struct message *message);

/* Takes all messages, oldest first, linked by `next`; NULL when there are none. The reader only. */
struct message *mailbox_take(struct mailbox *mailbox);
/* The same, but waits for one until `deadline_us` of CLOCK_MONOTONIC (INT64_MAX: for ever). */
struct message *mailbox_wait(struct mailbox *mailbox, int64_t deadline_us);
/* CLOCK_MONOTONIC now, for deadlines of mailbox_wait. */
int64_t mailbox_now_us(void);

#endif
