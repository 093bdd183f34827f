/* SPDX-License-Identifier: MIT
 *
 * Drives hlp-console in a terminal of its own making and measures what a person would notice: when
 * something is seen, how long after a key, how many bytes. A mode, then the program and its words:
 *
 *   paint TEXT         until TEXT was sent: time, bytes, memory
 *   keys COUNT KEYS    each of KEYS in turn, COUNT in all: time to the last byte of its answer
 *   idle SECONDS       once all is quiet: bytes and processor time while nothing is pressed
 *   watch SECONDS      the same, after two seconds, whatever happens
 *   link MS COUNT KEY  MS away, there and back: COUNT presses at once, time until all is seen
 *   memory KEYS        after these keys: the most memory
 *   kill COUNT         ended by signals at random moments: is the terminal as it was?
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/rng.h"

extern char **environ;

#define BYTES_MOST ((size_t)64 * 1024 * 1024)
#define QUIET_US   60000 /* nothing for so long: what a key changed is all there */

struct screen {
	int master;
	pid_t pid;
	struct termios before;
	char *bytes; /* the newest part of what was sent */
	size_t length;
	int64_t total;
	int64_t last_us; /* when the last of it came */
};

/* ---- the terminal ------------------------------------------------------------------------ */

static int fail(const char *what)
{
	(void)fprintf(stderr, "console_pty: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void start(struct screen *screen, char **words, int columns, int rows)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char name[64];

	screen->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (screen->master < 0 || grantpt(screen->master) < 0 || unlockpt(screen->master) < 0)
		fail("no pseudo-terminal");
	(void)ioctl(screen->master, TIOCSWINSZ, &size);
	(void)snprintf(name, sizeof(name), "%s", ptsname(screen->master));
	int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	(void)tcgetattr(slave, &screen->before);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, 0, 1);
	(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	if (posix_spawnp(&screen->pid, words[0], &actions, &attributes, words, environ) != 0)
		fail(words[0]);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)fcntl(screen->master, F_SETFL, O_NONBLOCK);
	(void)close(slave);
	screen->bytes = screen->bytes ? screen->bytes : mem_alloc(BYTES_MOST);
	screen->length = 0;
	screen->total = 0;
}

/* Reads what comes until `until_us`; true when something came. */
static bool take(struct screen *screen, int64_t until_us)
{
	struct pollfd fd = {.fd = screen->master, .events = POLLIN};
	int64_t wait_us = until_us - loop_now_us();
	struct timespec timeout = {.tv_sec = wait_us / 1000000,
				   .tv_nsec = wait_us % 1000000 * 1000};

	if (wait_us <= 0 || ppoll(&fd, 1, &timeout, NULL) <= 0)
		return false;
	if (screen->length > BYTES_MOST / 2)
		screen->length = 0;
	ssize_t got = read(screen->master, screen->bytes + screen->length, 65536);
	if (got <= 0)
		return false;
	screen->length += (size_t)got;
	screen->total += got;
	screen->last_us = loop_now_us();
	return true;
}

static void settle(struct screen *screen, int64_t quiet_us)
{
	int64_t until_us = loop_now_us() + 20 * CLOCK_SECOND_US;

	while (loop_now_us() < until_us && take(screen, loop_now_us() + quiet_us))
		continue;
}

static void await(struct screen *screen, const char *text)
{
	int64_t until_us = loop_now_us() + 30 * CLOCK_SECOND_US;

	while (memmem(screen->bytes, screen->length, text, strlen(text)) == NULL) {
		if (loop_now_us() > until_us) {
			errno = ETIMEDOUT;
			fail(text);
		}
		(void)take(screen, loop_now_us() + CLOCK_SECOND_US / 10);
	}
}

static void end(struct screen *screen)
{
	int status;

	(void)kill(screen->pid, SIGTERM);
	while (waitpid(screen->pid, &status, WNOHANG) == 0)
		(void)take(screen, loop_now_us() + 10000);
	(void)close(screen->master);
}

static long read_status(pid_t pid, const char *name)
{
	char path[64], line[256];
	long value = -1;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name) + 1, NULL, 10);
	}
	if (file != NULL)
		(void)fclose(file);
	return value;
}

static double processor_seconds(pid_t pid)
{
	char path[64];
	long long user = 0, system = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "re");
	if (file != NULL) {
		if (fscanf(file,
			   "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld",
			   &user, &system) != 2)
			user = system = 0;
		(void)fclose(file);
	}
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- modes ------------------------------------------------------------------------------- */

static void paint(struct screen *screen, char **words, const char *text, int columns, int rows)
{
	int64_t began_us = loop_now_us();

	start(screen, words, columns, rows);
	await(screen, text);
	double first = (double)(screen->last_us - began_us) / 1000;
	settle(screen, 200000);
	(void)printf("%.1f ms, %lld bytes, %ld KiB at most\n", first, (long long)screen->total,
		     read_status(screen->pid, "VmHWM:"));
	end(screen);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void keys(struct screen *screen, int count, const char *which)
{
	int64_t *times = mem_calloc((size_t)count, sizeof(*times));
	int64_t *sizes = mem_calloc((size_t)count, sizeof(*sizes));

	settle(screen, 500000);
	for (int i = 0; i < count; i++) {
		int64_t before = screen->total, began_us = loop_now_us();
		if (write(screen->master, &which[(size_t)i % strlen(which)], 1) != 1)
			fail("the key");
		screen->last_us = began_us;
		/* The frame that answers the key; what comes later is news. */
		while (take(screen, began_us + 50000) &&
		       memmem(screen->bytes + screen->length - 8, 8, "?2026l", 6) == NULL)
			continue;
		times[i] = screen->last_us - began_us;
		sizes[i] = screen->total - before;
		while (take(screen, loop_now_us() + 3000))
			continue;
	}
	qsort(times, (size_t)count, sizeof(*times), compare);
	qsort(sizes, (size_t)count, sizeof(*sizes), compare);
	(void)printf("median %.2f ms, 99th percentile %.2f ms, median %lld bytes\n",
		     (double)times[count / 2] / 1000, (double)times[count * 99 / 100] / 1000,
		     (long long)sizes[count / 2]);
	free(times);
	free(sizes);
}

static void idle(struct screen *screen, double seconds, bool quiet)
{
	int64_t soon_us = loop_now_us() + 2 * CLOCK_SECOND_US;

	while (!quiet && loop_now_us() < soon_us)
		(void)take(screen, soon_us);
	if (quiet)
		settle(screen, 900000);
	int64_t before = screen->total, until_us = loop_now_us() + (int64_t)(seconds * 1e6);
	double used = processor_seconds(screen->pid);
	while (loop_now_us() < until_us)
		(void)take(screen, until_us);
	(void)printf("%.0f bytes a second, %.1f %% of a core\n",
		     (double)(screen->total - before) / seconds,
		     (processor_seconds(screen->pid) - used) * 100 / seconds);
}

static void memory(struct screen *screen, const char *which)
{
	settle(screen, 500000);
	for (; *which != '\0'; which++) {
		(void)!write(screen->master, which, 1);
		settle(screen, 300000);
	}
	(void)printf("%ld KiB\n", read_status(screen->pid, "VmHWM:"));
}

/* What is sent arrives half the delay later, both ways. Keys are all under way at once. */
static void link_far(struct screen *screen, int64_t delay_us, int count, const char *key)
{
	settle(screen, 500000);
	int64_t pressed_us = loop_now_us(), arrives_us = pressed_us + delay_us / 2;
	while (loop_now_us() < arrives_us)
		(void)take(screen, arrives_us);
	for (int i = 0; i < count; i++)
		(void)!write(screen->master, key, 1);
	screen->last_us = loop_now_us();
	while (take(screen, loop_now_us() + QUIET_US))
		continue;
	double all = (double)(screen->last_us + delay_us / 2 - pressed_us) / 1000;
	(void)printf("%.0f ms after the last press\n", all);
}

static bool is_as_before(struct screen *screen)
{
	struct termios now;
	char name[64];

	(void)snprintf(name, sizeof(name), "%s", ptsname(screen->master));
	int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	bool same = tcgetattr(slave, &now) == 0 && now.c_iflag == screen->before.c_iflag &&
		    now.c_oflag == screen->before.c_oflag &&
		    now.c_lflag == screen->before.c_lflag && now.c_cflag == screen->before.c_cflag;
	(void)close(slave);
	if (!same)
		return false;
	const char *entered = memmem(screen->bytes, screen->length, "\033[?1049h", 8);
	if (entered == NULL) /* it had not come that far */
		return true;
	return memmem(screen->bytes, screen->length, "\033[?1049l", 8) != NULL &&
	       memmem(screen->bytes, screen->length, "\033[?25h", 6) != NULL;
}

static void end_at_random(struct screen *screen, char **words, int count)
{
	static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
	int wrong = 0, status;
	struct rng rng = {.state = 7};

	for (int i = 0; i < count; i++) {
		start(screen, words, 80, 24);
		int64_t until_us = loop_now_us() + (int64_t)(rng_next(&rng) % 250000);
		while (loop_now_us() < until_us)
			(void)take(screen, until_us);
		(void)!write(screen->master, "jk3l", (size_t)(rng_next(&rng) % 5));
		(void)kill(screen->pid, SIGNALS[i % 4]);
		while (waitpid(screen->pid, &status, WNOHANG) == 0)
			(void)take(screen, loop_now_us() + 5000);
		while (take(screen, loop_now_us() + 5000))
			continue;
		wrong += !is_as_before(screen);
		(void)close(screen->master);
	}
	(void)printf("%d of %d left the terminal otherwise than it was\n", wrong, count);
}

int main(int argc, char **argv)
{
	struct screen screen = {0};
	const char *mode = argc > 3 ? argv[3] : "";
	int columns = argc > 3 ? (int)strtol(argv[1], NULL, 10) : 0;
	int rows = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(mode, "paint") == 0 && argc > 5) {
		paint(&screen, argv + 5, argv[4], columns, rows);
	} else if (strcmp(mode, "kill") == 0 && argc > 5) {
		end_at_random(&screen, argv + 5, (int)strtol(argv[4], NULL, 10));
	} else if (strcmp(mode, "keys") == 0 && argc > 6) {
		start(&screen, argv + 6, columns, rows);
		keys(&screen, (int)strtol(argv[4], NULL, 10), argv[5]);
		end(&screen);
	} else if (strcmp(mode, "memory") == 0 && argc > 5) {
		start(&screen, argv + 5, columns, rows);
		memory(&screen, argv[4]);
		end(&screen);
	} else if ((strcmp(mode, "idle") == 0 || strcmp(mode, "watch") == 0) && argc > 5) {
		start(&screen, argv + 5, columns, rows);
		idle(&screen, strtod(argv[4], NULL), mode[0] == 'i');
		end(&screen);
	} else if (strcmp(mode, "link") == 0 && argc > 7) {
		start(&screen, argv + 7, columns, rows);
		link_far(&screen, strtol(argv[4], NULL, 10) * 1000, (int)strtol(argv[5], NULL, 10),
			 argv[6]);
		end(&screen);
	} else {
		(void)fputs("usage: console_pty COLUMNS ROWS MODE … PROGRAM WORD…\n", stderr);
		return 2;
	}
	free(screen.bytes);
	return 0;
}
