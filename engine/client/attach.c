/* SPDX-License-Identifier: MIT
 *
 * The path goes with every call; this is the call for those who do nothing else. See attach.h.
 */
#include "client/attach.h"

#include <stddef.h>

#include "client/identity.h"

static void answered(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	(void)ctx;
	(void)message;
	(void)err;
}

void attach_tell_agent(struct client *client, const char *execution)
{
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	char id[27];

	if (!identity_agent())
		return;
	request.request = client_request_id(id);
	request.execution = (char *)execution;
	request.verb = (char *)"attach";
	request.confirmed = true;
	(void)client_start(client, "Act", &request.base, &hlp__v1__act_reply__descriptor, answered,
			   NULL);
}
