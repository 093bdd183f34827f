/* SPDX-License-Identifier: MIT
 *
 * What of the caller's environment goes with a run: it is recorded, and used again by retry and
 * undo.
 */
#ifndef HLP_CLI_ENVIRONMENT_H
#define HLP_CLI_ENVIRONMENT_H

#include <stddef.h>

#include "base/mem.h"
#include "model/workflow.h"

/* PATH HOME USER LOGNAME SHELL LANG LC_* TZ TMPDIR and what any node's pass_env names, of
 * `environment`
 * ("NAME=value" …, ended by NULL). Returns their number; *out lies in the arena. */
size_t environment_choose(const struct workflow *workflow, char *const *environment,
			  struct arena *arena, struct binding **out);

#endif
