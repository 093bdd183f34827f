/* SPDX-License-Identifier: MIT
 *
 * hlp status: one execution with its nodes, or without a name the newest executions.
 */
#include "cli/status.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"

int status_fetch(struct cli *cli, const char *execution, Hlp__V1__Status **out)
{
	Hlp__V1__StatusRequest request = HLP__V1__STATUS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = (char *)execution;
	int code = cli_call(cli, "GetExecutionStatus", &request.base, &hlp__v1__status__descriptor,
			    &reply);
	*out = (Hlp__V1__Status *)reply;
	return code;
}

int status_print_json(struct cli *cli, const char *execution)
{
	Hlp__V1__Status *status;
	int code = status_fetch(cli, execution, &status);
	if (code == 0) {
		json_out_status(cli, status);
		hlp__v1__status__free_unpacked(status, NULL);
	}
	return code;
}

void status_print_line(struct cli *cli, const Hlp__V1__Execution *execution)
{
	enum state state;
	enum reason reason;
	uint32_t counts[STATES] = {0};
	char text[SHOW_TEXT], age[16];
	for (size_t i = 0; i < execution->n_counts && i < STATES; i++)
		counts[i] = execution->counts[i];
	show_parse(execution->state, execution->reason, &state, &reason);
	show_counts(counts, execution->nodes_count, text);
	show_duration(show_now_us() - execution->created_us, age);
	say_glyph(&cli->out, state, reason);
	say_printf(&cli->out, " ");
	say_cell(&cli->out, 16, execution->name);
	say_printf(&cli->out, " ");
	say_cell(&cli->out, 16,
		 execution->quarantined ? "quarantined" : show_execution_word(state, reason));
	say_printf(&cli->out, " %s  %s ago by %s\n", text, age, execution->actor);
}

static void print_node(struct cli *cli, const Hlp__V1__Node *row, bool over, int width)
{
	char message[SHOW_TEXT], how[SHOW_TEXT];
	struct show_node node = show_of_row(row, message);
	node.over = over;
	show_how(&node, show_now_us(), how);
	say_printf(&cli->out, "  ");
	say_glyph(&cli->out, node.state, node.reason);
	say_printf(&cli->out, " ");
	say_cell(&cli->out, width, row->id);
	say_printf(&cli->out, "  %s", how);
	if (node.attempt > 1)
		say_printf(&cli->out, "  attempt %u", node.attempt);
	if (row->stale)
		say_printf(&cli->out, "  stale");
	say_printf(&cli->out, "\n");
}

static void print_nodes(struct cli *cli, const Hlp__V1__Status *status)
{
	const char *phase = "";
	size_t width = 0;
	for (size_t i = 0; i < status->n_nodes; i++) {
		size_t length = strlen(status->nodes[i]->id);
		width = length > width ? length : width;
	}
	for (size_t i = 0; i < status->n_nodes; i++) {
		if (strcmp(status->nodes[i]->phase, phase) != 0) {
			phase = status->nodes[i]->phase;
			say_style(&cli->out, ROLE_phase);
			say_printf(&cli->out, " %s", phase);
			say_plain(&cli->out);
			say_printf(&cli->out, "\n");
		}
		print_node(cli, status->nodes[i], status->execution->ended, (int)width);
	}
}

static int exec(struct cli *cli)
{
	if (cli_argument(cli, 0) == NULL)
		return list_command.exec(cli);
	if (cli->json)
		return status_print_json(cli, cli_argument(cli, 0));
	Hlp__V1__Status *status;
	int code = status_fetch(cli, cli_argument(cli, 0), &status);
	if (code != 0)
		return code;
	status_print_line(cli, status->execution);
	say_printf(&cli->out, "  %s  %.12s%s  in %s\n", status->execution->id,
		   status->execution->revision[0] != '\0' ? status->execution->revision
							  : "no revision",
		   status->execution->dirty ? " dirty" : "", status->execution->folder);
	if (status->execution->quarantined) {
		say_printf(&cli->out,
			   "  read-only: %s\n  'hlp engine release %s' takes it up again\n",
			   status->execution->quarantine, status->execution->name);
	}
	if (status->execution->policy[0] != '\0')
		say_printf(&cli->out, "  by rule: %s\n", status->execution->policy);
	print_nodes(cli, status);
	hlp__v1__status__free_unpacked(status, NULL);
	return CLI_OK;
}

const struct cli_command status_command = {
	.name = "status",
	.arguments = "[EXECUTION]",
	.help = "how an execution and its nodes stand",
	.most = 1,
	.exec = exec,
};
