/* SPDX-License-Identifier: MIT
 *
 * A person's shell on a terminal of its own: keys go to it, what it shows goes to the person's
 * terminal as it is and to the recording. The person's terminal is as it was on every way out. One
 * thread.
 */
#ifndef HLP_RELAY_TERMINAL_H
#define HLP_RELAY_TERMINAL_H

#include <sys/types.h>
#include <termios.h>

#include "base/err.h"
#include "relay/record.h"

struct terminal {
	char *const *argv;
	char *const *environment;
	struct record *record;
	int signal_fd; /* of SIGCHLD, SIGWINCH and of the signals that ask to stop */

	/* of the run */
	struct termios before;
	pid_t pid;
	int master; /* our end of its terminal; -1: closed */
	struct buf typed;
	bool reaped;
	int64_t patience_us; /* CLOCK_MONOTONIC: one that was told to end is killed then; 0: none */
	int status;	     /* as waitpid gave it */
};

/* Runs it to its end. On failure it was not started. */
int terminal_run(struct terminal *terminal, struct err *err);

#endif
