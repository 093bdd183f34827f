/* SPDX-License-Identifier: MIT
 *
 * The workers behind the coordinator: journal, content, catalog, and the executors, which are a
 * guest in its thread. Each has a mailbox, ends at MESSAGE_QUIT after what came before it, and
 * sends every job back to where it came from. Started and stopped by the main thread.
 *
 * What a thread does with its messages is a function that never waits, so that the simulator can
 * call it in any order on one thread (it has a worker.c of its own).
 */
#ifndef HLP_RUNTIME_WORKER_H
#define HLP_RUNTIME_WORKER_H

#include <pthread.h>

#include "base/err.h"
#include "base/mailbox.h"
#include "runtime/messages.h"

struct worker;

struct worker_ops {
	const char *name; /* of the thread, for people who look */
	/* Works off what arrived (NULL: the time was up). Returns until when (mailbox_now_us) the
	 * next wait may last. Sets worker->quits when it met MESSAGE_QUIT. */
	int64_t (*work)(struct worker *worker, struct message *messages);
	/* The thread, if it does not just wait and work. */
	void (*main)(struct worker *worker);
	bool is_guest; /* has no thread: another one calls work, at the end too */
	void (*end)(struct worker *worker); /* lets go of the thread's state; may be NULL */
};

struct worker {
	pthread_t thread;
	const struct worker_ops *ops;
	struct mailbox mailbox;
	struct mailbox *coordinator; /* where answers go */
	struct message quit;
	bool running;
	bool quits;  /* the thread's own: it was told to end */
	void *state; /* the thread's own */
};

/* Starts the thread with all signals blocked. */
int worker_start(struct worker *worker, const struct worker_ops *ops, size_t capacity,
		 struct mailbox *coordinator, struct err *err);
/* Lets a guest work off what it was sent. On its host's thread. */
void worker_run_guest(struct worker *worker);
/* Sends QUIT and waits for the end. Harmless if it never started. */
void worker_stop(struct worker *worker);
/* The same for a worker that waits on another mailbox than its own. */
void worker_stop_by(struct worker *worker, struct mailbox *mailbox);

#endif
