/* SPDX-License-Identifier: MIT
 *
 * Kinds of failures and their rules. See policy.h.
 */
#include "model/policy.h"

static const char *const names[TRIGGERS] = {
	"", "validation-failure", "resource-exhaustion", "security-violation", "timeout", "manual"};

const char *policy_trigger_name(enum trigger trigger)
{
	return trigger < TRIGGERS ? names[trigger] : "unknown";
}

/* ---- which kind -------------------------------------------------------------------------- */

static bool lists(const struct trigger_rule *rule, int32_t code)
{
	for (uint32_t i = 0; i < rule->exit_codes_count; i++)
		if (rule->exit_codes[i] == code)
			return true;
	return false;
}

/* The kind that claims an exit code, as a shell would say it; VALIDATION when none does. */
static enum trigger by_code(const struct workflow *workflow, int32_t code)
{
	const struct trigger_rule *rules = workflow->triggers;

	if (!rules)
		return TRIGGER_VALIDATION;
	if (lists(&rules[TRIGGER_SECURITY], code))
		return TRIGGER_SECURITY;
	if (lists(&rules[TRIGGER_RESOURCE], code))
		return TRIGGER_RESOURCE;
	if (rules[TRIGGER_VALIDATION].exit_codes_count && !lists(&rules[TRIGGER_VALIDATION], code))
		return TRIGGER_NONE;
	return TRIGGER_VALIDATION;
}

enum trigger policy_classify(const struct workflow *workflow, enum reason reason, int32_t code)
{
	switch (reason) {
	case REASON_EXIT:
		return by_code(workflow, code);
	case REASON_SIGNAL:
		return by_code(workflow, 128 + code);
	case REASON_TIMEOUT:
		return TRIGGER_TIMEOUT;
	case REASON_RESOURCE: /* but a code that was chosen for a violation says more */
		return by_code(workflow, code) == TRIGGER_SECURITY ? TRIGGER_SECURITY
								   : TRIGGER_RESOURCE;
	case REASON_LAUNCH:
	case REASON_OUTPUT:
	case REASON_CAPTURE:
	case REASON_CHECK:
	case REASON_LOST:
	case REASON_INVALID:
		return TRIGGER_VALIDATION;
	case REASON_CANCELLED:
	case REASON_REJECTED:
	case REASON_EXPIRED:
		return TRIGGER_MANUAL;
	default: /* UNKILLABLE: its processes may still be at work */
		return TRIGGER_NONE;
	}
}

const struct trigger_rule *policy_rule(const struct workflow *workflow, enum trigger trigger)
{
	const struct trigger_rule *rule = workflow->triggers;

	if (!rule || trigger == TRIGGER_NONE)
		return NULL;
	rule += trigger;
	return rule->action == TRIGGER_AS_ON_FAILURE ? NULL : rule;
}

/* ---- how far ----------------------------------------------------------------------------- */

uint32_t policy_target(const struct workflow *workflow, const struct trigger_rule *rule,
		       uint32_t node)
{
	const int32_t own = workflow->nodes[node].phase;

	switch (rule->level) {
	case TRIGGER_OF_ALL:
		return POLICY_TARGET_ALL;
	case TRIGGER_OF_PHASE:
		if (own < 0)
			break;
		/* What is named lies ahead of a node that failed before it. */
		return POLICY_TARGET_PHASE +
		       (uint32_t)(rule->phase >= 0 && rule->phase < own ? rule->phase : own);
	case TRIGGER_OF_NODE:
		break;
	}
	return POLICY_TARGET_NODE;
}

struct plan_ask policy_plan(const struct execution *execution)
{
	const uint32_t target = execution->nodes[execution->policy_node].policy_target;

	if (target == POLICY_TARGET_ALL)
		return (struct plan_ask){.level = PLAN_OF_ALL};
	if (target >= POLICY_TARGET_PHASE)
		return (struct plan_ask){.level = PLAN_OF_PHASE,
					 .phase = (int32_t)(target - POLICY_TARGET_PHASE)};
	return (struct plan_ask){.level = PLAN_OF_NODE, .node = execution->policy_node};
}

/* ---- in words ---------------------------------------------------------------------------- */

static const char *action_word(enum trigger_action action)
{
	static const char *const words[] = {"",		"drain",    "stop",
					    "continue", "rollback", "reschedule"};

	return words[action];
}

void policy_say(const struct workflow *workflow, enum trigger trigger, uint32_t target,
		uint32_t node, struct buf *out)
{
	const struct trigger_rule *rule = &workflow->triggers[trigger];

	buf_printf(out, "%s: %s → ", rule->named ? "triggers" : "on_failure",
		   policy_trigger_name(trigger));
	if (target == POLICY_TARGET_NONE)
		buf_printf(out, "%s", action_word(rule->action));
	else if (target == POLICY_TARGET_NODE)
		buf_printf(out, "rollback of node %s", workflow->nodes[node].id);
	else if (target == POLICY_TARGET_ALL)
		buf_printf(out, "rollback of all");
	else
		buf_printf(out, "rollback of phase %s",
			   target - POLICY_TARGET_PHASE < workflow->phases_count
				   ? workflow->phases[target - POLICY_TARGET_PHASE]
				   : "");
}
