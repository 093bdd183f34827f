/* SPDX-License-Identifier: MIT
 *
 * Which nodes name outputs of which: for whoever leaves a node out and wants to know first what
 * would then be missing. Pure.
 */
#ifndef HLP_MODEL_OUTPUT_USE_H
#define HLP_MODEL_OUTPUT_USE_H

#include "model/workflow.h"

struct output_use {
	uint32_t writer, user;
	const char *name; /* of the output; one of the writer's */
};

/* Looks for a node for which `runs` holds and that, to start, needs an output of one for which
 * `missing` holds. Undo and on_restore are not looked at: they may never run. False when there is
 * none. */
bool output_use_find(const struct workflow *workflow, bool (*runs)(const void *ctx, uint32_t node),
		     bool (*missing)(const void *ctx, uint32_t node), const void *ctx,
		     struct output_use *out);

#endif
