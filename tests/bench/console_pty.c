/* SPDX-License-Identifier: MIT
 *
 * Drives hlp-console in a terminal of its own making and measures what a person would notice: when
 * something is seen, how long after a key, how many bytes. A mode, then the program and its words:
 *
 *   paint TEXT           until TEXT is seen: time, bytes, memory
 *   keys COUNT KEYS      each of KEYS in turn, COUNT in all: time to the last byte of its answer
 *   until N (KEY TEXT)…  N pairs: from each key until its text is seen; the longest, and memory
 *   idle SECONDS         once all is quiet: bytes and processor time while nothing is pressed
 *   watch SECONDS        the same, after two seconds, whatever happens
 *   link MS COUNT KEY TEXT   MS away, there and back: from the last of COUNT presses until all is
 * right stall SECONDS KEYS KEY TEXT   a link that takes nothing while KEYS are pressed, then KEY:
 * from when it takes again until TEXT is seen, and the bytes before that other ACTS TEXT      two
 * programs: from the last key of ACTS in one until TEXT is seen in the other kill COUNT TEXT ended
 * or suspended at random moments: is the terminal as it was? TEXT: what is seen when a suspended
 * one was continued
 *
 * KEYS, ACTS and KEY may hold \r for Enter; in ACTS a `~` waits until a dialog takes keys.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/bench/pty/pty.h"

#define MS ((int64_t)1000)

struct job {
	int columns, rows;
	char **words; /* of the mode */
	char **program;
};

static void start(struct pty *pty, const struct job *job)
{
	pty_start(pty, job->program, job->columns, job->rows);
}

static double ms(int64_t us)
{
	return (double)us / 1000;
}

/* A picture by guessing proves nothing. */
static int finish(struct pty *pty)
{
	uint64_t unknown = pty->cells.unknown;

	if (unknown > 0)
		(void)fprintf(stderr, "console_pty: %llu sequences are not known, the last: %s\n",
			      (unsigned long long)unknown, pty->cells.odd);
	pty_end(pty);
	return unknown > 0;
}

static int run_paint(const struct job *job)
{
	struct pty pty = {0};
	int64_t began_us = loop_now_us();

	start(&pty, job);
	pty_await(&pty, job->words[0]);
	double first = ms(pty.last_us - began_us);
	pty_settle(&pty, 200 * MS);
	(void)printf("%.1f ms, %lld bytes, %ld KiB at most\n", first, (long long)pty.total,
		     pty_status(&pty, "VmHWM:"));
	return finish(&pty);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static int run_keys(const struct job *job)
{
	size_t count = strtoul(job->words[0], NULL, 10);
	const char *which = job->words[1];
	int64_t *times = mem_calloc(count, sizeof(*times));
	int64_t *sizes = mem_calloc(count, sizeof(*sizes));
	struct pty pty = {0};

	start(&pty, job);
	pty_settle(&pty, 500 * MS);
	for (size_t i = 0; i < count; i++) {
		int64_t before = pty.total, began_us = loop_now_us();
		uint64_t frames = pty.cells.frames;
		pty_type(&pty, &which[i % strlen(which)], 1);
		/* The frame that answers the key; what comes later is news. */
		while (pty.cells.frames == frames && pty_turn(&pty, began_us + 50 * MS))
			continue;
		times[i] = loop_now_us() - began_us;
		sizes[i] = pty.total - before;
		pty_pass(&pty, 3 * MS);
	}
	qsort(times, count, sizeof(*times), compare);
	qsort(sizes, count, sizeof(*sizes), compare);
	(void)printf("median %.2f ms, 99th percentile %.2f ms, median %lld bytes\n",
		     ms(times[count / 2]), ms(times[count * 99 / 100]),
		     (long long)sizes[count / 2]);
	free(times);
	free(sizes);
	return finish(&pty);
}

static int run_until(const struct job *job)
{
	struct pty pty = {0};
	size_t pairs = strtoul(job->words[0], NULL, 10);

	start(&pty, job);
	pty_settle(&pty, 500 * MS);
	for (size_t i = 0; i < pairs; i++) {
		const char *key = job->words[1 + 2 * i], *text = job->words[2 + 2 * i];
		int64_t began_us = loop_now_us();
		pty_type(&pty, key, strlen(key));
		pty_await(&pty, text);
		(void)printf("%.1f ms ", ms(pty.last_us - began_us));
		pty_settle(&pty, 300 * MS);
	}
	(void)printf("%ld KiB at most\n", pty_status(&pty, "VmHWM:"));
	return finish(&pty);
}

static int run_idle(const struct job *job, bool quiet)
{
	double seconds = strtod(job->words[0], NULL);
	struct pty pty = {0};

	start(&pty, job);
	if (quiet)
		pty_settle(&pty, 900 * MS);
	else
		pty_pass(&pty, 2000 * MS);
	int64_t before = pty.total;
	double used = pty_processor_seconds(&pty);
	pty_pass(&pty, (int64_t)(seconds * 1e6));
	(void)printf("%.1f bytes a second, %.2f %% of a core\n",
		     (double)(pty.total - before) / seconds,
		     (pty_processor_seconds(&pty) - used) * 100 / seconds);
	return finish(&pty);
}

/* Presses ten milliseconds apart, none waiting for what the one before has brought. What is seen at
 * the end must be what all keys together ask for, and must be what a screen drawn afresh shows. */
static int run_link(const struct job *job)
{
	struct pty pty = {.delay_us = strtol(job->words[0], NULL, 10) * MS};
	long count = strtol(job->words[1], NULL, 10);
	int64_t pressed_us = 0;

	start(&pty, job);
	pty_settle(&pty, 700 * MS);
	for (long i = 0; i < count; i++) {
		pressed_us = loop_now_us();
		pty_type(&pty, job->words[2], 1);
		pty_pass(&pty, i + 1 < count ? 10 * MS : 0);
	}
	pty_await(&pty, job->words[3]);
	double right = ms(loop_now_us() - pressed_us);
	pty_settle(&pty, 500 * MS);
	struct cells seen;
	cells_copy(&seen, &pty.cells);
	pty_type(&pty, "\f", 1);
	pty_settle(&pty, 700 * MS);
	(void)printf("%.0f ms after the last press, %d lines wrong\n", right,
		     cells_compare(&seen, &pty.cells, stderr));
	cells_release(&seen);
	return finish(&pty);
}

static int run_stall(const struct job *job)
{
	int64_t stall_us = (int64_t)(strtod(job->words[0], NULL) * 1e6);
	const char *keys = job->words[1], *last = job->words[2];
	struct pty pty = {0};
	size_t pressed = 0;

	start(&pty, job);
	pty_settle(&pty, 500 * MS);
	pty.stalled = true;
	int64_t until_us = loop_now_us() + stall_us;
	while (loop_now_us() < until_us) {
		pty_type(&pty, &keys[pressed++ % strlen(keys)], 1);
		pty_pass(&pty, 20 * MS);
	}
	pty_type(&pty, last, strlen(last));
	pty_pass(&pty, 200 * MS);
	int64_t before = pty.total, began_us = loop_now_us();
	pty.stalled = false;
	pty_await(&pty, job->words[3]);
	(void)printf("%.1f ms and %lld bytes after %zu keys\n", ms(loop_now_us() - began_us),
		     (long long)(pty.total - before), pressed);
	return finish(&pty);
}

/* A dialog drops what comes in its first 300 ms: it was meant for what was there before. */
static void type_acts(struct pty *pty, const char *acts)
{
	for (; *acts != '\0'; acts++) {
		pty_pass(pty, *acts == '~' ? 400 * MS : 50 * MS);
		if (*acts != '~')
			pty_type(pty, acts, 1);
	}
}

static int run_other(const struct job *job)
{
	struct pty one = {0}, other = {0};

	start(&one, job);
	start(&other, job);
	pty_settle(&one, 500 * MS);
	pty_settle(&other, 500 * MS);
	type_acts(&one, job->words[0]);
	int64_t pressed_us = loop_now_us();
	pty_await(&other, job->words[1]);
	double seen = ms(loop_now_us() - pressed_us);
	pty_settle(&one, 300 * MS);
	(void)printf("%.1f ms until the other has it\n", seen);
	return finish(&one) | finish(&other);
}

/* ---- every way out ----------------------------------------------------------------------- */

/* Stopped the terminal is the shell's; continued, the console has it back with its picture. */
static bool is_suspended_well(struct pty *pty, const char *text)
{
	int status = 0;

	(void)kill(pty->pid, SIGTSTP);
	while (waitpid(pty->pid, &status, WNOHANG | WUNTRACED) == 0)
		(void)pty_turn(pty, loop_now_us() + 5 * MS);
	pty_settle(pty, 5 * MS);
	bool well = WIFSTOPPED(status) && pty_is_as_before(pty);
	(void)kill(pty->pid, SIGCONT);
	pty_await(pty, text);
	well = well && pty->cells.alternate && !pty_is_as_before(pty);
	(void)kill(pty->pid, SIGTERM);
	pty_wait(pty);
	return well && pty_is_as_before(pty);
}

static int run_kill(const struct job *job)
{
	static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGTSTP};
	int count = (int)strtol(job->words[0], NULL, 10), wrong = 0;
	struct rng rng = {.state = 7};

	for (int i = 0; i < count; i++) {
		struct pty pty = {0};
		int number = SIGNALS[i % 5];
		start(&pty, job);
		pty_pass(&pty, (int64_t)(rng_next(&rng) % 250000));
		pty_type(&pty, "jk3l", (size_t)(rng_next(&rng) % 5));
		pty_pass(&pty, (int64_t)(rng_next(&rng) % 3000));
		bool well;
		if (number == SIGTSTP) {
			well = is_suspended_well(&pty, job->words[1]);
		} else {
			(void)kill(pty.pid, number);
			pty_wait(&pty);
			well = pty_is_as_before(&pty);
		}
		wrong += !well;
		pty_release(&pty);
	}
	(void)printf("%d of %d left the terminal otherwise than it was\n", wrong, count);
	return 0;
}

/* ---- modes ------------------------------------------------------------------------------- */

static int run_quiet(const struct job *job)
{
	return run_idle(job, true);
}

static int run_watch(const struct job *job)
{
	return run_idle(job, false);
}

static const struct mode {
	const char *name;
	int words;
	int (*run)(const struct job *job);
} MODES[] = {
	{"paint", 1, run_paint}, {"keys", 2, run_keys},	  {"until", -1, run_until},
	{"idle", 1, run_quiet},	 {"watch", 1, run_watch}, {"link", 4, run_link},
	{"stall", 4, run_stall}, {"other", 2, run_other}, {"kill", 2, run_kill},
};

static int usage(void)
{
	(void)fputs("usage: console_pty COLUMNS ROWS MODE … PROGRAM WORD…\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return usage();
	struct job job = {.columns = (int)strtol(argv[1], NULL, 10),
			  .rows = (int)strtol(argv[2], NULL, 10),
			  .words = argv + 4};
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(MODES) / sizeof(MODES[0]); i++) {
		int words = MODES[i].words;
		if (strcmp(argv[3], MODES[i].name) != 0)
			continue;
		if (words < 0)
			words = 1 + 2 * (int)strtol(argv[4], NULL, 10);
		if (argc < 5 + words)
			return usage();
		job.program = argv + 4 + words;
		return MODES[i].run(&job);
	}
	return usage();
}
