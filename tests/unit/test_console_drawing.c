/* SPDX-License-Identifier: MIT
 *
 * Layouts made beside: the same as those made at once; left behind without harm; and the screen
 * says so meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "console_fixture.h"
#include "tui/console.h"
#include "tui/drawing.h"
#include "tui/fold.h"

#define NODES 3000

static const struct layout_options OPTIONS = {.box_width = 18, .width_wanted = 80};

/* A console with a graph of many nodes, each needing two before it. */
static void open_large(struct app *app)
{
	struct arena arena = {0};
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	Hlp__V1__GraphNode *nodes = arena_alloc(&arena, NODES * sizeof(*nodes));
	Hlp__V1__GraphNode **list = arena_alloc(&arena, NODES * sizeof(*list));

	fixture_open(app, 80, 24);
	for (uint32_t i = 0; i < NODES; i++) {
		char id[16];
		(void)snprintf(id, sizeof(id), "n%u", i);
		hlp__v1__graph_node__init(&nodes[i]);
		nodes[i].id = arena_strdup(&arena, id);
		nodes[i].needs = arena_alloc(&arena, 2 * sizeof(uint32_t));
		nodes[i].needs[0] = i > 50 ? i - 50 : 0;
		nodes[i].needs[1] = i > 50 ? i - 47 : 0;
		nodes[i].n_needs = i > 50 ? 2 : 0;
		list[i] = &nodes[i];
	}
	graph.nodes = list;
	graph.n_nodes = NODES;
	mirror_set_graph(&app->mirror, &graph);
	app_mirror_changed(app);
	arena_release(&arena);
}

static void await_done(const struct drawing *drawing)
{
	static const struct timespec MOMENT = {.tv_nsec = 1000000};
	while (!drawing_is_done(drawing))
		(void)nanosleep(&MOMENT, NULL);
}

static void beside_is_the_same_as_at_once(void **state)
{
	(void)state;
	struct app app;
	open_large(&app);
	struct fold_wish wish = {0};
	struct fold *fold = fold_make(&app.mirror, &wish);
	struct layout *once = layout_new(&fold->graph, &OPTIONS);
	struct drawing *drawing = drawing_start(&fold->graph, &OPTIONS);
	assert_non_null(drawing);
	await_done(drawing);
	struct layout *beside = drawing_take(drawing);
	assert_int_equal(layout_width(once), layout_width(beside));
	assert_int_equal(layout_height(once), layout_height(beside));
	assert_true(layout_crossings(once) == layout_crossings(beside));
	layout_free(once);
	layout_free(beside);
	fold_free(fold);
	fixture_close(&app);
}

static void what_nobody_wants_is_left_behind(void **state)
{
	(void)state;
	struct app app;
	open_large(&app);
	struct fold_wish wish = {0};
	struct fold *fold = fold_make(&app.mirror, &wish);
	for (int i = 0; i < 20; i++)
		drawing_abandon(drawing_start(&fold->graph, &OPTIONS));
	struct drawing *drawing = drawing_start(&fold->graph, &OPTIONS);
	fold_free(fold); /* it works on a copy */
	await_done(drawing);
	drawing_abandon(drawing);
	drawing_abandon(NULL);
	fixture_close(&app);
}

static void the_screen_goes_on_meanwhile(void **state)
{
	(void)state;
	struct app app;
	open_large(&app);
	fixture_keys(&app, "2");
	assert_true(fixture_shows(&app, "laying out 3000 nodes"));
	fixture_keys(&app, "1");
	assert_true(fixture_shows(&app, "n1 "));
	await_done(app.graph.drawing);
	fixture_keys(&app, "2");
	fixture_wait(&app, CLOCK_SECOND_US);
	assert_true(fixture_shows(&app, "[○P n0"));
	assert_null(app.graph.drawing);
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beside_is_the_same_as_at_once),
		cmocka_unit_test(what_nobody_wants_is_left_behind),
		cmocka_unit_test(the_screen_goes_on_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
