/* SPDX-License-Identifier: MIT
 *
 * What happens to an attempt between its two ends: its timeout, a stop with grace, kill and proof,
 * and freezing, during which its clock stands still. One thread.
 */
#ifndef HLP_LAUNCHER_STOP_H
#define HLP_LAUNCHER_STOP_H

#include <sys/resource.h>

#include "launcher/launcher.h"

/* Begins to watch a live attempt: its timeout, and, for one whose launcher died, its end. */
void stop_watch(struct launcher *launcher, struct attempt *attempt);

/* Its main process was reaped. */
void stop_main_ended(struct launcher *launcher, struct attempt *attempt, int status,
		     const struct rusage *usage);

enum stop_reason { STOP_ASKED, STOP_TIMEOUT };
/* Signal to all of it, grace, KILL, proof. Harmless when it is under way. */
void stop_begin(struct launcher *launcher, struct attempt *attempt, enum stop_reason reason);

void stop_freeze(struct launcher *launcher, struct attempt *attempt);
void stop_thaw(struct launcher *launcher, struct attempt *attempt);

#endif
