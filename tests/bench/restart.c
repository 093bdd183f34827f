/* SPDX-License-Identifier: MIT
 *
 * restart HLP FILE PID: kills the engine (by pid) under a run that appends a line to FILE at
 * each node, and prints how long it takes until a client is answered and until the next node has
 * run. The run must be under way. One round; the script that calls it repeats.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/proc.h"

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static long size_of(const char *path)
{
	struct stat info;

	return stat(path, &info) < 0 ? 0 : (long)info.st_size;
}

static void pause_us(long us)
{
	struct timespec wait = {.tv_nsec = us * 1000};

	(void)nanosleep(&wait, NULL);
}

int main(int argc, char **argv)
{
	char *engine[] = {NULL, "engine", "status", NULL};
	struct buf out;
	struct err err;
	double began, answered = 0;
	long before;

	if (argc != 4)
		return 2;
	engine[0] = argv[1];
	if (kill((pid_t)strtol(argv[3], NULL, 10), SIGKILL) < 0)
		return 1;
	began = now_ms();
	pause_us(20000); /* what ran at the kill has ended */
	before = size_of(argv[2]);
	buf_init(&out, 65536);
	while (!answered && now_ms() - began < 10000) {
		buf_clear(&out);
		if (proc_run(engine, NULL, &out, &err) == 0)
			answered = now_ms() - began;
	}
	while (size_of(argv[2]) == before && now_ms() - began < 10000)
		pause_us(1000);
	(void)printf("answered after %.0f ms, dispatched after %.0f ms\n", answered,
		     now_ms() - began);
	buf_release(&out);
	return 0;
}
