/* SPDX-License-Identifier: MIT
 *
 * Starting one child, cheaply and inside its cgroup from its first instruction. clone3 with
 * CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP costs what posix_spawn does (measured: 103 to 134 us
 * of the parent's time for both; a child that writes itself into cgroup.procs 128 to 290 us, a
 * copy-on-write clone 190 to 215 us). Where clone3 is not to be had: clone, and the child joins its
 * cgroup by itself. One thread.
 */
#ifndef HLP_LAUNCHER_SPAWN_H
#define HLP_LAUNCHER_SPAWN_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"

struct spawner {
	char *stack; /* the child's, until it has become the program */
	int null_fd;
	bool has_clone3;
	struct rlimit files; /* what children get; the launcher itself raises its own */
};

/* 0: as the launcher was given. */
struct spawn_limits {
	rlim_t files, file_size, address_space;
};

struct spawn_order {
	const char *const *argv, *const *env; /* the program is looked up in the PATH of `env` */
	const char *folder;
	int output_fd;	     /* standard output and standard error */
	int cgroup_fd;	     /* folder of a v2 cgroup, for clone3; -1 without */
	int cgroup_procs_fd; /* the cgroup's cgroup.procs, where clone3 cannot be used; -1 without
			      */
	int memory_procs_fd; /* of another cgroup that it must join, for its memory; -1 without */
	struct spawn_limits limits;
};

int spawner_init(struct spawner *spawner, struct err *err);
void spawner_release(struct spawner *spawner);

/* Starts the program: own session, standard input from /dev/null, default signals, no other
 * descriptor. On failure the message is for the node's evidence, and *out_code is what a shell
 * would exit with (127 not found, 126 otherwise); nothing runs then. */
int spawn(struct spawner *spawner, const struct spawn_order *order, pid_t *out_pid, int *out_code,
	  struct err *err);

#endif
