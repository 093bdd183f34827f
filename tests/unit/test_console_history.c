/* SPDX-License-Identifier: MIT
 *
 * The views of what has been: timeline with its critical path, journal, artifacts with their
 * revisions, two executions compared.
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
#include "base/mem.h"
#include "console_fixture.h"
#include "tui/console.h"
#include "tui/critical.h"
#include "tui/feed.h"
#include "tui/journal.h"

#define S CLOCK_SECOND_US

/* ca 0-10, issue 10-20, pair 20-22, swap 22-30 from a start at FIXTURE_WALL_US - 60 s. */
static void set_times(struct app *app)
{
	static const int TIMES[][2] = {{0, 10}, {10, 20}, {20, 22}, {22, 30}};

	for (int i = 0; i < 4; i++) {
		app->mirror.nodes[i].started_us = FIXTURE_WALL_US + (TIMES[i][0] - 60) * S;
		app->mirror.nodes[i].ended_us = FIXTURE_WALL_US + (TIMES[i][1] - 60) * S;
	}
}

static void the_critical_path_is_what_one_waited_for(void **state)
{
	(void)state;
	struct app app;
	bool on[FIXTURE_NODES];
	uint32_t path[FIXTURE_NODES];
	fixture_open(&app, 80, 24);
	set_times(&app);
	/* swap needs issue and pair; pair ended last */
	assert_int_equal(critical_path(&app.mirror, FIXTURE_WALL_US, on, path), 4);
	assert_int_equal(path[0], FIXTURE_CA);
	assert_int_equal(path[3], FIXTURE_SWAP);
	app.mirror.nodes[FIXTURE_PAIR].started_us = FIXTURE_WALL_US - 50 * S;
	app.mirror.nodes[FIXTURE_PAIR].ended_us = FIXTURE_WALL_US - 45 * S;
	/* now issue did, and a phase is a barrier all the same */
	assert_int_equal(critical_path(&app.mirror, FIXTURE_WALL_US, on, path), 3);
	assert_false(on[FIXTURE_PAIR]);
	assert_true(on[FIXTURE_ISSUE]);
	fixture_close(&app);
}

static void nodes_that_run_at_once_are_counted(void **state)
{
	(void)state;
	struct app app;
	uint32_t counts[6];
	fixture_open(&app, 80, 24);
	set_times(&app);
	app.mirror.nodes[FIXTURE_PAIR].started_us = FIXTURE_WALL_US - 50 * S;
	/* 0-10 one, 10-20 two, 20-30 two (pair until 22), 30-60 none */
	assert_int_equal(critical_parallel(&app.mirror, FIXTURE_WALL_US, FIXTURE_WALL_US - 60 * S,
					   60 * S, counts, 6),
			 2);
	assert_int_equal(counts[0], 1);
	assert_int_equal(counts[1], 2);
	assert_int_equal(counts[3], 0);
	fixture_close(&app);
}

static void the_timeline_shows_bars_and_the_path(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	set_times(&app);
	fixture_keys(&app, "3");
	assert_true(fixture_shows(&app, "✓*ca"));
	assert_true(fixture_shows(&app, "████████ 10s"));
	assert_true(fixture_shows(&app, "▒▒▒ 8s"));
	assert_true(fixture_shows(&app, "ca 10s → issue 10s → pair 2s → swap 8s"));
	assert_true(fixture_shows(&app, "+8s"));
	fixture_keys(&app, "+");
	assert_true(app.timeline.span_us == 15 * S);
	assert_true(fixture_shows(&app, "in sight 15s"));
	fixture_keys(&app, "--");
	assert_true(app.timeline.span_us == 0);
	app.ascii = app.canvas.ascii = true;
	assert_true(fixture_shows(&app, "######## 10s"));
	fixture_close(&app);
}

/* ---- journal ----------------------------------------------------------------------------- */

static void bring(struct app *app, uint64_t seq, char *kind, char *node, char *actor, char *verb,
		  char *text)
{
	Hlp__V1__EventRecord record = HLP__V1__EVENT_RECORD__INIT;
	Hlp__V1__Pair origin = HLP__V1__PAIR__INIT, *fields[] = {&origin};

	record.seq = seq;
	record.time_us = FIXTURE_WALL_US;
	record.kind = kind;
	record.node = node;
	record.actor = actor;
	record.verb = verb;
	record.text.data = (uint8_t *)text;
	record.text.len = strlen(text);
	origin.name = "origin";
	origin.value = "/dev/pts/3 from 10.0.0.7";
	record.fields = fields;
	record.n_fields = verb[0] ? 1 : 0;
	journal_take(&app->journal, &record);
}

static void the_journal_shows_acts_and_on_request_all(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	bring(&app, 5, "created", "", "ana", "", "edge-cert");
	bring(&app, 6, "failed", "swap", "", "", "exit 3");
	bring(&app, 7, "act", "swap", "bo", "skip", "INC-3311");
	bring(&app, 7, "act", "swap", "bo", "skip", "INC-3311"); /* known already */
	assert_int_equal(app.journal.count, 3);
	fixture_keys(&app, "7");
	assert_true(fixture_shows(&app, "bo         skip swap: INC-3311"));
	assert_true(fixture_shows(&app, "7  bo, /dev/pts/3 from 10.0.0.7: skip swap: INC-3311"));
	assert_false(fixture_shows(&app, "failed swap"));
	fixture_keys(&app, "ok");
	assert_true(fixture_shows(&app, "failed swap: exit 3"));
	fixture_keys(&app, "\r");
	assert_int_equal(app_view(&app), VIEW_NODE);
	assert_int_equal(app.selected, FIXTURE_SWAP);
	fixture_close(&app);
}

/* Its text is the boot id: nothing to a person, and not a part of the attempt's number. */
static void a_start_is_told_without_its_boot(void **state)
{
	(void)state;
	struct app app;
	char text[200];
	fixture_open(&app, 80, 24);
	bring(&app, 1, "started", "ca", "", "", "59c5c954-eb68-4901-be6e-8a552d4b7c1f");
	bring(&app, 2, "failed", "ca", "", "", "exit 3");
	journal_text(&app.journal.rows[0], text, sizeof(text));
	assert_string_equal(text, "started ca");
	journal_text(&app.journal.rows[1], text, sizeof(text));
	assert_string_equal(text, "failed ca: exit 3");
	fixture_close(&app);
}

static void the_journal_keeps_its_newest_part(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	for (uint64_t seq = 1; seq <= JOURNAL_ROWS + 1; seq++)
		bring(&app, seq, "started", "ca", "", "", "");
	assert_in_range(app.journal.count, JOURNAL_ROWS / 2, JOURNAL_ROWS);
	assert_int_equal(app.journal.dropped + app.journal.count, JOURNAL_ROWS + 1);
	assert_int_equal(app.journal.rows[app.journal.count - 1].seq, JOURNAL_ROWS + 1);
	fixture_close(&app);
}

static void the_past_is_marked_and_takes_no_act(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	bring(&app, 5, "created", "", "ana", "", "edge-cert");
	bring(&app, 6, "failed", "swap", "", "", "exit 3");
	fixture_keys(&app, "<");
	assert_int_equal(app.past, 6);
	assert_true(fixture_shows(&app, "as it was at 03:14:07Z, event 6"));
	assert_true(fixture_shows(&app, "PAST"));
	fixture_keys(&app, "P");
	assert_true(fixture_shows(&app, "pause: this is the past; t goes back to now"));
	fixture_keys(&app, "<");
	assert_int_equal(app.past, 5);
	fixture_keys(&app, "<");
	assert_true(fixture_shows(&app, "it began here"));
	fixture_keys(&app, ">>");
	assert_int_equal(app.past, 0);
	assert_true(fixture_shows(&app, "this is now"));
	fixture_keys(&app, "7t");
	assert_int_equal(app.past, 5); /* the newest act */
	fixture_keys(&app, "t");
	assert_int_equal(app.past, 0);
	fixture_close(&app);
}

/* ---- artifacts --------------------------------------------------------------------------- */

static void any_two_revisions_are_compared(void **state)
{
	(void)state;
	struct app app;
	Hlp__V1__ArtifactList list = HLP__V1__ARTIFACT_LIST__INIT;
	Hlp__V1__Revision revisions[3], *pointers[3];
	static char *IDS[] = {"r1", "r2", "r3"};
	fixture_open(&app, 80, 24);
	for (int i = 0; i < 3; i++) {
		hlp__v1__revision__init(&revisions[i]);
		revisions[i].id = IDS[i];
		revisions[i].node = "swap";
		revisions[i].path = "proxy.conf";
		revisions[i].moment = "after";
		revisions[i].current = i == 2;
		pointers[i] = &revisions[i];
	}
	list.revisions = pointers;
	list.n_revisions = 3;
	fixture_keys(&app, "5");
	assert_true(fixture_shows(&app, "asking the engine"));
	app.artifacts.answer.message = feed_copy(&list.base);
	assert_true(fixture_shows(&app, "proxy.conf   of swap"));
	assert_true(fixture_shows(&app, ">  r3"));
	fixture_keys(&app, "\r");
	assert_string_equal(app.diff.artifact, "swap:proxy.conf");
	assert_string_equal(app.diff.old_revision, "r2");
	assert_string_equal(app.diff.new_revision, "r3");
	fixture_keys(&app, "\x1b");
	fixture_keys(&app, "jjb");
	assert_true(fixture_shows(&app, "BASE"));
	fixture_keys(&app, "g\r");
	assert_string_equal(app.diff.old_revision, "r1");
	assert_string_equal(app.diff.new_revision, "r3");
	fixture_close(&app);
}

static void a_revision_that_is_not_kept_says_so(void **state)
{
	(void)state;
	struct app app;
	Hlp__V1__ArtifactList list = HLP__V1__ARTIFACT_LIST__INIT;
	Hlp__V1__Revision revisions[3], *pointers[3];
	static char *IDS[] = {"r1", "r2", "r3"};
	fixture_open(&app, 80, 24);
	for (int i = 0; i < 3; i++) {
		hlp__v1__revision__init(&revisions[i]);
		revisions[i].id = IDS[i];
		revisions[i].node = "swap";
		revisions[i].path = "dump.sql";
		revisions[i].moment = i > 0 ? "after" : "before";
		revisions[i].attempt = i > 1 ? "run 2" : "run 1";
		revisions[i].absent = i == 0;
		revisions[i].size = i == 0 ? 0 : 3000;
		revisions[i].failed = i == 1;
		revisions[i].current = i == 2;
		pointers[i] = &revisions[i];
	}
	revisions[2].blob = "3e757656cf36eca53338e520d134963a44f793f8";
	list.revisions = pointers;
	list.n_revisions = 3;
	fixture_keys(&app, "5");
	app.artifacts.answer.message = feed_copy(&list.base);
	assert_true(fixture_shows(&app, " 2.9 KiB  current\n"));
	assert_true(fixture_shows(&app, " 2.9 KiB  failed  not kept\n"));
	assert_true(fixture_shows(&app, " no file\n"));
	fixture_close(&app);
}

/* ---- two executions ---------------------------------------------------------------------- */

static void give_side(struct app *app, int side, char *state_text, char *host, int64_t took_us)
{
	Hlp__V1__Status status = HLP__V1__STATUS__INIT;
	Hlp__V1__Execution execution = HLP__V1__EXECUTION__INIT;
	Hlp__V1__Node node = HLP__V1__NODE__INIT, *nodes[1] = {&node};
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	Hlp__V1__Pair param = HLP__V1__PAIR__INIT, *params[1] = {&param};

	execution.name = side ? "edge-cert#2" : "edge-cert#1";
	execution.state = state_text;
	status.execution = &execution;
	node.id = "swap";
	node.state = state_text;
	node.started_us = S;
	node.ended_us = S + took_us;
	status.nodes = nodes;
	status.n_nodes = 1;
	param.name = "host";
	param.value = host;
	graph.params = params;
	graph.n_params = 1;
	app->compare.sides[side].status.message = feed_copy(&status.base);
	app->compare.sides[side].graph.message = feed_copy(&graph.base);
}

static void what_differs_between_two_runs_is_said(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_show(&app, VIEW_COMPARE);
	assert_true(fixture_shows(&app, "asking the engine for both"));
	give_side(&app, 0, "COMPLETED", "db1", 10 * S);
	give_side(&app, 1, "FAILED", "db1", 11 * S);
	assert_true(fixture_shows(&app, "edge-cert#1"));
	assert_true(fixture_shows(&app, "* swap"));
	assert_false(fixture_shows(&app, "db1"));
	assert_true(fixture_shows(&app, "Not compared: what the nodes printed"));
	fixture_keys(&app, "o");
	assert_true(fixture_shows(&app, "db1"));
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_critical_path_is_what_one_waited_for),
		cmocka_unit_test(nodes_that_run_at_once_are_counted),
		cmocka_unit_test(the_timeline_shows_bars_and_the_path),
		cmocka_unit_test(the_journal_shows_acts_and_on_request_all),
		cmocka_unit_test(a_start_is_told_without_its_boot),
		cmocka_unit_test(the_journal_keeps_its_newest_part),
		cmocka_unit_test(the_past_is_marked_and_takes_no_act),
		cmocka_unit_test(any_two_revisions_are_compared),
		cmocka_unit_test(a_revision_that_is_not_kept_says_so),
		cmocka_unit_test(what_differs_between_two_runs_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
