/* SPDX-License-Identifier: MIT
 *
 * hlp hold: keeps a node that has not started from starting; until it is released, or until a time.
 */
#include "cli/act.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/until.h"

static const struct option_spec options[] = {
	{"until", 0, OPTION_VALUE, "TIME", "released then: 10m from now, or at 03:30"},
	{0},
};

static int exec(struct cli *cli)
{
	struct act act = {.verb = "hold", .targets = ACT_NODE, .free = true};
	const char *until = options_value(&cli->options, "until");
	struct err err = {0};
	if (until != NULL && until_parse(until, show_now_us(), &act.until_us, &err) < 0)
		return cli_refuse(cli, CLI_USAGE, "--until: %s", err.message);
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command hold_command = {
	.name = "hold",
	.arguments = "EXECUTION/NODE",
	.help = "keep a node from starting",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
