/* SPDX-License-Identifier: MIT
 *
 * Who may do what without being asked: one policy, by consequence. On a terminal the smaller acts
 * take `y` and the grave ones the target's name; off a terminal they take --yes and a reason.
 */
#ifndef HLP_CLI_POLICY_H
#define HLP_CLI_POLICY_H

#include "cli/cli.h"

enum policy {
	POLICY_FREE, /* pause, resume, hold, release, note: nothing is asked */
	POLICY_RUN,  /* starting something grave: y, or --yes */
	POLICY_YES,  /* one node of low or medium risk: y, or --yes and a reason */
	POLICY_NAME, /* high, critical, irreversible, any rollback: the name, or --yes and a reason
		      */
};

/* 0 when it may go on; else how hlp ends, said. `what` is the act as a question would put it
 * ("cancel edge-cert#12"), `name` what must be typed. */
int policy_ask(struct cli *cli, enum policy policy, const char *what, const char *name);

/* Whether what was typed says yes; NULL and an empty line do not. */
bool policy_is_yes(const char *answer);

#endif
