/* SPDX-License-Identifier: MIT
 *
 * An execution that is only looked at: what each node would run if the workflow were started now.
 * What is known only later stands as the reference that asks for it: "${run.id}",
 * "${nodes.issue.outputs.serial}". Pure; nothing of it is ever run.
 */
#ifndef HLP_MODEL_REHEARSAL_H
#define HLP_MODEL_REHEARSAL_H

#include "model/execution.h"

struct rehearsal_start {
	const struct binding *params; /* bound, in the order of the declarations */
	const struct binding *env;    /* of the caller; see environment_choose */
	size_t env_count;
	const char *folder; /* of the workflow's file */
	const char *actor;
};

/* Takes workflow and graph over. The caller frees it with execution_free. */
struct execution *rehearsal_new(struct workflow *workflow, struct graph *graph,
				const struct rehearsal_start *start);

/* Which nodes could run side by side: of each node the number of its wave, from 0. A node's wave
 * comes right after the last of those that it waits for, barriers included. */
void rehearsal_waves(const struct graph *graph, uint32_t *out);

#endif
