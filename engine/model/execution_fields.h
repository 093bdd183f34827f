/* SPDX-License-Identifier: MIT
 *
 * Which members of an execution are stored in a snapshot, under which number, and what making one
 * from a snapshot shares with making one from events. Numbers are on disk: never change one, never
 * reuse one.
 */
#ifndef HLP_MODEL_EXECUTION_FIELDS_H
#define HLP_MODEL_EXECUTION_FIELDS_H

#include "model/execution.h"
#include "model/record.h"

extern const struct record execution_header_record; /* of struct execution */
extern const struct record execution_node_record;   /* of struct node_run; but message, outputs,
						       shown */
extern const struct record execution_revision_record;
extern const struct record execution_target_record;
extern const struct record execution_binding_record;
extern const struct record execution_checkpoint_record; /* of struct checkpoint; but nodes */

/* As its first event says, with room for all; nothing is derived yet. */
struct execution *execution_blank(struct workflow *workflow, struct graph *graph,
				  const struct event *created);
void execution_add_target(struct execution *execution, const struct file_target *target);

/* "edge-cert#12" from the workflow's name and the number. */
void execution_rename(struct execution *execution);

#endif
