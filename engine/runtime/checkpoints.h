/* SPDX-License-Identifier: MIT
 *
 * Recording checkpoints: what an execution asks for is posted to the content thread, which does it
 * when nobody wants anything else of it. Coordinator thread.
 */
#ifndef HLP_RUNTIME_CHECKPOINTS_H
#define HLP_RUNTIME_CHECKPOINTS_H

#include "runtime/engine.h"

/* Posts the oldest that is wanted, once it is durable that it is, one at a time. */
void checkpoints_post(struct engine *engine, struct live *live);
/* One is recorded, or could not be. */
void checkpoints_take(struct engine *engine, struct live *live, struct content_job *job);

#endif
