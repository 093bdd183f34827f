/* SPDX-License-Identifier: MIT
 *
 * The workflows that can be run by name, with how each ended last; and choosing one of them.
 */
#ifndef HLP_CLI_WORKFLOWS_H
#define HLP_CLI_WORKFLOWS_H

#include "cli/cli.h"

/* Asks a person which to run. 0 with *out_file to be freed, or how hlp ends, said. */
int workflows_pick(struct cli *cli, char **out_file);

#endif
