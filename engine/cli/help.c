/* SPDX-License-Identifier: MIT
 *
 * hlp help and hlp version.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"

#define HELP_COLUMN 34

static void say_all(struct say *say)
{
	char left[80];
	say_printf(say, "hlp runs runbooks. Without a command it says what needs you now.\n\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		snprintf(left, sizeof left, "  %s %s", commands[i]->name, commands[i]->arguments);
		say_cell(say, HELP_COLUMN, left);
		/* A long one has its words on a line of its own. */
		int used = text_width(left) > HELP_COLUMN ? say_columns(say) : HELP_COLUMN;
		say_wrapped(say, HELP_COLUMN + 1, used, commands[i]->help);
	}
	say_printf(
		say,
		"\nEXECUTION is name#12, a name (its newest), @latest, or an id's last letters.\n"
		"hlp help COMMAND shows its options. hlp-console shows everything live.\n"
		"Exit: 0 completed, 1 another end or refused, 2 usage, 3 no engine, 4 waits for\n"
		"a person, 130 left by Ctrl-C.\n");
}

static int exec_help(struct cli *cli)
{
	const char *name = cli_argument(cli, 0);
	if (name == NULL) {
		say_all(&cli->out);
		return CLI_OK;
	}
	const struct cli_command *command = commands_find(name);
	if (command == NULL)
		return cli_refuse(cli, CLI_USAGE, "no command '%s' (hlp help)", name);
	cli_print_help(&cli->out, command);
	return CLI_OK;
}

static int exec_version(struct cli *cli)
{
	say_printf(&cli->out, cli->json ? "{\"version\":\"%s\"}\n" : "hlp %s\n", HLP_VERSION);
	return CLI_OK;
}

const struct cli_command help_command = {
	.name = "help",
	.arguments = "[COMMAND]",
	.help = "this, or a command's options",
	.most = 1,
	.exec = exec_help,
};

const struct cli_command version_command = {
	.name = "version",
	.arguments = "",
	.help = "which version this is",
	.exec = exec_version,
};
