/* SPDX-License-Identifier: MIT
 *
 * Between the files that fold. Each changes only the stored members of nodes; what follows from
 * them is derive.c's.
 */
#ifndef HLP_MODEL_FOLD_H
#define HLP_MODEL_FOLD_H

#include "model/execution.h"

/* execution_fold.c */
void fold_message(struct execution *execution, struct node_run *node, const char *text);
void fold_outputs(struct execution *execution, const struct event *event);

/* fold_person.c: what people are asked and say of a node: questions, holds, freezes. */
void fold_person(struct execution *execution, struct node_run *node, const struct event *event);
/* Why such an event cannot follow on this state, or NULL. */
const char *fold_person_objection(const struct node_run *node, enum event_kind kind);
/* The attempt has ended or gets a verdict: it is not frozen any more. */
void fold_person_unfreeze(struct node_run *node);

#endif
