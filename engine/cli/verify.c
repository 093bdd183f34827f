/* SPDX-License-Identifier: MIT
 *
 * Asking the engine to check the chain of acts and an execution's checkpoints. See verify.h.
 */
#include "cli/verify.h"

#include "cli/json_out.h"

static void print_reply(struct cli *cli, const Hlp__V1__VerifyReply *reply)
{
	for (size_t i = 0; i < reply->n_problems; i++) {
		say_style(&cli->out, ROLE_warning);
		say_printf(&cli->out, "! %s", reply->problems[i]);
		say_plain(&cli->out);
		say_printf(&cli->out, "\n");
	}
	if (reply->n_problems == 0) {
		say_printf(&cli->out, "the chain of acts is whole; %u checkpoint%s as recorded\n",
			   reply->checkpoints, reply->checkpoints == 1 ? " is" : "s are");
	}
}

int verify_run(struct cli *cli, const char *execution)
{
	Hlp__V1__VerifyRequest request = HLP__V1__VERIFY_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = (char *)execution;
	int code = cli_call(cli, "VerifyExecution", &request.base,
			    &hlp__v1__verify_reply__descriptor, &reply);
	if (code != 0)
		return code;
	const Hlp__V1__VerifyReply *verified = (const Hlp__V1__VerifyReply *)reply;
	code = verified->n_problems == 0 ? CLI_OK : CLI_OTHER;
	if (cli->json)
		json_out_message(cli, reply);
	else
		print_reply(cli, verified);
	protobuf_c_message_free_unpacked(reply, NULL);
	return code;
}
