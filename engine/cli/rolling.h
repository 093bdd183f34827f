/* SPDX-License-Identifier: MIT
 *
 * A rollback from the command line: its plan is shown, confirmed, carried out and followed. Shared
 * by the commands that ask for one.
 */
#ifndef HLP_CLI_ROLLING_H
#define HLP_CLI_ROLLING_H

#include "cli/cli.h"

struct rolling {
	struct cli *cli;
	Hlp__V1__RollbackRequest request; /* what goes back; texts borrowed */
	Hlp__V1__Plan *saved; /* the plan that may be carried out; NULL: what is shown */
	const char *only;     /* … or its id; NULL: any */
	bool only_plan, detach;
};

/* Returns enum cli_exit. */
int rolling_run(struct rolling *r);

#endif
