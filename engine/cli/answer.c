/* SPDX-License-Identifier: MIT
 *
 * hlp answer: the answer to a node's question, after an outcome that is unknown or a failed undo.
 */
#include <string.h>

#include "cli/act.h"
#include "cli/commands.h"

static bool is_answer(const char *word)
{
	static const char *const answers[] = {"happened", "again", "undo", "by-hand", "leave"};
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (strcmp(word, answers[i]) == 0) {
			return true;
		}
	}
	return false;
}

static int exec(struct cli *cli)
{
	struct act act = {.verb = "answer", .targets = ACT_NODE, .answer = cli_argument(cli, 1)};
	if (!is_answer(act.answer)) {
		return cli_refuse(cli, CLI_USAGE,
				  "'%s' is no answer: happened, again, undo, by-hand or leave",
				  act.answer);
	}
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command answer_command = {
	.name = "answer",
	.arguments = "EXECUTION/NODE ANSWER",
	.help = "answer a node's question: happened, again, undo, by-hand, leave",
	.least = 2,
	.most = 2,
	.exec = exec,
};
