/* SPDX-License-Identifier: MIT
 *
 * The headers hlp-actor, hlp-terminal and hlp-ssh. Whether they are believed is the engine's
 * matter.
 */
#include "client/identity.h"

#include <pwd.h>
#include <stdio.h>
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

void identity_name(char out[IDENTITY_TEXT_MAX])
{
	const char *actor = getenv("HLP_ACTOR");
	const struct passwd *user = getpwuid(geteuid());

	if (actor && actor[0])
		(void)snprintf(out, IDENTITY_TEXT_MAX, "%s", actor);
	else if (user)
		(void)snprintf(out, IDENTITY_TEXT_MAX, "%s", user->pw_name);
	else
		(void)snprintf(out, IDENTITY_TEXT_MAX, "%u", (unsigned)geteuid());
}
