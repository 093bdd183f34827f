/* SPDX-License-Identifier: MIT
 *
 * The table of all commands, in the order of help.
 */
#ifndef HLP_CLI_COMMANDS_H
#define HLP_CLI_COMMANDS_H

#include "cli/cli.h"

/* Ends with NULL. */
extern const struct cli_command *const commands[];

const struct cli_command *commands_find(const char *name);
/* The nearest name, or NULL. */
const char *commands_nearest(const char *name);
/* Runs hlp: argv as main gets it. Returns the exit status. */
int commands_main(int argc, char **argv);

extern const struct cli_command now_command; /* hlp alone */
extern const struct cli_command answer_command, approve_command, freeze_command, reject_command,
	thaw_command, checkpoint_command, checkpoints_command, artifacts_command, attach_command,
	cancel_command, completion_command, diff_command, done_command, engine_command,
	events_command, graph_command, help_command, history_command, hold_command, list_command,
	logs_command, note_command, pause_command, plan_command, release_command, resume_command,
	retry_command, report_command, restore_command, rollback_command, run_command,
	schema_command, shell_command, skip_command, status_command, validate_command,
	version_command, wait_command, watch_command, why_command, workflows_command;

#endif
