/* SPDX-License-Identifier: MIT
 *
 * hlp run --dry-run: what each node would run, with every value filled in, in the order of its
 * waves. Nothing is run and no engine is asked.
 */
#ifndef HLP_CLI_REHEARSE_H
#define HLP_CLI_REHEARSE_H

#include "cli/begin.h"
#include "cli/params.h"

/* Returns how hlp ends. `fates` of the nodes, NULL: all run. */
int rehearse(struct cli *cli, const struct source *source, const struct params *params,
	     const enum fate *fates);

#endif
