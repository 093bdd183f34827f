/* SPDX-License-Identifier: MIT
 *
 * hlp restore: one file back to a revision.
 */
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/rolling.h"

static const struct option_spec options[] = {
	{"plan", 0, OPTION_FLAG, NULL, "only show the plan"},
	{"overwrite", 0, OPTION_FLAG, NULL, "even if somebody else wrote the file since"},
	{"detach", 'd', OPTION_FLAG, NULL, "do not wait for its end"},
	{0},
};

static int exec(struct cli *cli)
{
	struct rolling r = {.cli = cli,
			    .request = HLP__V1__ROLLBACK_REQUEST__INIT,
			    .only_plan = options_has(&cli->options, "plan"),
			    .detach = options_has(&cli->options, "detach")};
	char *file = (char *)cli_argument(cli, 1);
	r.request.execution = (char *)cli_argument(cli, 0);
	r.request.artifact = file;
	r.request.revision = (char *)cli_argument(cli, 2);
	if (options_has(&cli->options, "overwrite")) {
		r.request.overwrite = &file;
		r.request.n_overwrite = 1;
	}
	int code = listing_check_latest(cli, r.request.execution);
	return code != 0 ? code : rolling_run(&r);
}

const struct cli_command restore_command = {
	.name = "restore",
	.arguments = "EXECUTION FILE REV",
	.help = "bring one file back to a revision; its node keeps its state",
	.options = options,
	.least = 3,
	.most = 3,
	.exec = exec,
};
