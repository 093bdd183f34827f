/* SPDX-License-Identifier: MIT
 *
 * The event loop: level-triggered epoll and a binary heap of timers. A watch that is removed
 * while its turn's events are being handed out is remembered until the turn's end, because the
 * kernel may already have reported it and its memory may be gone.
 */
#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define EVENTS_A_TURN 64

int loop_init(struct loop *loop, struct err *err)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return err_errno(err, errno, "cannot make an event loop");
	*loop = (struct loop){.epoll_fd = fd};
	return 0;
}

void loop_release(struct loop *loop)
{
	if (loop->epoll_fd >= 0)
		(void)close(loop->epoll_fd);
	free(loop->timers);
	free(loop->gone);
	*loop = (struct loop){.epoll_fd = -1};
}

/* ---- watches ----------------------------------------------------------------------------- */

static uint32_t to_epoll(unsigned events)
{
	return (events & LOOP_READ ? EPOLLIN | EPOLLRDHUP : 0u) |
	       (events & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0u);
}

/* A peer that closed is readable (its last bytes, then the end), so that a reader needs to look
 * at LOOP_READ alone. */
static unsigned from_epoll(uint32_t events)
{
	return (events & (EPOLLIN | EPOLLRDHUP) ? (unsigned)LOOP_READ : 0u) |
	       (events & EPOLLOUT ? (unsigned)LOOP_WRITE : 0u) |
	       (events & (EPOLLHUP | EPOLLERR) ? (unsigned)LOOP_HANGUP : 0u);
}

int loop_add(struct loop *loop, struct loop_watch *watch, unsigned events, struct err *err)
{
	struct epoll_event event = {.events = to_epoll(events), .data.ptr = watch};

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) < 0)
		return err_errno(err, errno, "cannot watch descriptor %d", watch->fd);
	return 0;
}

void loop_change(struct loop *loop, struct loop_watch *watch, unsigned events)
{
	struct epoll_event event = {.events = to_epoll(events), .data.ptr = watch};
	int failed = epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);

	assert(failed == 0); /* only a watch that was never added can fail */
	(void)failed;
}

void loop_remove(struct loop *loop, struct loop_watch *watch)
{
	/* A descriptor that the caller closed before has left the set by itself. */
	(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	loop->gone = mem_grow(loop->gone, &loop->gone_capacity, loop->gone_count + 1,
			      sizeof(*loop->gone));
	loop->gone[loop->gone_count++] = watch;
}

/* ---- timers ------------------------------------------------------------------------------ */

int64_t loop_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Positions count from 1: the children of N are 2N and 2N+1. */
static void put(struct loop *loop, struct loop_timer *timer, size_t position)
{
	loop->timers[position - 1] = timer;
	timer->position = position;
}

static struct loop_timer *at(const struct loop *loop, size_t position)
{
	return loop->timers[position - 1];
}

static void rise(struct loop *loop, struct loop_timer *timer, size_t position)
{
	while (position > 1 && at(loop, position / 2)->deadline_us > timer->deadline_us) {
		put(loop, at(loop, position / 2), position);
		position /= 2;
	}
	put(loop, timer, position);
}

static void sink(struct loop *loop, struct loop_timer *timer, size_t position)
{
	for (;;) {
		size_t child = position * 2;

		if (child > loop->timers_count)
			break;
		if (child < loop->timers_count &&
		    at(loop, child + 1)->deadline_us < at(loop, child)->deadline_us)
			child++;
		if (at(loop, child)->deadline_us >= timer->deadline_us)
			break;
		put(loop, at(loop, child), position);
		position = child;
	}
	put(loop, timer, position);
}

void loop_arm(struct loop *loop, struct loop_timer *timer, int64_t deadline_us)
{
	loop_disarm(loop, timer);
	timer->deadline_us = deadline_us;
	loop->timers = mem_grow(loop->timers, &loop->timers_capacity, loop->timers_count + 1,
				sizeof(struct loop_timer *));
	rise(loop, timer, ++loop->timers_count);
}

void loop_disarm(struct loop *loop, struct loop_timer *timer)
{
	size_t position = timer->position;
	struct loop_timer *moved;

	if (position == 0)
		return;
	timer->position = 0;
	moved = at(loop, loop->timers_count--);
	if (moved == timer)
		return;
	rise(loop, moved, position);
	sink(loop, moved, moved->position);
}

/* As many calls as there were timers when it began: one that re-arms itself for the past cannot
 * keep descriptors from their turn. */
void loop_call_due(struct loop *loop)
{
	int64_t now_us = loop_now_us();

	for (size_t left = loop->timers_count; left > 0 && !loop->stopping; left--) {
		struct loop_timer *timer = loop->timers_count > 0 ? at(loop, 1) : NULL;

		if (!timer || timer->deadline_us > now_us)
			break;

		loop_disarm(loop, timer);
		timer->due(timer);
	}
}

/* ---- turns ------------------------------------------------------------------------------- */

/* Milliseconds for epoll_wait, rounded up: waking early would only spin. */
static int wait_ms(const struct loop *loop, int64_t timeout_us)
{
	int64_t until_us = timeout_us;

	if (loop->timers_count > 0) {
		int64_t due_us = at(loop, 1)->deadline_us - loop_now_us();

		if (due_us < 0)
			due_us = 0;
		if (until_us < 0 || due_us < until_us)
			until_us = due_us;
	}
	if (until_us < 0)
		return -1;
	return until_us > INT64_C(3600000000) ? 3600000 : (int)((until_us + 999) / 1000);
}

static bool is_gone(const struct loop *loop, const struct loop_watch *watch)
{
	for (size_t i = 0; i < loop->gone_count; i++)
		if (loop->gone[i] == watch)
			return true;
	return false;
}

int loop_turn(struct loop *loop, int64_t timeout_us, struct err *err)
{
	struct epoll_event events[EVENTS_A_TURN];
	int count;

	/* What was removed between turns cannot be reported any more. */
	loop->gone_count = 0;
	count = epoll_wait(loop->epoll_fd, events, EVENTS_A_TURN, wait_ms(loop, timeout_us));
	if (count < 0 && errno != EINTR)
		return err_errno(err, errno, "cannot wait for events");
	for (int i = 0; i < count && !loop->stopping; i++) {
		struct loop_watch *watch = events[i].data.ptr;

		if (!is_gone(loop, watch))
			watch->ready(watch, from_epoll(events[i].events));
	}
	loop_call_due(loop);
	return 0;
}

int loop_run(struct loop *loop, struct err *err)
{
	int rc = 0;

	while (rc == 0 && !loop->stopping)
		rc = loop_turn(loop, -1, err);
	loop->stopping = false; /* here, not above: a stop that came before the run counts */
	return rc;
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}
