/* SPDX-License-Identifier: MIT
 *
 * All commands in the order of help, and choosing one.
 */
#include "cli/commands.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define FAR 3

const struct cli_command *const commands[] = {
	&run_command,	    &validate_command,	 &plan_command,
	&workflows_command, &schema_command,	 &list_command,
	&status_command,    &logs_command,	 &graph_command,
	&events_command,    &why_command,	 &attach_command,
	&watch_command,	    &wait_command,	 &pause_command,
	&resume_command,    &hold_command,	 &release_command,
	&freeze_command,    &thaw_command,	 &cancel_command,
	&retry_command,	    &skip_command,	 &done_command,
	&shell_command,	    &approve_command,	 &reject_command,
	&answer_command,    &note_command,	 &artifacts_command,
	&diff_command,	    &checkpoint_command, &checkpoints_command,
	&history_command,   &rollback_command,	 &restore_command,
	&report_command,    &engine_command,	 &completion_command,
	&version_command,   &help_command,	 NULL,
};

const struct cli_command *commands_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

const char *commands_nearest(const char *name)
{
	const char *best = NULL;
	size_t least = FAR + 1;
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t far = text_distance(name, commands[i]->name, FAR);
		if (far < least) {
			least = far;
			best = commands[i]->name;
		}
	}
	return best;
}

static int refuse_unknown(const char *name)
{
	struct say err;
	const char *nearest = commands_nearest(name);
	say_init(&err, STDERR_FILENO);
	if (nearest != NULL) {
		say_printf(&err, "hlp: no command '%s'; did you mean '%s'? (hlp help)\n", name,
			   nearest);
	} else {
		say_printf(&err, "hlp: no command '%s' (hlp help)\n", name);
	}
	say_release(&err);
	return CLI_USAGE;
}

static const struct cli_command *choose(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return &help_command;
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return &version_command;
	return commands_find(word);
}

int commands_main(int argc, char **argv)
{
	const struct cli_command *command = argc > 1 ? choose(argv[1]) : &now_command;
	int named = argc > 1;
	struct cli cli;
	if (command == NULL && argv[1][0] == '-') { /* options, and no command before them */
		command = &now_command;
		named = 0;
	}
	if (command == NULL)
		return refuse_unknown(argv[1]);
	int code = cli_open(&cli, command, argc - 1 - named, argv + 1 + named);
	if (code == 0 && options_has(&cli.options, "help"))
		cli_print_help(&cli.out, command);
	else if (code == 0)
		code = command->exec(&cli);
	cli_close(&cli);
	return code;
}
