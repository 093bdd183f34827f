/* SPDX-License-Identifier: MIT
 *
 * Folding: which nodes become one box, what the box says, and that a change of state moves none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "console_fixture.h"
#include "tui/console.h"
#include "tui/fold.h"
#include "tui/graph.h"

#define WIDE  64
#define NODES (WIDE + 7)

/* start, backfill-0 … backfill-63 (all need start), check (needs them all), then a chain of five:
 * c0 … c4. Phases: load for what comes before the chain, finish for it. */
static void set_graph(struct app *app)
{
	struct arena arena = {0};
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	Hlp__V1__GraphNode *nodes = arena_alloc(&arena, NODES * sizeof(*nodes));
	Hlp__V1__GraphNode **list = arena_alloc(&arena, NODES * sizeof(*list));
	char *phases[] = {"load", "finish"};

	for (uint32_t i = 0; i < NODES; i++) {
		char id[24];
		bool chain = i >= WIDE + 2;
		(void)snprintf(id, sizeof(id),
			       i == 0	       ? "start"
			       : i <= WIDE     ? "backfill-%u"
			       : i == WIDE + 1 ? "check"
					       : "c%u",
			       i <= WIDE ? i - 1 : i - WIDE - 2);
		hlp__v1__graph_node__init(&nodes[i]);
		nodes[i].id = arena_strdup(&arena, id);
		nodes[i].phase = phases[chain];
		nodes[i].needs = arena_alloc(&arena, NODES * sizeof(uint32_t));
		nodes[i].n_needs = i == 0 ? 0 : i == WIDE + 1 ? WIDE : 1;
		for (uint32_t n = 0; n < nodes[i].n_needs; n++)
			nodes[i].needs[n] = i <= WIDE ? 0 : i == WIDE + 1 ? n + 1 : i - 1;
		list[i] = &nodes[i];
	}
	graph.phases = phases;
	graph.n_phases = 2;
	graph.nodes = list;
	graph.n_nodes = NODES;
	mirror_set_graph(&app->mirror, &graph);
	app_mirror_changed(app);
	app_select(app, 0);
	arena_release(&arena);
}

static void open_wide(struct app *app)
{
	fixture_open(app, 80, 24);
	set_graph(app);
}

static void siblings_and_chains_are_one_box_each(void **state)
{
	(void)state;
	struct app app;
	struct fold_wish wish = {.groups = true};
	char name[80];
	open_wide(&app);
	struct fold *fold = fold_make(&app.mirror, &wish);
	assert_int_equal(fold->groups_count, 5); /* start, stack, check, chain, its end */
	uint32_t stack = fold->group_of[1], chain = fold->group_of[WIDE + 3];
	assert_int_equal(fold->groups[stack].kind, FOLD_STACK);
	assert_int_equal(fold->groups[stack].count, WIDE);
	assert_int_equal(fold->groups[chain].kind, FOLD_CHAIN);
	/* c0 needs check, of another phase; c4 frees nothing: the links are between them */
	assert_int_equal(fold->groups[chain].count, 4);
	fold_name(fold, &app.mirror, stack, name, sizeof(name));
	assert_string_equal(name, "backfill");
	fold_free(fold);
	fixture_close(&app);
}

static void the_graph_of_groups_has_each_edge_once(void **state)
{
	(void)state;
	struct app app;
	struct fold_wish wish = {.groups = true};
	open_wide(&app);
	struct fold *fold = fold_make(&app.mirror, &wish);
	uint32_t check = fold->group_of[WIDE + 1];
	assert_int_equal(fold->graph.needs_start[check + 1] - fold->graph.needs_start[check], 1);
	assert_int_equal(fold->graph.needs[fold->graph.needs_start[check]], fold->group_of[1]);
	struct layout_options options = {.box_width = 12};
	struct layout *layout = layout_new(&fold->graph, &options);
	assert_true(layout_width(layout) < 40);
	layout_free(layout);
	fold_free(fold);
	fixture_close(&app);
}

static void what_is_set_apart_stands_for_itself(void **state)
{
	(void)state;
	struct app app;
	bool apart[NODES] = {[7] = true};
	struct fold_wish wish = {.groups = true, .apart = apart};
	open_wide(&app);
	struct fold *fold = fold_make(&app.mirror, &wish);
	assert_int_equal(fold->groups[fold->group_of[7]].kind, FOLD_NODE);
	assert_int_equal(fold->groups[fold->group_of[8]].count, WIDE - 1);
	fold_free(fold);
	fixture_close(&app);
}

static void a_phase_is_one_box(void **state)
{
	(void)state;
	struct app app;
	bool phases[2] = {true, false};
	struct fold_wish wish = {.phases = phases};
	uint32_t counts[STATES];
	char name[80];
	open_wide(&app);
	app.mirror.nodes[5].state = STATE_FAILED;
	struct fold *fold = fold_make(&app.mirror, &wish);
	assert_int_equal(fold->groups_count, 1 + 5);
	fold_name(fold, &app.mirror, 0, name, sizeof(name));
	assert_string_equal(name, "load");
	fold_count(fold, &app.mirror, 0, counts);
	assert_int_equal(counts[STATE_FAILED], 1);
	assert_int_equal(counts[STATE_PENDING], WIDE + 1);
	assert_int_equal(fold_foremost(fold, &app.mirror, 0), 5);
	fold_free(fold);
	fixture_close(&app);
}

static void only_what_hangs_together_is_shown(void **state)
{
	(void)state;
	struct app app;
	bool shown[NODES] = {false};
	struct fold_wish wish = {.shown = shown};
	open_wide(&app);
	fold_reach(&app.mirror, 3, true, shown); /* start and itself */
	struct fold *fold = fold_make(&app.mirror, &wish);
	assert_int_equal(fold->groups_count, 2);
	assert_int_equal(fold->group_of[4], FOLD_NONE);
	fold_free(fold);
	fold_reach(&app.mirror, 3, false, shown); /* and check, and the chain */
	fold = fold_make(&app.mirror, &wish);
	assert_int_equal(fold->groups_count, 2 + 6);
	fold_free(fold);
	fixture_close(&app);
}

/* ---- in the view ------------------------------------------------------------------------- */

static void a_wide_graph_opens_folded_and_is_opened_by_keys(void **state)
{
	(void)state;
	struct app app;
	open_wide(&app);
	fixture_keys(&app, "2");
	assert_true(fixture_shows(&app, "backfill ×64 ○64"));
	fixture_keys(&app, "j");
	assert_int_equal(app.selected, 1);
	fixture_keys(&app, "\r"); /* opens the group, and then the node */
	assert_false(fixture_shows(&app, "×64"));
	assert_int_equal(app_view(&app), VIEW_GRAPH);
	fixture_keys(&app, "zM");
	assert_true(fixture_shows(&app, "×64"));
	fixture_keys(&app, "zR");
	assert_false(fixture_shows(&app, "×64"));
	fixture_keys(&app, "zq");
	assert_true(fixture_shows(&app, "means nothing here"));
	assert_false(app.leave);
	fixture_close(&app);
}

static void failed_members_are_pulled_out_when_the_picture_is_made(void **state)
{
	(void)state;
	struct app app;
	open_wide(&app);
	app.mirror.nodes[9].state = STATE_FAILED;
	app.mirror.nodes[9].reason = REASON_EXIT;
	fixture_keys(&app, "2");
	assert_true(fixture_shows(&app, "×63"));
	assert_true(fixture_shows(&app, "✗F backfill-8"));
	fixture_close(&app);
}

static void a_change_of_state_moves_no_box(void **state)
{
	(void)state;
	static const enum state LATER[] = {STATE_RUNNING, STATE_FAILED, STATE_COMPLETED};
	struct app app;
	int before_x[NODES], before_y[NODES];
	open_wide(&app);
	fixture_keys(&app, "2");
	console_draw(&app);
	uint32_t groups = app.graph.fold->groups_count;
	for (uint32_t g = 0; g < groups; g++)
		layout_place(app.graph.layout, g, &before_x[g], &before_y[g]);
	for (size_t i = 0; i < 3; i++) {
		for (uint32_t n = 0; n < NODES; n += 3)
			app.mirror.nodes[n].state = LATER[i];
		app.mirror.seq++;
		app_mirror_changed(&app);
		console_draw(&app);
		assert_int_equal(app.graph.fold->groups_count, groups);
		for (uint32_t g = 0; g < groups; g++) {
			int x, y;
			layout_place(app.graph.layout, g, &x, &y);
			assert_int_equal(x, before_x[g]);
			assert_int_equal(y, before_y[g]);
		}
	}
	fixture_close(&app);
}

static void looking_closer_widens_the_boxes(void **state)
{
	(void)state;
	struct app app;
	open_wide(&app);
	fixture_keys(&app, "2");
	console_draw(&app);
	int fits = app.graph.box_width;
	fixture_keys(&app, "-");
	console_draw(&app);
	assert_true(app.graph.box_width < fits);
	fixture_keys(&app, "0");
	console_draw(&app);
	assert_int_equal(app.graph.box_width, fits);
	fixture_keys(&app, "zRm");
	assert_true(fixture_shows(&app, "map"));
	fixture_keys(&app, "i");
	assert_true(fixture_shows(&app, "shown: what start needs"));
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siblings_and_chains_are_one_box_each),
		cmocka_unit_test(the_graph_of_groups_has_each_edge_once),
		cmocka_unit_test(what_is_set_apart_stands_for_itself),
		cmocka_unit_test(a_phase_is_one_box),
		cmocka_unit_test(only_what_hangs_together_is_shown),
		cmocka_unit_test(a_wide_graph_opens_folded_and_is_opened_by_keys),
		cmocka_unit_test(failed_members_are_pulled_out_when_the_picture_is_made),
		cmocka_unit_test(a_change_of_state_moves_no_box),
		cmocka_unit_test(looking_closer_widens_the_boxes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
