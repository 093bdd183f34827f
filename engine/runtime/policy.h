/* SPDX-License-Identifier: MIT
 *
 * Rollbacks that a workflow asks for after a failure. That one is due is part of the execution's
 * state (model/policy.h), so that a dead engine forgets nothing; here it is done as an operator
 * would: the plan is made, its files are looked at, and it is carried out as the act of "policy",
 * or refused with a reason. Nothing is ever overwritten or passed by. Coordinator thread.
 */
#ifndef HLP_RUNTIME_POLICY_H
#define HLP_RUNTIME_POLICY_H

#include "runtime/engine.h"

/* Begins what is due. What waits for files of others is looked at again when some are given back.
 */
void policy_turn(struct engine *engine);
/* The files of such a plan have been looked at. */
void policy_compared(struct engine *engine, struct content_job *job);

#endif
