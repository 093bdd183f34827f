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

/* Commands of a turn are gathered and go out together with executor_worker_flush: the launcher
 * then reads them in one piece. From the coordinator thread. */
void executor_worker_order(struct worker *worker, struct executor_command *command);
/* A command about an attempt (NULL: about none) that carries nothing else. */
void executor_worker_send(struct worker *worker, enum executor_verb verb, const char *attempt);
/* QUERY and READY, which nobody obeys when the link has changed since: `link` is how many reports
 * about all had been taken by then. */
void executor_worker_send_over(struct worker *worker, enum executor_verb verb, const char *attempt,
			       uint64_t link);
void executor_worker_flush(struct worker *worker);

#endif
