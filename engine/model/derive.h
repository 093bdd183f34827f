/* SPDX-License-Identifier: MIT
 *
 * What follows from the nodes' states and is therefore never stored: counters, what each vertex
 * still waits for, the ready heaps, the execution's own state. Kept up node by node while
 * events fold; made anew as a whole for a snapshot.
 */
#ifndef HLP_MODEL_DERIVE_H
#define HLP_MODEL_DERIVE_H

#include "model/execution.h"

/* What the derived members say of a node, taken before it changes. */
struct derive_mark {
	enum state state;
	enum reason reason;
	bool lives, reserves, intended, blocks;
};
struct derive_mark derive_mark(const struct execution *execution, uint32_t node);

/* An undo or hook of it was dispatched and is not yet proven gone. */
bool derive_undoes(const struct node_run *node);
/* An attempt was dispatched and is not yet proven gone. */
bool derive_lives(const struct node_run *node);
/* The attempt has ended; its outputs and files are being recorded. */
static inline bool derive_recording(const struct node_run *node)
{
	return node->state == STATE_RUNNING && node->reason == REASON_CAPTURING;
}
/* The number of the attempt that is intended, live or being recorded; 0: there is none. */
uint32_t derive_attempt_number(const struct node_run *node);
/* The check of an artifact is intended, and not yet on its way. */
static inline bool derive_check_intended(const struct node_run *node)
{
	return node->intended && node->live_kind == ATTEMPT_CHECK;
}
/* An attempt of it runs, or would if it were not frozen. */
static inline bool derive_runs(const struct node_run *node)
{
	return node->state == STATE_RUNNING || node->reason == REASON_FROZEN;
}
/* Takes part in the rollback and is not RECOVERED yet. */
bool derive_blocks(const struct node_run *node);
/* What is still to be recorded of an attempt that has ended like this. */
bool derive_wants_capture(const struct execution *execution, uint32_t node);
bool derive_wants_collect(const struct execution *execution, uint32_t node,
			  enum exit_kind exit_kind, int32_t code);
/* Keeps the slot of its run for the checks of its artifacts, which are part of the same work: with
 * max_parallel 1 nothing else runs between the two. */
bool derive_reserves(const struct execution *execution, uint32_t node);
/* The next artifact from `from` on whose on_restore is due, or the count of artifacts. */
uint32_t derive_next_hook(const struct execution *execution, uint32_t node, uint32_t from);
/* Nothing starts any more: cancelled or draining. */
static inline bool derive_closed(const struct execution *execution)
{
	return execution->cancelled || execution->draining;
}

/* Brings everything derived in line after one node has changed; `was` is from before. */
void derive_update(struct execution *execution, uint32_t node, const struct derive_mark *was);
/* The same for all PENDING and held nodes after the execution closed or opened. */
void derive_settle_all(struct execution *execution);
/* Everything from the nodes' states alone. */
void derive_all(struct execution *execution);
/* The execution's state, by the first rule that matches. */
void derive_state(struct execution *execution);
void derive_touch(struct execution *execution, uint32_t node);

/* Whether completing this node would leave a node that waited free to start. */
bool derive_would_free(const struct execution *execution, uint32_t node);

#endif
