/* SPDX-License-Identifier: MIT
 *
 * What of the caller's environment goes with a run: it is recorded, and used again by retry and
 * undo. The rule stands here once, for those who send it, check it and hand it to a node.
 */
#ifndef HLP_MODEL_ENVIRONMENT_H
#define HLP_MODEL_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "model/workflow.h"

/* Recorded for every node: PATH HOME USER LOGNAME SHELL LANG LC_* TZ TMPDIR. */
bool environment_is_base(const char *name);
/* The variable that tells ssh where its agent listens. */
#define ENVIRONMENT_AGENT "SSH_AUTH_SOCK"

/* Whether the node's pass_env names it, or the node connects to a host and needs it for that. */
bool environment_is_passed(const struct node_spec *node, const char *name);

/* Whether any node does: then where the agent of whoever acts listens is of use. */
bool environment_uses_agent(const struct workflow *workflow);

/* Of `environment` ("NAME=value" …, ended by NULL) what any node of the workflow may get. What is
 * not UTF-8 cannot be sent and stays out. Returns their number; *out lies in the arena. */
size_t environment_choose(const struct workflow *workflow, char *const *environment,
			  struct arena *arena, struct binding **out);

#endif
