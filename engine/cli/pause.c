/* SPDX-License-Identifier: MIT
 *
 * hlp pause: starts nothing new; what runs may finish.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "pause", .targets = ACT_EXECUTION, .free = true};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command pause_command = {
	.name = "pause",
	.arguments = "EXECUTION",
	.help = "start nothing new; what runs may finish",
	.least = 1,
	.most = 1,
	.exec = exec,
};
