/* SPDX-License-Identifier: MIT
 *
 * The coordinator thread: the one owner of every execution. Its turn is the engine's whole story.
 */
#ifndef HLP_RUNTIME_COORDINATOR_H
#define HLP_RUNTIME_COORDINATOR_H

#include "runtime/engine.h"

/* The worker's state is the struct engine; it waits on the engine's mailbox. */
extern const struct worker_ops coordinator_ops;

/* The steps of the thread. Begin takes up what was folded; a turn takes what arrived and returns
 * until when (the clock's monotonic time) the next may wait. */
void coordinator_begin(struct engine *engine);
int64_t coordinator_turn(struct engine *engine, struct message *messages);

#endif
