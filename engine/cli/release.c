/* SPDX-License-Identifier: MIT
 *
 * hlp release: lets a held node start.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "release", .targets = ACT_NODE, .free = true};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command release_command = {
	.name = "release",
	.arguments = "EXECUTION/NODE",
	.help = "let a held node start",
	.least = 1,
	.most = 1,
	.exec = exec,
};
