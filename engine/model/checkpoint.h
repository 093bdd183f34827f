/* SPDX-License-Identifier: MIT
 *
 * Checkpoints of an execution: all artifacts and node states at one moment, under a name. One is
 * taken by itself when a phase is passed, others by hand. The moment is that of the event which
 * asks for it; what is recorded follows from the fold alone, however late it is done. Pure.
 */
#ifndef HLP_MODEL_CHECKPOINT_H
#define HLP_MODEL_CHECKPOINT_H

#include "model/execution.h"

#define CHECKPOINTS_KEPT 50 /* of one execution, the newest */
#define CHECKPOINTS_AGE_US                                                                         \
	((int64_t)90 * 24 * 3600 * 1000000) /* older ones go, but not the last                     \
					     */

/* By name, whatever became of it; NULL when there is none. */
const struct checkpoint *checkpoint_find(const struct execution *execution, const char *name);
/* The oldest that is still to be recorded; NULL when there is none. */
const struct checkpoint *checkpoint_wanted(const struct execution *execution);
/* The newest that is kept and older than another; NULL when there is none. */
const struct checkpoint *checkpoint_before(const struct execution *execution,
					   const struct checkpoint *checkpoint);

/* What a file held then, as far as it was known; NULL when nothing was. */
const struct revision *checkpoint_revision(const struct execution *execution,
					   const struct checkpoint *checkpoint, uint32_t node,
					   uint32_t artifact);
/* Whether a node did something since that the checkpoint has not: it started, or had not ended. */
bool checkpoint_misses(const struct execution *execution, const struct checkpoint *checkpoint,
		       uint32_t node);
/* Whether something that was done then is not any more: no rollback leads back there. */
bool checkpoint_is_past(const struct execution *execution, const struct checkpoint *checkpoint,
			uint32_t node);

/* NULL when it can name one, else what is wrong with it. */
const char *checkpoint_name_wrong(const char *name);
/* The first of NAME, NAME-2, NAME-3… that is free; in `arena`. */
const char *checkpoint_free_name(const struct execution *execution, const char *name,
				 struct arena *arena);

/* ---- for the parts of this module ---------------------------------------------------------- */

/* Puts one at the end; its nodes, zeroed, come with it. */
struct checkpoint *checkpoint_add(struct execution *execution);
void checkpoint_forget_nodes(struct checkpoint *checkpoint);
/* Applies an event of a checkpoint. Why it cannot follow on this state, or NULL. */
const char *checkpoint_fold(struct execution *execution, const struct event *event);
/* One as a section of a snapshot, and back; and the first difference, or NULL. */
void checkpoint_encode(const struct execution *execution, const struct checkpoint *checkpoint,
		       struct buf *out);
int checkpoint_decode(struct execution *execution, const void *data, size_t length,
		      struct err *err);
const char *checkpoint_difference(const struct execution *a, const struct execution *b);

#endif
