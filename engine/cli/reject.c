/* SPDX-License-Identifier: MIT
 *
 * hlp reject: refuses the start that a node asked for; it is then failed.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "answer",
			  .words = "reject",
			  .answer = "reject",
			  .targets = ACT_NODE,
			  .tells = ACT_TELLS_QUESTION};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command reject_command = {
	.name = "reject",
	.arguments = "EXECUTION/NODE",
	.help = "refuse the start that a node asks for",
	.least = 1,
	.most = 1,
	.exec = exec,
};
