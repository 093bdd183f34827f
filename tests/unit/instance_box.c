/* SPDX-License-Identifier: MIT
 *
 * The box for tests of the real launcher.
 */
#include "tests/unit/instance_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instance.h"
#include "base/mem.h"
#include "base/proc.h"
#include "launcher/cgroup.h"

#define PATIENCE_US 20000000

static char *built_launcher(void)
{
	char own[4096];
	const ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *tests, *build, *path;

	assert_true(length > 0);
	own[length] = '\0';
	tests = file_folder(own);
	build = file_folder(tests);
	path = file_join(build, "hlp-launcher");
	free(tests);
	free(build);
	return path;
}

static void copy_program(const char *from, const char *to)
{
	char *data;
	size_t length;
	struct err err;

	if (file_read(from, (size_t)256 * 1024 * 1024, &data, &length, &err) < 0)
		fail_msg("%s (make builds it)", err.message);
	assert_int_equal(file_replace(to, data, length, 0755, &err), 0);
	free(data);
}

void box_make(struct instance_box *box)
{
	struct err err;
	char *built = built_launcher();

	*box = (struct instance_box){.folder = "/tmp/hlp-box-XXXXXX"};
	assert_non_null(mkdtemp(box->folder));
	box->programs = file_join(box->folder, "bin");
	assert_int_equal(mkdir(box->programs, 0755), 0);
	box->launcher_path = file_join(box->programs, "hlp-launcher");
	copy_program(built, box->launcher_path);
	free(built);
	box_set_hlpd(box, "exec sleep 1000");
	(void)unsetenv("HLP_SOCKET");
	built = file_join(box->folder, "home");
	assert_int_equal(setenv("HLP_HOME", built, 1), 0);
	free(built);
	assert_int_equal(home_open(&box->home, HOME_MAKE, &err), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

/* A launcher that was killed leaves its fake hlpd behind, which does not notice. */
static void kill_engines(const struct instance_box *box)
{
	char *path = box_path(box, "hlpd.pids"), *text, *at, *end;

	if (file_read(path, 1 << 20, &text, NULL, NULL) >= 0) {
		for (at = text; strtol(at, &end, 10) > 0 && end != at; at = end) {
			const pid_t pid = (pid_t)strtol(at, NULL, 10);
			char *name = mem_printf("/proc/%d/environ", (int)pid), *environment;
			size_t length;

			if (file_read(name, 1 << 20, &environment, &length, NULL) >= 0) {
				if (memmem(environment, length, box->folder, strlen(box->folder)))
					(void)kill(pid, SIGKILL);
				free(environment);
			}
			free(name);
		}
		free(text);
	}
	free(path);
}

/* Those of a launcher that was killed, as far as they are empty. */
static void remove_cgroups(const struct instance_box *box)
{
	struct cgroups cgroups;

	cgroups_init(&cgroups, &box->home, CGROUP_V2);
	cgroups_release(&cgroups);
	cgroups_init(&cgroups, &box->home, CGROUP_V1);
	cgroups_release(&cgroups);
}

void box_remove(struct instance_box *box)
{
	struct instance_status status;

	/* First the engine's pid, so that nothing of ours is left without a parent to tell it. */
	if (instance_status(&box->home, &status, NULL) >= 0) {
		(void)instance_shutdown(&box->home, INSTANCE_STOP_ATTEMPTS, PATIENCE_US, NULL);
		if (!box->launcher && !box_pid_is_gone(status.launcher_pid))
			(void)kill(status.launcher_pid, SIGKILL);
	}
	if (box->launcher)
		box_kill(box);
	kill_engines(box);
	remove_cgroups(box);
	home_release(&box->home);
	(void)nftw(box->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(box->programs);
	free(box->launcher_path);
}

void box_set_hlpd(struct instance_box *box, const char *script)
{
	char *path = file_join(box->programs, "hlpd");
	char *text = mem_printf("#!/bin/sh\necho $$ >> %s/hlpd.pids\n%s\n", box->folder, script);
	struct err err;

	assert_int_equal(file_replace(path, text, strlen(text), 0755, &err), 0);
	free(text);
	free(path);
}

static bool answers(void *ctx)
{
	struct instance_status status;

	return instance_status(ctx, &status, NULL) >= 0;
}

void box_start(struct instance_box *box, const char *option)
{
	char *argv[] = {box->launcher_path, (char *)option, NULL};
	struct err err;

	if (proc_spawn(&(struct proc_spawn){.argv = argv,
					    .stdin_fd = -1,
					    .stdout_fd = -1,
					    .stderr_fd = -1,
					    .new_session = true},
		       &box->launcher, &err) < 0)
		fail_msg("%s", err.message);
	box_await(NULL, answers, &box->home, "the launcher answers");
}

int box_wait(struct instance_box *box)
{
	int status = 0;

	assert_int_equal(waitpid(box->launcher, &status, 0), box->launcher);
	box->launcher = 0;
	return status;
}

void box_kill(struct instance_box *box)
{
	if (!box->launcher)
		return;
	(void)kill(box->launcher, SIGKILL);
	(void)box_wait(box);
}

char *box_path(const struct instance_box *box, const char *name)
{
	return file_join(box->folder, name);
}

struct awaited {
	char *path, *text;
	const char *wanted;
};

static bool file_holds(void *ctx)
{
	struct awaited *awaited = ctx;

	free(awaited->text);
	awaited->text = NULL;
	return file_read(awaited->path, 1 << 24, &awaited->text, NULL, NULL) >= 0 &&
	       (awaited->wanted ? strstr(awaited->text, awaited->wanted) != NULL
				: awaited->text[0] != '\0');
}

char *box_await_file(const struct instance_box *box, struct loop *loop, const char *name,
		     const char *wanted)
{
	struct awaited awaited = {.path = box_path(box, name), .wanted = wanted};

	box_await(loop, file_holds, &awaited, name);
	free(awaited.path);
	return awaited.text;
}

void box_await(struct loop *loop, bool (*is_true)(void *ctx), void *ctx, const char *what)
{
	const int64_t deadline_us = loop_now_us() + PATIENCE_US;
	struct err err;

	while (!is_true(ctx)) {
		if (loop_now_us() > deadline_us)
			fail_msg("waited in vain: %s", what);
		if (loop)
			assert_int_equal(loop_turn(loop, 20000, &err), 0);
		else
			(void)poll(NULL, 0, 5);
	}
}

bool box_pid_is_gone(pid_t pid)
{
	const uint64_t start_time = proc_start_time(pid);

	return !start_time || !proc_is_alive(pid, start_time);
}

int box_set_up(void **state)
{
	struct instance_box *box = mem_zalloc(sizeof(*box));

	box_make(box);
	*state = box;
	return 0;
}

int box_tear_down(void **state)
{
	box_remove(*state);
	free(*state);
	return 0;
}
