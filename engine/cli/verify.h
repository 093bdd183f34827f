/* SPDX-License-Identifier: MIT
 *
 * hlp report --verify: whether what the record of an execution stands on is what was recorded.
 */
#ifndef HLP_CLI_VERIFY_H
#define HLP_CLI_VERIFY_H

#include "cli/cli.h"

/* Returns enum cli_exit: CLI_OTHER when something is damaged, and it is named. */
int verify_run(struct cli *cli, const char *execution);

#endif
