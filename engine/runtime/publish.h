/* SPDX-License-Identifier: MIT
 *
 * What watchers are told: committed rows only, gathered for a few milliseconds, encoded once for
 * all.
 */
#ifndef HLP_RUNTIME_PUBLISH_H
#define HLP_RUNTIME_PUBLISH_H

#include "runtime/engine.h"
#include "runtime/turn.h"

/* A commit is durable: remembers what watchers have to be told of it. */
void publish_take(struct engine *engine, struct live *live, const struct commit_part *part);
/* Tells them, if it is time. */
void publish_due(struct engine *engine);
/* When publish_due wants to be called ; INT64_MAX: never. */
int64_t publish_deadline_us(const struct engine *engine);

#endif
