/* SPDX-License-Identifier: MIT
 *
 * What a final failure leads to by itself: which kind it is, which rule holds, what is due from
 * then on, and how an operator's word takes its place.
 */
#include "model/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lab.h"

static const int32_t resource_codes[] = {75}, security_codes[] = {40};

static const struct trigger_rule rules[TRIGGERS] = {
	[TRIGGER_VALIDATION] = {.action = TRIGGER_ROLLBACK,
				.level = TRIGGER_OF_PHASE,
				.phase = 0,
				.named = true},
	[TRIGGER_RESOURCE] = {.action = TRIGGER_RESCHEDULE,
			      .level = TRIGGER_OF_NODE,
			      .phase = -1,
			      .named = true,
			      .retry = {.limit = 2,
					.interval_us = 1000000,
					.backoff = 1,
					.max_interval_us = 1000000,
					.jitter = JITTER_NONE},
			      .exit_codes = resource_codes,
			      .exit_codes_count = 1},
	[TRIGGER_SECURITY] = {.action = TRIGGER_ROLLBACK,
			      .level = TRIGGER_OF_ALL,
			      .phase = -1,
			      .stops = true,
			      .approval = true,
			      .named = true,
			      .exit_codes = security_codes,
			      .exit_codes_count = 1},
	[TRIGGER_TIMEOUT] = {.action = TRIGGER_CONTINUE, .named = true},
};

static const struct lab_node deploy[] = {
	{.id = "a", .phase = 0, .undo = true},
	{.id = "b", .phase = 1, .retries = 1},
	{.id = "c", .phase = 1, .undo = true},
};

/* Up to the second phase, of which both nodes run. */
static void open_deploy(struct lab *lab)
{
	LAB_OPEN(lab, deploy, .phases = 2, .triggers = rules);
	lab_complete(lab, "a");
	lab_start(lab, "b");
	lab_start(lab, "c");
}

static void fail_twice(struct lab *lab)
{
	assert_int_equal(lab_exit(lab, "b", EXIT_STATUS, 3), 0);
	assert_state(lab, "b", "PENDING backoff");
	lab_wait_until(lab, lab->now_us + 2000000);
	lab_start(lab, "b");
	assert_int_equal(lab_exit(lab, "b", EXIT_STATUS, 3), 0);
}

/* What the runtime does then. */
static int roll_back(struct lab *lab)
{
	struct plan_ask ask = policy_plan(lab->execution);
	struct plan *plan;
	struct act act = {
		.verb = VERB_ROLLBACK, .node = EVENT_NO_NODE, .actor = "policy", .by_policy = true};
	int rc;

	assert_int_equal(plan_make(lab->execution, &ask, &plan, &lab->err), 0);
	act.plan = plan;
	rc = lab_act_as(lab, &act);
	plan_free(plan);
	return rc;
}

static void undo(struct lab *lab, const char *id)
{
	lab_start(lab, id);
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, 0), 0);
}

static void the_kind_follows_from_the_failure_alone(void **state)
{
	static const struct {
		enum reason reason;
		int32_t code;
		enum trigger kind;
	} table[] = {
		{REASON_EXIT, 3, TRIGGER_VALIDATION},  {REASON_EXIT, 75, TRIGGER_RESOURCE},
		{REASON_EXIT, 40, TRIGGER_SECURITY},   {REASON_SIGNAL, 9, TRIGGER_VALIDATION},
		{REASON_TIMEOUT, 40, TRIGGER_TIMEOUT}, {REASON_RESOURCE, 1, TRIGGER_RESOURCE},
		{REASON_CHECK, 0, TRIGGER_VALIDATION}, {REASON_REJECTED, 0, TRIGGER_MANUAL},
		{REASON_EXPIRED, 0, TRIGGER_MANUAL},   {REASON_CANCELLED, 0, TRIGGER_MANUAL},
		{REASON_UNKILLABLE, 0, TRIGGER_NONE},  {REASON_OUTPUT, 0, TRIGGER_VALIDATION},
	};
	const struct workflow workflow = {.triggers = rules}, none = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_int_equal(policy_classify(&workflow, table[i].reason, table[i].code),
				 table[i].kind);
	assert_int_equal(policy_classify(&none, REASON_EXIT, 40), TRIGGER_VALIDATION);
	assert_null(policy_rule(&none, TRIGGER_VALIDATION));
	assert_null(policy_rule(&workflow, TRIGGER_MANUAL));
}

static void without_a_rule_nothing_is_due(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, deploy, .phases = 2);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 3), 0);
	assert_string_equal(lab.said, "exited a, failed a, draining a, ended");
	assert_int_equal(execution_policy_work(lab.execution), POLICY_NO_WORK);
	lab_close(&lab);
}

static void a_rule_decides_once_and_waits_for_what_runs(void **state)
{
	struct lab lab;

	(void)state;
	open_deploy(&lab);
	fail_twice(&lab);
	assert_string_equal(lab.said, "exited b, failed b, draining b, policy b");
	assert_string_equal(
		lab.execution->policy,
		"triggers: validation-failure → rollback of phase one, after b: exit 3");
	assert_int_equal(execution_policy_work(lab.execution), POLICY_NO_WORK);
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 3), 0);
	assert_string_equal(lab.said, "exited c, failed c"); /* by the first, and no second time */
	assert_int_equal(execution_policy_work(lab.execution), POLICY_ROLL_BACK);
	assert_state(&lab, NULL, "RECOVERING undo_waiting");
	assert_int_equal(roll_back(&lab), 0);
	assert_int_equal(execution_policy_work(lab.execution), POLICY_NO_WORK);
	undo(&lab, "c");
	lab_admit(&lab);
	undo(&lab, "a");
	assert_state(&lab, NULL, "PAUSED rolled_back");
	assert_int_equal(execution_policy_work(lab.execution), POLICY_NO_WORK);
	lab_close(&lab);
}

static void a_phase_ahead_of_the_failure_is_not_rolled_back(void **state)
{
	struct trigger_rule rule = rules[TRIGGER_VALIDATION];
	struct lab lab;

	(void)state;
	rule.phase = 1;
	LAB_OPEN(&lab, deploy, .phases = 2);
	assert_int_equal(policy_target(lab.execution->workflow, &rule, 0), POLICY_TARGET_PHASE);
	assert_int_equal(policy_target(lab.execution->workflow, &rule, 1), POLICY_TARGET_PHASE + 1);
	lab_close(&lab);
}

static void exhaustion_is_tried_again_and_then_rolled_back(void **state)
{
	struct lab lab;

	(void)state;
	open_deploy(&lab);
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
	for (int i = 0; i < 3; i++) { /* its own retry first, then those of the rule */
		assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 75), 0);
		assert_string_equal(lab.said, "exited b, backoff b");
		lab_wait_until(&lab, lab.now_us + 2000000);
		lab_start(&lab, "b");
	}
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 75), 0);
	assert_string_equal(lab.said, "exited b, failed b, draining b, policy b");
	assert_string_equal(lab.execution->policy,
			    "triggers: resource-exhaustion → rollback of node b, after b: exit 75");
	lab_close(&lab);
}

static void a_violation_stops_all_and_waits_for_an_approval(void **state)
{
	struct lab lab;

	(void)state;
	open_deploy(&lab);
	assert_int_equal(lab_exit(&lab, "b", EXIT_STATUS, 40), 0); /* no retry */
	assert_string_equal(lab.said, "exited b, failed b, draining b, verdict c, policy b");
	assert_int_equal(lab_exit(&lab, "c", EXIT_SIGNAL, 15), 0);
	assert_int_equal(roll_back(&lab), 0);
	lab_admit(&lab);
	undo(&lab, "c");
	lab_admit(&lab);
	undo(&lab, "a");
	assert_int_equal(execution_policy_work(lab.execution), POLICY_ASK);
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), -ERR_REFUSED);
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_POLICY_ASK}), 0);
	assert_state(&lab, "b", "PAUSED approval");
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), -ERR_REFUSED);
	assert_int_equal(lab_answer(&lab, "b", ANSWER_APPROVE), 0);
	assert_false(lab_node(&lab, "b")->approved); /* of a gate of its own nothing was said */
	assert_int_equal(lab_act(&lab, VERB_RETRY, NULL), 0);
	lab_close(&lab);
}

static void after_a_violation_a_rejection_ends_it(void **state)
{
	static const struct lab_node one[] = {{.id = "a", .undo = true}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, one, .triggers = rules);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 40), 0);
	assert_int_equal(roll_back(&lab), 0);
	lab_admit(&lab);
	undo(&lab, "a");
	assert_int_equal(lab_feed(&lab, &(struct input){.kind = INPUT_POLICY_ASK}), 0);
	assert_int_equal(lab_answer(&lab, "a", ANSWER_REJECT), 0);
	assert_string_equal(lab.said, "act a, answered a, cancelled, ended");
	assert_state(&lab, NULL, "RECOVERED undone");
	lab_close(&lab);
}

static void refuse(struct lab *lab, bool for_good)
{
	assert_int_equal(lab_feed(lab, &(struct input){.kind = INPUT_POLICY_REFUSED,
						       .text = "f was changed",
						       .failed = for_good}),
			 0);
}

static void what_cannot_be_as_it_is_asks(void **state)
{
	struct lab lab;

	(void)state;
	open_deploy(&lab);
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
	fail_twice(&lab);
	refuse(&lab, false);
	assert_state(&lab, "b", "PAUSED asking");
	assert_state(&lab, NULL, "PAUSED asking");
	assert_int_equal(execution_policy_work(lab.execution), POLICY_NO_WORK);
	assert_int_equal(lab_answer(&lab, "b", ANSWER_HAPPENED), -ERR_REFUSED);
	assert_int_equal(lab_answer(&lab, "b", ANSWER_UNDO), 0);
	assert_state(&lab, "b", "FAILED exit");
	assert_int_equal(execution_policy_work(lab.execution), POLICY_ROLL_BACK);
	refuse(&lab, false);
	assert_int_equal(lab_answer(&lab, "b", ANSWER_LEAVE), 0);
	assert_string_equal(lab.said, "act b, answered b, failed b, policy_left b, ended");
	assert_state(&lab, NULL, "FAILED nodes");
	lab_close(&lab);
}

static void an_operators_word_takes_its_place(void **state)
{
	static const enum verb verbs[] = {VERB_RETRY, VERB_SKIP};
	struct lab lab;

	(void)state;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		open_deploy(&lab);
		assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
		fail_twice(&lab);
		if (i)
			refuse(&lab, false);
		assert_int_equal(lab_act(&lab, verbs[i], "b"), 0);
		assert_int_equal(lab.execution->policy_step, POLICY_NONE);
		assert_null(lab.execution->policy);
		lab_close(&lab);
	}
}

static void a_pause_keeps_it_and_a_cancel_ends_it(void **state)
{
	struct lab lab;

	(void)state;
	open_deploy(&lab);
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
	fail_twice(&lab);
	assert_int_equal(lab_act(&lab, VERB_PAUSE, NULL), 0);
	assert_int_equal(execution_policy_work(lab.execution), POLICY_NO_WORK);
	assert_int_equal(lab_act(&lab, VERB_RESUME, NULL), 0);
	assert_int_equal(execution_policy_work(lab.execution), POLICY_ROLL_BACK);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_string_equal(lab.said, "act, cancelled, ended");
	lab_close(&lab);
}

static void where_rollbacks_are_off_it_ends_failed_and_says_so(void **state)
{
	struct lab lab;

	(void)state;
	open_deploy(&lab);
	assert_int_equal(lab_exit(&lab, "c", EXIT_STATUS, 0), 0);
	fail_twice(&lab);
	refuse(&lab, true);
	assert_string_equal(lab.said, "policy_left b, ended");
	assert_string_equal(
		lab.execution->policy,
		"triggers: validation-failure → rollback of phase one, after b: exit 3; not done: "
		"f was changed");
	lab_close(&lab);
}

static void a_rule_may_say_that_the_rest_goes_on(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, deploy, .phases = 2, .triggers = rules);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_TIMEOUT, 143), 0);
	assert_string_equal(lab.said, "exited a, failed a, policy a, ended");
	assert_string_equal(
		lab.execution->policy,
		"triggers: timeout → continue, after a: ran out of time and was stopped");
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kind_follows_from_the_failure_alone),
		cmocka_unit_test(without_a_rule_nothing_is_due),
		cmocka_unit_test(a_rule_decides_once_and_waits_for_what_runs),
		cmocka_unit_test(a_phase_ahead_of_the_failure_is_not_rolled_back),
		cmocka_unit_test(exhaustion_is_tried_again_and_then_rolled_back),
		cmocka_unit_test(a_violation_stops_all_and_waits_for_an_approval),
		cmocka_unit_test(after_a_violation_a_rejection_ends_it),
		cmocka_unit_test(what_cannot_be_as_it_is_asks),
		cmocka_unit_test(an_operators_word_takes_its_place),
		cmocka_unit_test(a_pause_keeps_it_and_a_cancel_ends_it),
		cmocka_unit_test(where_rollbacks_are_off_it_ends_failed_and_says_so),
		cmocka_unit_test(a_rule_may_say_that_the_rest_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
