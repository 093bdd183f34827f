/* SPDX-License-Identifier: MIT
 *
 * hlp resume: goes on after a pause.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "resume", .targets = ACT_EXECUTION, .free = true};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command resume_command = {
	.name = "resume",
	.arguments = "EXECUTION",
	.help = "go on after a pause",
	.least = 1,
	.most = 1,
	.exec = exec,
};
