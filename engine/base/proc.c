/* SPDX-License-Identifier: MIT
 *
 * Processes: identity from /proc, and helper programs by posix_spawn. Never fork: the callers
 * have threads and much memory.
 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define SHORT_TURN_NS	 100000 /* the shortest that the scheduler takes */
#define STAT_BYTES	 ((size_t)4096)
#define FIELD_STATE	 3 /* of /proc/PID/stat, counted from 1 as proc(5) does */
#define FIELD_START_TIME 22

void proc_boot_id(char out[PROC_BOOT_ID_TEXT])
{
	static const char unknown[] = "unknown";
	size_t length = 0;
	char *text = NULL;

	if (file_read("/proc/sys/kernel/random/boot_id", 256, &text, &length, NULL) == 0 &&
	    length >= PROC_BOOT_ID_TEXT - 1) {
		memcpy(out, text, PROC_BOOT_ID_TEXT - 1);
		out[PROC_BOOT_ID_TEXT - 1] = '\0';
	} else {
		memcpy(out, unknown, sizeof(unknown));
	}
	free(text);
}

/* Field `wanted` of a stat line. The name in field 2 may hold blanks and brackets: what follows
 * its last bracket is regular. */
static const char *stat_field(const char *line, int wanted)
{
	const char *at = strrchr(line, ')');

	if (!at || at[1] != ' ')
		return NULL;
	at += 2;
	for (int field = FIELD_STATE; field < wanted; field++) {
		at = strchr(at, ' ');
		if (!at)
			return NULL;
		at++;
	}
	return at;
}

static uint64_t start_time_and_state(pid_t pid, char *out_state)
{
	const char *state, *start;
	char path[64], *line;
	uint64_t time = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(path, STAT_BYTES, &line, NULL, NULL) < 0)
		return 0;
	state = stat_field(line, FIELD_STATE);
	start = stat_field(line, FIELD_START_TIME);
	if (state && start) {
		*out_state = *state;
		time = strtoull(start, NULL, 10);
	}
	free(line);
	return time;
}

/* As the kernel reads it; glibc 2.36 has no declaration and the kernel's header clashes with
 * glibc's. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns, deadline_ns, period_ns;
};

void proc_prefer_latency(void)
{
	const uint64_t reset_on_fork = 1;
	struct scheduling attributes = {.size = sizeof(attributes),
					.policy = SCHED_OTHER,
					.flags = reset_on_fork,
					.runtime_ns = SHORT_TURN_NS};

	(void)syscall(SYS_sched_setattr, 0, &attributes, 0); /* a wish, not a need */
}

uint64_t proc_start_time(pid_t pid)
{
	char state;

	return start_time_and_state(pid, &state);
}

static uint64_t ticks_of(int64_t boot_us)
{
	return (uint64_t)(boot_us * sysconf(_SC_CLK_TCK) / 1000000);
}

uint64_t proc_start_time_between(pid_t pid, int64_t earliest_us, int64_t latest_us)
{
	const uint64_t earliest = ticks_of(earliest_us);

	return earliest == ticks_of(latest_us) ? earliest : proc_start_time(pid);
}

bool proc_is_alive(pid_t pid, uint64_t start_time)
{
	char state = 'X';
	uint64_t found = start_time_and_state(pid, &state);

	return found != 0 && found == start_time && state != 'Z' && state != 'X';
}

/* ---- finding programs -------------------------------------------------------------------- */

static char *beside_us(const char *name)
{
	char own[4096], *folder, *path;
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	if (length <= 0)
		return NULL;
	own[length] = '\0'; /* " (deleted)" after an upgrade does not touch the folder */
	folder = file_folder(own);
	path = file_join(folder, name);
	free(folder);
	return path;
}

static char *in_path(const char *name)
{
	const char *at = getenv("PATH");

	while (at && *at) {
		size_t length = strcspn(at, ":");
		char *folder = mem_strndup(at, length), *path = file_join(folder, name);
		bool found = folder[0] == '/' && access(path, X_OK) == 0;

		free(folder);
		if (found)
			return path;
		free(path);
		at += length + (at[length] == ':');
	}
	return NULL;
}

int proc_find_program(const char *name, char **out_path, struct err *err)
{
	char *path = beside_us(name);

	if (path && access(path, X_OK) == 0) {
		*out_path = path;
		return 0;
	}
	free(path);
	path = in_path(name);
	if (!path)
		return err_set(err, ERR_NOT_FOUND,
			       "program '%s' is neither beside this one nor in PATH", name);
	*out_path = path;
	return 0;
}

/* ---- starting programs ------------------------------------------------------------------- */

/* 0 or an errno value, as all of posix_spawn's family. */
static int set_attributes(posix_spawnattr_t *attributes, bool new_session)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t all, none;
	int failed;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	if (new_session)
		flags = (short)(flags | POSIX_SPAWN_SETSID);
	failed = posix_spawnattr_setsigdefault(attributes, &all);
	if (!failed)
		failed = posix_spawnattr_setsigmask(attributes, &none);
	return failed ? failed : posix_spawnattr_setflags(attributes, flags);
}

static int add_stream(posix_spawn_file_actions_t *actions, int fd, int target)
{
	if (fd < 0)
		return posix_spawn_file_actions_addopen(
			actions, target, "/dev/null", target == STDIN_FILENO ? O_RDONLY : O_WRONLY,
			0);
	return posix_spawn_file_actions_adddup2(actions, fd, target);
}

static int set_actions(posix_spawn_file_actions_t *actions, const int streams[3],
		       const char *folder)
{
	int failed = 0;

	for (int i = 0; i < 3 && !failed; i++)
		failed = add_stream(actions, streams[i], i);
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(actions, 3);
	if (!failed && folder)
		failed = posix_spawn_file_actions_addchdir_np(actions, folder);
	return failed;
}

/* A stream given as 0, 1 or 2 could be overwritten by another before it is used: a copy above
 * them is safe. Returns an errno value; *copy is -1 where none was needed. */
static int lift_stream(int target, int *fd, int *copy)
{
	*copy = -1;
	if (*fd < 0 || *fd > 2 || *fd == target)
		return 0;
	*copy = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	if (*copy < 0)
		return errno;
	*fd = *copy;
	return 0;
}

static int spawn_with(const struct proc_spawn *how, const int streams[3], pid_t *pid)
{
	char *const *environment = how->environment ? how->environment : environ;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return failed;
	failed = posix_spawnattr_init(&attributes);
	if (failed)
		goto out;
	failed = set_attributes(&attributes, how->new_session);
	if (!failed)
		failed = set_actions(&actions, streams, how->folder);
	if (!failed)
		failed = (how->search ? posix_spawnp : posix_spawn)(
			pid, how->argv[0], &actions, &attributes, how->argv, environment);
	(void)posix_spawnattr_destroy(&attributes);
out:
	(void)posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* A file without "#!": the kernel does not know what it is, a shell takes it for its own. */
static int spawn_script(const struct proc_spawn *how, const int streams[3], pid_t *pid)
{
	char *path = strchr(how->argv[0], '/') ? mem_strdup(how->argv[0]) : in_path(how->argv[0]);
	struct proc_spawn script = *how;
	size_t count = 1;
	char **argv;
	int failed;

	if (!path)
		return ENOEXEC;
	while (how->argv[count])
		count++;
	argv = mem_calloc(count + 2, sizeof(*argv));
	argv[0] = (char *)"/bin/sh";
	argv[1] = path;
	memcpy(argv + 2, how->argv + 1, (count - 1) * sizeof(*argv));
	script.argv = argv;
	script.search = false;
	failed = spawn_with(&script, streams, pid);
	free(argv);
	free(path);
	return failed;
}

int proc_spawn(const struct proc_spawn *how, pid_t *out_pid, struct err *err)
{
	int streams[3] = {how->stdin_fd, how->stdout_fd, how->stderr_fd};
	int copies[3] = {-1, -1, -1}, failed = 0;
	pid_t pid;

	for (int i = 0; i < 3 && !failed; i++)
		failed = lift_stream(i, &streams[i], &copies[i]);
	if (!failed)
		failed = spawn_with(how, streams, &pid);
	if (failed == ENOEXEC && how->search)
		failed = spawn_script(how, streams, &pid);
	for (int i = 0; i < 3; i++)
		if (copies[i] >= 0)
			(void)close(copies[i]);
	if (failed)
		return err_errno(err, failed, "cannot start '%s'", how->argv[0]);
	*out_pid = pid;
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(char *const *argv, const char *folder, int stderr_fd, struct buf *out,
	       struct err *err)
{
	struct proc_spawn how = {.argv = argv,
				 .folder = folder,
				 .stdin_fd = -1,
				 .stderr_fd = stderr_fd,
				 .search = true};
	int ends[2], rc, status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe for '%s'", argv[0]);
	how.stdout_fd = ends[1];
	rc = proc_spawn(&how, &pid, err);
	(void)close(ends[1]);
	if (rc == 0) {
		rc = file_read_fd(ends[0], out, err);
		if (rc < 0) /* it may wait for ever with a full pipe */
			(void)kill(pid, SIGKILL);
		status = wait_for(pid);
		if (rc == 0 && status < 0)
			rc = err_errno(err, -status, "cannot wait for '%s'", argv[0]);
		else if (rc == 0)
			rc = status;
		else if (err)
			rc = err_prefix(err, "output of '%s'", argv[0]);
	}
	(void)close(ends[0]);
	return rc;
}

int proc_run(char *const *argv, const char *folder, struct buf *out, struct err *err)
{
	return run(argv, folder, STDERR_FILENO, out, err);
}

int proc_ask(char *const *argv, const char *folder, struct buf *out, struct err *err)
{
	return run(argv, folder, -1, out, err);
}
