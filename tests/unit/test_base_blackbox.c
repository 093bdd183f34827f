/* SPDX-License-Identifier: MIT
 *
 * The black box: a process that dies of its own doing leaves what the thread that was struck worked
 * on; one that is killed by another leaves nothing; a record is read once.
 */
#include "base/blackbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

enum way {
	DIES_BY_FAULT,
	DIES_BY_ABORT,
	DIES_IN_A_THREAD,
	DIES_OF_DEPTH,
	DIES_OF_DEPTH_IN_A_THREAD,
	DIES_IDLE,
	IS_KILLED
};

/* A real one, on a page that no sanitizer knows better about. */
static void fault(void)
{
	volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*page = 1;
}

static void *thread_main(void *arg)
{
	blackbox_about("thread");
	fault();
	return arg;
}

/* Until its stack is full. */
static unsigned go_deep(volatile char *above)
{
	volatile char room[4096];

	room[0] = *above;
	if (room[0]) /* never: the compiler must not see that there is no end */
		return 0;
	return go_deep(room) + (unsigned)room[0];
}

static void *deep_main(void *arg)
{
	volatile char top = 0;

	blackbox_watch_thread();
	blackbox_about("deep");
	(void)go_deep(&top);
	return arg;
}

static void die_in_thread(void *(*enter)(void *))
{
	pthread_t thread;

	(void)pthread_create(&thread, NULL, enter, NULL);
	(void)pthread_join(thread, NULL);
}

static void die(enum way way)
{

	blackbox_about("main");
	switch (way) {
	case DIES_BY_FAULT:
		fault();
		break;
	case DIES_BY_ABORT:
		abort();
	case DIES_IN_A_THREAD:
		die_in_thread(thread_main);
		break;
	case DIES_OF_DEPTH:
		(void)deep_main(NULL);
		break;
	case DIES_OF_DEPTH_IN_A_THREAD:
		die_in_thread(deep_main);
		break;
	case DIES_IDLE:
		blackbox_about(NULL);
		fault();
		break;
	case IS_KILLED:
		for (;;)
			(void)pause();
	}
}

static int open_box(int folder, struct blackbox_record *out)
{
	struct err err;

	return blackbox_open(folder, "box", out, &err);
}

/* A child dies in this way. Returns the signal that it died of; 0 for an exit, as a sanitizer's. */
static int child_dies(int folder, enum way way)
{
	int ready[2], status;
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct blackbox_record record;

		(void)signal(SIGSEGV, SIG_DFL); /* cmocka's are not ours */
		(void)signal(SIGABRT, SIG_DFL);
		if (open_box(folder, &record) < 0 || write(ready[1], &byte, 1) != 1)
			_exit(99);
		die(way);
		_exit(98);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	if (way == IS_KILLED)
		assert_int_equal(kill(pid, SIGSEGV), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)close(ready[0]);
	(void)close(ready[1]);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) >= 98);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void leaves(void **state, enum way way, int signal, const char *about)
{
	struct blackbox_record record = {.signal = 99};
	int folder = open(scratch_path(state, "."), O_RDONLY | O_DIRECTORY | O_CLOEXEC), died;

	assert_true(folder >= 0);
	died = child_dies(folder, way);
	assert_true(died == 0 || died == (signal ? signal : SIGSEGV));
	assert_int_equal(open_box(folder, &record), 0);
	assert_int_equal(record.signal, signal);
	assert_string_equal(record.about, about);
	assert_int_equal(open_box(folder, &record), 0);
	assert_int_equal(record.signal, 0); /* read once */
	(void)close(folder);
}

static void a_fault_leaves_what_was_worked_on(void **state)
{
	leaves(state, DIES_BY_FAULT, SIGSEGV, "main");
}

static void so_does_an_abort(void **state)
{
	leaves(state, DIES_BY_ABORT, SIGABRT, "main");
}

static void it_is_the_word_of_the_thread_that_was_struck(void **state)
{
	leaves(state, DIES_IN_A_THREAD, SIGSEGV, "thread");
}

static void a_full_stack_leaves_its_word_too(void **state)
{
	leaves(state, DIES_OF_DEPTH, SIGSEGV, "deep");
	leaves(state, DIES_OF_DEPTH_IN_A_THREAD, SIGSEGV, "deep");
}

static void a_thread_that_works_on_nothing_leaves_nothing(void **state)
{
	leaves(state, DIES_IDLE, 0, "");
}

static void a_signal_from_outside_leaves_nothing(void **state)
{
	leaves(state, IS_KILLED, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_fault_leaves_what_was_worked_on, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(so_does_an_abort, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(it_is_the_word_of_the_thread_that_was_struck,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_full_stack_leaves_its_word_too, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(a_thread_that_works_on_nothing_leaves_nothing,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_signal_from_outside_leaves_nothing, scratch_setup,
						scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
