/* SPDX-License-Identifier: MIT
 *
 * Acts. See act.h. On a terminal, where somebody decided on what was shown, the version that was
 * seen goes with the act, so that it is refused when the node has moved on meanwhile.
 */
#include "cli/act.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/json_out.h"
#include "cli/listing.h"
#include "cli/pins.h"
#include "cli/policy.h"
#include "cli/show.h"
#include "cli/status.h"

struct acting {
	struct cli *cli;
	const struct act *act;
	char *execution, *node;
	char *name;	  /* the execution's, as the engine has it */
	uint64_t version; /* seen; 0: none */
	bool grave;
};

/* ---- what is touched --------------------------------------------------------------------- */

static bool is_touched(const struct acting *a, const Hlp__V1__Node *row)
{
	if (a->node[0] != '\0') {
		return strcmp(row->id, a->node) == 0;
	}
	return a->act->touches != NULL && strcmp(row->state, a->act->touches) == 0;
}

static int look_at_nodes(struct acting *a, const Hlp__V1__Status *status,
			 const Hlp__V1__Graph *graph)
{
	bool found = a->node[0] == '\0';
	for (size_t i = 0; i < status->n_nodes && i < graph->n_nodes; i++) {
		const Hlp__V1__Node *row = status->nodes[i];
		const Hlp__V1__GraphNode *node = graph->nodes[i];
		if (!is_touched(a, row)) {
			continue;
		}
		found = true;
		a->grave = a->grave || node->irreversible[0] != '\0' ||
			   strcmp(node->risk_name, "high") == 0 ||
			   strcmp(node->risk_name, "critical") == 0;
		if (a->node[0] != '\0' && a->cli->interactive) {
			a->version = row->version;
		}
	}
	return found ? 0 : cli_refuse(a->cli, CLI_OTHER, "no node '%s' in %s", a->node, a->name);
}

static int look(struct acting *a)
{
	Hlp__V1__Status *status;
	Hlp__V1__GraphRequest request = HLP__V1__GRAPH_REQUEST__INIT;
	ProtobufCMessage *graph = NULL;
	int code = status_fetch(a->cli, a->execution, &status);
	if (code != 0) {
		return code;
	}
	a->name = mem_strdup(status->execution->name);
	request.execution = status->execution->id;
	code = cli_call(a->cli, "GetGraph", &request.base, &hlp__v1__graph__descriptor, &graph);
	if (code == 0) {
		code = look_at_nodes(a, status, (const Hlp__V1__Graph *)graph);
		protobuf_c_message_free_unpacked(graph, NULL);
	}
	hlp__v1__status__free_unpacked(status, NULL);
	return code;
}

static int confirm(struct acting *a)
{
	const char *slash = a->node[0] != '\0' ? "/" : "";
	char *what = mem_printf("%s %s%s%s", a->act->verb, a->name, slash, a->node);
	if (a->cli->interactive && a->act->warning != NULL && !a->cli->yes) {
		say_printf(&a->cli->out, "%s\n", a->act->warning);
	}
	int code = policy_ask(a->cli, a->grave ? POLICY_NAME : POLICY_YES, what,
			      a->node[0] != '\0' ? a->node : a->name);
	free(what);
	return code;
}

/* ---- sending ----------------------------------------------------------------------------- */

static void say_done(struct acting *a, const Hlp__V1__ActReply *reply)
{
	if (a->cli->json) {
		json_out_act(a->cli, reply);
	} else if (reply->message[0] != '\0') {
		say_printf(&a->cli->out, "%s\n", reply->message);
	} else if (reply->execution != NULL) {
		status_print_line(a->cli, reply->execution);
	}
}

static int send_act(struct acting *a)
{
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	char id[27];
	request.request = client_request_id(id);
	request.execution = a->execution;
	request.node = a->node;
	request.verb = (char *)a->act->verb;
	request.note = (char *)(a->act->note != NULL ? a->act->note : a->cli->reason);
	request.answer = (char *)(a->act->answer != NULL ? a->act->answer : "");
	request.version = a->version;
	request.arguments = a->act->arguments;
	request.n_arguments = a->act->arguments_count;
	request.confirmed = true;
	int code = cli_call(a->cli, "Act", &request.base, &hlp__v1__act_reply__descriptor, &reply);
	if (code != 0) {
		/* The act was understood; what cannot be done now is a refusal, not wrong usage. */
		return code == CLI_USAGE ? CLI_OTHER : code;
	}
	say_done(a, (const Hlp__V1__ActReply *)reply);
	protobuf_c_message_free_unpacked(reply, NULL);
	return CLI_OK;
}

static int check_target(struct acting *a)
{
	bool has_node = a->node[0] != '\0';
	if (has_node && !(a->act->targets & ACT_NODE)) {
		return cli_refuse(a->cli, CLI_USAGE, "%s is for a whole execution, not one node",
				  a->act->verb);
	}
	if (!has_node && !(a->act->targets & ACT_EXECUTION)) {
		return cli_refuse(a->cli, CLI_USAGE, "%s needs a node: hlp %s EXECUTION/NODE",
				  a->act->verb, a->act->verb);
	}
	return listing_check_latest(a->cli, a->execution);
}

int act_run(struct cli *cli, const struct act *act, const char *target)
{
	struct acting a = {.cli = cli, .act = act};
	cli_split_target(target, &a.execution, &a.node);
	int code = check_target(&a);
	if (code == 0 && !act->free) {
		code = look(&a);
		code = code == 0 && act->runs ? pins_warn(cli, a.name) : code;
		code = code == 0 ? confirm(&a) : code;
	}
	if (code == 0) {
		code = send_act(&a);
	}
	free(a.execution);
	free(a.node);
	free(a.name);
	return code;
}
