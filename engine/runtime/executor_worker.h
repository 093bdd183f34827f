/* SPDX-License-Identifier: MIT
 *
 * The executors thread: an event loop with the local executor's link in it. Commands come by
 * mailbox; reports go to the coordinator, copied.
 */
#ifndef HLP_RUNTIME_EXECUTOR_WORKER_H
#define HLP_RUNTIME_EXECUTOR_WORKER_H

#include "base/home.h"
#include "runtime/worker.h"

int executor_worker_start(struct worker *worker, const struct home *home, uint64_t term,
			  struct mailbox *coordinator, struct err *err);
void executor_worker_stop(struct worker *worker);

/* Sends a command; `order` and its arena may be empty. From the coordinator thread. */
void executor_worker_send(struct worker *worker, enum executor_verb verb, const char *attempt);

#endif
