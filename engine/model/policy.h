/* SPDX-License-Identifier: MIT
 *
 * What a failure leads to by itself, as the workflow says it: which kind of failure it is, which
 * rule holds, how far a rollback goes. Only reads; deciding is decide_policy.c's. Pure.
 */
#ifndef HLP_MODEL_POLICY_H
#define HLP_MODEL_POLICY_H

#include "base/buf.h"
#include "model/plan.h"

/* How far back: stored as one number. */
enum policy_target {
	POLICY_TARGET_NONE, /* nothing is rolled back */
	POLICY_TARGET_NODE,
	POLICY_TARGET_ALL,
	POLICY_TARGET_PHASE /* plus the phase's index */
};

/* "validation-failure", …: as in `triggers`. */
const char *policy_trigger_name(enum trigger trigger);

/* Which kind a final failure is; `code` as the FAILED event has it. NONE: what is left of it may
 * still run, or the reason is no failure: only on_failure is asked. */
enum trigger policy_classify(const struct workflow *workflow, enum reason reason, int32_t code);
/* What the workflow says about a kind; NULL: nothing, on_failure alone decides. */
const struct trigger_rule *policy_rule(const struct workflow *workflow, enum trigger trigger);
/* How far a rule rolls back after this node's failure. */
uint32_t policy_target(const struct workflow *workflow, const struct trigger_rule *rule,
		       uint32_t node);

/* "triggers: timeout -> phase switch": the rule and what it says, for people. */
void policy_say(const struct workflow *workflow, enum trigger trigger, uint32_t target,
		uint32_t node, struct buf *out);
/* The rollback that is due, as it is asked for. */
struct plan_ask policy_plan(const struct execution *execution);

#endif
