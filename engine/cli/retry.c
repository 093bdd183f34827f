/* SPDX-License-Identifier: MIT
 *
 * hlp retry: a node again, or every failed one.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "retry",
			  .targets = ACT_EXECUTION | ACT_NODE,
			  .touches = STATE_FAILED,
			  .runs = true};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command retry_command = {
	.name = "retry",
	.arguments = "EXECUTION[/NODE]",
	.help = "run a failed node (or all of them) again",
	.least = 1,
	.most = 1,
	.exec = exec,
};
