/* SPDX-License-Identifier: MIT
 *
 * What hlp says: the gate, widths, exit codes, the policy off a terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/policy.h"
#include "tests/unit/cli_ear.h"

static void nothing_said_can_steer_a_terminal(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	say_printf(&ear.cli.out, "%s\n",
		   "a\033[2Jb\rc\x9b"
		   "d");
	const char *heard = ear_out(&ear);
	assert_null(strchr(heard, '\033'));
	assert_null(strchr(heard, '\r'));
	assert_null(strchr(heard, '\x9b'));
	assert_non_null(strstr(heard, "\\e"));
	ear_close(&ear);
}

static void a_pipe_gets_no_colour_and_no_movement(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	say_style(&ear.cli.out, ROLE_failed);
	say_printf(&ear.cli.out, "x");
	say_plain(&ear.cli.out);
	say_erase_lines(&ear.cli.out, 3);
	assert_string_equal(ear_out(&ear), "x");
	ear_close(&ear);
}

static void a_document_reaches_a_pipe_unchanged(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	say_document(&ear.cli.out, "{\"a\": \"\\u001b\"}", 15);
	assert_string_equal(ear_out(&ear), "{\"a\": \"\\u001b\"}");
	ear_close(&ear);
}

static void text_that_does_not_fit_is_cut_and_marked(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	ear.cli.out.utf8 = false;
	say_fit(&ear.cli.out, 5, "abcde");
	assert_string_equal(ear_out(&ear), "abcde");
	say_fit(&ear.cli.out, 5, "abcdef");
	assert_string_equal(ear_out(&ear), "abcd~");
	ear.cli.out.utf8 = true;
	say_fit(&ear.cli.out, 5, "äöüäöü");
	assert_string_equal(ear_out(&ear), "äöüä…");
	say_fit(&ear.cli.out, 4, "日本語");
	assert_string_equal(ear_out(&ear), "日…");
	ear_close(&ear);
}

static void a_cell_is_padded_by_columns_not_bytes(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	say_cell(&ear.cli.out, 4, "äö");
	say_cell(&ear.cli.out, 2, "long");
	assert_string_equal(ear_out(&ear), "äö  long");
	ear_close(&ear);
}

static void an_error_decides_the_exit_status(void **state)
{
	static const struct {
		enum err_code code;
		int exit;
	} cases[] = {{ERR_INVALID, 2},	{ERR_UNSUPPORTED, 2}, {ERR_UNAVAILABLE, 3},
		     {ERR_TIMEOUT, 3},	{ERR_NOT_FOUND, 1},   {ERR_REFUSED, 1},
		     {ERR_CONFLICT, 1}, {ERR_DENIED, 1},      {ERR_EXISTS, 1}};
	struct ear ear;
	(void)state;
	ear_open(&ear);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {0};
		(void)err_set(&err, cases[i].code, "no such thing");
		assert_int_equal(cli_fail(&ear.cli, &err), cases[i].exit);
		assert_string_equal(ear_err(&ear), "hlp: no such thing\n");
	}
	ear_close(&ear);
}

/* ---- the policy off a terminal ------------------------------------------------------------ */

static int ask(bool yes, const char *reason, enum policy policy)
{
	struct ear ear;
	ear_open(&ear);
	ear.cli.yes = yes;
	ear.cli.reason = reason;
	int code = policy_ask(&ear.cli, policy, "cancel x#1", "x#1");
	assert_true(code == 0 || strlen(ear_err(&ear)) > 0);
	ear_close(&ear);
	return code;
}

static void pause_and_its_like_need_nothing(void **state)
{
	(void)state;
	assert_int_equal(ask(false, "", POLICY_FREE), 0);
}

static void a_grave_run_needs_yes_and_no_reason(void **state)
{
	(void)state;
	assert_int_equal(ask(false, "because", POLICY_RUN), CLI_OTHER);
	assert_int_equal(ask(true, "", POLICY_RUN), 0);
}

static void every_other_act_needs_yes_and_a_reason(void **state)
{
	static const enum policy acts[] = {POLICY_YES, POLICY_NAME};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ask(false, "", acts[i]), CLI_OTHER);
		assert_int_equal(ask(true, "", acts[i]), CLI_OTHER);
		assert_int_equal(ask(false, "because", acts[i]), CLI_OTHER);
		assert_int_equal(ask(true, "because", acts[i]), 0);
	}
}

static void a_refusal_says_what_is_missing(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	policy_ask(&ear.cli, POLICY_YES, "cancel x#1", "x#1");
	const char *heard = ear_err(&ear);
	assert_non_null(strstr(heard, "cancel x#1"));
	assert_non_null(strstr(heard, "--yes and --reason"));
	ear_close(&ear);
}

/* ---- … and on one ------------------------------------------------------------------------- */

static int ask_person(enum policy policy, const char *typed)
{
	struct ear ear;
	ear_open(&ear);
	ear_type(&ear, typed);
	int code = policy_ask(&ear.cli, policy, "cancel x#1", "x#1");
	const char *heard = ear_out(&ear);
	assert_string_equal(heard, policy == POLICY_FREE   ? ""
				   : policy == POLICY_NAME ? "cancel x#1? Type x#1 to do it: "
							   : "cancel x#1? y to do it: ");
	ear_close(&ear);
	return code;
}

static void a_person_types_y_for_the_smaller_acts(void **state)
{
	static const enum policy acts[] = {POLICY_RUN, POLICY_YES};
	(void)state;
	assert_int_equal(ask_person(POLICY_FREE, ""), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ask_person(acts[i], "y\n"), 0);
		assert_int_equal(ask_person(acts[i], "yes\n"), 0);
		assert_int_equal(ask_person(acts[i], "\n"), CLI_OTHER);
		assert_int_equal(ask_person(acts[i], "n\n"), CLI_OTHER);
		assert_int_equal(ask_person(acts[i], ""), CLI_OTHER);
	}
}

static void a_person_types_the_name_for_the_grave_ones(void **state)
{
	(void)state;
	assert_int_equal(ask_person(POLICY_NAME, "x#1\n"), 0);
	assert_int_equal(ask_person(POLICY_NAME, "y\n"), CLI_OTHER);
	assert_int_equal(ask_person(POLICY_NAME, "x#12\n"), CLI_OTHER);
	assert_int_equal(ask_person(POLICY_NAME, "\n"), CLI_OTHER);
	assert_int_equal(ask_person(POLICY_NAME, ""), CLI_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_can_steer_a_terminal),
		cmocka_unit_test(a_pipe_gets_no_colour_and_no_movement),
		cmocka_unit_test(a_document_reaches_a_pipe_unchanged),
		cmocka_unit_test(text_that_does_not_fit_is_cut_and_marked),
		cmocka_unit_test(a_cell_is_padded_by_columns_not_bytes),
		cmocka_unit_test(an_error_decides_the_exit_status),
		cmocka_unit_test(pause_and_its_like_need_nothing),
		cmocka_unit_test(a_grave_run_needs_yes_and_no_reason),
		cmocka_unit_test(every_other_act_needs_yes_and_a_reason),
		cmocka_unit_test(a_refusal_says_what_is_missing),
		cmocka_unit_test(a_person_types_y_for_the_smaller_acts),
		cmocka_unit_test(a_person_types_the_name_for_the_grave_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
