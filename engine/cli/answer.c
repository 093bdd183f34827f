/* SPDX-License-Identifier: MIT
 *
 * hlp answer: the answer to what a node asks, whatever it is.
 */
#include <stdlib.h>

#include "cli/act.h"
#include "cli/commands.h"
#include "model/event.h"

static const struct option_spec options[] = {
	OUTPUTS_OPTION,
	{0},
};

static int exec(struct cli *cli)
{
	struct outputs outputs = {0};
	enum answer answer;
	struct act act = {.verb = "answer",
			  .targets = ACT_NODE,
			  .tells = ACT_TELLS_QUESTION,
			  .answer = cli_argument(cli, 1)};
	if (!answer_parse(act.answer, &answer)) {
		return cli_refuse(cli, CLI_USAGE,
				  "'%s' is no answer: happened, again, undo, by-hand, leave, "
				  "approve, reject, done or failed",
				  act.answer);
	}
	int code = outputs_read(cli, &outputs);
	act.outputs = answer == ANSWER_DONE ? &outputs : NULL;
	if (code == 0 && outputs.count > 0 && answer != ANSWER_DONE)
		code = cli_refuse(cli, CLI_USAGE, "--output goes with the answer 'done' only");
	if (code == 0) {
		char *words = mem_printf("answer %s for", act.answer);
		act.words = words;
		code = act_run(cli, &act, cli_argument(cli, 0));
		free(words);
	}
	outputs_release(&outputs);
	return code;
}

const struct cli_command answer_command = {
	.name = "answer",
	.arguments = "EXECUTION/NODE ANSWER",
	.help = "answer what a node asks: happened, again, undo, by-hand, leave …",
	.options = options,
	.least = 2,
	.most = 2,
	.exec = exec,
};
