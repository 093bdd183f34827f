/* SPDX-License-Identifier: MIT
 *
 * Becoming another program in the same process: children stay children, the lock and the listening
 * socket stay open, everything else is in the log. One thread.
 */
#ifndef HLP_LAUNCHER_UPGRADE_H
#define HLP_LAUNCHER_UPGRADE_H

#include "launcher/launcher.h"

/* What one life hands to the next. */
struct upgrade {
	int lock_fd, listen_fd;
	pid_t engine_pid;
	int engine_ready, engine_wanted;
	long long files; /* the limit of open files that children get */
};
#define UPGRADE_OPTION "--resume="

/* Executes launcher->upgrade. Returns only on failure; nothing has changed then. */
int upgrade_execute(struct launcher *launcher, enum cgroup_kind cgroup_kind, struct err *err);
/* Reads the option's value. */
int upgrade_parse(const char *text, struct upgrade *out, struct err *err);

#endif
