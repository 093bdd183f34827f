/* SPDX-License-Identifier: MIT
 *
 * Between the files that fold: the revisions of a node's files, and which of them stand.
 */
#ifndef HLP_MODEL_FOLD_REVISION_H
#define HLP_MODEL_FOLD_REVISION_H

#include "model/execution.h"

/* Of EVENT_CAPTURED and EVENT_RESTORED: what each file holds. */
void fold_revision_add(struct execution *execution, const struct event *event);
/* What an event of a node says about the files that its newest run left; to be called before the
 * event changes the node. Most kinds say nothing. */
void fold_revision_judge(struct execution *execution, const struct event *event);

#endif
