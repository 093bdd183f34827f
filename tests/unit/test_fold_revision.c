/* SPDX-License-Identifier: MIT
 *
 * Which revisions stand: what a failed run left does not, for ever, until somebody vouches for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/rows.h"
#include "tests/unit/lab.h"

static const struct lab_node nodes[] = {
	{.id = "a", .artifact = "f", .max_size = 10, .on_lost = ON_LOST_ASK},
	{.id = "b", .needs = "a", .artifact = "g", .retries = 1},
};

static struct event_item item_of(char blob, int64_t size)
{
	struct event_item item = {.kind = "artifact", .name = "f", .mode = 0100644, .size = size};

	item.blob[0] = blob;
	return item;
}

/* Runs a node to its exit; the file that it leaves begins with `blob`. */
static void run(struct lab *lab, const char *id, int32_t code, char blob, int64_t size)
{
	lab_start(lab, id);
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, code), 0);
	assert_int_equal(lab_capture_item(lab, id, item_of(blob, size)), 0);
}

/* "before after+": of each revision when it was made, and '+' behind those that stand. */
static const char *revisions(const struct lab *lab, const char *id)
{
	static const char *const moments[] = {"", "before", "after", "restored"};
	static char text[300];
	const struct execution *execution = lab->execution;
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < execution->revisions_count; i++) {
		const struct revision *revision = &execution->revisions[i];

		if (revision->node != lab_index(lab, id))
			continue;
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s%s",
					   length ? " " : "", moments[revision->moment],
					   revision->failed ? "" : "+");
	}
	return text;
}

#define assert_revisions(lab, id, wanted) assert_string_equal(revisions((lab), (id)), (wanted))

static void what_a_failed_run_left_never_stands_again(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	run(&lab, "a", 0, 'b', 11); /* its exit is fine, its file too large */
	assert_state(&lab, "a", "FAILED check");
	assert_revisions(&lab, "a", "before+ after");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	assert_revisions(&lab, "a", "before+ after");
	run(&lab, "a", 3, 'c', 1);
	assert_state(&lab, "a", "FAILED exit");
	assert_revisions(&lab, "a", "before+ after before+ after");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	run(&lab, "a", 0, 'd', 1);
	assert_state(&lab, "a", "COMPLETED ok");
	assert_revisions(&lab, "a", "before+ after before+ after before+ after+");
	lab_close(&lab);
}

static void an_automatic_retry_says_it_too(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	run(&lab, "a", 0, 'b', 1);
	run(&lab, "b", 4, 'c', 1);
	assert_state(&lab, "b", "PENDING backoff");
	assert_revisions(&lab, "b", "before+ after");
	lab_close(&lab);
}

static void what_a_person_vouches_for_stands(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	run(&lab, "a", 3, 'b', 1);
	assert_revisions(&lab, "a", "before+ after");
	assert_int_equal(lab_act(&lab, VERB_SKIP, "a"), 0);
	assert_state(&lab, "a", "COMPLETED skipped");
	assert_revisions(&lab, "a", "before+ after+");
	lab_close(&lab);
}

static void of_a_lost_run_it_is_known_when_somebody_says_so(void **state)
{
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_say(&lab, INPUT_LOST, "a"), 0);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_AFTER, 'b'), 0);
	assert_state(&lab, "a", "PAUSED asking");
	assert_revisions(&lab, "a", "before+ after+");
	assert_int_equal(lab_answer(&lab, "a", ANSWER_AGAIN), 0);
	assert_revisions(&lab, "a", "before+ after");
	lab_close(&lab);
}

/* Another try that cannot begin says nothing about what was there before it was fresh. */
static void what_was_taken_back_is_judged_no_more(void **state)
{
	struct lab lab;
	struct input input;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	run(&lab, "a", 0, 'b', 1);
	assert_int_equal(lab_rollback(&lab, "a"), 0);
	(void)lab_admit(&lab);
	assert_int_equal(lab_capture(&lab, "a", MOMENT_RESTORED, 'a'), 0);
	assert_state(&lab, "a", "RECOVERED restored");
	assert_int_equal(lab_act(&lab, VERB_RETRY, "a"), 0);
	assert_int_equal(lab_admit(&lab), 1);
	input = lab_about(&lab, INPUT_CAPTURE_FAILED, "a");
	input.moment = MOMENT_BEFORE;
	input.text = "it is a folder";
	assert_int_equal(lab_feed(&lab, &input), 0);
	assert_state(&lab, "a", "FAILED capture");
	assert_revisions(&lab, "a", "before+ after+ restored+");
	lab_close(&lab);
}

/* Of a file that need not be right its check speaks alone. */
static void a_check_judges_its_own_file(void **state)
{
	static const struct lab_node two[] = {
		{.id = "a", .artifact = "f", .second = "g", .check = true}};
	struct event_item items[] = {item_of('b', 1), item_of('c', 1)};
	struct input input;
	struct lab lab;

	(void)state;
	items[1].number = 1;
	LAB_OPEN(&lab, two, .max_parallel = 1);
	lab_start(&lab, "a");
	assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, 0), 0);
	input = lab_about(&lab, INPUT_CAPTURED, "a");
	input.moment = MOMENT_AFTER;
	input.items = items;
	input.items_count = 2;
	assert_int_equal(lab_feed(&lab, &input), 0);
	for (int i = 0; lab_node(&lab, "a")->live_kind == ATTEMPT_CHECK; i++) {
		assert_int_equal(lab_say(&lab, INPUT_DISPATCHED, "a"), 0);
		assert_int_equal(lab_exit(&lab, "a", EXIT_STATUS, i ? 0 : 5), 0);
	}
	assert_state(&lab, "a", "COMPLETED tolerated");
	assert_revisions(&lab, "a", "before+ after after+");
	lab_close(&lab);
}

struct told {
	bool failed;
	uint64_t seq;
	int count;
};

static void take_revision(void *ctx, const struct revision_row *row)
{
	struct told *told = ctx;

	told->failed = row->revision.failed;
	told->seq = row->revision.seq;
	told->count++;
}

static void no_attempt(void *ctx, const struct attempt_row *row)
{
	(void)ctx;
	(void)row;
}

/* Else the rows that clients read would say what is no longer so. */
static void the_event_that_judges_brings_the_row_again(void **state)
{
	struct told told = {0};
	struct rows_sink sink = {.attempt = no_attempt, .revision = take_revision, .ctx = &told};
	struct lab lab;

	(void)state;
	LAB_OPEN(&lab, nodes, .max_parallel = 1);
	run(&lab, "a", 0, 'b', 11);
	for (size_t i = 0; i < lab.list.count; i++)
		if (lab.list.events[i].kind == EVENT_FAILED)
			rows_of(lab.execution, &lab.list.events[i], &sink);
	assert_int_equal(told.count, 1);
	assert_true(told.failed);
	assert_int_equal(told.seq, lab.execution->revisions[1].seq);
	lab_close(&lab);
}

static void what_a_try_finds_stands_for_no_more_than_what_was_left(void **state)
{
	struct revision left = {.moment = MOMENT_AFTER, .blob = "b", .failed = true};
	struct revision found = {.moment = MOMENT_BEFORE, .blob = "b"}, other = found;

	(void)state;
	other.blob[0] = 'c';
	assert_true(rows_stands_for_nothing(&left, NULL));
	assert_true(rows_stands_for_nothing(&found, &left));
	assert_false(rows_stands_for_nothing(&other, &left));
	assert_false(rows_stands_for_nothing(&found, NULL));
	left.failed = false;
	assert_false(rows_stands_for_nothing(&found, &left));
	found.moment = MOMENT_AFTER;
	left.failed = true;
	assert_false(rows_stands_for_nothing(&found, &left));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_failed_run_left_never_stands_again),
		cmocka_unit_test(an_automatic_retry_says_it_too),
		cmocka_unit_test(what_a_person_vouches_for_stands),
		cmocka_unit_test(of_a_lost_run_it_is_known_when_somebody_says_so),
		cmocka_unit_test(what_was_taken_back_is_judged_no_more),
		cmocka_unit_test(a_check_judges_its_own_file),
		cmocka_unit_test(the_event_that_judges_brings_the_row_again),
		cmocka_unit_test(what_a_try_finds_stands_for_no_more_than_what_was_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
