/* SPDX-License-Identifier: MIT
 *
 * The executors, as a guest of the coordinator's thread: an event loop with the local executor's
 * link in it. Commands come by mailbox; reports go to the coordinator's, copied. In a thread of its
 * own it would cost two more switches between an exit and the next start, each way.
 */
#ifndef HLP_RUNTIME_EXECUTOR_WORKER_H
#define HLP_RUNTIME_EXECUTOR_WORKER_H

#include "base/home.h"
#include "runtime/worker.h"

int executor_worker_start(struct worker *worker, const struct home *home, uint64_t term,
			  struct mailbox *coordinator, struct err *err);
void executor_worker_stop(struct worker *worker);

/* Works off what was sent, then waits for the executors or for mail to the coordinator, at most for
 * `timeout_us` (-1: for ever). */
void executor_worker_turn(struct worker *worker, int64_t timeout_us);

/* Sends a command; `order` and its arena may be empty. From the coordinator thread. */
void executor_worker_send(struct worker *worker, enum executor_verb verb, const char *attempt);
/* QUERY and READY, which nobody obeys when the link has changed since: `link` is how many reports
 * about all had been taken by then. */
void executor_worker_send_over(struct worker *worker, enum executor_verb verb, const char *attempt,
			       uint64_t link);

#endif
