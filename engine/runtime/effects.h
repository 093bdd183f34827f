/* SPDX-License-Identifier: MIT
 *
 * From durable state to work for other threads: what a committed node asks for is posted once,
 * and committed intents are started when a slot is free.
 */
#ifndef HLP_RUNTIME_EFFECTS_H
#define HLP_RUNTIME_EFFECTS_H

#include "runtime/engine.h"

/* Posts what this node asks for and is not under way yet; nothing while its last event is not
 * durable. */
void effects_of_node(struct engine *engine, struct live *live, uint32_t node);
/* Starts queued intents while slots are free. Part of the open turn. */
void effects_dispatch(struct engine *engine);
/* Attempts alive or sent, over all executions. */
uint32_t effects_live_count(const struct engine *engine);

/* Whether its files are being written: by an attempt, frozen or not, or by a person. */
bool effects_writes(const struct node_run *run);
/* Files: a node (EVENT_NO_NODE: the rollback) gives back what it has; after a restart it claims
 * what it had. */
void effects_give_back(struct engine *engine, struct live *live, uint32_t node);
void effects_claim(struct engine *engine, struct live *live, uint32_t node);

#endif
