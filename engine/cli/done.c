/* SPDX-License-Identifier: MIT
 *
 * hlp done: somebody did a node's work by hand; the outputs it would have written go with it. With
 * --failed a person's step did not succeed.
 */
#include "cli/act.h"
#include "cli/commands.h"

static const struct option_spec options[] = {
	OUTPUTS_OPTION,
	{"failed", 0, OPTION_FLAG, NULL, "a person's step did not succeed"},
	{0},
};

static int exec(struct cli *cli)
{
	struct outputs outputs = {0};
	struct act act = {.verb = "done", .targets = ACT_NODE, .tells = ACT_TELLS_QUESTION};
	act.failed = options_has(&cli->options, "failed");
	if (act.failed) {
		act.words = "give up";
	} else {
		act.words = "count as done by hand";
		act.tells |= ACT_TELLS_STARTS;
		act.outputs = &outputs;
	}
	int code = outputs_read(cli, &outputs);
	if (code == 0 && act.failed && outputs.count > 0) {
		code = cli_refuse(cli, CLI_USAGE,
				  "what failed has no outputs: leave --output away");
	}
	if (code == 0)
		code = act_run(cli, &act, cli_argument(cli, 0));
	outputs_release(&outputs);
	return code;
}

const struct cli_command done_command = {
	.name = "done",
	.arguments = "EXECUTION/NODE",
	.help = "say that a node was done by hand",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
