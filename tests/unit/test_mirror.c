/* SPDX-License-Identifier: MIT
 *
 * The client's copy of an execution: graphs and rows in any order, and the words derived from them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/mirror.h"

#define NODES	4
#define SECOND	((int64_t)1000000)
#define NOW_US	(1000 * SECOND)
#define NODE(i) (&rig->mirror.nodes[i])

/* prepare: issue, probe (alone); switch: swap (needs issue), check (needs issue, swap). */
struct rig {
	struct mirror mirror;
	Hlp__V1__GraphNode nodes[NODES];
	Hlp__V1__GraphNode *nodes_list[NODES];
	Hlp__V1__Graph graph;
	Hlp__V1__Node rows[NODES];
	Hlp__V1__Node *rows_list[NODES];
	uint32_t counts[STATES];
	Hlp__V1__Execution execution;
	Hlp__V1__Update update;
	char why[200];
};

static uint32_t needs_issue[] = {0};
static uint32_t needs_both[] = {0, 2};
static const char *const ids[] = {"issue", "probe", "swap", "check"};
static char *phases[] = {"prepare", "switch"};

static void make_graph(struct rig *rig)
{
	hlp__v1__graph__init(&rig->graph);
	for (size_t i = 0; i < NODES; i++) {
		hlp__v1__graph_node__init(&rig->nodes[i]);
		rig->nodes[i].id = (char *)ids[i];
		rig->nodes[i].phase = phases[i / 2];
		rig->nodes[i].estimate_us = 10 * SECOND;
		rig->nodes_list[i] = &rig->nodes[i];
	}
	rig->nodes[2].needs = needs_issue;
	rig->nodes[2].n_needs = 1;
	rig->nodes[3].needs = needs_both;
	rig->nodes[3].n_needs = 2;
	rig->graph.description = "Renew it";
	rig->graph.phases = phases;
	rig->graph.n_phases = 2;
	rig->graph.nodes = rig->nodes_list;
	rig->graph.n_nodes = NODES;
	rig->graph.max_parallel = 8;
}

static void make_rows(struct rig *rig)
{
	hlp__v1__update__init(&rig->update);
	hlp__v1__execution__init(&rig->execution);
	for (size_t i = 0; i < NODES; i++) {
		hlp__v1__node__init(&rig->rows[i]);
		rig->rows[i].index = (uint32_t)i;
		rig->rows[i].id = (char *)ids[i];
		rig->rows[i].phase = phases[i / 2];
		rig->rows[i].state = "PENDING";
		rig->rows[i].reason = "waiting";
		rig->rows_list[i] = &rig->rows[i];
	}
	rig->counts[STATE_PENDING] = NODES;
	rig->execution.name = "edge-cert#12";
	rig->execution.state = "RUNNING";
	rig->execution.n_counts = STATES;
	rig->execution.counts = rig->counts;
	rig->update.seq = 10;
	rig->update.snapshot = true;
	rig->update.execution = &rig->execution;
	rig->update.nodes = rig->rows_list;
	rig->update.n_nodes = NODES;
}

static int set_up(void **state)
{
	struct rig *rig = mem_zalloc(sizeof(*rig));

	mirror_init(&rig->mirror);
	make_graph(rig);
	make_rows(rig);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	mirror_release(&rig->mirror);
	free(rig);
	return 0;
}

static void load(struct rig *rig)
{
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_true(mirror_apply(&rig->mirror, &rig->update));
}

/* Changes one row and tells the mirror. */
static void change(struct rig *rig, uint32_t node, const char *node_state, const char *reason)
{
	rig->rows[node].state = (char *)node_state;
	rig->rows[node].reason = (char *)reason;
	rig->rows_list[0] = &rig->rows[node];
	rig->update.n_nodes = 1;
	rig->update.snapshot = false;
	rig->update.seq++;
	assert_true(mirror_apply(&rig->mirror, &rig->update));
}

static const char *why(struct rig *rig, uint32_t node)
{
	mirror_why(&rig->mirror, node, NOW_US, rig->why, sizeof(rig->why));
	return rig->why;
}

/* ---- graph and rows -------------------------------------------------------------------------- */

static void graph_has_edges_both_ways(void **state)
{
	struct rig *rig = *state;

	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_int_equal(rig->mirror.nodes_count, NODES);
	assert_int_equal(NODE(0)->dependents_count, 2);
	assert_int_equal(NODE(0)->dependents[0], 2);
	assert_int_equal(NODE(0)->dependents[1], 3);
	assert_int_equal(NODE(3)->needs_count, 2);
	assert_int_equal(NODE(3)->phase_index, 1);
	assert_string_equal(NODE(3)->phase, "switch");
	assert_string_equal(rig->mirror.description, "Renew it");
	assert_int_equal(mirror_find(&rig->mirror, "swap"), 2);
	assert_int_equal(mirror_find(&rig->mirror, "nope"), -1);
}

static void order_puts_needs_first(void **state)
{
	struct rig *rig = *state;
	uint32_t place[NODES];

	mirror_set_graph(&rig->mirror, &rig->graph);
	for (uint32_t i = 0; i < NODES; i++)
		place[rig->mirror.order[i]] = i;
	assert_true(place[0] < place[2]);
	assert_true(place[2] < place[3]);
	assert_true(place[1] < place[2]);
}

static void needs_that_lead_nowhere_are_left_out(void **state)
{
	static uint32_t wrong[] = {0, 77};
	struct rig *rig = *state;

	rig->nodes[1].needs = wrong;
	rig->nodes[1].n_needs = 2;
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_int_equal(NODE(1)->needs_count, 1);
}

static void cycle_of_a_broken_peer_ends(void **state)
{
	static uint32_t wrong[] = {3};
	struct rig *rig = *state;

	rig->nodes[0].needs = wrong;
	rig->nodes[0].n_needs = 1;
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_int_equal(rig->mirror.nodes_count, NODES);
}

static void snapshot_fills_header_and_rows(void **state)
{
	struct rig *rig = *state;

	rig->rows[1].state = "FAILED";
	rig->rows[1].reason = "exit";
	rig->rows[1].has_exit_code = true;
	rig->rows[1].exit_code = 3;
	rig->rows[1].message = (ProtobufCBinaryData){.len = 3, .data = (uint8_t *)"\xff\x1b["};
	load(rig);
	assert_true(rig->mirror.has_rows);
	assert_string_equal(rig->mirror.name, "edge-cert#12");
	assert_int_equal(rig->mirror.state, STATE_RUNNING);
	assert_int_equal(rig->mirror.counts[STATE_PENDING], NODES);
	assert_int_equal(NODE(1)->state, STATE_FAILED);
	assert_int_equal(NODE(1)->reason, REASON_EXIT);
	assert_int_equal(NODE(1)->exit_code, 3);
	assert_string_equal(NODE(1)->message, "\xff\x1b[");
	assert_int_equal(rig->mirror.seq, 10);
}

static void older_update_is_ignored(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->update.seq = 9;
	rig->rows[0].state = "RUNNING";
	rig->rows[0].reason = "running";
	assert_false(mirror_apply(&rig->mirror, &rig->update));
	assert_int_equal(NODE(0)->state, STATE_PENDING);
}

static void resync_replaces_whatever_was_there(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->update.seq = 3;
	rig->update.resync = true;
	rig->rows[0].state = "COMPLETED";
	rig->rows[0].reason = "ok";
	assert_true(mirror_apply(&rig->mirror, &rig->update));
	assert_int_equal(NODE(0)->state, STATE_COMPLETED);
	assert_int_equal(rig->mirror.seq, 3);
}

static void rows_before_the_graph_stay(void **state)
{
	struct rig *rig = *state;

	rig->rows[2].state = "RUNNING";
	rig->rows[2].reason = "running";
	assert_true(mirror_apply(&rig->mirror, &rig->update));
	assert_false(rig->mirror.has_graph);
	assert_string_equal(NODE(2)->id, "swap");
	assert_string_equal(NODE(2)->phase, "switch");
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_true(rig->mirror.has_graph);
	assert_int_equal(NODE(2)->state, STATE_RUNNING);
	assert_int_equal(NODE(2)->needs_count, 1);
}

static void row_outside_the_graph_is_ignored(void **state)
{
	struct rig *rig = *state;

	mirror_set_graph(&rig->mirror, &rig->graph);
	rig->rows[3].index = 1000000;
	assert_true(mirror_apply(&rig->mirror, &rig->update));
}

static void unknown_state_of_a_newer_engine_keeps_the_last(void **state)
{
	struct rig *rig = *state;

	load(rig);
	change(rig, 0, "RUNNING", "running");
	change(rig, 0, "LEVITATING", "slowly");
	assert_int_equal(NODE(0)->state, STATE_RUNNING);
}

static void topology_grows_only_with_the_graph(void **state)
{
	struct rig *rig = *state;
	uint64_t first;

	load(rig);
	first = rig->mirror.topology;
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_int_equal(rig->mirror.topology, first);
	rig->nodes[3].n_needs = 1;
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_true(rig->mirror.topology > first);
}

/* ---- why ------------------------------------------------------------------------------------- */

static void why_names_the_needs_and_their_states(void **state)
{
	struct rig *rig = *state;

	load(rig);
	change(rig, 0, "RUNNING", "running");
	assert_string_equal(why(rig, 3), "needs issue (running), swap (waiting)");
	change(rig, 0, "COMPLETED", "ok");
	assert_string_equal(why(rig, 3), "needs swap (waiting)");
}

static void why_names_the_phase_that_is_open(void **state)
{
	struct rig *rig = *state;

	load(rig);
	change(rig, 0, "COMPLETED", "ok");
	assert_string_equal(why(rig, 2), "waits for phase prepare (1 node left)");
	change(rig, 1, "COMPLETED", "skipped");
	assert_string_equal(why(rig, 2), "ready: starts when a slot is free");
	change(rig, 1, "RECOVERED", "undone");
	assert_string_equal(why(rig, 2), "waits for phase prepare (1 node left)");
}

static void why_counts_what_it_cannot_name(void **state)
{
	static uint32_t many[] = {1, 2, 3, 3, 3};
	struct rig *rig = *state;

	rig->nodes[3].n_needs = 0;
	rig->nodes[0].needs = many;
	rig->nodes[0].n_needs = 5;
	rig->nodes[2].n_needs = 0;
	load(rig);
	assert_string_equal(why(rig, 0), "needs probe (waiting), swap (waiting), check (waiting) "
					 "and 2 more");
}

static void why_says_when_a_retry_is_due(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->rows[0].due_us = NOW_US + 12 * SECOND;
	change(rig, 0, "PENDING", "backoff");
	assert_string_equal(why(rig, 0), "retries in 12s");
	rig->rows[0].due_us = NOW_US - 1;
	change(rig, 0, "PENDING", "backoff");
	assert_string_equal(why(rig, 0), "retries now");
}

static void why_knows_the_hands_on_the_execution(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->execution.paused = true;
	change(rig, 0, "PENDING", "ready");
	assert_string_equal(why(rig, 0), "the run is paused");
	rig->execution.cancelled = true;
	change(rig, 0, "PENDING", "ready");
	assert_string_equal(why(rig, 0), "will not start: the run was cancelled");
	rig->execution.ended = true;
	change(rig, 0, "PENDING", "ready");
	assert_string_equal(why(rig, 0), "did not start: the run has ended");
	rig->rows[0].held = true;
	change(rig, 0, "PENDING", "ready");
	assert_string_equal(why(rig, 0), "held: release it to let it start");
}

static void why_says_who_holds_a_node_and_until_when(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->rows[0].held = true;
	rig->rows[0].held_by = "ana";
	rig->rows[0].held_note = "not before the backup";
	change(rig, 0, "PENDING", "waiting");
	assert_string_equal(why(rig, 0),
			    "held by ana (not before the backup): release it to let it start");
	rig->rows[0].held_until_us = NOW_US + 90 * SECOND;
	change(rig, 0, "PAUSED", "held");
	assert_string_equal(why(rig, 0),
			    "held by ana (not before the backup): it is released in 1m30s");
	rig->rows[0].held_until_us = 0;
	change(rig, 0, "PAUSED", "frozen");
	assert_string_equal(why(rig, 0), "frozen by ana (not before the backup): its processes "
					 "stand still until it is thawed");
	rig->rows[1].due_us = NOW_US + 60 * SECOND;
	change(rig, 1, "PAUSED", "approval");
	assert_string_equal(why(rig, 1), "waits for an approval; the time for it ends in 1m00s");
}

/* What is shown beside a question comes with its row, goes with it, and outlives a new graph. */
static void the_values_of_a_question_stay_as_long_as_it_is_asked(void **state)
{
	struct rig *rig = *state;
	Hlp__V1__Pair pair = HLP__V1__PAIR__INIT;
	Hlp__V1__Pair *list[] = {&pair};

	pair.name = "nodes.issue.outputs.serial";
	pair.value = "4711";
	load(rig);
	assert_null(NODE(2)->more);
	rig->rows[2].shown = list;
	rig->rows[2].n_shown = 1;
	rig->rows[2].asked_us = NOW_US;
	change(rig, 2, "PAUSED", "approval");
	mirror_set_graph(&rig->mirror, &rig->graph);
	assert_non_null(NODE(2)->more);
	assert_int_equal(NODE(2)->more->shown_count, 1);
	assert_string_equal(NODE(2)->more->shown[0].name, "nodes.issue.outputs.serial");
	assert_string_equal(NODE(2)->more->shown[0].value, "4711");
	assert_int_equal(NODE(2)->more->asked_us, NOW_US);
	rig->rows[2].n_shown = 0;
	rig->rows[2].asked_us = 0;
	change(rig, 2, "RUNNING", "running");
	assert_null(NODE(2)->more);
}

static void what_a_person_does_comes_with_the_graph(void **state)
{
	struct rig *rig = *state;

	rig->nodes[1].manual = "Flip the record.";
	rig->nodes[1].undo_manual = "Flip it back.";
	rig->nodes[2].approval = "Swap?";
	load(rig);
	assert_string_equal(NODE(1)->manual, "Flip the record.");
	assert_string_equal(NODE(1)->undo_manual, "Flip it back.");
	assert_string_equal(NODE(2)->approval, "Swap?");
	assert_string_equal(NODE(2)->manual, "");
}

static void why_names_the_slots_that_are_taken(void **state)
{
	struct rig *rig = *state;

	rig->graph.max_parallel = 1;
	load(rig);
	rig->counts[STATE_RUNNING] = 1;
	change(rig, 0, "PENDING", "ready");
	assert_string_equal(why(rig, 0), "waits for a free slot (max_parallel 1)");
}

static void why_has_words_for_every_reason(void **state)
{
	struct rig *rig = *state;

	load(rig);
	for (int reason = 0; reason < REASONS; reason++) {
		if (!reason_is_known(reason))
			continue;
		change(rig, 0, state_name(reason_state((enum reason)reason)),
		       reason_name((enum reason)reason));
		assert_true(strlen(why(rig, 0)) > 2);
	}
}

static void why_says_how_it_failed(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->rows[0].has_exit_code = true;
	rig->rows[0].exit_code = 3;
	rig->rows[0].attempt = 2;
	change(rig, 0, "FAILED", "exit");
	assert_string_equal(why(rig, 0), "failed: exit 3 (attempt 2)");
	change(rig, 0, "RECOVERED", "undone");
	assert_string_equal(why(rig, 0), "undone: service not verified");
}

static void why_says_what_is_ignored(void **state)
{
	struct rig *rig = *state;

	load(rig);
	change(rig, 0, "COMPLETED", "tolerated");
	assert_string_equal(why(rig, 0), "it failed, which is ignored");
	rig->rows[0].has_exit_code = true;
	rig->rows[0].exit_code = 3;
	change(rig, 0, "COMPLETED", "tolerated");
	assert_string_equal(why(rig, 0), "exit 3, which is ignored");
	rig->rows[0].message.data = (uint8_t *)"check of 'f': exit 1";
	rig->rows[0].message.len = 20;
	change(rig, 0, "COMPLETED", "tolerated");
	assert_string_equal(why(rig, 0), "check of 'f': exit 1, which is ignored");
	change(rig, 0, "COMPLETED", "ok");
	assert_string_equal(why(rig, 0), "completed: ok");
}

static void why_says_what_is_being_checked(void **state)
{
	struct rig *rig = *state;

	load(rig);
	rig->rows[0].checking = (char *)"tls/edge.crt";
	change(rig, 0, "RUNNING", "running");
	assert_string_equal(why(rig, 0), "ended; its tls/edge.crt is being checked");
	change(rig, 0, "RUNNING", "stopping");
	assert_string_equal(why(rig, 0), "is being stopped");
	rig->rows[0].checking = (char *)"";
	change(rig, 0, "RUNNING", "capturing");
	assert_string_equal(why(rig, 0), "ended; its files are being recorded");
}

static void why_is_cut_to_its_room(void **state)
{
	struct rig *rig = *state;
	char small[8];

	load(rig);
	mirror_why(&rig->mirror, 3, NOW_US, small, sizeof(small));
	assert_string_equal(small, "needs i");
}

/* ---- estimates --------------------------------------------------------------------------- */

static void estimate_is_the_longest_chain_left(void **state)
{
	struct rig *rig = *state;

	load(rig);
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), 30 * SECOND);
	change(rig, 0, "COMPLETED", "ok");
	/* probe is still open, and the second phase waits for it */
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), 30 * SECOND);
	change(rig, 1, "COMPLETED", "ok");
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), 20 * SECOND);
	rig->rows[2].started_us = NOW_US - 4 * SECOND;
	change(rig, 2, "RUNNING", "running");
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), 16 * SECOND);
}

static void estimate_is_unknown_with_an_unknown_node(void **state)
{
	struct rig *rig = *state;

	rig->nodes[1].estimate_us = 0;
	load(rig);
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), -1);
	change(rig, 1, "COMPLETED", "ok");
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), 30 * SECOND);
	change(rig, 0, "PAUSED", "manual");
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), -1);
}

static void estimate_knows_the_slots(void **state)
{
	struct rig *rig = *state;

	rig->graph.max_parallel = 1;
	load(rig);
	assert_int_equal(mirror_estimate_us(&rig->mirror, NOW_US), 40 * SECOND);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(graph_has_edges_both_ways),
		CLAIM(order_puts_needs_first),
		CLAIM(needs_that_lead_nowhere_are_left_out),
		CLAIM(cycle_of_a_broken_peer_ends),
		CLAIM(snapshot_fills_header_and_rows),
		CLAIM(older_update_is_ignored),
		CLAIM(resync_replaces_whatever_was_there),
		CLAIM(rows_before_the_graph_stay),
		CLAIM(row_outside_the_graph_is_ignored),
		CLAIM(unknown_state_of_a_newer_engine_keeps_the_last),
		CLAIM(topology_grows_only_with_the_graph),
		CLAIM(why_names_the_needs_and_their_states),
		CLAIM(why_names_the_phase_that_is_open),
		CLAIM(why_counts_what_it_cannot_name),
		CLAIM(why_says_when_a_retry_is_due),
		CLAIM(why_knows_the_hands_on_the_execution),
		CLAIM(why_says_who_holds_a_node_and_until_when),
		CLAIM(the_values_of_a_question_stay_as_long_as_it_is_asked),
		CLAIM(what_a_person_does_comes_with_the_graph),
		CLAIM(why_names_the_slots_that_are_taken),
		CLAIM(why_has_words_for_every_reason),
		CLAIM(why_says_how_it_failed),
		CLAIM(why_says_what_is_ignored),
		CLAIM(why_says_what_is_being_checked),
		CLAIM(why_is_cut_to_its_room),
		CLAIM(estimate_is_the_longest_chain_left),
		CLAIM(estimate_is_unknown_with_an_unknown_node),
		CLAIM(estimate_knows_the_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
