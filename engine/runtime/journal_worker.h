/* SPDX-License-Identifier: MIT
 *
 * The journal thread: all commits that wait go to the disk in one transaction; then each goes back.
 * It also looks up request ids, for a client that asks again after a lost connection.
 */
#ifndef HLP_RUNTIME_JOURNAL_WORKER_H
#define HLP_RUNTIME_JOURNAL_WORKER_H

#include "runtime/worker.h"
#include "store/journal.h"

/* `journal` belongs to the thread until it is stopped. */
int journal_worker_start(struct worker *worker, struct journal *journal,
			 struct mailbox *coordinator, struct err *err);

#endif
