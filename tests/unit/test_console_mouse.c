/* SPDX-License-Identifier: MIT
 *
 * Clicks and the wheel as keys, and a view as text for the pager.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "console_fixture.h"
#include "tui/console.h"
#include "tui/mouse.h"
#include "tui/pager.h"

/* The line of the screen that begins so, or -1. */
static int line_of(struct app *app, const char *begin)
{
	struct buf text;
	int line = 0, found = -1;

	buf_init(&text, 1 << 20);
	const char *at = fixture_screen(app, &text);
	for (; at != NULL && *at != '\0' && found < 0; line++) {
		if (strncmp(at, begin, strlen(begin)) == 0)
			found = line;
		at = strchr(at, '\n');
		at = at != NULL ? at + 1 : NULL;
	}
	buf_release(&text);
	return found;
}

static void a_click_selects_and_a_second_opens(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_CA);
	int line = line_of(&app, " ✗ F swap");
	assert_true(line > 0);
	mouse_click(&app, 5, line);
	assert_int_equal(app.selected, FIXTURE_SWAP);
	assert_int_equal(app_view(&app), VIEW_LIST);
	mouse_click(&app, 5, line);
	assert_int_equal(app_view(&app), VIEW_NODE);
	fixture_close(&app);
}

static void a_click_beside_the_rows_changes_nothing(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_ISSUE);
	assert_true(line_of(&app, ">✓ C issue") > 0);
	mouse_click(&app, 5, 0);
	mouse_click(&app, 5, 23);
	mouse_click(&app, 200, 6);
	assert_int_equal(app.selected, FIXTURE_ISSUE);
	assert_int_equal(app_view(&app), VIEW_LIST);
	mouse_click(&app, 5, 20); /* below the last: as near as it gets */
	assert_int_equal(app.selected, FIXTURE_SERVED);
	fixture_close(&app);
}

static void a_click_on_a_box_selects_it_and_a_second_opens(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_CA);
	fixture_keys(&app, "2");
	console_draw(&app);
	struct term_cursor ca = app.cursor;
	app_select(&app, FIXTURE_SERVED);
	console_draw(&app);
	struct term_cursor served = app.cursor;
	mouse_click(&app, ca.x, ca.y - 1); /* beside the boxes */
	mouse_click(&app, ca.x - 1, ca.y);
	assert_int_equal(app.selected, FIXTURE_SERVED);
	mouse_click(&app, ca.x + 3, ca.y);
	assert_int_equal(app.selected, FIXTURE_CA);
	assert_int_equal(app_view(&app), VIEW_GRAPH);
	mouse_click(&app, served.x, served.y);
	assert_int_equal(app.selected, FIXTURE_SERVED);
	mouse_click(&app, served.x, served.y);
	assert_int_equal(app_view(&app), VIEW_NODE);
	fixture_close(&app);
}

static void no_click_answers_a_dialog(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "R");
	assert_int_not_equal(app.dialog.kind, DIALOG_NONE);
	enum dialog_kind kind = app.dialog.kind;
	for (int y = 0; y < 24; y++)
		mouse_click(&app, 10, y);
	assert_int_equal(app.dialog.kind, kind);
	assert_int_equal(app.selected, FIXTURE_SWAP);
	fixture_close(&app);
}

static void the_wheel_is_three_lines(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_CA);
	mouse_wheel(&app, false);
	assert_int_equal(app.selected, FIXTURE_SWAP);
	mouse_wheel(&app, true);
	assert_int_equal(app.selected, FIXTURE_CA);
	fixture_close(&app);
}

static void the_pager_gets_what_does_not_fit_too(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 8);
	assert_false(fixture_shows(&app, "served-serial"));
	char *text = pager_text(&app);
	assert_non_null(strstr(text, "edge-cert#12  list"));
	assert_non_null(strstr(text, "C ca"));
	assert_non_null(strstr(text, "P served-serial"));
	assert_true(text[strlen(text) - 1] == '\n' && text[strlen(text) - 2] != '\n');
	free(text);
	fixture_close(&app);
}

static void the_pager_gets_an_output_from_the_engine(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "l|");
	assert_null(app.errand.command); /* nothing has come yet */
	app.tail.attempt = 2;
	app.attempts.shown = (struct attempt_name){"check", 2};
	fixture_keys(&app, "|");
	assert_non_null(strstr(app.errand.command, " logs --kind check --attempt 2 "));
	assert_non_null(strstr(app.errand.command, "/swap' | ${PAGER:-less}"));
	assert_null(app.errand.text);
	fixture_close(&app);
}

static void going_to_the_end_drops_what_is_under_way(void **state)
{
	(void)state;
	struct app app;
	struct tail_chunk first = {
		.data = "a\n", .length = 2, .offset = 0, .size = 100000000, .attempt = 1};
	fixture_open(&app, 80, 24);
	app_select(&app, FIXTURE_SWAP);
	fixture_keys(&app, "l");
	app.tail_moved = false;
	tail_take(&app.tail, &first);
	fixture_keys(&app, "G");
	assert_true(app.tail_moved);
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_click_selects_and_a_second_opens),
		cmocka_unit_test(a_click_beside_the_rows_changes_nothing),
		cmocka_unit_test(a_click_on_a_box_selects_it_and_a_second_opens),
		cmocka_unit_test(no_click_answers_a_dialog),
		cmocka_unit_test(the_wheel_is_three_lines),
		cmocka_unit_test(the_pager_gets_what_does_not_fit_too),
		cmocka_unit_test(the_pager_gets_an_output_from_the_engine),
		cmocka_unit_test(going_to_the_end_drops_what_is_under_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
