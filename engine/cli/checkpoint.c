/* SPDX-License-Identifier: MIT
 *
 * hlp checkpoint: takes one by hand. hlp checkpoints: which there are.
 */
#include <string.h>

#include "base/clock.h"
#include "cli/act.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"

/* ---- checkpoint --------------------------------------------------------------------------- */

static int exec_checkpoint(struct cli *cli)
{
	struct act act = {.verb = "checkpoint",
			  .targets = ACT_EXECUTION,
			  .free = true,
			  .argument = "name",
			  .value = cli_argument(cli, 1)};
	return act_run(cli, &act, cli_argument(cli, 0));
}

const struct cli_command checkpoint_command = {
	.name = "checkpoint",
	.arguments = "EXECUTION [NAME]",
	.help = "record all files and states now, to come back to",
	.least = 1,
	.most = 2,
	.exec = exec_checkpoint,
};

/* ---- checkpoints -------------------------------------------------------------------------- */

static void print_row(struct cli *cli, const Hlp__V1__Checkpoint *row)
{
	char time[CLOCK_TIME_TEXT];
	clock_format_time(row->time_us, time);
	say_cell(&cli->out, 20, row->name);
	say_printf(&cli->out, " %.19sZ  event %-6llu %s", time, (unsigned long long)row->seq,
		   row->state);
	if (row->digest[0] != '\0')
		say_printf(&cli->out, "  sha256 %.8s", row->digest);
	if (row->message[0] != '\0')
		say_printf(&cli->out, ": %s", row->message);
	say_printf(&cli->out, "\n");
}

static void print_list(struct cli *cli, const Hlp__V1__CheckpointList *list)
{
	for (size_t i = 0; i < list->n_checkpoints; i++)
		print_row(cli, list->checkpoints[i]);
	if (list->n_checkpoints == 0)
		say_printf(&cli->out, "no checkpoints\n");
}

static int exec_checkpoints(struct cli *cli)
{
	Hlp__V1__CheckpointsRequest request = HLP__V1__CHECKPOINTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = (char *)cli_argument(cli, 0);
	int code = cli_call(cli, "ListCheckpoints", &request.base,
			    &hlp__v1__checkpoint_list__descriptor, &reply);
	if (code != 0)
		return code;
	if (cli->json)
		json_out_message(cli, reply);
	else
		print_list(cli, (const Hlp__V1__CheckpointList *)reply);
	protobuf_c_message_free_unpacked(reply, NULL);
	return CLI_OK;
}

const struct cli_command checkpoints_command = {
	.name = "checkpoints",
	.arguments = "EXECUTION",
	.help = "its checkpoints: one a phase that was passed, and those by hand",
	.least = 1,
	.most = 1,
	.exec = exec_checkpoints,
};
