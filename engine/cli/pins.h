/* SPDX-License-Identifier: MIT
 *
 * Files that a workflow's commands name are pinned with the run. They are not put back: what runs
 * later runs them as they stand. So whoever runs or undoes something is told which ones changed.
 */
#ifndef HLP_CLI_PINS_H
#define HLP_CLI_PINS_H

#include "cli/cli.h"

/* A line each, to `say`, for those of the list that are not as they were pinned. */
void pins_say(struct say *say, const char *execution, Hlp__V1__Pin *const *pins, size_t count);
/* Asks the engine about an execution, and says it to standard error. Returns 0, or how hlp ends. */
int pins_warn(struct cli *cli, const char *execution);

#endif
