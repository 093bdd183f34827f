/* SPDX-License-Identifier: MIT
 *
 * The two ends of an attempt: START makes a process of it, the last proof makes it EXITED or
 * LOST. Between them is stop.h. One thread.
 */
#ifndef HLP_LAUNCHER_CHILD_H
#define HLP_LAUNCHER_CHILD_H

#include "launcher/launcher.h"

/* Starts what the message says and tells the engine. NULL when it could not be started, which the
 * engine has then been told as its exit. The id must be new. */
struct attempt *child_start(struct launcher *launcher, const struct launch_message *order);

/* All of it that a stop must prove gone is gone: settles how it ended, records and tells it. */
void child_finish(struct launcher *launcher, struct attempt *attempt);
/* The deadline of a stop has passed: says so, with the pids that are left. */
void child_give_up(struct launcher *launcher, struct attempt *attempt);

#endif
