/* SPDX-License-Identifier: MIT
 *
 * What the launcher does about the messages of links, the ends of children, signals and the
 * passing of time. The top of the launcher; main.c only assembles. One thread.
 */
#ifndef HLP_LAUNCHER_SERVE_H
#define HLP_LAUNCHER_SERVE_H

#include "launcher/launcher.h"

/* Begins to listen to links, the signal descriptor and the clock. */
int serve_begin(struct launcher *launcher, int signal_fd, int listen_fd, struct err *err);
/* Reaps children; call it once after an upgrade, since a signal may have been missed. */
void serve_reap(struct launcher *launcher);
/* The end of a turn of the loop: writes records, then words; stops the loop when all is done. */
void serve_end_turn(struct launcher *launcher);

#endif
