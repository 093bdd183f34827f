/* SPDX-License-Identifier: MIT
 *
 * hlp hold: keeps a node that has not started from starting.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "hold", .targets = ACT_NODE, .free = true};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command hold_command = {
	.name = "hold",
	.arguments = "EXECUTION/NODE",
	.help = "keep a node from starting",
	.least = 1,
	.most = 1,
	.exec = exec,
};
