/* SPDX-License-Identifier: MIT
 *
 * What a person is told and asked before a run starts: params, the revision, what is grave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"
#include "cli/intent.h"
#include "cli/revision.h"
#include "tests/unit/cli_ear.h"
#include "tests/unit/scratch.h"

static const char *const text =
	"name: drain\n"
	"description: Drain it. Not while a backup runs.\n"
	"params:\n"
	"  host: {type: string, default: edge.local}\n"
	"  days: {type: integer, min: 1, max: 9, description: how long}\n"
	"  note: {type: string, required: false}\n"
	"phases: [look, act]\n"
	"nodes:\n"
	"  - {id: see, phase: look, run: ./see.sh made.txt}\n"
	"  - {id: all, phase: act, run: [./all.sh, a b, /bin/x, $x], artifacts: [made.txt]}\n"
	"  - {id: fence, phase: act, run: \"./fence.sh | cat\", undo: ./see.sh, risk: high}\n"
	"  - {id: cut, phase: act, needs: [fence], run: \"true\", irreversible: gone is gone}\n";

static void read_it(void **state, struct source *out)
{
	struct ear ear;
	const char *path = scratch_write(state, "drain.yaml", text);
	ear_open(&ear);
	assert_int_equal(source_read(&ear.cli, path, out), 0);
	ear_close(&ear);
}

/* ---- params ------------------------------------------------------------------------------ */

static const char *value_of(const struct params *params, size_t i)
{
	return params->bound[i].value;
}

static void a_missing_param_is_asked_for_until_the_answer_fits(void **state)
{
	struct ear ear;
	struct source source;
	struct params params;
	read_it(state, &source);
	ear_open(&ear);
	ear_type(&ear, "\nx\n10\n+3\n");
	assert_int_equal(params_read(&ear.cli, source.workflow, PARAMS_ASK_MISSING, &params), 0);
	assert_string_equal(ear_out(&ear),
			    "  how long\n  days, a whole number, at least 1, at most 9: "
			    "  it needs a value\n"
			    "  how long\n  days, a whole number, at least 1, at most 9: "
			    "  param 'days' must be a whole number, not 'x'\n"
			    "  how long\n  days, a whole number, at least 1, at most 9: "
			    "  param 'days' must be at most 9, not 10\n"
			    "  how long\n  days, a whole number, at least 1, at most 9: ");
	assert_string_equal(value_of(&params, 0), "edge.local");
	assert_string_equal(value_of(&params, 1), "3");
	assert_null(value_of(&params, 2));
	assert_true(params_is_given(&params, "days"));
	assert_false(params_is_given(&params, "host"));
	params_release(&params);
	source_release(&source);
	ear_close(&ear);
}

static void asked_for_all_enter_alone_keeps_a_default(void **state)
{
	struct ear ear;
	struct source source;
	struct params params;
	read_it(state, &source);
	ear_open(&ear);
	ear_type(&ear, "\n2\n\n");
	assert_int_equal(params_read(&ear.cli, source.workflow, PARAMS_ASK_ALL, &params), 0);
	const char *heard = ear_out(&ear);
	assert_non_null(strstr(heard, "  host [edge.local]: "));
	assert_non_null(strstr(heard, "  note [none]: "));
	assert_string_equal(value_of(&params, 0), "edge.local");
	assert_string_equal(value_of(&params, 1), "2");
	assert_null(value_of(&params, 2));
	params_release(&params);
	source_release(&source);
	ear_close(&ear);
}

static void without_an_answer_a_missing_param_is_wrong_usage(void **state)
{
	struct ear ear;
	struct source source;
	struct params params;
	read_it(state, &source);
	ear_open(&ear);
	ear_type(&ear, "");
	assert_int_equal(params_read(&ear.cli, source.workflow, PARAMS_ASK_MISSING, &params),
			 CLI_USAGE);
	assert_non_null(strstr(ear_err(&ear), "-p days=VALUE"));
	source_release(&source);
	ear_close(&ear);
}

/* ---- files and their revision ------------------------------------------------------------ */

static void words_of_commands_that_may_be_files_are_named_once(void **state)
{
	struct source source;
	struct arena arena = {0};
	const char **words;
	read_it(state, &source);
	size_t count = workflow_named_files(source.workflow, &arena, &words);
	static const char *const wanted[] = {"./see.sh", "./all.sh", "a b", "./fence.sh", "true"};
	assert_int_equal(count, sizeof wanted / sizeof wanted[0]);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(words[i], wanted[i]);
	arena_release(&arena);
	source_release(&source);
}

static void git(const char *folder, const char *command)
{
	char *line = mem_printf(
		"exec git -c user.name=x -c user.email=x@x -c init.defaultBranch=x %s", command);
	struct buf out;
	struct err err = {0};
	buf_init(&out, 65536);
	assert_int_equal(proc_run((char *[]){"/bin/sh", "-c", line, NULL}, folder, &out, &err), 0);
	buf_release(&out);
	free(line);
}

static void outside_git_there_is_no_revision(void **state)
{
	struct source source;
	struct git_state revision;
	struct arena arena = {0};
	setenv("GIT_CEILING_DIRECTORIES", *state, 1);
	read_it(state, &source);
	revision_find(&source, &arena, &revision);
	assert_string_equal(revision.commit, "");
	assert_int_equal(revision.changed_count, 0);
	arena_release(&arena);
	source_release(&source);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

/* A changed script and an unknown one count; an artifact and a file that nobody names do not. */
static void only_files_that_the_workflow_names_make_it_dirty(void **state)
{
	struct source source;
	struct git_state revision;
	struct arena arena = {0};
	struct ear ear;
	read_it(state, &source);
	scratch_write(state, "see.sh", "old\n");
	scratch_write(state, "made.txt", "old\n");
	scratch_write(state, "other.sh", "old\n");
	git(*state, "init -q");
	git(*state, "add .");
	git(*state, "commit -q -m x");
	revision_find(&source, &arena, &revision);
	assert_int_equal(strlen(revision.commit), 40);
	assert_int_equal(revision.changed_count, 0);

	scratch_write(state, "see.sh", "new\n");
	scratch_write(state, "all.sh", "new\n");
	scratch_write(state, "made.txt", "new\n");
	scratch_write(state, "other.sh", "new\n");
	revision_find(&source, &arena, &revision);
	assert_int_equal(revision.changed_count, 2);
	assert_string_equal(revision.changed[0], "see.sh");
	assert_string_equal(revision.changed[1], "all.sh");
	ear_open(&ear);
	revision_say_diff(&ear.cli, &source, &revision);
	assert_non_null(strstr(ear_out(&ear), "\n-old\n+new\nall.sh is not in Git\n"));
	ear_close(&ear);
	arena_release(&arena);
	source_release(&source);
}

/* ---- the question ------------------------------------------------------------------------ */

/* What is answered to a person who types `typed` when asked. */
static int confirm(void **state, struct ear *ear, const char *typed)
{
	struct source source;
	struct params params;
	read_it(state, &source);
	ear_type(ear, "5\n");
	assert_int_equal(params_read(&ear->cli, source.workflow, PARAMS_ASK_MISSING, &params), 0);
	(void)ear_out(ear);
	ear_type(ear, typed);
	int code = intent_confirm(&ear->cli, &source, &params, NULL);
	params_release(&params);
	source_release(&source);
	return code;
}

static void a_person_is_told_what_will_be_done_and_where(void **state)
{
	struct ear ear;
	setenv("GIT_CEILING_DIRECTORIES", *state, 1);
	setenv("HLP_ACTOR", "ana", 1);
	ear_open(&ear);
	assert_int_equal(confirm(state, &ear, "y\n"), 0);
	const char *heard = ear_out(&ear);
	assert_non_null(strstr(heard, "drain\n  Drain it. Not while a backup runs.\n  on "));
	assert_non_null(strstr(heard, " for ana, in /"));
	assert_non_null(strstr(heard, "  at no revision: "));
	assert_non_null(strstr(heard, "  host = edge.local  (default)\n  days = 5\n"
				      "  note has no value\n"));
	assert_non_null(strstr(heard, "  4 nodes: look 1, act 3; 8 at a time; 2 can be undone\n"));
	assert_non_null(
		strstr(heard, "  fence  high risk\n  cut  cannot be undone: gone is gone\n"));
	assert_non_null(strstr(heard, "Start? [y/N] "));
	ear_close(&ear);
	unsetenv("HLP_ACTOR");
	unsetenv("GIT_CEILING_DIRECTORIES");
}

static void only_yes_starts(void **state)
{
	static const char *const others[] = {"", "\n", "n\n", "Y\n", "d\n", "yy\n", "drain\n"};
	struct ear ear;
	setenv("GIT_CEILING_DIRECTORIES", *state, 1);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		ear_open(&ear);
		assert_int_equal(confirm(state, &ear, others[i]), CLI_OTHER);
		assert_string_equal(ear_err(&ear), "hlp: not started\n");
		ear_close(&ear);
	}
	ear_open(&ear);
	assert_int_equal(confirm(state, &ear, "yes\n"), 0);
	ear_close(&ear);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

static void what_differs_is_shown_before_the_answer(void **state)
{
	struct ear ear;
	scratch_write(state, "drain.yaml", text);
	scratch_write(state, "see.sh", "old\n");
	git(*state, "init -q");
	git(*state, "add .");
	git(*state, "commit -q -m x");
	scratch_write(state, "see.sh", "new\n");
	ear_open(&ear);
	assert_int_equal(confirm(state, &ear, "d\ny\n"), 0);
	const char *heard = ear_out(&ear);
	assert_non_null(strstr(heard, "  DIRTY: not as "));
	assert_non_null(strstr(heard, " has it: see.sh\n"));
	const char *question = strstr(heard, "Start? [y/N, d shows what differs] ");
	assert_non_null(question);
	const char *diff = strstr(question, "\n-old\n+new\n");
	assert_non_null(diff);
	assert_non_null(strstr(diff, "Start? [y/N, d shows what differs] "));
	ear_close(&ear);
}

static void elsewhere_what_is_grave_needs_yes(void **state)
{
	struct ear ear;
	struct source source;
	struct params params = {0};
	read_it(state, &source);
	ear_open(&ear);
	assert_int_equal(intent_confirm(&ear.cli, &source, &params, NULL), CLI_OTHER);
	assert_non_null(strstr(ear_err(&ear), "--yes"));
	ear.cli.yes = true;
	assert_int_equal(intent_confirm(&ear.cli, &source, &params, NULL), 0);
	assert_string_equal(ear_out(&ear), "");
	source_release(&source);
	ear_close(&ear);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(a_missing_param_is_asked_for_until_the_answer_fits),
		WITH_SCRATCH(asked_for_all_enter_alone_keeps_a_default),
		WITH_SCRATCH(without_an_answer_a_missing_param_is_wrong_usage),
		WITH_SCRATCH(words_of_commands_that_may_be_files_are_named_once),
		WITH_SCRATCH(outside_git_there_is_no_revision),
		WITH_SCRATCH(only_files_that_the_workflow_names_make_it_dirty),
		WITH_SCRATCH(a_person_is_told_what_will_be_done_and_where),
		WITH_SCRATCH(only_yes_starts),
		WITH_SCRATCH(what_differs_is_shown_before_the_answer),
		WITH_SCRATCH(elsewhere_what_is_grave_needs_yes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
