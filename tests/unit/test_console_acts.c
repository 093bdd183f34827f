/* SPDX-License-Identifier: MIT
 *
 * Acts: arming, confirmation by consequence, the plan, the 300 ms in which keys are dropped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "console_fixture.h"
#include "scratch.h"
#include "tui/acting.h"
#include "tui/console.h"
#include "tui/feed.h"

static void open_armed(struct app *app)
{
	fixture_open(app, 80, 24);
	app_started_here(app, app->mirror.id);
}

static void show_plan(struct app *app, size_t rows, const char *refused)
{
	Hlp__V1__RollbackReply *reply = fixture_plan(rows, refused);

	feed_take_plan(app, reply);
	hlp__v1__rollback_reply__free_unpacked(reply, NULL);
}

static const struct fixture_news RUNNING = {
	.state = "RUNNING", .reason = "running", .attempt = 1, .running = true};

static void pausing_needs_one_key(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_execution(&app, "RUNNING", "");
	fixture_keys(&app, "P");
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	assert_true(fixture_shows(&app, "pause edge-cert#12: asked"));
	assert_false(app.arm.armed);
	fixture_close(&app);
}

static void a_paused_run_is_resumed_by_the_same_key(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_execution(&app, "PAUSED", "operator");
	fixture_keys(&app, "P");
	assert_true(fixture_shows(&app, "resume edge-cert#12: asked"));
	fixture_close(&app);
}

static void an_act_while_looking_opens_arm_and_then_goes_on(void **state)
{
	(void)state;
	static const struct fixture_news FAILED = {
		.state = "FAILED", .reason = "exit", .attempt = 1, .exit_code = 1};
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_node(&app, FIXTURE_PAIR, &FAILED);
	app_select(&app, FIXTURE_PAIR);
	fixture_keys(&app, "R");
	assert_int_equal(app.dialog.kind, DIALOG_ARM);
	fixture_keys(&app, "\r");
	assert_int_equal(app.dialog.kind, DIALOG_ARM);
	assert_true(fixture_shows(&app, "a reason is needed"));
	fixture_keys(&app, "INC-7\r");
	assert_true(app.arm.armed);
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_true(fixture_shows(&app, "ARMED"));
	fixture_keys(&app, "y");
	assert_true(fixture_shows(&app, "retry pair: asked"));
	fixture_close(&app);
}

static void the_reason_is_filled_from_the_last(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_keys(&app, "WINC-7\rWW");
	assert_int_equal(app.dialog.kind, DIALOG_ARM);
	assert_string_equal(app.dialog.edit.text, "INC-7");
	fixture_close(&app);
}

static void enter_never_confirms(void **state)
{
	(void)state;
	static const struct fixture_news FAILED = {
		.state = "FAILED", .reason = "exit", .attempt = 1, .exit_code = 1};
	struct app app;
	open_armed(&app);
	fixture_node(&app, FIXTURE_PAIR, &FAILED);
	app_select(&app, FIXTURE_PAIR);
	fixture_keys(&app, "R\r\r\r");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_null(strstr(app.message.text, "asked"));
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "\x1bR\r\r");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	assert_null(strstr(app.message.text, "asked"));
	fixture_close(&app);
}

static void a_retry_names_the_pinned_files_that_changed(void **state)
{
	(void)state;
	static const struct fixture_news FAILED = {
		.state = "FAILED", .reason = "exit", .attempt = 1, .exit_code = 1};
	Hlp__V1__Pin same = HLP__V1__PIN__INIT, changed = HLP__V1__PIN__INIT;
	Hlp__V1__Pin *pins[] = {&same, &changed};
	Hlp__V1__PinList list = HLP__V1__PIN_LIST__INIT;
	struct app app;

	same.name = "issue.sh";
	same.state = "same";
	changed.name = "swap.sh";
	changed.state = "changed";
	list.pins = pins;
	list.n_pins = 2;
	open_armed(&app);
	fixture_node(&app, FIXTURE_PAIR, &FAILED);
	app_select(&app, FIXTURE_PAIR);
	fixture_keys(&app, "R");
	assert_false(fixture_shows(&app, "since it was pinned"));
	feed_take_pins(&app, &list);
	assert_true(fixture_shows(&app, "swap.sh changed since it was pinned: hlp diff "
					"edge-cert#12 swap.sh"));
	assert_false(fixture_shows(&app, "issue.sh"));
	fixture_close(&app);
}

static void high_risk_needs_the_name_typed(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "R");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	fixture_keys(&app, "y\r");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	assert_true(fixture_shows(&app, "type swap to do it"));
	fixture_keys(&app, "\x7f\x15swap\r");
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	assert_true(fixture_shows(&app, "retry swap: asked"));
	fixture_close(&app);
}

static void confirmation_follows_the_consequence(void **state)
{
	(void)state;
	struct mirror_node node = {.risk = 0.4};
	assert_int_equal(acting_confirmation(ACTION_PAUSE, NULL), CONFIRM_NOTHING);
	assert_int_equal(acting_confirmation(ACTION_RETRY, &node), CONFIRM_YES);
	assert_int_equal(acting_confirmation(ACTION_CANCEL, NULL), CONFIRM_NAME);
	assert_int_equal(acting_confirmation(ACTION_UNDO, &node), CONFIRM_NAME);
	node.irreversible = "mail is sent";
	assert_int_equal(acting_confirmation(ACTION_RETRY, &node), CONFIRM_NAME);
	node.irreversible = "";
	node.risk = 0.7;
	assert_int_equal(acting_confirmation(ACTION_ANSWER, &node), CONFIRM_NAME);
}

/* At this moment nobody may think that the whole run ends. */
static void cancel_in_a_rollback_says_what_it_stops(void **state)
{
	(void)state;
	static const struct fixture_news UNDOING = {
		.state = "RECOVERING", .reason = "undoing", .attempt = 1};
	struct app app;

	open_armed(&app);
	fixture_node(&app, FIXTURE_PAIR, &UNDOING);
	app.mirror.rolling_back = true;
	app_select(&app, FIXTURE_PAIR);
	fixture_keys(&app, "X");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_true(
		fixture_shows(&app, "Its undo is stopped where it is; then it asks what to do."));
	assert_false(fixture_shows(&app, "ends as cancelled"));
	fixture_keys(&app, "\x1b");
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "X");
	assert_true(fixture_shows(&app,
				  "Nothing more is undone; what is being undone now ends first."));
	fixture_close(&app);
}

static void keys_typed_as_a_dialog_opens_are_dropped(void **state)
{
	(void)state;
	static const struct fixture_news FAILED = {
		.state = "FAILED", .reason = "exit", .attempt = 1, .exit_code = 1};
	struct app app;
	open_armed(&app);
	fixture_node(&app, FIXTURE_PAIR, &FAILED);
	app_select(&app, FIXTURE_PAIR);
	console_key(&app, 'R');
	app.now_us += CLOCK_SECOND_US / 10;
	console_key(&app, 'y');
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	app.now_us += CLOCK_SECOND_US * 3 / 10;
	console_key(&app, 'y');
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	fixture_close(&app);
}

static void the_plan_shows_warnings_first_and_cuts_nothing(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "U");
	assert_int_equal(app.dialog.kind, DIALOG_PLAN);
	show_plan(&app, 2, "");
	assert_true(fixture_shows(&app, "ROLLBACK PLAN for swap: nothing has been changed yet\n"
					" ! swap proxy.conf: it was changed by someone else since "
					"attempt 1 ended; what\n"
					"     they wrote is lost\n"));
	assert_true(fixture_shows(&app, "rows 1-4 of 4"));
	fixture_close(&app);
}

static void the_prompt_stays_in_sight_of_a_long_plan(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "U");
	show_plan(&app, 60, "");
	assert_true(fixture_shows(&app, "rows 1-17 of 62, PgDn shows more"));
	assert_true(fixture_shows(&app, "type swap to carry it out:"));
	fixture_wait(&app, CLOCK_SECOND_US);
	console_key(&app, PRESS_PAGE_DOWN);
	assert_true(fixture_shows(&app, "rows 17-33 of 62"));
	assert_true(fixture_shows(&app, "type swap to carry it out:"));
	fixture_close(&app);
}

static void a_plan_is_carried_out_by_the_name_alone(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "Uswap\r");
	assert_true(fixture_shows(&app, "there is no plan to carry out"));
	show_plan(&app, 2, "");
	fixture_keys(&app, "\r");
	assert_true(fixture_shows(&app, "rollback of swap: asked"));
	fixture_close(&app);
}

static void a_refused_plan_has_no_prompt(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "U");
	show_plan(&app, 2, "promote is past the point of no return; name it with --past promote");
	assert_true(fixture_shows(&app, "type past NODE, overwrite FILE or leave NODE:"));
	fixture_keys(&app, "swap\r");
	assert_null(strstr(app.message.text, "asked"));
	fixture_close(&app);
}

static void a_void_plan_is_shown_again_and_what_was_typed_is_gone(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "U");
	show_plan(&app, 2, "");
	fixture_keys(&app, "swa");
	feed_plan_void(&app);
	assert_int_equal(app.dialog.edit.length, 0);
	assert_true(fixture_shows(&app, "The plan changed since it was shown. Read it again."));
	fixture_close(&app);
}

static void what_never_started_has_nothing_to_undo(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "U");
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	assert_true(fixture_shows(&app, "dns never started: there is nothing to undo"));
	fixture_close(&app);
}

static void cancel_means_the_node_while_it_runs_and_else_the_run(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	fixture_execution(&app, "RUNNING", "");
	fixture_node(&app, FIXTURE_DNS, &RUNNING);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "X");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_true(fixture_shows(&app, "cancel dns"));
	fixture_keys(&app, "n");
	app_select(&app, FIXTURE_SERVED);
	fixture_keys(&app, "X");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	fixture_keys(&app, "edge-cert#12\r");
	assert_true(fixture_shows(&app, "cancel edge-cert#12: asked"));
	fixture_close(&app);
}

static void a_lost_node_is_answered_by_name(void **state)
{
	(void)state;
	static const struct fixture_news ASKS = {
		.state = "PAUSED", .reason = "asking", .question = "lost", .attempt = 1};
	struct app app;
	open_armed(&app);
	fixture_node(&app, FIXTURE_DNS, &ASKS);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "A");
	assert_int_equal(app.dialog.kind, DIALOG_CHOICE);
	assert_true(fixture_shows(&app, "h   it did happen: mark it done by hand"));
	fixture_keys(&app, "x");
	assert_int_equal(app.dialog.kind, DIALOG_CHOICE);
	fixture_keys(&app, "h");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_true(fixture_shows(&app, "Answer: happened."));
	fixture_keys(&app, "y");
	assert_true(fixture_shows(&app, "answer dns: asked"));
	fixture_close(&app);
}

static void a_failed_undo_has_its_own_answers(void **state)
{
	(void)state;
	struct mirror_node node = {.question = "undo_failed"};
	assert_string_equal(acting_answers(&node)[1].answer, "by-hand");
	node.question = "risk";
	assert_string_equal(acting_answers(&node)[0].answer, "again");
	node.question = "";
	assert_null(acting_answers(&node));
}

static void arming_ends_with_another_execution(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	fixture_wait(&app, CLOCK_SECOND_US);
	assert_true(app.arm.armed);
	app.mirror.id[0] = 'x';
	fixture_wait(&app, CLOCK_SECOND_US);
	assert_false(app.arm.armed);
	assert_true(fixture_shows(&app, "another execution: looking only"));
	fixture_close(&app);
}

/* Whatever was asked for before: a file is one file. */
static void restoring_a_file_asks_for_that_file(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	acting_begin(&app, ACTION_ROLLBACK);
	fixture_keys(&app, "\x1b");
	acting_restore(&app, "swap:tls/edge.crt", "r7");
	assert_int_equal(app.plan.asked.level, ROLLBACK_FILE);
	assert_string_equal(app.plan.asked.target, "swap:tls/edge.crt");
	assert_string_equal(app.plan.asked.revision, "r7");
	fixture_close(&app);
}

static void arming_lapses_when_idle_but_never_in_a_dialog(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "R");
	fixture_wait(&app, 3600 * CLOCK_SECOND_US);
	assert_true(app.arm.armed);
	fixture_keys(&app, "\x1b");
	fixture_wait(&app, 599 * CLOCK_SECOND_US);
	assert_true(app.arm.armed);
	fixture_wait(&app, 2 * CLOCK_SECOND_US);
	assert_false(app.arm.armed);
	fixture_close(&app);
}

static void read_only_refuses_every_act(void **state)
{
	(void)state;
	static const char KEYS[] = "PRXUAWn";
	struct app app;
	fixture_open(&app, 80, 24);
	app.read_only = true;
	app_select(&app, FIXTURE_SWAP);
	assert_true(fixture_shows(&app, "READ-ONLY"));
	for (size_t i = 0; i < sizeof(KEYS) - 2; i++) {
		char key[2] = {KEYS[i], '\0'};
		fixture_keys(&app, key);
		assert_int_equal(app.dialog.kind, DIALOG_NONE);
		assert_true(fixture_shows(&app, "this console was started with --read-only"));
	}
	fixture_keys(&app, "nx.yaml\r");
	assert_true(fixture_shows(&app, "this console was started with --read-only"));
	fixture_close(&app);
}

static void a_workflow_that_is_not_there_is_said_so(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_keys(&app, "n/nowhere/x.yaml host=a\r");
	assert_true(fixture_shows(&app, "there is no file '/nowhere/x.yaml'"));
	fixture_close(&app);
}

static void the_palette_reaches_acts_through_the_same_policy(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, ":retry\r");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	fixture_keys(&app, "\x1b:served\r");
	assert_int_equal(app.selected, FIXTURE_SERVED);
	fixture_close(&app);
}

static void how_much_goes_back_is_chosen_before_the_plan(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "B");
	assert_int_equal(app.dialog.kind, DIALOG_LEVEL);
	assert_true(fixture_shows(&app, "p   the phase switch and those after it"));
	fixture_keys(&app, "\rp");
	assert_int_equal(app.dialog.kind, DIALOG_PLAN);
	assert_string_equal(app.dialog.expected, "switch");
	show_plan(&app, 2, "");
	assert_true(fixture_shows(&app, "ROLLBACK PLAN for switch: nothing has been changed yet"));
	fixture_keys(&app, "switch\r");
	assert_true(fixture_shows(&app, "rollback of switch: asked"));
	fixture_keys(&app, "\x1b");
	fixture_keys(&app, "Ba");
	assert_string_equal(app.dialog.expected, "edge-cert#12");
	fixture_close(&app);
}

static void what_needs_a_word_takes_one(void **state)
{
	(void)state;
	struct app app;
	open_armed(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "U");
	show_plan(&app, 2, "promote is past the point of no return");
	assert_true(fixture_shows(&app, "type past NODE, overwrite FILE or leave NODE:"));
	fixture_keys(&app, "past promote\r");
	assert_int_equal(app.plan.asked.past.count, 1);
	assert_string_equal(app.plan.asked.past.list[0], "promote");
	assert_int_equal(app.dialog.kind, DIALOG_PLAN);
	fixture_keys(&app, "overwrite swap:proxy.conf\rleave issue\r");
	assert_string_equal(app.plan.asked.overwrite.list[0], "swap:proxy.conf");
	assert_string_equal(app.plan.asked.exclude.list[0], "issue");
	assert_null(strstr(app.message.text, "asked"));
	fixture_keys(&app, "\x1bU"); /* another plan begins without them */
	assert_int_equal(app.plan.asked.past.count, 0);
	fixture_close(&app);
}

static void a_run_is_started_through_a_form(void **state)
{
	static const char FLOW[] = "name: form\nparams:\n  host: {type: string}\n"
				   "  days: {type: integer, default: 90, min: 1, description: "
				   "How long it is good from the day of its signing}\n"
				   "nodes: [{id: only, run: \"true\"}]\n";
	char line[512];
	struct app app;
	(void)snprintf(line, sizeof(line), "n%s\r", scratch_write(state, "form.yaml", FLOW));
	fixture_open(&app, 80, 24);
	fixture_keys(&app, line);
	assert_int_equal(app.dialog.kind, DIALOG_FORM);
	assert_true(fixture_shows(&app, "params of the run"));
	fixture_keys(&app, "\r");
	assert_true(fixture_shows(&app, "a whole number, at least 1; may be left as it is"));
	assert_true(fixture_shows(&app, "its signing ")); /* on a line of its own, if need be */
	fixture_keys(&app, "\r");
	assert_true(fixture_shows(&app, "'host' must have a value"));
	fixture_keys(&app, "db1\r\x15");
	fixture_keys(&app, "0\r");
	assert_int_equal(app.dialog.kind, DIALOG_FORM); /* 0 is less than 1 */
	fixture_keys(&app, "\x15");
	fixture_keys(&app, "7\r");
	assert_int_equal(app.dialog.kind, DIALOG_START);
	assert_true(fixture_shows(&app, "param   host=db1"));
	assert_true(fixture_shows(&app, "param   days=7"));
	fixture_close(&app);
}

static void a_gate_is_answered_and_a_persons_step_gives_its_outputs(void **state)
{
	(void)state;
	static const struct fixture_news GATE = {.state = "PAUSED",
						 .reason = "approval",
						 .question = "approval",
						 .message = "Replace the certificate?"};
	static const struct fixture_news STEP = {
		.state = "PAUSED", .reason = "manual", .question = "manual", .message = "Flip it."};
	struct app app;
	open_armed(&app);
	fixture_node(&app, FIXTURE_SERVED, &GATE);
	app_select(&app, FIXTURE_SERVED);
	fixture_keys(&app, "A");
	assert_true(fixture_shows(&app, "Replace the certificate?"));
	assert_true(fixture_shows(&app, "a   approve: it starts NOW"));
	fixture_keys(&app, "\ra");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	fixture_keys(&app, "y");
	assert_true(fixture_shows(&app, "answer served-serial: asked"));
	fixture_node(&app, FIXTURE_DNS, &STEP);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "Ad");
	assert_int_equal(app.dialog.kind, DIALOG_FORM);
	fixture_keys(&app, "CHG-7\r");
	assert_true(fixture_shows(&app, "change = CHG-7"));
	fixture_keys(&app, "nAfy");
	assert_true(fixture_shows(&app, "answer dns: asked"));
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pausing_needs_one_key),
		cmocka_unit_test(a_paused_run_is_resumed_by_the_same_key),
		cmocka_unit_test(an_act_while_looking_opens_arm_and_then_goes_on),
		cmocka_unit_test(the_reason_is_filled_from_the_last),
		cmocka_unit_test(enter_never_confirms),
		cmocka_unit_test(a_retry_names_the_pinned_files_that_changed),
		cmocka_unit_test(high_risk_needs_the_name_typed),
		cmocka_unit_test(confirmation_follows_the_consequence),
		cmocka_unit_test(cancel_in_a_rollback_says_what_it_stops),
		cmocka_unit_test(keys_typed_as_a_dialog_opens_are_dropped),
		cmocka_unit_test(the_plan_shows_warnings_first_and_cuts_nothing),
		cmocka_unit_test(the_prompt_stays_in_sight_of_a_long_plan),
		cmocka_unit_test(a_plan_is_carried_out_by_the_name_alone),
		cmocka_unit_test(a_refused_plan_has_no_prompt),
		cmocka_unit_test(a_void_plan_is_shown_again_and_what_was_typed_is_gone),
		cmocka_unit_test(what_never_started_has_nothing_to_undo),
		cmocka_unit_test(cancel_means_the_node_while_it_runs_and_else_the_run),
		cmocka_unit_test(a_lost_node_is_answered_by_name),
		cmocka_unit_test(a_failed_undo_has_its_own_answers),
		cmocka_unit_test(arming_ends_with_another_execution),
		cmocka_unit_test(restoring_a_file_asks_for_that_file),
		cmocka_unit_test(arming_lapses_when_idle_but_never_in_a_dialog),
		cmocka_unit_test(read_only_refuses_every_act),
		cmocka_unit_test(a_workflow_that_is_not_there_is_said_so),
		cmocka_unit_test(a_gate_is_answered_and_a_persons_step_gives_its_outputs),
		cmocka_unit_test(how_much_goes_back_is_chosen_before_the_plan),
		cmocka_unit_test(what_needs_a_word_takes_one),
		cmocka_unit_test_setup_teardown(a_run_is_started_through_a_form, scratch_setup,
						scratch_teardown),
		cmocka_unit_test(the_palette_reaches_acts_through_the_same_policy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
