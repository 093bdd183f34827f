/* SPDX-License-Identifier: MIT
 *
 * Processes: who they are beyond reuse of a pid, and starting helper programs. Any thread.
 */
#ifndef HLP_BASE_PROC_H
#define HLP_BASE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

#define PROC_BOOT_ID_TEXT 37

/* The id of this boot of the machine; "unknown" where the kernel does not say. */
void proc_boot_id(char out[PROC_BOOT_ID_TEXT]);
/* Asks the scheduler to run the calling thread soon after it is woken, in short turns (Linux 6.12
 * and later; others ignore it). It works little and others wait for what it does. Children start
 * with the usual turns. */
void proc_prefer_latency(void);

/* When the process started, in clock ticks since boot; 0 if there is no such process. */
uint64_t proc_start_time(pid_t pid);
/* The same for a process that is known to have started between these times of CLOCK_BOOTTIME: if
 * they lie in one tick that is the answer, and no look at /proc is needed. */
uint64_t proc_start_time_between(pid_t pid, int64_t earliest_us, int64_t latest_us);
/* Whether this very process lives (not a later one with its pid, not a zombie). */
bool proc_is_alive(pid_t pid, uint64_t start_time);

/* The path of a program of ours: beside /proc/self/exe, else as found in PATH. Caller frees. */
int proc_find_program(const char *name, char **out_path, struct err *err);

struct proc_spawn {
	char *const *argv;		    /* argv[0] is the path; ends with NULL */
	char *const *environment;	    /* NULL: the caller's */
	const char *folder;		    /* NULL: the caller's */
	int stdin_fd, stdout_fd, stderr_fd; /* -1: /dev/null */
	bool new_session;
	/* As a shell: argv[0] may be a name, looked up in the caller's PATH, and a file that is
	 * no program is given to /bin/sh. */
	bool search;
};
/* Starts a program with posix_spawn: default signals, no other descriptors of ours that are not
 * close-on-exec. Returns its pid. */
int proc_spawn(const struct proc_spawn *how, pid_t *out_pid, struct err *err);
/* Starts a program, waits for it, gathers its standard output (bounded by the buffer). Returns its
 * exit status (128 + signal when killed), or -ERR. */
int proc_run(char *const *argv, const char *folder, struct buf *out, struct err *err);
/* The same for one whose complaints are of no interest: its standard error goes nowhere. */
int proc_ask(char *const *argv, const char *folder, struct buf *out, struct err *err);

#endif
