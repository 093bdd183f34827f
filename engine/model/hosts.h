/* SPDX-License-Identifier: MIT
 *
 * Where nodes run, for people who are about to start something or look at it. Pure; the texts live
 * in the workflow or in the arena.
 */
#ifndef HLP_MODEL_HOSTS_H
#define HLP_MODEL_HOSTS_H

#include "model/workflow.h"

/* The node's host with params put in; as it is written where it needs more than those. NULL: this
 * machine. `params` in the order of their declarations, or NULL. */
const char *hosts_of_node(const struct workflow *workflow, const struct node_spec *node,
			  const struct binding *params, struct arena *arena);

/* "deploy@edge-07 (swap), db2 (fence and 3 more)": every other host, with nodes that run there; ""
 * when all run on this machine. */
void hosts_say(const struct workflow *workflow, const struct binding *params, struct buf *out);

#endif
