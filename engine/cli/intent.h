/* SPDX-License-Identifier: MIT
 *
 * What a run will do, said to the person who starts it: where and as whom, from which revision,
 * with which params, how much, and what of it is grave. Then the question, where anything is.
 */
#ifndef HLP_CLI_INTENT_H
#define HLP_CLI_INTENT_H

#include "cli/begin.h"
#include "cli/params.h"

/* 0 when it may start; else how hlp ends, said. `fates` of the nodes, NULL: all run. */
int intent_confirm(struct cli *cli, const struct source *source, const struct params *params,
		   const enum fate *fates);
/* High or critical risk, or it cannot be undone. */
bool intent_is_grave(const struct node_spec *node);

#endif
