/* SPDX-License-Identifier: MIT
 *
 * The terminal's two ends, and the way between them.
 */
#include "tests/bench/pty/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"

extern char **environ;

struct parcel {
	struct parcel *next;
	int64_t due_us;
	size_t length;
	char bytes[];
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "console_pty: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- the way ----------------------------------------------------------------------------- */

static void post(struct parcel **queue, int64_t due_us, const char *bytes, size_t length)
{
	struct parcel *parcel = mem_alloc(sizeof(*parcel) + length);

	*parcel = (struct parcel){.due_us = due_us, .length = length};
	memcpy(parcel->bytes, bytes, length);
	while (*queue != NULL)
		queue = &(*queue)->next;
	*queue = parcel;
}

static struct parcel *arrived(struct parcel **queue)
{
	struct parcel *parcel = *queue;

	if (parcel == NULL || parcel->due_us > loop_now_us())
		return NULL;
	*queue = parcel->next;
	return parcel;
}

static void drop(struct parcel **queue)
{
	while (*queue != NULL) {
		struct parcel *parcel = *queue;
		*queue = parcel->next;
		free(parcel);
	}
}

static void sooner(int64_t *at_us, const struct parcel *parcel)
{
	if (parcel != NULL && parcel->due_us < *at_us)
		*at_us = parcel->due_us;
}

static bool deliver(struct pty *pty)
{
	bool came = false;

	for (struct parcel *it = arrived(&pty->going); it != NULL; it = arrived(&pty->going)) {
		if (write(pty->master, it->bytes, it->length) != (ssize_t)it->length)
			fail("a key");
		free(it);
	}
	for (struct parcel *it = arrived(&pty->coming); it != NULL; it = arrived(&pty->coming)) {
		cells_feed(&pty->cells, it->bytes, it->length);
		pty->total += (int64_t)it->length;
		pty->last_us = loop_now_us();
		came = true;
		free(it);
	}
	return came;
}

bool pty_turn(struct pty *pty, int64_t until_us)
{
	struct pollfd fd = {.fd = pty->stalled ? -1 : pty->master, .events = POLLIN};
	char bytes[65536];

	for (;;) {
		int64_t next_us = until_us;
		sooner(&next_us, pty->coming);
		sooner(&next_us, pty->going);
		int64_t wait_us = next_us - loop_now_us();
		struct timespec wait = {.tv_sec = wait_us / CLOCK_SECOND_US,
					.tv_nsec = wait_us % CLOCK_SECOND_US * 1000};
		if (wait_us > 0 && ppoll(&fd, 1, &wait, NULL) > 0) {
			ssize_t got = read(pty->master, bytes, sizeof(bytes));
			if (got <= 0) { /* nobody has the other end open */
				(void)poll(NULL, 0, 1);
				return deliver(pty);
			}
			post(&pty->coming, loop_now_us() + pty->delay_us / 2, bytes, (size_t)got);
		}
		if (deliver(pty))
			return true;
		if (loop_now_us() >= until_us)
			return false;
	}
}

void pty_type(struct pty *pty, const char *bytes, size_t length)
{
	post(&pty->going, loop_now_us() + pty->delay_us / 2, bytes, length);
	(void)deliver(pty);
}

void pty_pass(struct pty *pty, int64_t duration_us)
{
	int64_t until_us = loop_now_us() + duration_us;

	while (loop_now_us() < until_us)
		(void)pty_turn(pty, until_us);
}

void pty_settle(struct pty *pty, int64_t quiet_us)
{
	int64_t until_us = loop_now_us() + 20 * CLOCK_SECOND_US;

	while (loop_now_us() < until_us && pty_turn(pty, loop_now_us() + quiet_us))
		continue;
}

void pty_await(struct pty *pty, const char *text)
{
	int64_t until_us = loop_now_us() + 30 * CLOCK_SECOND_US;

	while (!cells_have(&pty->cells, text)) {
		if (loop_now_us() > until_us) {
			char *line = mem_alloc((size_t)pty->cells.width * 4 + 1);
			for (int y = 0; y < pty->cells.height; y++) {
				cells_line(&pty->cells, y, line);
				(void)fprintf(stderr, "%s\n", line);
			}
			free(line);
			errno = ETIMEDOUT;
			fail(text);
		}
		(void)pty_turn(pty, loop_now_us() + CLOCK_SECOND_US / 10);
	}
}

/* ---- the program ------------------------------------------------------------------------- */

/* It leads no session, as under a shell: the end of a session's leader resets the terminal, and
 * what the program left behind could not be seen. */
static void spawn(struct pty *pty, char **words)
{
	posix_spawn_file_actions_t actions;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 0, pty->name, O_RDWR, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, 0, 1);
	(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pty->pid, words[0], &actions, NULL, words, environ) != 0)
		fail(words[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
}

void pty_start(struct pty *pty, char **words, int columns, int rows)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};

	*pty = (struct pty){.delay_us = pty->delay_us};
	cells_init(&pty->cells, columns, rows);
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->master < 0 || grantpt(pty->master) < 0 || unlockpt(pty->master) < 0)
		fail("no pseudo-terminal");
	(void)ioctl(pty->master, TIOCSWINSZ, &size);
	(void)snprintf(pty->name, sizeof(pty->name), "%s", ptsname(pty->master));
	pty->slave = open(pty->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	(void)tcgetattr(pty->slave, &pty->before);
	spawn(pty, words);
	(void)fcntl(pty->master, F_SETFL, O_NONBLOCK);
}

void pty_wait(struct pty *pty)
{
	int status;

	while (waitpid(pty->pid, &status, WNOHANG) == 0)
		(void)pty_turn(pty, loop_now_us() + 5000);
	pty_settle(pty, 5000);
}

void pty_release(struct pty *pty)
{
	(void)close(pty->master);
	(void)close(pty->slave);
	drop(&pty->coming);
	drop(&pty->going);
	cells_release(&pty->cells);
}

void pty_end(struct pty *pty)
{
	pty->stalled = false;
	(void)kill(pty->pid, SIGTERM);
	pty_wait(pty);
	pty_release(pty);
}

long pty_status(const struct pty *pty, const char *name)
{
	char path[64], line[256];
	long value = -1;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pty->pid);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name) + 1, NULL, 10);
	if (file != NULL)
		(void)fclose(file);
	return value;
}

double pty_processor_seconds(const struct pty *pty)
{
	char path[64];
	long long user = 0, system = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pty->pid);
	FILE *file = fopen(path, "re");
	if (file == NULL ||
	    fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld",
		   &user, &system) != 2)
		fail(path);
	(void)fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

bool pty_is_as_before(const struct pty *pty)
{
	const struct cells *cells = &pty->cells;
	struct termios now;
	bool same = tcgetattr(pty->slave, &now) == 0 && now.c_iflag == pty->before.c_iflag &&
		    now.c_oflag == pty->before.c_oflag && now.c_lflag == pty->before.c_lflag &&
		    now.c_cflag == pty->before.c_cflag &&
		    memcmp(now.c_cc, pty->before.c_cc, sizeof(now.c_cc)) == 0;
	return same && !cells->alternate && !cells->hidden_cursor && !cells->keypad &&
	       !cells->synchronized && !cells->coloured;
}
