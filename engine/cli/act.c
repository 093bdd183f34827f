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
#include "cli/questions.h"
#include "cli/show.h"
#include "cli/snapshot.h"
#include "cli/status.h"
#include "client/consequence.h"
#include "model/workflow.h"

#define NAMES_SHOWN 8
#define NAMES_BYTES ((size_t)4096)

struct acting {
	struct cli *cli;
	const struct act *act;
	char *execution, *node;
	struct mirror mirror;		       /* as it was seen; empty for a free act */
	const struct mirror_node *mirror_node; /* NULL: the whole execution */
	uint64_t version;		       /* seen; 0: none */
};

/* ---- what is touched --------------------------------------------------------------------- */

static bool is_grave(const struct acting *a)
{
	for (uint32_t i = 0; i < a->mirror.nodes_count; i++) {
		const struct mirror_node *node = &a->mirror.nodes[i];
		bool touched = a->mirror_node != NULL ? node == a->mirror_node
						      : node->state == a->act->touches;
		if (touched &&
		    (node->irreversible[0] != '\0' || risk_level(node->risk) >= RISK_HIGH))
			return true;
	}
	return false;
}

static int look(struct acting *a)
{
	int code = snapshot_take(a->cli, a->execution, &a->mirror);
	if (code != 0 || a->node[0] == '\0')
		return code;
	int64_t index = mirror_find(&a->mirror, a->node);
	if (index < 0)
		return snapshot_refuse_node(a->cli, &a->mirror, a->node);
	a->mirror_node = &a->mirror.nodes[index];
	a->version = a->cli->interactive ? a->mirror_node->version : 0;
	return 0;
}

/* ---- what is said and asked -------------------------------------------------------------- */

static void tell_consequence(struct acting *a)
{
	struct say *out = &a->cli->out;
	struct buf names;
	bool *settled = mem_calloc(a->mirror.nodes_count + 1, sizeof *settled);
	settled[a->mirror_node - a->mirror.nodes] = true;
	buf_init(&names, NAMES_BYTES);
	if (a->act->tells & ACT_TELLS_STARTS) {
		bool some = consequence_starts(&a->mirror, settled, NAMES_SHOWN, &names) > 0;
		say_printf(out, "  counts as completed; %s%s\n",
			   some ? "starts now: " : "nothing starts by it now", buf_text(&names));
	}
	buf_clear(&names);
	if ((a->act->tells & ACT_TELLS_MISSING) &&
	    consequence_missing(&a->mirror, settled, &names) > 0)
		say_printf(out, "  will be missing: %s\n", buf_text(&names));
	buf_release(&names);
	free(settled);
}

/* Only a person who will be asked is told. */
static void tell(struct acting *a)
{
	if (!a->cli->interactive || a->cli->yes)
		return;
	if (a->act->warning != NULL)
		say_paragraph(&a->cli->out, a->act->warning);
	if (a->mirror_node == NULL)
		return;
	if (a->act->tells & ACT_TELLS_QUESTION)
		question_tell(a->cli, a->mirror_node);
	if (a->act->tells & (ACT_TELLS_STARTS | ACT_TELLS_MISSING))
		tell_consequence(a);
}

static int confirm(struct acting *a)
{
	const char *words = a->act->words != NULL ? a->act->words : a->act->verb;
	enum policy policy = is_grave(a) ? POLICY_NAME : POLICY_YES;
	if (policy == POLICY_YES && a->act->chosen)
		return 0;
	char *what = mem_printf("%s %s%s%s", words, a->mirror.name, a->node[0] != '\0' ? "/" : "",
				a->node);
	int code = policy_ask(a->cli, policy, what, a->node[0] != '\0' ? a->node : a->mirror.name);
	free(what);
	return code;
}

static int prepare(struct acting *a)
{
	int code = look(a);
	if (code == 0 && a->act->runs)
		code = pins_warn(a->cli, a->mirror.name);
	if (code != 0)
		return code;
	tell(a);
	if (a->act->outputs != NULL && a->mirror_node != NULL && a->cli->interactive)
		code = outputs_ask(a->cli, a->mirror_node, a->act->outputs);
	return code == 0 ? confirm(a) : code;
}

/* ---- sending ----------------------------------------------------------------------------- */

static void say_done(struct acting *a, const Hlp__V1__ActReply *reply)
{
	if (a->cli->json)
		json_out_message(a->cli, &reply->base);
	else if (reply->message[0] != '\0')
		say_printf(&a->cli->out, "%s\n", reply->message);
	else if (reply->execution != NULL)
		status_print_line(a->cli, reply->execution);
}

static int send_act(struct acting *a)
{
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	Hlp__V1__Pair argument = HLP__V1__PAIR__INIT, *arguments = &argument;
	ProtobufCMessage *reply = NULL;
	char id[27];
	request.request = client_request_id(id);
	request.execution = a->execution;
	request.node = a->node;
	request.verb = (char *)a->act->verb;
	request.note = (char *)(a->act->note != NULL ? a->act->note : a->cli->reason);
	request.answer = (char *)(a->act->answer != NULL ? a->act->answer : "");
	request.version = a->version;
	if (a->act->outputs != NULL) {
		request.arguments = a->act->outputs->pairs;
		request.n_arguments = a->act->outputs->count;
	}
	if (a->act->value != NULL) {
		argument.name = (char *)a->act->argument;
		argument.value = (char *)a->act->value;
		request.arguments = &arguments;
		request.n_arguments = 1;
	}
	request.until_us = a->act->until_us;
	request.failed = a->act->failed;
	request.next = a->act->next;
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
	if (code == 0 && !act->free)
		code = prepare(&a);
	if (code == 0)
		code = send_act(&a);
	mirror_release(&a.mirror);
	free(a.execution);
	free(a.node);
	return code;
}
