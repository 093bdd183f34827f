/* SPDX-License-Identifier: MIT
 *
 * The event loop: the heap of timers against a sorted list, watches that come and go during a
 * turn.
 */
#include "base/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/rng.h"

#define TIMERS 300

struct counter {
	int64_t last_us;
	int calls;
	struct loop *loop;
	struct loop_watch *other;
};

static void count_due(struct loop_timer *timer)
{
	struct counter *counter = timer->ctx;

	assert_true(timer->deadline_us >= counter->last_us);
	assert_int_equal(timer->position, 0);
	counter->last_us = timer->deadline_us;
	counter->calls++;
}

static void timers_are_called_earliest_first(void **state)
{
	struct loop_timer timers[TIMERS];
	struct counter counter = {0};
	struct rng rng = {11};
	struct loop loop;
	int armed = 0;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	for (int i = 0; i < TIMERS; i++) {
		timers[i] = (struct loop_timer){.due = count_due, .ctx = &counter};
		loop_arm(&loop, &timers[i], (int64_t)rng_below(&rng, 1000) + 1);
	}
	for (int i = 0; i < TIMERS; i++) { /* some again, some never */
		if (rng_below(&rng, 3) == 0)
			loop_disarm(&loop, &timers[i]);
		else if (rng_below(&rng, 2) == 0)
			loop_arm(&loop, &timers[i], (int64_t)rng_below(&rng, 1000) + 1);
		armed += timers[i].position != 0;
	}
	assert_int_equal(loop.timers_count, armed);
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(counter.calls, armed);
	assert_int_equal(loop.timers_count, 0);
	loop_release(&loop);
}

static void a_timer_of_the_future_is_not_called(void **state)
{
	struct counter counter = {0};
	struct loop_timer timer = {.due = count_due, .ctx = &counter};
	struct loop loop;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	loop_arm(&loop, &timer, loop_now_us() + INT64_C(3600000000));
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(counter.calls, 0);
	loop_disarm(&loop, &timer);
	loop_disarm(&loop, &timer);
	loop_release(&loop);
}

static void rearm(struct loop_timer *timer)
{
	struct counter *counter = timer->ctx;

	counter->calls++;
	loop_arm(counter->loop, timer, 0);
}

static void a_timer_that_rearms_itself_waits_for_the_next_turn(void **state)
{
	struct loop loop;
	struct counter counter = {.loop = &loop};
	struct loop_timer timer = {.due = rearm, .ctx = &counter};

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	loop_arm(&loop, &timer, 0);
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(counter.calls, 2);
	loop_release(&loop);
}

static void due_timers_are_called_without_a_turn(void **state)
{
	struct counter counter = {0};
	struct loop_timer due = {.due = count_due, .ctx = &counter}, future = due;
	struct loop loop;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	loop_arm(&loop, &due, loop_now_us());
	loop_arm(&loop, &future, loop_now_us() + INT64_C(3600000000));
	loop_call_due(&loop);
	assert_int_equal(counter.calls, 1);
	assert_int_equal(due.position, 0);
	loop_call_due(&loop);
	assert_int_equal(counter.calls, 1);
	loop_disarm(&loop, &future);
	loop_release(&loop);
}

static void stop_loop(struct loop_timer *timer)
{
	loop_stop(timer->ctx);
}

static void a_run_ends_when_it_is_stopped(void **state)
{
	struct loop loop;
	struct loop_timer timer = {.due = stop_loop, .ctx = &loop};

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	loop_arm(&loop, &timer, loop_now_us() + 1000);
	assert_int_equal(loop_run(&loop, NULL), 0);
	assert_int_equal(timer.position, 0);
	loop_stop(&loop); /* before the run: it counts too */
	assert_int_equal(loop_run(&loop, NULL), 0);
	loop_release(&loop);
}

static void remember_events(struct loop_watch *watch, unsigned events)
{
	*(unsigned *)watch->ctx |= events;
}

static void watches_report_what_they_asked_for(void **state)
{
	unsigned seen_read = 0, seen_write = 0;
	struct loop_watch reader, writer;
	struct loop loop;
	int ends[2];

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	assert_int_equal(pipe(ends), 0);
	reader = (struct loop_watch){ends[0], remember_events, &seen_read};
	writer = (struct loop_watch){ends[1], remember_events, &seen_write};
	assert_int_equal(loop_add(&loop, &reader, LOOP_READ, NULL), 0);
	assert_int_equal(loop_add(&loop, &writer, LOOP_WRITE, NULL), 0);
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(seen_read, 0);
	assert_int_equal(seen_write, LOOP_WRITE);

	loop_change(&loop, &writer, 0);
	seen_write = 0;
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(seen_read, LOOP_READ);
	assert_int_equal(seen_write, 0);

	loop_remove(&loop, &writer);
	(void)close(ends[1]);
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_true(seen_read & LOOP_HANGUP);
	loop_remove(&loop, &reader);
	(void)close(ends[0]);
	loop_release(&loop);
}

static void remove_other(struct loop_watch *watch, unsigned events)
{
	struct counter *counter = watch->ctx;

	(void)events;
	counter->calls++;
	loop_remove(counter->loop, counter->other);
}

static void a_watch_removed_in_this_turn_is_not_called(void **state)
{
	struct loop_watch watches[2];
	struct counter counters[2];
	struct loop loop;
	int ends[2][2];

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pipe(ends[i]), 0);
		assert_int_equal(write(ends[i][1], "x", 1), 1);
		counters[i] = (struct counter){.loop = &loop, .other = &watches[1 - i]};
		watches[i] = (struct loop_watch){ends[i][0], remove_other, &counters[i]};
		assert_int_equal(loop_add(&loop, &watches[i], LOOP_READ, NULL), 0);
	}
	assert_int_equal(loop_turn(&loop, 0, NULL), 0);
	assert_int_equal(counters[0].calls + counters[1].calls, 1);
	for (int i = 0; i < 2; i++) {
		(void)close(ends[i][0]);
		(void)close(ends[i][1]);
	}
	loop_release(&loop);
}

static void a_bad_descriptor_is_an_error(void **state)
{
	struct loop_watch watch = {.fd = -1};
	struct loop loop;
	struct err err;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	assert_true(loop_add(&loop, &watch, LOOP_READ, &err) < 0);
	loop_release(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_are_called_earliest_first),
		cmocka_unit_test(a_timer_of_the_future_is_not_called),
		cmocka_unit_test(a_timer_that_rearms_itself_waits_for_the_next_turn),
		cmocka_unit_test(due_timers_are_called_without_a_turn),
		cmocka_unit_test(a_run_ends_when_it_is_stopped),
		cmocka_unit_test(watches_report_what_they_asked_for),
		cmocka_unit_test(a_watch_removed_in_this_turn_is_not_called),
		cmocka_unit_test(a_bad_descriptor_is_an_error),
	};

	return cmocka_run_group_tests_name("base_loop", tests, NULL, NULL);
}
