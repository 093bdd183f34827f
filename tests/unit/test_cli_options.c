/* SPDX-License-Identifier: MIT
 *
 * Options of commands: forms that are understood, and what is said of those that are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "cli/commands.h"

static const struct option_spec table[] = {
	{"param", 'p', OPTION_VALUE, "K=V", "a param"},
	{"detach", 'd', OPTION_FLAG, NULL, "leave it"},
	{"limit", 0, OPTION_VALUE, "N", "a number"},
	{0},
};

static int parse(struct options *options, struct err *err, int count, ...)
{
	char *argv[16];
	va_list words;
	va_start(words, count);
	for (int i = 0; i < count; i++)
		argv[i] = va_arg(words, char *);
	va_end(words);
	*options = (struct options){0};
	*err = (struct err){0};
	return options_parse(options, table, cli_common_options, count, argv, err);
}

static void options_and_arguments_may_be_mixed(void **state)
{
	struct options o;
	struct err err;
	(void)state;
	assert_int_equal(parse(&o, &err, 5, "file", "-d", "-p", "a=1", "more"), 0);
	assert_true(options_has(&o, "detach"));
	assert_string_equal(options_value(&o, "param"), "a=1");
	assert_int_equal(o.arguments_count, 2);
	assert_string_equal(o.arguments[0], "file");
	assert_string_equal(o.arguments[1], "more");
	options_release(&o);
}

static void every_way_to_give_a_value_is_understood(void **state)
{
	struct options o;
	struct err err;
	size_t at = 0;
	(void)state;
	assert_int_equal(parse(&o, &err, 6, "--param=a=1", "--param", "b=2", "-pc=3", "-p", "d=4"),
			 0);
	assert_string_equal(options_next(&o, "param", &at), "a=1");
	assert_string_equal(options_next(&o, "param", &at), "b=2");
	assert_string_equal(options_next(&o, "param", &at), "c=3");
	assert_string_equal(options_next(&o, "param", &at), "d=4");
	assert_null(options_next(&o, "param", &at));
	options_release(&o);
}

static void two_dashes_end_the_options(void **state)
{
	struct options o;
	struct err err;
	(void)state;
	assert_int_equal(parse(&o, &err, 3, "-d", "--", "-p"), 0);
	assert_int_equal(o.arguments_count, 1);
	assert_string_equal(o.arguments[0], "-p");
	options_release(&o);
}

static void a_single_dash_is_an_argument(void **state)
{
	struct options o;
	struct err err;
	(void)state;
	assert_int_equal(parse(&o, &err, 1, "-"), 0);
	assert_int_equal(o.arguments_count, 1);
	options_release(&o);
}

static void an_unknown_option_names_the_nearest(void **state)
{
	struct options o;
	struct err err;
	(void)state;
	assert_int_equal(parse(&o, &err, 1, "--detatch"), -ERR_INVALID);
	assert_non_null(strstr(err.message, "did you mean '--detach'"));
	options_release(&o);
	assert_int_equal(parse(&o, &err, 1, "--reasn=x"), -ERR_INVALID);
	assert_non_null(strstr(err.message, "did you mean '--reason'"));
	options_release(&o);
}

static void an_option_far_from_all_others_names_none(void **state)
{
	struct options o;
	struct err err;
	(void)state;
	assert_int_equal(parse(&o, &err, 1, "--xylophone"), -ERR_INVALID);
	assert_null(strstr(err.message, "did you mean"));
	options_release(&o);
}

static void a_missing_or_superfluous_value_is_an_error(void **state)
{
	struct options o;
	struct err err;
	(void)state;
	assert_int_equal(parse(&o, &err, 1, "--param"), -ERR_INVALID);
	assert_non_null(strstr(err.message, "needs a value"));
	options_release(&o);
	assert_int_equal(parse(&o, &err, 1, "--detach=yes"), -ERR_INVALID);
	assert_non_null(strstr(err.message, "takes no value"));
	options_release(&o);
}

static void numbers_are_whole_and_not_below_their_least(void **state)
{
	static char *const bad[] = {"--limit=x", "--limit=", "--limit=3x", "--limit=0",
				    "--limit=99999999999999999999"};
	struct options o;
	struct err err;
	int64_t number = -7;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(parse(&o, &err, 1, bad[i]), 0);
		assert_int_equal(options_number(&o, "limit", 1, 5, &number, &err), -ERR_INVALID);
		assert_int_equal(number, -7);
		options_release(&o);
	}
	assert_int_equal(parse(&o, &err, 1, "--limit=1"), 0);
	assert_int_equal(options_number(&o, "limit", 1, 5, &number, &err), 0);
	assert_int_equal(number, 1);
	options_release(&o);
	assert_int_equal(parse(&o, &err, 0), 0);
	assert_int_equal(options_number(&o, "limit", 1, 5, &number, &err), 0);
	assert_int_equal(number, 5);
	options_release(&o);
}

static void the_nearest_command_is_found(void **state)
{
	(void)state;
	assert_string_equal(commands_nearest("stauts"), "status");
	assert_string_equal(commands_nearest("rolback"), "rollback");
	assert_null(commands_nearest("xylophone"));
	assert_null(commands_find("stauts"));
}

static void every_command_is_complete_and_named_once(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i] != NULL; i++) {
		assert_non_null(commands[i]->exec);
		assert_true(strlen(commands[i]->help) > 0);
		assert_true(commands[i]->least <= commands[i]->most);
		assert_ptr_equal(commands_find(commands[i]->name), commands[i]);
	}
}

static void a_target_is_taken_apart_at_its_slash(void **state)
{
	char *execution, *node;
	(void)state;
	cli_split_target("edge-cert#12/swap", &execution, &node);
	assert_string_equal(execution, "edge-cert#12");
	assert_string_equal(node, "swap");
	free(execution);
	free(node);
	cli_split_target("edge-cert", &execution, &node);
	assert_string_equal(execution, "edge-cert");
	assert_string_equal(node, "");
	free(execution);
	free(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_arguments_may_be_mixed),
		cmocka_unit_test(every_way_to_give_a_value_is_understood),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(a_single_dash_is_an_argument),
		cmocka_unit_test(an_unknown_option_names_the_nearest),
		cmocka_unit_test(an_option_far_from_all_others_names_none),
		cmocka_unit_test(a_missing_or_superfluous_value_is_an_error),
		cmocka_unit_test(numbers_are_whole_and_not_below_their_least),
		cmocka_unit_test(the_nearest_command_is_found),
		cmocka_unit_test(every_command_is_complete_and_named_once),
		cmocka_unit_test(a_target_is_taken_apart_at_its_slash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
