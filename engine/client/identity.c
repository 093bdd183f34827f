/* SPDX-License-Identifier: MIT
 *
 * The headers hlp-actor, hlp-terminal and hlp-ssh. Whether they are believed is the engine's
 * matter.
 */
#include "client/identity.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(struct identity *identity, const char *name, const char *value)
{
	if (!value || !value[0] || strlen(value) >= IDENTITY_TEXT_MAX)
		return;
	identity->headers[identity->count++] = (struct grpc_header){.name = name, .value = value};
}

void identity_read(struct identity *identity)
{
	*identity = (struct identity){0};
	add(identity, "hlp-actor", getenv("HLP_ACTOR"));
	if (ttyname_r(STDERR_FILENO, identity->terminal, sizeof(identity->terminal)) == 0)
		add(identity, "hlp-terminal", identity->terminal);
	add(identity, "hlp-ssh", getenv("SSH_CONNECTION"));
}
