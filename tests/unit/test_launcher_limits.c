/* SPDX-License-Identifier: MIT
 *
 * Limits of an attempt, reached for real, and that the next one in the same slot is free of them.
 */
#include "launcher/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "executor/executor.h"
#include "tests/unit/instance_box.h"
#include "tests/unit/instance_peer.h"

/* Runs the script under limits and waits for its end. */
static struct launch_message run_limited(struct peer *peer, const struct instance_box *box,
					 const char *attempt, const char *script,
					 const struct launch_message *limits)
{
	char *output = peer_start_limited(peer, box, attempt, script, limits);
	const struct launch_message exited = peer_await(peer, LAUNCH_EXITED);

	free(output);
	return exited;
}

static void write_file(const struct instance_box *box, const char *name, const char *text)
{
	char *path = box_path(box, name);

	assert_int_equal(file_replace(path, text, strlen(text), 0600, NULL), 0);
	free(path);
}

/* The kernel's files take each write as a whole; a plain one keeps what lies behind it. */
static void assert_file(const struct instance_box *box, const char *name, const char *begin)
{
	char *path = box_path(box, name), *data;
	size_t length;

	assert_int_equal(file_read(path, 1000, &data, &length, NULL), 0);
	assert_int_equal(strncmp(data, begin, strlen(begin)), 0);
	free(data);
	free(path);
}

/* The cgroup that the last limit in the launcher's log is held by. */
static char *held_by(const struct instance_box *box)
{
	char *data, *found = NULL;
	size_t length;

	assert_int_equal(file_read(box->home.launcher_log, 1 << 20, &data, &length, NULL), 0);
	for (size_t i = 0; i + 20 < length; i++) {
		if (strncmp(data + i, "/sys/fs/cgroup", 14) == 0) {
			free(found);
			found = mem_strdup(data + i);
		}
	}
	free(data);
	assert_non_null(found);
	return found;
}

/* Gone, or again without a limit. */
static bool is_lifted(const char *folder)
{
	char *path = file_join(folder, "memory.max"), *data = NULL;
	size_t length;
	bool lifted = !file_exists(folder);

	if (!lifted && file_read(path, 1000, &data, &length, NULL) >= 0)
		lifted = strncmp(data, "max", 3) == 0;
	free(data);
	free(path);
	return lifted;
}

#define EATS "perl -e '$x = q(a) x 200000000; print length $x'"
#define MIB  (INT64_C(1024) * 1024)

/* Whether this user may make cgroups that limit memory. */
static bool can_hold_memory(const struct instance_box *box)
{
	char *log = box_await_file(box, NULL, "home/engine.log", "cgroups");
	const bool none = strstr(log, "cgroups none") != NULL;

	free(log);
	return !none && geteuid() == 0;
}

static void memory_over_its_limit_is_killed_and_said(void **state)
{
	const struct launch_message limits = {.memory = 64 * MIB};
	struct instance_box *box = *state;
	struct launch_message exited;
	struct peer peer;

	box_start(box, NULL);
	if (!can_hold_memory(box))
		skip();
	peer_hello(&peer, box, 1);
	exited = run_limited(&peer, box, "fat-run-1", EATS, &limits);
	assert_int_equal(exited.exit, LAUNCH_EXIT_RESOURCE);
	assert_int_equal(exited.code, 128 + SIGKILL);
	assert_string_equal(exited.text, "exit 137: killed: it used more than its limit of 64 MiB "
					 "of memory");
	/* What goes well is well, and what is killed for something else is not said to be for
	 * memory. */
	exited = run_limited(&peer, box, "slim-run-1", "true", &limits);
	assert_int_equal(exited.exit, LAUNCH_EXIT_STATUS);
	exited = run_limited(&peer, box, "shot-run-1", "kill -9 $$", &limits);
	assert_int_equal(exited.exit, LAUNCH_EXIT_SIGNAL);
	/* The slot's next attempt, without a limit, has all the memory. */
	free(peer_start(&peer, box, "free-run-1", EATS, 0));
	exited = peer_await(&peer, LAUNCH_EXITED);
	assert_int_equal(exited.exit, LAUNCH_EXIT_STATUS);
	assert_int_equal(exited.code, 0);
	/* Nor does it matter what the last one died of. */
	exited = run_limited(&peer, box, "slim-run-2", "exit 3", &limits);
	assert_int_equal(exited.exit, LAUNCH_EXIT_STATUS);
	peer_close(&peer);
}

static void memory_without_cgroups_is_address_space(void **state)
{
	const struct launch_message limits = {.memory = 64 * MIB};
	struct instance_box *box = *state;
	struct launch_message exited;
	struct peer peer;

	box_start(box, "--cgroup=none");
	peer_hello(&peer, box, 1);
	exited = run_limited(&peer, box, "a-run-1", "test $(ulimit -Hv) = 65536", &limits);
	assert_int_equal(exited.code, 0);
	free(peer_start(&peer, box, "b-run-1", "test $(ulimit -v) = unlimited", 0));
	exited = peer_await(&peer, LAUNCH_EXITED);
	assert_int_equal(exited.code, 0);
	peer_close(&peer);
}

static void files_and_their_size_are_limited(void **state)
{
	const struct launch_message both = {.files = 5, .file_size = 1024};
	const struct launch_message files = {.files = 5}, size = {.file_size = 1024};
	struct instance_box *box = *state;
	struct launch_message exited;
	struct peer peer;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	exited = run_limited(&peer, box, "hard-run-1",
			     "test $(ulimit -Hn) = 5 && test $(ulimit -Hf) = 2", &both);
	assert_int_equal(exited.code, 0);
	exited = run_limited(&peer, box, "size-run-1", "exec head -c 2000 /dev/zero > big", &size);
	assert_int_equal(exited.exit, LAUNCH_EXIT_RESOURCE);
	assert_int_equal(exited.code, 128 + SIGXFSZ);
	exited = run_limited(&peer, box, "many-run-1",
			     "exec perl -e 'for (1 .. 9) { open $f[$_], q(/) or die $! }'", &files);
	assert_int_equal(exited.exit, LAUNCH_EXIT_RESOURCE);
	assert_non_null(strstr(exited.text, "Too many open files"));
	peer_close(&peer);
}

/* The limit is in the launcher's log: the next launcher lifts it. */
static void limit_of_a_dead_launcher_is_lifted(void **state)
{
	const struct launch_message limits = {.memory = 64 * MIB};
	struct instance_box *box = *state;
	char *folder;
	struct peer peer;

	box_start(box, NULL);
	if (!can_hold_memory(box))
		skip();
	peer_hello(&peer, box, 1);
	free(peer_start_limited(&peer, box, "held-run-1", "echo > up; exec sleep 1000", &limits));
	free(box_await_file(box, NULL, "up", "\n"));
	folder = held_by(box);
	assert_true(file_exists(folder));
	box_kill(box);
	peer_close(&peer);
	box_start(box, NULL);
	peer_hello(&peer, box, 2);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_STOP, .attempt = "held-run-1"});
	(void)peer_await(&peer, LAUNCH_LOST);
	assert_true(is_lifted(folder));
	free(folder);
	peer_close(&peer);
}

/* A folder with the files of version 2's controller: limited, struck, lifted. */
static void version_2_is_limited_by_its_own_files(void **state)
{
	struct instance_box *box = *state;
	struct memory_limit limit = {0};

	assert_false(memory_limit_begin_in(&limit, box->folder, MIB));
	write_file(box, "memory.max", "max");
	write_file(box, "memory.swap.max", "max");
	write_file(box, "memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\n");
	assert_true(memory_limit_begin_in(&limit, box->folder, MIB));
	assert_file(box, "memory.max", "1048576");
	assert_file(box, "memory.swap.max", "0");
	assert_int_equal(memory_limit_open_procs(&limit), -1);
	assert_false(memory_limit_struck(&limit)); /* two were killed before it */
	write_file(box, "memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 3\n");
	assert_true(memory_limit_struck(&limit));
	memory_limit_end(&limit);
	assert_file(box, "memory.max", "max");
	assert_file(box, "memory.swap.max", "max");
	assert_false(memory_limit_struck(&limit));
}

/* ---- a launcher from before limits ------------------------------------------------------- */

struct told {
	bool reachable;
	int32_t code;
	char text[200];
};

static void remember(void *ctx, const struct report *report)
{
	struct told *told = ctx;

	told->reachable = told->reachable || report->kind == REPORT_REACHABLE;
	if (report->kind != REPORT_EXITED)
		return;
	told->code = report->code;
	(void)snprintf(told->text, sizeof(told->text), "%s", report->text);
}

static bool is_reachable(void *ctx)
{
	return ((const struct told *)ctx)->reachable;
}

static int listen_as_launcher(const struct instance_box *box)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	socklen_t length;
	int folder;

	assert_int_equal(
		home_socket_address(box->home.launcher_socket, &address, &length, &folder, NULL),
		0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(fd, 1), 0);
	if (folder >= 0)
		(void)close(folder);
	return fd;
}

/* It would not know the word: the node fails to start, and never runs without its limits. */
static void old_launcher_is_not_asked_to_limit(void **state)
{
	const char *const argv[] = {"true", NULL}, *const env[] = {NULL};
	const struct node_limits limits = {.files = 9};
	struct instance_box *box = *state;
	const struct order order = {.attempt = "a-run-1",
				    .argv = argv,
				    .env = env,
				    .folder = "/",
				    .output = "/no",
				    .stop_signal = SIGTERM,
				    .limits = &limits};
	const int listener = listen_as_launcher(box);
	struct told told = {0};
	struct executor *executor;
	struct peer peer = {0};
	struct loop loop;

	assert_int_equal(loop_init(&loop, NULL), 0);
	assert_int_equal(executor_local_new(&loop, &box->home, 1, remember, &told, &executor, NULL),
			 0);
	/* It connects at once, or in a turn of its loop. */
	assert_true(loop_turn(&loop, 0, NULL) >= 0);
	peer.fd = accept(listener, NULL, NULL);
	assert_true(peer.fd >= 0);
	buf_init(&peer.in, INSTANCE_FRAME_MAX);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_WELCOME,
						  .pid = getpid(),
						  .boot_id = "b",
						  .flags = LAUNCH_CAN_FREEZE});
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_END});
	box_await(&loop, is_reachable, &told, "the launcher");
	executor->ops->start(executor, &order);
	assert_int_equal(told.code, 126);
	assert_non_null(strstr(told.text, "older than 'limits'"));
	executor->ops->free(executor);
	loop_release(&loop);
	peer_close(&peer);
	(void)close(listener);
}

#define IN_A_BOX(name) cmocka_unit_test_setup_teardown(name, box_set_up, box_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_A_BOX(memory_over_its_limit_is_killed_and_said),
		IN_A_BOX(memory_without_cgroups_is_address_space),
		IN_A_BOX(files_and_their_size_are_limited),
		IN_A_BOX(limit_of_a_dead_launcher_is_lifted),
		IN_A_BOX(old_launcher_is_not_asked_to_limit),
		IN_A_BOX(version_2_is_limited_by_its_own_files),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
