/* SPDX-License-Identifier: MIT
 *
 * A graph that grows under the eyes of its user: the selected box stays where it is on the screen,
 * boxes keep their order, what was folded or opened stays so, and a graph laid out on a thread goes
 * on from what stood just the same.
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
#include "tui/drawing.h"
#include "tui/fold.h"
#include "tui/graph.h"

/* Two phases: begin, `wide` siblings that need it, join, and `more` nodes named early, which come
 * first in the file, need begin, and push every other node to another place in it. */
static void set_graph(struct app *app, uint32_t wide, uint32_t more)
{
	struct arena arena = {0};
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	uint32_t count = 0, begin = more, join = more + wide + 1;
	Hlp__V1__GraphNode *nodes = arena_alloc(&arena, (join + 1) * sizeof(*nodes));
	Hlp__V1__GraphNode **list = arena_alloc(&arena, (join + 1) * sizeof(*list));
	static char *phases[] = {"prepare", "switch"};

	for (; count <= join; count++) {
		char id[32];
		(void)snprintf(id, sizeof(id), "%s%u",
			       count < begin	? "early-"
			       : count == begin ? "begin"
			       : count == join	? "join"
						: "side-",
			       count < begin ? count : count - begin);
		hlp__v1__graph_node__init(&nodes[count]);
		nodes[count].id = arena_strdup(&arena, count == join ? "join" : id);
		nodes[count].phase = phases[count == join];
		nodes[count].needs = arena_alloc(&arena, (wide + 1) * sizeof(uint32_t));
		nodes[count].n_needs = count == begin ? 0 : count == join ? wide : 1;
		for (uint32_t i = 0; i < nodes[count].n_needs; i++)
			nodes[count].needs[i] = count == join ? begin + 1 + i : begin;
		list[count] = &nodes[count];
	}
	graph.phases = phases;
	graph.n_phases = 2;
	graph.nodes = list;
	graph.n_nodes = count;
	mirror_set_graph(&app->mirror, &graph);
	app_mirror_changed(app);
	arena_release(&arena);
}

static void open_graph(struct app *app, int width, int height, uint32_t wide)
{
	fixture_open(app, width, height);
	set_graph(app, wide, 0);
	fixture_keys(app, "2");
}

static void select_node(struct app *app, const char *id)
{
	int64_t found = mirror_find(&app->mirror, id);

	assert_true(found >= 0);
	app_select(app, (uint32_t)found);
}

/* As the loop would: a picture is made when it is drawn. */
static void look(struct app *app)
{
	struct buf screen;

	buf_init(&screen, (size_t)1 << 20);
	fixture_screen(app, &screen);
	buf_release(&screen);
}

/* Where a text begins on the screen. */
static void find_on_screen(struct app *app, const char *text, int *out_x, int *out_y)
{
	struct buf screen;
	const char *at;

	buf_init(&screen, (size_t)1 << 20);
	fixture_screen(app, &screen);
	at = strstr(buf_text(&screen), text);
	if (at == NULL)
		fail_msg("no '%s' in\n%s", text, buf_text(&screen));
	*out_x = 0;
	*out_y = 0;
	for (const char *p = buf_text(&screen); p < at; p++) {
		*out_y += *p == '\n';
		*out_x = *p == '\n' ? 0 : *out_x + ((*p & 0xc0) != 0x80);
	}
	buf_release(&screen);
}

static void the_selected_box_keeps_its_place_on_the_screen(void **state)
{
	static const char *const SELECTED[] = {"side-3", "begin0", "join"};

	(void)state;
	for (size_t i = 0; i < sizeof(SELECTED) / sizeof(SELECTED[0]); i++) {
		struct app app;
		int x, y, then_x, then_y;

		open_graph(&app, 120, 30, 5);
		select_node(&app, SELECTED[i]);
		find_on_screen(&app, SELECTED[i], &x, &y);
		for (uint32_t more = 1; more <= 3; more++) {
			set_graph(&app, 5, more);
			find_on_screen(&app, SELECTED[i], &then_x, &then_y);
			assert_int_equal(then_x, x);
			assert_int_equal(then_y, y);
		}
		assert_true(fixture_shows(&app, "early-0"));
		fixture_close(&app);
	}
}

static void what_is_moved_to_comes_into_sight(void **state)
{
	struct app app;
	int x, y;

	(void)state;
	open_graph(&app, 80, 24, 60);
	fixture_keys(&app, "zR");
	select_node(&app, "side-50");
	find_on_screen(&app, "side-50", &x, &y);
	set_graph(&app, 60, 4);
	find_on_screen(&app, "side-50", &x, &y);
	for (int i = 0; i < 4; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "early-%d", i);
		select_node(&app, name);
		find_on_screen(&app, name, &x, &y);
	}
	fixture_close(&app);
}

static void what_the_user_opened_stays_open(void **state)
{
	struct app app;

	(void)state;
	open_graph(&app, 80, 24, 60);
	assert_true(fixture_shows(&app, "×60"));
	select_node(&app, "side-7");
	uint32_t folded = app.graph.fold->groups_count;

	fixture_keys(&app, "za");
	look(&app);
	uint32_t open = app.graph.fold->groups_count;

	assert_true(open > folded);
	set_graph(&app, 60, 2);
	look(&app);
	assert_int_equal(app.graph.fold->groups_count, open + 2);
	fixture_close(&app);
}

static void another_run_is_another_graph(void **state)
{
	struct app app;

	(void)state;
	open_graph(&app, 80, 24, 60);
	select_node(&app, "side-7");
	fixture_keys(&app, "za");
	graph_forget(&app.graph);
	look(&app);
	assert_true(app.graph.fold->groups_count < 10);
	fixture_close(&app);
}

static void await_drawing(struct app *app)
{
	static const struct timespec MOMENT = {.tv_nsec = 1000000};

	while (app->graph.drawing != NULL && !drawing_is_done(app->graph.drawing))
		(void)nanosleep(&MOMENT, NULL);
	fixture_wait(app, CLOCK_SECOND_US);
}

static void a_large_graph_grows_beside_from_what_stood(void **state)
{
	struct app app;
	int x, y, then_x, then_y;

	(void)state;
	open_graph(&app, 80, 24, 1500);
	fixture_keys(&app, "zR");
	look(&app);
	await_drawing(&app);
	select_node(&app, "side-700");
	find_on_screen(&app, "side-700", &x, &y);
	set_graph(&app, 1500, 3);
	look(&app);
	await_drawing(&app);
	find_on_screen(&app, "side-700", &then_x, &then_y);
	assert_int_equal(then_x, x);
	assert_int_equal(then_y, y);
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_selected_box_keeps_its_place_on_the_screen),
		cmocka_unit_test(what_is_moved_to_comes_into_sight),
		cmocka_unit_test(what_the_user_opened_stays_open),
		cmocka_unit_test(another_run_is_another_graph),
		cmocka_unit_test(a_large_graph_grows_beside_from_what_stood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
