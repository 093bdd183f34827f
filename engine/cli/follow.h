/* SPDX-License-Identifier: MIT
 *
 * Following one execution until it ends: a live block on a terminal, a line a change elsewhere. The
 * engine may die and come back meanwhile: the watch begins again from a snapshot. Ctrl-C leaves.
 */
#ifndef HLP_CLI_FOLLOW_H
#define HLP_CLI_FOLLOW_H

#include "cli/cli.h"
#include "cli/follow_state.h"
#include "client/mirror.h"

enum follow_until {
	FOLLOW_ENDED,	 /* COMPLETED, FAILED, RECOVERED, rolled back; off a terminal also: waits */
	FOLLOW_APPROVAL, /* it waits for a person, or has ended */
	FOLLOW_FAILED,	 /* a node has failed, or it has ended */
	FOLLOW_ROLLBACK, /* the rollback under way is over or stands at a question */
};

struct follow {
	struct cli *cli;
	const char *execution; /* its name or id */
	enum follow_until until;
	bool plain;	       /* lines even on a terminal */
	bool quiet;	       /* say nothing: only wait */
	bool step;	       /* a person lets held nodes go, one after the other */
	bool tells_agent;      /* that of ours, where it is of use */
	bool from_now;	       /* what has happened before is not said again */
	uint64_t at_least_seq; /* the state is judged from this event on */
	int64_t timeout_us;    /* no longer than that; 0: as long as it takes */
};

/* Follows; `mirror` holds the last state and is the caller's to release (mirror_init is done here).
 * Returns CLI_OK when what was waited for is there (the state is in the mirror), CLI_WAITS,
 * CLI_LEFT, CLI_OTHER when the time was over (said), or what cli_fail said. */
int follow_run(const struct follow *how, struct mirror *mirror);

#endif
