/* SPDX-License-Identifier: MIT
 *
 * The coordinator thread: the one owner of every execution. Its turn is the engine's whole story.
 */
#ifndef HLP_RUNTIME_COORDINATOR_H
#define HLP_RUNTIME_COORDINATOR_H

#include "runtime/engine.h"

/* The thread's main; `worker->state` is the struct engine. */
void *coordinator_main(void *worker);

#endif
