/* SPDX-License-Identifier: MIT
 *
 * Asking before acting. Enter alone never confirms. See policy.h.
 */
#include "cli/policy.h"

#include <stdlib.h>
#include <string.h>

bool policy_is_yes(const char *answer)
{
	return answer != NULL && (strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0);
}

static int ask_person(struct cli *cli, enum policy policy, const char *what, const char *name)
{
	bool by_name = policy == POLICY_NAME;
	if (by_name)
		say_printf(&cli->out, "%s? Type %s to do it: ", what, name);
	else
		say_printf(&cli->out, "%s? y to do it: ", what);
	say_flush(&cli->out);
	char *answer = cli_read_line();
	bool yes = by_name ? answer != NULL && strcmp(answer, name) == 0 : policy_is_yes(answer);
	free(answer);
	return yes ? 0 : cli_refuse(cli, CLI_OTHER, "not done");
}

int policy_ask(struct cli *cli, enum policy policy, const char *what, const char *name)
{
	if (policy == POLICY_FREE)
		return 0;
	if (cli->interactive)
		return cli->yes ? 0 : ask_person(cli, policy, what, name);
	if (!cli->yes) {
		return cli_refuse(
			cli, CLI_OTHER, "%s: there is no terminal to ask on, give --yes%s", what,
			policy != POLICY_RUN && cli->reason[0] == '\0' ? " and --reason TEXT" : "");
	}
	if (policy != POLICY_RUN && cli->reason[0] == '\0') {
		return cli_refuse(cli, CLI_OTHER,
				  "%s: give a reason, with --reason TEXT or HLP_REASON", what);
	}
	return 0;
}
