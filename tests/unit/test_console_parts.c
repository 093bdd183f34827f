/* SPDX-License-Identifier: MIT
 *
 * The tables and small parts of the console: actions, themes, pages, the line of keys, the
 * palette's matching.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "console_fixture.h"
#include "tui/action.h"
#include "tui/console.h"
#include "tui/page.h"
#include "tui/palette.h"
#include "tui/theme.h"

static void every_key_means_one_thing(void **state)
{
	(void)state;
	for (int a = 1; a < ACTIONS; a++) {
		const struct action_info *one = action_info((enum action)a);
		assert_int_equal(action_of_key(0, one->key), a);
		assert_int_equal(action_of_name(one->name), a);
		if (one->other != 0)
			assert_int_equal(action_of_key(0, one->other), a);
	}
	assert_int_equal(action_of_key(0, 'Q'), ACTION_NONE);
	assert_int_equal(action_of_key('z', 'a'), ACTION_FOLD);
	assert_int_equal(action_of_key('z', 'Q'), ACTION_NONE);
	assert_int_equal(action_of_key(0, 0), ACTION_NONE);
}

static void lower_case_looks_and_upper_case_acts(void **state)
{
	(void)state;
	for (int a = 1; a < ACTIONS; a++) {
		const struct action_info *info = action_info((enum action)a);
		bool upper = info->key >= 'A' && info->key <= 'Z';
		bool acts = info->group == ACTION_GROUP_ACT;
		if (info->key == 'G' || info->key == 'N' || info->key == 'J' || info->key == 'K' ||
		    a == ACTION_RUN || a == ACTION_SHELL) /* ! is known from other programs */
			continue;
		assert_int_equal(upper, acts);
	}
}

static void help_fits_beside_its_key_at_80_columns(void **state)
{
	(void)state;
	for (int a = 1; a < ACTIONS; a++)
		assert_in_range(strlen(action_info((enum action)a)->help), 4, 48);
}

static void the_theme_file_is_what_is_built_in(void **state)
{
	(void)state;
	struct theme built_in, from_file;
	struct buf problems;
	char *text = NULL;
	size_t length = 0;
	buf_init(&problems, 4096);
	theme_default(&built_in);
	assert_int_equal(file_read("themes/default.theme", 1 << 20, &text, &length, NULL), 0);
	memset(&from_file, 0xff, sizeof(from_file));
	assert_int_equal(theme_parse(&from_file, "default", text, length, &problems), 0);
	for (int role = 0; role < ROLES; role++) {
		const struct theme_look *a = &built_in.looks[role], *b = &from_file.looks[role];
		assert_int_equal(a->foreground, b->foreground);
		assert_int_equal(a->background, b->background);
		assert_int_equal(a->attributes, b->attributes);
		assert_int_equal(a->plain, b->plain);
	}
	free(text);
	buf_release(&problems);
}

static void a_theme_names_the_line_that_is_wrong(void **state)
{
	(void)state;
	static const char TEXT[] = "failed = bright-red on c17 bold mono reverse # loud\n"
				   "faild = red\n"
				   "dim = pink\n";
	struct theme theme;
	struct buf problems;
	buf_init(&problems, 4096);
	theme_default(&theme);
	assert_int_equal(theme_parse(&theme, "t", TEXT, sizeof(TEXT) - 1, &problems), 2);
	assert_string_equal(buf_text(&problems), "t:2: 'faild' is no role, colour or attribute\n"
						 "t:3: 'pink' is no role, colour or attribute\n");
	assert_int_equal(theme.looks[ROLE_failed].foreground, 9);
	assert_int_equal(theme.looks[ROLE_failed].background, 17);
	assert_int_equal(theme.looks[ROLE_failed].plain, CELL_REVERSE);
	buf_release(&problems);
}

static void recovered_is_never_green(void **state)
{
	(void)state;
	struct theme theme;
	theme_default(&theme);
	assert_int_equal(theme.looks[ROLE_completed].foreground, 2);
	assert_int_not_equal(theme.looks[ROLE_recovered].foreground, 2);
	assert_int_not_equal(theme.looks[ROLE_by_hand].foreground, 2);
	assert_int_not_equal(theme.looks[ROLE_tolerated].foreground, 2);
}

static void a_page_wraps_at_words_under_its_hanging_indent(void **state)
{
	(void)state;
	struct page page;
	struct canvas canvas;
	struct buf text;
	struct area area = {0, 0, 20, 4};
	page_init(&page);
	canvas_init(&canvas, 20, 4);
	buf_init(&text, 4096);
	page_start(&page, 20);
	page_add(&page, ROLE_text, 0, 4, "why restored from r17 because it changed");
	page_draw(&page, &canvas, area);
	canvas_to_text(&canvas, &text);
	assert_string_equal(buf_text(&text),
			    "why restored from\n    r17 because it\n    changed\n\n");
	buf_release(&text);
	canvas_release(&canvas);
	page_release(&page);
}

static void a_page_never_scrolls_past_its_ends(void **state)
{
	(void)state;
	struct page page;
	page_init(&page);
	page_start(&page, 10);
	for (int i = 0; i < 30; i++)
		page_add(&page, ROLE_text, 0, 0, "line");
	page_scroll(&page, 1000, 10);
	assert_int_equal(page.top, 20);
	page_scroll(&page, -1000, 10);
	assert_int_equal(page.top, 0);
	page_scroll(&page, 5, 100);
	assert_int_equal(page.top, 0);
	page_release(&page);
}

static void the_palette_prefers_starts_and_exact_names(void **state)
{
	(void)state;
	assert_int_equal(palette_score("xq", "retry"), -1);
	assert_true(palette_score("re", "retry") > palette_score("re", "more"));
	assert_true(palette_score("swap", "swap") > palette_score("swap", "swap-back"));
	assert_true(palette_score("cc", "check-chain") > palette_score("cc", "accept"));
	assert_true(palette_score("", "anything") >= 0);
}

static void every_view_but_the_first_says_the_way_back(void **state)
{
	(void)state;
	struct app app;
	static const char *const KEYS[] = {"\r", "l", "d", "w", "2", "3", "5", "6", "7", "8", "?"};
	fixture_open(&app, 80, 24);
	assert_false(fixture_shows(&app, "Esc back"));
	for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
		fixture_keys(&app, KEYS[i]);
		assert_true(fixture_shows(&app, "  Esc back  ? help  q leave\n"));
		fixture_keys(&app, "1");
		assert_false(fixture_shows(&app, "Esc back"));
	}
	fixture_close(&app);
}

/* In an output ] looks for errors: the coach sends nobody there by it. */
static void the_coach_names_keys_that_act_where_one_is(void **state)
{
	(void)state;
	struct app app;
	fixture_open(&app, 80, 24);
	app.mirror.coach = "first-minute";
	app_select(&app, FIXTURE_CA);
	assert_true(fixture_shows(&app, "A step failed, on purpose. ] goes to it."));
	fixture_keys(&app, "l");
	assert_true(fixture_shows(&app, "on purpose. 1 shows the list; there ] goes to it."));
	fixture_keys(&app, "1]");
	assert_int_equal(app.selected, FIXTURE_SWAP);
	assert_true(fixture_shows(&app, "Enter shows why it failed."));
	fixture_close(&app);
}

/* A name mistyped, or an engine that has not answered yet: every key can be pressed. */
static void no_key_needs_a_run_that_is_there(void **state)
{
	(void)state;
	struct app app;
	console_init(&app, false, false);
	(void)snprintf(app.execution, sizeof(app.execution), "nosuch");
	app_resize(&app, 80, 24);
	app_home(&app);
	for (char key = ' '; key <= '~'; key++) {
		char text[3] = {key, '\r', '\0'};
		fixture_keys(&app, text);
		assert_true(fixture_shows(&app, "nosuch"));
		fixture_keys(&app, "\x1b\x1b");
		app_home(&app);
	}
	fixture_close(&app);
}

static void a_report_needs_a_run(void **state)
{
	(void)state;
	struct app app;
	console_init(&app, false, false);
	(void)snprintf(app.execution, sizeof(app.execution), "nosuch");
	app_resize(&app, 80, 24);
	app_home(&app);
	fixture_keys(&app, "r");
	assert_true(fixture_shows(&app, "there is no run to report"));
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_means_one_thing),
		cmocka_unit_test(lower_case_looks_and_upper_case_acts),
		cmocka_unit_test(help_fits_beside_its_key_at_80_columns),
		cmocka_unit_test(the_theme_file_is_what_is_built_in),
		cmocka_unit_test(a_theme_names_the_line_that_is_wrong),
		cmocka_unit_test(recovered_is_never_green),
		cmocka_unit_test(a_page_wraps_at_words_under_its_hanging_indent),
		cmocka_unit_test(a_page_never_scrolls_past_its_ends),
		cmocka_unit_test(the_palette_prefers_starts_and_exact_names),
		cmocka_unit_test(every_view_but_the_first_says_the_way_back),
		cmocka_unit_test(the_coach_names_keys_that_act_where_one_is),
		cmocka_unit_test(no_key_needs_a_run_that_is_there),
		cmocka_unit_test(a_report_needs_a_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
