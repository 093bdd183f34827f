/* SPDX-License-Identifier: MIT
 *
 * hlp note: a remark for the record.
 */
#include "cli/act.h"
#include "cli/commands.h"

static int exec(struct cli *cli)
{
	struct act act = {.verb = "note",
			  .targets = ACT_EXECUTION | ACT_NODE,
			  .free = true,
			  .note = cli_argument(cli, 1)};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command note_command = {
	.name = "note",
	.arguments = "EXECUTION[/NODE] TEXT",
	.help = "write a remark into the record",
	.least = 2,
	.most = 2,
	.exec = exec,
};
