/* SPDX-License-Identifier: MIT
 *
 * A rollback plan as people read it.
 */
#ifndef HLP_CLI_ROLLBACK_PLAN_H
#define HLP_CLI_ROLLBACK_PLAN_H

#include "cli/cli.h"

/* Warnings first, then what is done in its order, then what is not. */
void rollback_plan_say(struct cli *cli, const Hlp__V1__Plan *plan);
/* "phase switch", "node swap", …: what goes back. The caller frees it. */
char *rollback_plan_subject(const Hlp__V1__Plan *plan);
/* What must be typed to carry it out. Borrowed from the plan. */
const char *rollback_plan_target(const Hlp__V1__Plan *plan);

#endif
