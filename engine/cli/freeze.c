/* SPDX-License-Identifier: MIT
 *
 * hlp freeze: a running node's processes stand still until they are thawed.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "freeze",
			  .targets = ACT_NODE,
			  .warning = "Its processes stand still and so does its clock. Locks and "
				     "connections that it has stay open: others may wait for it."};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command freeze_command = {
	.name = "freeze",
	.arguments = "EXECUTION/NODE",
	.help = "let a running node's processes stand still",
	.least = 1,
	.most = 1,
	.exec = exec,
};
