/* SPDX-License-Identifier: MIT
 *
 * hlp done: somebody did a node's work by hand; the outputs it would have written go with it.
 */
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"
#include "cli/commands.h"

static const struct option_spec options[] = {
	{"output", 'O', OPTION_VALUE, "KEY=VALUE", "an output that the node would have written"},
	{0},
};

static int read_outputs(struct cli *cli, struct arena *arena, struct act *act)
{
	size_t at = 0, most = cli->options.given_count;
	const char *word;
	act->arguments = arena_alloc(arena, (most + 1) * sizeof *act->arguments);
	while ((word = options_next(&cli->options, "output", &at)) != NULL) {
		const char *equals = strchr(word, '=');
		if (equals == NULL || equals == word) {
			return cli_refuse(cli, CLI_USAGE, "'--output %s': write --output KEY=VALUE",
					  word);
		}
		Hlp__V1__Pair *pair = arena_alloc(arena, sizeof *pair);
		hlp__v1__pair__init(pair);
		pair->name = arena_strndup(arena, word, (size_t)(equals - word));
		pair->value = (char *)equals + 1;
		act->arguments[act->arguments_count++] = pair;
	}
	return 0;
}

static int exec(struct cli *cli)
{
	struct arena arena = {0};
	struct act act = {.verb = "done",
			  .targets = ACT_NODE,
			  .warning = "Done by hand counts as succeeded: what waits for it alone "
				     "starts at once."};
	int code = read_outputs(cli, &arena, &act);
	if (code == 0) {
		code = act_run(cli, &act, cli_argument(cli, 0));
	}
	arena_release(&arena);
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
