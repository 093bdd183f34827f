/* SPDX-License-Identifier: MIT
 *
 * The views, as lines of text at 80x24, and at every size that a terminal may have.
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
#include "tui/console.h"
#include "tui/feed.h"
#include "tui/words.h"

static void assert_screen(struct app *app, const char *expected)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	assert_string_equal(fixture_screen(app, &text), expected);
	buf_release(&text);
}

static void print(struct app *app, const char *text)
{
	struct tail_chunk chunk = {
		.data = text, .length = strlen(text), .size = (int64_t)strlen(text), .attempt = 1};
	app->attempts.shown = (struct attempt_name){"run", 1};
	tail_take(&app->tail, &chunk);
}

static void the_list_is_home_with_its_phases(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	assert_screen(
		&app,
		" edge-cert#12  ✗ FAILED                          3f2a1bc  looking  live  03:14Z\n"
		" 6 nodes  ✗1 ✓3 ○2   52s\n"
		"     NODE           STATE            TRY    TIME  WHY\n"
		"─ prepare 3 of 3 ───────────────────────────────────────────────────────────────\n"
		" ✓ C ca             ok                 1     12s\n"
		" ✓ C issue          ok                 1     12s\n"
		" ✓ C pair           ok                 1     12s\n"
		"─ switch 0 of 2 ────────────────────────────────────────────────────────────────\n"
		">✗ F swap           failed: exit 3     1     12s  swap: the key does not match\n"
		" ○ P dns            not started\n"
		"─ verify 0 of 1 ────────────────────────────────────────────────────────────────\n"
		" ○ P served-serial  not started\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		" Enter open  l output  ] problem  U undo  R retry  d diff  ? help  q leave\n");
	fixture_close(&app);
}

static void a_failed_node_shows_its_facts_and_output(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	print(&app, "swap: checking tls/edge.crt\n"
		    "swap: the key does not match the certificate: the modulus differs\n"
		    "swap: nothing was changed\n");
	fixture_keys(&app, "\r");
	assert_screen(
		&app,
		" edge-cert#12  ✗ FAILED                          3f2a1bc  looking  live  03:14Z\n"
		" 6 nodes  ✗1 ✓3 ○2   52s\n"
		" swap  ✗ F failed: exit 3  attempt 1  12s  risk high\n"
		" runs    ./swap.sh tls/edge.crt\n"
		" undo    ./swap.sh --previous\n"
		" files   proxy.conf\n"
		" needs   ✓ issue  ✓ pair\n"
		" frees   ○ dns\n"
		" says    swap: the key does not match\n"
		"─ output of attempt 1, 120 B ───────────────────────────────────────────────────\n"
		" swap: checking tls/edge.crt\n"
		" swap: the key does not match the certificate: the modulus differs\n"
		" swap: nothing was changed\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		" l output  d diff  w why  U undo  R retry  J next  Esc back  ? help  q leave\n");
	fixture_close(&app);
}

static void why_names_what_it_needs_and_what_waits(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "w");
	assert_screen(
		&app,
		" edge-cert#12  ✗ FAILED                          3f2a1bc  looking  live  03:14Z\n"
		" 6 nodes  ✗1 ✓3 ○2   52s\n"
		" swap failed: exit 3\n"
		"   it says: swap: the key does not match\n"
		"\n"
		" It needs\n"
		"   ✓ issue                    ok\n"
		"   ✓ pair                     ok\n"
		"   all of the phase before its own: prepare\n"
		"\n"
		" It frees\n"
		"   ○ dns                      not started\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		" l output  d diff  U undo  J next  Esc back  ? help  q leave\n");
	fixture_close(&app);
}

/* How the lines run is engine/draw's to test. */
static void the_graph_shows_states_in_layers(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "2");
	assert_true(fixture_shows(&app, "[✓C issue           12s]"));
	assert_true(fixture_shows(&app, " switch "));
	assert_true(fixture_shows(&app, "[✗F swap            12s]"));
	assert_true(fixture_shows(&app, "[○P served-serial      ]"));
	fixture_keys(&app, "k");
	assert_int_not_equal(app.selected, FIXTURE_SWAP);
	fixture_keys(&app, "\r");
	assert_int_equal(app_view(&app), VIEW_NODE);
	fixture_close(&app);
}

static void a_narrow_box_drops_its_time_before_it_cuts_its_name(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 36, 24);
	fixture_keys(&app, "2");
	assert_true(fixture_shows(&app, "[✓C issue     12s]"));
	app.mirror.nodes[FIXTURE_ISSUE].id = "check-expiry";
	assert_true(fixture_shows(&app, "[✓C check-expiry ]"));
	app.mirror.nodes[FIXTURE_ISSUE].id = "check-expiry-date";
	assert_true(fixture_shows(&app, "[✓C check-…y-date]"));
	fixture_close(&app);
}

/* Looked at from near, a box says what its node printed last, what it asks, or why it waits. */
static void near_boxes_have_room_for_what_a_node_says(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SERVED);
	fixture_keys(&app, "2");
	assert_true(fixture_shows(&app, "[✗F swap            12s]"));
	fixture_keys(&app, "+");
	assert_true(fixture_shows(&app, "┌✗F swap            12s┐"));
	assert_true(fixture_shows(&app, "│swap: the key does no…│"));
	assert_true(fixture_shows(&app, "│did not start: the ru…│"));
	fixture_node(
		&app, FIXTURE_SERVED,
		&(struct fixture_news){
			.state = "RUNNING", .reason = "running", .attempt = 1, .running = true});
	struct tail_chunk chunk = {.data = "one\ntwo \x1b[31mred\n",
				   .length = 17,
				   .size = 17,
				   .attempt = 1,
				   .live = true};
	tail_take(&app.tail, &chunk);
	assert_true(fixture_shows(&app, "│two ")); /* what it printed last, through the gate */
	assert_false(fixture_shows(&app, "\x1b"));
	app.canvas.ascii = true;
	assert_true(fixture_shows(&app, "+xF swap            12s+"));
	app.canvas.ascii = false;
	fixture_keys(&app, "-");
	assert_true(fixture_shows(&app, "[✗F swap            12s]"));
	fixture_close(&app);
}

static int count_heavy(struct app *app)
{
	struct buf screen;
	int count = 0;
	buf_init(&screen, (size_t)1 << 20);
	fixture_screen(app, &screen);
	for (const char *at = buf_text(&screen); (at = strstr(at, "┃")) != NULL; at++)
		count++;
	buf_release(&screen);
	return count;
}

static void the_critical_path_is_heavy(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	for (uint32_t i = 0; i < FIXTURE_NODES; i++) { /* one after the other */
		app.mirror.nodes[i].started_us = FIXTURE_WALL_US + i * 2 * CLOCK_SECOND_US;
		app.mirror.nodes[i].ended_us = FIXTURE_WALL_US + (i * 2 + 1) * CLOCK_SECOND_US;
	}
	app_select(&app, FIXTURE_SERVED);
	fixture_keys(&app, "2");
	int before = count_heavy(&app);
	fixture_keys(&app, "c");
	assert_true(count_heavy(&app) > before);
	fixture_keys(&app, "c");
	assert_int_equal(count_heavy(&app), before);
	fixture_close(&app);
}

static void a_lost_engine_leaves_the_last_picture(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	app.lost_us = app.now_us - 3000000;
	assert_screen(
		&app,
		" edge-cert#12  ✗ FAILED                3f2a1bc  looking  ENGINE LOST  03:14:07Z\n"
		" engine lost 3s ago: last picture, stale; reconnecting\n"
		"     NODE           STATE            TRY    TIME  WHY\n"
		"─ prepare 3 of 3 ───────────────────────────────────────────────────────────────\n"
		" ✓ C ca             ok                 1     12s\n"
		" ✓ C issue          ok                 1     12s\n"
		" ✓ C pair           ok                 1     12s\n"
		"─ switch 0 of 2 ────────────────────────────────────────────────────────────────\n"
		">✗ F swap           failed: exit 3     1     12s  swap: the key does not match\n"
		" ○ P dns            not started\n"
		"─ verify 0 of 1 ────────────────────────────────────────────────────────────────\n"
		" ○ P served-serial  not started\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		" Enter open  l output  ] problem  U undo  R retry  d diff  ? help  q leave\n");
	fixture_close(&app);
}

static void forty_columns_keep_name_and_state(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 40, 10);
	app_select(&app, FIXTURE_SWAP);
	assert_screen(&app, " edge-cert#12  ✗ FAILED   looking  live\n"
			    " 6 nodes  ✗1 ✓3 ○2   52s\n"
			    "─ prepare 3 of 3 ───────────────────────\n"
			    " ✓ C ca             ok\n"
			    " ✓ C issue          ok\n"
			    " ✓ C pair           ok\n"
			    "─ switch 0 of 2 ────────────────────────\n"
			    ">✗ F swap           failed: exit 3\n"
			    "\n"
			    " Enter open  l output  ? help  q leave\n");
	fixture_close(&app);
}

static void twenty_columns_keep_the_state_in_sight(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 20, 5);
	app_select(&app, FIXTURE_SWAP);
	assert_screen(&app, " ✗ FAILED  edge-cer…\n"
			    " ✓ C pair    ok\n"
			    "─ switch 0 of 2 ────\n"
			    ">✗ F swap    faile…\n"
			    "\n");
	fixture_close(&app);
}

static void the_execution_is_never_called_recovered(void **state)
{
	(void)state;
	static const struct fixture_news UNDONE = {
		.state = "RECOVERED", .reason = "undone", .attempt = 1};
	struct app app;
	fixture_open(&app, 120, 24);
	fixture_node(&app, FIXTURE_SWAP, &UNDONE);
	fixture_execution(&app, "PAUSED", "rolled_back");
	assert_true(fixture_shows(&app, "PAUSED, rolled back; service not verified"));
	assert_true(fixture_shows(&app, "V swap           undone"));
	fixture_execution(&app, "RECOVERED", "");
	assert_true(fixture_shows(&app, "ROLLED BACK, service not verified"));
	fixture_close(&app);
}

static void what_is_not_plainly_done_is_said_so(void **state)
{
	(void)state;
	static const struct fixture_news HAND = {
		.state = "COMPLETED", .reason = "by_hand", .attempt = 1};
	static const struct fixture_news IGNORED = {
		.state = "COMPLETED", .reason = "tolerated", .attempt = 1};
	static const struct fixture_news LOST = {.state = "FAILED", .reason = "lost", .attempt = 1};
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_node(&app, FIXTURE_CA, &HAND);
	fixture_node(&app, FIXTURE_ISSUE, &IGNORED);
	fixture_node(&app, FIXTURE_SWAP, &LOST);
	assert_true(fixture_shows(&app, "by hand"));
	assert_true(fixture_shows(&app, "failure ignored"));
	assert_true(fixture_shows(&app, "? ? swap           outcome unknown"));
	fixture_close(&app);
}

static void a_lost_engine_is_said_at_once_and_the_picture_called_stale(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app.lost_us = app.now_us - 3 * CLOCK_SECOND_US;
	assert_true(fixture_shows(&app, "engine lost 3s ago: last picture, stale; reconnecting"));
	assert_true(fixture_shows(&app, "ENGINE LOST"));
	app.dialog.kind = DIALOG_NONE;
	fixture_keys(&app, "U");
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	assert_true(fixture_shows(&app, "the engine is lost; nothing can be asked now"));
	fixture_close(&app);
}

static void problems_are_walked_from_any_view(void **state)
{
	(void)state;
	static const struct fixture_news ASKS = {
		.state = "PAUSED", .reason = "asking", .question = "lost", .attempt = 1};
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_node(&app, FIXTURE_SERVED, &ASKS);
	app_select(&app, FIXTURE_CA);
	fixture_keys(&app, "w]");
	assert_int_equal(app.selected, FIXTURE_SWAP);
	fixture_keys(&app, "\r]");
	assert_int_equal(app.selected, FIXTURE_SERVED);
	fixture_keys(&app, "]");
	assert_true(fixture_shows(&app, "no problem further down"));
	fixture_keys(&app, "[");
	assert_int_equal(app.selected, FIXTURE_SWAP);
	fixture_keys(&app, "KK");
	assert_int_equal(app.selected, FIXTURE_ISSUE);
	fixture_keys(&app, "J");
	assert_int_equal(app.selected, FIXTURE_PAIR);
	fixture_close(&app);
}

static void a_new_problem_out_of_sight_is_told_of_once(void **state)
{
	(void)state;
	static const struct fixture_news FAILED = {
		.state = "FAILED", .reason = "exit", .attempt = 1, .exit_code = 7};
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_node(&app, FIXTURE_DNS, &FAILED);
	assert_true(fixture_shows(&app, "dns failed: exit 7; ] and [ go to problems"));
	app.message.text[0] = '\0';
	fixture_execution(&app, "FAILED", "nodes");
	assert_string_equal(app.message.text, "");
	fixture_close(&app);
}

static void escape_goes_back_the_way_one_came(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_keys(&app, "\rlw");
	assert_int_equal(app_view(&app), VIEW_WHY);
	fixture_keys(&app, "\x1b");
	assert_int_equal(app_view(&app), VIEW_OUTPUT);
	fixture_keys(&app, "\x1b\x1b");
	assert_int_equal(app_view(&app), VIEW_LIST);
	fixture_keys(&app, "\x1b");
	assert_true(fixture_shows(&app, "nothing to go back to; q leaves the console"));
	fixture_keys(&app, "q");
	assert_true(app.leave);
	fixture_close(&app);
}

static void a_key_without_meaning_says_so(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_keys(&app, "Q");
	assert_true(fixture_shows(&app, "Q means nothing here; ? lists the keys"));
	fixture_keys(&app, "f");
	assert_true(fixture_shows(&app, "follow does nothing in this view; ? lists the keys"));
	fixture_close(&app);
}

static void attention_first_only_on_request(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	assert_int_equal(app.list.attention, 0);
	console_draw(&app);
	assert_int_equal(app.list.rows[0].node, -1);
	fixture_keys(&app, "o");
	console_draw(&app);
	assert_int_equal(app.list.rows[0].node, FIXTURE_SWAP);
	fixture_close(&app);
}

/* The role of the cell where a text begins on the screen. */
static int role_at(struct app *app, const char *text)
{
	console_draw(app);
	for (int y = 0; y < app->canvas.height; y++) {
		for (int x = 0; x + (int)strlen(text) <= app->canvas.width; x++) {
			const struct cell *cell = &app->canvas.cells[y * app->canvas.width + x];
			size_t at = 0;
			while (text[at] != '\0' && cell[at].code == (uint32_t)text[at])
				at++;
			if (text[at] == '\0')
				return cell->role;
		}
	}
	return -1;
}

static void a_diff_by_structure_has_a_line_for_each_change(void **state)
{
	(void)state;
	Hlp__V1__DiffChange change = HLP__V1__DIFF_CHANGE__INIT;
	Hlp__V1__DiffChange *changes[] = {&change};
	Hlp__V1__DiffReply reply = HLP__V1__DIFF_REPLY__INIT;
	struct app app;
	fixture_open(&app, 80, 10);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "d");
	change = (Hlp__V1__DiffChange){change.base, (char *)"changed", (char *)"spec.replicas",
				       (char *)"2", (char *)"3"};
	reply.compared = (char *)"structure";
	reply.note = (char *)"and a note";
	reply.changes = changes;
	reply.n_changes = 1;
	app.diff.answer.message = feed_copy(&reply.base);
	assert_true(fixture_shows(&app, " ~spec.replicas: 2 \342\206\222 3\n"));
	assert_true(fixture_shows(&app, " and a note\n"));
	fixture_keys(&app, "s"); /* line by line: it is asked for anew */
	assert_true(app.diff.as_text);
	assert_null(app.diff.parsed);
	assert_true(fixture_shows(&app, "line by line"));
	fixture_close(&app);
}

static void the_diff_is_coloured_by_line_and_walked_by_change(void **state)
{
	(void)state;
	static char TEXT[] = "--- a/proxy.conf\n+++ b/proxy.conf\n@@ -1,2 +1,2 @@\n listen 8443\n"
			     "-cert old.pem\n+cert new.pem\n@@ -90,1 +90,1 @@\n-a\n+b\n";
	struct app app;
	Hlp__V1__DiffReply reply = HLP__V1__DIFF_REPLY__INIT;
	fixture_open(&app, 80, 10);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "d");
	reply.text.data = (uint8_t *)TEXT;
	reply.text.len = sizeof(TEXT) - 1;
	app.diff.answer.message = feed_copy(&reply.base);
	assert_true(fixture_shows(&app, "    1    1  listen 8443"));
	fixture_keys(&app, "]");
	assert_int_equal(app.diff.top, 2);
	assert_true(fixture_shows(&app, "    2      -cert old.pem"));
	assert_true(fixture_shows(&app, "        2 +cert new.pem"));
	assert_true(fixture_shows(&app, "2 changes, +2 -2"));
	assert_int_equal(role_at(&app, "cert old.pem"), ROLE_diff_del);
	assert_int_equal(role_at(&app, "old.pem"), ROLE_diff_changed);
	fixture_keys(&app, "]");
	assert_int_equal(app.diff.top, 5); /* the end is reached: the last lines stay full */
	fixture_keys(&app, "v]");
	assert_true(fixture_shows(&app, "2 -cert old.pem"));
	assert_true(fixture_shows(&app, "\342\224\202   2 +cert new.pem"));
	fixture_keys(&app, "2");
	assert_int_equal(app_view(&app), VIEW_GRAPH);
	fixture_close(&app);
}

static void a_node_of_another_host_says_which(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "\r");
	assert_false(fixture_shows(&app, "\n on "));
	app.mirror.nodes[FIXTURE_SWAP].host = "deploy@edge-07";
	assert_true(fixture_shows(&app, "\n on      deploy@edge-07"));
	fixture_close(&app);
}

static void escapes_from_a_node_stay_text(void **state)
{
	(void)state;
	static const struct fixture_news BAD = {.state = "FAILED",
						.reason = "exit",
						.attempt = 1,
						.exit_code = 1,
						.message = "\x1b]0;owned\x07 \x9b"
							   "2J"};
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_node(&app, FIXTURE_SWAP, &BAD);
	console_draw(&app);
	for (int i = 0; i < 80 * 24; i++)
		assert_true(app.canvas.cells[i].code == 0 || app.canvas.cells[i].code >= ' ');
	assert_true(fixture_shows(&app, "\\e]0;owned"));
	fixture_close(&app);
}

/* Every view, every dialog, at sizes from one cell up,
 * both character sets, growing and shrinking. */
static void no_size_is_too_small_or_too_large(void **state)
{
	(void)state;
	static const int SIZES[][2] = {{1, 1},	  {20, 5},   {39, 9},  {40, 10},
				       {60, 15},  {80, 24},  {79, 23}, {100, 30},
				       {140, 40}, {200, 60}, {3, 50},  {300, 2}};
	static const char *const KEYS[] = {"1", "2", "\r", "l", "d",  "w",  "6",  "3", "5",
					   "7", "?", "1U", "R", ":r", "1n", "/s", "X"};
	for (int ascii = 0; ascii < 2; ascii++) {
		struct app app;
		fixture_open(&app, 80, 24);
		app.ascii = app.canvas.ascii = ascii;
		app.arm.armed = true;
		(void)snprintf(app.arm.execution, sizeof(app.arm.execution), "%s", app.mirror.id);
		app_select(&app, FIXTURE_SWAP);
		print(&app, "one\ntwo\nthree\n");
		for (size_t k = 0; k < sizeof(KEYS) / sizeof(KEYS[0]); k++) {
			fixture_keys(&app, KEYS[k]);
			for (size_t s = 0; s < sizeof(SIZES) / sizeof(SIZES[0]); s++) {
				app_resize(&app, SIZES[s][0], SIZES[s][1]);
				console_draw(&app);
				assert_in_range(app.cursor.x, 0, 400);
			}
			app_resize(&app, 80, 24);
			app_close_dialog(&app);
		}
		fixture_close(&app);
	}
}

static void ascii_screens_hold_only_ascii(void **state)
{
	(void)state;
	static const char *const KEYS[] = {"1", "2", "3", "5", "7", "\r", "w", "?", ":"};
	struct app app;
	fixture_open(&app, 80, 24);
	app.ascii = app.canvas.ascii = true;
	for (size_t k = 0; k < sizeof(KEYS) / sizeof(KEYS[0]); k++) {
		fixture_keys(&app, KEYS[k]);
		console_draw(&app);
		for (int i = 0; i < 80 * 24; i++)
			assert_in_range(app.canvas.cells[i].code, ' ', '~');
	}
	fixture_close(&app);
}

static void a_wide_screen_shows_list_and_inspector(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 160, 40);
	app_select(&app, FIXTURE_SWAP);
	assert_int_equal(app_view(&app), VIEW_LIST);
	assert_true(fixture_shows(&app, "undo    ./swap.sh --previous"));
	assert_true(fixture_shows(&app, "P served-serial"));
	fixture_close(&app);
}

static void a_large_screen_begins_with_the_graph(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 200, 60);
	assert_int_equal(app_view(&app), VIEW_GRAPH);
	fixture_close(&app);
}

static void the_clock_has_seconds_only_while_something_moves(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	assert_true(fixture_shows(&app, "live  03:14Z"));
	fixture_keys(&app, "6");
	assert_true(fixture_shows(&app, "live  03:14:07Z")); /* others may run */
	fixture_execution(&app, "RUNNING", "");
	fixture_keys(&app, "1");
	assert_true(fixture_shows(&app, "live  03:14:07Z"));
	fixture_close(&app);
}

static void a_message_goes_by_itself_when_its_time_has_come(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_say(&app, ROLE_text, "that was it");
	int64_t due_us = console_deadline_us(&app);
	fixture_wait(&app, due_us - app.now_us - 1);
	assert_true(fixture_shows(&app, "that was it"));
	fixture_wait(&app, 1);
	assert_false(fixture_shows(&app, "that was it"));
	assert_true(console_deadline_us(&app) > app.now_us);
	fixture_close(&app);
}

static void a_reason_too_long_for_its_column_is_whole_below(void **state)
{
	(void)state;
	struct app app;
	const struct fixture_news news = {
		.state = "FAILED",
		.reason = "exit",
		.message = "the key and the certificate do not belong together: look at both",
		.attempt = 1,
		.exit_code = 3};
	fixture_open(&app, 80, 24);
	fixture_node(&app, FIXTURE_SWAP, &news);
	app_select(&app, FIXTURE_SWAP);
	assert_true(fixture_shows(&app, "the key and the certificate d…"));
	assert_true(fixture_shows(&app,
				  " swap: the key and the certificate do not belong together: "
				  "look at both\n"));
	app_select(&app, FIXTURE_CA);
	assert_false(fixture_shows(&app, "do not belong together"));
	fixture_close(&app);
}

static void a_node_that_asks_has_its_key_first(void **state)
{
	(void)state;
	struct app app;
	const struct fixture_news news = {.state = "PAUSED",
					  .reason = "approval",
					  .question = "approval",
					  .message = "Swap it now?",
					  .running = true};
	fixture_open(&app, 80, 24);
	fixture_execution(&app, "PAUSED", "approval");
	fixture_node(&app, FIXTURE_DNS, &news);
	app_select(&app, FIXTURE_DNS);
	assert_true(fixture_shows(&app, "\n A answer  Enter open"));
	assert_true(fixture_shows(&app, "waits for an approval: Swap it now?"));
	app_select(&app, FIXTURE_CA);
	assert_false(fixture_shows(&app, "A answer"));
	app_select(&app, FIXTURE_DNS);
	fixture_keys(&app, "w");
	assert_true(fixture_shows(&app, "\n A answer  l output"));
	fixture_close(&app);
}

static void an_empty_palette_begins_with_what_the_view_names(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	fixture_keys(&app, ":");
	assert_true(fixture_shows(&app, "│ Enter  open              open what is selected"));
	assert_false(fixture_shows(&app, "│ z      z "));
	fixture_close(&app);
}

static void another_machine_is_named_and_starts_nothing(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app.host = "ana@db7";
	assert_true(fixture_shows(&app, "looking  ana@db7  03:14Z"));
	fixture_keys(&app, "n");
	assert_true(fixture_shows(&app, "the engine is on ana@db7, and so are its workflows"));
	assert_int_equal(app.dialog.kind, DIALOG_NONE);
	fixture_close(&app);
}

static void runs_say_how_long_they_take(void **state)
{
	(void)state;
	struct app app;
	Hlp__V1__ExecutionList list = HLP__V1__EXECUTION_LIST__INIT;
	Hlp__V1__Execution runs[5], *pointers[5];
	static char *const NAMES[] = {"db#5", "db#4", "db#3", "db#2", "db#1"};
	static const int SECONDS[] = {30, 20, 20, 10, 500};
	for (int i = 0; i < 5; i++) {
		hlp__v1__execution__init(&runs[i]);
		runs[i].id = runs[i].name = NAMES[i];
		runs[i].workflow = "db";
		runs[i].state = i == 4 ? "FAILED" : "COMPLETED";
		runs[i].ended = true;
		runs[i].started_us = FIXTURE_WALL_US;
		runs[i].ended_us = FIXTURE_WALL_US + SECONDS[i] * CLOCK_SECOND_US;
		pointers[i] = &runs[i];
	}
	list.executions = pointers;
	list.n_executions = 5;
	fixture_open(&app, 80, 24);
	app.runs.answer.message = feed_copy(&list.base);
	fixture_keys(&app, "6g");
	assert_true(fixture_shows(&app, "how long db takes: 4 completed runs"));
	assert_true(fixture_shows(&app, "fastest 10s   median 20s   nine of ten within 30s"));
	assert_true(fixture_shows(&app, "db#5, 30s: 3 of 4 were faster"));
	for (int i = 0; i < 4; i++)
		runs[i].state = "FAILED";
	feed_forget(&app.runs.answer);
	app.runs.answer.message = feed_copy(&list.base);
	assert_false(fixture_shows(&app, "how long db takes"));
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_too_long_for_its_column_is_whole_below),
		cmocka_unit_test(a_node_that_asks_has_its_key_first),
		cmocka_unit_test(an_empty_palette_begins_with_what_the_view_names),
		cmocka_unit_test(another_machine_is_named_and_starts_nothing),
		cmocka_unit_test(runs_say_how_long_they_take),
		cmocka_unit_test(the_clock_has_seconds_only_while_something_moves),
		cmocka_unit_test(a_message_goes_by_itself_when_its_time_has_come),
		cmocka_unit_test(the_list_is_home_with_its_phases),
		cmocka_unit_test(a_failed_node_shows_its_facts_and_output),
		cmocka_unit_test(why_names_what_it_needs_and_what_waits),
		cmocka_unit_test(the_graph_shows_states_in_layers),
		cmocka_unit_test(a_narrow_box_drops_its_time_before_it_cuts_its_name),
		cmocka_unit_test(near_boxes_have_room_for_what_a_node_says),
		cmocka_unit_test(the_critical_path_is_heavy),
		cmocka_unit_test(a_lost_engine_leaves_the_last_picture),
		cmocka_unit_test(forty_columns_keep_name_and_state),
		cmocka_unit_test(twenty_columns_keep_the_state_in_sight),
		cmocka_unit_test(the_execution_is_never_called_recovered),
		cmocka_unit_test(what_is_not_plainly_done_is_said_so),
		cmocka_unit_test(a_lost_engine_is_said_at_once_and_the_picture_called_stale),
		cmocka_unit_test(problems_are_walked_from_any_view),
		cmocka_unit_test(a_new_problem_out_of_sight_is_told_of_once),
		cmocka_unit_test(escape_goes_back_the_way_one_came),
		cmocka_unit_test(a_key_without_meaning_says_so),
		cmocka_unit_test(attention_first_only_on_request),
		cmocka_unit_test(a_diff_by_structure_has_a_line_for_each_change),
		cmocka_unit_test(the_diff_is_coloured_by_line_and_walked_by_change),
		cmocka_unit_test(a_node_of_another_host_says_which),
		cmocka_unit_test(escapes_from_a_node_stay_text),
		cmocka_unit_test(no_size_is_too_small_or_too_large),
		cmocka_unit_test(ascii_screens_hold_only_ascii),
		cmocka_unit_test(a_wide_screen_shows_list_and_inspector),
		cmocka_unit_test(a_large_screen_begins_with_the_graph),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
