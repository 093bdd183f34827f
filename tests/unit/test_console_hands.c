/* SPDX-License-Identifier: MIT
 *
 * What an operator does by hand in the console: hold, freeze, skip, done, notes, and acts on
 * several marked nodes; and what is said of the consequences before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/consequence.h"
#include "console_fixture.h"
#include "tui/acting.h"
#include "tui/console.h"

static const struct fixture_news RUNNING = {
	.state = "RUNNING", .reason = "running", .attempt = 1, .running = true};
static const struct fixture_news FROZEN = {
	.state = "PAUSED", .reason = "frozen", .attempt = 1, .running = true};
static const struct fixture_news WAITING = {.state = "PENDING", .reason = "waiting"};

/* The fixture's run while it is under way: swap runs, dns and served-serial wait. */
static void open_running(struct app *app)
{
	fixture_open(app, 80, 24);
	fixture_node(app, FIXTURE_SWAP, &RUNNING);
	fixture_execution(app, "RUNNING", "");
	app_started_here(app, app->mirror.id);
	app->message.text[0] = '\0';
}

static void holding_needs_one_key_and_no_arming(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app.arm.armed = false;
	app.started_count = 0;
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "H");
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	assert_true(fixture_shows(&app, "hold dns: asked"));
	assert_false(app.arm.armed);
	app.mirror.nodes[FIXTURE_DNS].held = true;
	fixture_keys(&app, "H");
	assert_true(fixture_shows(&app, "release dns: asked"));
	fixture_close(&app);
}

static void what_runs_is_not_held_but_frozen(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "H");
	assert_true(fixture_shows(&app, "swap is running: only what has not started can be held; F "
					"freezes what runs"));
	fixture_keys(&app, "F");
	assert_int_equal(app.dialog.kind, DIALOG_NAME); /* its risk is high */
	assert_true(fixture_shows(&app, "Locks and"));
	fixture_keys(&app, "swap\r");
	assert_true(fixture_shows(&app, "freeze swap: asked"));
	fixture_node(&app, FIXTURE_SWAP, &FROZEN);
	fixture_keys(&app, "Fswap\r");
	assert_true(fixture_shows(&app, "thaw swap: asked"));
	fixture_close(&app);
}

static void a_run_that_has_ended_holds_nothing(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "H");
	assert_true(fixture_shows(&app, "dns will not start: the run has ended"));
	fixture_close(&app);
}

static void skipping_says_what_starts_now(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "S");
	assert_true(fixture_shows(&app, "counts as succeeded, shown as skipped"));
	assert_true(fixture_shows(&app, "Starts NOW: dns"));
	fixture_keys(&app, "\x1b");
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "S");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_true(fixture_shows(&app, "Nothing starts by this alone."));
	assert_true(fixture_shows(&app, "Nobody will have written: dns.change"));
	fixture_keys(&app, "y");
	assert_true(fixture_shows(&app, "skip dns: asked"));
	fixture_close(&app);
}

static void what_counts_as_done_is_not_skipped(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_CA);
	fixture_keys(&app, "S");
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	assert_true(fixture_shows(&app, "ca is ok: it counts as done already"));
	fixture_close(&app);
}

static void done_by_hand_asks_for_the_outputs(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "D");
	assert_int_equal(app.dialog.kind, DIALOG_FORM);
	assert_true(fixture_shows(&app, "an output of the node"));
	fixture_keys(&app, "\r");
	assert_true(fixture_shows(&app, "'change' must have a value"));
	fixture_keys(&app, "CHG-41\r");
	assert_int_equal(app.dialog.kind, DIALOG_YES);
	assert_true(fixture_shows(&app, "change = CHG-41"));
	assert_true(fixture_shows(&app, "shown as by hand"));
	fixture_keys(&app, "\ry");
	assert_true(fixture_shows(&app, "done dns: asked"));
	fixture_close(&app);
}

static void acts_reach_what_is_marked(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "   ");
	assert_int_equal(app.marks.count, 3);
	assert_true(fixture_shows(&app, "○*P dns"));
	fixture_keys(&app, "H");
	/* swap runs and is left out */
	assert_true(fixture_shows(&app, "hold: asked for 2 nodes"));
	assert_int_equal(app.marks.count, 0);
	fixture_close(&app);
}

static void an_act_on_several_nodes_needs_their_count_typed(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "  S");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	assert_true(fixture_shows(&app, "2 nodes: dns, served-serial"));
	fixture_keys(&app, "dns\r");
	assert_int_equal(app.dialog.kind, DIALOG_NAME);
	fixture_keys(&app, "\x15");
	fixture_keys(&app, "2 nodes\r");
	assert_true(fixture_shows(&app, "skip: asked for 2 nodes"));
	fixture_close(&app);
}

static void marks_that_fit_no_act_are_refused_with_the_reason(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_CA);
	fixture_keys(&app, " R");
	assert_true(fixture_shows(&app, "retry applies to none of the marked nodes: ca is ok"));
	fixture_keys(&app, " \x1b");
	assert_int_equal(app.marks.count, 0);
	fixture_close(&app);
}

static void a_note_is_typed_and_asks_for_nothing(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app.arm.armed = false;
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "Mwaiting for the DNS team\r");
	assert_true(fixture_shows(&app, "note dns: asked"));
	app.read_only = true;
	fixture_keys(&app, "Mx\r");
	assert_true(fixture_shows(&app, "note: this console was started with --read-only"));
	fixture_close(&app);
}

static void the_palette_knows_opposites_by_what_they_do(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, ":release\r");
	assert_true(fixture_shows(&app, "hold dns: asked"));
	fixture_close(&app);
}

/* ---- consequences ------------------------------------------------------------------------ */

static void held_and_blocked_nodes_do_not_start(void **state)
{
	(void)state;
	struct app app;
	struct buf names;
	bool settled[FIXTURE_NODES] = {[FIXTURE_SWAP] = true};
	open_running(&app);
	buf_init(&names, 4096);
	assert_int_equal(consequence_starts(&app.mirror, settled, 9, &names), 1);
	assert_string_equal(buf_text(&names), "dns");
	buf_clear(&names);
	settled[FIXTURE_DNS] = true; /* the phase is over with it */
	assert_int_equal(consequence_starts(&app.mirror, settled, 9, &names), 1);
	assert_string_equal(buf_text(&names), "served-serial");
	buf_clear(&names);
	app.mirror.nodes[FIXTURE_SERVED].held = true;
	assert_int_equal(consequence_starts(&app.mirror, settled, 9, &names), 0);
	buf_release(&names);
	fixture_close(&app);
}

static void what_starts_anyway_is_no_consequence(void **state)
{
	(void)state;
	struct app app;
	struct buf names;
	bool settled[FIXTURE_NODES] = {[FIXTURE_SWAP] = true};
	open_running(&app);
	fixture_node(&app, FIXTURE_PAIR, &WAITING); /* all it needs is there */
	buf_init(&names, 4096);
	assert_int_equal(consequence_starts(&app.mirror, settled, 9, &names), 0);
	buf_release(&names);
	fixture_close(&app);
}

static void the_header_names_who_else_is_here_and_armed(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	app.people = (struct people){.count = 2, .list = {{"bo", false}, {"ana", true}}};
	assert_true(fixture_shows(&app, "also here: ana ARMED, bo"));
	app.people.more = 7;
	assert_true(fixture_shows(&app, "also here: ana ARMED, bo and 7 more"));
	app_resize(&app, 40, 24);
	assert_true(fixture_shows(&app, "+9!"));
	fixture_close(&app);
}

static void what_is_selected_is_copied_as_a_command_takes_it(void **state)
{
	(void)state;
	struct app app;
	open_running(&app);
	(void)snprintf(app.copy_file, sizeof(app.copy_file), "/nowhere/copied");
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "y");
	assert_string_equal(app.copy, "edge-cert#12/dns");
	assert_true(fixture_shows(&app, "copied: edge-cert#12/dns"));
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holding_needs_one_key_and_no_arming),
		cmocka_unit_test(what_runs_is_not_held_but_frozen),
		cmocka_unit_test(a_run_that_has_ended_holds_nothing),
		cmocka_unit_test(skipping_says_what_starts_now),
		cmocka_unit_test(what_counts_as_done_is_not_skipped),
		cmocka_unit_test(done_by_hand_asks_for_the_outputs),
		cmocka_unit_test(acts_reach_what_is_marked),
		cmocka_unit_test(an_act_on_several_nodes_needs_their_count_typed),
		cmocka_unit_test(marks_that_fit_no_act_are_refused_with_the_reason),
		cmocka_unit_test(a_note_is_typed_and_asks_for_nothing),
		cmocka_unit_test(the_palette_knows_opposites_by_what_they_do),
		cmocka_unit_test(the_header_names_who_else_is_here_and_armed),
		cmocka_unit_test(what_is_selected_is_copied_as_a_command_takes_it),
		cmocka_unit_test(held_and_blocked_nodes_do_not_start),
		cmocka_unit_test(what_starts_anyway_is_no_consequence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
