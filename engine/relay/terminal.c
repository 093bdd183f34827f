/* SPDX-License-Identifier: MIT
 *
 * One poll loop between two terminals. A shell whose person's terminal is gone gets the hangup that
 * any shell gets then, and is killed if it does not care.
 */
#include "relay/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define CHUNK	    ((size_t)16 * 1024)
#define PATIENCE_US INT64_C(2000000)

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the two terminals ------------------------------------------------------------------- */

static void pass_size(struct terminal *terminal)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		return;
	if (terminal->master >= 0)
		(void)ioctl(terminal->master, TIOCSWINSZ, &size); /* it keeps the one it has */
	record_size(terminal->record, &size);
}

static void make_raw(const struct terminal *terminal)
{
	struct termios raw = terminal->before;

	cfmakeraw(&raw);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw); /* as it is, it still works */
}

/* Also when whoever started us is gone and the terminal somebody else's: SIGTTOU is passed over. */
static void restore(const struct terminal *terminal)
{
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before); /* it may be gone */
}

/* ---- starting ---------------------------------------------------------------------------- */

static void become(const struct terminal *terminal)
{
	static char *const plain[] = {"sh", "-i", NULL};
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* cannot fail */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGTTOU, SIG_DFL);
	(void)umask(022);
	(void)execvpe(terminal->argv[0], terminal->argv, terminal->environment);
	(void)execve("/bin/sh", plain,
		     terminal->environment); /* not every machine has the better */
	(void)fprintf(stderr, "hlp: cannot start a shell\n");
	_exit(127);
}

static int start(struct terminal *terminal, struct err *err)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};

	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return err_set(err, ERR_INVALID, "a shell needs a terminal");
	(void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size); /* else the usual one */
	terminal->pid = forkpty(&terminal->master, NULL, &terminal->before, &size);
	if (terminal->pid < 0)
		return err_errno(err, errno, "cannot make a terminal");
	if (terminal->pid == 0)
		become(terminal);
	(void)fcntl(terminal->master, F_SETFL, O_NONBLOCK); /* cannot fail */
	(void)fcntl(terminal->master, F_SETFD, FD_CLOEXEC);
	record_size(terminal->record, &size);
	return 0;
}

/* ---- the run ----------------------------------------------------------------------------- */

static void close_master(struct terminal *terminal)
{
	if (terminal->master >= 0)
		(void)close(terminal->master); /* nothing is owed on it */
	terminal->master = -1;
}

static void hang_up(struct terminal *terminal)
{
	if (terminal->patience_us || terminal->reaped)
		return;
	(void)kill(terminal->pid, SIGHUP); /* not reaped, so still ours */
	close_master(terminal);
	terminal->patience_us = now_us() + PATIENCE_US;
}

static void read_keys(struct terminal *terminal)
{
	char *room = buf_reserve(&terminal->typed, CHUNK);
	const ssize_t got = read(STDIN_FILENO, room, CHUNK);

	if (got > 0)
		buf_commit(&terminal->typed, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		hang_up(terminal);
}

static void write_keys(struct terminal *terminal)
{
	const ssize_t sent = write(terminal->master, terminal->typed.data, terminal->typed.length);

	if (sent > 0)
		buf_consume(&terminal->typed, (size_t)sent);
	else if (errno != EAGAIN && errno != EINTR)
		buf_clear(&terminal->typed); /* nobody reads them any more */
}

/* Reads once; false when there is nothing more now. */
static bool show(struct terminal *terminal)
{
	char data[CHUNK];
	const ssize_t got = terminal->master < 0 ? -1 : read(terminal->master, data, sizeof(data));

	if (got <= 0) {
		if (terminal->master >= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR)))
			close_master(terminal); /* its last process is gone */
		return false;
	}
	record_take(terminal->record, data, (size_t)got);
	if (file_write_fd(STDOUT_FILENO, data, (size_t)got) < 0)
		hang_up(terminal);
	return true;
}

static void take_signals(struct terminal *terminal)
{
	struct signalfd_siginfo info;

	while (read(terminal->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo == SIGWINCH)
			pass_size(terminal);
		else if (info.ssi_signo != SIGCHLD)
			hang_up(terminal);
	if (!terminal->reaped &&
	    waitpid(terminal->pid, &terminal->status, WNOHANG) == terminal->pid)
		terminal->reaped = true;
}

static void turn(struct terminal *terminal)
{
	const bool types = terminal->typed.length > 0;
	struct pollfd fds[] = {
		{.fd = terminal->signal_fd, .events = POLLIN},
		{.fd = types || terminal->patience_us ? -1 : STDIN_FILENO, .events = POLLIN},
		{.fd = terminal->master, .events = (short)(types ? POLLIN | POLLOUT : POLLIN)}};

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), terminal->patience_us ? 50 : -1) < 0)
		return; /* interrupted: the next turn comes */
	if (fds[2].revents & (POLLIN | POLLHUP | POLLERR))
		(void)show(terminal);
	if ((fds[2].revents & POLLOUT) && terminal->master >= 0)
		write_keys(terminal);
	if (fds[1].revents)
		read_keys(terminal);
	take_signals(terminal);
	if (terminal->patience_us && !terminal->reaped && now_us() > terminal->patience_us)
		(void)kill(terminal->pid, SIGKILL);
}

int terminal_run(struct terminal *terminal, struct err *err)
{
	int result;

	terminal->master = -1;
	buf_init(&terminal->typed, 2 * CHUNK);
	result = start(terminal, err);
	if (result >= 0) {
		(void)signal(SIGTTOU, SIG_IGN);
		make_raw(terminal);
		while (!terminal->reaped)
			turn(terminal);
		while (show(terminal)) /* what it said last */
			;
		restore(terminal);
	}
	close_master(terminal);
	buf_release(&terminal->typed);
	return result;
}
