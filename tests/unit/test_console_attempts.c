/* SPDX-License-Identifier: MIT
 *
 * Which attempt the tail shows, and the steps from one to another.
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
#include "tui/attempts.h"

struct spec {
	char *kind;
	uint32_t number;
	int64_t at; /* 0: not started */
};

static Hlp__V1__Attempt *attempt(const struct spec *spec, const char *node)
{
	Hlp__V1__Attempt *made = mem_alloc(sizeof(*made));

	hlp__v1__attempt__init(made);
	made->node = mem_strdup(node);
	made->kind = mem_strdup(spec->kind);
	made->number = spec->number;
	made->started_us = spec->at;
	return made;
}

/* The engine's answer about a node, as the feed would bring it. */
static void answer(struct app *app, const char *node, const struct spec *specs, size_t count)
{
	Hlp__V1__AttemptList *list = mem_alloc(sizeof(*list));

	hlp__v1__attempt_list__init(list);
	list->attempts = mem_calloc(count + 1, sizeof(*list->attempts));
	list->n_attempts = count;
	for (size_t i = 0; i < count; i++)
		list->attempts[i] = attempt(&specs[i], node);
	if (app->attempts.list.message != NULL)
		protobuf_c_message_free_unpacked(app->attempts.list.message, NULL);
	app->attempts.list.message = &list->base;
	attempts_taken(app);
}

/* What is wanted is shown, as the feed does it. */
static const char *shown(struct app *app)
{
	static char said[ATTEMPTS_NAME];
	struct attempt_name want;

	if (!attempts_wanted(app, app_node(app), &want))
		return "not known";
	app->attempts.shown = want;
	attempts_say(&want, said);
	return said;
}

static void fail_by_check(struct app *app, uint32_t run)
{
	struct fixture_news news = {.state = "FAILED", .reason = "check", .attempt = run};

	fixture_node(app, FIXTURE_SWAP, &news);
}

/* By kind, as the engine has them; by time it is run, check, undo, run, check, shell. */
static const struct spec ALL[] = {{"run", 1, 10},   {"run", 2, 40},   {"undo", 1, 30},
				  {"check", 1, 20}, {"check", 2, 50}, {"shell", 1, 60}};

static void open_swap(struct app *app)
{
	fixture_open(app, 80, 24);
	app_select(app, FIXTURE_SWAP);
}

static void the_newest_run_matters(void **state)
{
	(void)state;
	struct app app;
	open_swap(&app);
	assert_string_equal(shown(&app), "attempt 1");
	fixture_close(&app);
}

static void of_a_failed_check_its_last_one_matters(void **state)
{
	(void)state;
	struct app app;
	open_swap(&app);
	fail_by_check(&app, 2);
	assert_string_equal(shown(&app), "not known");
	attempts_asked(&app);
	answer(&app, "swap", ALL, 6);
	assert_string_equal(shown(&app), "check 2");
	fixture_close(&app);
}

static void without_a_check_of_this_run_the_run_matters(void **state)
{
	(void)state;
	struct app app;
	const struct spec earlier[] = {{"run", 1, 10}, {"run", 2, 40}, {"check", 1, 20}};
	open_swap(&app);
	fail_by_check(&app, 2);
	attempts_asked(&app);
	answer(&app, "swap", earlier, 3);
	assert_string_equal(shown(&app), "attempt 2");
	fixture_close(&app);
}

static void without_an_answer_the_run_is_shown(void **state)
{
	(void)state;
	struct app app;
	open_swap(&app);
	fail_by_check(&app, 1);
	assert_string_equal(shown(&app), "not known");
	attempts_asked(&app);
	(void)snprintf(app.attempts.list.error, sizeof(app.attempts.list.error), "gone");
	assert_string_equal(shown(&app), "attempt 1");
	fixture_close(&app);
}

static void step(struct app *app, int by)
{
	attempts_step(app, by);
	attempts_asked(app);
	answer(app, "swap", ALL, 6);
}

static void steps_go_by_time_through_every_kind(void **state)
{
	(void)state;
	struct app app;
	static const char *const BACK[] = {"check 1", "attempt 1", "attempt 1"};
	static const char *const ON[] = {"check 1", "undo 1",  "attempt 2",
					 "check 2", "shell 1", "shell 1"};
	struct fixture_news news = {.state = "COMPLETED", .reason = "ok", .attempt = 2};
	open_swap(&app);
	fixture_node(&app, FIXTURE_SWAP, &news);
	assert_string_equal(shown(&app), "attempt 2");
	step(&app, -1);
	assert_string_equal(shown(&app), "undo 1");
	for (size_t i = 0; i < 3; i++) {
		step(&app, -1);
		assert_string_equal(shown(&app), BACK[i]);
	}
	assert_string_equal(app.message.text, "attempt 1 is the first attempt of swap");
	for (size_t i = 0; i < 6; i++) {
		step(&app, 1);
		assert_string_equal(shown(&app), ON[i]);
	}
	assert_string_equal(app.message.text, "shell 1 is the newest attempt of swap");
	fixture_close(&app);
}

static void a_step_may_be_quicker_than_the_first_look(void **state)
{
	(void)state;
	struct app app;
	open_swap(&app);
	assert_int_not_equal(app.attempts.node, FIXTURE_SWAP);
	step(&app, 1);
	assert_string_equal(shown(&app), "check 1");
	fixture_close(&app);
}

static void what_was_chosen_is_left_when_the_next_run_begins(void **state)
{
	(void)state;
	struct app app;
	struct fixture_news again = {
		.state = "RUNNING", .reason = "running", .attempt = 3, .running = true};
	open_swap(&app);
	(void)shown(&app);
	step(&app, 1);
	assert_string_equal(shown(&app), "check 1");
	fixture_node(&app, FIXTURE_SWAP, &again);
	assert_string_equal(shown(&app), "attempt 3");
	fixture_close(&app);
}

static void what_was_of_another_node_is_forgotten(void **state)
{
	(void)state;
	struct app app;
	open_swap(&app);
	(void)shown(&app);
	step(&app, 1);
	assert_string_equal(shown(&app), "check 1");
	app_select(&app, FIXTURE_ISSUE);
	assert_string_equal(shown(&app), "attempt 1");
	attempts_step(&app, 1);
	attempts_asked(&app);
	answer(&app, "swap", ALL, 6); /* it was under way */
	assert_string_equal(shown(&app), "attempt 1");
	assert_null(attempts_find(&app, &app.attempts.shown));
	fixture_close(&app);
}

static void a_node_without_attempts_says_so(void **state)
{
	(void)state;
	struct app app;
	open_swap(&app);
	app_select(&app, FIXTURE_DNS);
	(void)shown(&app);
	attempts_step(&app, -1);
	attempts_asked(&app);
	answer(&app, "dns", ALL, 0);
	assert_string_equal(app.message.text, "dns has no attempt yet");
	fixture_close(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_run_matters),
		cmocka_unit_test(of_a_failed_check_its_last_one_matters),
		cmocka_unit_test(without_a_check_of_this_run_the_run_matters),
		cmocka_unit_test(without_an_answer_the_run_is_shown),
		cmocka_unit_test(steps_go_by_time_through_every_kind),
		cmocka_unit_test(a_step_may_be_quicker_than_the_first_look),
		cmocka_unit_test(what_was_chosen_is_left_when_the_next_run_begins),
		cmocka_unit_test(what_was_of_another_node_is_forgotten),
		cmocka_unit_test(a_node_without_attempts_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
