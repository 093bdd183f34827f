/* SPDX-License-Identifier: MIT
 *
 * The launcher as a whole: one struct, and the two things that every part does with it, writing a
 * record and telling the engine. What acts on it lies above: child.h (start and end), stop.h (stop,
 * freeze, timeouts), recover.h (what a dead launcher left), serve.h (messages and signals).
 */
#ifndef HLP_LAUNCHER_LAUNCHER_H
#define HLP_LAUNCHER_LAUNCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/home.h"
#include "base/loop.h"
#include "base/proc.h"
#include "launch/log.h"
#include "launcher/attempt.h"
#include "launcher/cgroup.h"
#include "launcher/engine.h"
#include "launcher/link.h"
#include "launcher/spawn.h"

struct launcher {
	struct home home;
	int lock_fd;
	struct loop loop;
	struct launch_log log;
	size_t log_limit; /* size at which it is written anew */
	struct spawner spawner;
	struct cgroups cgroups;
	struct attempts attempts;
	struct links links;
	struct engine engine;
	char boot_id[PROC_BOOT_ID_TEXT];
	int64_t term;		/* the highest that was obeyed */
	bool seen_ready;	/* an engine of this boot has asked about all that it inherited */
	bool ending;		/* SHUTDOWN: ends when nothing is left */
	bool home_gone;		/* starts nothing more, ends when nothing lives */
	char *upgrade;		/* path of the program to become; NULL */
	int64_t idle_since_us;	/* CLOCK_MONOTONIC: no engine, nothing alive; 0: not so */
	struct loop_timer look; /* at output files */
	struct output_spares spares;
	struct loop_timer spare; /* removes spares that nobody wanted */
	struct loop_timer tend;	 /* the home, the log, idleness */
	struct loop_watch signals;
};

void launcher_record(struct launcher *launcher, const struct launch_message *record);
/* Sends to the engine, if one is linked. */
void launcher_tell(struct launcher *launcher, const struct launch_message *message);
/* The same for what may wait a little for the next word. */
void launcher_tell_later(struct launcher *launcher, const struct launch_message *message);
struct link *launcher_engine_link(struct launcher *launcher);
/* Says what there is to say of the attempt, to this link. */
void launcher_describe(struct launcher *launcher, struct link *link, const struct attempt *attempt);

int64_t launcher_wall_us(void);
int64_t launcher_boot_us(void); /* CLOCK_BOOTTIME: goes on while the machine sleeps */

#endif
