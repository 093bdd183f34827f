/* SPDX-License-Identifier: MIT
 *
 * The program is of the same foreground job as the console, so keys that stop or interrupt reach
 * both: the console passes over interrupts, and stops when the program has stopped.
 */
#include "tui/errand.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

extern char **environ;

#define NOT_FOUND 127 /* as the shell says that it could not start something */

void errand_forget(struct errand *errand)
{
	free(errand->command);
	free(errand->text);
	*errand = (struct errand){0};
}

/* A file in memory with the text, to be read from its beginning; or -1. */
static int text_file(const char *text)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (file_write_fd(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static pid_t spawn(const struct errand *errand, int in_fd)
{
	const char *const words[] = {"sh", "-c", errand->command, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	pid_t pid = 0;

	(void)posix_spawn_file_actions_init(&actions);
	if (in_fd >= 0)
		(void)posix_spawn_file_actions_adddup2(&actions, in_fd, STDIN_FILENO);
	(void)posix_spawnattr_init(&attributes);
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (posix_spawn(&pid, "/bin/sh", &actions, &attributes, (char *const *)words, environ) != 0)
		pid = 0;
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	for (;;) {
		if (waitpid(pid, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (!WIFSTOPPED(status))
			break;
		(void)raise(SIGSTOP); /* until the shell continues the job */
		(void)kill(pid, SIGCONT);
	}
	if (!WIFEXITED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status) == NOT_FOUND ? -1 : WEXITSTATUS(status);
}

int errand_run(const struct errand *errand, struct term *term)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
	int in_fd = errand->text != NULL ? text_file(errand->text) : -1;
	int status = -1;

	if (errand->text != NULL && in_fd < 0)
		return -1;
	term_give(term);
	(void)sigaction(SIGINT, &ignore, &interrupt);
	(void)sigaction(SIGQUIT, &ignore, &quit);
	pid_t pid = spawn(errand, in_fd);
	if (pid > 0)
		status = wait_for(pid);
	(void)sigaction(SIGINT, &interrupt, NULL);
	(void)sigaction(SIGQUIT, &quit, NULL);
	term_retake(term);
	if (in_fd >= 0)
		(void)close(in_fd);
	return status;
}
