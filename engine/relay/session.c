/* SPDX-License-Identifier: MIT
 *
 * The loop of one program. Everything is small and single-threaded: poll does.
 */
#include "relay/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"

#define CHUNK	  ((size_t)64 * 1024)
#define PRINT_MAX ((size_t)16 * 1024 * 1024)
#define HURRY_US  INT64_C(2000000) /* for what was printed before the end to arrive after it */

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- printing ---------------------------------------------------------------------------- */

static void print(struct session *session, const char *data, size_t length, enum mask_more more)
{
	struct buf out;

	buf_init(&out, PRINT_MAX);
	mask_pass(session->mask, &session->printed, data, length, more, &out);
	/* Where the disk is full the output is cut, as it would be without us. */
	(void)file_write_fd(STDOUT_FILENO, out.data, out.length);
	buf_release(&out);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing is owed on it */
	*fd = -1;
}

/* Reads once; false when there is nothing more to read now. */
static bool read_some(int *fd, struct buf *out)
{
	char *room = buf_reserve(out, CHUNK);
	const ssize_t got = read(*fd, room, CHUNK);

	if (got > 0) {
		buf_commit(out, (size_t)got);
		return true;
	}
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		close_end(fd);
	return false;
}

static bool pass_printed(struct session *session)
{
	struct buf data;
	bool more;

	if (session->err_fd < 0)
		return false;
	buf_init(&data, CHUNK);
	more = read_some(&session->err_fd, &data);
	print(session, buf_text(&data), data.length, session->err_fd < 0 ? MASK_LAST : MASK_MORE);
	buf_release(&data);
	return more;
}

/* ---- a remote shell ---------------------------------------------------------------------- */

static void send_some(struct session *session)
{
	struct buf *out = &session->remote->to_send;
	const ssize_t sent = write(session->in_fd, out->data, out->length);

	if (sent > 0)
		buf_consume(out, (size_t)sent);
	else if (errno != EAGAIN && errno != EINTR)
		close_end(&session->in_fd); /* its end will tell */
	if (!out->length && session->remote->phase != REMOTE_CALLING)
		close_end(&session->in_fd);
}

static void began_to_send(struct session *session)
{
	struct err err;

	if (session->before_script && session->before_script(session->ctx, &err) < 0) {
		(void)fprintf(stderr, "[hlp: %s]\n", err.message);
		session->remote->phase = REMOTE_CALLING; /* nothing of it has left */
		buf_clear(&session->remote->to_send);
		close_end(&session->in_fd);
	}
}

static bool take_answers(struct session *session)
{
	struct remote *remote = session->remote;
	const enum remote_phase before = remote->phase;
	struct buf data, noise;
	bool more;

	if (session->out_fd < 0)
		return false;
	buf_init(&data, CHUNK);
	buf_init(&noise, 2 * PRINT_MAX);
	more = read_some(&session->out_fd, &data);
	remote_take(remote, buf_text(&data), data.length, &noise);
	print(session, buf_text(&noise), noise.length, MASK_MORE);
	buf_release(&noise);
	buf_release(&data);
	if (before == REMOTE_CALLING && remote->phase == REMOTE_SENT)
		began_to_send(session);
	if (remote->phase >= REMOTE_ENDED && !session->hurry_us)
		session->hurry_us = now_us() + HURRY_US;
	return more;
}

/* ---- signals ----------------------------------------------------------------------------- */

static void take_signals(struct session *session)
{
	struct signalfd_siginfo info;

	while (read(session->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD || !session->stops)
			continue;
		session->stopping = true;
		/* Whoever stops an attempt signals all of it; a word more does no harm. */
		if (!session->reaped)
			(void)kill(session->pid, (int)info.ssi_signo);
	}
	if (!session->reaped && waitpid(session->pid, &session->status, WNOHANG) == session->pid)
		session->reaped = true;
}

static void hurry(struct session *session)
{
	if (!session->hurry_us || now_us() < session->hurry_us)
		return;
	(void)kill(session->pid, SIGTERM); /* not reaped, so still ours */
	session->hurry_us = now_us() + HURRY_US;
}

/* ---- the run ----------------------------------------------------------------------------- */

static int make_pipe(int *out_read, int *out_write, int nonblocking_end)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	(void)fcntl(ends[nonblocking_end], F_SETFL, O_NONBLOCK); /* cannot fail on a pipe */
	*out_read = ends[0];
	*out_write = ends[1];
	return 0;
}

static int start(struct session *session, struct err *err)
{
	int in = -1, out = -1, printed = -1, result;

	result = make_pipe(&session->err_fd, &printed, 0);
	if (!result && session->remote)
		result = make_pipe(&session->out_fd, &out, 0);
	if (!result && session->remote)
		result = make_pipe(&in, &session->in_fd, 1);
	if (result)
		result = err_errno(err, -result, "cannot make a pipe");
	else
		result = proc_spawn(
			&(struct proc_spawn){.argv = session->argv,
					     .environment = session->environment,
					     .stdin_fd = in,
					     .stdout_fd = session->remote ? out : printed,
					     .stderr_fd = printed,
					     .new_session = true,
					     .search = true},
			&session->pid, err);
	close_end(&in);
	close_end(&out);
	close_end(&printed);
	return result;
}

static void turn(struct session *session)
{
	const bool writes = session->in_fd >= 0 && session->remote->to_send.length;
	struct pollfd fds[] = {{.fd = session->signal_fd, .events = POLLIN},
			       {.fd = session->err_fd, .events = POLLIN},
			       {.fd = session->out_fd, .events = POLLIN},
			       {.fd = writes ? session->in_fd : -1, .events = POLLOUT}};
	const int wait_ms = session->hurry_us ? 50 : -1;

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms) < 0)
		return; /* interrupted: the next turn comes */
	if (fds[1].revents)
		(void)pass_printed(session);
	if (fds[2].revents)
		(void)take_answers(session);
	if (fds[3].revents)
		send_some(session);
	take_signals(session);
	hurry(session);
}

/* What it printed before its end lies in the pipes; what others that it started print comes
 * later, and whoever waits for this program does not wait for them. */
static void finish(struct session *session)
{
	while (session->remote && take_answers(session))
		;
	while (pass_printed(session))
		;
	if (session->err_fd < 0 || fork() != 0)
		return;
	(void)fcntl(session->err_fd, F_SETFL, 0);
	while (session->err_fd >= 0)
		(void)pass_printed(session);
	_exit(0);
}

int session_run(struct session *session, struct err *err)
{
	int result;

	session->in_fd = session->out_fd = session->err_fd = -1;
	mask_stream_init(&session->printed);
	result = start(session, err);
	while (result >= 0 && !session->reaped)
		turn(session);
	if (result >= 0)
		finish(session);
	close_end(&session->in_fd);
	close_end(&session->out_fd);
	close_end(&session->err_fd);
	mask_stream_release(&session->printed);
	return result;
}
