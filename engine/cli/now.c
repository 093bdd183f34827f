/* SPDX-License-Identifier: MIT
 *
 * hlp alone: what needs somebody now. Executions that run, wait or failed; and how to begin when
 * there are none.
 */
#include <string.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/show.h"
#include "cli/status.h"

#define LOOK	      100
#define FAILED_FOR_US ((int64_t)24 * 3600 * 1000000)

/* Of those that ended badly only the fresh ones. */
static bool needs_somebody(const Hlp__V1__Execution *execution)
{
	if (!execution->ended) {
		return true;
	}
	return strcmp(execution->state, "FAILED") == 0 &&
	       show_now_us() - execution->ended_us < FAILED_FOR_US;
}

static void say_next(struct cli *cli, const Hlp__V1__Execution *execution)
{
	const char *verb = strcmp(execution->state, "RUNNING") == 0 ? "attach" : "status";
	say_printf(&cli->out, "    hlp %s %s\n", verb, execution->name);
}

static int exec(struct cli *cli)
{
	Hlp__V1__ExecutionList *list;
	struct err err = {0};
	size_t shown = 0;
	if (home_open(&cli->home, HOME_EXISTING, &err) < 0) {
		if (err.code != ERR_NOT_FOUND) {
			return cli_refuse(cli, CLI_NO_ENGINE, "no engine: %s", err.message);
		}
		say_printf(&cli->out, "nothing has been run yet: hlp run FILE, or hlp help\n");
		return CLI_OK;
	}
	cli->has_home = true;
	int code = listing_fetch(cli, NULL, LOOK, &list);
	if (code != 0) {
		return code;
	}
	for (size_t i = 0; i < list->n_executions; i++) {
		if (needs_somebody(list->executions[i])) {
			status_print_line(cli, list->executions[i]);
			say_next(cli, list->executions[i]);
			shown++;
		}
	}
	if (shown == 0) {
		say_printf(&cli->out,
			   "nothing runs, waits or failed lately (hlp list, hlp help)\n");
	}
	hlp__v1__execution_list__free_unpacked(list, NULL);
	return CLI_OK;
}

const struct cli_command now_command = {
	.name = "",
	.arguments = "",
	.help = "what needs somebody now",
	.exec = exec,
};
