/* SPDX-License-Identifier: MIT
 *
 * hlp cancel: stops an execution or one node, and starts nothing more of it.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {
		.verb = "cancel", .targets = ACT_EXECUTION | ACT_NODE, .touches = STATE_RUNNING};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command cancel_command = {
	.name = "cancel",
	.arguments = "EXECUTION[/NODE]",
	.help = "stop what runs and start nothing more",
	.least = 1,
	.most = 1,
	.exec = exec,
};
