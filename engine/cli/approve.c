/* SPDX-License-Identifier: MIT
 *
 * hlp approve: lets a node start that asked whether it may.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "answer",
			  .words = "approve",
			  .answer = "approve",
			  .targets = ACT_NODE,
			  .tells = ACT_TELLS_QUESTION};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command approve_command = {
	.name = "approve",
	.arguments = "EXECUTION/NODE",
	.help = "let a node start that asks for it",
	.least = 1,
	.most = 1,
	.exec = exec,
};
