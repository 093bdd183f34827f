/* SPDX-License-Identifier: MIT
 *
 * Reading `triggers`: what each kind of failure leads to. A word is the action; a map lays more
 * over what that kind does of itself. `on_failure: rollback` implies the same rules.
 */
#include <string.h>

#include "base/clock.h"
#include "model/policy.h"
#include "model/workflow_parts.h"

/* What a kind does when it is named and nothing more is said. */
static struct trigger_rule default_rule(enum trigger trigger)
{
	struct trigger_rule rule = {.action = TRIGGER_ROLLBACK,
				    .level = TRIGGER_OF_PHASE,
				    .phase = -1,
				    .retry = {.limit = 3,
					      .interval_us = 10 * CLOCK_SECOND_US,
					      .backoff = 2,
					      .max_interval_us = 300 * CLOCK_SECOND_US,
					      .jitter = JITTER_FULL}};

	if (trigger == TRIGGER_RESOURCE)
		rule.action = TRIGGER_RESCHEDULE;
	if (trigger == TRIGGER_SECURITY) { /* nothing of it can be trusted any more */
		rule.level = TRIGGER_OF_ALL;
		rule.stops = rule.approval = true;
	}
	return rule;
}

static struct trigger_rule *make_rules(struct reader *reader)
{
	struct trigger_rule *rules = arena_alloc(reader->arena, TRIGGERS * sizeof(*rules));

	for (int i = 0; i < TRIGGERS; i++) {
		rules[i] = default_rule((enum trigger)i);
		if (reader->workflow->on_failure != ON_FAILURE_ROLLBACK || i == TRIGGER_NONE)
			rules[i].action = TRIGGER_AS_ON_FAILURE;
	}
	return rules;
}

/* ---- one rule -------------------------------------------------------------------------------- */

struct rule_target {
	struct trigger_rule *rule;
	enum trigger trigger;
};

static void read_action(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"drain", "stop", "continue", "rollback", "reschedule"};
	struct rule_target *to = target;
	uint32_t word;

	if (!fields_word(reader, value, "action", words, 5, &word))
		return;
	to->rule->action = (enum trigger_action)(TRIGGER_DRAIN + word);
	if (to->rule->action == TRIGGER_RESCHEDULE && to->trigger != TRIGGER_RESOURCE)
		fields_problem(reader, value,
			       "'reschedule' is for resource-exhaustion: what else fails is tried "
			       "again by the node's 'retry'");
}

static void read_level(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"node", "phase", "all"};
	struct rule_target *to = target;
	uint32_t word;

	if (!fields_word(reader, value, "level", words, 3, &word))
		return;
	to->rule->level = (enum trigger_level)word;
	if (word == TRIGGER_OF_PHASE && !reader->workflow->phases_count)
		fields_problem(reader, value,
			       "'level: phase' needs phases: name them at the top, or say 'level: "
			       "node' or 'level: all'");
}

static const char *phase_at(const void *ctx, size_t i)
{
	return ((const struct workflow *)ctx)->phases[i];
}

static void read_phase(struct reader *reader, uint32_t value, void *target)
{
	const struct workflow *workflow = reader->workflow;
	struct rule_target *to = target;
	const char *name, *nearest;

	if (!fields_text(reader, value, "phase", &name))
		return;
	to->rule->level = TRIGGER_OF_PHASE;
	for (uint32_t i = 0; i < workflow->phases_count; i++) {
		if (strcmp(workflow->phases[i], name) == 0) {
			to->rule->phase = (int32_t)i;
			return;
		}
	}
	nearest = workflow_nearest(reader, name, workflow->phases_count, phase_at);
	fields_problem(reader, value,
		       nearest ? "there is no phase '%.60s': did you mean '%s'?"
			       : "there is no phase '%.60s'%s",
		       name, nearest ? nearest : "");
}

static void read_running(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"finish", "stop"};
	struct rule_target *to = target;
	uint32_t word;

	if (fields_word(reader, value, "running", words, 2, &word))
		to->rule->stops = word == 1;
}

static void read_approval(struct reader *reader, uint32_t value, void *target)
{
	struct rule_target *to = target;

	(void)fields_boolean(reader, value, "approval", &to->rule->approval); /* noted */
}

static void read_retry(struct reader *reader, uint32_t value, void *target)
{
	struct rule_target *to = target;

	if (to->rule->action != TRIGGER_RESCHEDULE)
		fields_problem(reader, value, "'retry' is for 'action: reschedule'");
	workflow_retry_read(reader, value, &to->rule->retry);
}

static void read_codes(struct reader *reader, uint32_t value, void *target)
{
	struct rule_target *to = target;

	if (to->trigger == TRIGGER_TIMEOUT || to->trigger == TRIGGER_MANUAL)
		fields_problem(reader, value, "'exit_codes' cannot stand in '%s': it has no exit",
			       policy_trigger_name(to->trigger));
	workflow_exit_codes_read(reader, value, &to->rule->exit_codes, &to->rule->exit_codes_count);
}

static const struct field rule_list[] = {
	FIELD("action", read_action),	  FIELD("level", read_level),
	FIELD("phase", read_phase),	  FIELD("running", read_running),
	FIELD("approval", read_approval), FIELD("retry", read_retry),
	FIELD("exit_codes", read_codes),
};
enum { RULE_LEVEL = 1, RULE_PHASE = 2 };
static const struct fields rule_fields = {"a trigger", rule_list,
					  sizeof(rule_list) / sizeof(rule_list[0])};

/* 'phase' says the level too; another one beside it would be a riddle. */
static void check_level(struct reader *reader, uint64_t seen, const uint32_t *values)
{
	if (seen >> RULE_LEVEL & 1 && seen >> RULE_PHASE & 1 &&
	    strcmp(yaml_text(reader->tree, values[RULE_LEVEL]), "phase") != 0)
		fields_problem(reader, values[RULE_LEVEL],
			       "'level: %s' stands beside 'phase': write one of them",
			       yaml_text(reader->tree, values[RULE_LEVEL]));
}

static void read_rule(struct reader *reader, uint32_t value, struct trigger_rule *rules,
		      enum trigger trigger)
{
	struct rule_target to = {.rule = &rules[trigger], .trigger = trigger};
	uint32_t values[64];

	*to.rule = default_rule(trigger);
	to.rule->named = true;
	if (yaml_at(reader->tree, value)->kind == YAML_KIND_MAP)
		check_level(reader, fields_read(reader, value, &rule_fields, &to, values), values);
	else
		read_action(reader, value, &to);
}

/* ---- all of them ----------------------------------------------------------------------------- */

#define OF_TRIGGER(name, trigger)                                                                  \
	static void name(struct reader *reader, uint32_t value, void *target)                      \
	{                                                                                          \
		read_rule(reader, value, target, trigger);                                         \
	}
OF_TRIGGER(read_validation, TRIGGER_VALIDATION)
OF_TRIGGER(read_resource, TRIGGER_RESOURCE)
OF_TRIGGER(read_security, TRIGGER_SECURITY)
OF_TRIGGER(read_timeout, TRIGGER_TIMEOUT)
OF_TRIGGER(read_manual, TRIGGER_MANUAL)

static const struct field trigger_list[] = {
	FIELD("validation-failure", read_validation),
	FIELD("resource-exhaustion", read_resource),
	FIELD("security-violation", read_security),
	FIELD("timeout", read_timeout),
	FIELD("manual", read_manual),
};
static const struct fields trigger_fields = {"'triggers'", trigger_list,
					     sizeof(trigger_list) / sizeof(trigger_list[0])};

static bool share_code(const struct trigger_rule *a, const struct trigger_rule *b, int32_t *out)
{
	for (uint32_t i = 0; i < a->exit_codes_count; i++) {
		for (uint32_t k = 0; k < b->exit_codes_count; k++) {
			*out = a->exit_codes[i];
			if (a->exit_codes[i] == b->exit_codes[k])
				return true;
		}
	}
	return false;
}

static void check_codes(struct reader *reader, uint32_t value, const struct trigger_rule *rules)
{
	int32_t code;

	for (int i = TRIGGER_NONE + 1; i < TRIGGERS; i++) {
		for (int k = i + 1; k < TRIGGERS; k++) {
			if (share_code(&rules[i], &rules[k], &code))
				fields_problem(reader, value,
					       "exit code %d is both '%s' and '%s': which is it?",
					       (int)code, policy_trigger_name((enum trigger)i),
					       policy_trigger_name((enum trigger)k));
		}
	}
}

void workflow_triggers_read(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;
	struct trigger_rule *rules = make_rules(reader);

	(void)fields_read(reader, value, &trigger_fields, rules, NULL); /* all optional */
	check_codes(reader, value, rules);
	workflow->triggers = rules;
}

void workflow_triggers_imply(struct reader *reader)
{
	if (!reader->workflow->triggers && reader->workflow->on_failure == ON_FAILURE_ROLLBACK)
		reader->workflow->triggers = make_rules(reader);
}
