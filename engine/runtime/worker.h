/* SPDX-License-Identifier: MIT
 *
 * The threads behind the coordinator: journal, content, catalog, executors. Each has a mailbox,
 * ends at MESSAGE_QUIT after what came before it, and sends every job back to where it came from.
 * Started and stopped by the main thread.
 */
#ifndef HLP_RUNTIME_WORKER_H
#define HLP_RUNTIME_WORKER_H

#include <pthread.h>

#include "base/err.h"
#include "base/mailbox.h"
#include "runtime/messages.h"

struct worker {
	pthread_t thread;
	void *(*thread_main)(void *worker);
	struct mailbox mailbox;
	struct mailbox *coordinator; /* where answers go */
	struct message quit;
	bool running;
	void *state; /* the thread's own */
};

/* Starts the thread `main(worker)` with all signals blocked. */
int worker_start(struct worker *worker, const char *name, void *(*thread_main)(void *worker),
		 size_t capacity, bool with_fd, struct mailbox *coordinator, struct err *err);
/* Sends QUIT and waits for the end. Harmless if it never started. */
void worker_stop(struct worker *worker);

#endif
