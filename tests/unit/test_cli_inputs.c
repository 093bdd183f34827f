/* SPDX-License-Identifier: MIT
 *
 * What a run takes from the command line and the environment: params, files of params, variables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/params.h"
#include "cli/source.h"
#include "model/environment.h"
#include "tests/unit/cli_ear.h"
#include "tests/unit/scratch.h"

static const char *parse(struct params *params, const char *word)
{
	struct err err = {0};
	*params = (struct params){0};
	if (params_parse(params, NULL, word, &err) < 0)
		return NULL;
	return params->given[0].value;
}

static void params_are_split_at_the_first_equals(void **state)
{
	struct params params;
	(void)state;
	assert_string_equal(parse(&params, "query=a=b"), "a=b");
	assert_string_equal(params.given[0].name, "query");
	params_release(&params);
	assert_string_equal(parse(&params, "empty="), "");
	params_release(&params);
}

static void a_param_without_name_or_value_is_an_error(void **state)
{
	struct params params;
	(void)state;
	assert_null(parse(&params, "host"));
	params_release(&params);
	assert_null(parse(&params, "=x"));
	params_release(&params);
}

static void a_file_gives_its_contents_less_one_newline(void **state)
{
	struct params params;
	struct err err = {0};
	const char *path = scratch_path(state, "token");
	char *word = mem_printf("token=@%s", path);
	assert_int_equal(file_replace(path, "secret\n\n", 8, 0600, &err), 0);
	assert_string_equal(parse(&params, word), "secret\n");
	params_release(&params);
	assert_int_equal(file_replace(path, "a\0b", 3, 0600, &err), 0);
	assert_null(parse(&params, word));
	params_release(&params);
	free(word);
}

static void a_secret_comes_from_a_file_only(void **state)
{
	static const char text[] = "name: w\n"
				   "params: {token: {secret: true}, open: {}}\n"
				   "nodes: [{id: a, run: x}]\n";
	struct params params = {0};
	struct err err = {0};
	struct buf problems;
	struct workflow *workflow = NULL;
	const char *path = scratch_write(state, "token", "s3cr3t\n");
	char *word = mem_printf("token=@%s", path);
	buf_init(&problems, 1000);
	assert_int_equal(workflow_read("w", text, strlen(text), &workflow, &problems), 0);
	assert_int_equal(params_parse(&params, workflow, "token=s3cr3t", &err), -ERR_INVALID);
	assert_null(strstr(err.message, "s3cr3t"));
	assert_int_equal(params_parse(&params, workflow, "token=@@s3cr3t", &err), -ERR_INVALID);
	assert_int_equal(params_parse(&params, workflow, "open=s3cr3t", &err), 0);
	assert_int_equal(params_parse(&params, workflow, word, &err), 0);
	assert_string_equal(params.given[1].value, "s3cr3t");
	params_release(&params);
	workflow_free(workflow);
	buf_release(&problems);
	free(word);
}

static void two_at_signs_stand_for_one(void **state)
{
	struct params params;
	(void)state;
	assert_string_equal(parse(&params, "user=@@ana"), "@ana");
	params_release(&params);
	assert_null(parse(&params, "user=@/no/such/file"));
	params_release(&params);
}

/* ---- the environment --------------------------------------------------------------------- */

static const char *chosen(const struct binding *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].value;
	return NULL;
}

static void only_what_is_named_goes_with_a_run(void **state)
{
	static char *const environment[] = {"PATH=/bin", "HOME=/root", "LC_TIME=C", "SECRET=hush",
					    "PROXY=a=b", "=odd",       "NOEQUALS",  "LCX=1",
					    "LANG=\xe9", NULL};
	static const char *const pass[] = {"PROXY", "ABSENT"};
	struct node_spec node = {.pass_env = pass, .pass_env_count = 2};
	struct workflow workflow = {.nodes = &node, .nodes_count = 1};
	struct arena arena = {0};
	struct binding *list;
	(void)state;
	size_t count = environment_choose(&workflow, environment, &arena, &list);
	assert_int_equal(count, 4);
	assert_string_equal(chosen(list, count, "PATH"), "/bin");
	assert_string_equal(chosen(list, count, "LC_TIME"), "C");
	assert_string_equal(chosen(list, count, "PROXY"), "a=b");
	assert_null(chosen(list, count, "SECRET"));
	assert_null(chosen(list, count, "LCX"));
	assert_null(chosen(list, count, "LANG")); /* the engine would refuse the whole run */
	arena_release(&arena);
}

/* ---- finding workflows ------------------------------------------------------------------- */

static void a_word_with_a_slash_or_an_ending_is_a_file(void **state)
{
	(void)state;
	assert_true(source_is_file("./x"));
	assert_true(source_is_file("x.yaml"));
	assert_true(source_is_file("x.yml"));
	assert_false(source_is_file("edge-cert#12"));
	assert_false(source_is_file("@latest"));
}

static void a_missing_workflow_says_where_it_was_looked_for(void **state)
{
	struct ear ear;
	struct source source;
	(void)state;
	ear_open(&ear);
	assert_int_equal(source_read(&ear.cli, "no-such-workflow", &source), CLI_USAGE);
	assert_non_null(strstr(ear_err(&ear), "looked for no-such-workflow/no-such-workflow.yaml"));
	ear_close(&ear);
}

static void a_name_is_found_in_the_folders_of_the_environment(void **state)
{
	struct source source;
	struct ear ear;
	const char *path = scratch_write(state, "tiny.yaml",
					 "name: tiny\nnodes:\n  - id: a\n    run: \"true\"\n");
	char *folder = file_folder(path);
	char *folders = mem_printf(":/no/such:%s", folder);
	setenv("HLP_WORKFLOWS", folders, 1);
	ear_open(&ear);
	assert_int_equal(source_read(&ear.cli, "tiny", &source), 0);
	assert_string_equal(source.workflow->name, "tiny");
	assert_string_equal(source.folder, folder);
	source_release(&source);
	unsetenv("HLP_WORKFLOWS");
	ear_close(&ear);
	free(folders);
	free(folder);
}

static void the_errors_of_a_workflow_are_all_said_with_their_places(void **state)
{
	struct source source;
	struct ear ear;
	const char *path = scratch_write(state, "bad.yaml",
					 "name: tiny\nnodes:\n  - id: a\n    rnu: x\n"
					 "  - id: a\n    run: y\n");
	ear_open(&ear);
	assert_int_equal(source_read(&ear.cli, path, &source), CLI_USAGE);
	const char *heard = ear_err(&ear);
	assert_non_null(strstr(heard, "bad.yaml:4:"));
	assert_non_null(strstr(heard, "bad.yaml:5:"));
	assert_non_null(strstr(heard, ": error: "));
	ear_close(&ear);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(params_are_split_at_the_first_equals),
		cmocka_unit_test(a_param_without_name_or_value_is_an_error),
		cmocka_unit_test_setup_teardown(a_file_gives_its_contents_less_one_newline,
						scratch_setup, scratch_teardown),
		cmocka_unit_test(two_at_signs_stand_for_one),
		cmocka_unit_test_setup_teardown(a_secret_comes_from_a_file_only, scratch_setup,
						scratch_teardown),
		cmocka_unit_test(only_what_is_named_goes_with_a_run),
		cmocka_unit_test(a_word_with_a_slash_or_an_ending_is_a_file),
		cmocka_unit_test(a_missing_workflow_says_where_it_was_looked_for),
		cmocka_unit_test_setup_teardown(a_name_is_found_in_the_folders_of_the_environment,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			the_errors_of_a_workflow_are_all_said_with_their_places, scratch_setup,
			scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
