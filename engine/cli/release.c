/* SPDX-License-Identifier: MIT
 *
 * hlp release: lets a held node start; without a node, the one that would start first.
 */
#include <string.h>

#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "release", .targets = ACT_NODE | ACT_EXECUTION, .free = true};
	act.next = strchr(cli_argument(cli, 0), '/') == NULL;
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command release_command = {
	.name = "release",
	.arguments = "EXECUTION[/NODE]",
	.help = "let a held node start; without a node, the next one",
	.least = 1,
	.most = 1,
	.exec = exec,
};
