/* SPDX-License-Identifier: MIT
 *
 * The limit of an attempt's memory, of all its processes together: held by its slot's cgroup where
 * version 2 has the memory controller there, else by a cgroup of version 1 beside it, which lives
 * as long as the attempt; where neither can be written, by nothing here (the caller then limits
 * each process's address space). Nothing is looked for before the first limit. One thread.
 */
#ifndef HLP_LAUNCHER_MEMORY_H
#define HLP_LAUNCHER_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "launcher/cgroup.h"

struct memory_limit { /* zeroed: none */
	int64_t bytes;
	int64_t kills; /* seen in the folder before this limit began */
	char *folder;  /* of the cgroup that holds it, owned; NULL: no cgroup does */
};

/* Begins a limit for what will run in the slot, which may be NULL. */
void memory_limit_begin(struct memory_limit *limit, const struct cgroup *slot, int64_t bytes);
/* The same in a folder that is known to hold limits; false when it does not. */
bool memory_limit_begin_in(struct memory_limit *limit, const char *folder, int64_t bytes);
/* Where the child must write itself to be held; -1 when it is by being in its slot. */
int memory_limit_open_procs(const struct memory_limit *limit);
/* Whether something was killed for it. */
bool memory_limit_struck(const struct memory_limit *limit);
/* The slot's next attempt is not held by it, nor is what this one left running. */
void memory_limit_end(struct memory_limit *limit);

#endif
