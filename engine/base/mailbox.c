/* SPDX-License-Identifier: MIT
 *
 * Mailboxes. A writer wakes the reader only when the queue was empty: a reader that is awake
 * takes everything that is there, so a second wake-up would only cost a system call. What makes
 * that safe is that `first` and `waiting` change under one lock, and that the reader of an
 * eventfd empties it under the same lock in which it takes the queue: a wake-up that it takes away
 * was for messages that it takes too.
 *
 * The reader is woken after the lock is let go: on the writer's processor it would else run into
 * the lock at once, and two more switches would follow. A wake-up may so come late, which finds
 * nothing, but never too early.
 */
#include "base/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

#define SECOND_US 1000000

/* A failure of these calls is a bug of ours, or a kernel out of descriptors at start. */
static void must(int failed, const char *what)
{
	if (!failed)
		return;
	(void)fprintf(stderr, "hlp: mailbox: %s: %s\n", what, strerror(failed));
	abort();
}

void mailbox_init(struct mailbox *mailbox, size_t capacity, bool with_fd)
{
	pthread_condattr_t attributes;

	*mailbox = (struct mailbox){.capacity = capacity, .fd = -1};
	mailbox->last = &mailbox->first;
	must(pthread_mutex_init(&mailbox->lock, NULL), "mutex");
	must(pthread_condattr_init(&attributes), "condition");
	must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC), "condition clock");
	must(pthread_cond_init(&mailbox->arrived, &attributes), "condition");
	(void)pthread_condattr_destroy(&attributes);
	if (!with_fd)
		return;
	mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	must(mailbox->fd < 0 ? errno : 0, "eventfd");
}

void mailbox_release(struct mailbox *mailbox)
{
	assert(!mailbox->first);
	(void)pthread_cond_destroy(&mailbox->arrived);
	(void)pthread_mutex_destroy(&mailbox->lock);
	if (mailbox->fd >= 0)
		(void)close(mailbox->fd);
	mailbox->fd = -1;
}

static void signal_fd(int fd)
{
	const uint64_t one = 1;

	/* EAGAIN would mean a counter at its maximum, which is readable already. */
	while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void clear_fd(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

static int post(struct mailbox *mailbox, struct message *message, bool bounded)
{
	bool was_empty, wake;

	message->next = NULL;
	(void)pthread_mutex_lock(&mailbox->lock);
	if (bounded && mailbox->count >= mailbox->capacity) {
		(void)pthread_mutex_unlock(&mailbox->lock);
		return -ERR_LIMIT;
	}
	was_empty = !mailbox->first;
	*mailbox->last = message;
	mailbox->last = &message->next;
	mailbox->count++;
	wake = mailbox->waiting;
	mailbox->waiting = false;
	(void)pthread_mutex_unlock(&mailbox->lock);
	if (was_empty && mailbox->fd >= 0)
		signal_fd(mailbox->fd);
	if (wake)
		(void)pthread_cond_signal(&mailbox->arrived);
	return 0;
}

int mailbox_post_request(struct mailbox *mailbox, struct message *message)
{
	return post(mailbox, message, true);
}

void mailbox_post_reply(struct mailbox *mailbox, struct message *message)
{
	(void)post(mailbox, message, false); /* unbounded: it cannot fail */
}

/* With the lock held. */
static struct message *take_all(struct mailbox *mailbox)
{
	struct message *first = mailbox->first;

	if (mailbox->fd >= 0)
		clear_fd(mailbox->fd); /* of a late wake-up too, or the loop would spin */
	mailbox->first = NULL;
	mailbox->last = &mailbox->first;
	mailbox->count = 0;
	return first;
}

struct message *mailbox_take(struct mailbox *mailbox)
{
	struct message *first;

	(void)pthread_mutex_lock(&mailbox->lock);
	first = take_all(mailbox);
	(void)pthread_mutex_unlock(&mailbox->lock);
	return first;
}

/* Sleeps once; false when the deadline has passed. With the lock held. */
static bool sleep_until(struct mailbox *mailbox, int64_t deadline_us)
{
	struct timespec until;
	int failed;

	mailbox->waiting = true;
	if (deadline_us == INT64_MAX) {
		failed = pthread_cond_wait(&mailbox->arrived, &mailbox->lock);
	} else {
		until.tv_sec = deadline_us / SECOND_US;
		until.tv_nsec = deadline_us % SECOND_US * 1000;
		failed = pthread_cond_timedwait(&mailbox->arrived, &mailbox->lock, &until);
	}
	mailbox->waiting = false;
	return failed != ETIMEDOUT;
}

struct message *mailbox_wait(struct mailbox *mailbox, int64_t deadline_us)
{
	struct message *first;
	bool in_time = deadline_us > 0;

	(void)pthread_mutex_lock(&mailbox->lock);
	while (!mailbox->first && in_time)
		in_time = sleep_until(mailbox, deadline_us);
	first = take_all(mailbox);
	(void)pthread_mutex_unlock(&mailbox->lock);
	return first;
}

int64_t mailbox_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}
