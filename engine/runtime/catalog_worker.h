/* SPDX-License-Identifier: MIT
 *
 * The catalog thread: reads and encodes for clients, with its own read-only connection; loads
 * executions that have ended when somebody acts on one.
 */
#ifndef HLP_RUNTIME_CATALOG_WORKER_H
#define HLP_RUNTIME_CATALOG_WORKER_H

#include "base/home.h"
#include "runtime/worker.h"

/* `home` is borrowed until the thread is stopped. */
int catalog_worker_start(struct worker *worker, const struct home *home,
			 struct mailbox *coordinator, struct err *err);

/* For a load_job: its run. Folds the execution from its pinned workflow and its events. */
void catalog_worker_load(struct catalog_job *job, struct catalog *catalog, struct content *content);

#endif
