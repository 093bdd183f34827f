/* SPDX-License-Identifier: MIT
 *
 * A client's few words with hlp-launcher: one short connection each.
 */
#include "base/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"

#define ANSWER_US   (5 * CLOCK_SECOND_US) /* a launcher that does not answer by then is stuck */
#define POLL_US	    20000
#define NUMBERS	    6 /* of a STATUS */
#define PAYLOAD_MAX ((size_t)64 * 1024)

extern char **environ;

/* ---- starting ---------------------------------------------------------------------------- */

/* The caller's environment with this home in it. The caller frees the array and its last entry. */
static char **make_environment(const struct home *home)
{
	size_t count = 0, kept = 0;
	char **environment;

	while (environ[count])
		count++;
	environment = mem_calloc(count + 2, sizeof(*environment));
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "HLP_HOME=", 9) != 0)
			environment[kept++] = environ[i];
	environment[kept] = mem_printf("HLP_HOME=%s", home->path);
	return environment;
}

static void free_environment(char **environment)
{
	size_t last = 0;

	while (environment[last + 1])
		last++;
	free(environment[last]);
	free(environment);
}

/* Opens what the launcher must open before it has a log to complain in: nobody would see why. */
static int try_to_write(const char *path, struct err *err)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	if (fd < 0)
		return err_errno(err, errno, "cannot write '%s'", path);
	(void)close(fd);
	return 0;
}

int instance_start_launcher(const struct home *home, struct err *err)
{
	char *argv[] = {NULL, "--background", NULL};
	char **environment;
	int status, result;
	pid_t pid;

	result = try_to_write(home->launcher_lock, err);
	if (result >= 0)
		result = try_to_write(home->engine_log, err);
	if (result >= 0)
		result = proc_find_program("hlp-launcher", &argv[0], err);
	if (result < 0)
		return result;
	environment = make_environment(home);
	result = proc_spawn(&(struct proc_spawn){.argv = argv,
						 .environment = environment,
						 .folder = "/",
						 .stdin_fd = -1,
						 .stdout_fd = -1,
						 .stderr_fd = -1,
						 .new_session = true},
			    &pid, err);
	free_environment(environment);
	/* It starts the real one and ends at once, so that no caller is left with a zombie. */
	if (result >= 0 && waitpid(pid, &status, 0) == pid && status != 0)
		result = err_set(err, ERR_IO, "'%s' could not go to the background", argv[0]);
	free(argv[0]);
	return result;
}

/* ---- one question, one answer ------------------------------------------------------------ */

struct question {
	enum instance_kind kind;
	bool has_number;
	int64_t number;
	const char *text; /* NULL: none */
};

static int connect_to(const struct home *home, struct err *err)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	socklen_t length;
	int folder = -1, result;

	if (fd < 0)
		return err_errno(err, errno, "cannot make a socket");
	result = home_socket_address(home->launcher_socket, &address, &length, &folder, err);
	if (result >= 0 && connect(fd, (const struct sockaddr *)&address, length) < 0)
		result = errno == EACCES || errno == EPERM
				 ? err_errno(err, errno, "cannot reach the launcher of '%s'",
					     home->path)
				 : err_set(err, ERR_UNAVAILABLE, "no launcher answers for '%s'",
					   home->path);
	if (folder >= 0)
		(void)close(folder);
	if (result >= 0)
		return fd;
	(void)close(fd);
	return result;
}

static void put(struct buf *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_add_char(out, (char)(value >> (8 * i)));
}

static uint64_t get(const char *data, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)(unsigned char)data[i] << (8 * i);
	return value;
}

static int ask(int fd, const struct question *question, struct err *err)
{
	const size_t text_length = question->text ? strlen(question->text) : 0;
	struct buf frame;
	ssize_t sent;

	buf_init(&frame, PAYLOAD_MAX);
	put(&frame, (question->has_number ? 8 : 0) + (question->text ? 5 + text_length : 0), 4);
	put(&frame, INSTANCE_PROTOCOL, 1);
	put(&frame, question->kind, 1);
	put(&frame, 0, 2);
	if (question->has_number)
		put(&frame, (uint64_t)question->number, 8);
	if (question->text) {
		put(&frame, text_length, 4);
		buf_add(&frame, question->text, text_length + 1);
	}
	/* A few bytes into an empty socket buffer: they fit, or the peer is gone. */
	sent = send(fd, frame.data, frame.length, MSG_NOSIGNAL);
	buf_release(&frame);
	if (sent < 0)
		return err_errno(err, errno, "cannot ask the launcher");
	return 0;
}

/* Reads exactly `length` bytes before the deadline. */
static int read_all(int fd, char *out, size_t length, int64_t deadline_us, struct err *err)
{
	const struct clock *clock = clock_system();
	size_t got = 0;

	while (got < length) {
		const int64_t left_us = deadline_us - clock_monotonic_us(clock);
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t size;

		if (left_us <= 0 || poll(&wait, 1, (int)(left_us / 1000) + 1) == 0)
			return err_set(err, ERR_TIMEOUT, "the launcher does not answer");
		size = recv(fd, out + got, length - got, MSG_DONTWAIT);
		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (size <= 0)
			return err_set(err, ERR_UNAVAILABLE, "the launcher hung up");
		got += (size_t)size;
	}
	return 0;
}

/* The text that ends a payload, from `at`; "" when it is not well formed. */
static const char *text_at(const char *payload, size_t length, size_t at)
{
	if (length < at + 5 || get(payload + at, 4) != length - at - 5 || payload[length - 1])
		return "";
	return payload + at + 4;
}

static void read_status(const char *payload, size_t length, struct instance_status *out)
{
	const char *text = text_at(payload, length, (size_t)NUMBERS * 8);
	const size_t room = sizeof(out->text) - 1;

	*out = (struct instance_status){
		.launcher_pid = (pid_t)get(payload, 8),
		.engine_pid = (pid_t)get(payload + 8, 8),
		.engine_ready = get(payload + 16, 8) != 0,
		.live = (int64_t)get(payload + 24, 8),
		.unread = (int64_t)get(payload + 32, 8),
		.proves_stop = get(payload + 40, 8) != 0,
	};
	memcpy(out->text, text, strnlen(text, room)); /* zeroed above */
}

static int read_answer(int fd, struct instance_status *out, struct err *err)
{
	const int64_t deadline_us = clock_monotonic_us(clock_system()) + ANSWER_US;
	char header[INSTANCE_FRAME_HEADER], *payload;
	size_t length;
	int kind, result;

	result = read_all(fd, header, sizeof(header), deadline_us, err);
	if (result < 0)
		return result;
	length = (size_t)get(header, 4);
	kind = (unsigned char)header[5];
	if (length > PAYLOAD_MAX || (kind != INSTANCE_STATUS && kind != INSTANCE_REFUSED))
		return err_set(err, ERR_PROTOCOL, "the launcher's answer is not understood");
	payload = mem_alloc(length + 1);
	result = read_all(fd, payload, length, deadline_us, err);
	if (result >= 0 && kind == INSTANCE_REFUSED)
		result = err_set(err, ERR_REFUSED, "%s", text_at(payload, length, 0));
	else if (result >= 0 && length < (size_t)NUMBERS * 8)
		result = err_set(err, ERR_PROTOCOL, "the launcher's answer is too short");
	else if (result >= 0 && out)
		read_status(payload, length, out);
	free(payload);
	return result;
}

static int converse(const struct home *home, const struct question *question,
		    struct instance_status *out, struct err *err)
{
	const int fd = connect_to(home, err);
	struct ucred peer = {0};
	socklen_t size = sizeof(peer);
	int result;

	if (fd < 0)
		return fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid != geteuid() &&
	    peer.uid != 0 && geteuid() != 0)
		result = err_set(err, ERR_DENIED, "the launcher of '%s' is another user's",
				 home->path);
	else
		result = ask(fd, question, err);
	if (result >= 0)
		result = read_answer(fd, out, err);
	(void)close(fd);
	return result;
}

int instance_status(const struct home *home, struct instance_status *out, struct err *err)
{
	return converse(home, &(struct question){.kind = INSTANCE_PING}, out, err);
}

int instance_wake(const struct home *home, struct instance_status *out, struct err *err)
{
	return converse(home, &(struct question){.kind = INSTANCE_WAKE}, out, err);
}

int instance_upgrade(const struct home *home, const char *path, struct err *err)
{
	return converse(home, &(struct question){.kind = INSTANCE_UPGRADE, .text = path}, NULL,
			err);
}

/* ---- ending ------------------------------------------------------------------------------ */

/* Whether somebody holds a lock file; one that is not there is not held. */
static bool is_held(const char *path)
{
	const int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool held;

	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	(void)close(fd);
	return held;
}

bool instance_is_there(const struct home *home)
{
	/* In this order: while the first is held, the second may still be taken. */
	return is_held(home->engine_lock) || is_held(home->launcher_lock);
}

int instance_shutdown(const struct home *home, enum instance_force force, int64_t timeout_us,
		      struct err *err)
{
	const struct question question = {
		.kind = INSTANCE_SHUTDOWN,
		.has_number = true,
		.number = force == INSTANCE_STOP_ATTEMPTS,
	};
	const struct clock *clock = clock_system();
	const int64_t deadline_us = clock_monotonic_us(clock) + timeout_us;
	int result = converse(home, &question, NULL, err);

	if (result < 0)
		return result;
	/* Their locks are the proof that both are gone; nothing tells of it but asking again. */
	while (instance_is_there(home)) {
		if (clock_monotonic_us(clock) >= deadline_us)
			return err_set(err, ERR_TIMEOUT, "the instance of '%s' has not ended yet",
				       home->path);
		(void)poll(NULL, 0, POLL_US / 1000);
	}
	return 0;
}
