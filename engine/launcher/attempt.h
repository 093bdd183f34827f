/* SPDX-License-Identifier: MIT
 *
 * What the launcher knows of one attempt, and the table of all. An attempt stays in the table from
 * the word `starting` in the log until the engine has acknowledged its end. One thread.
 */
#ifndef HLP_LAUNCHER_ATTEMPT_H
#define HLP_LAUNCHER_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/loop.h"
#include "base/map.h"
#include "launch/protocol.h"
#include "launcher/cgroup.h"
#include "launcher/memory.h"
#include "launcher/output.h"

enum attempt_phase {
	ATTEMPT_RUNNING,
	ATTEMPT_STOPPING, /* the stop signal was sent; grace runs */
	ATTEMPT_KILLING,  /* KILL was sent; waits for the proof that nothing is left */
	ATTEMPT_EXITED,	  /* exit, code, text are final */
	ATTEMPT_LOST,	  /* proven gone, exit unknown; text is final */
};

struct attempt {
	char *id;
	enum attempt_phase phase;
	bool adopted;	/* started by a launcher that has died: not our child, its exit is unseen */
	bool main_gone; /* our child was reaped; status and usage below are its */
	bool frozen, freeze_said; /* asked for; seen and reported */
	bool timed_out;
	pid_t pid; /* 0: not known (died between the records) */
	uint64_t start_ticks;
	struct cgroup *cgroup; /* NULL: none; borrowed from the slots */
	struct memory_limit memory;
	char *cgroup_path; /* from the log, until the cgroup is claimed; NULL */
	char *output;
	int64_t timeout_us, grace_us, output_max;
	int stop_signal;
	int64_t started_us;	 /* wall */
	int64_t started_boot_us; /* CLOCK_BOOTTIME, moved on by the time spent frozen */
	int64_t frozen_boot_us;	 /* since when it is frozen */
	int64_t stop_boot_us;	 /* when the present phase of the stop began */
	int64_t pause_us;	 /* between two looks while something is being waited for */
	unsigned quiet;		 /* looks in a row that found nothing, where there is no cgroup */
	struct output_watch watch;
	int status; /* as wait4 gave it */
	int64_t exit, code, cpu_us, rss_kib, ended_us;
	char *text; /* "" when there is nothing to say */
	struct loop_timer timer;
	size_t position; /* among the live ones */
	struct attempt *older, *newer;
};

struct attempts { /* zeroed when empty */
	struct map ids, pids;
	struct attempt *oldest, *newest;
	struct attempt **live;
	size_t live_count, live_capacity, count;
};

/* Adds a live attempt. */
struct attempt *attempt_add(struct attempts *attempts, const char *id);
struct attempt *attempt_find(const struct attempts *attempts, const char *id);
struct attempt *attempt_find_pid(const struct attempts *attempts, pid_t pid);
void attempt_set_pid(struct attempts *attempts, struct attempt *attempt, pid_t pid);
void attempt_clear_pid(struct attempts *attempts, struct attempt *attempt);
void attempt_set_text(struct attempt *attempt, const char *text);
/* It has ended: no longer among the live ones. */
void attempt_end(struct attempts *attempts, struct attempt *attempt, enum attempt_phase phase);
void attempt_forget(struct attempts *attempts, struct attempt *attempt);
void attempts_release(struct attempts *attempts);

bool attempt_is_live(const struct attempt *attempt);
/* What there is to say of it now: STARTED, EXITED, LOST or UNREACHABLE. Texts are borrowed. */
struct launch_message attempt_describe(const struct attempt *attempt, const char *boot_id);
/* The record of its limit of memory. Texts are borrowed. */
struct launch_message attempt_describe_limit(const struct attempt *attempt);

#endif
