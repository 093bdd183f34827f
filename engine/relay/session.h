/* SPDX-License-Identifier: MIT
 *
 * One program while it runs: what it prints goes through the mask to our standard output; a remote
 * shell is given its script and its answers are read. One thread.
 */
#ifndef HLP_RELAY_SESSION_H
#define HLP_RELAY_SESSION_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "relay/mask.h"
#include "relay/remote.h"

struct session {
	char *const *argv;
	char *const *environment;
	const struct mask *mask;
	struct remote *remote; /* NULL: a command of this machine */
	int signal_fd;	       /* of SIGCHLD and of the signals that ask to stop */
	bool stops;	       /* a signal that asks to stop ends the program too */
	/* Called once, before the script is sent; a failure keeps it from being sent. */
	int (*before_script)(void *ctx, struct err *err);
	void *ctx;

	/* of the run */
	pid_t pid;
	int in_fd, out_fd, err_fd; /* our ends; -1 when closed */
	struct mask_stream printed;
	bool stopping; /* was asked to stop */
	bool reaped;
	int status;	  /* as waitpid gave it */
	int64_t hurry_us; /* CLOCK_MONOTONIC: when a program that has nothing more to do is ended */
};

/* Runs the program to its end. On failure it was not started. Processes that it leaves behind and
 * that still print are served by a process of their own, which outlives this one. */
int session_run(struct session *session, struct err *err);

#endif
