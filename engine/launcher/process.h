/* SPDX-License-Identifier: MIT
 *
 * Lists of processes, and signals that cannot hit a stranger: a process is held by a pidfd, then
 * looked at again, and only then signalled. Also the search for an attempt's processes where no
 * cgroup holds them. One thread.
 */
#ifndef HLP_LAUNCHER_PROCESS_H
#define HLP_LAUNCHER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

struct process {
	pid_t pid, parent, session;
	uint64_t start_ticks;
};

struct process_list { /* zeroed when empty */
	struct process *items;
	size_t count, capacity;
};

void process_list_add(struct process_list *list, const struct process *process);
void process_list_release(struct process_list *list);

/* Reads /proc/PID/stat; false when there is no such process or it is a zombie. */
bool process_read(pid_t pid, struct process *out);

/* Everything that can be found of an attempt without a cgroup: processes with HLP_ATTEMPT=`attempt`
 * in their environment, those of the session of `main`, and all descendants of these. A
 * process that left the session and wiped its environment is not found. `main` 0: not known. */
void process_find(const char *attempt, pid_t main, struct process_list *out);

/* Sends a signal to this very process, not to a later one with its pid. */
void process_signal(const struct process *process, int signal);
/* The same for a pid that is a member of something: `is_member` is asked while a pidfd holds it. */
void process_signal_member(pid_t pid, int signal, bool (*is_member)(void *ctx, pid_t pid),
			   void *ctx);

/* "12, 34, 56 and 7 more" */
void process_list_print(const struct process_list *list, struct buf *out);

#endif
