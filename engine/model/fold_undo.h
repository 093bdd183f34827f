/* SPDX-License-Identifier: MIT
 *
 * Between the files that fold: what the events of a rollback change. Nothing is decided here.
 */
#ifndef HLP_MODEL_FOLD_UNDO_H
#define HLP_MODEL_FOLD_UNDO_H

#include "model/execution.h"

/* EVENT_ROLLBACK_STARTED, EVENT_ROLLBACK_ENDED. */
void fold_undo_begin(struct execution *execution, const struct event *event);
void fold_undo_end(struct execution *execution);
/* A node's; other kinds change nothing. */
void fold_undo_node(struct node_run *node, const struct event *event);

/* The node has no attempt, question, freeze or time that is waited for any more. */
void fold_forget_attempt(struct node_run *node);
/* Nobody holds it. */
void fold_forget_hold(struct node_run *node);

#endif
