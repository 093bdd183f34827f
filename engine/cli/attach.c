/* SPDX-License-Identifier: MIT
 *
 * hlp attach, watch and wait: following what runs already.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/answer_end.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/status.h"

static const struct option_spec attach_options[] = {
	{"plain", 0, OPTION_FLAG, NULL, "a line a change, also on a terminal"},
	{0},
};

static const struct option_spec wait_options[] = {
	{"for", 0, OPTION_VALUE, "WHAT",
	 "approval (a person is needed), failed or ended (default)"},
	{"timeout", 0, OPTION_VALUE, "TIME", "no longer than that, as in 30s or 10m"},
	{0},
};

static int follow_to_end(struct cli *cli, struct follow *how)
{
	struct mirror mirror;
	how->cli = cli;
	how->execution = cli_argument(cli, 0);
	int code = follow_run(how, &mirror);
	if (code == CLI_OK || code == CLI_WAITS)
		code = answer_end(cli, &mirror);
	mirror_release(&mirror);
	return code;
}

static int exec_attach(struct cli *cli)
{
	struct follow how = {.plain = options_has(&cli->options, "plain"), .tells_agent = true};
	return follow_to_end(cli, &how);
}

static int exec_watch(struct cli *cli)
{
	struct follow how = {.plain = true};
	return follow_to_end(cli, &how);
}

static int read_wait(struct cli *cli, struct follow *how)
{
	const char *what = options_value(&cli->options, "for");
	const char *timeout = options_value(&cli->options, "timeout");
	struct err err = {0};
	if (what != NULL && strcmp(what, "approval") == 0)
		how->until = FOLLOW_APPROVAL;
	else if (what != NULL && strcmp(what, "failed") == 0)
		how->until = FOLLOW_FAILED;
	else if (what != NULL && strcmp(what, "ended") != 0)
		return cli_refuse(cli, CLI_USAGE, "'--for %s': approval, failed or ended", what);
	if (timeout != NULL && clock_parse_duration(timeout, &how->timeout_us, &err) < 0)
		return cli_refuse(cli, CLI_USAGE, "--timeout: %s", err.message);
	how->timeout_us += timeout != NULL && how->timeout_us == 0; /* 0s: look, do not wait */
	return 0;
}

/* Whether it came about, or it ended without. */
static enum cli_exit wait_exit(const struct follow *how, const struct mirror *mirror)
{
	switch (how->until) {
	case FOLLOW_FAILED:
		return mirror->counts[STATE_FAILED] > 0 ? CLI_OK : CLI_OTHER;
	case FOLLOW_APPROVAL:
		return follow_is_over(mirror) ? CLI_OTHER : CLI_OK;
	case FOLLOW_ENDED:
	case FOLLOW_ROLLBACK:
		break;
	}
	return follow_exit(mirror);
}

/* Without a word, but for JSON the status as it then is; the exit status is the answer. */
static int exec_wait(struct cli *cli)
{
	struct mirror mirror;
	struct follow how = {.cli = cli, .execution = cli_argument(cli, 0), .quiet = true};
	int code = read_wait(cli, &how);
	if (code != 0)
		return code;
	code = follow_run(&how, &mirror);
	if (code == CLI_OK)
		code = (int)wait_exit(&how, &mirror);
	if (cli->json && mirror.id != NULL)
		(void)status_print_json(cli, mirror.id);
	mirror_release(&mirror);
	return code;
}

const struct cli_command attach_command = {
	.name = "attach",
	.arguments = "EXECUTION",
	.help = "follow an execution; exit by its result",
	.options = attach_options,
	.least = 1,
	.most = 1,
	.exec = exec_attach,
};

const struct cli_command watch_command = {
	.name = "watch",
	.arguments = "EXECUTION",
	.help = "follow an execution as plain lines",
	.options = attach_options,
	.least = 1,
	.most = 1,
	.exec = exec_watch,
};

const struct cli_command wait_command = {
	.name = "wait",
	.arguments = "EXECUTION",
	.help = "wait for its end (or --for approval|failed) without a word",
	.options = wait_options,
	.least = 1,
	.most = 1,
	.exec = exec_wait,
};
