/* SPDX-License-Identifier: MIT
 *
 * hlp skip: treats a node as done without running it; what waits for it starts.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "skip",
			  .targets = ACT_NODE,
			  .tells = ACT_TELLS_QUESTION | ACT_TELLS_STARTS | ACT_TELLS_MISSING};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command skip_command = {
	.name = "skip",
	.arguments = "EXECUTION/NODE",
	.help = "treat a node as done without running it",
	.least = 1,
	.most = 1,
	.exec = exec,
};
