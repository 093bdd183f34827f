/* SPDX-License-Identifier: MIT
 *
 * From options to the fate of each node. See begin.h.
 */
#include "cli/begin.h"

static void take_options(struct cli *cli, struct arena *arena, struct beginning *out)
{
	const char **only = arena_alloc(arena, (cli->options.given_count + 1) * sizeof *only);
	const char *name;
	size_t at = 0;
	*out = (struct beginning){.step = options_has(&cli->options, "step"),
				  .from = options_value(&cli->options, "from"),
				  .until = options_value(&cli->options, "until"),
				  .only = only};
	while ((name = options_next(&cli->options, "only", &at)) != NULL)
		only[out->only_count++] = name;
}

int begin_read(struct cli *cli, const struct source *source, struct arena *arena,
	       struct beginning *out, enum fate **out_fates)
{
	struct graph *graph = NULL;
	struct err err = {0};
	take_options(cli, arena, out);
	*out_fates = NULL;
	if (beginning_is_plain(out))
		return 0;
	int code = graph_compile(source->workflow, &graph, &err);
	if (code == 0)
		code = beginning_check(source->workflow, graph, out, &err);
	if (code < 0) {
		graph_free(graph);
		return cli_refuse(cli, CLI_USAGE, "%s", err.message);
	}
	*out_fates = arena_alloc(arena, source->workflow->nodes_count * sizeof **out_fates);
	beginning_fates(source->workflow, graph, out, *out_fates);
	graph_free(graph);
	return 0;
}

const char *begin_fate_word(enum fate fate)
{
	switch (fate) {
	case FATE_SKIPPED:
		return "skipped";
	case FATE_HELD:
		return "held";
	case FATE_RUNS:
		break;
	}
	return "";
}
