/* SPDX-License-Identifier: MIT
 *
 * What is to be done, from the state alone: the same answer before a crash and after it.
 */
#include "model/checkpoint.h"
#include "model/derive.h"
#include "model/execution.h"
#include "model/policy.h"
#include "model/ready.h"

static struct effect *add(struct effect *out, size_t *count, enum effect_kind kind, uint32_t index,
			  const struct node_run *node)
{
	struct effect *effect = &out[(*count)++];

	*effect = (struct effect){.kind = kind,
				  .node = index,
				  .attempt_kind = node->live_kind,
				  .attempt = derive_attempt_number(node),
				  .artifact = node->live_kind == ATTEMPT_CHECK ? node->check
									       : node->hook};
	return effect;
}

static void intended(const struct execution *execution, uint32_t index, struct effect *out,
		     size_t *count)
{
	const struct node_run *node = &execution->nodes[index];
	bool captures =
		node->live_kind == ATTEMPT_RUN && execution->workflow->nodes[index].artifacts_count;

	add(out, count, captures && !node->captured_before ? EFFECT_CAPTURE_BEFORE : EFFECT_START,
	    index, node);
}

static void running(const struct execution *execution, uint32_t index, struct effect *out,
		    size_t *count)
{
	const struct node_run *node = &execution->nodes[index];

	if (!derive_recording(node)) {
		add(out, count, EFFECT_WATCH, index, node);
		if (node->reason == REASON_STOPPING)
			add(out, count, EFFECT_STOP, index, node);
		else if (node->freeze == FREEZE_ASKED)
			add(out, count, EFFECT_FREEZE, index, node);
		else if (node->freeze == FREEZE_THAWING)
			add(out, count, EFFECT_THAW, index, node);
	} else if (derive_wants_capture(execution, index)) {
		add(out, count, EFFECT_CAPTURE_AFTER, index, node);
	} else if (derive_wants_collect(execution, index, node->exit_kind, node->code)) {
		add(out, count, EFFECT_COLLECT, index, node);
	}
}

static void undoing(uint32_t index, const struct node_run *node, struct effect *out, size_t *count)
{
	add(out, count, EFFECT_WATCH, index, node);
	if (node->reason == REASON_UNDO_STOPPING)
		add(out, count, EFFECT_STOP, index, node);
}

/* In the name of the run whose files go back. */
static void restoring(uint32_t index, const struct node_run *node, struct effect *out,
		      size_t *count)
{
	struct effect *effect = add(out, count, EFFECT_RESTORE, index, node);

	effect->attempt_kind = ATTEMPT_RUN;
	effect->attempt = node->attempt;
}

static size_t of_execution(const struct execution *execution, struct effect *out)
{
	if (!checkpoint_wanted(execution))
		return 0;
	*out = (struct effect){.kind = EFFECT_CHECKPOINT, .node = EVENT_NO_NODE};
	return 1;
}

size_t execution_outstanding(const struct execution *execution, uint32_t index,
			     struct effect out[EFFECTS_PER_NODE])
{
	const struct node_run *node;
	size_t count = 0;

	if (execution->quarantined)
		return 0;
	if (index == EVENT_NO_NODE)
		return of_execution(execution, out);
	node = &execution->nodes[index];
	if (node->intended)
		intended(execution, index, out, &count);
	else if (derive_runs(node))
		running(execution, index, out, &count);
	else if (derive_undoes(node))
		undoing(index, node, out, &count);
	else if (node->state == STATE_RECOVERING && node->reason == REASON_RESTORING)
		restoring(index, node, out, &count);
	return count;
}

int64_t execution_next_due(const struct execution *execution)
{
	uint32_t node = ready_first(execution, READY_DUE);

	if (node == EVENT_NO_NODE || execution->quarantined || execution->ended)
		return INT64_MAX;
	return ready_due_us(&execution->nodes[node]);
}

/* ---- of the execution as a whole ----------------------------------------------------------- */

static bool is_quiet(const struct execution *execution)
{
	return !execution->counts[STATE_RUNNING] && !execution->by_reason[REASON_FROZEN] &&
	       !execution->intended_count;
}

static bool wants_approval(const struct execution *execution)
{
	const struct trigger_rule *rule =
		policy_rule(execution->workflow, execution->policy_trigger);

	return rule && rule->approval &&
	       execution->nodes[execution->policy_node].question == QUESTION_NONE;
}

enum policy_work execution_policy_work(const struct execution *execution)
{
	if (execution->policy_step == POLICY_NONE || execution->quarantined ||
	    execution->rolling_back || execution->ended)
		return POLICY_NO_WORK;
	if (execution->policy_step == POLICY_DUE && !execution->paused && is_quiet(execution))
		return POLICY_ROLL_BACK;
	if (execution->policy_step == POLICY_DONE && wants_approval(execution))
		return POLICY_ASK;
	return POLICY_NO_WORK;
}
