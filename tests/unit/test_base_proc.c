/* SPDX-License-Identifier: MIT
 *
 * Processes and the home: identity, spawning, finding programs, refusing bad folders.
 */
#include "base/clock.h"
#include "base/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"
#include "base/mem.h"
#include "tests/unit/scratch.h"

static int run_shell(const char *script, struct buf *out)
{
	char *argv[] = {"/bin/sh", "-c", mem_strdup(script), NULL};
	int rc = proc_run(argv, NULL, out, NULL);

	free(argv[2]);
	return rc;
}

static void a_process_is_known_by_pid_and_start_time(void **state)
{
	uint64_t own = proc_start_time(getpid());

	(void)state;
	assert_true(own > 0);
	assert_true(proc_is_alive(getpid(), own));
	assert_false(proc_is_alive(getpid(), own + 1));
	assert_false(proc_is_alive(getpid(), 0));
	assert_int_equal(proc_start_time(0x7fffffff), 0);
}

static void a_start_within_one_tick_is_known_without_a_look(void **state)
{
	const struct clock *clock = clock_system();
	char *argv[] = {"/bin/true", NULL};
	struct proc_spawn how = {.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};

	(void)state;
	for (int i = 0; i < 50; i++) {
		int64_t before_us = clock_monotonic_us(clock), after_us;
		pid_t pid;

		assert_int_equal(proc_spawn(&how, &pid, NULL), 0);
		after_us = clock_monotonic_us(clock);
		assert_int_equal(proc_start_time_between(pid, before_us, after_us),
				 proc_start_time(pid));
		/* Over several ticks it is read. */
		assert_int_equal(proc_start_time_between(pid, before_us - 50000, after_us),
				 proc_start_time(pid));
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	/* A process that is not there shows that no look was needed. */
	assert_int_equal(proc_start_time_between(0x7fffffff, 70000, 79999),
			 7 * sysconf(_SC_CLK_TCK) / 100);
	assert_int_equal(proc_start_time_between(0x7fffffff, 70000, 80000), 0);
}

static void a_dead_process_is_not_alive_even_before_it_is_reaped(void **state)
{
	char *argv[] = {"/bin/sh", "-c", "kill -9 $$", NULL};
	struct proc_spawn how = {.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
	siginfo_t info;
	pid_t pid;

	(void)state;
	assert_int_equal(proc_spawn(&how, &pid, NULL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_false(proc_is_alive(pid, proc_start_time(pid)));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_script_without_a_first_line_is_given_to_the_shell(void **state)
{
	static const char script[] = "printf '%s|' \"$#\" \"$1\"\n";
	const char *path = scratch_path(state, "bare");
	char *argv[] = {(char *)path, "one word", NULL};
	struct buf out;

	buf_init(&out, 100);
	assert_int_equal(file_replace(path, script, sizeof(script) - 1, 0700, NULL), 0);
	assert_int_equal(proc_run(argv, NULL, &out, NULL), 0);
	assert_string_equal(buf_text(&out), "1|one word|");
	buf_release(&out);
}

static void the_boot_has_an_id(void **state)
{
	char first[PROC_BOOT_ID_TEXT], second[PROC_BOOT_ID_TEXT];

	(void)state;
	proc_boot_id(first);
	proc_boot_id(second);
	assert_string_equal(first, second);
	assert_true(strlen(first) > 0);
}

static void output_and_exit_status_are_gathered(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(run_shell("echo hello; exit 3", &out), 3);
	assert_string_equal(buf_text(&out), "hello\n");
	assert_int_equal(run_shell("kill -TERM $$", &out), 128 + SIGTERM);
	buf_release(&out);
}

static void output_over_the_bound_ends_the_program(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(run_shell("trap '' PIPE; while :; do echo y; done", &out), -ERR_LIMIT);
	buf_release(&out);
}

static void a_missing_program_is_an_error_and_no_process(void **state)
{
	char *argv[] = {"/no/such/program", NULL};
	struct proc_spawn how = {.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
	pid_t pid = 77;
	struct err err;

	(void)state;
	assert_int_equal(proc_spawn(&how, &pid, &err), -ERR_NOT_FOUND);
	assert_int_equal(pid, 77);
	assert_non_null(strstr(err.message, "'/no/such/program'"));
}

static void a_child_starts_in_its_folder_with_default_signals_and_no_other_descriptor(void **state)
{
	int leak = dup2(STDIN_FILENO, 100); /* not close-on-exec */
	struct buf out;
	char *argv[] = {"/bin/sh", "-c",
			"pwd; test -e /proc/$$/fd/100 || echo closed; kill -INT $$", NULL};

	(void)state;
	assert_int_equal(leak, 100);
	buf_init(&out, 500);
	(void)signal(SIGINT, SIG_IGN);
	assert_int_equal(proc_run(argv, "/proc", &out, NULL), 128 + SIGINT);
	(void)signal(SIGINT, SIG_DFL);
	assert_string_equal(buf_text(&out), "/proc\nclosed\n");
	(void)close(leak);
	buf_release(&out);
}

static void streams_may_be_given_crosswise(void **state)
{
	char *argv[] = {"/bin/sh", "-c", "echo out; echo err >&2", NULL};
	struct proc_spawn how = {.argv = argv, .stdin_fd = -1, .stdout_fd = 2, .stderr_fd = 1};
	int saved = dup(1), ends[2], status;
	char text[64] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	(void)fflush(stdout);
	assert_int_equal(dup2(ends[1], 1), 1);
	how.stdout_fd = 2;
	assert_int_equal(proc_spawn(&how, &pid, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(read(ends[0], text, sizeof(text) - 1), 4);
	assert_int_equal(dup2(saved, 1), 1);
	assert_string_equal(text, "err\n"); /* its standard error went to our 1 */
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void programs_are_found_in_path(void **state)
{
	char *path = NULL;
	struct err err;

	(void)state;
	assert_int_equal(proc_find_program("sh", &path, NULL), 0);
	assert_int_equal(access(path, X_OK), 0);
	free(path);
	assert_int_equal(proc_find_program("hlp-no-such-program", &path, &err), -ERR_NOT_FOUND);
}

/* ---- home ------------------------------------------------------------------------------- */

static int open_home(struct home *home, const char *path, enum home_mode mode, struct err *err)
{
	assert_int_equal(setenv("HLP_HOME", path, 1), 0);
	assert_int_equal(unsetenv("HLP_SOCKET"), 0);
	return home_open(home, mode, err);
}

static void a_home_is_made_private_and_names_its_files(void **state)
{
	const char *path = scratch_path(state, "deep/home");
	struct home home;
	struct stat info;

	assert_int_equal(open_home(&home, path, HOME_EXISTING, NULL), -ERR_NOT_FOUND);
	assert_int_equal(open_home(&home, path, HOME_MAKE, NULL), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_string_equal(home.database, scratch_path(state, "deep/home/state.db"));
	assert_string_equal(home.engine_socket, scratch_path(state, "deep/home/engine.sock"));
	assert_int_equal(home_check(&home, NULL), 0);
	home_release(&home);
}

static void a_home_without_hlp_home_is_in_the_users_state_folder(void **state)
{
	struct home home;

	assert_int_equal(unsetenv("HLP_HOME"), 0);
	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	assert_int_equal(home_open(&home, HOME_MAKE, NULL), 0);
	assert_string_equal(home.path, scratch_path(state, "hlp"));
	home_release(&home);
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
	assert_int_equal(setenv("HOME", *state, 1), 0);
	assert_int_equal(home_open(&home, HOME_MAKE, NULL), 0);
	assert_string_equal(home.path, scratch_path(state, ".local/state/hlp"));
	home_release(&home);
}

static void a_bad_home_is_refused(void **state)
{
	const char *open_to_all = scratch_path(state, "open");
	struct home home;
	struct err err;

	(void)scratch_write(state, "file", "");
	assert_true(open_home(&home, scratch_path(state, "file"), HOME_MAKE, &err) < 0);
	assert_true(open_home(&home, scratch_path(state, "file/below"), HOME_MAKE, &err) < 0);
	assert_int_equal(mkdir(open_to_all, 0700), 0);
	assert_int_equal(chmod(open_to_all, 0777), 0);
	assert_int_equal(open_home(&home, open_to_all, HOME_MAKE, &err), -ERR_DENIED);
	assert_non_null(strstr(err.message, open_to_all));
	if (geteuid() == 0) {
		assert_int_equal(chmod(open_to_all, 0700), 0);
		assert_int_equal(chown(open_to_all, 12345, 12345), 0);
		assert_int_equal(open_home(&home, open_to_all, HOME_MAKE, &err), -ERR_DENIED);
	}
}

static void a_home_that_was_swapped_is_noticed(void **state)
{
	const char *path = scratch_path(state, "home");
	struct home home;

	assert_int_equal(open_home(&home, path, HOME_MAKE, NULL), 0);
	assert_int_equal(rename(path, scratch_path(state, "moved")), 0);
	assert_int_equal(home_check(&home, NULL), -ERR_NOT_FOUND);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(home_check(&home, NULL), -ERR_CONFLICT);
	home_release(&home);
}

static void assert_connects(const char *path)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), dir_fd;
	struct sockaddr_un address;
	socklen_t length;

	assert_int_equal(home_socket_address(path, &address, &length, &dir_fd, NULL), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, length), 0);
	assert_true(file_exists(path));
	if (dir_fd >= 0)
		(void)close(dir_fd);
	(void)close(client);
	(void)close(listener);
}

static void sockets_work_at_any_length_of_path(void **state)
{
	char name[200], inner[420];
	struct sockaddr_un address;
	socklen_t length;
	struct err err;
	int dir_fd;

	assert_connects(scratch_path(state, "engine.sock"));
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(mkdir(scratch_path(state, name), 0700), 0);
	(void)snprintf(inner, sizeof(inner), "%s/s", name);
	assert_connects(scratch_path(state, inner));
	(void)snprintf(inner, sizeof(inner), "%s/%s", name, name);
	assert_int_equal(
		home_socket_address(scratch_path(state, inner), &address, &length, &dir_fd, &err),
		-ERR_LIMIT);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_known_by_pid_and_start_time),
		cmocka_unit_test(a_start_within_one_tick_is_known_without_a_look),
		cmocka_unit_test(a_dead_process_is_not_alive_even_before_it_is_reaped),
		WITH_SCRATCH(a_script_without_a_first_line_is_given_to_the_shell),
		cmocka_unit_test(the_boot_has_an_id),
		cmocka_unit_test(output_and_exit_status_are_gathered),
		cmocka_unit_test(output_over_the_bound_ends_the_program),
		cmocka_unit_test(a_missing_program_is_an_error_and_no_process),
		cmocka_unit_test(
			a_child_starts_in_its_folder_with_default_signals_and_no_other_descriptor),
		cmocka_unit_test(streams_may_be_given_crosswise),
		cmocka_unit_test(programs_are_found_in_path),
		WITH_SCRATCH(a_home_is_made_private_and_names_its_files),
		WITH_SCRATCH(a_home_without_hlp_home_is_in_the_users_state_folder),
		WITH_SCRATCH(a_bad_home_is_refused),
		WITH_SCRATCH(a_home_that_was_swapped_is_noticed),
		WITH_SCRATCH(sockets_work_at_any_length_of_path),
	};

	return cmocka_run_group_tests_name("base_proc", tests, NULL, NULL);
}
