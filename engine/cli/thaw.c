/* SPDX-License-Identifier: MIT
 *
 * hlp thaw: a frozen node's processes go on.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "thaw", .targets = ACT_NODE};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command thaw_command = {
	.name = "thaw",
	.arguments = "EXECUTION/NODE",
	.help = "let a frozen node go on",
	.least = 1,
	.most = 1,
	.exec = exec,
};
