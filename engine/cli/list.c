/* SPDX-License-Identifier: MIT
 *
 * hlp list: executions, the newest first.
 */
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/listing.h"
#include "cli/status.h"

static const struct option_spec options[] = {
	{"limit", 'n', OPTION_VALUE, "N", "at most so many (default 50)"},
	{0},
};

static int exec(struct cli *cli)
{
	Hlp__V1__ExecutionList *list;
	struct err err = {0};
	int64_t limit = 50;
	if (options_number(&cli->options, "limit", 1, 50, &limit, &err) < 0)
		return cli_fail(cli, &err);
	const char *workflow = cli->command == &list_command ? cli_argument(cli, 0) : NULL;
	int code = listing_fetch(cli, workflow, (uint32_t)limit, &list);
	if (code != 0)
		return code;
	if (cli->json) {
		struct buf document;
		json_out_begin(&document);
		json_list(&document, list);
		json_out(cli, &document);
	} else {
		for (size_t i = 0; i < list->n_executions; i++)
			status_print_line(cli, list->executions[i]);
		if (list->n_executions == 0)
			say_printf(&cli->out, "no executions\n");
	}
	hlp__v1__execution_list__free_unpacked(list, NULL);
	return CLI_OK;
}

const struct cli_command list_command = {
	.name = "list",
	.arguments = "[WORKFLOW]",
	.help = "executions, the newest first",
	.options = options,
	.most = 1,
	.exec = exec,
};
