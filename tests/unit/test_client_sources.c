/* SPDX-License-Identifier: MIT
 *
 * Workflows by name: where they are looked for, which are listed, and choosing one of them. Each
 * test stands in a folder of its own, without a home.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/workflows.h"
#include "client/sources.h"
#include "tests/unit/cli_ear.h"
#include "tests/unit/scratch.h"

static void write_workflow(void **state, const char *path, const char *name)
{
	char *text = mem_printf("name: %s\ndescription: |\n  Of %s.\n  More.\nnodes:\n"
				"  - {id: a, run: \"true\"}\n",
				name, path);
	scratch_write(state, path, text);
	free(text);
}

/* here: near.yaml, both.yaml, wrong.yaml, compose.yaml, workflows/deep/deep.yaml; in the folder
 * that HLP_WORKFLOWS names: both.yaml, far.yaml. */
static int setup(void **state)
{
	if (scratch_setup(state) != 0)
		return -1;
	mkdir(scratch_path(state, "here"), 0700);
	mkdir(scratch_path(state, "here/workflows"), 0700);
	mkdir(scratch_path(state, "here/workflows/deep"), 0700);
	mkdir(scratch_path(state, "there"), 0700);
	write_workflow(state, "here/near.yaml", "near");
	write_workflow(state, "here/both.yaml", "both");
	write_workflow(state, "here/workflows/deep/deep.yaml", "deep");
	write_workflow(state, "there/both.yaml", "both");
	write_workflow(state, "there/far.yaml", "far");
	mkdir(scratch_path(state, "there/set"), 0700);
	write_workflow(state, "there/set/twin-a.yaml", "twin-a");
	write_workflow(state, "there/set/twin-b.yaml", "twin-b");
	mkdir(scratch_path(state, "here/any"), 0700);
	write_workflow(state, "here/any/stray.yaml", "stray");
	scratch_write(state, "here/wrong.yaml", "name: wrong\nnodes:\n  - {id: a, rnu: x}\n");
	scratch_write(state, "here/compose.yaml", "services:\n  web: {image: x}\n");
	setenv("HLP_WORKFLOWS", scratch_path(state, "there"), 1);
	setenv("HLP_HOME", scratch_path(state, "no-home"), 1);
	return chdir(scratch_path(state, "here"));
}

static int teardown(void **state)
{
	unsetenv("HLP_WORKFLOWS");
	unsetenv("HLP_HOME");
	return chdir("/") == 0 ? scratch_teardown(state) : -1;
}

static const struct sources_entry *find(const struct sources_entry *entries, size_t count,
					const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

static void a_name_means_the_first_file_that_is_found(void **state)
{
	static const char *const files[][2] = {
		{"near", "near.yaml"}, {"both", "both.yaml"}, {"deep", "workflows/deep/deep.yaml"}};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char *file = sources_find(files[i][0]);
		assert_string_equal(file, files[i][1]);
		free(file);
	}
	char *far = sources_find("far");
	assert_string_equal(far, scratch_path(state, "there/far.yaml"));
	free(far);
	assert_null(sources_find("nowhere"));
	char *twin = sources_find("twin-b");
	assert_string_equal(twin, scratch_path(state, "there/set/twin-b.yaml"));
	free(twin);
	assert_null(sources_find("stray"));
}

static void each_workflow_is_listed_once_and_what_is_none_is_not(void **state)
{
	struct arena arena = {0};
	struct sources_entry *entries;
	(void)state;
	size_t count = sources_list(&arena, &entries);
	for (size_t i = 1; i < count; i++) {
		/* The programs may have brought some: they stand behind one's own. */
		bool other_kind = entries[i - 1].bundled != entries[i].bundled;
		assert_true(other_kind ? entries[i].bundled
				       : strcmp(entries[i - 1].name, entries[i].name) < 0);
	}
	assert_true(find(entries, count, "near")->valid);
	assert_true(find(entries, count, "far")->valid);
	assert_string_equal(find(entries, count, "both")->file, "both.yaml");
	assert_string_equal(find(entries, count, "deep")->file, "workflows/deep/deep.yaml");
	assert_false(find(entries, count, "wrong")->valid);
	assert_null(find(entries, count, "compose"));
	assert_true(find(entries, count, "twin-a")->valid);
	assert_true(find(entries, count, "twin-b")->valid);
	assert_null(find(entries, count, "stray"));
	arena_release(&arena);
}

/* ---- choosing ---------------------------------------------------------------------------- */

static void one_is_chosen_by_its_name_or_its_number(void **state)
{
	struct ear ear;
	char *file = NULL;
	(void)state;
	ear_open(&ear);
	ear_type(&ear, "nera\nnear\n");
	assert_int_equal(workflows_pick(&ear.cli, &file), 0);
	const char *heard = ear_out(&ear);
	assert_non_null(strstr(heard, "  1  both  "));
	assert_non_null(strstr(heard, " Of here/near.yaml.\n"));
	assert_non_null(strstr(heard, " not valid: hlp validate wrong.yaml\n"));
	assert_non_null(strstr(heard, "there is no 'nera'\n"));
	assert_string_equal(file, "near.yaml");
	free(file);
	ear_type(&ear, "1\n");
	assert_int_equal(workflows_pick(&ear.cli, &file), 0);
	assert_string_equal(file, "both.yaml");
	free(file);
	ear_close(&ear);
}

static void enter_alone_or_no_answer_chooses_nothing(void **state)
{
	static const char *const typed[] = {"", "\n", "0\n", "999\n", "1x\n"};
	struct ear ear;
	char *file = NULL;
	(void)state;
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
		ear_open(&ear);
		ear_type(&ear, typed[i]);
		assert_int_equal(workflows_pick(&ear.cli, &file), CLI_OTHER);
		assert_string_equal(ear_err(&ear), "hlp: not started\n");
		assert_null(file);
		ear_close(&ear);
	}
}

static void without_a_person_nothing_is_chosen(void **state)
{
	struct ear ear;
	char *file = NULL;
	(void)state;
	ear_open(&ear);
	assert_int_equal(workflows_pick(&ear.cli, &file), CLI_USAGE);
	assert_non_null(strstr(ear_err(&ear), "usage: hlp run FILE|NAME"));
	assert_string_equal(ear_out(&ear), "");
	ear_close(&ear);
}

#define IN_FOLDERS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDERS(a_name_means_the_first_file_that_is_found),
		IN_FOLDERS(each_workflow_is_listed_once_and_what_is_none_is_not),
		IN_FOLDERS(one_is_chosen_by_its_name_or_its_number),
		IN_FOLDERS(enter_alone_or_no_answer_chooses_nothing),
		IN_FOLDERS(without_a_person_nothing_is_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
