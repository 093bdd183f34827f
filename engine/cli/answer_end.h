/* SPDX-License-Identifier: MIT
 *
 * The last words of a command that followed an execution: how it ended and, where it failed, the
 * answer: which node, its exit, its last lines, what did not start, which files changed, and what
 * can be done now.
 */
#ifndef HLP_CLI_ANSWER_END_H
#define HLP_CLI_ANSWER_END_H

#include "cli/cli.h"
#include "client/mirror.h"

/* Says it and returns the exit status by the outcome. */
int answer_end(struct cli *cli, const struct mirror *mirror);

#endif
