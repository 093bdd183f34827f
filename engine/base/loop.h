/* SPDX-License-Identifier: MIT
 *
 * An event loop on epoll: descriptors, timers, one mailbox. One thread owns a loop and calls
 * everything here; callbacks run on that thread, without locks, and may add or remove any
 * watch or timer, themselves included.
 */
#ifndef HLP_BASE_LOOP_H
#define HLP_BASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum loop_events { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 };

struct loop_watch {
	int fd; /* the caller's; the loop never closes it */
	/* `events` is a set of enum loop_events; LOOP_HANGUP comes unasked. */
	void (*ready)(struct loop_watch *watch, unsigned events);
	void *ctx;
};

struct loop_timer {
	void (*due)(struct loop_timer *timer);
	void *ctx;
	int64_t deadline_us; /* CLOCK_MONOTONIC; the loop's while armed */
	size_t position;     /* in the loop's heap, from 1; 0 when not armed */
};

struct loop {
	int epoll_fd;
	bool stopping;
	struct loop_timer **timers; /* a heap, earliest first */
	size_t timers_count, timers_capacity;
	struct loop_watch **gone; /* removed during a turn: not called any more */
	size_t gone_count, gone_capacity;
};

int loop_init(struct loop *loop, struct err *err);
void loop_release(struct loop *loop);

int loop_add(struct loop *loop, struct loop_watch *watch, unsigned events, struct err *err);
void loop_change(struct loop *loop, struct loop_watch *watch, unsigned events);
void loop_remove(struct loop *loop, struct loop_watch *watch);

int64_t loop_now_us(void); /* CLOCK_MONOTONIC */
void loop_arm(struct loop *loop, struct loop_timer *timer, int64_t deadline_us); /* or re-arms */
void loop_disarm(struct loop *loop, struct loop_timer *timer); /* harmless if not armed */

void loop_call_due(struct loop *loop); /* timers whose time has come; a turn does it by itself */

/* One turn: waits for events at most `timeout_us` (-1: for ever), calls what is ready. */
int loop_turn(struct loop *loop, int64_t timeout_us, struct err *err);
int loop_run(struct loop *loop, struct err *err); /* turns until loop_stop */
void loop_stop(struct loop *loop);

#endif
