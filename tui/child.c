/* SPDX-License-Identifier: MIT
 *
 * posix_spawn, a pipe that does not block, and waitpid when the pipe is at its end.
 */
#include "tui/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void child_init(struct child *child)
{
	*child = (struct child){.fd = -1};
	buf_init(&child->out, CHILD_BYTES);
}

static void reap(struct child *child)
{
	while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
		continue;
	child->pid = 0;
	child->ended = true;
}

static void close_pipe(struct child *child)
{
	if (child->fd >= 0)
		(void)close(child->fd);
	child->fd = -1;
}

void child_stop(struct child *child)
{
	close_pipe(child);
	if (child->pid > 0) {
		(void)kill(child->pid, SIGKILL);
		reap(child);
	}
	buf_clear(&child->out);
	child->out.overflow = false;
	child->ended = false;
	child->status = 0;
}

void child_finish(struct child *child)
{
	char bytes[4096];
	ssize_t got = 1;

	if (child->fd >= 0)
		(void)fcntl(child->fd, F_SETFL, 0); /* it may block now */
	while (child->fd >= 0 && (got > 0 || errno == EINTR))
		got = read(child->fd, bytes, sizeof(bytes));
	close_pipe(child);
	if (child->pid > 0)
		reap(child);
}

void child_release(struct child *child)
{
	child_stop(child);
	buf_release(&child->out);
}

static int spawn(struct child *child, const char *const *words, int to)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, usual;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, to, STDERR_FILENO);
	(void)posix_spawnattr_init(&attributes);
	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &usual);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int code = posix_spawnp(&child->pid, words[0], &actions, &attributes, (char *const *)words,
				environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return code;
}

int child_start(struct child *child, const char *const *words, struct err *err)
{
	int pair[2];

	child_stop(child);
	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	int code = spawn(child, words, pair[1]);
	(void)close(pair[1]);
	if (code != 0) {
		(void)close(pair[0]);
		child->pid = 0;
		return err_errno(err, code, "cannot start '%s'", words[0]);
	}
	(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
	child->fd = pair[0];
	return 0;
}

bool child_read(struct child *child)
{
	char bytes[16384];
	bool news = false;

	while (child->fd >= 0) {
		ssize_t got = read(child->fd, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			break;
		news = true;
		if (got > 0) {
			buf_add(&child->out, bytes, (size_t)got); /* what is too much is left out */
			continue;
		}
		close_pipe(child);
		reap(child);
	}
	return news;
}

bool child_succeeded(const struct child *child)
{
	return child->ended && WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0;
}
