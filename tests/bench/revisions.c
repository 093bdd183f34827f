/* SPDX-License-Identifier: MIT
 *
 * What the bench of revisions needs beside the engine:
 *
 *   revisions graph NODES FILES    prints a workflow: each node writes FILES files of its own
 *   revisions write FILE…          such a node: 1 KB that was never there before into each file
 *   revisions floor MS BATCH       1 KB after the other into a file, fdatasync after BATCH, for MS
 *                                  milliseconds; prints how many a second
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"

#define SIZE 1024

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "revisions: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Digits: half as dense as chance, as text is. */
static void fresh(char data[SIZE])
{
	unsigned char bytes[SIZE / 2];

	for (size_t done = 0; done < sizeof(bytes); done += 256)
		if (getrandom(bytes + done, 256, 0) != 256)
			die("getrandom");
	for (size_t i = 0; i < sizeof(bytes); i++) {
		data[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		data[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	data[SIZE - 1] = '\n';
}

static void print_graph(long nodes, long files)
{
	(void)printf("name: revisions\nmax_parallel: 4\nnodes:\n");
	for (long node = 0; node < nodes; node++) {
		(void)printf("  - id: n%ld\n    run: revisions write", node);
		for (long file = 0; file < files; file++)
			(void)printf(" n%ld.f%ld", node, file);
		(void)printf("\n    artifacts: [");
		for (long file = 0; file < files; file++)
			(void)printf("%sn%ld.f%ld", file ? ", " : "", node, file);
		(void)printf("]\n");
	}
}

static void write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char data[SIZE];

	fresh(data);
	if (fd < 0 || write(fd, data, SIZE) != SIZE || close(fd) < 0)
		die(path);
}

static void floor_of(long ms, long batch)
{
	int fd = open("floor", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	const int64_t began_us = clock_monotonic_us(clock_system());
	int64_t took_us = 0;
	long count = 0;
	char data[SIZE];

	for (; fd >= 0 && took_us < ms * 1000; count += batch) {
		for (long i = 0; i < batch; i++) {
			fresh(data);
			if (write(fd, data, SIZE) != SIZE)
				die("floor");
		}
		if (fdatasync(fd) < 0)
			die("floor");
		took_us = clock_monotonic_us(clock_system()) - began_us;
	}
	if (fd < 0 || close(fd) < 0)
		die("floor");
	(void)printf("%lld\n", (long long)count * 1000000 / took_us);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "graph") == 0)
		print_graph(strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
	else if (argc == 4 && strcmp(argv[1], "floor") == 0)
		floor_of(strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
	else if (argc > 2 && strcmp(argv[1], "write") == 0)
		for (int i = 2; i < argc; i++)
			write_file(argv[i]);
	else
		return 2;
	return fflush(stdout) == 0 ? 0 : 1;
}
