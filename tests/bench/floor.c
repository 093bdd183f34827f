/* SPDX-License-Identifier: MIT
 *
 * The floor: walks a graph (the edges format of graph.c) and starts /bin/true for each node with
 * posix_spawn, two at a time. It remembers nothing and writes nothing; what it needs, every
 * engine needs. With a folder it gives each node an output file there, as HLP must.
 *
 *   floor EDGES [FOLDER]
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARALLEL 2

struct walk {
	long count;
	long *first, *next_edge, *dependent; /* edges as lists by the need */
	long *unmet;			     /* needs a node still waits for */
	long *ready, ready_first, ready_last;
	pid_t pids[PARALLEL];
	long nodes[PARALLEL];
	const char *folder;
};

static _Noreturn void fail(const char *what)
{
	(void)fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long *numbers(long count)
{
	long *array = calloc((size_t)count + 1, sizeof(*array));

	if (!array)
		fail("memory");
	return array;
}

static void read_graph(struct walk *walk, const char *path)
{
	FILE *file = fopen(path, "r");
	long node, need, edges = 0;

	if (!file || fscanf(file, "%ld", &walk->count) != 1 || walk->count < 1 ||
	    walk->count > 1000000)
		fail(path);
	walk->first = numbers(walk->count);
	walk->unmet = numbers(walk->count);
	walk->ready = numbers(walk->count);
	walk->next_edge = numbers(4 * walk->count);
	walk->dependent = numbers(4 * walk->count);
	while (fscanf(file, "%ld %ld", &node, &need) == 2 && edges < 4 * walk->count) {
		edges++;
		walk->dependent[edges] = node;
		walk->next_edge[edges] = walk->first[need];
		walk->first[need] = edges;
		walk->unmet[node]++;
	}
	(void)fclose(file);
	for (node = 0; node < walk->count; node++)
		if (walk->unmet[node] == 0)
			walk->ready[walk->ready_last++] = node;
}

static pid_t start(const struct walk *walk, long node)
{
	char *const argv[] = {"/bin/true", NULL};
	posix_spawn_file_actions_t actions;
	char path[4096];
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	if (walk->folder) {
		(void)snprintf(path, sizeof(path), "%s/%ld.out", walk->folder, node);
		(void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path,
						       O_WRONLY | O_CREAT | O_APPEND, 0600);
		(void)posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
	}
	errno = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
	if (errno)
		fail(argv[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static long end_one(struct walk *walk)
{
	pid_t pid = wait(NULL);

	for (int slot = 0; slot < PARALLEL; slot++) {
		if (pid > 0 && walk->pids[slot] == pid) {
			walk->pids[slot] = 0;
			return walk->nodes[slot];
		}
	}
	fail("wait");
}

static void fill_slots(struct walk *walk)
{
	for (int slot = 0; slot < PARALLEL; slot++) {
		if (walk->pids[slot] || walk->ready_first == walk->ready_last)
			continue;
		walk->nodes[slot] = walk->ready[walk->ready_first++];
		walk->pids[slot] = start(walk, walk->nodes[slot]);
	}
}

int main(int argc, char **argv)
{
	struct walk walk = {.folder = argc > 2 ? argv[2] : NULL};

	if (argc < 2) {
		(void)fprintf(stderr, "usage: floor EDGES [FOLDER]\n");
		return 2;
	}
	read_graph(&walk, argv[1]);
	for (long done = 0; done < walk.count; done++) {
		fill_slots(&walk);
		for (long edge = walk.first[end_one(&walk)]; edge; edge = walk.next_edge[edge]) {
			long node = walk.dependent[edge];

			if (--walk.unmet[node] == 0)
				walk.ready[walk.ready_last++] = node;
		}
	}
	return 0;
}
