/* SPDX-License-Identifier: MIT
 *
 * The content thread: pins workflows, records files before and after attempts, reads outputs,
 * brings files back. All captures that wait together are made durable with one pack and one ref.
 */
#ifndef HLP_RUNTIME_CONTENT_WORKER_H
#define HLP_RUNTIME_CONTENT_WORKER_H

#include "base/home.h"
#include "runtime/worker.h"

int content_worker_start(struct worker *worker, const struct home *home,
			 struct mailbox *coordinator, struct err *err);

#endif
