/* SPDX-License-Identifier: MIT
 *
 * What a person is told who is wanted, and what they may say: questions with the command for each
 * answer, outputs of a step done by hand, moments, and help that fits a terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/questions.h"
#include "cli/until.h"
#include "tests/unit/cli_ear.h"

#define SECOND INT64_C(1000000)

/* ---- questions --------------------------------------------------------------------------- */

/* An execution x#1 with one node, swap, which stands as told. */
static void make_mirror(struct mirror *mirror, const char *reason, const char *question,
			const char *message)
{
	static char *outputs[] = {"change", "ticket"};
	Hlp__V1__GraphNode node = HLP__V1__GRAPH_NODE__INIT;
	Hlp__V1__GraphNode *nodes[] = {&node};
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	Hlp__V1__Pair shown = HLP__V1__PAIR__INIT, missing = HLP__V1__PAIR__INIT;
	Hlp__V1__Pair empty = HLP__V1__PAIR__INIT;
	Hlp__V1__Pair *list[] = {&shown, &missing, &empty};
	Hlp__V1__Node row = HLP__V1__NODE__INIT;
	Hlp__V1__Node *rows[] = {&row};
	Hlp__V1__Execution execution = HLP__V1__EXECUTION__INIT;
	Hlp__V1__Update update = HLP__V1__UPDATE__INIT;
	node.id = "swap";
	node.outputs = outputs;
	node.n_outputs = 2;
	graph.nodes = nodes;
	graph.n_nodes = 1;
	row.id = "swap";
	row.state = "PAUSED";
	row.reason = (char *)reason;
	row.question = (char *)question;
	row.message.data = (uint8_t *)message;
	row.message.len = strlen(message);
	shown.name = "nodes.issue.outputs.serial";
	shown.value = "4711";
	missing.name = "nodes.lag.outputs.seconds";
	missing.missing = true;
	empty.name = "params.note";
	row.shown = list;
	row.n_shown = strcmp(question, "approval") == 0 ? 3 : 0;
	row.held_by = strcmp(reason, "held") == 0 ? "ana" : "";
	execution.name = "x#1";
	execution.state = "PAUSED";
	execution.reason = (char *)reason;
	update.snapshot = true;
	update.execution = &execution;
	update.nodes = rows;
	update.n_nodes = 1;
	mirror_init(mirror);
	mirror_set_graph(mirror, &graph);
	mirror_apply(mirror, &update);
}

static void said_of(const char *reason, const char *question, const char *message,
		    const char *wanted)
{
	struct ear ear;
	struct mirror mirror;
	make_mirror(&mirror, reason, question, message);
	ear_open(&ear);
	assert_int_equal(questions_say(&ear.cli, &mirror), 1);
	const char *heard = ear_out(&ear);
	while (*heard != '\0' && (unsigned char)*heard != 's')
		heard++; /* the glyph is the locale's */
	assert_string_equal(heard, wanted);
	ear_close(&ear);
	mirror_release(&mirror);
}

static void an_approval_shows_its_values_and_its_answers(void **state)
{
	(void)state;
	said_of("approval", "approval", "Replace it?",
		"swap  asks  may it start?\n"
		"    Replace it?\n"
		"      nodes.issue.outputs.serial  4711\n"
		"      nodes.lag.outputs.seconds   (missing: nothing has written it)\n"
		"      params.note                 (empty)\n"
		"    hlp approve x#1/swap                      let it start\n"
		"    hlp reject x#1/swap                       it shall not start\n"
		"    hlp skip x#1/swap                         go on without it\n");
}

static void a_persons_step_says_what_to_do(void **state)
{
	(void)state;
	said_of("manual", "manual",
		"Flip the record, then answer with the number of the change "
		"that you have made there.",
		"swap  asks  do it by hand:\n"
		"    Flip the record, then answer with the number of the change that you have\n"
		"    made there.\n"
		"    hlp done x#1/swap                         it is done\n"
		"    hlp done x#1/swap --failed                it did not work\n");
}

static void an_unknown_outcome_is_asked_about_in_words(void **state)
{
	(void)state;
	said_of("asking", "lost", "nobody saw it end",
		"swap  asks  did it happen?\n"
		"    nobody saw it end\n"
		"    hlp answer x#1/swap happened              it did happen: go on\n"
		"    hlp answer x#1/swap again                 it did not: run it again\n"
		"    hlp answer x#1/swap undo                  take back what it did\n"
		"    hlp answer x#1/swap by-hand               I did it by hand: go on\n"
		"    hlp answer x#1/swap leave                 leave it failed\n");
}

static void a_held_node_says_who_holds_it(void **state)
{
	(void)state;
	said_of("held", "", "",
		"swap  held by ana: release it to let it start\n"
		"    hlp release x#1/swap                      let it start\n");
}

static void a_question_of_a_newer_engine_is_shown_as_it_is(void **state)
{
	(void)state;
	said_of("asking", "newer", "What now?",
		"swap  asks  newer\n"
		"    What now?\n");
	assert_null(question_kind_of("newer"));
}

/* ---- outputs ----------------------------------------------------------------------------- */

static void missing_outputs_are_asked_for(void **state)
{
	struct ear ear;
	struct mirror mirror;
	struct outputs outputs = {0};
	char *argv[] = {"x/swap", "--output", "ticket=a=b"};
	(void)state;
	make_mirror(&mirror, "manual", "manual", "");
	ear_open(&ear);
	assert_int_equal(options_parse(&ear.cli.options, done_command.options, cli_common_options,
				       3, argv, NULL),
			 0);
	assert_int_equal(outputs_read(&ear.cli, &outputs), 0);
	ear_type(&ear, "C 4711\n");
	assert_int_equal(outputs_ask(&ear.cli, &mirror.nodes[0], &outputs), 0);
	assert_int_equal(outputs.count, 2);
	assert_string_equal(outputs.pairs[0]->name, "ticket");
	assert_string_equal(outputs.pairs[0]->value, "a=b");
	assert_string_equal(outputs.pairs[1]->name, "change");
	assert_string_equal(outputs.pairs[1]->value, "C 4711");
	outputs_release(&outputs);
	ear_type(&ear, "");
	assert_int_equal(outputs_ask(&ear.cli, &mirror.nodes[0], &outputs), CLI_OTHER);
	outputs_release(&outputs);
	ear_close(&ear);
	mirror_release(&mirror);
}

/* ---- moments ----------------------------------------------------------------------------- */

static int64_t until(const char *text, int64_t now_us)
{
	int64_t at_us = -1;
	struct err err = {0};
	return until_parse(text, now_us, &at_us, &err) < 0 ? -1 : at_us;
}

static void a_moment_is_a_while_from_now_or_a_time_of_day(void **state)
{
	const int64_t day = 86400 * SECOND, noon = 20000 * day + 43200 * SECOND;
	(void)state;
	setenv("TZ", "UTC", 1);
	assert_int_equal(until("10m", noon), noon + 600 * SECOND);
	assert_int_equal(until("12:30", noon), noon + 1800 * SECOND);
	assert_int_equal(until("12:00:05", noon), noon + 5 * SECOND);
	assert_int_equal(until("11:30", noon), noon + day - 1800 * SECOND);
	assert_int_equal(until("12:00", noon), noon + day);
	unsetenv("TZ");
}

static void what_is_no_moment_is_refused(void **state)
{
	static const char *const wrong[] = {"", "10", "0s", "25:00", "3:", "12:30x", "noon", "-5m"};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(until(wrong[i], 1000 * SECOND), -1);
}

/* ---- help -------------------------------------------------------------------------------- */

static void fits(const char *heard)
{
	while (*heard != '\0') {
		char line[512];
		size_t length = strcspn(heard, "\n");
		assert_true(length < sizeof line);
		memcpy(line, heard, length);
		line[length] = '\0';
		if (text_width(line) > 80)
			fail_msg("wider than 80 columns: %s", line);
		heard += length + (heard[length] == '\n');
	}
}

static void all_help_fits_eighty_columns(void **state)
{
	struct ear ear;
	(void)state;
	ear_open(&ear);
	assert_int_equal(help_command.exec(&ear.cli), 0);
	fits(ear_out(&ear));
	for (size_t i = 0; commands[i] != NULL; i++) {
		cli_print_help(&ear.cli.out, commands[i]);
		fits(ear_out(&ear));
	}
	ear_close(&ear);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_approval_shows_its_values_and_its_answers),
		cmocka_unit_test(a_persons_step_says_what_to_do),
		cmocka_unit_test(an_unknown_outcome_is_asked_about_in_words),
		cmocka_unit_test(a_held_node_says_who_holds_it),
		cmocka_unit_test(a_question_of_a_newer_engine_is_shown_as_it_is),
		cmocka_unit_test(missing_outputs_are_asked_for),
		cmocka_unit_test(a_moment_is_a_while_from_now_or_a_time_of_day),
		cmocka_unit_test(what_is_no_moment_is_refused),
		cmocka_unit_test(all_help_fits_eighty_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
