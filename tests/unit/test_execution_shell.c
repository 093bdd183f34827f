/* SPDX-License-Identifier: MIT
 *
 * A person's shell of a node: counted, its end told by its number, nothing else changed; and the
 * ssh agent of whoever acts, which later attempts use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/rows.h"
#include "tests/unit/lab.h"

static const struct lab_node nodes[] = {
	{.id = "a", .undo = true, .artifact = "f"},
	{.id = "b", .needs = "a", .manual = "do it"},
	{.id = "c", .needs = "b", .host = true},
};

static void refused(struct lab *lab, int done, const char *why)
{
	if (done >= 0)
		fail_msg("accepted: %s", lab->said);
	if (!strstr(lab->err.message, why))
		fail_msg("wanted '%s', got '%s'", why, lab->err.message);
}

static int leave(struct lab *lab, const char *id, uint32_t number, int32_t code)
{
	return lab_act_as(lab, &(struct act){.verb = VERB_LEFT_SHELL,
					     .node = lab_index(lab, id),
					     .shell = number,
					     .code = code,
					     .took_us = 5000000});
}

static void keep_row(void *ctx, const struct attempt_row *row)
{
	*(struct attempt_row *)ctx = *row;
}

static struct attempt_row row_of(const struct lab *lab)
{
	struct attempt_row row = {0};
	const struct rows_sink sink = {.attempt = keep_row, .ctx = &row};

	rows_of(lab->execution, &lab->journal.events[lab->journal.count - 1], &sink);
	return row;
}

/* ---- shells ------------------------------------------------------------------------------ */

static void a_shell_is_told_and_changes_nothing_else(void **state)
{
	struct attempt_row row;
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	lab_start(&lab, "a");
	assert_int_equal(lab_act(&lab, VERB_SHELL, "a"), 0);
	assert_string_equal(lab.said, "act a, shell_opened a");
	assert_state(&lab, "a", "RUNNING running");
	assert_int_equal(lab_node(&lab, "a")->shells, 1);
	row = row_of(&lab);
	assert_int_equal(row.kind, ATTEMPT_SHELL);
	assert_int_equal(row.started_us, lab.now_us);
	assert_int_equal(row.ended_us, 0);
	assert_int_equal(lab_act(&lab, VERB_SHELL, "a"), 0);
	assert_int_equal(leave(&lab, "a", 1, 3), 0);
	assert_string_equal(lab.said, "act a, shell_closed a");
	row = row_of(&lab);
	assert_int_equal(row.number, 1);
	assert_int_equal(row.exit_kind, EXIT_STATUS);
	assert_int_equal(row.code, 3);
	assert_int_equal(row.started_us, lab.now_us - 5000000);
	assert_int_equal(row.ended_us, lab.now_us);
	assert_int_equal(lab_node(&lab, "a")->shells, 2);
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	lab_close(&lab);
}

static void only_what_was_opened_is_left(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	refused(&lab, leave(&lab, "b", 0, 0), "b has no shell 0");
	refused(&lab, leave(&lab, "b", 1, 0), "b has no shell 1");
	assert_int_equal(lab_act(&lab, VERB_SHELL, "b"), 0);
	refused(&lab, leave(&lab, "b", 2, 0), "b has no shell 2");
	assert_int_equal(leave(&lab, "b", 1, 0), 0);
	refused(&lab, lab_act(&lab, VERB_SHELL, "c"), "'ssh elsewhere'");
	refused(&lab, lab_act(&lab, VERB_SHELL, NULL), "needs a node");
	lab_close(&lab);
}

static void one_that_has_ended_may_be_looked_into(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	assert_int_equal(lab_act(&lab, VERB_CANCEL, NULL), 0);
	assert_true(lab.execution->ended);
	assert_int_equal(lab_act(&lab, VERB_SHELL, "a"), 0);
	assert_true(lab.execution->ended);
	assert_int_equal(leave(&lab, "a", 1, 0), 0);
	lab_close(&lab);
}

/* ---- agents ------------------------------------------------------------------------------ */

static const char *agent_of(const struct lab *lab)
{
	for (uint32_t i = 0; i < lab->execution->env_count; i++)
		if (!strcmp(lab->execution->env[i].name, "SSH_AUTH_SOCK"))
			return lab->execution->env[i].value;
	return "none";
}

static int act_with(struct lab *lab, enum verb verb, const char *id, const char *agent)
{
	return lab_act_as(lab, &(struct act){.verb = verb,
					     .node = id ? lab_index(lab, id) : EVENT_NO_NODE,
					     .note = "so",
					     .agent = agent});
}

static void the_agent_of_whoever_acts_is_used_from_then_on(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes);
	assert_string_equal(agent_of(&lab), "none");
	assert_int_equal(act_with(&lab, VERB_ATTACH, NULL, "/run/one"), 0);
	assert_string_equal(lab.said, "act, agent");
	assert_string_equal(agent_of(&lab), "/run/one");
	refused(&lab, act_with(&lab, VERB_ATTACH, NULL, "/run/one"), "no use for another");
	assert_int_equal(act_with(&lab, VERB_NOTE, NULL, "/run/two"), 0);
	assert_string_equal(lab.said, "act"); /* nothing starts by it */
	assert_int_equal(act_with(&lab, VERB_PAUSE, NULL, "/run/two"), 0);
	assert_int_equal(act_with(&lab, VERB_RESUME, NULL, "/run/two"), 0);
	assert_string_equal(lab.said, "act, agent, resumed");
	assert_string_equal(agent_of(&lab), "/run/two");
	assert_int_equal(act_with(&lab, VERB_SKIP, "a", "relative"), 0);
	assert_string_equal(agent_of(&lab), "/run/two");
	refused(&lab, act_with(&lab, VERB_ATTACH, NULL, NULL), "no use for another");
	lab_close(&lab);
}

static void an_agent_that_nothing_uses_is_not_kept(void **state)
{
	static const struct lab_node here[] = {{.id = "a"}};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, here);
	refused(&lab, act_with(&lab, VERB_ATTACH, NULL, "/run/one"), "no use for another");
	assert_int_equal(act_with(&lab, VERB_SKIP, "a", "/run/one"), 0);
	assert_string_equal(agent_of(&lab), "none");
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shell_is_told_and_changes_nothing_else),
		cmocka_unit_test(only_what_was_opened_is_left),
		cmocka_unit_test(one_that_has_ended_may_be_looked_into),
		cmocka_unit_test(the_agent_of_whoever_acts_is_used_from_then_on),
		cmocka_unit_test(an_agent_that_nothing_uses_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
